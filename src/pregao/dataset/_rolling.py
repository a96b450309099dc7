"""Causal rolling statistics of daily series: row t depends on rows up to t only.

Every sum has a fixed order, element by element, so that a longer history gives the same bits in
the rows it shares with a shorter one. Prefix sums and FFTs are faster but do not have that
property; numpy's own reductions may change their order with the length.
"""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


def lag(series: Column, sessions: int) -> Column:
    """Return the value `sessions` rows before; NaN where there is none.

    >>> lag(np.array([1.0, 2.0, 3.0]), 1)
    array([nan,  1.,  2.])
    """
    lagged = np.full_like(series, np.nan)
    lagged[sessions:] = series[: len(series) - sessions]
    return lagged


def rolling_sum(series: Column, sessions: int) -> Column:
    """Return the sum of the last `sessions` rows, this one included; NaN in the first ones."""
    total = series.copy()
    for back in range(1, sessions):
        total += lag(series, back)
    return total


def rolling_mean(series: Column, sessions: int) -> Column:
    """Return the mean of the last `sessions` rows, this one included."""
    return rolling_sum(series, sessions) / sessions


def rolling_std(series: Column, sessions: int, *, ddof: int = 0) -> Column:
    """Return the standard deviation of the last `sessions` rows, in two passes."""
    mean = rolling_mean(series, sessions)
    squares = np.zeros_like(series)
    for back in range(sessions):
        squares += (lag(series, back) - mean) ** 2
    return np.sqrt(squares / (sessions - ddof))


def rolling_max(series: Column, sessions: int) -> Column:
    """Return the largest of the last `sessions` rows, this one included."""
    largest = series.copy()
    for back in range(1, sessions):
        largest = np.maximum(largest, lag(series, back))
    return largest


def rolling_min(series: Column, sessions: int) -> Column:
    """Return the smallest of the last `sessions` rows, this one included."""
    return -rolling_max(-series, sessions)


def ewma(series: Column, decay: float) -> Column:
    """Return the mean of all rows so far with weights ``decay ** age``, normalised to sum to one.

    Without normalisation the first rows would depend on an arbitrary initial value.

    >>> ewma(np.array([1.0, 4.0]), 0.5)
    array([1., 3.])
    """
    sums = np.fromiter(
        accumulate(series.tolist(), lambda total, value: decay * total + value),
        np.float64,
        len(series),
    )
    weights = np.fromiter(
        accumulate(np.ones(len(series)).tolist(), lambda total, value: decay * total + value),
        np.float64,
        len(series),
    )
    return sums / weights


def ewma_by_half_life(series: Column, half_life_sessions: float) -> Column:
    """Return the mean of all rows so far with weights that halve every `half_life_sessions`."""
    return ewma(series, 0.5 ** (1 / half_life_sessions))


def ewma_by_span(series: Column, span_sessions: int) -> Column:
    """Return the EWMA of technical analysis, with ``decay = 1 - 2 / (span + 1)``."""
    return ewma(series, 1 - 2 / (span_sessions + 1))
