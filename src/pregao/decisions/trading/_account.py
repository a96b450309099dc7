"""The account: cash and shares through the sessions, one loop for everybody who trades."""

import math
from dataclasses import dataclass, field
from typing import Final

from pregao.decisions.trading._bars import Tape
from pregao.decisions.trading._decisions import SESSIONS_A_YEAR
from pregao.decisions.trading._rules import Market
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
    """What was paid or got for a share, slippage included."""
    fees: float

    @property
    def slippage(self) -> float:
        """What the price lost against the quoted one."""
        return self.shares * (self.price - self.quoted)

    @property
    def held_before(self) -> float:
        """The position before it, signed."""
        return self.held - self.shares


@dataclass
class Ledger:
    """What became of an account, a number a session; row 0 is the day before the first open."""

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
    """Orders for a position that the account was too small for: less than a lot."""

    @classmethod
    def opened(cls, capital: float, num_sessions: int) -> "Ledger":
        """Start with cash alone."""
        rest = [0.0] * num_sessions
        return cls([capital, *rest[1:]], [*rest], [*rest], [*rest], [*rest], [*rest], [*rest])


def run(
    tape: Tape, orders: Orders, market: Market, *, capital: float, cash_rate: float = 0.0
) -> Ledger:
    """Live through the sessions.

    Overnight cash earns `cash_rate` a year, borrowed cash pays it (what a short sale brought earns
    nothing), borrowed shares cost `borrow_annual`, and corporate actions change the shares. At the
    open the order of the evening before is executed. In every session::

        change of equity = held * (growth * open - close before) + held now * (close - open)
                           + interest - borrow - fees - slippage
    """
    ledger = Ledger.opened(capital, len(tape))
    desk = _Desk(tape, market, ledger, capital)
    a_night = (1 + cash_rate) ** (1 / SESSIONS_A_YEAR) - 1
    for row in range(1, len(tape)):
        desk.pass_night(row, a_night)
        wish = orders.weights[row]
        if wish is not None:
            desk.trade(row, wish, orders.band)
        if orders.exits[row] and desk.held:
            desk.execute(row, -desk.held, is_at_close=True)
        ledger.cash[row], ledger.shares[row] = desk.cash, desk.held
        ledger.value[row] = desk.held * tape.close[row]
    return ledger


@dataclass
class _Desk:
    """Cash and shares at this moment."""

    tape: Tape
    market: Market
    ledger: Ledger
    cash: float
    held: float = 0.0

    def pass_night(self, row: int, cash_rate: float) -> None:
        """Book interest, borrowed shares and corporate actions; the rate is a night's."""
        value = self.ledger.value[row - 1]
        interest = min(self.cash, self.cash + value) * cash_rate
        borrow = max(-value, 0.0) * self.market.borrow_annual / SESSIONS_A_YEAR
        self.cash += interest - borrow
        self.held *= self.tape.growth[row]
        self.ledger.interest[row], self.ledger.borrow[row] = interest, borrow

    def trade(self, row: int, wish: float, band: float) -> None:
        """Execute at the open what brings the position to a share of the equity."""
        shares = self._shares_to_trade(row, wish, band)
        if shares:
            self.execute(row, shares)
        if wish and not self.held:
            self.ledger.num_unfilled += 1

    def _shares_to_trade(self, row: int, wish: float, band: float) -> float:
        """Size the order of an open: signed shares, in lots unless it closes a position.

        The equity at the open is divided by what a bought share costs in all, so that a share of 1
        never has to borrow. Whoever has lost everything closes, and trades no more.
        """
        market, quoted, held = self.market, self.tape.open[row], self.held
        equity = self.cash + held * quoted
        if wish == 0 or equity <= 0:
            return -held
        is_same_side = held * wish > 0
        if is_same_side and abs(wish - held * quoted / equity) <= band:
            return 0.0
        rate = (market.brokerage_bps + market.exchange_bps) / 10_000
        slippage, tick = self.tape.slippage[row], self.tape.tick_at_open[row]
        paid = execution_price(quoted, is_buyer=True, slippage=slippage, tick=tick) * (1 + rate)
        wanted = wish * max(equity - market.per_order, 0.0) / paid
        if is_same_side:
            return _in_lots(wanted - held, market.lot_shares)
        return _in_lots(wanted, market.lot_shares) - held

    def execute(self, row: int, shares: float, *, is_at_close: bool = False) -> None:
        """Book one order, signed."""
        tape, market = self.tape, self.market
        quoted = (tape.close if is_at_close else tape.open)[row]
        tick = (tape.tick_at_close if is_at_close else tape.tick_at_open)[row]
        price = execution_price(quoted, is_buyer=shares > 0, slippage=tape.slippage[row], tick=tick)
        bps = market.brokerage_bps + market.exchange_bps + (market.sale_bps if shares < 0 else 0.0)
        fees = abs(shares) * price * bps / 10_000 + market.per_order
        fill = Fill(row, is_at_close, shares, self.held + shares, quoted, price, fees)
        self.cash -= shares * price + fees
        self.held = fill.held
        self.ledger.fills.append(fill)
        self.ledger.fees[row] += fees
        self.ledger.slippage[row] += fill.slippage


def _in_lots(shares: float, lot: int) -> float:
    """Round toward zero to whole lots."""
    if lot == 0:
        return shares
    return math.copysign(math.floor(abs(shares) / lot + _PART_OF_A_LOT) * lot, shares)


def execution_price(quoted: float, *, is_buyer: bool, slippage: float, tick: float) -> float:
    """Give what is paid or got for a share: worse by slippage, then to the next tick.

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


def round_trips(ledger: Ledger) -> list[tuple[float, float]]:
    """Give what each closed position earned, before and after costs, in the quoted currency.

    A position lasts from flat to flat, or to the other side; what is still open does not count.
    """
    trips: list[tuple[float, float]] = []
    before, after, since = 0.0, 0.0, 0
    for fill in ledger.fills:
        closes = fill.held_before != 0 and fill.held * fill.held_before <= 0
        part = abs(fill.held_before / fill.shares) if closes else 1.0
        before -= part * fill.shares * fill.quoted
        after -= part * (fill.shares * fill.price + fill.fees)
        if closes:
            after -= sum(ledger.borrow[since + 1 : fill.row + 1])
            trips.append((before, after))
            before = -(1 - part) * fill.shares * fill.quoted
            after = -(1 - part) * (fill.shares * fill.price + fill.fees)
        if closes or fill.held_before == 0:
            since = fill.row
    return trips
