"""The audit of datasets: market series, split, scaler, inputs, targets and anchor."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from pregao.audit._noise import NOISES, warnings_suppressed
from pregao.audit._result import Difference, Kind, Noise, Problem
from pregao.audit._series import (
    Array,
    Observation,
    Series,
    bitwise_equal,
    finite_or_none,
    first_change,
)
from pregao.audit._subject import Milestones, Subject, target_ends
from pregao.dataset import SIGMA_WARMUP_SESSIONS, Dataset
from pregao.errors import HistoryTooShortError, PluginError, SplitError
from pregao.instruments import Sessions, as_date
from pregao.training import action_targets

COMES_AFTER = "targets_come_after"
_EVER = np.datetime64("9999-12-31")


@dataclass(frozen=True)
class Probe:
    """One audited item of a dataset."""

    kind: Kind
    name: str
    series: Callable[[Subject, Dataset], Series]
    is_by_date: bool = False
    """Whether it depends on sessions alone, so that noise must not change any of it."""
    applies: Callable[[Subject], bool] = lambda _: True
    noises: tuple[Noise, ...] = tuple(NOISES)


def _market(name: str) -> Probe:
    return Probe("market", name, lambda _, data: _rows(data, getattr(data.live.source, name)))


def _sigma(_: Subject, data: Dataset) -> Series:
    """Return sigma from its warm-up on; windows never use earlier values."""
    series = _rows(data, data.live.sigma)
    source = data.live.source
    first_row = source.symbol_starts[
        np.searchsorted(source.symbol_starts, np.arange(len(source)), "right") - 1
    ]
    return series.take(np.arange(len(source)) - first_row >= SIGMA_WARMUP_SESSIONS)


def _rows(data: Dataset, values: Array) -> Series:
    return Series.from_sessions(data.live, values)


def _split(_: Subject, data: Dataset) -> Series:
    """Return the number of each window's part, by cutoff."""
    parts = (data.train, data.validation, data.sealed_test)
    series_by_part = [
        Series.from_windows(part, np.full(len(part), number), target_ends(part))
        for number, part in enumerate(parts)
    ]
    return _joined(series_by_part)


def _joined(series_by_part: list[Series]) -> Series:
    columns = zip(
        *((t.values, t.symbols, t.sessions, t.known) for t in series_by_part), strict=True
    )
    values, symbols, sessions, known = (np.concatenate(each) for each in columns)
    return Series(values, symbols, sessions, known)


def _scaler(_: Subject, data: Dataset) -> Series:
    values = np.array([data.scaler.center, data.scaler.scale])
    return Series.single(values, Milestones.from_dataset(data).scaler)


def _inputs(_: Subject, data: Dataset) -> Series:
    """Return scaled features, which are known no earlier than the scaler."""
    series = _rows(data, data.live.table)
    known = np.maximum(series.known, Milestones.from_dataset(data).scaler)
    return Series(series.values, series.symbols, series.sessions, known)


def _targets(subject: Subject, data: Dataset) -> Series:
    parts = (data.train, data.validation, data.sealed_test)
    targets = subject.pipeline.targets
    known = [target_ends(part) for part in parts]
    if subject.experiment.target == "close":  # a scaled close is known when the scaler is
        known = [np.maximum(each, Milestones.from_dataset(data).scaler) for each in known]
    return _joined(
        [
            Series.from_windows(part, targets(subject.experiment, part), each)
            for part, each in zip(parts, known, strict=True)
        ]
    )


def _labels(subject: Subject, data: Dataset) -> Series:
    parts = (data.train, data.validation, data.sealed_test)
    return _joined(
        [
            Series.from_windows(part, action_targets(subject.experiment, part), target_ends(part))
            for part in parts
        ]
    )


def _anchor(subject: Subject, data: Dataset) -> Series:
    fitted = subject.pipeline.train(subject.experiment.replace(epochs=0), data)
    return Series.single(fitted.anchor, Milestones.from_dataset(data).training)


