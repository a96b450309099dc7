"""Sentences and findings, wrapped for a reader and whole for a pipe."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pregao.plots._numbers import number
from pregao.plots._texts import TEXTS, Language

if TYPE_CHECKING:
    from pregao.findings import Finding

MOST_ROWS = 15
"""Networks that the terminal shows; the baselines are shown all."""
SEVERITY_STYLES: Mapping[str, str] = {"info": "cyan", "warning": "yellow", "error": "bold red"}


def standard_output() -> Console:
    """Make a console for standard output as it is now: tests and pipes replace it."""
    return Console(highlight=False)


def say(console: Console, text: Text) -> None:
    """Print a sentence, wrapped for a reader, and in one line for a pipe."""
    console.print(text, soft_wrap=not console.is_terminal)


def plain_table() -> Table:
    """Make a table of few lines."""
    return Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        header_style="dim",
        show_edge=False,
    )


def badge(edge: bool, language: Language) -> Text:
    """Say whether there is an edge."""
    text = TEXTS[language]
    return Text(text["edge"], style="green") if edge else Text(text["no_edge"], style="yellow")


def count_of(count: int, one: str) -> str:
    """Write how many there are of something English.

    >>> count_of(1, "finding"), count_of(2_000, "session")
    ('1 finding', '2,000 sessions')
    """
    return f"{number(count, 0, 'en')} {one}{'' if count == 1 else 's'}"


def short(finding: "Finding") -> Text:
    """Give a finding in one line."""
    line = Text(f"{finding.code} ", style=SEVERITY_STYLES[finding.severity])
    about = f"{finding.symbol}, " if finding.symbol else ""
    seen = " ".join(finding.seen.split())
    return line.append(f"{about}{finding.title}: {seen}", style="not bold default")


def long(finding: "Finding") -> Text:
    """Give a finding with what to do."""
    style = SEVERITY_STYLES[finding.severity]
    line = Text(f"  {finding.code} {finding.title} ({finding.severity})", style=style)
    return line.append(f"\n    {finding.seen}\n    -> {finding.do}", style="not bold default")
