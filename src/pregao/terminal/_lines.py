"""Sentences, wrapped for a reader and whole for a pipe."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from pregao.presentation import TEXTS, Language, number

if TYPE_CHECKING:
    from pregao.inference import Edge

MOST_ROWS = 15
"""Networks that the terminal shows; the baselines are shown all."""


def standard_output() -> Console:
    """Make a console for standard output as it is now: tests and pipes replace it."""
    return Console(highlight=False)


def say(console: Console, text: Text) -> None:
    """Print a sentence, wrapped for a reader, and in one line for a pipe."""
    console.print(text, soft_wrap=not console.is_terminal)


def badge(edge: "Edge", language: Language) -> Text:
    """Return whether there is an edge."""
    text = TEXTS[language]
    if edge == "proven":
        return Text(text["edge"], style="green")
    return Text(text["no_edge"], style="yellow")


def counted(count: int, one: str, language: Language) -> str:
    """Return a count of things; `one` is a key of the texts, as is its plural.

    >>> counted(1, "one_finding", "en"), counted(2_000, "one_session", "pt")
    ('1 finding', '2.000 pregões')
    """
    text = TEXTS[language]
    return f"{number(count, 0, language)} {text[one if count == 1 else f'{one}_many']}"
