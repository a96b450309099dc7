"""Actions beside bars: which of them the stated prices hold already, and which they lack.

Each is judged by the two sessions around its ex-date, and by the volatility before, so that a
longer history judges it alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from pregao.instruments import as_date
from pregao.prices._corporate_actions import CASH_KINDS, SHARE_KINDS, ActionEffect, CorporateAction
from pregao.prices._prices import Bars, Column, Prices
from pregao.prices._renaming import renamed
from pregao.prices._scale import WINDOW, robust_scale
from pregao.prices._splits import find_splits

_MIN_EVIDENT = 0.1
_EVIDENT = 4.0
"""In daily standard deviations: the quoted close tells whether it took part in a larger step."""
_MIN_STEP = 1e-5
"""Of the ratio of adjusted to quoted close, in log: smaller dividends are not worth a line."""
_MAX_PAID = 0.95
"""Of the close before: no dividend pays out more."""


def effects_of_actions(bars: Bars, actions: Iterable[CorporateAction]) -> tuple[ActionEffect, ...]:
    """Return actions beside the bars of their series, by ex-date.

    A split is in the quoted prices where the close does not step by it, and a split or a dividend
    is in the adjusted closes where their ratio to the quoted ones steps by it. What is in neither
    is to be applied. A large dividend in which the quoted close takes no part is contradicted.

    Parameters
    ----------
    bars
        Sound bars, sessions ascending, as the source states them.
    """
    ordered = sorted(actions, key=lambda each: each.key, reverse=True)
    if not ordered:
        return ()
    ex_dates = np.array([each.ex_date for each in ordered], "datetime64[D]")
    rows = np.searchsorted(bars.sessions, ex_dates).tolist()
    moves = _Moves.of(bars)
    effects: list[ActionEffect] = []
    later = 1.0
    for row, group in groupby(zip(rows, ordered, strict=True), key=itemgetter(0)):
        together = [each for _, each in group]
        if row in {0, len(bars)}:
            effects += [
                ActionEffect(action=each, session=None, state="outside") for each in together
            ]
            later *= _in_prices_ratio(together) if row else 1.0
            continue
        day = moves.to(row)
        of_shares = [day.effect_of_split(each) for each in together if each.kind in SHARE_KINDS]
        effects += of_shares
        for each in of_shares:
            later *= (each.action.ratio or 1.0) if each.share_factor == 1.0 else 1.0
        day = day.without(of_shares)
        effects += day.effects_of_cash(
            [each for each in together if each.kind in CASH_KINDS], later
        )
        effects += [
            ActionEffect(action=each, session=day.session, state="unknown")
            for each in together
            if each.kind in {"unknown", "rename"}
        ]
    return tuple(sorted(effects, key=lambda each: each.action.key))


def _in_prices_ratio(actions: Iterable[CorporateAction]) -> float:
    """Return the ratio of splits after the last bar for which its quotes are adjusted."""
    product = 1.0
    for each in actions:
        product *= each.ratio if each.ratio is not None and each.is_in_prices else 1.0
    return product


@dataclass(frozen=True)
class _Moves:
    """The moves of a series from each session to the next, in log; the first row has none."""

    bars: Bars
    quoted: Column
    adjustment: Column

    @classmethod
    def of(cls, bars: Bars) -> "_Moves":
        close, adjusted = np.log(bars.close), np.log(bars.adj_close)
        quoted = np.diff(close, prepend=close[:1])
        return cls(bars, quoted, np.diff(adjusted, prepend=adjusted[:1]) - quoted)

    def to(self, row: int) -> "_Day":
        """Return the moves to one row."""
        session: date = self.bars.sessions[row].astype(object)
        return _Day(
            session=session,
            close_before=float(self.bars.close[row - 1]),
            quoted=float(self.quoted[row]),
            adjustment=float(self.adjustment[row]),
            moves_before=self.quoted[max(1, row - WINDOW) : row],
        )


@dataclass(frozen=True)
class _Day:
    """The moves from one session to an ex-date, in log."""

    session: date
    close_before: float
    quoted: float
    """Of the quoted close."""
    adjustment: float
    """Of the ratio of adjusted to quoted close."""
    moves_before: Column
    """Of the quoted close, up to the session before."""

    def is_evident(self, step: float) -> bool:
        """Return whether the quoted close tells if it took part; less hides in a day's move."""
        return abs(step) >= _MIN_EVIDENT and abs(step) >= _EVIDENT * float(
            robust_scale(np.abs(self.moves_before))
        )

    def effect_of_split(self, action: CorporateAction) -> ActionEffect:
        """Return a split, which the quoted close, the adjusted one, or none takes part in."""
        assert action.ratio is not None, "a split has a ratio"
        step = float(np.log(action.ratio))
        is_in_quotes = action.is_in_prices
        if self.is_evident(step):
            is_in_quotes = abs(self.quoted) <= abs(self.quoted + step)
        if is_in_quotes:
            return ActionEffect(action=action, session=self.session, state="in_prices")
        is_in_adjusted = _is_nearer(self.adjustment, step)
        return ActionEffect(
            action=action,
            session=self.session,
            state="in_prices" if is_in_adjusted else "applied",
            price_factor=1.0 if is_in_adjusted else 1 / action.ratio,
            share_factor=action.ratio,
        )

    def without(self, splits: Iterable[ActionEffect]) -> "_Day":
        """Return the day without the steps of its splits."""
        quoted, adjustment = self.quoted, self.adjustment
        for each in splits:
            step = float(np.log(each.share_factor))
            quoted += step
            adjustment -= step if each.price_factor == 1.0 else 0.0
        return replace(self, quoted=quoted, adjustment=adjustment)

    def effects_of_cash(
        self, actions: list[CorporateAction], later: float
    ) -> Iterable[ActionEffect]:
        """Return the dividends of the day, which the adjustment holds or lacks as a whole.

        Parameters
        ----------
        later
            Today's shares for one of that day, as far as the quoted prices are adjusted for it.
        """
        amounts = [(each.amount or 0.0) / later for each in actions]
        share = sum(amounts) / self.close_before
        if share >= _MAX_PAID:
            return [self._effect(each, "contradicted") for each in actions]
        step = -float(np.log1p(-share))
        if any(each.is_in_prices for each in actions) or _is_nearer(self.adjustment, step):
            return [self._effect(each, "in_prices") for each in actions]
        if self.is_evident(step) and abs(self.quoted) <= abs(self.quoted + step):
            return [self._effect(each, "contradicted") for each in actions]
        return [
            self._effect(each, "applied", float(np.exp(-step * amount / sum(amounts))))
            for each, amount in zip(actions, amounts, strict=True)
        ]

    def _effect(self, action: CorporateAction, state: str, factor: float = 1.0) -> ActionEffect:
        return ActionEffect.model_validate(
            {
                "action": action,
                "session": self.session,
                "state": state,
                "price_factor": factor,
            }
        )