PROBES: Mapping[str, Probe] = {
    probe.name: probe
    for probe in (
        *map(_market, ("returns", "realised_variance", "close", "rule_actions")),
        Probe("market", "sigma", _sigma),
        Probe("split", "split", _split, is_by_date=True),
        Probe("scaler", "scaler", _scaler),
        Probe("scaler", "inputs", _inputs),
        Probe("target", "targets", _targets),
        Probe(
            "target", "labels", _labels, applies=lambda each: each.experiment.actions is not None
        ),
        # Each comparison sets up a training, and quantiles are insensitive to order and sign.
        Probe("anchor", "anchor", _anchor, noises=("scaled", "truncated")),
    )
}


def audit_windows(subject: Subject, cutoffs: Sessions) -> Iterator[Observation]:
    """Recompute the dataset with other prices after each cutoff, and compare what is known."""
    data = subject.dataset()
    probes = [each for each in PROBES.values() if each.applies(subject)]
    series_by_part = {probe.name: probe.series(subject, data) for probe in probes}
    for cutoff in cutoffs:
        for noise in NOISES:
            try:
                changed = _disturbed_dataset(subject, data, cutoff, noise)
            except PluginError as error:
                yield Observation(
                    "market", "windows", as_date(cutoff), noise, "failed", reason=str(error)
                )
                continue
            if changed is None:
                continue
            for probe in probes:
                yield from _compare(
                    subject, probe, series_by_part[probe.name], changed, cutoff=cutoff, noise=noise
                )
            if noise == "scaled":
                yield from _check_targets(subject, series_by_part["targets"], changed, cutoff)


def _compare(
    subject: Subject,
    probe: Probe,
    before: Series,
    changed: Dataset,
    *,
    cutoff: np.datetime64,
    noise: Noise,
) -> Iterator[Observation]:
    until = _EVER if probe.is_by_date and noise != "truncated" else cutoff
    if noise not in probe.noises or not (before.known <= until).any():
        return  # not fitted yet at this cutoff
    found = first_change(before, probe.series(subject, changed), until, noise)
    if found is not None:
        found = found.replace(cutoff=as_date(cutoff))
    problem: Problem | None = "moved" if found else None
    yield Observation(probe.kind, probe.name, as_date(cutoff), noise, problem, found)


def _check_targets(
    subject: Subject, before: Series, changed: Dataset, cutoff: np.datetime64
) -> Iterator[Observation]:
    """Check that every step of a target changes when all prices after its cutoff do.

    A target that is known at its own cutoff is shifted into the past.
    """
    after = _targets(subject, changed)
    here = before.take(before.sessions == cutoff)
    there = after.take(after.sessions == cutoff)
    if not len(here.values) or len(here.values) != len(there.values):
        return
    stays = np.argwhere(bitwise_equal(here.values, there.values))
    day = as_date(cutoff)
    if not len(stays):
        yield Observation("target", COMES_AFTER, day, "scaled")
        return
    row, step = stays[0].tolist()
    known = Difference(
        cutoff=day,
        noise="scaled",
        symbol=str(here.symbols[row]),
        session=day,
        place=str(step),
        before=finite_or_none(here.values[row, step]),
        after=finite_or_none(there.values[row, step]),
    )
    yield Observation("target", COMES_AFTER, day, "scaled", "known", known)


def _disturbed_dataset(
    subject: Subject, data: Dataset, cutoff: np.datetime64, noise: Noise
) -> Dataset | None:
    """Make the dataset of disturbed prices; return None if a part would have too few windows.

    A truncated history is split at the borders of the real one, as fractions of it would differ.
    """
    prices = subject.after(cutoff, noise)
    make = subject.pipeline.make_dataset
    with warnings_suppressed():
        if noise != "truncated":
            return make(prices, subject.experiment, subject.experiment.split)
        try:
            return make(prices, subject.experiment, data.borders)
        except (HistoryTooShortError, SplitError):
            return None
