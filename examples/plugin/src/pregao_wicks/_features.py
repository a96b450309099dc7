"""Wicks: the parts of a session's range outside the body of its candle, in units of sigma.

Both depend on the session's bar and on sigma, which are known at its close. They are ratios, so
that neither the currency nor a later split changes them.
"""

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import AdjustedBars, Feature

Column = NDArray[np.float64]


def _upper_wick(bars: AdjustedBars) -> Column:
    top = np.maximum(bars.open, bars.close)
    return np.log(np.maximum(bars.high, top) / top) / bars.sigma


def _lower_wick(bars: AdjustedBars) -> Column:
    bottom = np.minimum(bars.open, bars.close)
    return np.log(bottom / np.minimum(bars.low, bottom)) / bars.sigma


FEATURES = (
    Feature("upper_wick", "log of high over the candle's body, over sigma", 1, _upper_wick),
    Feature("lower_wick", "log of the candle's body over low, over sigma", 1, _lower_wick),
)
