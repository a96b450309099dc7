"""Taxes on realised gains, computed from the executed orders of an account."""

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
    """A realised gain or loss, fees and slippage deducted, under the tax rule of its symbol."""

    session: np.datetime64
    kind: Kind
    amount: float
    sales: float
    """The value sold, gross of fees. Buying back a short position is no sale; the short sale is
    one, with an amount of 0, at its own session."""
    rule: TaxRule
    is_short: bool = False

    @property
    def pool(self) -> "_Pool":
        """The gains with which it is netted."""
        rates = {
            "ordinary": self.rule.rate,
            "day_trade": self.rule.day_trade_rate,
            "long_term": self.rule.long_term_rate,
        }
        rate = rates[self.kind]
        assert rate is not None, "a kind without a rate of its own is ordinary"
        return self.rule.pool, self.kind, rate

    @property
    def can_be_exempt(self) -> bool:
        """Whether it is exempt in a period of few sales."""
        return self.rule.exempt_sales > 0 and self.kind != "day_trade" and not self.is_short


_Pool = tuple[str, Kind, float]
"""The pool of the rule, the kind of the gains and their rate."""


def realised_gains(bars: MarketBars, history: AccountHistory, rule: TaxRule) -> list[Gain]:
    """Return the realised gains of one symbol, at the average cost of the position.

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


def assess_tax(gains: Sequence[Gain], sessions: Sessions) -> list[float]:
    """Return the tax due at each session: on the last of every month or year, 0 on others.

    The gains are those of all symbols of one person.
    """
    due = np.zeros(len(sessions))
    for length in ("month", "year"):
        own = [gain for gain in gains if gain.rule.period == length]
        periods = _periods(sessions, length)
        last_row = {period: row for row, period in enumerate(periods.tolist())}
        carried: dict[_Pool, float] = {}
        by_period: dict[object, list[Gain]] = {period: [] for period in last_row}
        for gain in own:
            by_period[_periods(np.array([gain.session]), length).tolist()[0]].append(gain)
        for period, row in last_row.items():
            due[row] += sum(_taxes(by_period[period], carried))
    return due.tolist()


def _periods(sessions: Sessions, length: str) -> Sessions:
    return sessions.astype("datetime64[M]" if length == "month" else "datetime64[Y]")


def _taxes(gains: Sequence[Gain], carried: dict[_Pool, float]) -> Iterator[float]:
    """Yield the tax on the gains of one period by pool; update the losses carried forward."""
    exempt = set(_exempt_rules(gains))
    net: dict[_Pool, float] = {}
    for gain in gains:
        if not (gain.can_be_exempt and gain.rule in exempt):
            net[gain.pool] = net.get(gain.pool, 0.0) + gain.amount
    for pool, amount in net.items():
        taxable = amount + carried.get(pool, 0.0)
        carried[pool] = min(taxable, 0.0)
        *_, rate = pool
        yield rate * max(taxable, 0.0)


def _exempt_rules(gains: Sequence[Gain]) -> Iterator[TaxRule]:
    """Yield the rules whose net gain of a period is exempt; a net loss is carried forward."""
    sales = sum(
        gain.sales for gain in gains if gain.rule.exempt_sales > 0 and gain.kind != "day_trade"
    )
    for rule in {gain.rule for gain in gains if gain.can_be_exempt}:
        net = sum(gain.amount for gain in gains if gain.can_be_exempt and gain.rule == rule)
        if net > 0 and sales <= rule.exempt_sales:
            yield rule


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
        sales = -sum(fill.shares * fill.price for fill in sold)
        matched = min(num_bought, num_sold) if rule.day_trade_rate is not None else 0.0
        if matched:
            amount = matched * (received / num_sold - paid / num_bought)
            yield Gain(session, "day_trade", amount, matched * sales / num_sold, rule)
        if num_bought > matched:
            part = 1 - matched / num_bought
            yield from self._move(num_bought - matched, part * paid, 0.0, session, rule)
        if num_sold > matched:
            part = 1 - matched / num_sold
            yield from self._move(matched - num_sold, -part * received, part * sales, session, rule)

    def _move(
        self, shares: float, cost: float, sales: float, session: np.datetime64, rule: TaxRule
    ) -> Iterator[Gain]:
        """Book shares at a cost, both signed as of a purchase, and yield what they realise.

        That is the gain of the part that closes a position, and the sales of the part that opens a
        short one.
        """
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
                part * sales,
                rule,
                is_short=self.shares < 0,
            )
            self.shares += closing
            self.cost *= 1 - of_cost
            shares, cost, sales = shares - closing, (1 - part) * cost, (1 - part) * sales
        if shares < 0:
            yield Gain(session, "ordinary", 0.0, sales, rule, is_short=True)
        if shares:
            self.bought_on += (today - self.bought_on) * shares / (self.shares + shares)
            self.shares += shares
            self.cost += cost
