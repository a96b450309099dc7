"""Quantile forecasts beside outcomes: levels, pinball loss, CRPS and PIT."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pregao.scores._outcomes import Float, Truth

PIT_BINS = 20
WINDOWS_AT_ONCE = 2048
"""Number of windows scored at a time: all windows of a large pool do not fit into memory.

A multiple of the batch in which networks forecast, whose last bits depend on the batch's size.
"""


@dataclass(frozen=True, eq=False)
class ForecastBlock:
    """Forecasts of a block of windows beside their outcomes; shared intermediates are cached."""

    quantiles: Float
    """(n, horizon, levels) of the cumulative log return."""
    levels: tuple[float, ...]
    truth: Truth

    def __post_init__(self) -> None:
        assert self.quantiles.shape == (*self.truth.future_price.shape, len(self.levels))
        assert list(self.levels) == sorted(set(self.levels)), "levels ascend"
        assert self.levels[0] > 0, "levels lie between 0 and 1"
        assert self.levels[-1] < 1, "levels lie between 0 and 1"
        assert bool(np.isfinite(self.quantiles).all()), "quantiles are finite"

    @cached_property
    def returns(self) -> Float:
        """(n, horizon) outcomes, as cumulative log returns."""
        return self.truth.log_returns

    @cached_property
    def median(self) -> Float:
        """(n, horizon) the point forecast: the median cumulative log return."""
        return self.at(0.5)

    @cached_property
    def price(self) -> Float:
        """(n, horizon) the point forecast in the quoted currency."""
        return self.truth.last_price[:, None] * np.exp(self.median)

    @cached_property
    def price_error(self) -> Float:
        """(n, horizon) absolute error of the point forecast, in the quoted currency."""
        return np.abs(self.price - self.truth.future_price)

    @cached_property
    def pinball(self) -> Float:
        """(n, horizon, levels) pinball losses, in percent."""
        error = 100 * (self.returns[..., None] - self.quantiles)
        levels = np.asarray(self.levels)
        losses: Float = np.maximum(levels * error, (levels - 1) * error)
        return losses

    @cached_property
    def crps(self) -> Float:
        """(n, horizon) as `window_crps`."""
        return np.asarray(2 * self.pinball @ level_widths(self.levels), np.float64)

    @property
    def loss(self) -> Float:
        """(n,) CRPS of each window, averaged over steps."""
        return np.asarray(self.crps.mean(axis=1), np.float64)

    def at(self, level: float) -> Float:
        """Return the quantile at one level, interpolated linearly between the nearest levels."""
        assert self.levels[0] <= level <= self.levels[-1], f"levels reach {level}"
        above = int(np.searchsorted(self.levels, level - 1e-9))
        if abs(self.levels[above] - level) < 1e-9:
            exact: Float = self.quantiles[..., above]
            return exact
        low, high = self.levels[above - 1], self.levels[above]
        share = (level - low) / (high - low)
        below = self.quantiles[..., above - 1]
        between: Float = below + share * (self.quantiles[..., above] - below)
        return between

    def interval(self, percent: int) -> tuple[Float, Float]:
        """Return the ends of the central interval of a nominal coverage in percent."""
        return self.at(0.5 - percent / 200), self.at(0.5 + percent / 200)


def level_widths(levels: Sequence[float]) -> Float:
    """Return the share of (0, 1) that each level represents, by the trapezoid rule.

    The loss is 0 at levels 0 and 1 for every outcome, so the ends are trapezoids too.

    >>> level_widths((0.1, 0.5, 0.9)).round(2)
    array([0.25, 0.4 , 0.25])
    """
    edges = np.concatenate([[0.0], levels, [1.0]])
    widths: Float = (edges[2:] - edges[:-2]) / 2
    return widths


def window_crps(quantiles: Float, levels: Sequence[float], truth: Truth) -> Float:
    """Return the continuous ranked probability score of each window and step: (n, horizon).

    ``CRPS = 2 * integral over level of the pinball loss``, in percent of log return, by the
    trapezoid rule over the levels. The weights are positive, so the sum is itself a proper score.
    On the 23 levels of the product it is 0.3 % below the exact CRPS of a calibrated Gaussian, for
    every forecaster alike.

    References
    ----------
    Laio, Tamea (2007), Verification tools for probabilistic forecasts of continuous hydrological
    variables, Hydrology and Earth System Sciences 11.
    """
    return np.concatenate([each.crps for each in in_blocks(quantiles, levels, truth)])


def blocks(count: int, at_once: int = WINDOWS_AT_ONCE) -> Iterator[slice]:
    """Cut a number of windows into consecutive slices.

    >>> list(blocks(5, 2))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    for start in range(0, count, at_once):
        yield slice(start, min(start + at_once, count))


def in_blocks(quantiles: Float, levels: Sequence[float], truth: Truth) -> Iterator[ForecastBlock]:
    """Return forecasts beside their outcomes, one block of windows at a time."""
    assert len(quantiles) == len(truth), "one forecast for each window"
    for block in blocks(len(truth)):
        yield ForecastBlock(quantiles[block], tuple(levels), truth.take(block))


def pit_histogram(scoring: ForecastBlock, num_bins: int = PIT_BINS) -> tuple[float, ...]:
    """Return the share of outcomes in each of equally wide bins of the forecast distribution.

    The probability integral transform of a calibrated forecast is uniform: every bin holds
    ``1 / bins``. A hill means that the forecast is too wide, a valley too narrow, a slope biased.
    Outcomes on a border between bins count half in each.
    """
    return pit_shares(pit_below(scoring, num_bins), scoring.returns.size)


def pit_below(scoring: ForecastBlock, num_bins: int = PIT_BINS) -> Float:
    """Return the count of outcomes below each border of bins, ties as one half: (bins - 1,)."""
    borders = np.linspace(0, 1, num_bins + 1)[1:-1]
    inner = np.clip(borders, scoring.levels[0], scoring.levels[-1])
    outcomes = scoring.returns
    return np.array([np.sum((np.sign(scoring.at(level) - outcomes) + 1) / 2) for level in inner])


def pit_shares(below: Float, count: int) -> tuple[float, ...]:
    """Return the share of each bin from the counts below each border."""
    shares = np.diff(np.concatenate([[0.0], below / count, [1.0]]))
    return tuple(float(share) for share in shares)
