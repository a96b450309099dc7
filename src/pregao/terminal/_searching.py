"""A search as it goes: its progress, the best so far, and the state of each network."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Literal, assert_never

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table as Grid
from rich.text import Text

from pregao.presentation import (
    ABSENT,
    TEXTS,
    Language,
    Number,
    Quantity,
    Table,
    duration,
    field_of,
    number,
    t,
    table_of,
)
from pregao.terminal._pace import Pace
from pregao.terminal._progress import progress_message
from pregao.terminal._tables import Layout

if TYPE_CHECKING:
    from pregao.training.search import SearchProgress as Trial
    from pregao.workbench import Progress as Scored

REDRAWS_PER_SECOND = 2
"""Drawing takes some milliseconds of a core that the search may need."""
_OTHER_LINES = 6
"""The bar, the best so far, a blank one, the heading, what is not shown, and the cursor's."""

State = Literal["running", "done", "waiting"]
_STYLES: dict[State, str] = {"running": "", "done": "green", "waiting": "dim"}
_ORDER: tuple[State, ...] = ("running", "done", "waiting")


@dataclass
class Standing:
    """The trials of one network so far."""

    name: str
    num_trials: int | None
    """None while it is not known how many there will be."""
    best: float | None = None
    statuses: "dict[int, str]" = field(default_factory=dict)
    epochs: dict[int, int] = field(default_factory=dict)
    num_epochs: int = 0
    num_pruned: int = 0
    last: str = ""
    """A key of the texts."""
    is_complete: bool = False

    def take(self, trial: "Trial") -> None:
        """Count a trial, or an epoch of one."""
        # A duplicate reports the epochs of its twin, which were trained once.
        if trial.fate != "duplicate":
            self.num_epochs += trial.epochs - self.epochs.get(trial.trial, 0)
            self.epochs[trial.trial] = trial.epochs
        if trial.fate is not None and trial.trial not in self.statuses:
            self.statuses[trial.trial] = trial.fate
            self.num_pruned += trial.fate == "pruned"
        self.best = trial.best
        self.is_complete = trial.is_entry_complete
        self.last = f"fate_{trial.fate or 'goes_on'}"

    @property
    def state(self) -> State:
        """Whether it has begun, and ended."""
        if not self.last:
            return "waiting"
        return "done" if self.is_complete else "running"


def _table(standings: Sequence[Standing]) -> Table:
    """Return a row for each network, in this order."""
    return table_of(
        standings,
        [
            field_of("name", t("name"), lambda e: e.name, kind="text", importance=9, width=20),
            field_of("state", t("state"), _state, kind="text", importance=7, width=9),
            field_of("trials", t("trials"), _trials, importance=6, width=10),
            field_of("epochs", t("epochs"), lambda e: Number(e.num_epochs), importance=4, width=6),
            field_of("best_loss", t("best_loss"), _best_loss, importance=8, width=12),
            field_of("pruned", t("pruned"), lambda e: Number(e.num_pruned), importance=5, width=7),
            field_of(
                "last_trial", t("last_trial"), lambda e: t(e.last) if e.last else "",
                kind="text", importance=3, width=17,
            ),
        ],
    )  # fmt: skip


def _state(each: Standing) -> Quantity:
    return t(f"state_{each.state}")


def _trials(each: Standing) -> Quantity:
    done = Number(len(each.statuses))
    if each.num_trials is None:
        return done
    return t("progress_short", done=done, total=Number(each.num_trials))


def _best_loss(each: Standing) -> Quantity:
    return Number(each.best, 5) if each.last else ""


