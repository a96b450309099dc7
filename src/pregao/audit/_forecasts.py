"""The audit of forecasts: a fitted forecaster's output must not depend on later prices."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pregao.audit._noise import NOISES, warnings_suppressed
from pregao.audit._result import Kind, Noise, Problem
from pregao.audit._series import Observation, Series, first_change
from pregao.audit._subject import Subject
from pregao.dataset import Scaler, Windows, skipped_sessions
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices
from pregao.training import FittedNetwork

Rows = NDArray[np.intp]
Predict = Callable[[Windows], NDArray[Any]]
"""Returns the forecasts of windows: (n, ...)."""
Disturbance = tuple[np.datetime64, Noise]

_LAST = "network.last.weight"
_NUM_EACH_SIDE = 8
_MOST_SYMBOLS = 8


def predictors_of(fitted: FittedNetwork) -> dict[str, Predict]:
    """Return the predictors of a trained network, as it is and with a random last layer.

    An untrained network has a last layer of zeros, so its forecasts do not depend on its body, and
    a leak there would be invisible.
    """
    random = np.random.default_rng(0)
    last = fitted.state[_LAST]
    at_random = np.asarray(0.3 * random.standard_normal(last.shape), np.float32)
    randomised = replace(fitted, state={**fitted.state, _LAST: at_random})
    predictors: dict[str, Predict] = {
        "network": fitted.quantiles,
        "network_at_random": randomised.quantiles,
    }
    if fitted.experiment.actions is not None:
        predictors["actions"] = fitted.action_probabilities
        predictors["actions_at_random"] = randomised.action_probabilities
    return predictors


def audit_forecasts(
    subject: Subject,
    kind: Kind,
    predictors: Mapping[str, Predict],
    scaler: Scaler,
    cutoffs: Sessions,
) -> Iterator[Observation]:
    """Forecast the same windows with other prices after each cutoff, and compare.

    Windows before and after a cutoff form one batch, so that a dependence on other windows of the
    batch shows too. With a truncated history both batches hold the windows up to the cutoff.
    """
    live = _live(subject, subject.prices, scaler)
    lookback = subject.experiment.lookback
    for cutoff in cutoffs:
        batch = _batch(live, cutoff, skip=skipped_sessions(scaler.features, lookback))
        known = live.source.sessions[batch] <= cutoff
        if not known.any():
            continue
        cached: dict[tuple[str, int], Series] = {}
        for noise in NOISES:
            rows = batch[known] if noise == "truncated" else batch
            changed = _live(subject, subject.after(cutoff, noise), scaler)
            both = _same_windows(live, changed, rows)
            for name, predict in predictors.items():
                yield _observe(
                    kind, name, predict, both, disturbance=(cutoff, noise), cached=cached
                )


def _observe(
    kind: Kind,
    name: str,
    predict: Predict,
    both: tuple[Windows, Windows],
    *,
    disturbance: Disturbance,
    cached: dict[tuple[str, int], Series],
) -> Observation:
    """Compare the forecasts of both histories; those of the real one are cached in `cached`."""
    cutoff, noise = disturbance
    day = as_date(cutoff)
    key = (name, len(both[0]))
    try:
        before = cached[key] if key in cached else _series(predict, both[0])
        cached[key], after = before, _series(predict, both[1])
        found = first_change(before, after, cutoff, noise)
        again = _series(predict, both[0]) if found else before
    except Exception as error:  # noqa: BLE001 - plug-in code may raise anything
        return Observation(
            kind, name, day, noise, "failed", reason=f"{type(error).__name__}: {error}"
        )
    if found is None:
        return Observation(kind, name, day, noise)
    reproduced = first_change(before, again, cutoff, noise) is None
    problem: Problem = "moved" if reproduced else "not_reproducible"
    return Observation(kind, name, day, noise, problem, found)


def _series(predict: Predict, windows: Windows) -> Series:
    with warnings_suppressed():
        return Series.from_windows(windows, predict(windows), windows.cutoffs)


def _live(subject: Subject, prices: list[Prices] | tuple[Prices, ...], scaler: Scaler) -> Windows:
    """Return the windows of all symbols with enough sessions."""
    experiment = subject.experiment
    least = skipped_sessions(scaler.features, experiment.lookback) + 1
    enough = [each for each in prices if len(each) >= least]
    with warnings_suppressed():
        return subject.pipeline.live_windows(enough, experiment, scaler)


def _batch(live: Windows, cutoff: np.datetime64, *, skip: int) -> Rows:
    """Choose windows of each symbol: next to the cutoff on both sides, and farther away."""
    source = live.source
    symbols = range(min(len(source.symbols), _MOST_SYMBOLS))
    count = max(4, _NUM_EACH_SIDE // len(symbols))
    random = np.random.default_rng(int(cutoff.astype(np.int64)) % 2**32)  # negative before 1970
    chosen = []
    for symbol in symbols:
        own = source.symbol_rows(symbol)
        rows = np.arange(min(own.start + skip, own.stop), own.stop)
        known = source.sessions[rows] <= cutoff
        before, after = rows[known], rows[~known]
        for near, others in ((before[-count:], before[:-count]), (after[:count], after[count:])):
            far = random.permutation(others)[: count // 2]
            chosen += [near, far]
    return np.unique(np.concatenate(chosen))


def _same_windows(live: Windows, changed: Windows, rows: Rows) -> tuple[Windows, Windows]:
    """Return the same windows of both histories, whose symbols may begin at other rows."""
    before = replace(live, cutoff_rows=rows)
    places = {str(symbol): number for number, symbol in enumerate(changed.source.symbols)}
    shift = np.array(
        [
            changed.source.symbol_starts[places[str(symbol)]] - first
            if str(symbol) in places
            else -len(live.source)
            for symbol, first in zip(live.source.symbols, live.source.symbol_starts, strict=True)
        ]
    )
    shifted_rows = rows + shift[before.symbol_index]
    exists = shifted_rows >= 0
    return replace(live, cutoff_rows=rows[exists]), replace(
        changed, cutoff_rows=shifted_rows[exists]
    )
