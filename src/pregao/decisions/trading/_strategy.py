"""Strategies: the size of positions and their holding period, from forecasts to orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, assert_never

import numpy as np
from pydantic import Field

from pregao.decisions.trading._decisions import ByMedian, Rule, SymbolForecasts, decide_sides
from pregao.decisions.trading._rules import TradingRules
from pregao.scores import Float
from pregao.values import Value

_LEAST_VOLATILITY = 1e-6


class FixedSize(Value):
    """The same share of the equity in every position."""

    kind: Literal["fixed"] = "fixed"
    share: float = Field(default=1.0, gt=0, le=10)


class VolatilitySize(Value):
    """Sizes that target a volatility, by that of the forecast.

    ``share = min(max_leverage, annual_volatility / forecast volatility)``: smaller for a wide
    forecast, larger for a narrow one.
    """

    kind: Literal["volatility"] = "volatility"
    annual_volatility: float = Field(default=0.15, gt=0, le=5, description="to aim at")
    max_leverage: float = Field(default=1.0, gt=0, le=10, description="largest share of the equity")
    spread: Literal["first_step", "horizon"] = Field(
        default="horizon", description="the range that is read: one session's, or the last step's"
    )


Sizing = Annotated[FixedSize | VolatilitySize, Field(discriminator="kind")]


class UntilChanged(Value):
    """Keep a position until a decision for the other side; hold changes nothing."""

    kind: Literal["until_changed"] = "until_changed"


class ToHorizon(Value):
    """Keep a position until the close of the forecast's last session.

    A decision for the same side before then extends it to its own horizon. A horizon of one
    session buys at the open and sells at the close: a day trade.
    """

    kind: Literal["to_horizon"] = "to_horizon"


class Rebalanced(Value):
    """Rebalance the position to its size at every decision; hold is flat."""

    kind: Literal["rebalanced"] = "rebalanced"
    band: float = Field(
        default=0.1, ge=0, le=10, description="share of the equity left alone, against turnover"
    )


Holding = Annotated[UntilChanged | ToHorizon | Rebalanced, Field(discriminator="kind")]


class Strategy(Value):
    """A trading strategy on forecasts; stored with a simulation.

    >>> Strategy(sizing=VolatilitySize(annual_volatility=0.2), is_long_only=True).holding.kind
    'rebalanced'
    """

    rule: Rule = ByMedian()
    sizing: Sizing = FixedSize()
    holding: Holding = Rebalanced()
    is_long_only: bool = False
    """Whether to be flat instead of short, as in markets without short sales."""


@dataclass(frozen=True)
class Orders:
    """Orders at each session of a simulation, known before it opens."""

    weights: Sequence[float | None]
    """The share of the equity wanted at the open, signed; None leaves the position as it is."""
    exits: Sequence[bool]
    """Whether the position is closed at the close."""
    band: float = 0.0

    @classmethod
    def no_trades(cls, num_sessions: int) -> "Orders":
        """Return orders that never trade."""
        return cls([None] * num_sessions, [False] * num_sessions)

    @classmethod
    def buy_and_hold(cls, num_sessions: int) -> "Orders":
        """Return an order for the whole equity at the first open, and none later."""
        none = cls.no_trades(num_sessions)
        return cls([None, 1.0, *none.weights[2:]], none.exits)


def make_orders(
    forecasts: SymbolForecasts,
    strategy: Strategy,
    market: TradingRules,
    *,
    rows: Sequence[int],
    num_sessions: int,
) -> Orders:
    """Convert forecasts to orders: a decision after the close of row r is executed at row r + 1.

    Parameters
    ----------
    rows
        The row of each cutoff in the sessions of the simulation, of which the first is row 0.
    """
    sides = decide_sides(forecasts, strategy.rule, market).astype(np.float64)
    sizes = _sizes(forecasts, strategy.sizing)
    lowest = 0.0 if strategy.is_long_only or not market.allows_short else -1.0
    weights = (np.maximum(sides, lowest) * sizes).tolist()
    decided = list(zip(rows, sides.tolist(), weights, strict=True))
    blank: list[float | None] = [None] * num_sessions
    match strategy.holding:
        case Rebalanced(band=band):
            for row, _, weight in decided:
                if row + 1 < num_sessions:
                    blank[row + 1] = weight
            return Orders(blank, [False] * num_sessions, band)
        case UntilChanged():
            return _hold(decided, blank, for_sessions=num_sessions)
        case ToHorizon():
            return _hold(decided, blank, for_sessions=forecasts.horizon)
        case _:
            assert_never(strategy.holding)


def _hold(
    decided: Sequence[tuple[int, float, float]], weights: list[float | None], *, for_sessions: int
) -> Orders:
    """Order where the side changes, and close positions that no decision extended."""
    exits = [False] * len(weights)
    held, last = 0.0, -1
    for row, side, weight in decided:
        if held and last <= row:
            exits[last] = True
            held = 0.0
        if side == 0 or row + 1 >= len(weights):
            continue
        if np.sign(weight) != held:
            weights[row + 1] = weight
            held = float(np.sign(weight))
        last = row + for_sessions
    if held and last < len(weights):
        exits[last] = True
    return Orders(weights, exits)


def _sizes(forecasts: SymbolForecasts, sizing: Sizing) -> Float:
    match sizing:
        case FixedSize(share=share):
            return np.full(len(forecasts), share)
        case VolatilitySize():
            step = 1 if sizing.spread == "first_step" else forecasts.horizon
            volatility = np.maximum(forecasts.annual_volatility(step=step), _LEAST_VOLATILITY)
            return np.minimum(sizing.max_leverage, sizing.annual_volatility / volatility)
        case _:
            assert_never(sizing)
