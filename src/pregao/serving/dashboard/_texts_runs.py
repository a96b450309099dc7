"""Texts of one page by key."""

from pregao.values import Text

RUNS: dict[str, Text] = {}
