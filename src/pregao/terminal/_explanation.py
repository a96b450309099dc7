"""The explanation of a run, or of one of its forecasts: sentences first, then the numbers."""

from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import (
    EXPLANATION_TEXTS,
    TEXTS,
    Language,
    day,
    explanation_note,
    explanation_tables,
)
from pregao.terminal._lines import say, standard_output
from pregao.terminal._tables import print_table

if TYPE_CHECKING:
    from pregao.explanation import Explanation


def print_explanation(explanation: "Explanation", *, language: Language) -> None:
    """Print what mattered most in sentences, then tables of features and of lags."""
    console = standard_output()
    say(console, _title(explanation, language))
    for sentence in explanation.what_mattered:
        say(console, Text(sentence.in_language(language)))
    tables = list(explanation_tables(explanation))
    for table in tables:
        console.print()
        print_table(console, table, language, room=console.width)
    if tables:
        console.print()
        say(console, Text(explanation_note(explanation).in_language(language), style="dim"))


def _title(explanation: "Explanation", language: Language) -> Text:
    until = day(explanation.as_of, language)
    if explanation.symbol is None:
        line = Text(explanation.run, style="bold")
        since = EXPLANATION_TEXTS[language]["sessions_read"]
        return line.append(f"  {since} {until}", style="not bold")
    line = Text(explanation.symbol, style="bold")
    line.append(f"  {TEXTS[language]['as_of']} {until}", style="not bold")
    return line.append(f", {explanation.run}", style="not bold dim")
