"""The scores, one line each, and the value that holds them all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pregao.evaluation._quantiles import Scoring, pit_histogram
from pregao.evaluation._truth import Float, Truth
from pregao.values import Value

# A basis point: what a price that never moves is taken to move, so that MASE stays finite.
_LEAST_MOVE = 1e-4


@dataclass(frozen=True)
class Score:
    """How a forecast is judged: one number per step, pooled over windows and symbols."""

    name: str
    title: str
    unit: str
    better: Literal["lower", "higher", "nominal"]
    function: Callable[[Scoring], Float]
    """Gives (horizon,)."""
    overall: Callable[[Float], np.float64] = np.mean
    """Pools the steps, each of which has as many windows."""
    nominal: float | None = None


def _over_windows(values: Float | NDArray[np.bool_]) -> Float:
    return np.asarray(values.mean(axis=0), np.float64)


def mae(scoring: Scoring) -> Float:
    """Give the mean absolute error of the median; with several symbols the dear ones dominate."""
    return _over_windows(scoring.price_error)


def rmse(scoring: Scoring) -> Float:
    """Give the root mean square error of the median, pooled over windows as `mae`."""
    errors: Float = np.sqrt(_over_windows(scoring.price_error**2))
    return errors


def mape(scoring: Scoring) -> Float:
    """Give the mean absolute error in percent of the price that came, over all windows."""
    return 100 * _over_windows(scoring.price_error / scoring.truth.future_price)


def smape(scoring: Scoring) -> Float:
    """Give the mean absolute error in percent of the mean of both prices, 0 to 200."""
    return 200 * _over_windows(scoring.price_error / (scoring.price + scoring.truth.future_price))


def mase(scoring: Scoring) -> Float:
    """Give the absolute error over the mean one-session move of the symbol, averaged over symbols.

    The move is that of the scored windows themselves, so that the random walk has 1 at step 1.

    References
    ----------
    Hyndman, Koehler (2006), Another look at measures of forecast accuracy, International Journal
    of Forecasting 22(4); there the scale comes from the training part.
    """
    truth = scoring.truth
    moves = np.abs(truth.future_price[:, 0] - truth.last_price)
    ratios = []
    for symbol in np.unique(truth.symbols):
        own = truth.symbols == symbol
        scale = max(moves[own].mean(), _LEAST_MOVE * truth.last_price[own].mean())
        ratios.append(_over_windows(scoring.price_error[own]) / scale)
    return np.asarray(np.mean(ratios, axis=0), np.float64)


def r2_returns(scoring: Scoring) -> Float:
    """Give the share of the variance of cumulative log returns that the median explains.

    Of returns, not of prices: there the last price alone reaches 0.98 and more. 0 where nothing
    moved.
    """
    came = scoring.returns
    residual = ((came - scoring.median) ** 2).sum(axis=0)
    total = ((came - came.mean(axis=0)) ** 2).sum(axis=0)
    return np.where(total > 0, 1 - residual / np.where(total > 0, total, 1.0), 0.0)


def pinball(scoring: Scoring) -> Float:
    """Give the pinball loss in percent of log return, averaged over levels as they are."""
    return np.asarray(scoring.pinball.mean(axis=(0, 2)), np.float64)


def crps(scoring: Scoring) -> Float:
    """Give the continuous ranked probability score in percent of log return (`window_crps`)."""
    return _over_windows(scoring.crps)


def coverage(scoring: Scoring, percent: int) -> Float:
    """Give the share of outcomes within the central interval, its ends included."""
    low, high = scoring.interval(percent)
    return _over_windows((low <= scoring.returns) & (scoring.returns <= high))


def width(scoring: Scoring, percent: int) -> Float:
    """Give the mean width of the central interval of prices, in percent of the last price."""
    low, high = scoring.interval(percent)
    return 100 * _over_windows(np.exp(high) - np.exp(low))


def hit_rate(scoring: Scoring) -> Float:
    """Give the share of directions right: up where the forecast gives it more than one half.

    That is a median above the last price. A median at the last price has no direction, nor has a
    price that did not move: both count one half.
    """
    return _over_windows((1 + np.sign(scoring.median) * np.sign(scoring.returns)) / 2)


def hit_rate_always_up(scoring: Scoring) -> Float:
    """Give the hit rate of whoever always says up, on the same windows."""
    return _over_windows((1 + np.sign(scoring.returns)) / 2)


def _root_mean_square(steps: Float) -> np.float64:
    return np.float64(np.sqrt(np.mean(steps**2)))


def _coverage_score(percent: int) -> Score:
    return Score(
        f"coverage_{percent}",
        f"Coverage of the {percent} % interval",
        "share",
        "nominal",
        partial(coverage, percent=percent),
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
        Score("mae", "Mean absolute error", "quoted currency", "lower", mae),
        Score(
            "rmse", "Root mean square error", "quoted currency", "lower", rmse, _root_mean_square
        ),
        Score("mape", "Mean absolute percentage error", "%", "lower", mape),
        Score("smape", "Symmetric MAPE", "%", "lower", smape),
        Score("mase", "Mean absolute scaled error", "one-session moves", "lower", mase),
        Score("r2_returns", "R2 on returns", "share", "higher", r2_returns),
        _coverage_score(50),
        _coverage_score(80),
        _coverage_score(90),
        _coverage_score(95),
        _width_score(50),
        _width_score(80),
        _width_score(90),
        _width_score(95),
        Score("hit_rate", "Hit rate", "share", "higher", hit_rate),
        Score(
            "hit_rate_always_up", "Hit rate of always up", "share", "nominal", hit_rate_always_up
        ),
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
    scoring = Scoring(quantiles, tuple(levels), truth)
    steps = {name: each.function(scoring) for name, each in SCORES.items()}
    overall = {name: float(each.overall(steps[name])) for name, each in SCORES.items()}
    return Metrics.model_validate(
        {
            **overall,
            "num_windows": len(truth),
            "num_symbols": len(np.unique(truth.symbols)),
            "horizon": truth.horizon,
            "per_step": {name: tuple(values.tolist()) for name, values in steps.items()},
            "pit": pit_histogram(scoring),
        }
    )


def skill(score: float, naive: float) -> float:
    """Give the share of the naive score that is saved: ``1 - score / naive``.

    A naive score of 0 cannot be beaten: 0 where it is equalled, -1 where it is not.

    >>> skill(0.75, 1.0)
    0.25
    """
    if naive == 0:
        return 0.0 if score == 0 else -1.0
    return 1 - score / naive
