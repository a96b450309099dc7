"""Progress bars on standard error; nothing where it is no terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from pregao.presentation import TEXTS, Language

if TYPE_CHECKING:
    from pregao.training import Epoch
    from pregao.workbench import Progress as Finished


class Bar:
    """A bar that appears with its first update, so that an idle one takes no room."""

    def __init__(self, total: int | None) -> None:
        console = Console(stderr=True)
        self._is_shown = console.is_terminal
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            # What is printed meanwhile is a result, and those belong to standard output.
            redirect_stdout=False,
        )
        self._task = self._progress.add_task("", total=total)

    def tell(self, text: str, *, done: int, total: int | None = None) -> None:
        """Move the bar."""
        if self._is_shown:
            self._progress.update(self._task, description=text, completed=done, total=total)
            self._progress.start()

    def hide(self) -> None:
        """Remove the bar until its next update."""
        if self._is_shown and self._progress.live.is_started:
            self._progress.stop()


@contextmanager
def bar(total: int | None = None) -> Iterator[Bar]:
    """Yield a bar that is removed in the end."""
    made = Bar(total)
    try:
        yield made
    finally:
        made.hide()


def progress_message(finished: "Finished", language: Language) -> str:
    """Return the name of what was finished.

    >>> from pregao.workbench import Progress
    >>> progress_message(Progress("network", "tcn", 1, 2, 0.5), "pt")
    'rede tcn'
    """
    return f"{TEXTS[language][finished.stage]} {finished.name}"


@contextmanager
def sweep_progress(language: Language = "en") -> "Iterator[Callable[[Finished], None]]":
    """Yield a callback that moves a bar; it is silent where standard error is no terminal."""
    with bar() as shown:
        yield lambda finished: shown.tell(
            progress_message(finished, language), done=finished.done, total=finished.total
        )


@contextmanager
def epoch_progress(total: int, language: Language = "en") -> "Iterator[Callable[[Epoch], None]]":
    """Yield a callback that moves a bar by epochs; silent where standard error is no terminal."""
    text = TEXTS[language]
    with bar(total) as shown:

        def tell(epoch: "Epoch") -> None:
            best = f" ({text['best_epoch']})" if epoch.is_best else ""
            loss = f"{text['part_validation']} {epoch.validation_loss:.5f}"
            shown.tell(f"{text['epoch']} {epoch.number}: {loss}{best}", done=epoch.number)

        yield tell


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show a spinner while work goes on; silent where standard error is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(Text(text)):
        yield
