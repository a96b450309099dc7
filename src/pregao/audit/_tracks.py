"""Rows of numbers with the session on which each is known, and how two histories of them differ."""

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
class Seen:
    """What one look at one thing found."""

    kind: Kind
    name: str
    cutoff: date | None = None
    noise: Noise | None = None
    problem: Problem | None = None
    difference: Difference | None = None
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class Track:
    """Numbers row by row: what each row is about, and when all of it is known."""

    values: Array
    """(rows, ...)"""
    symbols: NDArray[np.str_]
    sessions: Sessions
    known: Sessions

    @classmethod
    def of_windows(cls, windows: Windows, values: Array, known: Sessions) -> "Track":
        """Make a row of each window."""
        names = _names(windows)
        return cls(values, names[windows.symbol_index], windows.cutoffs, known)

    @classmethod
    def of_rows(cls, windows: Windows, values: Array) -> "Track":
        """Make a row of each session of each symbol."""
        source = windows.source
        lengths = np.diff([*source.first_row_of.tolist(), len(source)])
        symbols = np.repeat(_names(windows), lengths)
        return cls(values, symbols, source.sessions, source.sessions)

    @classmethod
    def once(cls, values: Array, known: np.datetime64) -> "Track":
        """Make one row of what is there once."""
        moment = np.array([known])
        return cls(values[None], np.array([""]), moment, moment)

    def take(self, rows: Mask) -> "Track":
        """Return some of the rows."""
        return Track(self.values[rows], self.symbols[rows], self.sessions[rows], self.known[rows])

    def until(self, cutoff: np.datetime64) -> "Track":
        """Return what is known at a cutoff."""
        return self.take(self.known <= cutoff)


def _names(windows: Windows) -> NDArray[np.str_]:
    return np.array([str(each) for each in windows.source.symbols])


def moved(before: Track, after: Track, cutoff: np.datetime64, noise: Noise) -> Difference | None:
    """Find the first row known at a cutoff that is not, bit for bit, what it was."""
    before, after = before.until(cutoff), after.until(cutoff)
    if noise == "truncated":  # of what has not begun, nothing is left
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
    different = ~same(before.values, after.values)
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
        before=number(before.values[row][place]),
        after=number(after.values[row][place]),
    )


def same(before: Array, after: Array) -> Mask:
    """Compare bit by bit, up to which NaN it is and the sign of zero."""
    equal = before == after
    if np.issubdtype(before.dtype, np.floating):
        equal |= np.isnan(before) & np.isnan(after)
    return np.asarray(equal)


def number(value: Any) -> float | None:
    """Return a finite number as it goes into JSON."""
    return float(value) if np.ndim(value) == 0 and np.isfinite(value) else None
