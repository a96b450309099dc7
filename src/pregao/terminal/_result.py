"""Results and forecasts: the ranking with the baselines in it, the verdict, the next sessions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from pregao.findings import worst_first
from pregao.presentation import (
    TEXTS,
    Language,
    Row,
    day,
    has_ensembles,
    money,
    number,
    p_value,
    percent,
    price_digits,
    row_of,
    rows_of,
    was_asked_for,
)
from pregao.terminal._columns import Column, fitting
from pregao.terminal._evidence import print_evidence
from pregao.terminal._findings import short
from pregao.terminal._lines import MOST_ROWS, badge, plain_table, say, standard_output

if TYPE_CHECKING:
    from pregao.evaluation import Forecast, Report

_SUBJECT, _BEST, _BASELINE = ">", "+", "*"

COLUMNS: tuple[Column[Row], ...] = (
    Column("parameters", 10, 2, lambda row, language: number(row.parameters, 0, language)),
    Column(
        "crps_validation", 10, 9, lambda row, language: number(row.validation_crps, 4, language)
    ),
    Column("crps", 7, 10, lambda row, language: number(row.metrics.crps, 4, language)),
    Column(
        "skill_short_naive",
        8,
        11,
        lambda row, language: percent(row.skill_vs_random_walk, 1, language, signed=True),
    ),
    Column(
        "skill_short_best",
        8,
        8,
        lambda row, language: percent(row.skill_vs_best_baseline, 1, language, signed=True),
    ),
    Column("dm_p", 6, 7, lambda row, language: p_value(row.dm_p_value, language)),
    Column(
        "in_set", 6, 4, lambda row, language: TEXTS[language]["in_set_yes"] if row.is_in_set else ""
    ),
    Column("mae", 8, 3, lambda row, language: number(row.metrics.mae, 3, language)),
    Column("mase", 6, 5, lambda row, language: number(row.metrics.mase, 3, language)),
    Column(
        "coverage_90", 9, 6, lambda row, language: percent(row.metrics.coverage_90, 1, language)
    ),
    Column("seconds", 8, 1, lambda row, language: number(row.seconds, 1, language)),
)
"""In the order shown."""


def print_result(report: "Report", forecasts: "Sequence[Forecast]", *, language: Language) -> None:
    """Print the ranking with the baselines in it, the verdict, what it rests on, and the rest.

    That is the findings and the forecasts.
    """
    console, text = standard_output(), TEXTS[language]
    rows = rows_of(report)
    shown = _shown(rows)
    console.print(_ranking(shown, console.width, language))
    say(console, Text(_legend(report, len(rows) - len(shown), language), style="dim"))
    if has_ensembles(report):
        say(console, Text(text["ensemble_note"], style="dim"))
    console.print()
    say(console, _verdict(report, language))
    print_evidence(console, report, language)
    for finding in worst_first(report.findings):
        say(console, short(finding, language))
    if forecasts:
        console.print()
    for forecast in forecasts:
        say(console, _forecast_line(forecast, language))


def print_forecast(forecast: "Forecast", *, language: Language) -> None:
    """Print the next sessions of one symbol: median and ranges."""
    console, text = standard_output(), TEXTS[language]
    price = money(forecast.last_price, forecast.currency, language)
    title = Text(f"{forecast.symbol}  ", style="bold")
    title.append(f"{text['as_of']} {day(forecast.as_of, language)}: {price}", style="default")
    say(console, title)
    table = plain_table()
    table.add_column(text["session"])
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    for level in levels:
        name = text["median"] if level == 0.5 else percent(level, 0, language)
        table.add_column(name, justify="right", style="bold" if level == 0.5 else "")
    digits = price_digits(forecast.last_price)
    for index, session in enumerate(forecast.sessions):
        prices = [number(forecast.at(level)[index], digits, language) for level in levels]
        table.add_row(day(session, language), *prices)
    console.print(table)
    say(console, Text(f"{forecast.forecaster}: ").append(badge(forecast.edge, language)))
    for finding in worst_first(forecast.findings):
        say(console, short(finding, language))


def _legend(report: "Report", num_hidden: int, language: Language) -> str:
    text = TEXTS[language]
    mark = row_of(report, report.candidate).mark
    signs = [f"{_SUBJECT} {text[mark].lower()}"] if mark else []
    if was_asked_for(report):
        signs.append(f"{_BEST} {text['best_network'].lower()}")
    legend = "  ".join((*signs, f"{_BASELINE} {text['baseline']}"))
    hidden = text["hidden_rows"].format(count=num_hidden)
    return f"{legend}  {hidden}" if num_hidden else legend


def _shown(rows: Sequence[Row]) -> list[Row]:
    """Choose the best networks, what was asked for and every baseline, in their order."""
    networks = [row.rank for row in rows if row.kind == "network"][:MOST_ROWS]
    return [row for row in rows if row.kind == "baseline" or row.mark or row.rank in networks]


def _ranking(rows: Sequence[Row], width: int, language: Language) -> Table:
    text, table = TEXTS[language], plain_table()
    cells = {column: [column.write(row, language) for row in rows] for column in COLUMNS}
    widths = {
        column: max(
            column.width, *map(len, cells[column]), *map(len, text[column.heading].split(" "))
        )
        for column in COLUMNS
    }
    name_width = max(len(row.name) for row in rows)
    # Two narrow columns stand before the name, with two spaces after each.
    columns = fitting(widths, width - name_width - 9)
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(text["name"], no_wrap=True, min_width=name_width)
    for column in columns:
        table.add_column(text[column.heading], justify="right", min_width=widths[column])
    for index, row in enumerate(rows):
        numbers = [cells[column][index] for column in columns]
        table.add_row(_sign(row), str(row.rank), Text(row.name), *numbers, style=_row_style(row))
    return table


def _sign(row: Row) -> str:
    if row.is_subject:
        return _SUBJECT
    if row.kind == "baseline":
        return _BASELINE
    return _BEST if row.mark else ""


def _row_style(row: Row) -> str:
    if row.is_subject:
        return "bold"
    return "yellow" if row.kind == "baseline" else ""


def _verdict(report: "Report", language: Language) -> Text:
    style = "bold green" if report.edge == "proven" else "bold"
    return Text(report.verdict.in_language(language), style=style)


def _forecast_line(forecast: "Forecast", language: Language) -> Text:
    """Say where a symbol stands, and the ranges of its next and its last session."""
    text, digits = TEXTS[language], price_digits(forecast.last_price)
    line = Text(forecast.symbol, style="bold")
    price = money(forecast.last_price, forecast.currency, language)
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
