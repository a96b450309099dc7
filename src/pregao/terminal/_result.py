"""Results and forecasts: the ranking with the baselines in it, the verdict, the next sessions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.findings import sort_by_severity
from pregao.presentation import (
    QUANTILE_LEVELS,
    TEXTS,
    Language,
    day,
    money,
    number,
    quantiles_table,
    ranking_table,
)
from pregao.terminal._evidence import print_evidence
from pregao.terminal._findings import in_one_line
from pregao.terminal._lines import MOST_ROWS, badge, say, standard_output
from pregao.terminal._tables import SIGNS, print_table

if TYPE_CHECKING:
    from pregao.evaluation import Forecast, Report


def print_result(report: "Report", forecasts: "Sequence[Forecast]", *, language: Language) -> None:
    """Print the ranking, the verdict and its evidence, the findings and the forecasts."""
    console, text = standard_output(), TEXTS[language]
    ranking = ranking_table(report, most_networks=MOST_ROWS)
    num_hidden = len(report.ranked()) - len(ranking.rows)
    # A result is read by people in a pipe too, so it is as wide as a terminal there.
    print_table(console, ranking, language, room=console.width, with_signs=True)
    say(console, Text(_legend(report, num_hidden, language), style="dim"))
    if report.has_ensembles:
        say(console, Text(text["ensemble_note"], style="dim"))
    console.print()
    say(console, _verdict(report, language))
    print_evidence(console, report, language)
    for finding in sort_by_severity(report.findings):
        say(console, in_one_line(finding, language))
    if forecasts:
        console.print()
    for forecast in forecasts:
        say(console, _forecast_line(forecast, language))


def print_forecast(forecast: "Forecast", *, language: Language) -> None:
    """Print the next sessions of one symbol: median and ranges."""
    console, text = standard_output(), TEXTS[language]
    price = money(forecast.last_price, forecast.currency, language, forecast.symbol)
    title = Text(f"{forecast.symbol}  ", style="bold")
    title.append(f"{text['as_of']} {day(forecast.as_of, language)}: {price}", style="default")
    say(console, title)
    quantiles = [forecast.at(level) for level in QUANTILE_LEVELS]
    table = quantiles_table(
        forecast.sessions, quantiles, last_price=forecast.last_price, symbol=forecast.symbol
    )
    print_table(console, table, language)
    console.print()
    say(console, Text(f"{forecast.forecaster}: ").append(badge(forecast.edge, language)))
    for finding in sort_by_severity(forecast.findings):
        say(console, in_one_line(finding, language))


def _legend(report: "Report", num_hidden: int, language: Language) -> str:
    text = TEXTS[language]
    mark = report.mark(report.candidate)
    signs = [f"{SIGNS['subject']} {text[mark].lower()}"] if mark else []
    if report.is_candidate_requested:
        signs.append(f"{SIGNS['best_network']} {text['best_network'].lower()}")
    legend = "  ".join((*signs, f"{SIGNS['baseline']} {text['baseline']}"))
    hidden = text["hidden_rows"].format(count=num_hidden)
    return f"{legend}  {hidden}" if num_hidden else legend


def _verdict(report: "Report", language: Language) -> Text:
    style = "bold green" if report.edge == "proven" else "bold"
    return Text(report.verdict.in_language(language), style=style)


def _forecast_line(forecast: "Forecast", language: Language) -> Text:
    """Return the last price of a symbol, and the ranges of its next and its last session."""
    from pregao.instruments import price_digits

    text, digits = TEXTS[language], price_digits(forecast.last_price, forecast.symbol)
    line = Text(forecast.symbol, style="bold")
    price = money(forecast.last_price, forecast.currency, language, forecast.symbol)
    line.append(f" {text['as_of']} {day(forecast.as_of, language)}: {price}", style="not bold")
    low, high = forecast.at(0.05), forecast.at(0.95)
    ends = {"next_session": 0, "last_session": len(forecast.sessions) - 1}
    for name, index in ends.items():
        if name == "last_session" and index == 0:
            continue
        middle = number(forecast.median[index], digits, language)
        low_end, high_end = (number(each[index], digits, language) for each in (low, high))
        session = day(forecast.sessions[index], language)
        line.append(
            f"\n  {text[name]} {session}: {text['median']} {middle}, "
            f"{text['range_90']} {low_end} .. {high_end}",
            style="not bold",
        )
    return line
