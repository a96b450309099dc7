"""Findings about rewritten history: which sessions, and whether a corporate action explains it."""

import numpy as np

from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._inspected_bars import iso_dates
from pregao.prices._prices import PRICE_COLUMNS, Bars, Column
from pregao.values import bilingual, bilingual_plural

# Providers round adjusted prices to about six digits.
_SAME_FACTOR = 1e-4
_UNITS = (100.0, 1000.0)
"""Pence and pounds, and prices for a thousand shares."""
_SAME_VOLUME = 0.2


def rewrite_findings(
    symbol: Symbol, before: Bars, after: Bars, *, is_whole_past: bool
) -> tuple[Finding, ...]:
    """Report sessions with other values than stored.

    A dividend or split rescales all earlier prices of a column by one factor, which changes no
    return but that of its own session: that is ``info``. Anything else is a ``warning``: a model
    trained before has seen other returns.

    Parameters
    ----------
    before, after
        The rewritten sessions, aligned row by row.
    is_whole_past
        Whether every earlier session was rewritten too.
    """
    if len(before) == 0:
        return ()
    is_rescaled = is_whole_past and all(
        _is_rescaled(getattr(before, name), getattr(after, name)) for name in PRICE_COLUMNS
    )
    unit = _unit_factor(before, after) if is_rescaled else None
    is_action = is_rescaled and unit is None
    if unit is not None:
        how = bilingual(
            "in another unit, by a factor of {unit:g}, and no split explains it", unit=unit
        )
    elif is_action:
        how = bilingual("rescaled by one factor, as a dividend or split does")
    else:
        how = bilingual("with other values")
    return (
        Finding.from_code(
            "PRC013",
            bilingual_plural(
                "{count} session came back {how}; both revisions are kept",
                "{count} sessions came back {how}; both revisions are kept",
                count=len(before),
                how=how,
            ),
            severity="info" if is_action else "warning",
            symbol=str(symbol),
            sessions=iso_dates(after.sessions),
        ),
    )


def _unit_factor(before: Bars, after: Bars) -> float | None:
    """Return the factor of quoted closes that are in another unit; None for none.

    A split of as many shares changes the volume by its inverse.
    """
    factor = float(np.median(after.close / before.close))
    for unit in _UNITS:
        for each in (unit, 1 / unit):
            traded = (before.volume > 0) & (after.volume > 0)
            is_unit = abs(factor / each - 1) <= _SAME_FACTOR
            if is_unit and traded.any():
                volume = float(np.median(after.volume[traded] / before.volume[traded]))
                return None if abs(volume * each - 1) < _SAME_VOLUME else each
            if is_unit:
                return each
    return None


def _is_rescaled(before: Column, after: Column) -> bool:
    factors = after / before
    return bool(np.ptp(factors) <= _SAME_FACTOR * float(np.median(factors)))
