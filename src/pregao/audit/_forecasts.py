"""Forecasts of what was fitted before: the same for a window, whatever comes after it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pregao.audit._noise import NOISES, in_silence
from pregao.audit._result import Kind, Noise, Problem
from pregao.audit._subject import Subject
from pregao.audit._tracks import Seen, Track, moved
from pregao.dataset import Scaler, Windows, skipped_sessions
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices
from pregao.training import Fitted

Rows = NDArray[np.intp]
Speak = Callable[[Windows], NDArray[Any]]
"""What a forecaster says of windows: (n, ...)."""
Trial = tuple[np.datetime64, Noise]

_LAST = "network.last.weight"
_NUM_EACH_SIDE = 8
_MOST_SYMBOLS = 8


def voices_of(fitted: Fitted) -> dict[str, Speak]:
    """Return what a trained network says, and what it would say with a last layer at random.

    A network that learnt nothing has a last layer of zeros and says the same of every window,
    whatever its body looks at.
    """
    random = np.random.default_rng(0)
    last = fitted.state[_LAST]
    at_random = np.asarray(0.3 * random.standard_normal(last.shape), np.float32)
    shaken = replace(fitted, state={**fitted.state, _LAST: at_random})
    voices: dict[str, Speak] = {
        "network": fitted.quantiles,
        "network_at_random": shaken.quantiles,
    }
    if fitted.experiment.actions is not None:
        voices["actions"] = fitted.action_probabilities
        voices["actions_at_random"] = shaken.action_probabilities
    return voices


def examine_forecasts(
    subject: Subject, kind: Kind, voices: Mapping[str, Speak], scaler: Scaler, cutoffs: Sessions
) -> Iterator[Seen]:
    """Let forecasters speak of the same windows with other futures.

    Windows before and after a cutoff are in one batch: who looks at other windows of the batch
    moves too. With a truncated history only those up to the cutoff are, in both.
    """
    live = _live(subject, subject.prices, scaler)
    lookback = subject.experiment.lookback
    for cutoff in cutoffs:
        batch = _batch(live, cutoff, skip=skipped_sessions(scaler.features, lookback))
        known = live.source.sessions[batch] <= cutoff
        if not known.any():
            continue
        said: dict[tuple[str, int], Track] = {}
        for noise in NOISES:
            rows = batch[known] if noise == "truncated" else batch
            changed = _live(subject, subject.after(cutoff, noise), scaler)
            both = _both(live, changed, rows)
            for name, speak in voices.items():
                yield _seen(kind, name, speak, both, trial=(cutoff, noise), said=said)


def _seen(
    kind: Kind,
    name: str,
    speak: Speak,
    both: tuple[Windows, Windows],
    *,
    trial: Trial,
    said: dict[tuple[str, int], Track],
) -> Seen:
    """Compare what is said of both; what was said of the same windows before is remembered."""
    cutoff, noise = trial
    day = as_date(cutoff)
    key = (name, len(both[0]))
    try:
        before = said[key] if key in said else _track(speak, both[0])
        said[key], after = before, _track(speak, both[1])
        found = moved(before, after, cutoff, noise)
        again = _track(speak, both[0]) if found else before
    except Exception as error:  # noqa: BLE001 - the code of others may raise anything
        return Seen(kind, name, day, noise, "failed", reason=f"{type(error).__name__}: {error}")
    if found is None:
        return Seen(kind, name, day, noise)
    reproduced = moved(before, again, cutoff, noise) is None
    problem: Problem = "moved" if reproduced else "not_reproducible"
    return Seen(kind, name, day, noise, problem, found)


def _track(speak: Speak, windows: Windows) -> Track:
    with in_silence():
        return Track.of_windows(windows, speak(windows), windows.cutoffs)


def _live(subject: Subject, prices: list[Prices] | tuple[Prices, ...], scaler: Scaler) -> Windows:
    """Cut windows of all symbols that are long enough."""
    experiment = subject.experiment
    least = skipped_sessions(scaler.features, experiment.lookback) + 1
    enough = [each for each in prices if len(each) >= least]
    with in_silence():
        return subject.pipeline.live_windows(enough, experiment, scaler)


def _batch(live: Windows, cutoff: np.datetime64, *, skip: int) -> Rows:
    """Choose windows of each symbol: next to the cutoff on both sides, and farther away."""
    source = live.source
    symbols = range(min(len(source.symbols), _MOST_SYMBOLS))
    count = max(4, _NUM_EACH_SIDE // len(symbols))
    random = np.random.default_rng(int(cutoff.astype(np.int64)))
    chosen = []
    for symbol in symbols:
        own = source.rows_of(symbol)
        rows = np.arange(min(own.start + skip, own.stop), own.stop)
        known = source.sessions[rows] <= cutoff
        before, after = rows[known], rows[~known]
        for near, others in ((before[-count:], before[:-count]), (after[:count], after[count:])):
            far = random.permutation(others)[: count // 2]
            chosen += [near, far]
    return np.unique(np.concatenate(chosen))


def _both(live: Windows, changed: Windows, rows: Rows) -> tuple[Windows, Windows]:
    """Return the same windows of both histories; their symbols may begin in other rows."""
    before = replace(live, cutoff_rows=rows)
    places = {str(symbol): number for number, symbol in enumerate(changed.source.symbols)}
    shift = np.array(
        [
            changed.source.first_row_of[places[str(symbol)]] - first
            if str(symbol) in places
            else -len(live.source)
            for symbol, first in zip(live.source.symbols, live.source.first_row_of, strict=True)
        ]
    )
    moved_rows = rows + shift[before.symbol_index]
    there = moved_rows >= 0
    return replace(live, cutoff_rows=rows[there]), replace(changed, cutoff_rows=moved_rows[there])
