"""Features, each by itself, so that the first that moves has a name."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pregao.audit._noise import NOISES, disturbed, in_silence, in_turns, row_of
from pregao.audit._result import Noise, Problem
from pregao.audit._tracks import Seen, Track, moved, same
from pregao.dataset import Feature, Market, defect
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices

Rows = NDArray[np.intp]

_MOST_SYMBOLS = 8
_NUM_RANDOM = 32
"""Cutoffs at random beside the common ones, each with one kind of noise: a leak of one session
that shows on one day in ten escapes forty cutoffs once in seventy audits, and seventy hardly."""


_IN_TURNS = "in the same market, in turns calmer and wilder"


class _DefectError(Exception):
    """A feature that raises, or gives no column."""

    def __init__(self, problem: Problem, reason: str) -> None:
        self.problem, self.reason = problem, reason
        super().__init__(reason)


def examine_feature(
    feature: Feature, prices: Sequence[Prices], cutoffs: Sessions
) -> Iterator[Seen]:
    """Compute a feature again and again, with other futures; stop at its first problem.

    Several symbols share the common cutoffs among them: a feature sees one symbol at a time. The
    first is tried once more, in turns calmer and wilder than it ever was.
    """
    count = min(len(prices), _MOST_SYMBOLS)
    histories = [(each, cutoffs[number::count]) for number, each in enumerate(prices[:count])]
    for each, own in histories:
        for seen in _examine(feature, each, own):
            yield seen
            if seen.problem:
                return
    for seen in _examine(feature, in_turns(prices[0]), cutoffs[::2]):
        said = f"{_IN_TURNS}: {seen.reason}" if seen.reason else _IN_TURNS
        yield replace(seen, reason=said) if seen.problem else seen
        if seen.problem:
            return


def _examine(feature: Feature, prices: Prices, cutoffs: Sessions) -> Iterator[Seen]:
    name = feature.name
    try:
        column = _computed(feature, prices)
        again = _computed(feature, prices)
    except _DefectError as error:
        yield Seen("feature", name, problem=error.problem, reason=f"{prices.symbol}: {error}")
        return
    if not same(column, again).all():
        row = int(np.argmin(same(column, again)))
        reason = f"{prices.symbol}, {prices.sessions[row]}: {column[row]}, then {again[row]}"
        yield Seen("feature", name, problem="not_reproducible", reason=reason)
        return
    before = _track(feature, prices, column)
    for cutoff, noise in _trials(feature, prices, column, cutoffs):
        day = as_date(cutoff)
        changed = disturbed(prices, cutoff, noise)
        assert changed is not None, "cutoffs are within the history"
        try:
            after = _track(feature, changed, _computed(feature, changed))
        except _DefectError as error:
            yield Seen("feature", name, day, noise, error.problem, reason=str(error))
            return
        found = moved(before, after, cutoff, noise)
        yield Seen("feature", name, day, noise, "moved" if found else None, found)


def _trials(
    feature: Feature, prices: Prices, column: NDArray[np.float64], cutoffs: Sessions
) -> Iterable[tuple[np.datetime64, Noise]]:
    """Return what is tried, by cutoff: the first that moves is then the earliest."""
    random = np.random.default_rng(len(prices))
    rows = [row_of(prices.sessions, each) for each in cutoffs]
    rows += _telling_rows(column, feature.warmup_sessions).tolist()
    trials = {(row, noise) for row in rows for noise in NOISES}
    for number, row in enumerate(random.integers(0, len(prices) - 1, _NUM_RANDOM).tolist()):
        trials.add((row, tuple(NOISES)[number % len(NOISES)]))
    order = {noise: number for number, noise in enumerate(NOISES)}
    for row, noise in sorted(trials, key=lambda trial: (trial[0], order[trial[1]])):
        # Before the warm-up nothing is known, and at the last session there is no future.
        if feature.warmup_sessions <= row < len(prices) - 1:
            yield prices.sessions[row], noise


def _telling_rows(column: NDArray[np.float64], warmup: int) -> Rows:
    """Return rows before which, or at which, the feature itself is unusual.

    Its extremes and some ranks between them: one regime has its own range of values. Where it
    stays the same: there a gap may have been filled from behind. Before its largest jumps.
    """
    valid = column[warmup:]
    if len(valid) < 3:
        return np.empty(0, np.intp)
    ranks = np.argsort(valid)[np.linspace(0, len(valid) - 1, 9).round().astype(np.intp)]
    steps = np.abs(np.diff(valid))
    jumps = np.argsort(steps)[-3:]
    flat = np.flatnonzero(steps == 0)
    flat = flat[np.linspace(0, len(flat) - 1, 5).round().astype(np.intp)] if len(flat) else flat
    return np.unique(np.concatenate([ranks, jumps, flat, [0]])) + warmup


def _computed(feature: Feature, prices: Prices) -> NDArray[np.float64]:
    """Compute a feature on bars that nobody can write to, and check what it gives."""
    market = _read_only(Market.of(prices))
    try:
        with in_silence():
            column = np.asarray(feature.compute(market), np.float64).copy()
    except Exception as error:
        raise _DefectError("failed", f"{type(error).__name__}: {error}") from error
    reason = defect(feature, market, column)
    if reason is not None:
        is_column = column.shape == (len(prices),)
        raise _DefectError("not_finite" if is_column else "failed", reason)
    return column


def _read_only(market: Market) -> Market:
    """Keep a feature from changing what the features after it read."""
    market = replace(market)
    for each in vars(market).values():
        if isinstance(each, np.ndarray):
            each.flags.writeable = False
    return market


def _track(feature: Feature, prices: Prices, column: NDArray[np.float64]) -> Track:
    """Take the rows from the warm-up on: no window reads those before."""
    sessions = prices.sessions[feature.warmup_sessions :]
    symbols = np.full(len(sessions), str(prices.symbol))
    return Track(column[feature.warmup_sessions :], symbols, sessions, sessions)


def first_columns(
    find_feature: Callable[[str], Feature], names: Sequence[str], prices: Prices, known: int
) -> dict[str, NDArray[np.float64]]:
    """Compute features on the first sessions; those that fail are left to their own check."""
    cut = prices.upto(prices.sessions[known - 1])
    columns = {}
    for name in names:
        with suppress(_DefectError):
            columns[name] = _computed(find_feature(name), cut)
    return columns


def compare_first(feature: Feature, elsewhere: NDArray[np.float64], prices: Prices) -> Seen:
    """Compare a column of the first sessions, made in a process that saw nothing else before.

    A feature that keeps what it was called with first (a mean of everything, a fitted model) is
    the same for any future in a process that has seen it.
    """
    known = len(elsewhere)
    day, name = as_date(prices.sessions[known - 1]), feature.name
    try:
        here = _computed(feature, prices)[:known]
    except _DefectError:
        return Seen("feature", name)  # its own check says more
    equal = same(here, elsewhere)
    equal[: feature.warmup_sessions] = True
    if equal.all():
        return Seen("feature", name, day, "truncated")
    row = int(np.argmin(equal))
    reason = (
        f"{prices.symbol}, {prices.sessions[row]}: {here[row]}, and {elsewhere[row]} in a process "
        f"that saw nothing after {day}; it remembers other calls"
    )
    return Seen("feature", name, day, "truncated", "not_reproducible", reason=reason)
