"""The settings that a search chose for each network."""

from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import TEXTS, Language, searched_table
from pregao.terminal._lines import MOST_ROWS, say, standard_output
from pregao.terminal._tables import print_table

if TYPE_CHECKING:
    from pregao.evaluation import Report


def print_search(report: "Report", *, language: Language) -> None:
    """Print the best settings of each network that was searched, in the order of the ranking."""
    count, text = len(report.searched), TEXTS[language]
    if not count:
        return
    console = standard_output()
    console.print()
    say(console, Text(text["searched"], style="bold"))
    print_table(console, searched_table(report).first(MOST_ROWS), language)
    if count > MOST_ROWS:
        hidden = text["hidden_rows"].format(count=count - MOST_ROWS)
        say(console, Text(hidden, style="dim"))
