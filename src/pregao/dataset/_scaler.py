"""Scaling of features, fitted on the training part and carried with the network."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from pregao.values import Value

# Beyond this many standard deviations a value only says "extreme"; left as it is, one crash day
# would swing a whole lookback.
_CLIP = 6.0


class Scaler(Value):
    """Centre and scale of each feature, then a cap at six scales from the centre."""

    features: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]

    @classmethod
    def fit(cls, features: tuple[str, ...], rows: NDArray[np.float64]) -> Self:
        """Measure mean and standard deviation of ``(rows, features)``; a constant gets scale 1."""
        center = rows.mean(axis=0)
        spread = rows.std(axis=0)
        constant = spread <= 1e-12 * np.maximum(np.abs(center), 1e-300)
        return cls(
            features=features,
            center=tuple(center.tolist()),
            scale=tuple(np.where(constant, 1.0, spread).tolist()),
        )

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float32]:
        """Scale ``(rows, features)``; rows that are not valid yet stay NaN."""
        scaled = (rows - np.array(self.center)) / np.array(self.scale)
        clipped: NDArray[np.float32] = np.clip(scaled, -_CLIP, _CLIP).astype(np.float32)
        return clipped
