"""History that a provider rewrote: which sessions, and whether a corporate action explains it."""

import numpy as np

from pregao.findings import Finding
from pregao.prices._prices import PRICE_COLUMNS, Bars, Column
from pregao.prices._subject import iso
from pregao.symbols import Symbol

# Providers round adjusted prices to about six digits.
_SAME_FACTOR = 1e-4


def rewritten_history(
    symbol: Symbol, before: Bars, after: Bars, *, is_whole_past: bool
) -> tuple[Finding, ...]:
    """Report sessions that came back with other values; `before` and `after` align row by row.

    A dividend or split rescales all earlier prices of a column by one factor, which changes no
    return but that of its own session: that is ``info``. Anything else is a ``warning``: a model
    trained before has seen other returns. `is_whole_past` says that no earlier session came
    back as it was.
    """
    if len(before) == 0:
        return ()
    is_action = is_whole_past and all(
        _is_rescaled(getattr(before, name), getattr(after, name)) for name in PRICE_COLUMNS
    )
    sessions = f"{len(before)} session{'s' if len(before) > 1 else ''}"
    how = (
        "rescaled by one factor, as a dividend or split does" if is_action else "with other values"
    )
    return (
        Finding(
            code="PRC013",
            title="rewritten history",
            severity="info" if is_action else "warning",
            seen=f"{sessions} came back {how}; both revisions are kept",
            do="runs name the snapshot they were trained on: train again to learn from this one",
            symbol=str(symbol),
            sessions=iso(after.sessions),
        ),
    )


def _is_rescaled(before: Column, after: Column) -> bool:
    factors = after / before
    return bool(np.ptp(factors) <= _SAME_FACTOR * float(np.median(factors)))
