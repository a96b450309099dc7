"""Many tickers: a row for each as it is decided, above a moving bar, and their summary."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, assert_never

from rich.text import Text

from pregao.findings import Finding
from pregao.presentation import TEXTS, Language, duration, number, tickers_table
from pregao.terminal._findings import in_one_line
from pregao.terminal._lines import say, standard_output
from pregao.terminal._pace import Pace
from pregao.terminal._progress import bar
from pregao.terminal._tables import Layout

if TYPE_CHECKING:
    from pregao.workbench import Result, Tickers


@contextmanager
def ticker_progress(
    total: int,
    language: Language,
    *,
    quiet: bool = False,
    clock: Callable[[], float] = monotonic,
) -> "Iterator[Callable[[Result | Finding], None]]":
    """Yield a callback that prints a row on standard output, above a bar on standard error.

    With `quiet` there is the bar alone.
    """
    from pregao.workbench import Result, TickerResult

    console, text = standard_output(), TEXTS[language]
    layout = Layout.fitting(tickers_table(()), language, console, wraps_titles=False)
    pace, done = Pace(), 0

    def print_lines(*lines: Text) -> None:
        for line in lines:
            if console.is_terminal:
                console.print(line, no_wrap=True, overflow="ellipsis")
            else:
                say(console, line)

    with bar(total) as shown:
        shown.tell(text["symbols"], done=0, total=total)

        def show(news: "Result | Finding") -> None:
            nonlocal done
            match news:
                case Finding():
                    symbol, lines = news.symbol or "", [in_one_line(news, language)]
                case Result():
                    row = TickerResult.from_report(news.report, news.run.id)
                    [line] = tickers_table((row,)).rows
                    symbol, lines = row.symbol, layout.lines(line)
                case _:
                    assert_never(news)
            shown.hide()
            if not quiet:
                print_lines(*(() if done else layout.heading()), *lines)
            done += 1
            now = clock()
            pace.tell(done, now)
            left = pace.left(total, now)
            rest = "" if left is None else ", " + text["time_left"].format(time=duration(left))
            shown.tell(f"{symbol}{rest}", done=done, total=total)

        yield show


def print_tickers(tickers: "Tickers", language: Language) -> None:
    """Print how many tickers have an edge, how many chance would find, and what was left out."""
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
        say(console, in_one_line(finding, language))
