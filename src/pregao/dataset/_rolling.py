"""Causal arithmetic on daily series: row t reads rows up to t and nothing else.

Everything here is a sum in a fixed order, element by element, so that a longer history gives the
same bits in the rows it shares with a shorter one. Prefix sums and FFTs would be faster and do not
have that property; numpy's own reductions may change their order with the length.
"""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]


def lag(series: Column, sessions: int) -> Column:
    """Give the value `sessions` rows ago; NaN where there is none.

    >>> lag(np.array([1.0, 2.0, 3.0]), 1)
    array([nan,  1.,  2.])
    """
    lagged = np.full_like(series, np.nan)
    lagged[sessions:] = series[: len(series) - sessions]
    return lagged


def rolling_sum(series: Column, sessions: int) -> Column:
    """Sum the last `sessions` rows, this one included; NaN before there are as many."""
    total = series.copy()
    for back in range(1, sessions):
        total += lag(series, back)
    return total


def rolling_mean(series: Column, sessions: int) -> Column:
    """Average the last `sessions` rows, this one included."""
    return rolling_sum(series, sessions) / sessions


def rolling_std(series: Column, sessions: int, *, ddof: int = 0) -> Column:
    """Give the standard deviation of the last `sessions` rows, in two passes."""
    mean = rolling_mean(series, sessions)
    squares = np.zeros_like(series)
    for back in range(sessions):
        squares += (lag(series, back) - mean) ** 2
    return np.sqrt(squares / (sessions - ddof))


def rolling_max(series: Column, sessions: int) -> Column:
    """Give the largest of the last `sessions` rows, this one included."""
    largest = series.copy()
    for back in range(1, sessions):
        largest = np.maximum(largest, lag(series, back))
    return largest


def rolling_min(series: Column, sessions: int) -> Column:
    """Give the smallest of the last `sessions` rows, this one included."""
    return -rolling_max(-series, sessions)


def ewma(series: Column, decay: float) -> Column:
    """Average all rows so far with weights ``decay ** age``, normalised to sum to one.

    Normalising makes the first rows an average of what is there, rather than of an arbitrary seed.

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
    """Average all rows so far with weights that halve every `half_life_sessions`."""
    return ewma(series, 0.5 ** (1 / half_life_sessions))


def ewma_by_span(series: Column, span_sessions: int) -> Column:
    """Average all rows so far as technical analysis does: ``decay = 1 - 2 / (span + 1)``."""
    return ewma(series, 1 - 2 / (span_sessions + 1))
