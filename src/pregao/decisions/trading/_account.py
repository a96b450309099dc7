"""The simulation of one account: cash and shares, session by session."""

import math
from dataclasses import dataclass, field
from typing import Final

from pregao.decisions.trading._bars import MarketBars
from pregao.decisions.trading._decisions import SESSIONS_A_YEAR
from pregao.decisions.trading._rules import TradingRules
from pregao.decisions.trading._strategy import Orders

_PART_OF_A_LOT: Final = 1e-9
_PART_OF_A_TICK: Final = 1e-6


@dataclass(frozen=True)
class Fill:
    """One executed order."""

    row: int
    is_at_close: bool
    shares: float
    """Signed: bought is positive."""
    held: float
    """The position after it, signed."""
    quoted: float
    """The open or close at which it was executed."""
    price: float
    """The execution price per share, slippage included."""
    fees: float

    @property
    def slippage(self) -> float:
        """The cost of executing at `price` instead of the quoted one, for all shares."""
        return self.shares * (self.price - self.quoted)

    @property
    def held_before(self) -> float:
        """The position before it, signed."""
        return self.held - self.shares


@dataclass
class AccountHistory:
    """The history of an account, a number per session; row 0 is the day before the first open."""

    cash: list[float]
    shares: list[float]
    value: list[float]
    """Of the position at the close, signed."""
    interest: list[float]
    borrow: list[float]
    fees: list[float]
    slippage: list[float]
    fills: list[Fill] = field(default_factory=list)
    num_unfilled: int = 0
    """Orders for a position of less than a lot, which the account is too small for."""

    @classmethod
    def start(cls, capital: float, num_sessions: int) -> "AccountHistory":
        """Return the history of an account that holds cash alone, its later rows still 0."""
        rest = [0.0] * num_sessions
        return cls([capital, *rest[1:]], [*rest], [*rest], [*rest], [*rest], [*rest], [*rest])


def simulate_account(
    bars: MarketBars,
    orders: Orders,
    market: TradingRules,
    *,
    capital: float,
    cash_rate: float = 0.0,
) -> AccountHistory:
    """Simulate an account session by session.

    Overnight, cash yields `cash_rate` a year and debt costs it (the proceeds of short sales yield
    nothing), borrowed shares cost `borrow_annual`, and corporate actions change the shares. At the
    open the order of the evening before is executed. In every session::

        change of equity = held * (growth * open - close before) + held now * (close - open)
                           + interest - borrow - fees - slippage
    """
    history = AccountHistory.start(capital, len(bars))
    broker = _Broker(bars, market, history, capital)
    nightly_rate = (1 + cash_rate) ** (1 / SESSIONS_A_YEAR) - 1
    for row in range(1, len(bars)):
        broker.pass_night(row, nightly_rate)
        weight = orders.weights[row]
        if weight is not None:
            broker.trade(row, weight, orders.band)
        if orders.exits[row] and broker.held:
            broker.execute(row, -broker.held, is_at_close=True)
        history.cash[row], history.shares[row] = broker.cash, broker.held
        history.value[row] = broker.held * bars.close[row]
    return history


