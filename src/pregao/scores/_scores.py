"""The scores, one line each, and the value that holds them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pregao.scores._outcomes import Float, Truth
from pregao.scores._quantiles import PIT_BINS, Scoring, in_blocks, pit_below, pit_shares
from pregao.values import Value

NAIVE = "random_walk"
"""The baseline without which no score is reported."""

# A basis point: what a price that never moves is taken to move, so that MASE stays finite.
_LEAST_MOVE = 1e-4


Terms = Float | NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Pooled:
    """The terms of one score, summed over the windows of each symbol."""

    sums: Float
    """(symbols, horizon)."""
    truth: Truth
    """Of all windows."""

    @property
    def mean(self) -> Float:
        """(horizon,) over all windows."""
        return np.asarray(self.sums.sum(axis=0) / len(self.truth), np.float64)


def _mean(pooled: Pooled) -> Float:
    return pooled.mean


@dataclass(frozen=True)
class Score:
    """How a forecast is judged: one number per step, pooled over windows and symbols.

    Windows are judged some at a time, so a score is what each window adds to a sum, and what
    becomes of the sums: their mean, if nothing else is said.
    """

    name: str
    title: str
    unit: str
    better: Literal["lower", "higher", "nominal"]
    term: Callable[[Scoring], Terms]
    """Gives (n, horizon), each row out of its own window alone."""
    finish: Callable[[Pooled], Float] = _mean
    """Gives (horizon,)."""
    overall: Callable[[Float], np.float64] = np.mean
    """Pools the steps, each of which has as many windows."""
    nominal: float | None = None


def absolute_error(scoring: Scoring) -> Terms:
    """Give the absolute error of the median; with several symbols the dear ones dominate."""
    return scoring.price_error


def squared_error(scoring: Scoring) -> Terms:
    """Give the squared error of the median, in prices as `absolute_error`."""
    return scoring.price_error**2


def percentage_error(scoring: Scoring) -> Terms:
    """Give the absolute error in percent of the price that came."""
    return 100 * scoring.price_error / scoring.truth.future_price


def symmetric_percentage_error(scoring: Scoring) -> Terms:
    """Give the absolute error in percent of the mean of both prices, 0 to 200."""
    return 200 * scoring.price_error / (scoring.price + scoring.truth.future_price)


def squared_residual(scoring: Scoring) -> Terms:
    """Give the squared error of the median, in cumulative log returns."""
    return (scoring.returns - scoring.median) ** 2


def pinball(scoring: Scoring) -> Terms:
    """Give the pinball loss in percent of log return, averaged over levels as they are."""
    return np.asarray(scoring.pinball.mean(axis=2), np.float64)


def crps(scoring: Scoring) -> Terms:
    """Give the continuous ranked probability score in percent of log return (`window_crps`)."""
    return scoring.crps


def covered(scoring: Scoring, percent: int) -> Terms:
    """Tell whether the outcome lies within the central interval, its ends included."""
    low, high = scoring.interval(percent)
    return (low <= scoring.returns) & (scoring.returns <= high)


def width(scoring: Scoring, percent: int) -> Terms:
    """Give the width of the central interval of prices, in percent of the last price."""
    low, high = scoring.interval(percent)
    return np.asarray(100 * (np.exp(high) - np.exp(low)), np.float64)


def hit(scoring: Scoring) -> Terms:
    """Tell whether the direction is right: up where the forecast gives it more than one half.

    That is a median above the last price. A median at the last price has no direction, nor has a
    price that did not move: both count one half.
    """
    return np.asarray((1 + np.sign(scoring.median) * np.sign(scoring.returns)) / 2, np.float64)


def hit_of_always_up(scoring: Scoring) -> Terms:
    """Tell whether up was right, on the same windows."""
    return np.asarray((1 + np.sign(scoring.returns)) / 2, np.float64)


def root_of_mean(pooled: Pooled) -> Float:
    """Give the root of the mean, as of squared errors."""
    return np.sqrt(pooled.mean)


def scaled_by_moves(pooled: Pooled) -> Float:
    """Give the mean over the mean one-session move of the symbol, averaged over symbols.

    The move is that of the scored windows themselves, so that the random walk has 1 at step 1.

    References
    ----------
    Hyndman, Koehler (2006), Another look at measures of forecast accuracy, International Journal
    of Forecasting 22(4); there the scale comes from the training part.
    """
    truth = pooled.truth
    counts = np.bincount(truth.symbols, minlength=len(truth.names))
    moved = np.bincount(truth.symbols, np.abs(truth.future_price[:, 0] - truth.last_price))
    prices = np.bincount(truth.symbols, truth.last_price)
    seen = np.flatnonzero(counts)
    scale = np.maximum(moved[seen], _LEAST_MOVE * prices[seen]) / counts[seen]
    ratios = pooled.sums[seen] / counts[seen, None] / scale[:, None]
    return np.asarray(ratios.mean(axis=0), np.float64)


def share_explained(pooled: Pooled) -> Float:
    """Give the share of the variance of cumulative log returns that is not squared residual.

    Of returns, not of prices: there the last price alone reaches 0.98 and more. 0 where nothing
    moved.
    """
    truth = pooled.truth
    variance = np.array([np.var(np.log(each / truth.last_price)) for each in truth.future_price.T])
    moved = variance > 0
    return np.where(moved, 1 - pooled.mean / np.where(moved, variance, 1.0), 0.0)


def _root_mean_square(steps: Float) -> np.float64:
    return np.float64(np.sqrt(np.mean(steps**2)))


def _coverage_score(percent: int) -> Score:
    return Score(
        f"coverage_{percent}",
        f"Coverage of the {percent} % interval",
        "share",
        "nominal",
        partial(covered, percent=percent),
        nominal=percent / 100,
    )


def _width_score(percent: int) -> Score:
    return Score(
        f"width_{percent}",
        f"Width of the {percent} % interval",
        "% of the last price",
        "lower",
        partial(width, percent=percent),
    )


SCORES: dict[str, Score] = {
    each.name: each
    for each in (
        Score("crps", "CRPS", "% of log return", "lower", crps),
        Score("pinball", "Pinball loss", "% of log return", "lower", pinball),
        Score("mae", "Mean absolute error", "quoted currency", "lower", absolute_error),
        Score(
            "rmse",
            "Root mean square error",
            "quoted currency",
            "lower",
            squared_error,
            root_of_mean,
            _root_mean_square,
        ),
        Score("mape", "Mean absolute percentage error", "%", "lower", percentage_error),
        Score("smape", "Symmetric MAPE", "%", "lower", symmetric_percentage_error),
        Score(
            "mase",
            "Mean absolute scaled error",
            "one-session moves",
            "lower",
            absolute_error,
            scaled_by_moves,
        ),
        Score("r2_returns", "R2 on returns", "share", "higher", squared_residual, share_explained),
        _coverage_score(50),
        _coverage_score(80),
        _coverage_score(90),
        _coverage_score(95),
        _width_score(50),
        _width_score(80),
        _width_score(90),
        _width_score(95),
        Score("hit_rate", "Hit rate", "share", "higher", hit),
        Score("hit_rate_always_up", "Hit rate of always up", "share", "nominal", hit_of_always_up),
    )
}


class Metrics(Value):
    """Every score of one forecaster on one set of windows: over all steps, and step by step."""

    num_windows: int
    num_symbols: int
    horizon: int
    crps: float
    pinball: float
    mae: float
    rmse: float
    mape: float
    smape: float
    mase: float
    r2_returns: float
    coverage_50: float
    coverage_80: float
    coverage_90: float
    coverage_95: float
    width_50: float
    width_80: float
    width_90: float
    width_95: float
    hit_rate: float
    hit_rate_always_up: float
    per_step: dict[str, tuple[float, ...]]
    pit: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Tally:
    """What the scores keep of the windows judged so far; it does not grow with them.

    Sums add window after window, so they are the same to the last bit however the windows are
    cut into blocks.
    """

    sums: dict[str, Float]
    """(symbols, horizon) by score."""
    below: Float
    """(bins - 1,) as `pit_below`."""

    @classmethod
    def empty(cls, truth: Truth) -> "Tally":
        """Begin, for the symbols and the horizon of these windows."""
        nothing = np.zeros((len(truth.names), truth.horizon))
        return cls(dict.fromkeys(SCORES, nothing), np.zeros(PIT_BINS - 1))

    def plus(self, scoring: Scoring) -> "Tally":
        """Add the windows that come next."""
        truth = scoring.truth
        cells = truth.symbols[:, None] * truth.horizon + np.arange(truth.horizon)
        sums = {
            name: _added(before, cells, SCORES[name].term(scoring))
            for name, before in self.sums.items()
        }
        return Tally(sums, self.below + pit_below(scoring))

    def joined(self, other: "Tally") -> "Tally":
        """Add the windows of another tally, of the same symbols."""
        sums = {name: each + other.sums[name] for name, each in self.sums.items()}
        return Tally(sums, self.below + other.below)

    def metrics(self, truth: Truth) -> Metrics:
        """Give the scores of all windows, which together are these."""
        steps = {name: each.finish(Pooled(self.sums[name], truth)) for name, each in SCORES.items()}
        overall = {name: float(each.overall(steps[name])) for name, each in SCORES.items()}
        return Metrics.model_validate(
            {
                **overall,
                "num_windows": len(truth),
                "num_symbols": len(np.unique(truth.symbols)),
                "horizon": truth.horizon,
                "per_step": {name: tuple(values.tolist()) for name, values in steps.items()},
                "pit": pit_shares(self.below, truth.future_price.size),
            }
        )


def _added(sums: Float, cells: NDArray[np.intp], terms: Terms) -> Float:
    # Bincount adds in the order given, and the sums so far come first.
    where = np.concatenate([np.arange(sums.size), cells.ravel()])
    added = np.bincount(where, np.concatenate([sums.ravel(), terms.ravel()]))
    return np.asarray(added, np.float64).reshape(sums.shape)


def score(quantiles: Float, levels: Sequence[float], truth: Truth) -> Metrics:
    """Score one forecaster against what came.

    Parameters
    ----------
    quantiles
        (n, horizon, levels) of the cumulative log return from the cutoff.
    levels
        Ascending, from at most 0.025 to at least 0.975.
    truth
        The same windows, in the same order.

    Examples
    --------
    >>> import numpy as np
    >>> truth = Truth(
    ...     symbols=np.array([0, 0]), names=("SP500",), currencies=("USD",),
    ...     sessions=np.array(["2018-06-01", "2018-06-04"], "datetime64[D]"),
    ...     last_price=np.array([100.0, 102.0]), future_price=np.array([[102.0], [101.0]]),
    ... )
    >>> last_price = np.zeros((2, 1, 3)) + [-0.02, 0.0, 0.02]
    >>> metrics = score(last_price, (0.025, 0.5, 0.975), truth)
    >>> metrics.mae, metrics.mase, metrics.hit_rate, metrics.coverage_95
    (1.5, 1.0, 0.5, 1.0)
    """
    tally = Tally.empty(truth)
    for each in in_blocks(quantiles, levels, truth):
        tally = tally.plus(each)
    return tally.metrics(truth)


def skill(score: float, naive: float) -> float:
    """Give the share of the naive score that is saved: ``1 - score / naive``.

    A naive score of 0 cannot be beaten: 0 where it is equalled, -1 where it is not.

    >>> skill(0.75, 1.0)
    0.25
    """
    if naive == 0:
        return 0.0 if score == 0 else -1.0
    return 1 - score / naive
