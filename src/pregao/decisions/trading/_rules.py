"""Trading rules: costs, lots, ticks, short sales and tax, with their sources."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pregao.values import Value

Share = Annotated[float, Field(ge=0, lt=1)]
Amount = Annotated[float, Field(ge=0)]


class RuleSource(Value):
    """The source of some figures of a market."""

    figures: tuple[str, ...]
    """The fields that it documents."""
    year: int
    """The year of validity."""
    en: str
    pt_br: str


class TaxRule(Value):
    """Taxation of gains; applied only where a simulation asks for tax.

    Gains and losses of a period are netted, and a net loss is carried forward without limit. Day
    trades (bought and sold in the same session) and, where they have a rate of their own, gains on
    positions of more than a year are netted separately, each with its own losses. So are the rules
    of another `pool`: all symbols of an account are assessed together, as of one person.
    """

    period: Literal["month", "year"]
    rate: Share
    day_trade_rate: Share | None = None
    """None taxes them as any other gain."""
    long_term_rate: Share | None = None
    """Of gains on positions of more than 365 days. None taxes them as any other gain."""
    exempt_sales: Amount = 0.0
    """Gains of a period are exempt if its sales under such rules, gross of fees and day trades
    excluded, do not exceed this amount. Day trades and short positions are never exempt."""
    pool: Literal["general", "fii"] = "general"
    """Losses are set off against gains of the same pool alone."""


class Withholding(Value):
    """The tax withheld from what a company pays out, from a day on.

    It is on record only: the amounts paid are not known, and dividends are reinvested gross.
    """

    payout: Literal["dividend", "jcp"]
    """JCP: interest on equity (juros sobre capital proprio)."""
    since: date
    rate: Share
    free_amount: Amount = 0.0
    """Of a month and a payer; above it, the rate is on the whole amount."""


class TradingRules(Value):
    """Costs and rules of a market. The user must verify all figures: see `sources`.

    A buyer pays `brokerage_bps`, `exchange_bps` and `per_order`, a seller also `sale_bps`. The
    execution price is worse than the quoted one by `slippage_bps` and by `slippage_range_share` of
    the range of the session before, and is then rounded to the next tick against the trader.

    >>> from pregao.decisions.trading import TRADING_RULES
    >>> TRADING_RULES["b3"].round_trip_cost
    0.0016
    >>> TRADING_RULES["b3"].replace(brokerage_bps=5.0, to_verify=False).round_trip_cost
    0.0026
    """

    brokerage_bps: Amount = 0.0
    """Of the traded value, on each side."""
    exchange_bps: Amount = 0.0
    """Fees of the exchange and of the clearing house, on each side."""
    sale_bps: Amount = 0.0
    """Fees on sales alone."""
    per_order: Amount = 0.0
    """In the quoted currency."""
    slippage_bps: Amount = 0.0
    slippage_range_share: Share = 0.0
    """Of ``(high - low) / close`` of the session before."""
    lot_shares: Annotated[int, Field(ge=0)] = 1
    """Orders are multiples of it; 0 allows any fraction of a share."""
    tick: Amount = 0.0
    """Smallest step of the price; 0 for none."""
    allows_short: bool = True
    borrow_annual: Amount = 0.0
    """Annual cost of borrowed shares, as a share of their value."""
    settlement_sessions: Annotated[int, Field(ge=0)] = 0
    """Informative only: proceeds of sales are available at once, as brokers allow, and interest
    runs from the trade date."""
    tax: TaxRule | None = None
    withholdings: tuple[Withholding, ...] = ()
    """By payout, ascending by day."""
    sources: tuple[RuleSource, ...] = ()
    to_verify: bool = True
    """Whether the figures are unverified against the user's broker and the law."""

    @property
    def round_trip_cost(self) -> float:
        """Cost of a round trip as a share of the price, without range, tick and order fee."""
        each_side = self.brokerage_bps + self.exchange_bps + self.slippage_bps
        return (2 * each_side + self.sale_bps) / 10_000

    def withholding(self, payout: Literal["dividend", "jcp"], day: date) -> Withholding | None:
        """Return the withholding in force on a day; None before the first.

        >>> from pregao.decisions.trading import TRADING_RULES
        >>> [TRADING_RULES["b3"].withholding("jcp", date(year, 1, 1)).rate for year in (2025, 2026)]
        [0.15, 0.175]
        """
        known = [e for e in self.withholdings if e.payout == payout and e.since <= day]
        return max(known, key=lambda each: each.since, default=None)
