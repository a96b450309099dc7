"""Probability thresholds of trading decisions, tuned on gains net of trading costs."""

from dataclasses import dataclass
from typing import Annotated, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pregao.decisions._action_scores import BUY, HOLD, NAMES, SELL, ActionName, Floats, Numbers
from pregao.decisions._gains import Blocks, DecisionSettings, GainComparison, compare_gains_by_block
from pregao.instruments import Sessions
from pregao.values import Value

Share = Annotated[float, Field(gt=0, le=1)]

_NUM_THRESHOLDS = 40
_LEAST_BLOCKS = 8
_LEAST_SHARE = 1e-6


class Thresholds(Value):
    """The least probability for buying, and the least for selling.

    Probabilities below both thresholds form the abstention band: the higher the thresholds, the
    wider it is. A threshold of 1 disables its side; with both at 1 (`NO_TRADE`) nothing is traded.
    """

    buy: Share
    sell: Share

    def actions(self, probabilities: Floats) -> Numbers:
        """Decide on each row: (n, 3) probabilities of `ACTIONS` to (n,) indices into `ACTIONS`.

        Buy where P(buy) reaches its threshold and is not below P(sell); sell likewise, though not
        where both are equally likely; else hold.

        Examples
        --------
        >>> probabilities = np.array([[0.5, 0.1, 0.4], [0.3, 0.1, 0.6], [0.1, 0.4, 0.5]])
        >>> [NAMES[each] for each in Thresholds(buy=0.4, sell=0.35).actions(probabilities)]
        ['buy', 'hold', 'sell']
        """
        buys, sells = (
            eligible & (probabilities[:, action] >= least) & (least < 1)
            for action, least, eligible in zip(
                (BUY, SELL), (self.buy, self.sell), _eligible(probabilities), strict=True
            )
        )
        return np.where(buys, BUY, np.where(sells, SELL, HOLD)).astype(np.int8)

    @property
    def is_trading(self) -> bool:
        """Return whether at least one side can be traded."""
        return min(self.buy, self.sell) < 1


NO_TRADE: Final = Thresholds(buy=1, sell=1)


class TunedThresholds(Value):
    """Thresholds with the evidence for them on the windows of the tuning."""

    thresholds: Thresholds
    p_value: dict[ActionName, float]
    """Of buying and of selling: the probability under the null of no gains that the best threshold
    does as well as here."""
    earned: GainComparison
    """On the windows of the tuning; for the thresholds biased upward by their selection."""
    num_windows: int
    num_sessions: int
    block_sessions: int
    """Of the bootstrap: at least twice the horizon, as trades of neighbouring sessions overlap."""
    terms: DecisionSettings


def tune_thresholds(
    probabilities: Floats,
    gains: Floats,
    *,
    sessions: Sessions,
    horizon: int,
    majority: ActionName,
    terms: DecisionSettings,
) -> TunedThresholds:
    """Find the thresholds of largest significant mean gain over holding.

    Buying and selling are searched separately, as no window is eligible for both. A threshold is
    admissible if there are trades on enough sessions and if its gain, in standard errors, exceeds
    the critical value of the best of all thresholds under the null of no gains (a block bootstrap
    of the recentred gains, as in a reality check). The admissible threshold of largest gain is
    chosen; without one the side is not traded.

    Parameters
    ----------
    probabilities
        (n, 3) of `ACTIONS`, calibrated, of windows used for no other fit than the calibration.
    gains
        (n, 3) the gain of each action, from `gains_from_returns` or `gains_from_costs`.
    sessions
        (n,) the cutoffs; symbols may share them, and are then resampled together.
    horizon
        The holding period of a trade in sessions.

    References
    ----------
    White (2000), A reality check for data snooping, Econometrica 68(5). Romano, Wolf (2005),
    Stepwise multiple testing as formalized data snooping, Econometrica 73(4). Elkan (2001), The
    foundations of cost-sensitive learning, IJCAI.

    Examples
    --------
    >>> from pregao.decisions import gains_from_returns
    >>> days = np.arange("2020-01-01", "2022-01-01", dtype="datetime64[D]")
    >>> rng = np.random.default_rng(0)
    >>> buy = rng.uniform(0.2, 0.6, len(days))
    >>> probabilities = np.stack([buy, 0.6 - buy, np.full(len(days), 0.4)], axis=1)
    >>> returns = rng.normal(0.1 * (buy - 0.4), 0.01)
    >>> terms = DecisionSettings(cost=0.005)
    >>> gains = gains_from_returns(returns, terms)
    >>> tuned = tune_thresholds(
    ...     probabilities, gains, sessions=days, horizon=1, majority="hold", terms=terms
    ... )
    >>> 0.4 < tuned.thresholds.buy < 0.5, tuned.earned.always["hold"].mean_gain
    (True, 0.0)
    """
    assert len(probabilities) == len(gains) == len(sessions) > 0, "gains and a date per window"
    blocks = Blocks.from_sessions(sessions, horizon=horizon, terms=terms)
    over_holding = gains - gains[:, [HOLD]]
    sides = [
        _Side.measure(probabilities[:, action], eligible, over_holding[:, action], blocks)
        for action, eligible in zip((BUY, SELL), _eligible(probabilities), strict=True)
    ]
    chosen = _choose(sides, blocks, terms)
    thresholds = Thresholds(buy=chosen[0][0], sell=chosen[1][0])
    return TunedThresholds(
        thresholds=thresholds,
        p_value={NAMES[BUY]: chosen[0][1], NAMES[SELL]: chosen[1][1]},
        earned=compare_gains_by_block(
            blocks, thresholds.actions(probabilities), probabilities, gains, majority=majority
        ),
        num_windows=len(gains),
        num_sessions=blocks.num_sessions,
        block_sessions=blocks.length,
        terms=terms,
    )


