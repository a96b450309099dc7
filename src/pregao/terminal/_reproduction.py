"""Whether a run was reproduced: the verdict, and what was compared."""

from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import Language, reproduction_table
from pregao.terminal._lines import say, standard_output
from pregao.terminal._tables import print_table

if TYPE_CHECKING:
    from pregao.workbench import Reproduction


def print_reproduction(found: "Reproduction", *, language: Language) -> None:
    """Print whether a run was reproduced, then prices, weights, scores and versions."""
    console = standard_output()
    style = "bold green" if found.is_same else "bold red"
    say(console, Text(found.verdict.in_language(language), style=style))
    console.print()
    print_table(console, reproduction_table(found), language)