class Board:
    """The display of a search; one thread feeds it, another draws it."""

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

    def tell(self, progress: "Trial | Scored") -> None:
        """Update with the progress of a trial, or of the scoring after it."""
        from pregao.training.search import SearchProgress as Trial
        from pregao.workbench import Progress as Scored

        with self._lock:
            match progress:
                case Trial():
                    self._take(progress)
                case Scored():
                    self._scored = progress
                case _:
                    assert_never(progress)

    def _take(self, trial: "Trial") -> None:
        self._latest = trial
        self._pace.tell(trial.done_epochs, self._clock())
        standing = self._standings.setdefault(trial.entry, Standing(trial.entry, None))
        if self._is_closed:
            standing.num_trials = trial.total_trials // len(self._standings)
        standing.take(trial)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for a terminal of this size."""
        with self._lock:
            yield self.drawn(options.max_width, console.height)

    def drawn(self, width: int, height: int) -> RenderableType:
        """Return the bar, the best so far, and as many networks as there is room for."""
        if self._scored is not None:
            return self._scoring(self._scored)
        if self._latest is None:
            return self._bar(0, 1, self._time(0))
        trial = self._latest
        return Group(self._overall(trial), self._best(trial, width), *self._table(width, height))

    def _bar(self, done: int, total: int, about: str) -> Grid:
        grid = Grid.grid(padding=(0, 1), expand=True)
        for ratio in (None, 1, None, None):
            grid.add_column(ratio=ratio, no_wrap=True)
        key = "searching" if self._scored is None else "scoring"
        share = f"{100 * done // total if total else 100} %"
        title = Text(TEXTS[self._language][key], style="bold")
        grid.add_row(title, ProgressBar(total, min(done, total)), share, about)
        return grid

    def _overall(self, trial: "Trial") -> Grid:
        return self._bar(trial.done_epochs, trial.total_epochs, self._time(trial.total_epochs))

    def _time(self, total: int) -> str:
        now = self._clock()
        passed = duration(now - self._begun)
        left = self._pace.left(total, now)
        if left is None:
            return passed
        return f"{passed}, {TEXTS[self._language]['time_left'].format(time=duration(left))}"

    def _best(self, trial: "Trial", width: int) -> Text:
        text, language = TEXTS[self._language], self._language
        best = self._ranked()[0]
        name = ABSENT if best.best is None else best.name
        counted = text["trials_of"].format(
            done=number(trial.done_trials, 0, language),
            total=number(trial.total_trials, 0, language),
        )
        loss = number(best.best, 5, language)
        line = Text(text["best_so_far"].format(name=name, loss=loss), no_wrap=True)
        line.overflow = "ellipsis"
        line.highlight_words([name], style="bold")
        more = Text(f"; {counted}", style="dim")
        return line + more if line.cell_len + more.cell_len <= width else line

    def _ranked(self) -> list[Standing]:
        """Return the best first, then those under way, those done and those that wait."""

        def loss(each: Standing) -> float:
            return float("inf") if each.best is None else each.best

        best = min(self._standings.values(), key=loss)
        rest = [each for each in self._standings.values() if each is not best]
        return [best, *sorted(rest, key=lambda each: (_ORDER.index(each.state), loss(each)))]

    def _table(self, width: int, height: int) -> list[RenderableType]:
        ranked, language = self._ranked(), self._language
        room = max(1, height - _OTHER_LINES)
        shown, hidden = ranked[:room], ranked[room:]
        table, console = _table(shown), Console(width=width)
        layout = Layout.fitting(table, language, console, room=width, wraps_titles=False)
        lines: list[RenderableType] = [Text(), *layout.heading()]
        for standing, row in zip(shown, table.rows, strict=True):
            style = "bold" if standing is ranked[0] else _STYLES[standing.state]
            for line in layout.lines(row):
                line.stylize(style)
                lines.append(line)
        return [*lines, *([Text(self._more(hidden), style="dim")] if hidden else [])]

    def _more(self, hidden: Sequence[Standing]) -> str:
        states = [each.state for each in hidden]
        counts = {state: states.count(state) for state in _ORDER}
        return TEXTS[self._language]["more_networks"].format(count=len(hidden), **counts)

    def _scoring(self, scored: "Scored") -> Group:
        passed = duration(self._clock() - self._begun)
        news = Text(progress_message(scored, self._language), style="dim")
        return Group(self._bar(scored.done, scored.total, passed), news)


@contextmanager
def search_progress(
    language: Language, networks: Sequence[str] = ()
) -> "Iterator[Callable[[Trial | Scored], None]]":
    """Yield a callback for a search and for the scoring after it; silent outside a terminal.

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
