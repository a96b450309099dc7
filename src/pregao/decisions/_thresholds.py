"""How sure one has to be before one trades: thresholds, tuned to what trading costs."""

from dataclasses import dataclass
from typing import Annotated, Final, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from pregao.decisions._action_scores import BUY, HOLD, NAMES, SELL, ActionName, Floats, Numbers
from pregao.decisions._earnings import Blocks, DecisionTerms, Earnings, earnings_in
from pregao.instruments import Sessions
from pregao.values import Value

Share = Annotated[float, Field(gt=0, le=1)]

_NUM_THRESHOLDS = 40
_LEAST_BLOCKS = 8
_LEAST_SHARE = 1e-6


class Thresholds(Value):
    """The least probability at which one buys, and the least at which one sells.

    Between them lies the band in which one abstains: the higher they are the wider it is. A
    threshold of 1 is never reached, as nothing is certain; with both at 1 (`NO_TRADE`) nothing is
    traded, which may be the best there is.
    """

    buy: Share
    sell: Share

    def actions(self, probabilities: Floats) -> Numbers:
        """Decide on each row: (n, 3) probabilities of `ACTIONS` to (n,) numbers of `ACTIONS`.

        Buy where P(buy) reaches its threshold and is not below P(sell); sell likewise, though not
        where both are equally likely; else hold.

        Examples
        --------
        >>> said = np.array([[0.5, 0.1, 0.4], [0.3, 0.1, 0.6], [0.1, 0.4, 0.5]])
        >>> [NAMES[each] for each in Thresholds(buy=0.4, sell=0.35).actions(said)]
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
        """Tell whether anything can be traded at all."""
        return min(self.buy, self.sell) < 1


NO_TRADE: Final = Thresholds(buy=1, sell=1)


class TunedThresholds(Value):
    """Thresholds, and what spoke for them on the windows that they were tuned on."""

    thresholds: Thresholds
    p_value: dict[ActionName, float]
    """Of buying and of selling: how often the luckiest threshold of a market of chance does as
    well as the best one here."""
    earned: Earnings
    """On the windows of the tuning: of the thresholds it is what looking for them flattered."""
    num_windows: int
    num_sessions: int
    block_sessions: int
    """Of the bootstrap: twice the horizon at least, as trades of neighbouring sessions overlap."""
    terms: DecisionTerms


def tune_thresholds(
    probabilities: Floats,
    gains: Floats,
    *,
    sessions: Sessions,
    horizon: int,
    majority: ActionName,
    terms: DecisionTerms,
) -> TunedThresholds:
    """Find the thresholds that gain most over holding, where that is more than luck.

    Buying and selling are searched apart, as no window is eligible for both. A threshold counts
    if there were trades on enough sessions and if its gain, in standard errors, is more than the
    best of all thresholds reaches on a market where none gains anything (a block bootstrap of the
    recentred gains, as in a reality check). Of those the one that gained most is taken; where
    there are none, none is: not to trade is an answer.

    Parameters
    ----------
    probabilities
        (n, 3) of `ACTIONS`, calibrated, of windows that nothing was fitted on but the calibration.
    gains
        (n, 3) what each action gained, as of `gains_of_returns` or `gains_of_costs`.
    sessions
        (n,) the cutoffs; symbols may share them, and are then resampled together.
    horizon
        Sessions that a trade lasts.

    References
    ----------
    White (2000), A reality check for data snooping, Econometrica 68(5). Romano, Wolf (2005),
    Stepwise multiple testing as formalized data snooping, Econometrica 73(4). Elkan (2001), The
    foundations of cost-sensitive learning, IJCAI.

    Examples
    --------
    >>> from pregao.decisions import gains_of_returns
    >>> days = np.arange("2020-01-01", "2022-01-01", dtype="datetime64[D]")
    >>> rng = np.random.default_rng(0)
    >>> likely = rng.uniform(0.2, 0.6, len(days))
    >>> said = np.stack([likely, 0.6 - likely, np.full(len(days), 0.4)], axis=1)
    >>> returns = rng.normal(0.1 * (likely - 0.4), 0.01)
    >>> terms = DecisionTerms(cost=0.005)
    >>> tuned = tune_thresholds(said, gains_of_returns(returns, terms), sessions=days, horizon=1,
    ...                         majority="hold", terms=terms)
    >>> 0.4 < tuned.thresholds.buy < 0.5, tuned.earned.always["hold"].mean_gain
    (True, 0.0)
    """
    assert len(probabilities) == len(gains) == len(sessions) > 0, "what each action gained"
    blocks = Blocks.of(sessions, horizon=horizon, terms=terms)
    over_holding = gains - gains[:, [HOLD]]
    sides = [
        _Side.of(probabilities[:, action], eligible, over_holding[:, action], blocks)
        for action, eligible in zip((BUY, SELL), _eligible(probabilities), strict=True)
    ]
    chosen = _chosen(sides, blocks, terms)
    thresholds = Thresholds(buy=chosen[0][0], sell=chosen[1][0])
    return TunedThresholds(
        thresholds=thresholds,
        p_value={NAMES[BUY]: chosen[0][1], NAMES[SELL]: chosen[1][1]},
        earned=earnings_in(
            blocks, thresholds.actions(probabilities), probabilities, gains, majority=majority
        ),
        num_windows=len(gains),
        num_sessions=blocks.num_sessions,
        block_sessions=blocks.length,
        terms=terms,
    )


def _eligible(probabilities: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell where one may buy, and where sell: never both."""
    buy, sell = probabilities[:, BUY], probabilities[:, SELL]
    return buy >= sell, sell > buy


