"""What actions earned, net of what they cost, and how much of it may be luck."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pregao.decisions._action_scores import BUY, NAMES, SELL, ActionName, Floats, Numbers, likeliest
from pregao.instruments import Sessions
from pregao.values import Value


class DecisionTerms(Value):
    """What a decision costs its taker, and how much evidence a threshold needs."""

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


class Earned(Value):
    """What a rule earned a decision, windows without a trade included."""

    mean_gain: float
    """Net of costs, as a share of the price; in units of the cost matrix where there is one."""
    low: float
    high: float
    """The central 90 % of block-bootstrapped means lie between."""
    num_buys: int
    num_sells: int


class Excess(Value):
    """How much more decisions gained than one action always: all that is not the market's own."""

    action: ActionName
    """The one that gained most on these windows, to hold included."""
    mean_gain: float
    low: float
    high: float
    """The central 90 % of block-bootstrapped means lie between."""


class Earnings(Value):
    """What thresholds earned, beside what one gets without them."""

    decided: Earned
    """By thresholds on the probabilities."""
    likeliest: Earned
    always: dict[ActionName, Earned]
    """Of each action, had it been said of every window; of ``hold`` it is no trade at all."""
    majority: ActionName
    """The commonest right action of the training part."""
    over_always: Excess
    """Of the decisions: in a market that rose, always to buy gains too, and knows nothing."""


def gains_of_returns(returns: Floats, terms: DecisionTerms) -> Floats:
    """Give what each action gains in each window: (n,) simple returns to (n, 3).

    Buying gains the return over the horizon less the cost, selling the mirror of it, holding
    nothing. With aversion to risk ``a`` a gain g counts as ``g - a / 2 * g**2``.

    >>> terms = DecisionTerms(cost=0.01)
    >>> gained = gains_of_returns(np.array([0.05]), terms)[0]
    >>> {name: round(float(each), 3) for name, each in zip(NAMES, gained, strict=True)}
    {'buy': 0.04, 'sell': -0.06, 'hold': 0.0}
    """
    gains = np.zeros((len(returns), len(NAMES)))
    gains[:, BUY] = returns - terms.cost
    if terms.allow_short:
        gains[:, SELL] = -returns - terms.cost
    return gains - terms.risk_aversion / 2 * gains**2


def gains_of_costs(
    right: Numbers, costs: Mapping[ActionName, Mapping[ActionName, float]]
) -> Floats:
    """Give minus what each action costs in each window: (n, 3).

    Parameters
    ----------
    costs
        By the right action, then by the action said.
    """
    matrix = np.array([[costs[came][said] for said in NAMES] for came in NAMES])
    return -matrix[right]


def earnings_of(
    decided: Numbers,
    probabilities: Floats,
    gains: Floats,
    *,
    sessions: Sessions,
    horizon: int,
    majority: ActionName,
    terms: DecisionTerms,
) -> Earnings:
    """Say what decisions earned, beside the likeliest action and each action always.

    Parameters
    ----------
    decided
        (n,) numbers of `ACTIONS`.
    probabilities, gains
        (n, 3).
    sessions, horizon
        (n,) the cutoffs, and how many sessions a trade lasts.
    majority
        The commonest right action of the training part.
    """
    blocks = Blocks.of(sessions, horizon=horizon, terms=terms)
    return earnings_in(blocks, decided, probabilities, gains, majority=majority)


@dataclass(frozen=True, eq=False)
class Blocks:
    """Sessions cut into blocks, which a bootstrap draws with replacement.

    What overlaps or lies on the same date stays together, as it errs together.
    """

    length: int
    session: NDArray[np.intp]
    """(n,) the number of each window's session."""
    sizes: Floats
    """(blocks,) windows in each."""
    weights: Floats
    """(draws, blocks) how often each block was drawn."""

    @classmethod
    def of(cls, sessions: Sessions, *, horizon: int, terms: DecisionTerms) -> Self:
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

    def earned(self, said: Numbers, gains: Floats) -> Earned:
        mean, low, high = self.interval(_own(said, gains))
        return Earned(
            mean_gain=mean,
            low=low,
            high=high,
            num_buys=int((said == BUY).sum()),
            num_sells=int((said == SELL).sum()),
        )

    def interval(self, own: Floats) -> tuple[float, float, float]:
        """Give the mean of (n,) gains, and between what the central 90 % of its draws lie."""
        sums = np.bincount(self.number, own, minlength=len(self.sizes))
        low, high = np.quantile(self.weights @ sums / (self.weights @ self.sizes), [0.05, 0.95])
        return float(own.mean()), float(low), float(high)


def earnings_in(
    blocks: Blocks, decided: Numbers, probabilities: Floats, gains: Floats, *, majority: ActionName
) -> Earnings:
    """Lay what was decided beside the likeliest action and each action always."""
    always = {
        name: blocks.earned(np.full(len(gains), number, np.int8), gains)
        for number, name in enumerate(NAMES)
    }
    best = max(always, key=lambda name: always[name].mean_gain)
    mean, low, high = blocks.interval(_own(decided, gains) - gains[:, NAMES.index(best)])
    return Earnings(
        decided=blocks.earned(decided, gains),
        likeliest=blocks.earned(likeliest(probabilities), gains),
        always=always,
        majority=majority,
        over_always=Excess(action=best, mean_gain=mean, low=low, high=high),
    )


def _own(said: Numbers, gains: Floats) -> Floats:
    """Give what was gained by what was said: (n,)."""
    return np.asarray(gains[np.arange(len(said)), said], np.float64)
