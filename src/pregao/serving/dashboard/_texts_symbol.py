"""Texts of a symbol's page by key."""

from pregao.values import Text

SYMBOL: dict[str, Text] = {}
