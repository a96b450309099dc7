"""The texts of reproductions, in both languages."""

from pregao.presentation._texts import Language

_EN: dict[str, str] = {
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

_PT: dict[str, str] = {
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

REPRODUCTION_TEXTS: dict[Language, dict[str, str]] = {"en": _EN, "pt": _PT}
