"""The trading rules of each market and class of instruments."""

from datetime import date

from pregao.decisions.trading import _sources
from pregao.decisions.trading._rules import TaxRule, TradingRules, Withholding
from pregao.instruments import B3, NYSE, InstrumentClass, Symbol
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _

_SHARE_TAX = TaxRule(period="month", rate=0.15, day_trade_rate=0.20, exempt_sales=20_000.0)
_NEVER_EXEMPT = TaxRule(period="month", rate=0.15, day_trade_rate=0.20)
_FII_TAX = TaxRule(period="month", rate=0.20, pool="fii")
_US_TAX = TaxRule(period="year", rate=0.24, long_term_rate=0.15)
_WITHHOLDINGS = (
    Withholding(payout="jcp", since=date(1996, 1, 1), rate=0.15),
    Withholding(payout="jcp", since=date(2026, 1, 1), rate=0.175),
    Withholding(payout="dividend", since=date(2026, 1, 1), rate=0.10, free_amount=50_000.0),
)

_B3 = TradingRules(
    exchange_bps=3.0,
    slippage_bps=5.0,
    lot_shares=100,
    tick=0.01,
    borrow_annual=0.03,
    settlement_sessions=2,
    sources=_sources.UNSTATED,
)

TRADING_RULES: dict[str, TradingRules] = {
    "b3": _B3.replace(tax=_SHARE_TAX, withholdings=_WITHHOLDINGS, sources=_sources.SHARES),
    "b3_fractional": TradingRules(
        exchange_bps=3.0,
        slippage_bps=15.0,
        lot_shares=1,
        tick=0.01,
        allows_short=False,
        settlement_sessions=2,
        tax=_SHARE_TAX,
        withholdings=_WITHHOLDINGS,
        sources=_sources.SHARES,
    ),
    "b3_unit": _B3.replace(tax=_NEVER_EXEMPT, withholdings=_WITHHOLDINGS, sources=_sources.UNITS),
    "b3_etf": _B3.replace(lot_shares=1, tax=_NEVER_EXEMPT, sources=_sources.ETFS),
    "b3_fii": _B3.replace(lot_shares=1, tax=_FII_TAX, sources=_sources.FIIS),
    "b3_bdr": _B3.replace(lot_shares=1, tax=_NEVER_EXEMPT, sources=_sources.BDRS),
    "b3_unit_or_fund": _B3,
    "us": TradingRules(
        sale_bps=0.278,
        slippage_bps=3.0,
        lot_shares=1,
        tick=0.01,
        borrow_annual=0.005,
        settlement_sessions=1,
        tax=_US_TAX,
        sources=_sources.US,
    ),
    "other": TradingRules(
        brokerage_bps=10.0,
        slippage_bps=10.0,
        lot_shares=1,
        allows_short=False,
        sources=_sources.OTHERS,
    ),
    "none": TradingRules(lot_shares=0, to_verify=False),
}
"""Trading rules by market; ``none`` costs nothing, for tests and for comparing signals."""

_BY_CLASS: dict[tuple[str, InstrumentClass], str] = {
    (B3.code, "share"): "b3",
    (B3.code, "unit"): "b3_unit",
    (B3.code, "etf"): "b3_etf",
    (B3.code, "fii"): "b3_fii",
    (B3.code, "bdr"): "b3_bdr",
    (B3.code, "unit_or_fund"): "b3_unit_or_fund",
    (B3.code, "index"): "b3_etf",
    (NYSE.code, "share"): "us",
    (NYSE.code, "index"): "us",
}
"""By exchange and class; those of all others are ``other``."""


def trading_rules_for(symbol: Symbol) -> TradingRules:
    """Return the trading rules of a symbol, by its exchange and class.

    An index cannot be traded itself: the rules are those of an index fund, at the exchange's
    costs, in any fraction and without ticks. Crypto assets and currencies are traded in any
    fraction too.

    >>> tickers = ("PETR4", "PETR4F", "AAPL34", "^BVSP")
    >>> [trading_rules_for(Symbol.parse(each)).lot_shares for each in tickers]
    [100, 1, 1, 0]
    """
    rules = TRADING_RULES[_BY_CLASS.get((symbol.exchange.code, symbol.kind), "other")]
    if symbol.kind in {"index", "crypto", "currency"}:
        return rules.replace(lot_shares=0, tick=0.0)
    if symbol.is_fractional:
        return TRADING_RULES["b3_fractional"].replace(
            tax=rules.tax, withholdings=rules.withholdings, sources=rules.sources
        )
    return rules


def why_untaxed(symbol: Symbol) -> LocalText:
    """Return why no tax is computed on the gains of a symbol, and what to type.

    >>> "class =" in str(why_untaxed(Symbol.parse("KNRI11")))
    True
    """
    match symbol.kind:
        case "unit_or_fund":
            return _(
                "the tax on {symbol} depends on whether it is a unit, an ETF or a FII, which its "
                "ticker does not tell: state it in PREGAO_HOME/instruments.toml, as [{symbol}] and "
                'on the next line class = "unit", "etf" or "fii", or simulate without tax',
                symbol=symbol.ticker,
            )
        case "future" | "option" | "right":
            return _(
                "{symbol} is a future, an option or a right, whose tax is not known here: simulate "
                "without tax, or give trading rules with a tax rule",
                symbol=symbol,
            )
        case _:
            return _(
                "no tax rule is known here for {symbol}: simulate without tax, or give trading "
                "rules with a tax rule",
                symbol=symbol,
            )
