"""The evidence of the verdict, in a few lines below it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from pregao.presentation import (
    PROOF_TEXTS,
    TEXTS_TRADING,
    Language,
    MarketAccounts,
    Proof,
    accounts_of,
    currency_sign,
    p_value,
    percent,
    proof_of,
    verdict_tiles,
)
from pregao.terminal._lines import say

if TYPE_CHECKING:
    from pregao.evaluation import Report


def print_evidence(console: Console, report: "Report", language: Language) -> None:
    """Print the champion, skills, coverage, folds, trials, tests and the simulated accounts."""
    lines = list(_lines(report, proof_of(report), language))
    width = max(len(name) for name, _ in lines)
    for name, text in lines:
        line = Line(text)
        if console.is_terminal:
            # What does not fit goes on below itself, not below its name.
            table = Table.grid(padding=(0, 2))
            table.add_column(width=width, style="dim")
            table.add_column()
            table.add_row(Line(name), line)
            console.print(table)
        else:
            say(console, Line(f"{name.ljust(width)}  ").append(line))


def _lines(report: "Report", proof: Proof, language: Language) -> Iterator[tuple[str, str]]:
    for tile in verdict_tiles(report, proof):
        parts = [each.in_language(language) for each in (tile.value, *tile.beside)]
        yield tile.name.in_language(language), "; ".join(parts)
    text = PROOF_TEXTS[language]
    if proof.promotion is not None:
        values = {
            "test_dm_short": proof.promotion.dm_p_value,
            "test_set_short": proof.promotion.set_p_value,
            "test_spa_short": proof.promotion.spa_p_value,
        }
        written = (f"{text[key]} p {p_value(each, language)}" for key, each in values.items())
        yield text["tests"], "; ".join(written)
    if not proof.folds:
        yield text["walk"], text["not_walked"]
    for market in accounts_of(report):
        yield _account(market, language)


def _account(market: MarketAccounts, language: Language) -> tuple[str, str]:
    text = TEXTS_TRADING[language]
    sign = currency_sign(market.summary.currency, language=language)
    name = f"{text['account']}, {sign}"
    own, *_ = market.lines
    passive = market.summary.buy_and_hold
    held = percent(passive.after_costs.total_return, 1, language, signed=True)
    if market.is_idle:
        return name, text["idle_short"].format(held=held)
    gained = percent(own.results.after_costs.total_return, 1, language, signed=True)
    return name, text["account_after_costs"].format(gained=gained, held=held)
