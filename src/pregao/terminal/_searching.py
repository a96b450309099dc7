"""A search as it goes: how far it is, the best so far, and where each network stands."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Literal, assert_never

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pregao.presentation import ABSENT, TEXTS, Language, duration, number
from pregao.terminal._columns import GAP, Column, fitting
from pregao.terminal._lines import plain_table
from pregao.terminal._pace import Pace
from pregao.terminal._progress import news_of

if TYPE_CHECKING:
    from pregao.training.search import Progress as Trial
    from pregao.workbench import Progress as Scored

REDRAWS_PER_SECOND = 2
"""Drawing takes some milliseconds of a core that the search may need."""
_OTHER_LINES = 6
"""The bar, the best so far, two of the heading, what is not shown, and where the cursor stands."""

State = Literal["running", "done", "waiting"]
_STYLES: dict[State, str] = {"running": "", "done": "green", "waiting": "dim"}
_ORDER: tuple[State, ...] = ("running", "done", "waiting")


@dataclass
class Standing:
    """What is known of one network."""

    name: str
    num_trials: int | None
    """None while nobody knows how many it will have."""
    best: float | None = None
    fates: "dict[int, str]" = field(default_factory=dict)
    epochs: dict[int, int] = field(default_factory=dict)
    num_epochs: int = 0
    num_pruned: int = 0
    last: str = ""
    """A key of the texts."""
    is_complete: bool = False

    def take(self, told: "Trial") -> None:
        """Take in what became known of a trial."""
        # A duplicate has the epochs of the other, and nobody trained them twice.
        if told.fate != "duplicate":
            self.num_epochs += told.epochs - self.epochs.get(told.trial, 0)
            self.epochs[told.trial] = told.epochs
        if told.fate is not None and told.trial not in self.fates:
            self.fates[told.trial] = told.fate
            self.num_pruned += told.fate == "pruned"
        self.best = told.best
        self.is_complete = told.is_entry_complete
        self.last = f"fate_{told.fate or 'goes_on'}"

    @property
    def state(self) -> State:
        """Whether it has begun, and ended."""
        if not self.last:
            return "waiting"
        return "done" if self.is_complete else "running"


def _trials(each: Standing, language: Language) -> str:
    done = number(len(each.fates), 0, language)
    return done if each.num_trials is None else f"{done}/{number(each.num_trials, 0, language)}"


COLUMNS: tuple[Column[Standing], ...] = (
    Column("name", 20, 9, lambda each, _: each.name, "left"),
    Column("state", 9, 7, lambda each, lang: TEXTS[lang][f"state_{each.state}"], "left"),
    Column("trials", 10, 6, _trials),
    Column("epochs", 6, 4, lambda each, lang: number(each.num_epochs, 0, lang)),
    Column("best_loss", 12, 8, lambda each, lang: number(each.best, 5, lang) if each.last else ""),
    Column("pruned", 7, 5, lambda each, lang: number(each.num_pruned, 0, lang)),
    Column(
        "last_trial", 17, 3, lambda each, lang: TEXTS[lang][each.last] if each.last else "", "left"
    ),
)


class Board:
    """What is shown of a search; told by one thread, drawn by another."""

    def __init__(
        self,
        language: Language,
        networks: Sequence[str] = (),
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._language, self._clock = language, clock
        self._begun = clock()
        self._standings = {name: Standing(name, None) for name in networks}
        self._is_closed = bool(networks)
        self._latest: Trial | None = None
        self._scored: Scored | None = None
        self._pace = Pace()
        self._lock = Lock()

    def tell(self, told: "Trial | Scored") -> None:
        """Take in the news, of a trial or of the scoring that comes after."""
        from pregao.training.search import Progress as Trial
        from pregao.workbench import Progress as Scored

        with self._lock:
            match told:
                case Trial():
                    self._take(told)
                case Scored():
                    self._scored = told
                case _:
                    assert_never(told)

    def _take(self, told: "Trial") -> None:
        self._latest = told
        self._pace.tell(told.done_epochs, self._clock())
        standing = self._standings.setdefault(told.entry, Standing(told.entry, None))
        if self._is_closed:
            standing.num_trials = told.total_trials // len(self._standings)
        standing.take(told)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for a terminal of this size."""
        with self._lock:
            yield self.drawn(options.max_width, console.height)

    def drawn(self, width: int, height: int) -> RenderableType:
        """Give the bar, the best so far, and as many networks as there is room for."""
        if self._scored is not None:
            return self._scoring(self._scored)
        if self._latest is None:
            return self._bar(0, 1, self._time(0))
        told = self._latest
        return Group(self._overall(told), self._best(told, width), *self._table(width, height))

    def _bar(self, done: int, total: int, about: str) -> Table:
        grid = Table.grid(padding=(0, 1), expand=True)
        for ratio in (None, 1, None, None):
            grid.add_column(ratio=ratio, no_wrap=True)
        key = "searching" if self._scored is None else "scoring"
        share = f"{100 * done // total if total else 100} %"
        title = Text(TEXTS[self._language][key], style="bold")
        grid.add_row(title, ProgressBar(total, min(done, total)), share, about)
        return grid

    def _overall(self, told: "Trial") -> Table:
        return self._bar(told.done_epochs, told.total_epochs, self._time(told.total_epochs))

    def _time(self, total: int) -> str:
        now = self._clock()
        passed = duration(now - self._begun)
        left = self._pace.left(total, now)
        if left is None:
            return passed
        return f"{passed}, {TEXTS[self._language]['time_left'].format(time=duration(left))}"

    def _best(self, told: "Trial", width: int) -> Text:
        text, language = TEXTS[self._language], self._language
        best = self._ranked()[0]
        name = ABSENT if best.best is None else best.name
        counted = text["trials_of"].format(
            done=number(told.done_trials, 0, language), total=number(told.total_trials, 0, language)
        )
        loss = number(best.best, 5, language)
        line = Text(text["best_so_far"].format(name=name, loss=loss), no_wrap=True)
        line.overflow = "ellipsis"
        line.highlight_words([name], style="bold")
        more = Text(f"; {counted}", style="dim")
        return line + more if line.cell_len + more.cell_len <= width else line

    def _ranked(self) -> list[Standing]:
        """Give the best first, then those under way, those done and those that wait."""

        def loss(each: Standing) -> float:
            return float("inf") if each.best is None else each.best

        best = min(self._standings.values(), key=loss)
        rest = [each for each in self._standings.values() if each is not best]
        return [best, *sorted(rest, key=lambda each: (_ORDER.index(each.state), loss(each)))]

    def _table(self, width: int, height: int) -> list[RenderableType]:
        text, language, ranked = TEXTS[self._language], self._language, self._ranked()
        room = max(1, height - _OTHER_LINES)
        shown, hidden = ranked[:room], ranked[room:]
        widths = {
            each: max(each.width, *(len(each.write(row, language)) for row in shown))
            for each in COLUMNS
        }
        columns = fitting(widths, width + len(GAP))
        table = plain_table()
        for column in columns:
            table.add_column(
                text[column.heading],
                justify=column.side,
                min_width=widths[column],
                no_wrap=True,
            )
        for row in shown:
            cells = [Text(column.write(row, language)) for column in columns]
            table.add_row(*cells, style="bold" if row is ranked[0] else _STYLES[row.state])
        return [table, *([Text(self._more(hidden), style="dim")] if hidden else [])]

    def _more(self, hidden: Sequence[Standing]) -> str:
        states = [each.state for each in hidden]
        counts = {state: states.count(state) for state in _ORDER}
        return TEXTS[self._language]["more_networks"].format(count=len(hidden), **counts)

    def _scoring(self, scored: "Scored") -> Group:
        passed = duration(self._clock() - self._begun)
        news = Text(news_of(scored, self._language), style="dim")
        return Group(self._bar(scored.done, scored.total, passed), news)


@contextmanager
def search_progress(
    language: Language, networks: Sequence[str] = ()
) -> "Iterator[Callable[[Trial | Scored], None]]":
    """Give a callback for a search and for the scoring after it; silent where nobody looks.

    With the names of all networks, those that wait are shown too, and how many trials each has.
    """
    console, board = Console(stderr=True), Board(language, networks)
    if not console.is_terminal:
        yield board.tell
        return
    with Live(
        board,
        console=console,
        refresh_per_second=REDRAWS_PER_SECOND,
        transient=True,
        redirect_stdout=False,
    ):
        yield board.tell
