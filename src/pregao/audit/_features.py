"""The audit of features, one by one, so that a leak has the name of its feature."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pregao.audit._noise import (
    NOISES,
    alternate_volatility,
    last_known_row,
    replace_future,
    warnings_suppressed,
)
from pregao.audit._result import Noise, Problem
from pregao.audit._series import Observation, Series, bitwise_equal, first_change
from pregao.dataset import AdjustedBars, Feature, column_defect
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices

Rows = NDArray[np.intp]

_MOST_SYMBOLS = 8
_NUM_RANDOM = 32
"""Random cutoffs beside the common ones, each with one kind of noise: a leak of one session that
shows on one day in ten escapes forty cutoffs once in seventy audits, and seventy hardly ever."""


_IN_TURNS = "in the same market, in turns calmer and wilder"


class _DefectError(Exception):
    """A feature that raises, or returns no valid column."""

    def __init__(self, problem: Problem, reason: str) -> None:
        self.problem, self.reason = problem, reason
        super().__init__(reason)


def audit_feature(
    feature: Feature, prices: Sequence[Prices], cutoffs: Sessions
) -> Iterator[Observation]:
    """Recompute a feature with other prices after each cutoff; stop at its first problem.

    The common cutoffs are divided among the symbols, as a feature is computed for one symbol at a
    time. The first symbol is audited once more with alternating volatility.
    """
    count = min(len(prices), _MOST_SYMBOLS)
    histories = [(each, cutoffs[number::count]) for number, each in enumerate(prices[:count])]
    for each, own in histories:
        for observation in _audit_symbol(feature, each, own):
            yield observation
            if observation.problem:
                return
    for observation in _audit_symbol(feature, alternate_volatility(prices[0]), cutoffs[::2]):
        reason = f"{_IN_TURNS}: {observation.reason}" if observation.reason else _IN_TURNS
        yield replace(observation, reason=reason) if observation.problem else observation
        if observation.problem:
            return


def _audit_symbol(feature: Feature, prices: Prices, cutoffs: Sessions) -> Iterator[Observation]:
    name = feature.name
    try:
        column = _compute(feature, prices)
        again = _compute(feature, prices)
    except _DefectError as error:
        yield Observation(
            "feature", name, problem=error.problem, reason=f"{prices.symbol}: {error}"
        )
        return
    if not bitwise_equal(column, again).all():
        row = int(np.argmin(bitwise_equal(column, again)))
        reason = f"{prices.symbol}, {prices.sessions[row]}: {column[row]}, then {again[row]}"
        yield Observation("feature", name, problem="not_reproducible", reason=reason)
        return
    before = _series(feature, prices, column)
    for cutoff, noise in _disturbances(feature, prices, column, cutoffs):
        day = as_date(cutoff)
        changed = replace_future(prices, cutoff, noise)
        assert changed is not None, "cutoffs are within the history"
        try:
            after = _series(feature, changed, _compute(feature, changed))
        except _DefectError as error:
            yield Observation("feature", name, day, noise, error.problem, reason=str(error))
            return
        found = first_change(before, after, cutoff, noise)
        yield Observation("feature", name, day, noise, "moved" if found else None, found)


def _disturbances(
    feature: Feature, prices: Prices, column: NDArray[np.float64], cutoffs: Sessions
) -> Iterable[tuple[np.datetime64, Noise]]:
    """Yield pairs of cutoff and noise in ascending order: the first change is the earliest."""
    random = np.random.default_rng(len(prices))
    rows = [last_known_row(prices.sessions, each) for each in cutoffs]
    rows += _informative_rows(column, feature.warmup_sessions).tolist()
    disturbances = {(row, noise) for row in rows for noise in NOISES}
    for number, row in enumerate(random.integers(0, len(prices) - 1, _NUM_RANDOM).tolist()):
        disturbances.add((row, tuple(NOISES)[number % len(NOISES)]))
    order = {noise: number for number, noise in enumerate(NOISES)}
    for row, noise in sorted(
        disturbances, key=lambda disturbance: (disturbance[0], order[disturbance[1]])
    ):
        # Before the warm-up there is no value, and after the last session nothing to replace.
        if feature.warmup_sessions <= row < len(prices) - 1:
            yield prices.sessions[row], noise


def _informative_rows(column: NDArray[np.float64], warmup: int) -> Rows:
    """Return rows at which, or before which, the feature itself is unusual.

    Its extremes and some ranks between them, as a regime has its own range of values; where it is
    constant, as a gap may have been filled backwards; and before its largest jumps.
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


def _compute(feature: Feature, prices: Prices) -> NDArray[np.float64]:
    """Compute a feature on read-only bars, and check the column."""
    market = _read_only(AdjustedBars.from_prices(prices))
    try:
        with warnings_suppressed():
            column = np.asarray(feature.compute(market), np.float64).copy()
    except Exception as error:
        raise _DefectError("failed", f"{type(error).__name__}: {error}") from error
    reason = column_defect(feature, market, column)
    if reason is not None:
        is_column = column.shape == (len(prices),)
        raise _DefectError("not_finite" if is_column else "failed", reason)
    return column


def _read_only(market: AdjustedBars) -> AdjustedBars:
    """Return the market with read-only arrays, which protects other features from changes."""
    market = replace(market)
    for each in vars(market).values():
        if isinstance(each, np.ndarray):
            each.flags.writeable = False
    return market


def _series(feature: Feature, prices: Prices, column: NDArray[np.float64]) -> Series:
    """Return the series from the warm-up on; windows never read earlier rows."""
    sessions = prices.sessions[feature.warmup_sessions :]
    symbols = np.full(len(sessions), str(prices.symbol))
    return Series(column[feature.warmup_sessions :], symbols, sessions, sessions)


def compute_truncated(
    find_feature: Callable[[str], Feature], names: Sequence[str], prices: Prices, known: int
) -> dict[str, NDArray[np.float64]]:
    """Compute features on the first `known` sessions; those that fail are left out."""
    cut = prices.up_to(prices.sessions[known - 1])
    columns = {}
    for name in names:
        with suppress(_DefectError):
            columns[name] = _compute(find_feature(name), cut)
    return columns


def compare_truncated(
    feature: Feature, elsewhere: NDArray[np.float64], prices: Prices
) -> Observation:
    """Compare a column with that of the first sessions, computed in a fresh process.

    A feature that keeps state from its first call (a mean of everything, a fitted model) is
    constant for any later prices within one process.
    """
    known = len(elsewhere)
    day, name = as_date(prices.sessions[known - 1]), feature.name
    try:
        here = _compute(feature, prices)[:known]
    except _DefectError:
        return Observation("feature", name)  # reported by the audit of the feature
    equal = bitwise_equal(here, elsewhere)
    equal[: feature.warmup_sessions] = True
    if equal.all():
        return Observation("feature", name, day, "truncated")
    row = int(np.argmin(equal))
    reason = (
        f"{prices.symbol}, {prices.sessions[row]}: {here[row]}, and {elsewhere[row]} in a process "
        f"that saw nothing after {day}; it remembers other calls"
    )
    return Observation("feature", name, day, "truncated", "not_reproducible", reason=reason)
