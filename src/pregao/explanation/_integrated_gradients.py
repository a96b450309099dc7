"""Integrated gradients of one window, or averaged over many, as serialisable values."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pregao.explanation._permutation_importance import lag_group_name, lag_groups
from pregao.training import Attribution, Quantity
from pregao.values import Value

_SIGNIFICANT_DIGITS = 4


class AttributionShare(Value):
    """The attribution of one feature, or of one lag, in percent."""

    name: str
    signed_percent: float
    absolute_percent: float
    """The sum of absolute attributions, in which opposite signs do not cancel."""


class IntegratedGradients(Value):
    """The attributions of one forecast quantity to the inputs of the network, in percent.

    For a run, all numbers are means over windows.
    """

    quantity: Quantity
    value_percent: float
    """The forecast."""
    reference_percent: float
    """The forecast for the average input."""
    gap_percent: float
    """Their difference less the sum of attributions: the error of numerical integration."""
    by_feature: tuple[AttributionShare, ...]
    by_lag: tuple[AttributionShare, ...]
    """The oldest session first; lag 1 is that of the cutoff."""
    matrix_percent: tuple[tuple[float, ...], ...]
    """(features, lags): signed attributions of one forecast; mean absolute ones of a run."""

    @classmethod
    def from_attribution(cls, attribution: Attribution, features: Sequence[str]) -> Self:
        """Aggregate the attributions of one window (a forecast) or of several (a run)."""
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
        """The forecast less the one for the average input."""
        return self.value_percent - self.reference_percent

    @property
    def absolute_percent(self) -> float:
        """The sum of absolute attributions."""
        return sum(each.absolute_percent for each in self.by_feature)

    def sorted_by_size(self) -> list[AttributionShare]:
        """Return the features by descending absolute value of the signed attribution."""
        return sorted(self.by_feature, key=lambda each: -abs(each.signed_percent))


def sum_by_lag_group(attributed: IntegratedGradients) -> list[AttributionShare]:
    """Sum the attributions of lags by the groups of `lag_groups`, the newest first."""
    newest_first = attributed.by_lag[::-1]
    groups = [
        (lag_group_name(first, last), newest_first[first - 1 : last])
        for first, last in lag_groups(len(newest_first))
    ]
    return [
        AttributionShare(
            name=name,
            signed_percent=_rounded(sum(each.signed_percent for each in lags)),
            absolute_percent=_rounded(sum(each.absolute_percent for each in lags)),
        )
        for name, lags in groups
    ]


def _shares(
    names: Sequence[str], inputs: NDArray[np.float64], *, over: int
) -> tuple[AttributionShare, ...]:
    signed = inputs.sum(axis=over).mean(axis=0)
    absolute = np.abs(inputs).sum(axis=over).mean(axis=0)
    return tuple(
        AttributionShare(name=name, signed_percent=_rounded(sign), absolute_percent=_rounded(size))
        for name, sign, size in zip(names, signed, absolute, strict=True)
    )


def _rounded(percent: float) -> float:
    """Keep four significant digits: the numerical integration has three."""
    return float(f"{float(percent):.{_SIGNIFICANT_DIGITS}g}") + 0.0
