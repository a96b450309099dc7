"""Networks and recipes to choose from, and prices that were fetched and checked."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import (
    TEXTS,
    Language,
    certificate_badge,
    corporate_actions_table,
    day,
    networks_table,
    number,
    recipes_table,
)
from pregao.terminal._findings import in_full, in_one_line
from pregao.terminal._lines import counted, say, standard_output
from pregao.terminal._tables import print_table

if TYPE_CHECKING:
    from pregao.prices import Prices
    from pregao.training import ListedNetwork
    from pregao.workbench import Checked, Fetched


_STYLES = {"good": "green", "doubtful": "yellow", "quarantined": "bold red"}


def print_networks(networks: "Sequence[ListedNetwork]", language: Language) -> None:
    """Print the zoo, category by category."""
    print_table(standard_output(), networks_table(networks), language)


def print_recipes(language: Language) -> None:
    """Print the named experiments, and what each is."""
    from pregao.training import RECIPES

    print_table(standard_output(), recipes_table(list(RECIPES.values())), language)


def print_fetched(fetched: "Sequence[Fetched]", language: Language) -> None:
    """Print what was stored, a line for each symbol, and its findings."""
    console = standard_output()
    for each in fetched:
        prices, snapshot = each.prices, each.snapshot
        added = TEXTS[language]["rows_added"].format(
            count=number(snapshot.num_added, 0, language), revision=snapshot.revision
        )
        line = _history(prices, language)
        line.append(f", {added}, {prices.digest}", style="default")
        if any(finding.severity == "error" for finding in each.findings):
            line.append(": ", style="default").append(
                TEXTS[language]["quarantined"], style="bold red"
            )
        say(console, line)
        for finding in each.findings:
            say(console, in_one_line(finding, language))


def print_checked(checked: "Sequence[Checked]", language: Language) -> None:
    """Print each finding: its severity, what was seen, and what to do."""
    console, text = standard_output(), TEXTS[language]
    for each in checked:
        badge = certificate_badge(each.certificate)
        line = _history(each.prices, language).append(": ", style="default")
        line.append(badge.write(language), style=_STYLES[badge.kind])
        count = len(each.findings)
        found = counted(count, "one_finding", language) if count else text["no_findings"]
        say(console, line.append(f", {found}", style="default"))
        for finding in each.findings:
            say(console, in_full(finding, language))


def print_corporate_actions(checked: "Sequence[Checked]", language: Language) -> None:
    """Print the actions of each symbol, then the findings that tell of absent ones."""
    from pregao.prices import known_actions

    console = standard_output()
    for each in checked:
        say(console, _history(each.prices, language))
        known = known_actions(each.prices)
        if known:
            print_table(console, corporate_actions_table(known), language)
        else:
            say(console, Text(TEXTS[language]["no_corporate_actions"]))
        for finding in each.missing_actions:
            say(console, in_full(finding, language))


def _history(prices: "Prices", language: Language) -> Text:
    """Return the symbol of prices, their count, first and last session, and provider."""
    first, last = (
        day(date.fromisoformat(str(each)), language) for each in (prices.first, prices.last)
    )
    count = counted(len(prices), "one_session", language)
    line = Text(f"{prices.symbol}  ", style="bold")
    return line.append(f"{count}, {first} .. {last}, {prices.provider}", style="default")
