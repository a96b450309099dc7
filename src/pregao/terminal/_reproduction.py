"""Whether a run was reproduced: the verdict, and what was compared."""

from typing import TYPE_CHECKING

from rich.text import Text

from pregao.presentation import ABSENT, Language, knob, number
from pregao.terminal._lines import MOST_ROWS, plain_table, say, standard_output

if TYPE_CHECKING:
    from pregao.workbench import PricesAgain, Reproduction

_EN = {
    "and_more": "and {count} more symbols",
    "baseline": "Served baseline {name}",
    "crps": "Test CRPS",
    "largest": "{name} of member {member}, by {largest} at most",
    "not_compared": "not compared",
    "now": "Now",
    "other": "another",
    "prices": "Prices of {symbol}",
    "revision": "revision {revision} of the store",
    "same": "the same",
    "since": "{count} other sessions left out",
    "then": "Then",
    "weights": "Weights",
}
_PT = {
    "and_more": "e mais {count} ativos",
    "baseline": "Referência servida {name}",
    "crps": "CRPS de teste",
    "largest": "{name} do membro {member}, por {largest} no máximo",
    "not_compared": "não comparado",
    "now": "Agora",
    "other": "outra",
    "prices": "Preços de {symbol}",
    "revision": "revisão {revision} do armazém",
    "same": "igual",
    "since": "{count} outros pregões de fora",
    "then": "Antes",
    "weights": "Pesos",
}
_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
_SCORE_DIGITS = 6


def print_reproduction(found: "Reproduction", *, language: Language) -> None:
    """Print whether a run was reproduced, then prices, weights, scores and versions."""
    console, text = standard_output(), _TEXTS[language]
    style = "bold green" if found.is_same else "bold red"
    say(console, Text(found.verdict.in_language(language), style=style))
    console.print()
    table = plain_table()
    for heading in ("", text["then"], text["now"], ""):
        table.add_column(heading, overflow="fold")
    for each in _shown(found):
        name = text["prices"].format(symbol=each.symbol)
        table.add_row(name, each.digest, each.digest_now, _about(each, language))
    if len(found.prices) > MOST_ROWS:
        table.add_row(text["and_more"].format(count=len(found.prices) - MOST_ROWS))
    absent = text["not_compared"]
    table.add_row(text["weights"], found.digest, found.digest_now or absent, _where(found, text))
    table.add_row(text["crps"], _score(found.crps, language), _score(found.crps_now, language))
    for score in found.scores:
        table.add_row(score.name, repr(score.recorded), repr(score.found))
    if found.served is not None:
        state = {None: absent, True: text["same"], False: text["other"]}[found.is_served_same]
        table.add_row(text["baseline"].format(name=found.served), "", state)
    for version in found.versions:
        table.add_row(version.name, version.recorded or ABSENT, version.installed or ABSENT)
    console.print(table)


def _shown(found: "Reproduction") -> "list[PricesAgain]":
    """Give the first symbols, those that differ before the others."""
    return sorted(found.prices, key=lambda each: each.is_same)[:MOST_ROWS]


def _about(prices: "PricesAgain", language: Language) -> str:
    text = _TEXTS[language]
    about = [prices.differs_from or ""]
    if prices.sessions_since:
        about.append(text["since"].format(count=number(prices.sessions_since, 0, language)))
    if prices.revision is not None:
        about.append(text["revision"].format(revision=prices.revision))
    return ", ".join(each for each in about if each)


def _where(found: "Reproduction", text: dict[str, str]) -> str:
    difference = found.weights
    if difference is None:
        return ""
    largest = ABSENT if difference.largest is None else knob(difference.largest, "en")
    return text["largest"].format(name=difference.name, member=difference.member, largest=largest)


def _score(value: float | None, language: Language) -> str:
    return number(value, _SCORE_DIGITS, language)
