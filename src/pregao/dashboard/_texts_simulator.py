"""Texts of the simulator by key: a forecast from prices that a visitor gives."""

from pregao.values import Text

SIMULATOR: dict[str, Text] = {
    "simulator_run": Text(en="Who forecasts", pt_br="Quem prevê"),
    "simulator_champion": Text(en="the champion of {symbol}", pt_br="o campeão de {symbol}"),
    "simulator_no_runs": Text(
        en="No run is kept yet: train one, or let the baseline answer.",
        pt_br="Nenhuma execução guardada ainda: treine uma ou deixe a referência responder.",
    ),
    "simulator_run_option": Text(
        en="{name}, {symbols}, {horizon} sessions, {day}",
        pt_br="{name}, {symbols}, {horizon} pregões, {day}",
    ),
    "simulator_prices": Text(
        en="Prices, the oldest first", pt_br="Preços, do mais antigo em diante"
    ),
    "simulator_prices_help": Text(
        en="A close a line, or a date and a close with a comma between them, or a CSV file with a "
        "header. Networks that read ranges or volumes need open, high, low and volume too.",
        pt_br="Um fechamento por linha, ou data e fechamento separados por vírgula, ou um arquivo "
        "CSV com cabeçalho. Redes que leem amplitudes ou volumes precisam também de abertura, "
        "máxima, mínima e volume.",
    ),
    "simulator_file": Text(en="Or a CSV file", pt_br="Ou um arquivo CSV"),
    "simulator_load": Text(
        en="Fill in the last year of {symbol}", pt_br="Preencher com o último ano de {symbol}"
    ),
    "simulator_forecast": Text(en="Forecast", pt_br="Prever"),
    "simulator_empty": Text(en="The forecast appears here.", pt_br="A previsão aparece aqui."),
    "simulator_figure": Text(
        en="Forecast from the prices given", pt_br="Previsão a partir dos preços dados"
    ),
    "js_simulator_load": Text(
        en="Fill in the last year of {symbol}", pt_br="Preencher com o último ano de {symbol}"
    ),
    "js_simulator_rows": Text(en="{count} prices were read.", pt_br="{count} preços foram lidos."),
    "js_simulator_table": Text(
        en="Forecast prices, {currency}", pt_br="Preços previstos, {currency}"
    ),
    "js_simulator_session": Text(en="Session", pt_br="Pregão"),
    "js_simulator_median": Text(en="Median", pt_br="Mediana"),
    "js_simulator_bad": Text(
        en="Rows that were left out: {count}", pt_br="Linhas deixadas de fora: {count}"
    ),
    "js_simulator_line": Text(en="Line", pt_br="Linha"),
    "js_simulator_content": Text(en="Content", pt_br="Conteúdo"),
    "js_simulator_reason": Text(en="Reason", pt_br="Motivo"),
    "js_simulator_nothing": Text(
        en="Give prices first: paste them, choose a file or fill in those that are known.",
        pt_br="Dê os preços antes: cole, escolha um arquivo ou preencha com os conhecidos.",
    ),
}
