"""Tickers that were renamed: what one was called before, and since when."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Rename:
    """A ticker of B3 with a new name; the security is the same."""

    old: str
    new: str
    since: date
    """The first session under the new name."""


RENAMES: tuple[Rename, ...] = (
    Rename("ELET3", "AXIA3", date(2025, 11, 10)),
    Rename("EMBR3", "EMBJ3", date(2025, 11, 3)),
    Rename("MRFG3", "MBRF3", date(2025, 9, 23)),
)
"""Renames only: a company that was exchanged for shares of another one, as BRFS3, is not here."""


def rename_of(ticker: str) -> Rename | None:
    """Return the rename that gave a ticker its name, or took it.

    >>> rename_of("ELET3").new, rename_of("PETR4")
    ('AXIA3', None)
    """
    return next((each for each in RENAMES if ticker in {each.old, each.new}), None)
