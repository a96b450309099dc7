"""The registry of scores: every field of `Metrics` that carries a `Score` is one.

A new score is a field here, with its term; its values reach the JSON, the API and the stored
reports. Tables that list scores read `SCORES` and `TABLE_SCORES`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from pregao.scores._outcomes import Float, Truth
from pregao.scores._quantiles import PIT_BINS, ForecastBlock, in_blocks, pit_below, pit_shares
from pregao.values import Value

NAIVE = "random_walk"
"""The baseline without which no score is reported."""

# A basis point: the move assumed for a price that never moves, so that MASE stays finite.
_LEAST_MOVE = 1e-4


Terms = Float | NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SummedTerms:
    """The terms of one score, summed over the windows of each symbol."""

    sums: Float
    """(symbols, horizon)."""
    truth: Truth
    """Of all windows."""

    @property
    def mean(self) -> Float:
        """(horizon,) over all windows."""
        return np.asarray(self.sums.sum(axis=0) / len(self.truth), np.float64)


def _mean(summed: SummedTerms) -> Float:
    return summed.mean


@dataclass(frozen=True)
class Score:
    """The definition of a score: one number for each step, pooled over windows and symbols.

    Windows are scored a block at a time, so a score is the term that each window adds to a sum,
    and a function of the sums: their mean by default.
    """

    title: str
    unit: str
    better: Literal["lower", "higher", "nominal"]
    term: Callable[[ForecastBlock], Terms]
    """Returns (n, horizon), each row from its own window alone."""
    finish: Callable[[SummedTerms], Float] = _mean
    """Returns (horizon,)."""
    overall: Callable[[Float], np.float64] = np.mean
    """Pools the steps, each of which has as many windows."""
    nominal: float | None = None
    """The value of a perfectly calibrated forecast, where `better` is nominal."""
    style: Literal["number", "percent"] = "number"
    """How tables write it: a share between 0 and 1 is written in percent."""
    digits: int = 4
    """Decimal places in tables."""
    in_tables: bool = False
    """Whether rankings show it; the key of its column heading in the texts is its name."""
    name: str = ""
    """That of its field in `Metrics`; set by the registry."""


def absolute_error(scoring: ForecastBlock) -> Terms:
    """Return the absolute error of the median; expensive symbols dominate a pool."""
    return scoring.price_error


def squared_error(scoring: ForecastBlock) -> Terms:
    """Return the squared error of the median, in prices as `absolute_error`."""
    return scoring.price_error**2


def percentage_error(scoring: ForecastBlock) -> Terms:
    """Return the absolute error in percent of the observed price."""
    return 100 * scoring.price_error / scoring.truth.future_price


def symmetric_percentage_error(scoring: ForecastBlock) -> Terms:
    """Return the absolute error in percent of the mean of both prices, 0 to 200."""
    return 200 * scoring.price_error / (scoring.price + scoring.truth.future_price)


def squared_residual(scoring: ForecastBlock) -> Terms:
    """Return the squared error of the median, in cumulative log returns."""
    return (scoring.returns - scoring.median) ** 2


def pinball(scoring: ForecastBlock) -> Terms:
    """Return the pinball loss in percent of log return, averaged over levels, unweighted."""
    return np.asarray(scoring.pinball.mean(axis=2), np.float64)


def crps(scoring: ForecastBlock) -> Terms:
    """Return the continuous ranked probability score in percent of log return (`window_crps`)."""
    return scoring.crps


def covered(scoring: ForecastBlock, percent: int) -> Terms:
    """Return whether the outcome lies within the central interval, its ends included."""
    low, high = scoring.interval(percent)
    return (low <= scoring.returns) & (scoring.returns <= high)


def width(scoring: ForecastBlock, percent: int) -> Terms:
    """Return the width of the central interval of prices, in percent of the last price."""
    low, high = scoring.interval(percent)
    return np.asarray(100 * (np.exp(high) - np.exp(low)), np.float64)


def hit(scoring: ForecastBlock) -> Terms:
    """Return whether the direction is right: up where the median is above the last price.

    A median at the last price has no direction, nor has a price that did not move: both count one
    half.
    """
    return np.asarray((1 + np.sign(scoring.median) * np.sign(scoring.returns)) / 2, np.float64)


def hit_of_always_up(scoring: ForecastBlock) -> Terms:
    """Return whether up was right, on the same windows."""
    return np.asarray((1 + np.sign(scoring.returns)) / 2, np.float64)


def root_of_mean(summed: SummedTerms) -> Float:
    """Return the root of the mean, as of squared errors."""
    return np.sqrt(summed.mean)


def scaled_by_moves(summed: SummedTerms) -> Float:
    """Return the mean over the mean one-session move of the symbol, averaged over symbols.

    The move is that of the scored windows themselves, so that the random walk has 1 at step 1.

    References
    ----------
    Hyndman, Koehler (2006), Another look at measures of forecast accuracy, International Journal
    of Forecasting 22(4); there the scale comes from the training part.
    """
    truth = summed.truth
    counts = np.bincount(truth.symbols, minlength=len(truth.names))
    moved = np.bincount(truth.symbols, np.abs(truth.future_price[:, 0] - truth.last_price))
    prices = np.bincount(truth.symbols, truth.last_price)
    seen = np.flatnonzero(counts)
    scale = np.maximum(moved[seen], _LEAST_MOVE * prices[seen]) / counts[seen]
    ratios = summed.sums[seen] / counts[seen, None] / scale[:, None]
    return np.asarray(ratios.mean(axis=0), np.float64)


def share_explained(summed: SummedTerms) -> Float:
    """Return the share of the variance of cumulative log returns that is not squared residual.

    Of returns, not of prices: there the last price alone reaches 0.98 and more. 0 where nothing
    moved.
    """
    truth = summed.truth
    variance = np.array([np.var(np.log(each / truth.last_price)) for each in truth.future_price.T])
    moved = variance > 0
    return np.where(moved, 1 - summed.mean / np.where(moved, variance, 1.0), 0.0)


def _root_mean_square(steps: Float) -> np.float64:
    return np.float64(np.sqrt(np.mean(steps**2)))


def _coverage(percent: int, *, in_tables: bool = False) -> Score:
    return Score(
        f"Coverage of the {percent} % interval",
        "share",
        "nominal",
        partial(covered, percent=percent),
        nominal=percent / 100,
        style="percent",
        digits=1,
        in_tables=in_tables,
    )


def _width(percent: int) -> Score:
    return Score(
        f"Width of the {percent} % interval",
        "% of the last price",
        "lower",
        partial(width, percent=percent),
        digits=2,
    )


class Metrics(Value):
    """Every score of one forecaster on one set of windows: over all steps, and step by step."""

    num_windows: int
    num_symbols: int
    horizon: int
    crps: Annotated[float, Score("CRPS", "% of log return", "lower", crps, in_tables=True)]
    pinball: Annotated[float, Score("Pinball loss", "% of log return", "lower", pinball)]
    mae: Annotated[
        float,
        Score(
            "Mean absolute error",
            "quoted currency",
            "lower",
            absolute_error,
            digits=3,
            in_tables=True,
        ),
    ]
    rmse: Annotated[
        float,
        Score(
            "Root mean square error",
            "quoted currency",
            "lower",
            squared_error,
            root_of_mean,
            _root_mean_square,
            digits=3,
        ),
    ]
    mape: Annotated[
        float, Score("Mean absolute percentage error", "%", "lower", percentage_error, digits=2)
    ]
    smape: Annotated[
        float, Score("Symmetric MAPE", "%", "lower", symmetric_percentage_error, digits=2)
    ]
    mase: Annotated[
        float,
        Score(
            "Mean absolute scaled error",
            "one-session moves",
            "lower",
            absolute_error,
            scaled_by_moves,
            digits=3,
            in_tables=True,
        ),
    ]
    r2_returns: Annotated[
        float, Score("R2 on returns", "share", "higher", squared_residual, share_explained)
    ]
    coverage_50: Annotated[float, _coverage(50)]
    coverage_80: Annotated[float, _coverage(80)]
    coverage_90: Annotated[float, _coverage(90, in_tables=True)]
    coverage_95: Annotated[float, _coverage(95)]
    width_50: Annotated[float, _width(50)]
    width_80: Annotated[float, _width(80)]
    width_90: Annotated[float, _width(90)]
    width_95: Annotated[float, _width(95)]
    hit_rate: Annotated[float, Score("Hit rate", "share", "higher", hit, style="percent", digits=1)]
    hit_rate_always_up: Annotated[
        float,
        Score(
            "Hit rate of always up",
            "share",
            "nominal",
            hit_of_always_up,
            style="percent",
            digits=1,
        ),
    ]
    per_step: dict[str, tuple[float, ...]]
    pit: tuple[float, ...]

    def score(self, name: str) -> float:
        """Return the overall value of one of `SCORES`."""
        return float(getattr(self, SCORES[name].name))


SCORES: dict[str, Score] = {
    name: replace(score, name=name)
    for name, field in Metrics.model_fields.items()
    for score in field.metadata
    if isinstance(score, Score)
}
"""By name, in the order of the fields."""

TABLE_SCORES: tuple[Score, ...] = tuple(each for each in SCORES.values() if each.in_tables)
"""Those that rankings show."""


@dataclass(frozen=True, eq=False)
class ScoreAccumulator:
    """Running sums of every score over the windows scored so far, of constant size.

    Sums add window after window, so they are the same to the last bit for any cut into blocks.
    """

    sums: dict[str, Float]
    """(symbols, horizon) by score."""
    below: Float
    """(bins - 1,) as `pit_below`."""

    @classmethod
    def empty(cls, truth: Truth) -> "ScoreAccumulator":
        """Return zero sums for the symbols and the horizon of these windows."""
        zeros = np.zeros((len(truth.names), truth.horizon))
        return cls(dict.fromkeys(SCORES, zeros), np.zeros(PIT_BINS - 1))

    def plus(self, scoring: ForecastBlock) -> "ScoreAccumulator":
        """Return the sums with the next block of windows added."""
        truth = scoring.truth
        cells = truth.symbols[:, None] * truth.horizon + np.arange(truth.horizon)
        sums = {
            name: _added(before, cells, SCORES[name].term(scoring))
            for name, before in self.sums.items()
        }
        return ScoreAccumulator(sums, self.below + pit_below(scoring))

    def joined(self, other: "ScoreAccumulator") -> "ScoreAccumulator":
        """Return the sums with those of other windows of the same symbols added."""
        sums = {name: each + other.sums[name] for name, each in self.sums.items()}
        return ScoreAccumulator(sums, self.below + other.below)

    def metrics(self, truth: Truth) -> Metrics:
        """Return the scores; `truth` holds the outcomes of all accumulated windows."""
        steps = {
            name: each.finish(SummedTerms(self.sums[name], truth)) for name, each in SCORES.items()
        }
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
    """Score one forecaster against the outcomes.

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
    accumulator = ScoreAccumulator.empty(truth)
    for each in in_blocks(quantiles, levels, truth):
        accumulator = accumulator.plus(each)
    return accumulator.metrics(truth)


def skill(score: float, naive: float) -> float:
    """Return the skill score against the naive forecast: ``1 - score / naive``.

    A naive score of 0 cannot be improved: 0 where it is equalled, -1 where it is not.

    >>> skill(0.75, 1.0)
    0.25
    """
    if naive == 0:
        return 0.0 if score == 0 else -1.0
    return 1 - score / naive
