"""Reliability of forecast intervals: by level, by market conditions, and tests of coverage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pregao.calibration._coverage_tests import (
    CoverageTest,
    UniformityTest,
    coverage_test,
    uniformity_test,
)
from pregao.scores import (
    PIT_BINS,
    Float,
    ForecastBlock,
    Truth,
    covered,
    in_blocks,
    pit_below,
    pit_shares,
)
from pregao.values import Value

if TYPE_CHECKING:
    from pregao.zoo.baselines import History

NOMINAL_PERCENT = (50, 80, 90, 95)
TESTED_PERCENT = 90
_TESTED = NOMINAL_PERCENT.index(TESTED_PERCENT)
AFTER_BREAK_SESSIONS = 20
BREAK_SIGMAS = 4.0
"""The least move of a break, in sigmas.

Lee and Mykland (2008, Jumps in financial markets, Review of Financial Studies 21(6)) classify a
return as a jump if it is beyond the expected largest of a period; for 250 sessions, at 2.5 %, that
is 4.
"""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MarketConditions:
    """Market conditions of each window, from what is known at its cutoff."""

    is_volatile: Flags
    """(n,) sigma is in the top tercile of the symbol's sessions before the first of its windows."""
    is_after_break: Flags
    """(n,) one of the last 20 sessions, the cutoff's included, moved more than 4 sigmas."""

    @classmethod
    def from_windows(cls, parts: Sequence["History"]) -> "MarketConditions":
        """Classify the windows of one or several datasets, in the order of `observed_outcomes`.

        Terciles are those of the sessions before the scored part (training and validation): those
        of the scored part itself would call the least calm weeks of a calm year volatile, and
        would use its future. A break is measured in the sigma of the session before it.
        """
        return cls(
            is_volatile=np.concatenate([_is_volatile(part) for part in parts]),
            is_after_break=np.concatenate([_is_after_break(part) for part in parts]),
        )


def _is_volatile(past: "History") -> Flags:
    volatile = np.zeros(len(past.cutoff_rows), np.bool_)
    for first in np.unique(past.first_rows):
        own = past.first_rows == first
        cutoffs = past.cutoff_rows[own]
        before = past.sigma[first : cutoffs.min()]
        if len(before) > 0:
            volatile[own] = past.sigma[cutoffs] > np.quantile(before, 2 / 3)
    return volatile


def _is_after_break(past: "History") -> Flags:
    breaks = np.zeros(len(past.returns), np.bool_)
    breaks[1:] = np.abs(past.returns[1:]) > BREAK_SIGMAS * past.sigma[:-1]
    breaks[past.first_rows] = False
    num_breaks = np.cumsum(breaks)
    before = np.maximum(past.cutoff_rows - AFTER_BREAK_SESSIONS, past.first_rows)
    return num_breaks[past.cutoff_rows] > num_breaks[before]


class Coverage(Value):
    """The coverage of each central interval; None where there is no window."""

    num_windows: int
    coverage_50: float | None
    coverage_80: float | None
    coverage_90: float | None
    coverage_95: float | None
    per_step: dict[str, tuple[float, ...]]
    """By the name of the interval, ``coverage_90`` and so on; empty where there is no window."""

    @property
    def shares(self) -> tuple[float | None, ...]:
        """The four coverages, from the narrowest interval to the widest."""
        return (self.coverage_50, self.coverage_80, self.coverage_90, self.coverage_95)


class Reliability(Value):
    """Observed frequencies of a forecaster's levels, with tests against the nominal ones."""

    levels: tuple[float, ...]
    num_windows: int
    below: tuple[tuple[float, ...], ...]
    """(horizon, levels) the share of outcomes below each quantile; one on it counts half."""
    below_overall: tuple[float, ...]
    pit: tuple[float, ...]
    """The share of outcomes in each twentieth of the forecast distribution, over all steps."""
    overall: Coverage
    volatile: Coverage
    """Where sigma at the cutoff is in its top tercile (`MarketConditions`)."""
    after_break: Coverage
    """In the 20 sessions after a break (`MarketConditions`)."""
    uniformity: UniformityTest
    """Of all steps together."""
    uniformity_by_step: tuple[UniformityTest, ...]
    misses: tuple[CoverageTest, ...]
    """Of the 90 % interval at step 1, symbol by symbol."""

    @property
    def horizon(self) -> int:
        """How many sessions ahead."""
        return len(self.below)


def reliability(
    quantiles: Float, levels: Sequence[float], truth: Truth, conditions: MarketConditions
) -> Reliability:
    """Compare (n, horizon, levels) quantiles of the cumulative log return with the outcomes.

    Levels reach from at most 0.025 to at least 0.975.

    Examples
    --------
    >>> from pregao.dataset import Split, make_dataset
    >>> from pregao.scores import observed_outcomes
    >>> from pregao.testing import synthetic_prices
    >>> from pregao.training import LEVELS
    >>> from pregao.zoo.baselines import BASELINES
    >>> dataset = make_dataset(
    ...     [synthetic_prices(sessions=700, seed=1)], features=("return",), lookback=20, horizon=3,
    ...     split=Split(),
    ... )
    >>> test = dataset.sealed_test
    >>> anchor = BASELINES["anchor"].fit(dataset.train, LEVELS, 0)
    >>> conditions = MarketConditions.from_windows([test])
    >>> found = reliability(anchor.quantiles(test), LEVELS, observed_outcomes([test]), conditions)
    >>> found.overall.num_windows == len(test), len(found.below), found.uniformity.is_rejected
    (True, 3, False)
    """
    accumulator = ReliabilityAccumulator.empty(levels, truth, conditions)
    for each in in_blocks(quantiles, levels, truth):
        accumulator = accumulator.plus(each)
    return accumulator.reliability()


