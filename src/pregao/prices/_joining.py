"""Joining a download with stored prices that it does not cover.

A provider rescales its whole history after a dividend or a split. What is stored and not among the
new prices is then in the old scale: it is rescaled by the one factor that the overlap shows, or the
join is refused. Without an overlap nothing shows it.
"""

from datetime import timedelta

import numpy as np

from pregao.errors import InputError
from pregao.instruments import as_date
from pregao.prices._prices import PRICE_COLUMNS, Bars, Column, Prices
from pregao.texts import gettext_lazy as _

_SAME = 1e-4
"""Relative: providers round adjusted prices to about six digits."""
_MIN_OVERLAP = 5
"""Sessions that show a factor, and not the revision of a bar."""
_MIN_SHARE = 0.9
"""Of the overlap that has the one factor; single bars are revised."""
_BRIDGE = timedelta(days=21)


def rescale_to(stored: Prices, new: Prices, *, is_as_traded: bool) -> Bars:
    """Return the stored rows that are not among the new prices, in the scale of these.

    None of them where the scale is the same.

    Parameters
    ----------
    is_as_traded
        Whether the provider never rescales: its pieces join end to end.

    Raises
    ------
    InputError
        If the overlap shows no single factor, or there is none and the provider rescales.
    """
    missing = ~np.isin(stored.sessions, new.sessions)
    none = stored.bars.take(np.zeros(len(stored), bool))
    if not missing.any() or is_as_traded:
        return none
    old = stored.bars.take(~missing)
    again = new.bars.take(np.isin(new.sessions, stored.sessions))
    if len(old) == 0:
        raise _no_overlap_error(stored, new)
    factors = {name: _factor(getattr(old, name), getattr(again, name)) for name in PRICE_COLUMNS}
    if all(factor == 1.0 for factor in factors.values()):
        return none
    known = {name: factor for name, factor in factors.items() if factor is not None}
    if len(old) < _MIN_OVERLAP or len(known) < len(factors):
        raise _no_overlap_error(stored, new)
    known["volume"] = _factor(old.volume, again.volume) or 1.0
    rows = stored.bars.take(missing)
    columns = {
        name: column * known.get(name, known["close"]) for name, column in rows.columns.items()
    }
    return Bars.from_columns(rows.sessions, columns)


def _factor(old: Column, again: Column) -> float | None:
    """Return the one factor between two columns, 1 for none; None if there is no single one."""
    known = (old > 0) & (again > 0)
    if not known.any():
        return 1.0
    factors = again[known] / old[known]
    middle = float(np.median(factors))
    is_near = np.abs(factors / middle - 1) <= _SAME
    if is_near.mean() < _MIN_SHARE:
        return None
    return 1.0 if abs(middle - 1) <= _SAME else float(np.median(factors[is_near]))


def _no_overlap_error(stored: Prices, new: Prices) -> InputError:
    start = as_date(min(stored.last, new.first)) - _BRIDGE
    return InputError(
        _(
            "the new prices of {symbol}, {new_first} to {new_last}, do not join the stored ones, "
            "{first} to {last}: a dividend or split between them rescales what is before; fetch "
            "with --start {start} or earlier",
            symbol=stored.symbol,
            new_first=as_date(new.first),
            new_last=as_date(new.last),
            first=as_date(stored.first),
            last=as_date(stored.last),
            start=start.isoformat(),
        )
    )
