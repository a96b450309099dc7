"""Trading rules by market: costs, lots, ticks, short sales and tax, with their sources."""

from typing import Annotated, Literal

from pydantic import Field

from pregao.instruments import B3, NYSE, Symbol
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
    positions of more than a year are netted separately, each with its own losses.
    """

    period: Literal["month", "year"]
    rate: Share
    day_trade_rate: Share | None = None
    """None taxes them as any other gain."""
    long_term_rate: Share | None = None
    """Of gains on positions of more than 365 days. None taxes them as any other gain."""
    exempt_sales: Amount = 0.0
    """Gains of a period are exempt if its sales, day trades excluded, do not exceed this amount."""


class TradingRules(Value):
    """Costs and rules of a market. The user must verify all figures: see `sources`.

    A buyer pays `brokerage_bps`, `exchange_bps` and `per_order`, a seller also `sale_bps`. The
    execution price is worse than the quoted one by `slippage_bps` and by `slippage_range_share` of
    the range of the session before, and is then rounded to the next tick against the trader.

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
    sources: tuple[RuleSource, ...] = ()
    to_verify: bool = True
    """Whether the figures are unverified against the user's broker and the law."""

    @property
    def round_trip_cost(self) -> float:
        """Cost of a round trip as a share of the price, without range, tick and order fee."""
        each_side = self.brokerage_bps + self.exchange_bps + self.slippage_bps
        return (2 * each_side + self.sale_bps) / 10_000


_B3_TAX = TaxRule(period="month", rate=0.15, day_trade_rate=0.20, exempt_sales=20_000.0)
_US_TAX = TaxRule(period="year", rate=0.24, long_term_rate=0.15)

_ASSUMED_SLIPPAGE = RuleSource(
    figures=("slippage_bps",),
    year=2024,
    en="Assumption: about the spread of a large company at the opening auction, for small orders",
    pt_br="Suposição: cerca do spread de uma empresa grande no leilão de abertura, em ordens "
    "pequenas",
)
_B3_SOURCES = (
    RuleSource(
        figures=("exchange_bps",),
        year=2024,
        en="B3 tariffs of the cash equity market, individuals: 0.0050 % trading, 0.0250 % "
        "settlement; announced from 2025 on: 0.0230 % in all",
        pt_br="Tarifas da B3 no mercado à vista de ações, pessoa física: 0,0050 % de negociação, "
        "0,0250 % de liquidação; anunciado a partir de 2025: 0,0230 % ao todo",
    ),
    _ASSUMED_SLIPPAGE,
    RuleSource(
        figures=("lot_shares", "tick", "settlement_sessions"),
        year=2024,
        en="B3 trading rules: lots of 100 shares, 1 in the fractional market, ticks of R$ 0.01, "
        "settlement in two sessions since May 2019",
        pt_br="Regras de negociação da B3: lote-padrão de 100 ações, 1 no fracionário, variação "
        "mínima de R$ 0,01, liquidação em D+2 desde maio de 2019",
    ),
    RuleSource(
        figures=("borrow_annual",),
        year=2024,
        en="Assumption: share lending of large companies; rates differ by share and day, and B3 "
        "adds a fee",
        pt_br="Suposição: aluguel de ações de empresas grandes; as taxas variam por ação e por "
        "dia, e a B3 cobra sua parte",
    ),
    RuleSource(
        figures=("tax",),
        year=2024,
        en="Lei 11.033/2004, arts. 2 and 3, and IN RFB 1.585/2015, arts. 56 to 65: 15 %, day "
        "trades 20 %, shares exempt up to R$ 20,000 of sales a month; losses carried forward",
        pt_br="Lei 11.033/2004, arts. 2 e 3, e IN RFB 1.585/2015, arts. 56 a 65: 15 %, day trade "
        "20 %, ações isentas até R$ 20.000 de vendas no mês; prejuízos compensáveis",
    ),
)
_US_SOURCES = (
    RuleSource(
        figures=("sale_bps",),
        year=2024,
        en="SEC section 31 fee: US$ 27.80 per million of sales; nil from May 2025; FINRA's fee of "
        "a fraction of a cent a share is left out",
        pt_br="Taxa da seção 31 da SEC: US$ 27,80 por milhão vendido; zero desde maio de 2025; a "
        "taxa da FINRA, fração de centavo por ação, fica de fora",
    ),
    _ASSUMED_SLIPPAGE,
    RuleSource(
        figures=("lot_shares", "tick", "settlement_sessions"),
        year=2024,
        en="SEC: orders of one share, ticks of US$ 0.01 (Rule 612), settlement in one session "
        "since May 2024 (Rule 15c6-1)",
        pt_br="SEC: ordens de uma ação, variação mínima de US$ 0,01 (regra 612), liquidação em "
        "D+1 desde maio de 2024 (regra 15c6-1)",
    ),
    RuleSource(
        figures=("borrow_annual",),
        year=2024,
        en="Assumption: shares of large companies, easy to borrow",
        pt_br="Suposição: ações de empresas grandes, fáceis de alugar",
    ),
    RuleSource(
        figures=("tax",),
        year=2024,
        en="Internal Revenue Code sections 1 and 1222: short-term gains at the income's own rate "
        "(24 % is one of the brackets: set yours), 15 % after more than a year",
        pt_br="Internal Revenue Code, seções 1 e 1222: ganhos de curto prazo à alíquota da renda "
        "(24 % é uma das faixas: informe a sua), 15 % depois de mais de um ano",
    ),
)
_OTHER_SOURCES = (
    RuleSource(
        figures=("brokerage_bps", "slippage_bps", "lot_shares"),
        year=2024,
        en="Assumption, on the dear side: no rules of this market are known here; no tax",
        pt_br="Suposição, para o lado caro: não há aqui regras deste mercado; sem imposto",
    ),
)

