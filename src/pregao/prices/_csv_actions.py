"""The columns of dividends and splits that yfinance writes beside the bars."""

import numpy as np
from numpy.typing import NDArray

from pregao.instruments import as_date
from pregao.prices._corporate_actions import CorporateAction, as_paid
from pregao.prices._prices import Bars, Column
from pregao.prices._scale import WINDOW, robust_scale

_SOURCE = "csv"
_DECIDED = 3.0
"""The log likelihood ratio, of 20 to 1, from which on prices decide whether they are adjusted."""


def read_action_columns(
    bars: Bars,
    *,
    dividends: Column | None = None,
    splits: Column | None = None,
    has_adjusted: bool,
) -> tuple[CorporateAction, ...]:
    """Return the actions of two columns, 0 or NaN on other days; amounts become those paid.

    Quoted prices are adjusted for splits, as yfinance's are. Without a column of adjusted closes
    the closes may be adjusted for dividends too, as yfinance's usually are: they are not if they
    fall on ex-dates.

    Parameters
    ----------
    has_adjusted
        Whether the file has a column of adjusted closes.
    """
    of_splits = _rows(splits, len(bars))
    of_dividends = _rows(dividends, len(bars))
    is_adjusted = not has_adjusted and not falls_on_ex_dates(bars, dividends)
    found = [
        CorporateAction(
            ex_date=as_date(bars.sessions[row]),
            kind="split",
            ratio=float(splits[row]),
            source=_SOURCE,
            is_in_prices=True,
        )
        for row in of_splits
        if splits is not None
    ]
    found += [
        CorporateAction(
            ex_date=as_date(bars.sessions[row]),
            kind="dividend",
            amount=float(dividends[row]),
            source=_SOURCE,
            is_in_prices=is_adjusted,
        )
        for row in of_dividends
        if dividends is not None
    ]
    return as_paid(found)


def falls_on_ex_dates(bars: Bars, dividends: Column | None) -> bool:
    """Return whether the closes of a series fall by its dividends, and are so not adjusted.

    The likelihood of the moves at the ex-dates if each holds its dividend, by that if none does,
    under normal moves with the volatility before each. Undecided is False.
    """
    order = np.argsort(bars.sessions, kind="stable")
    close, paid = bars.close[order], None if dividends is None else dividends[order]
    rows = _rows(paid, len(close))
    rows = rows[rows > 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.diff(np.log(close), prepend=np.nan)
    evidence = 0.0
    for row in rows:
        assert paid is not None, "rows are of dividends"
        before = np.abs(moves[max(1, row - WINDOW) : row])
        share = paid[row] / close[row - 1]
        if not np.isfinite(moves[row]) or not 0 < share < 1:
            continue
        scale, step = float(robust_scale(before)), -np.log1p(-share)
        evidence += (moves[row] ** 2 - (moves[row] + step) ** 2) / (2 * scale**2)
    return evidence > _DECIDED


def _rows(column: Column | None, count: int) -> NDArray[np.intp]:
    if column is None:
        return np.empty(0, np.intp)
    assert len(column) == count, "a column of the same rows"
    return np.flatnonzero(np.isfinite(column) & (column > 0))
