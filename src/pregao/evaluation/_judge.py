"""Opening the test part: what a forecaster said, scored at once and kept small."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pregao.calendars import Sessions
from pregao.dataset import Dataset, Windows
from pregao.evaluation._quantiles import window_crps
from pregao.evaluation._scores import Metrics, score
from pregao.evaluation._truth import Float, Truth

if TYPE_CHECKING:
    from pregao.zoo import Forecaster


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


def judge(
    forecasters: Sequence["Forecaster"], datasets: Sequence[Dataset], *, levels: Sequence[float]
) -> Judged:
    """Score one forecaster a dataset, over the windows of all datasets together.

    This opens the sealed test part. One dataset holds pooled symbols; several hold a symbol each,
    with a forecaster fitted on it alone.
    """
    pairs = list(zip(forecasters, datasets, strict=True))
    return judge_quantiles(
        np.concatenate([each.quantiles(data.validation) for each, data in pairs]),
        np.concatenate([each.quantiles(data.sealed_test) for each, data in pairs]),
        truth_validation=truth_of([data.validation for data in datasets]),
        truth_test=truth_of([data.sealed_test for data in datasets]),
        levels=levels,
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
    return Judged(
        metrics=score(test, levels, truth_test),
        validation_crps=float(window_crps(validation, levels, truth_validation).mean()),
        loss=window_crps(test, levels, truth_test).mean(axis=1),
        sessions=truth_test.sessions,
        windows=f"{truth_validation.digest} {truth_test.digest}",
    )


def truth_of(parts: Sequence[Windows]) -> Truth:
    """Give what came after the windows of one or several datasets. Never give this to a model."""
    symbols = [symbol for part in parts for symbol in part.source.symbols]
    offsets = np.cumsum([0, *(len(part.source.symbols) for part in parts[:-1])])
    last_price = np.concatenate([part.last_price for part in parts])
    returns = np.concatenate([part.future_returns for part in parts])
    return Truth(
        symbols=np.concatenate(
            [part.symbol_index + offset for part, offset in zip(parts, offsets, strict=True)]
        ),
        names=tuple(str(symbol) for symbol in symbols),
        currencies=tuple(symbol.currency for symbol in symbols),
        sessions=np.concatenate([part.cutoffs for part in parts]),
        last_price=last_price,
        future_price=last_price[:, None] * np.exp(returns),
    )
