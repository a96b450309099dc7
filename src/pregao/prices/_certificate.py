"""The certificate of a series: whether it is sound, adjusted and fresh, in one verdict."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field

from pregao.findings import Finding
from pregao.instruments import as_date, sessions_between
from pregao.prices._corporate_actions import CASH_KINDS
from pregao.prices._prices import Prices
from pregao.values import Value

Adjustment = Literal["source", "derived", "missing", "not_needed"]
"""Closes adjusted by the source, or here for stated actions; or without dividends or splits."""
Verdict = Literal["good", "doubtful", "quarantined"]

_PAYS_NOTHING = frozenset({"index", "currency", "crypto", "future", "option"})
_UNADJUSTED = frozenset({"PRC009", "PRC016", "PRC024", "PRC026", "PRC029", "PRC031"})
"""The findings after which closes are not adjusted, or not for sure."""
_STALE = frozenset({"PRC010", "PRC019", "PRC022"})


class Certificate(Value):
    """What is known of the prices of one symbol; it is good if sound, adjusted and fresh."""

    symbol: str
    provider: str
    sessions: int
    first: date
    last: date
    digest: str
    coverage: Annotated[float, Field(ge=0, le=1)]
    """The share of the exchange's sessions from the first to the last that have a bar."""
    is_sound: bool
    """Whether there is no finding of severity error."""
    adjustment: Adjustment
    is_fresh: bool
    """Whether the last session that is over has its bar, and the price moves."""

    @property
    def verdict(self) -> Verdict:
        """The three answers in one word."""
        if not self.is_sound:
            return "quarantined"
        return "good" if self.adjustment != "missing" and self.is_fresh else "doubtful"

    @classmethod
    def issue(cls, prices: Prices, findings: Iterable[Finding], *, is_stale: bool = False) -> Self:
        """Certify prices with what was found in them.

        Parameters
        ----------
        is_stale
            Whether a newer session is known to be over.
        """
        found = {each.code: each.severity for each in findings}
        symbol = prices.symbol
        expected = sessions_between(symbol.exchange, prices.first, prices.last)
        covered = np.isin(expected, prices.sessions).mean() if len(expected) else 1.0
        return cls(
            symbol=str(symbol),
            provider=prices.provider,
            sessions=len(prices),
            first=as_date(prices.first),
            last=as_date(prices.last),
            digest=prices.digest,
            coverage=float(covered),
            is_sound="error" not in found.values(),
            adjustment=_adjustment(prices, found.keys()),
            is_fresh=not is_stale and not found.keys() & _STALE,
        )


def _adjustment(prices: Prices, found: Iterable[str]) -> Adjustment:
    if _UNADJUSTED.intersection(found):
        return "missing"
    if prices.symbol.kind in _PAYS_NOTHING:
        return "not_needed"
    is_derived = any(
        each.state == "applied" and each.action.kind in CASH_KINDS for each in prices.actions
    )
    return "derived" if is_derived else "source"
