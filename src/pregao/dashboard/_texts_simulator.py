"""Texts of the simulator by key: a forecast from prices that a visitor gives."""

from pregao.values import Text, bilingual

SIMULATOR: dict[str, Text] = {
    "simulator_run": bilingual("Forecaster"),
    "simulator_champion": bilingual("the champion of {symbol}"),
    "simulator_no_runs": bilingual("No run is kept yet: train one, or let the baseline answer."),
    "simulator_run_option": bilingual("{name}, {symbols}, {horizon} sessions, {day}"),
    "simulator_prices": bilingual("Prices, the oldest first"),
    "simulator_prices_help": bilingual(
        "A close a line, or a date and a close with a comma between them, or a CSV file with a "
        "header. Networks that read ranges or volumes need open, high, low and volume too."
    ),
    "simulator_file": bilingual("Or a CSV file"),
    "simulator_load": bilingual("Fill in the last year of {symbol}"),
    "simulator_forecast": bilingual("Forecast"),
    "simulator_empty": bilingual("The forecast appears here."),
    "simulator_figure": bilingual("Forecast from the prices given"),
    "js_simulator_load": bilingual("Fill in the last year of {symbol}"),
    "js_simulator_rows": bilingual("{count} prices were read."),
    "js_simulator_table": bilingual("Forecast prices, {currency}"),
    "js_simulator_session": bilingual("Session"),
    "js_simulator_median": bilingual("Median"),
    "js_simulator_bad": bilingual("Rows that were left out: {count}"),
    "js_simulator_line": bilingual("Line"),
    "js_simulator_content": bilingual("Content"),
    "js_simulator_reason": bilingual("Reason"),
    "js_simulator_nothing": bilingual(
        "Give prices first: paste them, choose a file or fill in those that are known."
    ),
}