@dataclass(frozen=True, eq=False)
class ReliabilityAccumulator:
    """Accumulates reliability counts over blocks of windows; its size grows with dates alone."""

    levels: tuple[float, ...]
    truth: Truth
    """Of all windows."""
    conditions: MarketConditions
    dates: NDArray[np.datetime64]
    """The distinct cutoffs, ascending."""
    below: Float
    """(dates, horizon, levels) outcomes of each date below each quantile; one on it counts half."""
    pit: Float
    """(bins - 1,) as `pit_below`."""
    inside: dict[str, Float]
    """(intervals, horizon) covered outcomes, by market condition."""
    missed: tuple[Flags, ...] = ()
    """Whether the outcome at step 1 lay outside the 90 % interval, block after block."""

    @classmethod
    def empty(
        cls, levels: Sequence[float], truth: Truth, conditions: MarketConditions
    ) -> "ReliabilityAccumulator":
        """Return an accumulator of no windows yet, for these outcomes and conditions."""
        assert len(conditions.is_volatile) == len(truth), "a condition for every window"
        dates = np.unique(truth.sessions)
        return cls(
            levels=tuple(levels),
            truth=truth,
            conditions=conditions,
            dates=dates,
            below=np.zeros((len(dates), truth.horizon, len(levels))),
            pit=np.zeros(PIT_BINS - 1),
            inside=dict.fromkeys(
                ("overall", "volatile", "after_break"),
                np.zeros((len(NOMINAL_PERCENT), truth.horizon)),
            ),
        )

    def plus(self, scoring: ForecastBlock) -> "ReliabilityAccumulator":
        """Return the accumulator with the next block of windows added."""
        start = sum(len(each) for each in self.missed)
        block = slice(start, start + len(scoring.truth))
        within = np.stack([covered(scoring, each) for each in NOMINAL_PERCENT]).astype(np.bool_)
        masks = self._masks(block)
        below = self.below.copy()
        place = np.searchsorted(self.dates, scoring.truth.sessions)
        np.add.at(below, place, (np.sign(scoring.quantiles - scoring.returns[..., None]) + 1) / 2)
        return replace(
            self,
            below=below,
            pit=self.pit + pit_below(scoring),
            inside={
                condition: counts + within[:, masks[condition]].sum(axis=1)
                for condition, counts in self.inside.items()
            },
            missed=(*self.missed, np.logical_not(within[_TESTED, :, 0])),
        )

    def _masks(self, block: slice) -> dict[str, Flags]:
        volatile, after = self.conditions.is_volatile[block], self.conditions.is_after_break[block]
        return {"overall": np.ones_like(volatile), "volatile": volatile, "after_break": after}

    def reliability(self) -> Reliability:
        """Return the reliability of all windows, once every block has been added."""
        missed = np.concatenate(self.missed)
        assert len(missed) == len(self.truth), "every window has been added"
        by_step = self.below.sum(axis=0) / len(self.truth)
        counts = {name: int(mask.sum()) for name, mask in self._masks(slice(None)).items()}
        return Reliability(
            levels=self.levels,
            num_windows=len(self.truth),
            below=tuple(map(tuple, by_step.tolist())),
            below_overall=tuple(by_step.mean(axis=0).tolist()),
            pit=pit_shares(self.pit, self.truth.future_price.size),
            **{name: _coverage(inside, counts[name]) for name, inside in self.inside.items()},
            uniformity=self._uniformity(slice(None), self.truth.horizon),
            uniformity_by_step=tuple(
                self._uniformity(slice(step - 1, step), step)
                for step in range(1, self.truth.horizon + 1)
            ),
            misses=tuple(self._misses(missed)),
        )

    def _uniformity(self, steps: slice, furthest: int) -> UniformityTest:
        below = self.below[:, steps]
        windows = np.searchsorted(self.dates, self.truth.sessions)
        counts = np.bincount(windows, minlength=len(self.dates)) * below.shape[1]
        return uniformity_test(below.sum(axis=1), counts, self.levels, horizon=furthest)

    def _misses(self, missed: Flags) -> list[CoverageTest]:
        return [
            coverage_test(missed[self.truth.symbols == number], TESTED_PERCENT, symbol=name)
            for number, name in enumerate(self.truth.names)
            if (self.truth.symbols == number).any()
        ]


def _coverage(inside: Float, count: int) -> Coverage:
    names = [f"coverage_{percent}" for percent in NOMINAL_PERCENT]
    shares = inside / max(count, 1)
    overall = shares.mean(axis=1).tolist() if count else [None] * len(names)
    steps = map(tuple, shares.tolist())
    return Coverage.model_validate(
        {
            **dict(zip(names, overall, strict=True)),
            "num_windows": count,
            "per_step": dict(zip(names, steps, strict=True)) if count else {},
        }
    )