def _eligible(probabilities: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the windows eligible for buying and those for selling; no window is both."""
    buy, sell = probabilities[:, BUY], probabilities[:, SELL]
    return buy >= sell, sell > buy


@dataclass(frozen=True, eq=False)
class _Side:
    """Gains of buying, or of selling, at each candidate threshold, the lowest first."""

    thresholds: Floats
    """(candidates,)."""
    traded_sessions: NDArray[np.intp]
    """(candidates,) the sessions with a trade."""
    mean: Floats
    """(candidates,) mean gain over holding per window."""
    error: Floats
    """(candidates,) its standard error; 0 where there are too few blocks for one."""
    residuals: Floats
    """(blocks, candidates) each block's gain less the mean gain times its windows."""

    @classmethod
    def measure(
        cls, probability: Floats, eligible: NDArray[np.bool_], gain: Floats, blocks: Blocks
    ) -> Self:
        candidates = _candidate_thresholds(probability[eligible])
        count, num_blocks = len(candidates), len(blocks.sizes)
        # A window traded at a threshold is traded at every lower one: sum from the highest down.
        reached = np.searchsorted(candidates, probability[eligible], side="right") - 1
        traded = reached >= 0
        cells = blocks.number[eligible][traded] * count + reached[traded]
        by_cell = np.bincount(cells, gain[eligible][traded], minlength=num_blocks * count)
        sums = _reversed_cumsum(np.asarray(by_cell, np.float64).reshape(num_blocks, count))
        mean = sums.sum(axis=0) / len(gain)
        residuals = sums - blocks.sizes[:, None] * mean
        inflated = num_blocks / max(num_blocks - 1, 1)
        error = np.sqrt(inflated * (residuals**2).sum(axis=0)) / len(gain)
        traded_sessions = _count_sessions(blocks.session[eligible], reached, count)
        return cls(candidates, traded_sessions, mean, error, residuals)

    def statistic(self, terms: DecisionSettings) -> Floats:
        """Return gains in standard errors: (candidates,), minus infinity with too few sessions.

        Also where the error is ten thousand times smaller than the gain, and so rounding error.
        """
        is_valid = (self.traded_sessions >= terms.least_sessions) & (
            self.error > 1e-4 * np.abs(self.mean)
        )
        return np.where(is_valid, self.mean / np.where(is_valid, self.error, 1.0), -np.inf)


def _candidate_thresholds(probability: Floats) -> Floats:
    """Return the candidate thresholds: quantiles of the observed probabilities, each once."""
    if not len(probability):
        return np.empty(0)
    levels = np.linspace(0, 1, _NUM_THRESHOLDS, endpoint=False)
    found = np.unique(np.quantile(probability, levels, method="inverted_cdf"))
    return found[(found >= _LEAST_SHARE) & (found < 1)]


def _count_sessions(
    session: NDArray[np.intp], reached: NDArray[np.intp], count: int
) -> NDArray[np.intp]:
    """Count the sessions on which each threshold was reached: (count,)."""
    highest = np.full(session.max(initial=-1) + 1, -1, np.intp)
    np.maximum.at(highest, session, reached)
    by_highest = np.bincount(highest[highest >= 0], minlength=count)
    return np.asarray(by_highest[::-1].cumsum()[::-1], np.intp)


def _reversed_cumsum(rows: Floats) -> Floats:
    return np.asarray(np.cumsum(rows[:, ::-1], axis=1)[:, ::-1], np.float64)


def _choose(
    sides: list[_Side], blocks: Blocks, terms: DecisionSettings
) -> list[tuple[float, float]]:
    """Return each side's threshold (1 where none is admissible) and its p-value."""
    statistics = [side.statistic(terms) for side in sides]
    if len(blocks.sizes) < _LEAST_BLOCKS or not np.isfinite(np.concatenate(statistics)).any():
        return [(1.0, 1.0)] * len(sides)
    null = _null_distribution(sides, statistics, blocks)
    critical = max(float(np.quantile(null, 1 - terms.level)), 0.0)
    chosen = []
    for side, statistic in zip(sides, statistics, strict=True):
        best = float(statistic.max(initial=-np.inf))
        p_value = float((1 + (null >= best).sum()) / (1 + len(null)))
        admissible = np.flatnonzero(statistic > critical)
        if not len(admissible):
            chosen.append((1.0, p_value))
            continue
        largest = admissible[side.mean[admissible].argmax()]
        chosen.append((float(side.thresholds[largest]), p_value))
    return chosen


def _null_distribution(sides: list[_Side], statistics: list[Floats], blocks: Blocks) -> Floats:
    """Return the largest statistic of both sides in each draw under the null: (draws,)."""
    scaled = []
    for side, statistic in zip(sides, statistics, strict=True):
        is_valid = np.isfinite(statistic)
        scaled.append(side.residuals[:, is_valid] / (side.error[is_valid] * blocks.sizes.sum()))
    best: Floats = (blocks.weights @ np.concatenate(scaled, axis=1)).max(axis=1)
    return best