@dataclass
class _Broker:
    """Executes orders: holds the cash and shares of the moment, and writes the history."""

    bars: MarketBars
    market: TradingRules
    history: AccountHistory
    cash: float
    held: float = 0.0

    def pass_night(self, row: int, cash_rate: float) -> None:
        """Book interest, borrow costs and corporate actions; `cash_rate` is that of one night."""
        value = self.history.value[row - 1]
        interest = min(self.cash, self.cash + value) * cash_rate
        borrow = max(-value, 0.0) * self.market.borrow_annual / SESSIONS_A_YEAR
        self.cash += interest - borrow
        self.held *= self.bars.growth[row]
        self.history.interest[row], self.history.borrow[row] = interest, borrow

    def trade(self, row: int, weight: float, band: float) -> None:
        """Trade at the open to bring the position to a share of the equity, signed."""
        shares = self._shares_to_trade(row, weight, band)
        if shares:
            self.execute(row, shares)
        if weight and not self.held:
            self.history.num_unfilled += 1

    def _shares_to_trade(self, row: int, weight: float, band: float) -> float:
        """Size the order of an open: signed shares, in lots unless it closes a position.

        The equity at the open is divided by the full cost of a bought share, so that a weight of 1
        never borrows. An account without equity closes its position and trades no more.
        """
        market, quoted, held = self.market, self.bars.open[row], self.held
        equity = self.cash + held * quoted
        if weight == 0 or equity <= 0:
            return -held
        is_same_side = held * weight > 0
        if is_same_side and abs(weight - held * quoted / equity) <= band:
            return 0.0
        rate = (market.brokerage_bps + market.exchange_bps) / 10_000
        slippage, tick = self.bars.slippage[row], self.bars.tick_at_open[row]
        cost = execution_price(quoted, is_buyer=True, slippage=slippage, tick=tick) * (1 + rate)
        target = weight * max(equity - market.per_order, 0.0) / cost
        if is_same_side:
            return _in_lots(target - held, market.lot_shares)
        return _in_lots(target, market.lot_shares) - held

    def execute(self, row: int, shares: float, *, is_at_close: bool = False) -> None:
        """Execute and book one order of signed shares."""
        bars, market = self.bars, self.market
        quoted = (bars.close if is_at_close else bars.open)[row]
        tick = (bars.tick_at_close if is_at_close else bars.tick_at_open)[row]
        price = execution_price(quoted, is_buyer=shares > 0, slippage=bars.slippage[row], tick=tick)
        bps = market.brokerage_bps + market.exchange_bps + (market.sale_bps if shares < 0 else 0.0)
        fees = abs(shares) * price * bps / 10_000 + market.per_order
        fill = Fill(row, is_at_close, shares, self.held + shares, quoted, price, fees)
        self.cash -= shares * price + fees
        self.held = fill.held
        self.history.fills.append(fill)
        self.history.fees[row] += fees
        self.history.slippage[row] += fill.slippage


def _in_lots(shares: float, lot: int) -> float:
    """Round toward zero to whole lots."""
    if lot == 0:
        return shares
    return math.copysign(math.floor(abs(shares) / lot + _PART_OF_A_LOT) * lot, shares)


def execution_price(quoted: float, *, is_buyer: bool, slippage: float, tick: float) -> float:
    """Return the execution price of a share: worse by slippage, then rounded to the next tick.

    >>> execution_price(36.07, is_buyer=True, slippage=0.0005, tick=0.01)
    36.09
    >>> execution_price(36.0, is_buyer=False, slippage=0.0005, tick=0.0)
    35.982
    """
    price = quoted * (1 + slippage if is_buyer else 1 - slippage)
    if tick == 0:
        return price
    in_ticks = price / tick
    if is_buyer:
        whole = math.ceil(in_ticks - _PART_OF_A_TICK)
    else:
        whole = math.floor(in_ticks + _PART_OF_A_TICK)
    return round(max(whole, 1) * tick, 10)


def round_trips(history: AccountHistory) -> list[tuple[float, float]]:
    """Return the gain of each closed position, before and after costs, in the quoted currency.

    A position lasts from flat to flat, or to the other side; an open position is left out.
    """
    trips: list[tuple[float, float]] = []
    before, after, since = 0.0, 0.0, 0
    for fill in history.fills:
        closes = fill.held_before != 0 and fill.held * fill.held_before <= 0
        part = abs(fill.held_before / fill.shares) if closes else 1.0
        before -= part * fill.shares * fill.quoted
        after -= part * (fill.shares * fill.price + fill.fees)
        if closes:
            after -= sum(history.borrow[since + 1 : fill.row + 1])
            trips.append((before, after))
            before = -(1 - part) * fill.shares * fill.quoted
            after = -(1 - part) * (fill.shares * fill.price + fill.fees)
        if closes or fill.held_before == 0:
            since = fill.row
    return trips
