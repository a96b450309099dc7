"""Net gains of decisions, with block-bootstrap intervals and reference rules beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pregao.decisions._action_scores import BUY, NAMES, SELL, ActionName, Floats, Numbers, likeliest
from pregao.instruments import Sessions
from pregao.values import Value


class DecisionSettings(Value):
    """Trading costs of a decision, and the statistical settings of tuning thresholds."""

    cost: float = Field(default=0.001, ge=0, lt=1, description="of a round trip, of the price")
    allow_short: bool = Field(default=True, description="without, to sell is to stay out")
    risk_aversion: float = Field(
        default=0.0, ge=0, le=1000, description="half of it times the squared gain is taken off"
    )
    least_sessions: int = Field(default=20, ge=1, description="with trades, for a threshold")
    level: float = Field(
        default=0.1, gt=0, lt=1, description="how often a market of chance may be traded"
    )
    draws: int = Field(default=1000, ge=100, le=100_000, description="of the block bootstrap")
    seed: int = 0


class GainEstimate(Value):
    """The mean gain per window of a decision rule, windows without a trade included."""

    mean_gain: float
    """Net of costs, as a share of the price; in units of the cost matrix where there is one."""
    low: float
    high: float
    """Ends of the central 90 % of block-bootstrapped means."""
    num_buys: int
    num_sells: int


class ExcessGain(Value):
    """The mean gain of decisions over the best constant action, which removes market drift."""

    action: ActionName
    """The constant action of highest mean gain on these windows, ``hold`` included."""
    mean_gain: float
    low: float
    high: float
    """Ends of the central 90 % of block-bootstrapped means."""


class GainComparison(Value):
    """Gains of decisions by thresholds, beside those of reference rules."""

    decided: GainEstimate
    """By thresholds on the probabilities."""
    likeliest: GainEstimate
    """By the likeliest action."""
    always: dict[ActionName, GainEstimate]
    """By each constant action; ``hold`` never trades."""
    majority: ActionName
    """The majority class of the training labels."""
    over_always: ExcessGain
    """Of the decisions over the best constant action, as always buying gains in a rising market."""


def gains_from_returns(returns: Floats, terms: DecisionSettings) -> Floats:
    """Return the gain of each action in each window: (n,) simple returns to (n, 3).

    Buying gains the return over the horizon less the cost, selling its negative less the cost,
    holding nothing. With risk aversion ``a`` a gain g counts as ``g - a / 2 * g**2``.

    >>> terms = DecisionSettings(cost=0.01)
    >>> gains = gains_from_returns(np.array([0.05]), terms)[0]
    >>> {name: round(float(each), 3) for name, each in zip(NAMES, gains, strict=True)}
    {'buy': 0.04, 'sell': -0.06, 'hold': 0.0}
    """
    gains = np.zeros((len(returns), len(NAMES)))
    gains[:, BUY] = returns - terms.cost
    if terms.allow_short:
        gains[:, SELL] = -returns - terms.cost
    return gains - terms.risk_aversion / 2 * gains**2


def gains_from_costs(
    labels: Numbers, costs: Mapping[ActionName, Mapping[ActionName, float]]
) -> Floats:
    """Return minus the cost of each action in each window, from a cost matrix: (n, 3).

    Parameters
    ----------
    labels
        (n,) the label of each window, as indices into `ACTIONS`.
    costs
        By the label, then by the decision.
    """
    matrix = np.array([[costs[label][decision] for decision in NAMES] for label in NAMES])
    return -matrix[labels]


def compare_gains(
    decided: Numbers,
    probabilities: Floats,
    gains: Floats,
    *,
    sessions: Sessions,
    horizon: int,
    majority: ActionName,
    terms: DecisionSettings,
) -> GainComparison:
    """Compare the gains of decisions with those of the likeliest and of each constant action.

    Parameters
    ----------
    decided
        (n,) indices into `ACTIONS`.
    probabilities, gains
        (n, 3).
    sessions, horizon
        (n,) the cutoffs, and the holding period of a trade in sessions.
    majority
        The majority class of the training labels.
    """
    blocks = Blocks.from_sessions(sessions, horizon=horizon, terms=terms)
    return compare_gains_by_block(blocks, decided, probabilities, gains, majority=majority)


@dataclass(frozen=True, eq=False)
class Blocks:
    """Blocks of consecutive sessions with the draws of a block bootstrap.

    Overlapping windows and windows of one date mostly share a block, as their gains are dependent.
    """

    length: int
    """In sessions."""
    session: NDArray[np.intp]
    """(n,) the index of each window's session among the distinct ones."""
    sizes: Floats
    """(blocks,) windows in each."""
    weights: Floats
    """(draws, blocks) how often each block was drawn."""

    @classmethod
    def from_sessions(cls, sessions: Sessions, *, horizon: int, terms: DecisionSettings) -> Self:
        dates, session = np.unique(sessions, return_inverse=True)
        length = max(2 * horizon, int(np.ceil(len(dates) ** (1 / 3))))
        sizes = np.bincount(session // length).astype(np.float64)
        count = len(sizes)
        drawn = np.random.default_rng(terms.seed).multinomial(
            count, np.full(count, 1 / count), size=terms.draws
        )
        return cls(length, session, sizes, drawn.astype(np.float64))

    @property
    def number(self) -> NDArray[np.intp]:
        """(n,) the block of each window."""
        return self.session // self.length

    @property
    def num_sessions(self) -> int:
        return int(self.session.max()) + 1

    def estimate(self, decided: Numbers, gains: Floats) -> GainEstimate:
        """Estimate the mean gain of (n,) decisions, out of (n, 3) gains of each action."""
        mean, low, high = self.interval(_realised_gains(decided, gains))
        return GainEstimate(
            mean_gain=mean,
            low=low,
            high=high,
            num_buys=int((decided == BUY).sum()),
            num_sells=int((decided == SELL).sum()),
        )

    def interval(self, gains: Floats) -> tuple[float, float, float]:
        """Return the mean of (n,) gains, and the ends of the central 90 % of bootstrapped means."""
        sums = np.bincount(self.number, gains, minlength=len(self.sizes))
        low, high = np.quantile(self.weights @ sums / (self.weights @ self.sizes), [0.05, 0.95])
        return float(gains.mean()), float(low), float(high)


def compare_gains_by_block(
    blocks: Blocks, decided: Numbers, probabilities: Floats, gains: Floats, *, majority: ActionName
) -> GainComparison:
    """Compare gains as `compare_gains`, with blocks that are drawn already."""
    always = {
        name: blocks.estimate(np.full(len(gains), number, np.int8), gains)
        for number, name in enumerate(NAMES)
    }
    best = max(always, key=lambda name: always[name].mean_gain)
    over_best = _realised_gains(decided, gains) - gains[:, NAMES.index(best)]
    mean, low, high = blocks.interval(over_best)
    return GainComparison(
        decided=blocks.estimate(decided, gains),
        likeliest=blocks.estimate(likeliest(probabilities), gains),
        always=always,
        majority=majority,
        over_always=ExcessGain(action=best, mean_gain=mean, low=low, high=high),
    )


def _realised_gains(decided: Numbers, gains: Floats) -> Floats:
    """Return the gain of each decision: (n,)."""
    return np.asarray(gains[np.arange(len(decided)), decided], np.float64)
