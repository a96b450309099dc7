"""Raw bars under inspection, with the row masks that several checks share."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pregao.instruments import Sessions, Symbol, calendar_start, sessions_between
from pregao.prices._action_effects import effects_of_actions
from pregao.prices._columns import ColumnDefect, find_contradicted_adjustments
from pregao.prices._corporate_actions import ActionEffect, CorporateAction
from pregao.prices._holes import Hole, find_holes
from pregao.prices._prices import PRICE_COLUMNS, Bars, adjust_bars
from pregao.prices._steps import Steps, find_steps
from pregao.values import bilingual

Rows = NDArray[np.bool_]
"""(rows,) a mask of the raw rows."""

# Bars are stored as rounded decimals: adjusted prices differ from a bound in the last digit.
_TOLERANCE = 1e-6
_NO_ROWS = np.empty(0, "datetime64[D]")

MOSTLY_DEFECTIVE_SHARE = 0.05
_MAX_DATES = 100
SESSIONS = (bilingual("session"), bilingual("sessions"))
"""Singular and plural."""


@dataclass(frozen=True)
class InspectedBars:
    """Raw bars with masks of their defects.

    `kept_rows` are the rows that survive validation. A row is left out when it is defective (a
    value missing, not positive or impossible), an exact duplicate, one of several that conflict,
    later than `as_of`, or an untraded bar on a closed day: no volume and one price, which only
    repeats the last close and would count as a session that was not held. A bar with trades on
    a closed day stays: the calendar may be wrong, the trades are not.
    """

    bars: Bars
    symbol: Symbol
    as_of: np.datetime64 | None
    actions: tuple[CorporateAction, ...] = ()

    @cached_property
    def undated(self) -> Rows:
        """Rows without a session."""
        return np.isnat(self.bars.sessions)

    @property
    def first(self) -> np.datetime64:
        """The first session of all rows, the defective ones included."""
        first: np.datetime64 = np.nanmin(self.bars.sessions)
        return first

    @property
    def last(self) -> np.datetime64:
        """The last session of all rows."""
        last: np.datetime64 = np.nanmax(self.bars.sessions)
        return last

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
    def negative(self) -> Rows:
        """Rows with a close below zero: a price that was paid, unlike one of zero."""
        rows: Rows = self.bars.close < 0
        return rows & ~self.missing

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
        """Rows with a missing, non-positive or impossible value."""
        return self.missing | self.non_positive | self.impossible

    @cached_property
    def future(self) -> Rows:
        """Rows later than `as_of`."""
        if self.as_of is None:
            return np.zeros(len(self.bars), bool)
        return self.bars.sessions > self.as_of

    @cached_property
    def duplicates(self) -> Rows:
        """Sound rows that equal an earlier row of the same session."""
        return self._repeats[0]

    @cached_property
    def revised(self) -> Rows:
        """Sound rows of a session with another row of the same prices and more volume.

        A live quote beside the final bar, or one bar before and after late trades were counted.
        """
        return self._repeats[1]

    @cached_property
    def conflicting(self) -> Rows:
        """Sound rows of a session that has another row with other prices."""
        return self._repeats[2]

    @cached_property
    def _repeats(self) -> tuple[Rows, Rows, Rows]:
        """The masks of duplicates, of revised and of conflicting rows."""
        duplicates, revised, conflicting = (np.zeros(len(self.bars), bool) for _ in range(3))
        sound = np.flatnonzero(~self.defective)
        sessions = self.bars.sessions[sound]
        held, counts = np.unique(sessions, return_counts=True)
        for session in held[counts > 1]:
            rows = sound[sessions == session]
            if any(self._prices(row) != self._prices(rows[0]) for row in rows):
                conflicting[rows] = True
                continue
            most = rows[np.argmax(self.bars.volume[rows])]
            rest = rows[rows != most]
            if all(self._values(row) == self._values(most) for row in rest):
                duplicates[rows[1:]] = True
            else:
                revised[rest] = True
        return duplicates, revised, conflicting

    def _prices(self, row: np.intp) -> tuple[float, ...]:
        columns = self.bars.columns
        return tuple(float(columns[name][row]) for name in PRICE_COLUMNS)

    def _values(self, row: np.intp) -> tuple[float, ...]:
        return tuple(float(column[row]) for column in self.bars.columns.values())

    @cached_property
    def expected(self) -> Sessions:
        """The exchange's sessions from the first bar to the last, where its calendar is known."""
        dated = self.bars.sessions[~(self.undated | self.future)]
        if len(dated) == 0:
            return _NO_ROWS
        return sessions_between(self.symbol.exchange, dated.min(), dated.max())

    @cached_property
    def on_closed_days(self) -> Rows:
        """Rows on days when the exchange was closed, where its calendar is known."""
        sessions = self.bars.sessions
        rows: Rows = (sessions >= calendar_start(self.symbol.exchange)) & ~self.future
        rows &= ~np.isin(sessions, self.expected)
        return rows

    @cached_property
    def untraded(self) -> Rows:
        """Rows of closed days without a trade: one price and zero volume."""
        no_volume: Rows = self.bars.volume == 0
        return self.on_closed_days & flat_rows(self.bars) & no_volume

    @cached_property
    def kept_rows(self) -> NDArray[np.intp]:
        """The rows that survive validation, sessions ascending."""
        out = self.defective | self.duplicates | self.revised | self.conflicting
        out |= self.future | self.untraded
        rows = np.flatnonzero(~out)
        return rows[np.argsort(self.bars.sessions[rows], kind="stable")]

    @cached_property
    def clean_bars(self) -> Bars:
        """The bars that survive validation, sessions ascending."""
        return self.bars.take(self.kept_rows)

    @cached_property
    def action_effects(self) -> tuple[ActionEffect, ...]:
        """The actions beside the bars that survive validation."""
        return effects_of_actions(self.clean_bars, self.actions)

    @cached_property
    def adjusted_bars(self) -> Bars:
        """The bars that survive validation, adjusted for the actions that they lacked."""
        return adjust_bars(self.clean_bars, self.action_effects)

    @cached_property
    def steps(self) -> Steps:
        """The steps of the adjusted close that nothing in the series explains."""
        return find_steps(self.adjusted_bars, {each.row for each in self.holes})

    @cached_property
    def contradicted_adjustments(self) -> ColumnDefect | None:
        """Steps of the adjustment that the quoted prices do not confirm."""
        return find_contradicted_adjustments(self.adjusted_bars)

    @cached_property
    def holes(self) -> tuple[Hole, ...]:
        """Runs of more than `MAX_HOLE_SESSIONS` sessions without a bar, between two bars."""
        return find_holes(self.clean_bars.sessions, self.symbol)

    @property
    def is_mostly_defective(self) -> bool:
        """Whether more than one row in twenty is defective, which makes the rest doubtful."""
        return bool(self.defective.mean() > MOSTLY_DEFECTIVE_SHARE)


def flat_rows(bars: Bars) -> Rows:
    """Return the mask of bars without a range: open, high, low and close are equal."""
    prices = (bars.open, bars.high, bars.low, bars.close)
    rows: Rows = np.maximum.reduce(prices) == np.minimum.reduce(prices)
    return rows


def iso_dates(sessions: Iterable[np.datetime64]) -> tuple[str, ...]:
    """Return sessions as ISO dates; of more than a hundred the first ninety-nine and the last."""
    found = [str(session) for session in sessions]
    return tuple(found if len(found) <= _MAX_DATES else [*found[: _MAX_DATES - 1], found[-1]])
