"""Texts of one page by key."""

from pregao.values import Text

OPERATIONS: dict[str, Text] = {}
