"""What the terminal shows: results on standard output, progress on standard error.

Importing this module loads rich and nothing heavy.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pregao.plots._numbers import day, money, number, p_value, percent, price_digits, verdict_in
from pregao.plots._rows import Row, rows_of
from pregao.plots._texts import TEXTS, Language

if TYPE_CHECKING:
    from pregao.evaluation import Forecast, Report
    from pregao.findings import Finding
    from pregao.training import Epoch, Listed
    from pregao.workbench import Checked, Fetched
    from pregao.workbench import Progress as Finished

MOST_ROWS = 15
"""Networks that the terminal shows; the baselines are shown all."""
_SEVERITY_STYLES = {"info": "cyan", "warning": "yellow", "error": "bold red"}


@dataclass(frozen=True)
class Column:
    """A column of the ranking; on a narrow terminal the least important ones are left out."""

    heading: str
    """A key of the texts."""
    width: int
    importance: int
    write: Callable[[Row, Language], str]


COLUMNS = (
    Column("parameters", 10, 2, lambda row, language: number(row.parameters, 0, language)),
    Column(
        "crps_validation", 10, 8, lambda row, language: number(row.validation_crps, 4, language)
    ),
    Column("crps", 7, 9, lambda row, language: number(row.metrics.crps, 4, language)),
    Column(
        "skill_short_naive",
        8,
        10,
        lambda row, language: percent(row.skill_vs_random_walk, 1, language, signed=True),
    ),
    Column(
        "skill_short_best",
        8,
        7,
        lambda row, language: percent(row.skill_vs_best_baseline, 1, language, signed=True),
    ),
    Column("dm_p", 6, 6, lambda row, language: p_value(row.dm_p_value, language)),
    Column("mae", 8, 3, lambda row, language: number(row.metrics.mae, 3, language)),
    Column("mase", 6, 4, lambda row, language: number(row.metrics.mase, 3, language)),
    Column(
        "coverage_90", 9, 5, lambda row, language: percent(row.metrics.coverage_90, 1, language)
    ),
    Column("seconds", 8, 1, lambda row, language: number(row.seconds, 1, language)),
)
"""In the order shown."""


def print_result(report: "Report", forecasts: "Sequence[Forecast]", *, language: Language) -> None:
    """Print the ranking with the baselines in it, the verdict, the findings and the forecasts."""
    console, text = _console(), TEXTS[language]
    rows = rows_of(report)
    shown = _shown(rows)
    console.print(_ranking(shown, console.width, language))
    legend = f"> {text['champion'].lower()}  * {text['baseline']}"
    if len(shown) < len(rows):
        legend += f"  {text['hidden_rows'].format(count=len(rows) - len(shown))}"
    _say(console, Text(legend, style="dim"))
    console.print()
    _say(console, _verdict(report, language))
    for finding in report.findings:
        _say(console, _short(finding))
    if forecasts:
        console.print()
    for forecast in forecasts:
        _say(console, _forecast_line(forecast, language))


def print_forecast(forecast: "Forecast", *, language: Language) -> None:
    """Print the next sessions of one symbol: median and ranges."""
    console, text = _console(), TEXTS[language]
    price = money(forecast.last_price, forecast.currency, language)
    title = Text(f"{forecast.symbol}  ", style="bold")
    title.append(f"{text['as_of']} {day(forecast.as_of, language)}: {price}", style="default")
    _say(console, title)
    table = _table()
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
    _say(console, Text(f"{forecast.forecaster}: ").append(_badge(forecast.edge, language)))
    for finding in forecast.findings:
        _say(console, _short(finding))


def print_networks(networks: "Sequence[Listed]") -> None:
    """Print the zoo, category by category."""
    console, text = _console(), TEXTS["en"]
    table = _table()
    table.add_column("")
    table.add_column(text["name"])
    table.add_column(text["parameters"], justify="right")
    table.add_column("", overflow="fold")
    for category, members in groupby(networks, key=lambda each: each.category):
        table.add_row("", Text(text[f"category_{category}"], style="bold"))
        for each in members:
            table.add_row(
                Text("" if each.number is None else str(each.number), style="dim"),
                Text(each.name),
                number(each.parameters, 0, "en"),
                Text(each.description, style="dim"),
            )
    console.print(table)


def print_fetched(fetched: "Sequence[Fetched]") -> None:
    """Print what was stored, a line a symbol, with what is wrong with it."""
    console = _console()
    for each in fetched:
        prices, snapshot = each.prices, each.snapshot
        line = Text(f"{prices.symbol}  ", style="bold")
        added = TEXTS["en"]["rows_added"].format(
            count=number(snapshot.num_added, 0, "en"), revision=snapshot.revision
        )
        line.append(
            f"{_count(len(prices), 'session')}, {prices.first} .. {prices.last}, "
            f"{prices.provider}, {added}, {prices.digest}",
            style="default",
        )
        _say(console, line)
        for finding in each.findings:
            _say(console, _short(finding))


def print_checked(checked: "Sequence[Checked]") -> None:
    """Print each finding: how bad, what was seen, what to do."""
    console, text = _console(), TEXTS["en"]
    for each in checked:
        prices = each.prices
        line = Text(f"{prices.symbol}  ", style="bold")
        line.append(
            f"{_count(len(prices), 'session')}, {prices.first} .. {prices.last}, "
            f"{prices.provider}: ",
            style="default",
        )
        if each.quarantine:
            line.append(text["quarantined"], style=_SEVERITY_STYLES["error"])
        elif not each.findings:
            line.append(text["no_findings"], style="green")
        else:
            line.append(_count(len(each.findings), "finding"), style="default")
        _say(console, line)
        for finding in each.findings:
            _say(console, _long(finding))


@contextmanager
def sweep_progress() -> "Iterator[Callable[[Finished], None]]":
    """Give a callback that moves a bar; it is silent where standard error is no terminal."""
    with _bar() as bar:
        task = bar.add_task("", total=None)

        def tell(finished: "Finished") -> None:
            bar.update(
                task,
                completed=finished.done,
                total=finished.total,
                description=f"{finished.stage} {finished.name}",
            )

        yield tell


@contextmanager
def epoch_progress(total: int) -> "Iterator[Callable[[Epoch], None]]":
    """Give a callback that moves a bar by epochs; silent where standard error is no terminal."""
    with _bar() as bar:
        task = bar.add_task("epoch 0", total=total)

        def tell(epoch: "Epoch") -> None:
            best = " (best)" if epoch.is_best else ""
            bar.update(
                task,
                completed=epoch.number,
                description=f"epoch {epoch.number}: validation {epoch.validation_loss:.5f}{best}",
            )

        yield tell


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show that something is going on; silent where standard error is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(Text(text)):
        yield


def _console() -> Console:
    """Make a console for standard output as it is now: tests and pipes replace it."""
    return Console(highlight=False)


def _say(console: Console, text: Text) -> None:
    """Print a sentence, wrapped for a reader, and in one line for a pipe."""
    console.print(text, soft_wrap=not console.is_terminal)


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _table() -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="dim",
        show_edge=False,
    )


def _shown(rows: Sequence[Row]) -> list[Row]:
    """Choose the best networks and every baseline, in the order of the ranking."""
    networks = [row.rank for row in rows if row.kind == "network"][:MOST_ROWS]
    return [row for row in rows if row.kind == "baseline" or row.rank in networks]


def _ranking(rows: Sequence[Row], width: int, language: Language) -> Table:
    text, table = TEXTS[language], _table()
    cells = {column: [column.write(row, language) for row in rows] for column in COLUMNS}
    widths = {column: max(column.width, *map(len, cells[column])) for column in COLUMNS}
    name_width = max(len(row.name) for row in rows)
    # Two narrow columns stand before the name, with two spaces after each.
    columns = _fitting(widths, width - name_width - 9)
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(text["name"], no_wrap=True, min_width=name_width)
    for column in columns:
        table.add_column(text[column.heading], justify="right", min_width=widths[column])
    for index, row in enumerate(rows):
        numbers = [cells[column][index] for column in columns]
        table.add_row(_mark(row), str(row.rank), Text(row.name), *numbers, style=_row_style(row))
    return table


def _fitting(widths: Mapping[Column, int], room: int) -> list[Column]:
    """Choose the most important columns that fit side by side, two spaces between them."""
    chosen: list[Column] = []
    for column in sorted(widths, key=lambda column: -column.importance):
        if sum(widths[each] + 2 for each in (*chosen, column)) > room:
            break
        chosen.append(column)
    return [column for column in widths if column in chosen]


def _mark(row: Row) -> str:
    if row.is_champion:
        return ">"
    return "*" if row.kind == "baseline" else ""


def _row_style(row: Row) -> str:
    if row.is_champion:
        return "bold"
    return "yellow" if row.kind == "baseline" else ""


def _verdict(report: "Report", language: Language) -> Text:
    return Text(verdict_in(report, language), style="bold green" if report.edge else "bold")


def _badge(edge: bool, language: Language) -> Text:
    text = TEXTS[language]
    return Text(text["edge"], style="green") if edge else Text(text["no_edge"], style="yellow")


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


def _count(count: int, one: str) -> str:
    return f"{number(count, 0, 'en')} {one}{'' if count == 1 else 's'}"


def _short(finding: "Finding") -> Text:
    line = Text(f"{finding.code} ", style=_SEVERITY_STYLES[finding.severity])
    about = f"{finding.symbol}, " if finding.symbol else ""
    return line.append(f"{about}{finding.title}: {finding.seen}", style="not bold default")


def _long(finding: "Finding") -> Text:
    style = _SEVERITY_STYLES[finding.severity]
    line = Text(f"  {finding.code} {finding.title} ({finding.severity})", style=style)
    return line.append(f"\n    {finding.seen}\n    -> {finding.do}", style="not bold default")
