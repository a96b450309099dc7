"""How far a session went and came back: the wicks of its candle, in units of sigma.

Both read the session's own bar and sigma, which are known at its close, and nothing after it. They
are ratios, so that neither the currency nor a later split changes them.
"""

import numpy as np
from numpy.typing import NDArray

from pregao.dataset import Feature, Market

Column = NDArray[np.float64]


def _upper_wick(market: Market) -> Column:
    top = np.maximum(market.open, market.close)
    return np.log(np.maximum(market.high, top) / top) / market.sigma


def _lower_wick(market: Market) -> Column:
    bottom = np.minimum(market.open, market.close)
    return np.log(bottom / np.minimum(market.low, bottom)) / market.sigma


FEATURES = (
    Feature("upper_wick", "log of high over the candle's body, over sigma", 1, _upper_wick),
    Feature("lower_wick", "log of the candle's body over low, over sigma", 1, _lower_wick),
)
