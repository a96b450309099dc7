"""A forecaster that is asked about each window once, whoever asks again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self, cast

import numpy as np
from numpy.typing import NDArray

from pregao.scores._outcomes import Float

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster, Past

MOST_WINDOWS = 20_000
"""Of more, what a forecaster said takes more memory than asking it again takes time."""


class _Takeable(Protocol):
    """A past of which some cutoffs can be taken."""

    def take(self, index: NDArray[np.intp]) -> Self: ...


@dataclass(frozen=True, eq=False)
class Remembered:
    """Keep what a forecaster says of the windows of one table: scores, ranges and actions share it.

    Meant for one judgement of one forecaster: it grows with the windows asked about.
    """

    forecaster: "Forecaster"
    _known: dict[int, Float] = field(default_factory=dict)
    """By the row of the cutoff."""

    def quantiles(self, past: "Past") -> Float:
        """Forecast (n, horizon, levels) quantiles of the cumulative log return."""
        rows: list[int] = past.cutoff_rows.tolist()
        new = np.array([place for place, row in enumerate(rows) if row not in self._known], np.intp)
        if len(new):
            asked = cast("Past", cast("_Takeable", past).take(new))
            said = self.forecaster.quantiles(asked)
            self._known.update(zip(asked.cutoff_rows.tolist(), said, strict=True))
        return np.stack([self._known[row] for row in rows])


def remembered(forecaster: "Forecaster", counts: Sequence[int]) -> "Forecaster":
    """Remember what a forecaster says of parts of so many windows, if that fits into memory."""
    return Remembered(forecaster) if sum(counts) <= MOST_WINDOWS else forecaster
