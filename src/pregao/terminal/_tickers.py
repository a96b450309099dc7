"""Many tickers: a row for each as it is decided, above a moving bar, and the sum of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, assert_never

from rich.text import Text

from pregao.findings import Finding
from pregao.presentation import TEXTS, Language, duration, number, p_value, percent
from pregao.terminal._columns import Column, Ledger
from pregao.terminal._findings import short
from pregao.terminal._lines import say, standard_output
from pregao.terminal._pace import Pace
from pregao.terminal._progress import bar

if TYPE_CHECKING:
    from pregao.workbench import Result, TickerResult, Tickers

_TICKER: "tuple[Column[TickerResult], ...]" = (
    Column("symbol", 8, 10, lambda row, _: row.symbol, "left", lambda _: "bold"),
    Column(
        "edge",
        4,
        9,
        lambda row, lang: TEXTS[lang]["yes" if row.edge == "proven" else "no"],
        "left",
        lambda row: "green" if row.edge == "proven" else "yellow",
    ),
    Column(
        "skill_short_naive",
        8,
        8,
        lambda row, lang: percent(row.skill_vs_random_walk, 1, lang, signed=True),
    ),
    Column(
        "skill_short_best",
        8,
        7,
        lambda row, lang: percent(row.skill_vs_best_baseline, 1, lang, signed=True),
    ),
    Column("dm_p", 6, 6, lambda row, lang: p_value(row.dm_p_value, lang)),
    Column("crps", 7, 4, lambda row, lang: number(row.crps, 4, lang)),
    Column("seconds", 8, 3, lambda row, lang: number(row.seconds, 1, lang)),
    # Last, for its length is not known before.
    Column("champion", 17, 5, lambda row, _: row.champion, "left"),
)


@contextmanager
def ticker_progress(
    total: int,
    language: Language,
    *,
    quiet: bool = False,
    clock: Callable[[], float] = monotonic,
) -> "Iterator[Callable[[Result | Finding], None]]":
    """Give a callback that prints a row on standard output, above a bar on standard error.

    With `quiet` there is the bar alone.
    """
    from pregao.workbench import Result, TickerResult

    console, text = standard_output(), TEXTS[language]
    ledger: Ledger[TickerResult] = Ledger.of(_TICKER, (), console, language)
    pace, done = Pace(), 0

    def print_lines(*lines: Text) -> None:
        for line in lines:
            if console.is_terminal:
                console.print(line, no_wrap=True, overflow="ellipsis")
            else:
                say(console, line)

    with bar(total) as shown:
        shown.tell(text["symbols"], done=0, total=total)

        def tell(told: "Result | Finding") -> None:
            nonlocal done
            match told:
                case Finding():
                    symbol, line = told.symbol or "", short(told, language)
                case Result():
                    row = TickerResult.from_report(told.report, told.run.id)
                    symbol, line = row.symbol, ledger.line(row)
                case _:
                    assert_never(told)
            shown.hide()
            if not quiet:
                print_lines(*(() if done else (ledger.heading(),)), line)
            done += 1
            now = clock()
            pace.tell(done, now)
            left = pace.left(total, now)
            rest = "" if left is None else ", " + text["time_left"].format(time=duration(left))
            shown.tell(f"{symbol}{rest}", done=done, total=total)

        yield tell


def print_tickers(tickers: "Tickers", language: Language) -> None:
    """Print how many tickers have an edge, how many luck would find, and what was left out."""
    console, text, verdict = standard_output(), TEXTS[language], tickers.verdict
    about_all = [each for each in tickers.findings if each.symbol is None]
    counted = text["tickers_counted"].format(
        total=number(len(tickers.rows), 0, language),
        edges=number(tickers.num_edges, 0, language),
        left_out=number(len(tickers.findings) - len(about_all), 0, language),
    )
    console.print()
    say(console, Text(counted))
    say(console, Text(verdict.in_language(language), style="bold"))
    for finding in about_all:
        say(console, short(finding, language))