TRADING_RULES: dict[str, TradingRules] = {
    "b3": TradingRules(
        exchange_bps=3.0,
        slippage_bps=5.0,
        lot_shares=100,
        tick=0.01,
        borrow_annual=0.03,
        settlement_sessions=2,
        tax=_B3_TAX,
        sources=_B3_SOURCES,
    ),
    "b3_fractional": TradingRules(
        exchange_bps=3.0,
        slippage_bps=15.0,
        lot_shares=1,
        tick=0.01,
        allows_short=False,
        settlement_sessions=2,
        tax=_B3_TAX,
        sources=_B3_SOURCES,
    ),
    "us": TradingRules(
        sale_bps=0.278,
        slippage_bps=3.0,
        lot_shares=1,
        tick=0.01,
        borrow_annual=0.005,
        settlement_sessions=1,
        tax=_US_TAX,
        sources=_US_SOURCES,
    ),
    "other": TradingRules(
        brokerage_bps=10.0,
        slippage_bps=10.0,
        lot_shares=1,
        allows_short=False,
        sources=_OTHER_SOURCES,
    ),
    "none": TradingRules(lot_shares=0, to_verify=False),
}
"""Trading rules by market; ``none`` costs nothing, for tests and for comparing signals."""

_BY_EXCHANGE = {B3.code: "b3", NYSE.code: "us"}


def trading_rules_for(symbol: Symbol) -> TradingRules:
    """Return the trading rules of a symbol's exchange.

    An index cannot be traded itself: the rules are those of an index fund, at the exchange's
    costs, in any fraction, without ticks and without B3's exemption, which is for shares.

    >>> [trading_rules_for(Symbol.parse(each)).lot_shares for each in ("PETR4", "^BVSP")]
    [100, 0]
    """
    market = TRADING_RULES[_BY_EXCHANGE.get(symbol.exchange.code, "other")]
    if not symbol.ticker.startswith("^"):
        return market
    tax = market.tax.replace(exempt_sales=0.0) if market.tax else None
    return market.replace(lot_shares=0, tick=0.0, tax=tax)
