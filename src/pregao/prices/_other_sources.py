"""Prices beside those of other sources: a file of another security is told by its moves."""

from collections.abc import Iterable

import numpy as np

from pregao.findings import Finding
from pregao.prices._prices import Prices
from pregao.values import bilingual

_MIN_SESSIONS = 40
_MAX_SESSIONS = 250
"""The newest that both have: earlier ones may be adjusted in another way."""
_MIN_CORRELATION = 0.8
"""Of daily moves."""
_MAX_LEVEL = 0.1
"""In log, of the median ratio of closes, whichever of quoted and adjusted is nearer."""


def compare_sources(prices: Prices, others: Iterable[Prices]) -> tuple[Finding, ...]:
    """Report each other source whose closes of the same sessions are of another level or move."""
    return tuple(finding for other in others if (finding := _contradiction(prices, other)))


def _contradiction(prices: Prices, other: Prices) -> Finding | None:
    own = np.isin(prices.sessions, other.sessions)
    theirs = np.isin(other.sessions, prices.sessions)
    one, two = (
        each.adjusted.take(np.flatnonzero(rows)[-_MAX_SESSIONS:])
        for each, rows in ((prices, own), (other, theirs))
    )
    if len(one) < _MIN_SESSIONS:
        return None
    moves = np.diff(np.log(np.stack([one.adj_close, two.adj_close])))
    if moves.std(axis=1).min() == 0:
        return None
    correlation = float(np.corrcoef(moves)[0, 1])
    ratios = [np.log(a / b) for a, b in ((one.close, two.close), (one.adj_close, two.adj_close))]
    level = min((float(np.median(each)) for each in ratios), key=abs)
    if correlation >= _MIN_CORRELATION and abs(level) <= _MAX_LEVEL:
        return None
    seen = bilingual(
        "of the last {sessions} sessions that {other} has too, closes are {factor:.4g} times its "
        "own, and moves have a correlation of {correlation:.2f}",
        sessions=len(one),
        other=other.provider,
        factor=float(np.exp(level)),
        correlation=correlation,
    )
    return Finding.from_code("PRC033", seen, symbol=str(prices.symbol))
