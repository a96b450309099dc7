"""Texts of one page by key."""

from pregao.values import Text

NETWORK: dict[str, Text] = {}
