"""Scaling of features, fitted on the training part and stored with the network."""

from datetime import date
from typing import Literal, Self, assert_never

import numpy as np
from numpy.typing import NDArray

from pregao.values import Value

Scaling = Literal["standard", "min_max", "none"]

# In standard deviations. Without a cap one crash day would dominate the inputs of a whole lookback.
_CAP = 6.0


class BaseSession(Value):
    """A session of a symbol in whose prices and shares its levels are told."""

    symbol: str
    session: date


class Scaler(Value):
    """Centre and scale of each feature, and a cap on the scaled values, if any."""

    features: tuple[str, ...]
    center: tuple[float, ...]
    scale: tuple[float, ...]
    cap: float | None = _CAP
    bases: tuple[BaseSession, ...] = ()
    """The session of each symbol in whose units its levels are told; empty without such features.

    Without it, as in earlier versions, it is the first session of each history.
    """

    @classmethod
    def fit(
        cls,
        features: tuple[str, ...],
        rows: NDArray[np.float64],
        scaling: Scaling = "standard",
        *,
        capped: bool = True,
        bases: tuple[BaseSession, ...] = (),
    ) -> Self:
        """Fit to ``(rows, features)`` of the training part; a constant feature gets scale 1.

        Parameters
        ----------
        scaling
            ``standard`` gives mean 0 and standard deviation 1, ``min_max`` maps the range of the
            training part to 0 .. 1, ``none`` leaves features as they are.
        capped
            Whether ``standard`` caps extremes; not for a price level that must be unscaled.
        bases
            The session of each symbol in whose units its levels are told.

        Examples
        --------
        >>> rows = np.array([[1.0], [2.0], [3.0]])
        >>> Scaler.fit(("close",), rows, "min_max")(np.array([[4.0]])).item()
        1.5
        """
        center, spread = _center_and_scale(rows, scaling)
        constant = spread <= 1e-12 * np.maximum(np.abs(center), 1e-300)
        return cls(
            features=features,
            center=tuple(center.tolist()),
            scale=tuple(np.where(constant, 1.0, spread).tolist()),
            cap=_CAP if capped and scaling == "standard" else None,
            bases=bases,
        )

    def base_of(self, symbol: str) -> date | None:
        """Return the base session of a symbol; None if the scaler knows none."""
        return next((each.session for each in self.bases if each.symbol == symbol), None)

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return ``(rows, features)`` scaled; NaN of a warm-up stays NaN."""
        scaled = (rows - np.array(self.center)) / np.array(self.scale)
        if self.cap is not None:
            np.clip(scaled, -self.cap, self.cap, out=scaled)
        return np.asarray(scaled, np.float32)

    def unscale(self, feature: str, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Invert the scaling of one feature, except for values beyond the cap."""
        column = self.features.index(feature)
        return np.asarray(values, np.float64) * self.scale[column] + self.center[column]


def _center_and_scale(
    rows: NDArray[np.float64], scaling: Scaling
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the centre and the scale of each column."""
    match scaling:
        case "standard":
            # Column by column: a second copy of a large pool may not fit into memory.
            return rows.mean(axis=0), np.array([column.std() for column in rows.T])
        case "min_max":
            low = rows.min(axis=0)
            return low, rows.max(axis=0) - low
        case "none":
            return np.zeros(rows.shape[1]), np.ones(rows.shape[1])
        case _:
            assert_never(scaling)
