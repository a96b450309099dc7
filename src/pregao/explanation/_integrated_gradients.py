"""Integrated gradients of one window, or of many on average, as values that can be written down."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pregao.explanation._permutation import lag_groups, lags_from
from pregao.training import Attribution, Quantity
from pregao.values import Value

_SIGNIFICANT_DIGITS = 4


class Share(Value):
    """What one feature, or one lag, added to a forecast, in percent."""

    name: str
    signed_percent: float
    absolute_percent: float
    """The sizes of its shares, added up: shares that cancel out were read all the same."""


class Attributed(Value):
    """One number of a forecast, divided among what it was made from; all in percent.

    Of a run, everything is a mean over windows.
    """

    quantity: Quantity
    value_percent: float
    """What is forecast."""
    reference_percent: float
    """What would be forecast out of the average input."""
    gap_percent: float
    """What the shares leave of their difference: 0, but for the integration."""
    by_feature: tuple[Share, ...]
    by_lag: tuple[Share, ...]
    """The oldest session first; lag 1 is that of the cutoff."""
    matrix_percent: tuple[tuple[float, ...], ...]
    """(features, lags): the shares of a forecast, with their sign; of a run their mean size."""

    @classmethod
    def of(cls, attribution: Attribution, features: Sequence[str]) -> Self:
        """Sum up the shares of some windows: one for a forecast, several for a run."""
        inputs = attribution.inputs
        lags = [str(lag) for lag in range(inputs.shape[2], 0, -1)]
        shares = inputs[0] if len(inputs) == 1 else np.abs(inputs).mean(axis=0)
        return cls(
            quantity=attribution.quantity,
            value_percent=_rounded(attribution.value.mean()),
            reference_percent=_rounded(attribution.reference_value.mean()),
            gap_percent=_rounded(attribution.gap.mean()),
            by_feature=_shares(features, inputs, over=2),
            by_lag=_shares(lags, inputs, over=1),
            matrix_percent=tuple(tuple(_rounded(each) for each in row) for row in shares),
        )

    @property
    def difference_percent(self) -> float:
        """What these inputs make of the forecast that the average input would give."""
        return self.value_percent - self.reference_percent

    @property
    def absolute_percent(self) -> float:
        """The sizes of all shares, added up."""
        return sum(each.absolute_percent for each in self.by_feature)

    def by_size(self) -> list[Share]:
        """Give the features, those that moved the forecast most first."""
        return sorted(self.by_feature, key=lambda each: -abs(each.signed_percent))


def grouped_by_lag(attributed: Attributed) -> list[Share]:
    """Add the shares of lags up by the groups of `lag_groups`, the newest first."""
    newest_first = attributed.by_lag[::-1]
    groups = [
        (lags_from(first, last), newest_first[first - 1 : last])
        for first, last in lag_groups(len(newest_first))
    ]
    return [
        Share(
            name=name,
            signed_percent=_rounded(sum(each.signed_percent for each in lags)),
            absolute_percent=_rounded(sum(each.absolute_percent for each in lags)),
        )
        for name, lags in groups
    ]


def _shares(names: Sequence[str], inputs: NDArray[np.float64], *, over: int) -> tuple[Share, ...]:
    signed = inputs.sum(axis=over).mean(axis=0)
    absolute = np.abs(inputs).sum(axis=over).mean(axis=0)
    return tuple(
        Share(name=name, signed_percent=_rounded(sign), absolute_percent=_rounded(size))
        for name, sign, size in zip(names, signed, absolute, strict=True)
    )


def _rounded(percent: float) -> float:
    """Keep four significant digits: the integration gives three."""
    return float(f"{float(percent):.{_SIGNIFICANT_DIGITS}g}") + 0.0
