"""The audit of fits: retrain networks and refit baselines with other later prices."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pregao.audit._forecasts import Predict, audit_forecasts
from pregao.audit._noise import warnings_suppressed
from pregao.audit._result import Difference, Noise, Problem
from pregao.audit._series import Observation, Series, bitwise_equal, finite_or_none, first_change
from pregao.audit._subject import Milestones, Subject, target_ends
from pregao.dataset import Dataset
from pregao.errors import BaselineUnavailableError
from pregao.instruments import Sessions, as_date
from pregao.training import LEVELS, FittedNetwork
from pregao.zoo.baselines import Forecaster

_LEAST_TEST = 30
"""Test windows that a truncated history keeps, so that it can still be split."""
RETRAININGS: tuple[Noise, ...] = ("huge", "mirrored", "reversed", "truncated")
"""Noises to retrain with. Not ``scaled``: its leaks show with ``huge`` too, and each training costs
time."""
_REFITS: tuple[Noise, ...] = ("scaled", "truncated")
_NUM_COMPARED = 64


def retrain(subject: Subject, noise: Noise | None) -> FittedNetwork:
    """Train with other prices after the validation part; without noise on the real ones."""
    data = subject.dataset()
    if noise is not None:
        after = Milestones.from_dataset(data).validation
        data = _with_noise(subject, data, _cutoff(data, after, noise), noise)
    return subject.pipeline.train(subject.experiment, data)


def compare_trainings(
    subject: Subject, before: FittedNetwork, after: FittedNetwork, noise: Noise
) -> Observation:
    """Compare all results of two trainings: a dependence on the test part shows here."""
    data = subject.dataset()
    cutoff = _cutoff(data, Milestones.from_dataset(data).validation, noise)
    found = _first_difference(before, after, cutoff, noise)
    day = as_date(cutoff)
    if found is None:
        return Observation("training", "training", day, noise)
    again = _first_difference(before, retrain(subject, None), cutoff, noise)
    problem: Problem = "moved" if again is None else "not_reproducible"
    return Observation("training", "training", day, noise, problem, found)


def audit_baselines(
    subject: Subject, names: Sequence[str], cutoffs: Sessions
) -> Iterator[Observation]:
    """Refit baselines with other later prices, and audit the forecasts of the first fits."""
    data = subject.dataset()
    predictors: dict[str, Predict] = {}
    for name in names:
        try:
            fitted = _fit(subject, name, data)
        except BaselineUnavailableError as error:
            yield Observation("baseline", name, reason=str(error))
            continue
        predictors[name] = fitted.quantiles
        yield from _audit_refits(subject, name, data, fitted)
    yield from audit_forecasts(subject, "baseline", predictors, data.scaler, cutoffs)


def _audit_refits(
    subject: Subject, name: str, data: Dataset, fitted: Forecaster
) -> Iterator[Observation]:
    windows = data.validation.take(slice(0, _NUM_COMPARED))
    before = Series.from_windows(windows, fitted.quantiles(windows), windows.cutoffs)
    for noise in _REFITS:
        cutoff = _cutoff(data, Milestones.from_dataset(data).training, noise)
        again = _fit(subject, name, _with_noise(subject, data, cutoff, noise))
        after = Series.from_windows(windows, again.quantiles(windows), windows.cutoffs)
        found = first_change(before, after, windows.cutoffs.max(), noise)
        day = as_date(cutoff)
        found = found and found.replace(cutoff=day)
        yield Observation("baseline", f"{name}_fit", day, noise, "moved" if found else None, found)


def _fit(subject: Subject, name: str, data: Dataset) -> Forecaster:
    with warnings_suppressed():
        return subject.pipeline.baselines[name].fit(data.train, LEVELS, subject.experiment.seed)


def _cutoff(data: Dataset, after: np.datetime64, noise: Noise) -> np.datetime64:
    """Return the border; for a truncated history, the earliest later session that still splits."""
    if noise != "truncated":
        return after
    ends = np.sort(target_ends(data.sealed_test))
    last: np.datetime64 = ends[min(_LEAST_TEST, len(ends)) - 1]
    return last


def _with_noise(subject: Subject, data: Dataset, cutoff: np.datetime64, noise: Noise) -> Dataset:
    with warnings_suppressed():
        return subject.pipeline.make_dataset(
            subject.after(cutoff, noise), subject.experiment, data.borders
        )


def _first_difference(
    before: FittedNetwork, after: FittedNetwork, cutoff: np.datetime64, noise: Noise
) -> Difference | None:
    for (place, was), (_, now) in zip(_parts(before), _parts(after), strict=False):
        different = ~bitwise_equal(was, now)
        if different.any():
            where = np.unravel_index(int(np.argmax(different)), different.shape)
            return Difference(
                cutoff=as_date(cutoff),
                noise=noise,
                place=", ".join([place, *(str(each) for each in where)]),
                before=finite_or_none(was[where]),
                after=finite_or_none(now[where]),
            )
    return None


def _parts(fitted: FittedNetwork) -> Iterator[tuple[str, NDArray[np.generic]]]:
    """Yield the results of a training by name, in the order of their computation."""
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
