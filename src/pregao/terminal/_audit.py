"""The result of a leak audit: the verdict, what moved, and every check."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import (
    AUDIT_TEXTS,
    Language,
    audit_problem,
    audit_summary,
    audit_table,
    audit_verdict,
)
from pregao.terminal._lines import say, standard_output
from pregao.terminal._progress import bar
from pregao.terminal._tables import print_table

if TYPE_CHECKING:
    from pregao.audit import Audit


@contextmanager
def audit_progress(language: Language) -> Iterator[Callable[[int, int], None]]:
    """Yield a callback that moves a bar; silent where standard error is no terminal."""
    text = AUDIT_TEXTS[language]["auditing"]
    with bar() as shown:
        yield lambda done, total: shown.tell(text, done=done, total=total)


def print_audit(audit: "Audit", *, language: Language) -> None:
    """Print the verdict, then what is wrong, then everything that was checked."""
    console = standard_output()
    style = "bold green" if audit.is_clean else "bold red"
    say(console, Text(audit_verdict(audit).in_language(language), style=style))
    for each in audit.failed:
        line = Text(f"  {each.name}: ", style="bold")
        line.append(audit_problem(each).in_language(language), style="not bold")
        say(console, line)
    console.print()
    print_table(console, audit_table(audit), language)
    console.print()
    say(console, Text(audit_summary(audit).in_language(language), style="dim"))