def _is_nearer(found: float, step: float) -> bool:
    """Return whether a move is nearer a step than to none."""
    return abs(found - step) < abs(found)


def known_actions(prices: Prices) -> tuple[ActionEffect, ...]:
    """Return the stated actions of a series, those that its prices show, and its renames.

    Shown are steps of the ratio of adjusted to quoted close beyond the rounding of both columns: a
    split where it is a whole number that the quoted close confirms, else an unknown action.
    """
    stated = {each.session for each in prices.actions if each.session is not None}
    bars = prices.bars
    found = [
        ActionEffect(
            action=_inferred(bars, row), session=as_date(bars.sessions[row]), state="in_prices"
        )
        for row in _steps_of_adjustment(bars)
        if as_date(bars.sessions[row]) not in stated
    ]
    if (rename := renamed(prices.symbol)) is not None:
        action = CorporateAction(
            ex_date=rename[0].since, kind="rename", ticker=rename[1].ticker, source="B3"
        )
        found.append(ActionEffect(action=action, session=None, state="in_prices"))
    return tuple(sorted((*prices.actions, *found), key=lambda each: each.action.key))


def _steps_of_adjustment(bars: Bars) -> NDArray[np.intp]:
    """Return the rows at which adj_close / close steps by more than rounding."""
    ratio = np.log(bars.adj_close) - np.log(bars.close)
    rounding = _rounding(bars.adj_close) + _rounding(bars.close)
    steps = np.abs(np.diff(ratio, prepend=ratio[:1]))
    limit = rounding + np.concatenate([rounding[:1], rounding[:-1]])
    return np.flatnonzero(steps > np.maximum(limit, _MIN_STEP))


def _rounding(column: Column) -> Column:
    """Return by how much, in log, each value may differ from what was rounded to it."""
    for decimals in range(8):
        scaled = column * 10**decimals
        if (np.abs(scaled - np.round(scaled)) < 1e-6 * np.maximum(scaled, 1)).all():
            rounding: Column = 0.5 * 10.0**-decimals / column
            return rounding
    return np.full(len(column), 1e-7)


def _inferred(bars: Bars, row: int) -> CorporateAction:
    ratio = find_splits(bars).get(row)
    day = as_date(bars.sessions[row])
    if ratio is not None:
        return CorporateAction(
            ex_date=day, kind="split", ratio=ratio, source="prices", is_stated=False
        )
    before, after = (bars.adj_close[each] / bars.close[each] for each in (row - 1, row))
    return CorporateAction(
        ex_date=day,
        kind="unknown",
        factor=float(before / after),
        source="prices",
        is_stated=False,
    )
