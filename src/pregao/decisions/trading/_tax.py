"""Taxes on realised_gains gains, computed from the executed orders of an account."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Literal

import numpy as np

from pregao.decisions.trading._account import AccountHistory, Fill
from pregao.decisions.trading._bars import MarketBars
from pregao.decisions.trading._rules import TaxRule
from pregao.instruments import Sessions

_SPLIT = 1.5
"""A growth of shares of at least this factor is a split; a smaller one is a dividend."""
_LONG_TERM_DAYS = 365.0

Kind = Literal["ordinary", "day_trade", "long_term"]


@dataclass(frozen=True)
class Gain:
    """A realised_gains gain or loss, fees and slippage deducted."""

    session: np.datetime64
    kind: Kind
    amount: float
    sales: float
    """The value sold; of a short position, the value bought back."""


def realised_gains(bars: MarketBars, history: AccountHistory, rule: TaxRule) -> list[Gain]:
    """Return the realised_gains gains of one symbol, at the average cost of the position.

    Shares bought and sold in one session are a day trade, as far as they match. A reinvested
    dividend adds its amount to the cost, so that it is no gain later (and it is not taxed itself);
    a split does not change the cost. For the tax alone, an open position is closed at the last
    close, so that no tax is deferred beyond the simulation.
    """
    position = _Position()
    gains: list[Gain] = []
    fills = iter(groupby(history.fills, key=attrgetter("row")))
    row_of_fills, batch = next(fills, (None, iter(())))
    for row in range(1, len(bars)):
        position.pass_night(bars.growth[row], bars.close[row - 1])
        if row == row_of_fills:
            gains += position.trade(list(batch), bars.sessions[row], rule)
            row_of_fills, batch = next(fills, (None, iter(())))
    last = len(bars) - 1
    if position.shares:
        end = Fill(last, True, -position.shares, 0.0, bars.close[last], bars.close[last], fees=0.0)
        gains += position.trade([end], bars.sessions[last], rule)
    return gains


def assess_tax(gains: Sequence[Gain], rule: TaxRule, sessions: Sessions) -> list[float]:
    """Return the tax due at each session: on the last of every month or year, 0 on others."""
    due = [0.0] * len(sessions)
    periods = _periods(sessions, rule)
    last_row = {period: row for row, period in enumerate(periods.tolist())}
    carried: dict[Kind, float] = {}
    by_period: dict[object, list[Gain]] = {period: [] for period in last_row}
    for gain in gains:
        by_period[_periods(np.array([gain.session]), rule).tolist()[0]].append(gain)
    for period, row in last_row.items():
        due[row] = sum(_taxes(by_period[period], rule, carried))
    return due


def _periods(sessions: Sessions, rule: TaxRule) -> Sessions:
    return sessions.astype("datetime64[M]" if rule.period == "month" else "datetime64[Y]")


def _taxes(gains: Sequence[Gain], rule: TaxRule, carried: dict[Kind, float]) -> Iterator[float]:
    """Yield the tax on the gains of one period by kind; update the losses carried forward."""
    rates: dict[Kind, float | None] = {
        "ordinary": rule.rate,
        "day_trade": rule.day_trade_rate,
        "long_term": rule.long_term_rate,
    }
    sales = sum(gain.sales for gain in gains if gain.kind != "day_trade")
    for kind, rate in rates.items():
        net = sum(gain.amount for gain in gains if gain.kind == kind)
        is_exempt = net > 0 and kind != "day_trade" and sales <= rule.exempt_sales
        if rate is None or is_exempt:
            continue
        taxable = net + carried.get(kind, 0.0)
        carried[kind] = min(taxable, 0.0)
        yield rate * max(taxable, 0.0)


@dataclass
class _Position:
    """Shares and their cost; both are negative for a short position."""

    shares: float = 0.0
    cost: float = 0.0
    """Paid in total, trading costs included."""
    bought_on: float = 0.0
    """The average day of purchase, in days since 1970."""

    def pass_night(self, growth: float, close: float) -> None:
        if growth != 1 and 1 / _SPLIT < growth < _SPLIT:
            self.cost += self.shares * (growth - 1) * close / growth
        self.shares *= growth

    def trade(self, fills: Sequence[Fill], session: np.datetime64, rule: TaxRule) -> Iterator[Gain]:
        """Book the orders of one session, and yield the gains that they realise."""
        bought = [fill for fill in fills if fill.shares > 0]
        sold = [fill for fill in fills if fill.shares < 0]
        paid = sum(fill.shares * fill.price + fill.fees for fill in bought)
        received = -sum(fill.shares * fill.price + fill.fees for fill in sold)
        num_bought = sum(fill.shares for fill in bought)
        num_sold = -sum(fill.shares for fill in sold)
        matched = min(num_bought, num_sold) if rule.day_trade_rate is not None else 0.0
        if matched:
            amount = matched * (received / num_sold - paid / num_bought)
            yield Gain(session, "day_trade", amount, matched * received / num_sold)
        if num_bought > matched:
            part = 1 - matched / num_bought
            yield from self._move(num_bought - matched, part * paid, session, rule)
        if num_sold > matched:
            part = 1 - matched / num_sold
            yield from self._move(matched - num_sold, -part * received, session, rule)

    def _move(
        self, shares: float, cost: float, session: np.datetime64, rule: TaxRule
    ) -> Iterator[Gain]:
        """Book shares at a cost, both signed as of a purchase, and yield the gain of a close."""
        today = float(session.astype("datetime64[D]").astype(int))
        closing = -self.shares if abs(shares) > abs(self.shares) else shares
        if shares * self.shares < 0:
            part, of_cost = closing / shares, closing / -self.shares
            is_long_term = (
                rule.long_term_rate is not None and today - self.bought_on > _LONG_TERM_DAYS
            )
            yield Gain(
                session,
                "long_term" if is_long_term else "ordinary",
                -part * cost - of_cost * self.cost,
                abs(part * cost),
            )
            self.shares += closing
            self.cost *= 1 - of_cost
            shares, cost = shares - closing, (1 - part) * cost
        if shares:
            self.bought_on += (today - self.bought_on) * shares / (self.shares + shares)
            self.shares += shares
            self.cost += cost
