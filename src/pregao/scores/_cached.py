"""Cache of forecast quantiles by cutoff row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from pregao.scores._outcomes import Float

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster, History

MOST_WINDOWS = 20_000
"""The most windows to cache: of more, memory costs more than forecasting again."""


class _Takeable(Protocol):
    """A history of which a subset of cutoffs can be taken."""

    def take(self, index: NDArray[np.intp]) -> Self: ...


@dataclass(frozen=True, eq=False)
class CachedQuantiles:
    """A forecaster whose quantiles are cached by the cutoff rows of one table.

    Meant for the evaluation of one forecaster: the cache grows with the windows forecast.
    """

    forecaster: "Forecaster"
    _cache: dict[int, Float] = field(default_factory=dict)
    """By the row of the cutoff."""

    def quantiles(self, past: "History") -> Float:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        rows: list[int] = past.cutoff_rows.tolist()
        new = np.array([index for index, row in enumerate(rows) if row not in self._cache], np.intp)
        if len(new):
            missing = cast("History", cast("_Takeable", past).take(new))
            quantiles = self.forecaster.quantiles(missing)
            self._cache.update(zip(missing.cutoff_rows.tolist(), quantiles, strict=True))
        return np.stack([self._cache[row] for row in rows])


def cached_quantiles(forecaster: "Forecaster", counts: Sequence[int]) -> "Forecaster":
    """Cache a forecaster's quantiles; return it uncached where the parts hold too many windows."""
    return CachedQuantiles(forecaster) if sum(counts) <= MOST_WINDOWS else forecaster
