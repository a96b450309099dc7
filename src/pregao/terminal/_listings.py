"""What there is to choose from, and what was fetched and checked."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import TEXTS, Language, day, number
from pregao.terminal._columns import Column, print_ledger
from pregao.terminal._findings import SEVERITY_STYLES, long, short
from pregao.terminal._lines import count_of, plain_table, say, standard_output

if TYPE_CHECKING:
    from pregao.prices import Prices
    from pregao.training import Listed, Recipe
    from pregao.workbench import Checked, Fetched


def print_networks(networks: "Sequence[Listed]", language: Language) -> None:
    """Print the zoo, category by category."""
    console, text = standard_output(), TEXTS[language]
    table = plain_table()
    table.add_column("")
    table.add_column(text["name"])
    table.add_column(text["parameters"], justify="right")
    table.add_column("", overflow="fold")
    for category, members in groupby(networks, key=lambda each: each.category):
        table.add_row("", Text(text[f"category_{category}"], style="bold"))
        for each in members:
            table.add_row(
                Text("" if each.number is None else str(each.number), style="dim"),
                Text(each.name),
                number(each.parameters, 0, language),
                Text(each.description, style="dim"),
            )
    console.print(table)


def print_recipes(language: Language) -> None:
    """Print the named experiments, and what each is."""
    from pregao.training import RECIPES

    recipes = list(RECIPES.values())
    print_ledger(standard_output(), _RECIPE, recipes, lambda each: each.description, language)


def print_fetched(fetched: "Sequence[Fetched]", language: Language) -> None:
    """Print what was stored, a line a symbol, with what is wrong with it."""
    console = standard_output()
    for each in fetched:
        prices, snapshot = each.prices, each.snapshot
        added = TEXTS[language]["rows_added"].format(
            count=number(snapshot.num_added, 0, language), revision=snapshot.revision
        )
        line = _of(prices, language)
        say(console, line.append(f", {added}, {prices.digest}", style="default"))
        for finding in each.findings:
            say(console, short(finding, language))


def print_checked(checked: "Sequence[Checked]", language: Language) -> None:
    """Print each finding: how bad, what was seen, what to do."""
    console, text = standard_output(), TEXTS[language]
    for each in checked:
        line = _of(each.prices, language).append(": ", style="default")
        if each.quarantine:
            line.append(text["quarantined"], style=SEVERITY_STYLES["error"])
        elif not each.findings:
            line.append(text["no_findings"], style="green")
        else:
            line.append(count_of(len(each.findings), "one_finding", language), style="default")
        say(console, line)
        for finding in each.findings:
            say(console, long(finding, language))


def _of(prices: "Prices", language: Language) -> Text:
    """Say whose prices these are, how many, from when to when, and from where."""
    first, last = (
        day(date.fromisoformat(str(each)), language) for each in (prices.first, prices.last)
    )
    count = count_of(len(prices), "one_session", language)
    line = Text(f"{prices.symbol}  ", style="bold")
    return line.append(f"{count}, {first} .. {last}, {prices.provider}", style="default")


def _size(recipe: "Recipe", language: Language) -> str:
    experiment = recipe.experiment
    return number(experiment.num_parameters(len(experiment.features)), 0, language)


_RECIPE: "tuple[Column[Recipe], ...]" = (
    Column("name", 0, 9, lambda each, _: each.name, "left", lambda _: "bold"),
    Column("symbols", 0, 8, lambda each, _: ", ".join(each.experiment.symbols), "left"),
    Column("parameters", 0, 7, _size),
    Column("lookback", 0, 6, lambda each, _: str(each.experiment.lookback)),
    Column("horizon", 0, 5, lambda each, _: str(each.experiment.horizon)),
    Column("target", 0, 4, lambda each, _: each.experiment.target, "left"),
    Column("loss_function", 0, 3, lambda each, _: each.experiment.loss, "left"),
)
