"""Fitting again with other futures: networks after validation, baselines after training."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pregao.audit._forecasts import Speak, examine_forecasts
from pregao.audit._noise import in_silence
from pregao.audit._result import Difference, Noise, Problem
from pregao.audit._subject import Milestones, Subject, ends_of
from pregao.audit._tracks import Seen, Track, moved, number, same
from pregao.dataset import Dataset
from pregao.errors import BaselineUnavailableError
from pregao.instruments import Sessions, as_date
from pregao.training import LEVELS, Fitted
from pregao.zoo.baselines import Forecaster

_LEAST_TEST = 30
"""Test windows that a truncated history keeps, so that it can be cut at all."""
RETRAININGS: tuple[Noise, ...] = ("huge", "mirrored", "reversed", "truncated")
"""Each costs a training; what scaled noise would show, huge values show too."""
_REFITS: tuple[Noise, ...] = ("scaled", "truncated")
_NUM_COMPARED = 64


def train_again(subject: Subject, noise: Noise | None) -> Fitted:
    """Train with another future after the validation part, or as it is."""
    data = subject.dataset()
    if noise is not None:
        after = Milestones.of(data).validation
        data = _refitted(subject, data, _cutoff(data, after, noise), noise)
    return subject.pipeline.train(subject.experiment, data)


def compare_trainings(subject: Subject, before: Fitted, after: Fitted, noise: Noise) -> Seen:
    """Compare all that a training leaves; early stopping that sees the test part shows here."""
    data = subject.dataset()
    cutoff = _cutoff(data, Milestones.of(data).validation, noise)
    found = _first_difference(before, after, cutoff, noise)
    day = as_date(cutoff)
    if found is None:
        return Seen("training", "training", day, noise)
    again = _first_difference(before, train_again(subject, None), cutoff, noise)
    problem: Problem = "moved" if again is None else "not_reproducible"
    return Seen("training", "training", day, noise, problem, found)


def examine_baselines(subject: Subject, names: Sequence[str], cutoffs: Sessions) -> Iterator[Seen]:
    """Fit baselines again with other futures, and let those that were fitted before speak."""
    data = subject.dataset()
    voices: dict[str, Speak] = {}
    for name in names:
        try:
            fitted = _fitted(subject, name, data)
        except BaselineUnavailableError as error:
            yield Seen("baseline", name, reason=str(error))
            continue
        voices[name] = fitted.quantiles
        yield from _refits(subject, name, data, fitted)
    yield from examine_forecasts(subject, "baseline", voices, data.scaler, cutoffs)


def _refits(subject: Subject, name: str, data: Dataset, fitted: Forecaster) -> Iterator[Seen]:
    windows = data.validation.take(slice(0, _NUM_COMPARED))
    before = Track.of_windows(windows, fitted.quantiles(windows), windows.cutoffs)
    for noise in _REFITS:
        cutoff = _cutoff(data, Milestones.of(data).training, noise)
        again = _fitted(subject, name, _refitted(subject, data, cutoff, noise))
        after = Track.of_windows(windows, again.quantiles(windows), windows.cutoffs)
        found = moved(before, after, windows.cutoffs.max(), noise)
        day = as_date(cutoff)
        found = found and found.replace(cutoff=day)
        yield Seen("baseline", f"{name}_fit", day, noise, "moved" if found else None, found)


def _fitted(subject: Subject, name: str, data: Dataset) -> Forecaster:
    with in_silence():
        return subject.pipeline.baselines[name].fit(data.train, LEVELS, subject.experiment.seed)


def _cutoff(data: Dataset, after: np.datetime64, noise: Noise) -> np.datetime64:
    """Return the border, or where bars are taken away, the first session after it that may be."""
    if noise != "truncated":
        return after
    ends = np.sort(ends_of(data.sealed_test))
    last: np.datetime64 = ends[min(_LEAST_TEST, len(ends)) - 1]
    return last


def _refitted(subject: Subject, data: Dataset, cutoff: np.datetime64, noise: Noise) -> Dataset:
    with in_silence():
        return subject.pipeline.make_dataset(
            subject.after(cutoff, noise), subject.experiment, data.borders
        )


def _first_difference(
    before: Fitted, after: Fitted, cutoff: np.datetime64, noise: Noise
) -> Difference | None:
    for (place, was), (_, now) in zip(_parts(before), _parts(after), strict=False):
        different = ~same(was, now)
        if different.any():
            where = np.unravel_index(int(np.argmax(different)), different.shape)
            return Difference(
                cutoff=as_date(cutoff),
                noise=noise,
                place=", ".join([place, *(str(each) for each in where)]),
                before=number(was[where]),
                after=number(now[where]),
            )
    return None


def _parts(fitted: Fitted) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Return what a training leaves, in the order in which it comes to be."""
    yield "scaler", np.array([fitted.scaler.center, fitted.scaler.scale])
    yield "anchor", fitted.anchor
    epochs = fitted.epochs
    for each in epochs:
        losses = np.array([each.train_loss, each.validation_loss])
        yield f"losses of epoch {each.number}", losses
    yield "number of epochs", np.array([len(epochs)])
    yield "best epoch", np.array([fitted.best_epoch])
    for name in sorted(fitted.state):
        yield f"weight {name}", fitted.state[name]
