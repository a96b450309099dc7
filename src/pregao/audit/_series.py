"""Series of numbers with the session at which each row is known, and their comparison."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pregao.audit._result import Difference, Kind, Noise, Problem
from pregao.dataset import Windows
from pregao.instruments import Sessions, as_date

Array = NDArray[Any]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Observation:
    """The result of one comparison of one audited item."""

    kind: Kind
    name: str
    cutoff: date | None = None
    noise: Noise | None = None
    problem: Problem | None = None
    difference: Difference | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Series:
    """Numbers by row, with the symbol and session of each row and when it is known."""

    values: Array
    """(rows, ...)"""
    symbols: NDArray[np.str_]
    sessions: Sessions
    known: Sessions

    @classmethod
    def from_windows(cls, windows: Windows, values: Array, known: Sessions) -> "Series":
        """Return a series with a row per window."""
        names = _names(windows)
        return cls(values, names[windows.symbol_index], windows.cutoffs, known)

    @classmethod
    def from_sessions(cls, windows: Windows, values: Array) -> "Series":
        """Return a series with a row per session of each symbol, known at that session."""
        source = windows.source
        lengths = np.diff([*source.symbol_starts.tolist(), len(source)])
        symbols = np.repeat(_names(windows), lengths)
        return cls(values, symbols, source.sessions, source.sessions)

    @classmethod
    def single(cls, values: Array, known: np.datetime64) -> "Series":
        """Return a series of one row."""
        moment = np.array([known])
        return cls(values[None], np.array([""]), moment, moment)

    def take(self, rows: Mask) -> "Series":
        """Return a subset of the rows."""
        return Series(self.values[rows], self.symbols[rows], self.sessions[rows], self.known[rows])

    def known_at(self, cutoff: np.datetime64) -> "Series":
        """Return the rows known at a cutoff."""
        return self.take(self.known <= cutoff)


def _names(windows: Windows) -> NDArray[np.str_]:
    return np.array([str(each) for each in windows.source.symbols])


def first_change(
    before: Series, after: Series, cutoff: np.datetime64, noise: Noise
) -> Difference | None:
    """Return the first bitwise difference among rows known at a cutoff; None without one."""
    before, after = before.known_at(cutoff), after.known_at(cutoff)
    if noise == "truncated":  # symbols that begin after the cutoff have no row
        before = before.take(np.isin(before.symbols, np.unique(after.symbols)))
    day = as_date(cutoff)
    if len(before.values) != len(after.values):
        return Difference(
            cutoff=day,
            noise=noise,
            place="rows",
            before=len(before.values),
            after=len(after.values),
        )
    different = ~bitwise_equal(before.values, after.values)
    rows = different.reshape(len(different), -1).any(axis=1)
    rows |= (before.symbols != after.symbols) | (before.sessions != after.sessions)
    if not rows.any():
        return None
    row = int(np.argmin(np.where(rows, before.sessions, before.sessions.max() + 1)))
    places = np.argwhere(different[row])
    place = tuple(places[0].tolist()) if places.size else ()
    symbol = str(before.symbols[row])
    return Difference(
        cutoff=day,
        noise=noise,
        symbol=symbol or None,
        session=as_date(before.sessions[row]),
        place=",".join(map(str, place)),
        before=finite_or_none(before.values[row][place]),
        after=finite_or_none(after.values[row][place]),
    )


def bitwise_equal(before: Array, after: Array) -> Mask:
    """Compare elementwise: equal bits, except that all NaN are equal, and both zeros."""
    equal = before == after
    if np.issubdtype(before.dtype, np.floating):
        equal |= np.isnan(before) & np.isnan(after)
    return np.asarray(equal)


def finite_or_none(value: Any) -> float | None:
    """Return a finite scalar as a float for JSON, None for anything else."""
    return float(value) if np.ndim(value) == 0 and np.isfinite(value) else None
