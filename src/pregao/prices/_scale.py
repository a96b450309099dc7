"""What the moves of a series are measured by: its daily standard deviation, robustly estimated."""

import numpy as np
from numpy.typing import NDArray

from pregao.prices._prices import Column

WINDOW = 60
"""Sessions before a move whose size tells what is usual."""
UNUSUAL = 3.0
"""In daily standard deviations."""
LARGE = 0.35
"""In log: less than a split 3:2 (0.41), and more than nearly every real step without volume."""
MIN_SCALE = 0.004
"""Daily standard deviations below this are those of a price that hardly trades."""
_BY_MEDIAN_OF_NORMAL = 1.4826


def robust_scale(sizes: NDArray[np.float64]) -> Column:
    """Return the standard deviation of moves by their median size, at least `MIN_SCALE`.

    Parameters
    ----------
    sizes
        (..., moves) absolute log returns; NaN is left out. Without any move it is `MIN_SCALE`.

    >>> round(float(robust_scale(np.array([0.01, 0.02, 0.4]))), 6)
    0.029652
    """
    if sizes.shape[-1] == 0:
        return np.full(sizes.shape[:-1], MIN_SCALE)
    return np.maximum(MIN_SCALE, _BY_MEDIAN_OF_NORMAL * np.nanmedian(sizes, axis=-1))
