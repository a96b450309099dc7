"""What windows are made of: the market, the parts, the scaler, the inputs, the targets."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from pregao.audit._noise import NOISES, in_silence
from pregao.audit._result import Difference, Kind, Noise, Problem
from pregao.audit._subject import Milestones, Subject, ends_of
from pregao.audit._tracks import Array, Seen, Track, moved, number, same
from pregao.dataset import SIGMA_WARMUP_SESSIONS, Dataset
from pregao.errors import HistoryTooShortError, PluginError, SplitError
from pregao.instruments import Sessions, as_date
from pregao.training import action_labels

COMES_AFTER = "targets_come_after"
_EVER = np.datetime64("9999-12-31")


@dataclass(frozen=True)
class Probe:
    """One thing to look at in a dataset."""

    kind: Kind
    name: str
    track: Callable[[Subject, Dataset], Track]
    is_by_date: bool = False
    """Whether it depends on nothing but sessions, so that no noise may move any of it."""
    applies: Callable[[Subject], bool] = lambda _: True
    noises: tuple[Noise, ...] = tuple(NOISES)


def _market(name: str) -> Probe:
    return Probe("market", name, lambda _, data: _rows(data, getattr(data.live.source, name)))


def _sigma(_: Subject, data: Dataset) -> Track:
    """Return sigma from its warm-up on; before that it averages too few returns."""
    track = _rows(data, data.live.sigma)
    source = data.live.source
    first_row = source.first_row_of[
        np.searchsorted(source.first_row_of, np.arange(len(source)), "right") - 1
    ]
    return track.take(np.arange(len(source)) - first_row >= SIGMA_WARMUP_SESSIONS)


def _rows(data: Dataset, values: Array) -> Track:
    return Track.of_rows(data.live, values)


def _split(_: Subject, data: Dataset) -> Track:
    """Return every window's cutoff, and its part's number beside it."""
    parts = (data.train, data.validation, data.sealed_test)
    tracks = [
        Track.of_windows(part, np.full(len(part), number), ends_of(part))
        for number, part in enumerate(parts)
    ]
    return _joined(tracks)


def _joined(tracks: list[Track]) -> Track:
    columns = zip(*((t.values, t.symbols, t.sessions, t.known) for t in tracks), strict=True)
    values, symbols, sessions, known = (np.concatenate(each) for each in columns)
    return Track(values, symbols, sessions, known)


def _scaler(_: Subject, data: Dataset) -> Track:
    values = np.array([data.scaler.center, data.scaler.scale])
    return Track.once(values, Milestones.of(data).scaler)


def _inputs(_: Subject, data: Dataset) -> Track:
    """Return scaled features, which are known when the scaler is."""
    track = _rows(data, data.live.table)
    known = np.maximum(track.known, Milestones.of(data).scaler)
    return Track(track.values, track.symbols, track.sessions, known)


def _targets(subject: Subject, data: Dataset) -> Track:
    parts = (data.train, data.validation, data.sealed_test)
    taught = subject.pipeline.targets
    known = [ends_of(part) for part in parts]
    if subject.experiment.target == "close":  # a scaled close is known when the scaler is
        known = [np.maximum(each, Milestones.of(data).scaler) for each in known]
    return _joined(
        [
            Track.of_windows(part, taught(subject.experiment, part), each)
            for part, each in zip(parts, known, strict=True)
        ]
    )


def _labels(subject: Subject, data: Dataset) -> Track:
    parts = (data.train, data.validation, data.sealed_test)
    return _joined(
        [
            Track.of_windows(part, action_labels(subject.experiment, part), ends_of(part))
            for part in parts
        ]
    )


def _anchor(subject: Subject, data: Dataset) -> Track:
    fitted = subject.pipeline.train(subject.experiment.replace(epochs=0), data)
    return Track.once(fitted.anchor, Milestones.of(data).training)


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
        # Each look sets a training up, and an order or a sign would not show in all quantiles.
        Probe("anchor", "anchor", _anchor, noises=("scaled", "truncated")),
    )
}


def examine_windows(subject: Subject, cutoffs: Sessions) -> Iterator[Seen]:
    """Cut the windows again with other futures, and compare all that is known at each cutoff."""
    data = subject.dataset()
    probes = [each for each in PROBES.values() if each.applies(subject)]
    tracks = {probe.name: probe.track(subject, data) for probe in probes}
    for cutoff in cutoffs:
        for noise in NOISES:
            try:
                changed = _changed(subject, data, cutoff, noise)
            except PluginError as error:
                yield Seen("market", "windows", as_date(cutoff), noise, "failed", reason=str(error))
                continue
            if changed is None:
                continue
            for probe in probes:
                yield from _compared(
                    subject, probe, tracks[probe.name], changed, cutoff=cutoff, noise=noise
                )
            if noise == "scaled":
                yield from _come_after(subject, tracks["targets"], changed, cutoff)


def _compared(
    subject: Subject,
    probe: Probe,
    before: Track,
    changed: Dataset,
    *,
    cutoff: np.datetime64,
    noise: Noise,
) -> Iterator[Seen]:
    until = _EVER if probe.is_by_date and noise != "truncated" else cutoff
    if noise not in probe.noises or not (before.known <= until).any():
        return  # what is not fitted yet cannot be compared
    found = moved(before, probe.track(subject, changed), until, noise)
    if found is not None:
        found = found.replace(cutoff=as_date(cutoff))
    problem: Problem | None = "moved" if found else None
    yield Seen(probe.kind, probe.name, as_date(cutoff), noise, problem, found)


def _come_after(
    subject: Subject, before: Track, changed: Dataset, cutoff: np.datetime64
) -> Iterator[Seen]:
    """Check the other direction: no step of a target may stay as it is when all after it changes.

    A target that is known at its own cutoff is no forecast: it is shifted the wrong way.
    """
    after = _targets(subject, changed)
    here = before.take(before.sessions == cutoff)
    there = after.take(after.sessions == cutoff)
    if not len(here.values) or len(here.values) != len(there.values):
        return
    stays = np.argwhere(same(here.values, there.values))
    day = as_date(cutoff)
    if not len(stays):
        yield Seen("target", COMES_AFTER, day, "scaled")
        return
    row, step = stays[0].tolist()
    known = Difference(
        cutoff=day,
        noise="scaled",
        symbol=str(here.symbols[row]),
        session=day,
        place=str(step),
        before=number(here.values[row, step]),
        after=number(there.values[row, step]),
    )
    yield Seen("target", COMES_AFTER, day, "scaled", "known", known)


def _changed(
    subject: Subject, data: Dataset, cutoff: np.datetime64, noise: Noise
) -> Dataset | None:
    """Cut the windows of another future; None if a part would have too few of them.

    Fractions of a shorter history would be other borders, so these are given then.
    """
    prices = subject.after(cutoff, noise)
    make = subject.pipeline.make_dataset
    with in_silence():
        if noise != "truncated":
            return make(prices, subject.experiment, subject.experiment.split)
        try:
            return make(prices, subject.experiment, data.borders)
        except (HistoryTooShortError, SplitError):
            return None
