"""Opening the test part: what a forecaster said, scored at once and kept small."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pregao.dataset import Dataset, Windows
from pregao.instruments import Sessions
from pregao.scores._outcomes import Float, Truth, joined
from pregao.scores._quantiles import WINDOWS_AT_ONCE, Scoring, blocks, in_blocks
from pregao.scores._scores import Metrics, Tally

if TYPE_CHECKING:
    from pregao.zoo.baselines import Forecaster


@dataclass(frozen=True, eq=False)
class Judged:
    """Scores of one forecaster, with the losses that a comparison tests."""

    metrics: Metrics
    """Of the test part."""
    validation_crps: float
    loss: Float
    """(n,) test CRPS of each window, averaged over steps."""
    sessions: Sessions
    """(n,) the cutoff of each test window."""
    windows: str
    """Which validation and test windows these are: a digest of what came."""
    tally: Tally
    """The sums behind the metrics, to which those of other folds can be added."""


def judge(
    forecasters: Sequence["Forecaster"],
    datasets: Sequence[Dataset],
    *,
    levels: Sequence[float],
    served: Sequence["Forecaster"] | None = None,
    windows_at_once: int = WINDOWS_AT_ONCE,
) -> Judged:
    """Score one forecaster a dataset, over the windows of all datasets together.

    This opens the sealed test parts. One dataset holds one symbol, or several pooled; several are
    the folds of a walk-forward, or a symbol each, with a forecaster fitted on it alone.

    `served` are asked about the test part in their place, such as the same forecasters with their
    ranges calibrated on validation.

    A forecaster is asked for some windows at a time, as the quantiles of all windows of a large
    pool do not fit into memory. Scores are the same to the last bit however many those are.
    """
    validation = [data.validation for data in datasets]
    test = [data.sealed_test for data in datasets]
    truth_validation, truth_test = truth_of(validation), truth_of(test)
    asked = partial(_asked, levels=tuple(levels), windows_at_once=windows_at_once)
    return _judged(
        asked(forecasters, validation, truth_validation),
        asked(served or forecasters, test, truth_test),
        truth_validation=truth_validation,
        truth_test=truth_test,
    )


def judge_quantiles(
    validation: Float,
    test: Float,
    *,
    truth_validation: Truth,
    truth_test: Truth,
    levels: Sequence[float],
) -> Judged:
    """Score (n, horizon, levels) quantiles of the cumulative log return of both parts."""
    return _judged(
        in_blocks(validation, levels, truth_validation),
        in_blocks(test, levels, truth_test),
        truth_validation=truth_validation,
        truth_test=truth_test,
    )


def _asked(
    forecasters: Sequence["Forecaster"],
    parts: Sequence[Windows],
    truth: Truth,
    *,
    levels: tuple[float, ...],
    windows_at_once: int,
) -> Iterator[Scoring]:
    """Ask for the quantiles of one block of windows after the other."""
    first = 0
    for forecaster, part in zip(forecasters, parts, strict=True):
        came = truth.take(slice(first, first + len(part)))
        for block in blocks(len(part), windows_at_once):
            yield Scoring(forecaster.quantiles(part.take(block)), levels, came.take(block))
        first += len(part)


def _judged(
    validation: Iterable[Scoring],
    test: Iterable[Scoring],
    *,
    truth_validation: Truth,
    truth_test: Truth,
) -> Judged:
    validation_loss = np.concatenate([each.loss for each in validation])
    tally, loss = Tally.empty(truth_test), []
    for each in test:
        tally = tally.plus(each)
        loss.append(each.loss)
    return Judged(
        metrics=tally.metrics(truth_test),
        validation_crps=float(validation_loss.mean()),
        loss=np.concatenate(loss),
        sessions=truth_test.sessions,
        windows=f"{truth_validation.digest} {truth_test.digest}",
        tally=tally,
    )


def pooled(folds: Sequence[Judged], truth: Truth) -> Judged:
    """Put one forecaster's folds of a walk-forward together, refitted before each as it was.

    Parameters
    ----------
    folds
        In the order of time, of the same symbols in the same order.
    truth
        Of the test windows of all folds (`truth_of`).

    What was chosen was chosen on the first fold's validation part: those of later folds are test
    parts of the folds before.
    """
    tally = folds[0].tally
    for each in folds[1:]:
        tally = tally.joined(each.tally)
    return Judged(
        metrics=tally.metrics(truth),
        validation_crps=folds[0].validation_crps,
        loss=np.concatenate([each.loss for each in folds]),
        sessions=truth.sessions,
        windows=" | ".join(each.windows for each in folds),
        tally=tally,
    )


def truth_of(parts: Sequence[Windows]) -> Truth:
    """Give what came after the windows of one or several datasets. Never give this to a model.

    A symbol that several datasets have, as folds do, is one symbol.
    """
    return joined([_came_after(part) for part in parts])


def _came_after(part: Windows) -> Truth:
    last_price, future_price = part.last_price, part.future_returns
    # In place: of a large pool there should be one such array at a time.
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
