"""Texts of one page by key."""

from pregao.values import Text

TRAINING: dict[str, Text] = {}
