"""What there is to choose from, and what was fetched and checked."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.console._columns import Column, print_ledger
from pregao.console._lines import (
    SEVERITY_STYLES,
    count_of,
    long,
    plain_table,
    say,
    short,
    standard_output,
)
from pregao.plots._numbers import number
from pregao.plots._texts import TEXTS

if TYPE_CHECKING:
    from pregao.training import Listed, Recipe
    from pregao.workbench import Checked, Fetched


def print_networks(networks: "Sequence[Listed]") -> None:
    """Print the zoo, category by category."""
    console, text = standard_output(), TEXTS["en"]
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
                number(each.parameters, 0, "en"),
                Text(each.description, style="dim"),
            )
    console.print(table)


def print_recipes() -> None:
    """Print the named experiments, and what each is."""
    from pregao.training import RECIPES

    recipes = list(RECIPES.values())
    print_ledger(standard_output(), _RECIPE, recipes, lambda each: each.description, "en")


def print_fetched(fetched: "Sequence[Fetched]") -> None:
    """Print what was stored, a line a symbol, with what is wrong with it."""
    console = standard_output()
    for each in fetched:
        prices, snapshot = each.prices, each.snapshot
        line = Text(f"{prices.symbol}  ", style="bold")
        added = TEXTS["en"]["rows_added"].format(
            count=number(snapshot.num_added, 0, "en"), revision=snapshot.revision
        )
        line.append(
            f"{count_of(len(prices), 'session')}, {prices.first} .. {prices.last}, "
            f"{prices.provider}, {added}, {prices.digest}",
            style="default",
        )
        say(console, line)
        for finding in each.findings:
            say(console, short(finding))


def print_checked(checked: "Sequence[Checked]") -> None:
    """Print each finding: how bad, what was seen, what to do."""
    console, text = standard_output(), TEXTS["en"]
    for each in checked:
        prices = each.prices
        line = Text(f"{prices.symbol}  ", style="bold")
        line.append(
            f"{count_of(len(prices), 'session')}, {prices.first} .. {prices.last}, "
            f"{prices.provider}: ",
            style="default",
        )
        if each.quarantine:
            line.append(text["quarantined"], style=SEVERITY_STYLES["error"])
        elif not each.findings:
            line.append(text["no_findings"], style="green")
        else:
            line.append(count_of(len(each.findings), "finding"), style="default")
        say(console, line)
        for finding in each.findings:
            say(console, long(finding))


def _size(recipe: "Recipe") -> str:
    experiment = recipe.experiment
    return number(experiment.num_parameters(len(experiment.features)), 0, "en")


_RECIPE: "tuple[Column[Recipe], ...]" = (
    Column("name", 0, 9, lambda each, _: each.name, "left", lambda _: "bold"),
    Column("symbols", 0, 8, lambda each, _: ", ".join(each.experiment.symbols), "left"),
    Column("parameters", 0, 7, lambda each, _: _size(each)),
    Column("lookback", 0, 6, lambda each, _: str(each.experiment.lookback)),
    Column("horizon", 0, 5, lambda each, _: str(each.experiment.horizon)),
    Column("target", 0, 4, lambda each, _: each.experiment.target, "left"),
    Column("loss_function", 0, 3, lambda each, _: each.experiment.loss, "left"),
)
