"""Forecasts of one symbol at its cutoffs, and the rules that turn them into sides."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, Literal, assert_never

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pregao.dataset import ACTIONS
from pregao.decisions import Thresholds
from pregao.decisions.trading._rules import TradingRules
from pregao.errors import InputError
from pregao.instruments import Sessions
from pregao.scores import Float
from pregao.texts import gettext_lazy as _
from pregao.values import Value

SESSIONS_A_YEAR = 252
Sides = NDArray[np.int8]
Cost = Annotated[float, Field(ge=0, lt=1)]

_LOW, _HIGH = 0.1, 0.9
_SIDES = {"buy": 1, "sell": -1, "hold": 0}


@dataclass(frozen=True, eq=False)
class SymbolForecasts:
    """Forecasts of one symbol for a strategy, each available after the close of its cutoff.

    >>> cutoffs = np.array(["2024-02-08", "2024-02-09"], "datetime64[D]")
    >>> quantiles = np.array([[[-0.02, 0.01, 0.03]], [[-0.02, -0.01, 0.03]]])
    >>> forecasts = SymbolForecasts(cutoffs, quantiles, levels=(0.1, 0.5, 0.9))
    >>> forecasts.horizon, forecasts.at(0.5, step=1).tolist()
    (1, [0.01, -0.01])
    """

    cutoffs: Sessions
    """(n,) ascending."""
    quantiles: Float
    """(n, horizon, levels) of the cumulative log return from the cutoff."""
    levels: tuple[float, ...]
    probabilities: Float | None = None
    """(n, 3) of `ACTIONS`; None for a forecaster without action probabilities."""

    def __post_init__(self) -> None:
        count = len(self.cutoffs)
        assert count > 0, "at least one cutoff"
        assert bool((np.diff(self.cutoffs) > np.timedelta64(0, "D")).all()), "cutoffs ascend"
        assert self.quantiles.ndim == 3, "a row of quantiles for every cutoff and step"
        assert self.quantiles.shape[::2] == (count, len(self.levels)), "a quantile per level"
        assert bool(np.isfinite(self.quantiles).all()), "quantiles are finite"
        assert list(self.levels) == sorted(set(self.levels)), "levels ascend"
        assert len(self.levels) > 1, "an interval needs two levels"
        if self.probabilities is not None:
            assert self.probabilities.shape == (count, len(ACTIONS)), "a probability per action"

    def __len__(self) -> int:
        return len(self.cutoffs)

    @property
    def horizon(self) -> int:
        """How many sessions ahead."""
        return int(self.quantiles.shape[1])

    def at(self, level: float, *, step: int) -> Float:
        """Return the quantiles at a level for a step from 1 on: (n,), interpolated between levels.

        Raises
        ------
        InputError
            If the level is beyond those of the forecast.
        """
        if not self.levels[0] - 1e-9 <= level <= self.levels[-1] + 1e-9:
            raise InputError(
                _(
                    "the forecast has levels from {lowest} to {highest}, and this strategy reads "
                    "the one at {level}: forecast more levels",
                    lowest=self.levels[0],
                    highest=self.levels[-1],
                    level=level,
                )
            )
        above = int(np.clip(np.searchsorted(self.levels, level), 1, len(self.levels) - 1))
        low, high = self.levels[above - 1 : above + 1]
        share = float(np.clip((level - low) / (high - low), 0.0, 1.0))
        quantiles = self.quantiles[:, step - 1].astype(np.float64)
        # Weights of 0 and 1 give the quantile itself, to the last bit.
        between: Float = (1 - share) * quantiles[:, above - 1] + share * quantiles[:, above]
        return between

    def probability_below(self, log_return: float, *, step: int) -> Float:
        """Return the probability of less than a log return: (n,), interpolated between quantiles.

        Beyond the outermost quantiles it is their level, as the forecast defines no tails.
        """
        quantiles = self.quantiles[:, step - 1]
        return np.array([np.interp(log_return, row, self.levels) for row in quantiles], np.float64)

    def annual_volatility(self, *, step: int) -> Float:
        """Return the annual volatility implied by the forecast: (n,).

        The width of the 80 % interval over the Gaussian's ``2 * 1.2816``, by the square root of
        time.
        """
        width = self.at(_HIGH, step=step) - self.at(_LOW, step=step)
        normal = NormalDist()
        gaussian = normal.inv_cdf(_HIGH) - normal.inv_cdf(_LOW)
        return np.asarray(width / gaussian * np.sqrt(SESSIONS_A_YEAR / step), np.float64)


class ByAction(Value):
    """Decide on the action whose probability reaches its threshold."""

    kind: Literal["action"] = "action"
    thresholds: Thresholds


class ByMedian(Value):
    """Buy where the median return over the horizon exceeds the cost, sell where below minus it."""

    kind: Literal["median"] = "median"
    cost: Cost | None = None
    """Of a round trip, as a share of the price; None takes that of the trading rules."""


class ByProbability(Value):
    """Buy where a return above the cost is probable enough, sell where one below minus it is."""

    kind: Literal["probability"] = "probability"
    probability: float = Field(default=0.55, gt=0, le=1)
    cost: Cost | None = None
    """Of a round trip, as a share of the price; None takes that of the trading rules."""


Rule = Annotated[ByAction | ByMedian | ByProbability, Field(discriminator="kind")]


def decide_sides(forecasts: SymbolForecasts, rule: Rule, market: TradingRules) -> Sides:
    """Return the side at each cutoff: (n,) 1 to buy, -1 to sell, 0 to hold.

    Raises
    ------
    InputError
        If the rule needs action probabilities and there are none.
    """
    match rule:
        case ByAction():
            if forecasts.probabilities is None:
                raise InputError(
                    _(
                        "this forecaster has no action probabilities: train one with actions, or "
                        "choose the rule median or probability"
                    )
                )
            side_of_action = np.array([_SIDES[name] for name in ACTIONS], np.int8)
            return side_of_action[rule.thresholds.actions(forecasts.probabilities)]
        case ByMedian():
            cost = _cost(rule.cost, market)
            median = np.expm1(forecasts.at(0.5, step=forecasts.horizon))
            return (median > cost).astype(np.int8) - (median < -cost).astype(np.int8)
        case ByProbability():
            cost, step = _cost(rule.cost, market), forecasts.horizon
            up = 1 - forecasts.probability_below(np.log1p(cost), step=step)
            down = forecasts.probability_below(np.log1p(-cost), step=step)
            buy = (up >= rule.probability) & (up >= down)
            sell = (down >= rule.probability) & (down > up)
            return buy.astype(np.int8) - sell.astype(np.int8)
        case _:
            assert_never(rule)


def _cost(given: float | None, market: TradingRules) -> float:
    return market.round_trip_cost if given is None else given
