"""What a search chose for each network."""

from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import TEXTS, Language, best_loss, knob, number, searched_of
from pregao.terminal._columns import Column, print_ledger
from pregao.terminal._lines import MOST_ROWS, say, standard_output

if TYPE_CHECKING:
    from pregao.evaluation import EvaluatedForecaster, Report

_SEARCHED: "tuple[Column[EvaluatedForecaster], ...]" = (
    Column("name", 0, 9, lambda each, _: each.name, "left", lambda _: "bold"),
    Column("loss_of_validation", 0, 8, lambda each, lang: number(best_loss(each), 5, lang)),
    Column("trials", 0, 7, lambda each, lang: number(each.trials, 0, lang)),
    Column("pruned", 0, 6, lambda each, lang: number(each.pruned, 0, lang)),
    Column("seconds", 0, 5, lambda each, lang: number(each.seconds, 1, lang)),
)


def print_search(report: "Report", *, language: Language) -> None:
    """Print the best settings of each network that was searched, in the order of the ranking."""
    console, text = standard_output(), TEXTS[language]
    searched = searched_of(report)
    if not searched:
        return

    def chosen(score: "EvaluatedForecaster") -> str:
        params = (score.best_params or {}).items()
        return ", ".join(f"{name} {knob(value, language)}" for name, value in params)

    console.print()
    say(console, Text(text["searched"], style="bold"))
    print_ledger(console, _SEARCHED, searched[:MOST_ROWS], chosen, language)
    if len(searched) > MOST_ROWS:
        hidden = text["hidden_rows"].format(count=len(searched) - MOST_ROWS)
        say(console, Text(hidden, style="dim"))
