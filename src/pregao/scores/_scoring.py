"""Score forecasters on the sealed test part: scores and losses of each, with little memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pregao.dataset import Dataset, Windows
from pregao.instruments import Sessions
from pregao.scores._outcomes import Float, Truth, concatenate_truths
from pregao.scores._quantiles import WINDOWS_AT_ONCE, ForecastBlock, blocks, in_blocks
from pregao.scores._scores import Metrics, ScoreAccumulator

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster


@dataclass(frozen=True, eq=False)
class ScoredForecasts:
    """Scores of one forecaster, and the losses by window that its tests compare."""

    metrics: Metrics
    """Of the test part."""
    validation_crps: float
    loss: Float
    """(n,) test CRPS of each window, averaged over steps."""
    sessions: Sessions
    """(n,) the cutoff of each test window."""
    windows: str
    """Digests of the validation and the test outcomes: which windows were scored."""
    accumulator: ScoreAccumulator
    """The sums behind the scores, to which those of other folds can be added."""

    @classmethod
    def from_blocks(
        cls,
        validation: Iterable[ForecastBlock],
        test: Iterable[ForecastBlock],
        *,
        truth_validation: Truth,
        truth_test: Truth,
    ) -> "ScoredForecasts":
        """Score the forecasts of both parts, one block of windows at a time."""
        validation_loss = np.concatenate([each.loss for each in validation])
        accumulator, loss = ScoreAccumulator.empty(truth_test), []
        for each in test:
            accumulator = accumulator.plus(each)
            loss.append(each.loss)
        return cls(
            metrics=accumulator.metrics(truth_test),
            validation_crps=float(validation_loss.mean()),
            loss=np.concatenate(loss),
            sessions=truth_test.sessions,
            windows=f"{truth_validation.digest} {truth_test.digest}",
            accumulator=accumulator,
        )


def score_forecasters(
    forecasters: Sequence["Forecaster"],
    datasets: Sequence[Dataset],
    *,
    levels: Sequence[float],
    served: Sequence["Forecaster"] | None = None,
    windows_at_once: int = WINDOWS_AT_ONCE,
) -> ScoredForecasts:
    """Score one forecaster for each dataset, over the windows of all datasets together.

    This opens the sealed test parts. A dataset holds one symbol, or several pooled; several
    datasets are the folds of a walk-forward, or one symbol each, each with a forecaster of its own.

    Parameters
    ----------
    served
        Forecast the test part in place of `forecasters`, such as the same forecasters with
        intervals calibrated on validation.
    windows_at_once
        Windows forecast at a time: the quantiles of all windows of a large pool do not fit into
        memory. Scores are the same to the last bit for any number.
    """
    validation = [data.validation for data in datasets]
    test = [data.sealed_test for data in datasets]
    truth_validation, truth_test = observed_outcomes(validation), observed_outcomes(test)
    forecast = partial(_forecast, levels=tuple(levels), windows_at_once=windows_at_once)
    return ScoredForecasts.from_blocks(
        forecast(forecasters, validation, truth_validation),
        forecast(served or forecasters, test, truth_test),
        truth_validation=truth_validation,
        truth_test=truth_test,
    )


def score_quantiles(
    validation: Float,
    test: Float,
    *,
    truth_validation: Truth,
    truth_test: Truth,
    levels: Sequence[float],
) -> ScoredForecasts:
    """Score (n, horizon, levels) quantiles of the cumulative log return of both parts."""
    return ScoredForecasts.from_blocks(
        in_blocks(validation, levels, truth_validation),
        in_blocks(test, levels, truth_test),
        truth_validation=truth_validation,
        truth_test=truth_test,
    )


def _forecast(
    forecasters: Sequence["Forecaster"],
    parts: Sequence[Windows],
    truth: Truth,
    *,
    levels: tuple[float, ...],
    windows_at_once: int,
) -> Iterator[ForecastBlock]:
    """Forecast one block of windows after the other."""
    first = 0
    for forecaster, part in zip(forecasters, parts, strict=True):
        outcomes = truth.take(slice(first, first + len(part)))
        for block in blocks(len(part), windows_at_once):
            yield ForecastBlock(
                forecaster.quantiles(part.take(block)), levels, outcomes.take(block)
            )
        first += len(part)


def pool_folds(folds: Sequence[ScoredForecasts], truth: Truth) -> ScoredForecasts:
    """Pool the folds of a walk-forward of one forecaster, refitted before each.

    The validation CRPS is that of the first fold: the validation parts of later folds are test
    parts of earlier ones, so that nothing may be chosen on them.

    Parameters
    ----------
    folds
        In the order of time, of the same symbols in the same order.
    truth
        The outcomes of the test windows of all folds (`observed_outcomes`).
    """
    accumulator = folds[0].accumulator
    for each in folds[1:]:
        accumulator = accumulator.joined(each.accumulator)
    return ScoredForecasts(
        metrics=accumulator.metrics(truth),
        validation_crps=folds[0].validation_crps,
        loss=np.concatenate([each.loss for each in folds]),
        sessions=truth.sessions,
        windows=" | ".join(each.windows for each in folds),
        accumulator=accumulator,
    )


def observed_outcomes(parts: Sequence[Windows]) -> Truth:
    """Return the outcomes of the windows of one or several datasets. Never give them to a model.

    A symbol that several datasets share, as folds do, is one symbol.
    """
    return concatenate_truths([_outcomes(part) for part in parts])


def _outcomes(part: Windows) -> Truth:
    last_price, future_price = part.last_price, part.future_returns
    # In place: of a large pool only one such array fits into memory.
    np.exp(future_price, out=future_price)
    future_price *= last_price[:, None]
    symbols = part.source.symbols
    return Truth(
        symbols=part.symbol_index,
        names=tuple(str(symbol) for symbol in symbols),
        currencies=tuple(symbol.currency for symbol in symbols),
        sessions=part.cutoffs,
        last_price=last_price,
        future_price=future_price,
    )