@dataclass(frozen=True, eq=False)
class _Side:
    """Buying, or selling, at each of some thresholds, lowest first."""

    thresholds: Floats
    """(candidates,)."""
    traded_sessions: NDArray[np.intp]
    """(candidates,) on how many sessions there was a trade."""
    mean: Floats
    """(candidates,) gain over holding, a window."""
    error: Floats
    """(candidates,) its standard error; 0 where it cannot be told."""
    residuals: Floats
    """(blocks, candidates) each block's gain beyond what the mean gives its windows."""

    @classmethod
    def of(
        cls, probability: Floats, eligible: NDArray[np.bool_], gain: Floats, blocks: Blocks
    ) -> Self:
        tried = _tried(probability[eligible])
        count, num_blocks = len(tried), len(blocks.sizes)
        # Whoever trades at a threshold trades at every lower one: sums from the highest down.
        reached = np.searchsorted(tried, probability[eligible], side="right") - 1
        held = reached >= 0
        cells = blocks.number[eligible][held] * count + reached[held]
        apart = np.bincount(cells, gain[eligible][held], minlength=num_blocks * count)
        sums = _from_the_right(np.asarray(apart, np.float64).reshape(num_blocks, count))
        mean = sums.sum(axis=0) / len(gain)
        residuals = sums - blocks.sizes[:, None] * mean
        inflated = num_blocks / max(num_blocks - 1, 1)
        error = np.sqrt(inflated * (residuals**2).sum(axis=0)) / len(gain)
        traded = _sessions_reached(blocks.session[eligible], reached, count)
        return cls(tried, traded, mean, error, residuals)

    def statistic(self, terms: DecisionTerms) -> Floats:
        """Give gains in standard errors: (candidates,), minus infinity where there is too little.

        Ten thousand times smaller than the gain itself, an error is rounding.
        """
        sound = (self.traded_sessions >= terms.least_sessions) & (
            self.error > 1e-4 * np.abs(self.mean)
        )
        return np.where(sound, self.mean / np.where(sound, self.error, 1.0), -np.inf)


def _tried(probability: Floats) -> Floats:
    """Give thresholds to try: levels that the probability really reaches, each once."""
    if not len(probability):
        return np.empty(0)
    levels = np.linspace(0, 1, _NUM_THRESHOLDS, endpoint=False)
    found = np.unique(np.quantile(probability, levels, method="inverted_cdf"))
    return found[(found >= _LEAST_SHARE) & (found < 1)]


def _sessions_reached(
    session: NDArray[np.intp], reached: NDArray[np.intp], count: int
) -> NDArray[np.intp]:
    """Count the sessions on which each threshold was reached: (count,)."""
    highest = np.full(session.max(initial=-1) + 1, -1, np.intp)
    np.maximum.at(highest, session, reached)
    by_highest = np.bincount(highest[highest >= 0], minlength=count)
    return np.asarray(by_highest[::-1].cumsum()[::-1], np.intp)


def _from_the_right(rows: Floats) -> Floats:
    return np.asarray(np.cumsum(rows[:, ::-1], axis=1)[:, ::-1], np.float64)


def _chosen(sides: list[_Side], blocks: Blocks, terms: DecisionTerms) -> list[tuple[float, float]]:
    """Give each side's threshold (1 where none will do) and its p value."""
    statistics = [side.statistic(terms) for side in sides]
    if len(blocks.sizes) < _LEAST_BLOCKS or not np.isfinite(np.concatenate(statistics)).any():
        return [(1.0, 1.0)] * len(sides)
    luck = _luck(sides, statistics, blocks)
    bar = max(float(np.quantile(luck, 1 - terms.level)), 0.0)
    chosen = []
    for side, statistic in zip(sides, statistics, strict=True):
        best = float(statistic.max(initial=-np.inf))
        p_value = float((1 + (luck >= best).sum()) / (1 + len(luck)))
        better = np.flatnonzero(statistic > bar)
        if not len(better):
            chosen.append((1.0, p_value))
            continue
        chosen.append((float(side.thresholds[better[side.mean[better].argmax()]]), p_value))
    return chosen


def _luck(sides: list[_Side], statistics: list[Floats], blocks: Blocks) -> Floats:
    """Give the best statistic of both sides in each draw from a market without gains: (draws,)."""
    scaled = []
    for side, statistic in zip(sides, statistics, strict=True):
        sound = np.isfinite(statistic)
        scaled.append(side.residuals[:, sound] / (side.error[sound] * blocks.sizes.sum()))
    best: Floats = (blocks.weights @ np.concatenate(scaled, axis=1)).max(axis=1)
    return best
