"""Results of a trading simulation, always with buy-and-hold and cash beside the strategy."""

from datetime import date
from math import isclose
from typing import Literal, Self

from pydantic import Field, model_validator

from pregao.decisions.trading._performance import Performance
from pregao.decisions.trading._rules import TradingRules
from pregao.decisions.trading._strategy import Strategy
from pregao.values import Value

Path = tuple[float, ...]


class Trade(Value):
    """One executed order."""

    session: date
    at: Literal["open", "close"]
    symbol: str
    side: Literal["buy", "sell"]
    shares: float
    price: float
    """The execution price, slippage included, in the quoted currency of that day."""
    fees: float
    slippage: float
    """The cost of executing at `price` instead of the open or close, for all shares."""


class AccountResults(Value):
    """Performance of an account before costs, after costs, and after costs and tax.

    The trades are the same in all three: costs and tax are deducted from the same positions.
    """

    before_costs: Performance
    after_costs: Performance
    after_tax: Performance | None
    """None where tax was not computed."""
    fees: float
    slippage: float
    borrow: float
    interest: float
    tax: float
    num_trades: int
    num_unfilled: int
    """Orders for a position of less than a lot, which the account is too small for."""
    num_round_trips: int
    """Positions that were opened and closed."""
    hit_rate_before_costs: float | None
    hit_rate: float | None
    """Share of round trips with a gain after costs; None without round trips."""
    turnover: float | None
    """Annual value bought and sold, over the mean equity; None for less than 21 sessions."""
    exposure: float
    """Mean value of positions, short ones too, over the equity at the close."""


class Account(Value):
    """The paths of one account; the first value of each is of the day before the first open.

    ``equity = cash + position`` at every close, after costs and before tax.
    """

    equity: Path
    cash: Path
    position: Path
    """Value of the shares, signed."""
    shares: dict[str, Path]
    """By symbol, signed, in the quoted shares of each day."""
    fees: Path
    slippage: Path
    borrow: Path
    interest: Path
    tax: Path
    """Booked at the end of its month or year; it is paid from outside the account."""
    trades: tuple[Trade, ...]
    results: AccountResults

    @model_validator(mode="after")
    def _check(self) -> Self:
        named = (self.cash, self.position, self.fees, self.slippage, self.borrow, self.interest)
        lengths = {len(path) for path in (self.equity, self.tax, *named, *self.shares.values())}
        if len(lengths) != 1:
            raise ValueError(f"paths of one account have one length, not {sorted(lengths)}")
        return self

    @property
    def costs(self) -> Path:
        """Fees, slippage and borrow costs of each session."""
        paths = zip(self.fees, self.slippage, self.borrow, strict=True)
        return tuple(sum(each) for each in paths)


class TradingSummary(Value):
    """A simulation without its paths, small enough for a report."""

    symbols: tuple[str, ...]
    currency: str
    first: date
    """The first session that could be traded."""
    last: date
    capital: float
    cash_rate: float
    settings: Strategy
    market: TradingRules
    """The trading rules; of the first symbol, where they differ."""
    rules: dict[str, TradingRules] = Field(default_factory=dict)
    """Those of each symbol, where they differ."""
    strategy: AccountResults
    buy_and_hold: AccountResults
    cash: AccountResults


class Trading(Value):
    """The simulated account of a strategy, with those of buy-and-hold and of cash.

    All three begin with the same capital on the same day, under the same trading rules.
    """

    symbols: tuple[str, ...]
    currency: str
    sessions: tuple[date, ...]
    """The day before the first open, then the sessions."""
    capital: float
    cash_rate: float
    settings: Strategy
    market: TradingRules
    """The trading rules; of the first symbol, where they differ."""
    rules: dict[str, TradingRules] = Field(default_factory=dict)
    """Those of each symbol, where they differ."""
    strategy: Account
    buy_and_hold: Account
    cash: Account

    @model_validator(mode="after")
    def _check(self) -> Self:
        for account in (self.strategy, self.buy_and_hold, self.cash):
            if len(account.equity) != len(self.sessions):
                raise ValueError("an account has a number for every session")
            # Not equal to the last bit: the sub-accounts of several symbols are summed.
            if not isclose(account.equity[0], self.capital, rel_tol=1e-9):
                raise ValueError("all accounts begin with the same capital")
        return self

    @property
    def summary(self) -> TradingSummary:
        """The simulation without its paths."""
        return TradingSummary(
            symbols=self.symbols,
            currency=self.currency,
            first=self.sessions[1],
            last=self.sessions[-1],
            capital=self.capital,
            cash_rate=self.cash_rate,
            settings=self.settings,
            market=self.market,
            rules=self.rules,
            strategy=self.strategy.results,
            buy_and_hold=self.buy_and_hold.results,
            cash=self.cash.results,
        )
