"""A series under inspection: the raw bars, and the facts that several checks share."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pregao.instruments import Sessions, Symbol, known_from, sessions_between
from pregao.prices._prices import PRICE_COLUMNS, Bars
from pregao.values import Text

Rows = NDArray[np.bool_]
"""(rows,) which of the raw rows."""

# Bars are stored as rounded decimals: adjusted prices differ from a bound in the last digit.
_TOLERANCE = 1e-6
_NO_ROWS = np.empty(0, "datetime64[D]")

MOSTLY_DEFECTIVE_SHARE = 0.05
SESSIONS = (Text(en="session", pt_br="pregão"), Text(en="sessions", pt_br="pregões"))
"""One of them, and many."""


@dataclass(frozen=True)
class Subject:
    """Raw bars and what is asked of them.

    `kept` says which rows survive validation. A row is taken out when it is defective (a value
    missing, not positive or impossible), an exact copy, one of several that contradict each
    other, later than `as_of`, or an empty bar on a closed day: no trade and one price, which only
    repeats the last close and would count as a session that was not held. A bar with trades on
    a closed day stays: the calendar may be wrong, the trades are not.
    """

    bars: Bars
    symbol: Symbol
    as_of: np.datetime64 | None

    @cached_property
    def undated(self) -> Rows:
        """Rows without a session."""
        return np.isnat(self.bars.sessions)

    @cached_property
    def missing(self) -> Rows:
        """Rows without a date or with a value that is no finite number."""
        rows = self.undated.copy()
        for column in self.bars.columns.values():
            rows |= ~np.isfinite(column)
        return rows

    @cached_property
    def non_positive(self) -> Rows:
        """Rows with a price of zero or less, or a negative volume."""
        rows: Rows = self.bars.volume < 0
        for name in PRICE_COLUMNS:
            rows = rows | (self.bars.columns[name] <= 0)
        return rows

    @cached_property
    def impossible(self) -> Rows:
        """Rows whose high or low does not bound the other prices."""
        bars = self.bars
        with np.errstate(over="ignore"):  # a price near the largest float is caught all the same
            highest = bars.high * (1 + _TOLERANCE)
        above = np.fmax(bars.open, bars.close) > highest
        below = np.fmin(bars.open, bars.close) < bars.low * (1 - _TOLERANCE)
        return (above | below | (bars.low > highest)) & ~self.non_positive

    @cached_property
    def defective(self) -> Rows:
        """Rows that no repair could make trustworthy."""
        return self.missing | self.non_positive | self.impossible

    @cached_property
    def future(self) -> Rows:
        """Rows later than `as_of`."""
        if self.as_of is None:
            return np.zeros(len(self.bars), bool)
        return self.bars.sessions > self.as_of

    @cached_property
    def copies(self) -> Rows:
        """Sound rows that repeat an earlier row of the same session exactly."""
        return self._repeats[0]

    @cached_property
    def contradictory(self) -> Rows:
        """Sound rows of a session for which there is another, different row."""
        return self._repeats[1]

    @cached_property
    def _repeats(self) -> tuple[Rows, Rows]:
        copies, contradictory = (np.zeros(len(self.bars), bool) for _ in range(2))
        sound = np.flatnonzero(~self.defective)
        sessions = self.bars.sessions[sound]
        held, counts = np.unique(sessions, return_counts=True)
        for session in held[counts > 1]:
            rows = sound[sessions == session]
            same = all(self._content(row) == self._content(rows[0]) for row in rows)
            (copies if same else contradictory)[rows[1:] if same else rows] = True
        return copies, contradictory

    def _content(self, row: np.intp) -> tuple[float, ...]:
        return tuple(float(column[row]) for column in self.bars.columns.values())

    @cached_property
    def expected(self) -> Sessions:
        """The exchange's sessions from the first bar to the last, as far as they are known."""
        dated = self.bars.sessions[~(self.undated | self.future)]
        if len(dated) == 0:
            return _NO_ROWS
        return sessions_between(self.symbol.exchange, dated.min(), dated.max())

    @cached_property
    def closed(self) -> Rows:
        """Rows on days on which the exchange was closed, as far as its calendar is known."""
        sessions = self.bars.sessions
        rows: Rows = (sessions >= known_from(self.symbol.exchange)) & ~self.future
        rows &= ~np.isin(sessions, self.expected)
        return rows

    @cached_property
    def flat(self) -> Rows:
        """Rows with one price: open, high, low and close are equal."""
        return has_one_price(self.bars)

    @cached_property
    def empty(self) -> Rows:
        """Rows of closed days that hold no trade: one price and zero volume."""
        untraded: Rows = self.bars.volume == 0
        return self.closed & self.flat & untraded

    @cached_property
    def kept(self) -> NDArray[np.intp]:
        """The rows that survive validation, sessions ascending."""
        out = self.defective | self.copies | self.contradictory | self.future | self.empty
        rows = np.flatnonzero(~out)
        return rows[np.argsort(self.bars.sessions[rows], kind="stable")]

    @cached_property
    def clean(self) -> Bars:
        """The bars that survive validation, sessions ascending."""
        return self.bars.take(self.kept)

    @property
    def is_mostly_defective(self) -> bool:
        """Whether more than one row in twenty is defective: the rest is doubtful too."""
        return bool(self.defective.mean() > MOSTLY_DEFECTIVE_SHARE)


def has_one_price(bars: Bars) -> Rows:
    """Say which bars have no range: open, high, low and close are equal."""
    prices = (bars.open, bars.high, bars.low, bars.close)
    rows: Rows = np.maximum.reduce(prices) == np.minimum.reduce(prices)
    return rows


def iso(sessions: Iterable[np.datetime64]) -> tuple[str, ...]:
    """Give sessions as ISO dates, the first hundred."""
    return tuple(str(session) for session in list(sessions)[:100])
