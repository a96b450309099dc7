"""The trading simulation: the accounts of a strategy, of buy-and-hold and of cash."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, assert_never

import numpy as np

from pregao.decisions.trading._account import AccountHistory, simulate_account
from pregao.decisions.trading._bars import MarketBars
from pregao.decisions.trading._decisions import SymbolForecasts
from pregao.decisions.trading._markets import trading_rules_for, why_untaxed
from pregao.decisions.trading._results import Account, Trading
from pregao.decisions.trading._rules import TradingRules
from pregao.decisions.trading._strategy import Orders, Strategy, make_orders
from pregao.decisions.trading._sub_accounts import SubAccount, merge_sub_accounts
from pregao.decisions.trading._tax import Gain, assess_tax, realised_gains
from pregao.errors import InputError
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices
from pregao.scores import Float
from pregao.texts import gettext_lazy as _

CAPITAL = 100_000.0
CapitalSplit = Literal["equal", "risk_parity"]


def simulate(
    prices: Prices,
    decisions: SymbolForecasts,
    *,
    market: TradingRules | None = None,
    strategy: Strategy | None = None,
    capital: float = CAPITAL,
    tax: bool = False,
    cash_rate: float = 0.0,
) -> Trading:
    """Simulate a strategy on one symbol, with buy-and-hold and cash beside it.

    A decision after the close of a cutoff is executed at the open of the next session, never
    earlier. The simulation begins at the first cutoff and ends with the horizon of the last one,
    or with the prices.

    Parameters
    ----------
    prices
        Quoted prices with adjusted closes; see `MarketBars` on splits and dividends.
    market
        The trading rules; by default those of its exchange and class (`trading_rules_for`).
    capital
        In the quoted currency.
    tax
        Whether to compute the tax as well, in a column of its own.
    cash_rate
        Annual yield of cash, in all three accounts.

    Raises
    ------
    InputError
        If a cutoff is no session of the prices, if there is no session after the first cutoff, if
        the strategy needs levels or probabilities that the forecasts lack, or if tax is requested
        and the trading rules have none, as while the class of a ticker in 11 is not stated.

    >>> from pregao.decisions.trading import TRADING_RULES
    >>> from pregao.testing import synthetic_prices
    >>> prices = synthetic_prices("PETR4", 100)
    >>> quantiles = np.tile([-0.02, 0.01, 0.03], (50, 5, 1))
    >>> rising = SymbolForecasts(prices.sessions[:50], quantiles, (0.1, 0.5, 0.9))
    >>> free = simulate(prices, rising, market=TRADING_RULES["none"], capital=10_000.0)
    >>> len(free.sessions), free.strategy.equity == free.buy_and_hold.equity
    (55, True)
    >>> free.strategy.results.fees, free.cash.results.after_costs.total_return
    (0.0, 0.0)
    """
    return simulate_portfolio(
        {str(prices.symbol): (prices, decisions)},
        market=market,
        strategy=strategy,
        capital=capital,
        tax=tax,
        cash_rate=cash_rate,
    )


def simulate_portfolio(
    symbols: Mapping[str, tuple[Prices, SymbolForecasts]],
    *,
    market: TradingRules | None = None,
    strategy: Strategy | None = None,
    capital: float = CAPITAL,
    split: CapitalSplit = "equal",
    tax: bool = False,
    cash_rate: float = 0.0,
) -> Trading:
    """Simulate several symbols of one currency, each in its sub-account, as `simulate`.

    Capital is never moved between sub-accounts. All of them begin at the earliest cutoff and end
    with the last one; on days when an exchange is closed its sub-account is unchanged. Tax is
    assessed on all symbols together, as of one person.

    Parameters
    ----------
    market
        The trading rules of all symbols; by default each symbol has those of its own class.
    split
        ``equal``, or ``risk_parity``: in proportion to the inverse volatility of the first forecast
        of each symbol, which is known when the capital is split.

    Raises
    ------
    InputError
        As `simulate`, or if the symbols are quoted in different currencies.
    """
    strategy = Strategy() if strategy is None else strategy
    currency = _one_currency(symbols)
    rules = {
        name: trading_rules_for(prices.symbol) if market is None else market
        for name, (prices, _) in symbols.items()
    }
    if tax:
        _check_taxable(symbols, rules)
    sub_accounts = _sub_accounts(symbols, rules, strategy, _parts(symbols, capital, split))
    sessions = np.unique(np.concatenate([each.bars.sessions for each in sub_accounts]))

    def account(orders: Callable[[SubAccount], Orders]) -> Account:
        histories = [
            simulate_account(
                each.bars,
                orders(each),
                each.rules,
                capital=each.capital,
                cash_rate=cash_rate,
            )
            for each in sub_accounts
        ]
        due = _tax(sub_accounts, histories, sessions) if tax else None
        return merge_sub_accounts(sub_accounts, histories, sessions, tax=due, cash_rate=cash_rate)

    return Trading(
        symbols=tuple(symbols),
        currency=currency,
        sessions=tuple(as_date(session) for session in sessions),
        capital=capital,
        cash_rate=cash_rate,
        settings=strategy,
        market=next(iter(rules.values())),
        rules=rules if len({each.model_dump_json() for each in rules.values()}) > 1 else {},
        strategy=account(lambda each: each.orders),
        buy_and_hold=account(lambda each: Orders.buy_and_hold(len(each.bars))),
        cash=account(lambda each: Orders.no_trades(len(each.bars))),
    )


def _check_taxable(
    symbols: Mapping[str, tuple[Prices, SymbolForecasts]], rules: Mapping[str, TradingRules]
) -> None:
    for name, (prices, _forecasts) in symbols.items():
        if rules[name].tax is not None:
            continue
        if rules[name] == trading_rules_for(prices.symbol):
            raise InputError(why_untaxed(prices.symbol))
        raise InputError(_("this market has no tax rule: give it one, or simulate without tax"))


def _one_currency(symbols: Mapping[str, tuple[Prices, SymbolForecasts]]) -> str:
    currencies = sorted({prices.symbol.currency for prices, _ in symbols.values()})
    if len(currencies) != 1:
        raise InputError(
            _(
                "one account is kept in one currency, and these symbols are quoted in "
                "{currencies}: simulate those of each currency by themselves",
                currencies=", ".join(currencies) or "-",
            )
        )
    return currencies[0]


def _parts(
    symbols: Mapping[str, tuple[Prices, SymbolForecasts]], capital: float, split: CapitalSplit
) -> list[float]:
    """Return each symbol's part of the capital; the parts sum to it exactly."""
    match split:
        case "equal":
            weights = np.ones(len(symbols))
        case "risk_parity":
            first = [
                forecasts.annual_volatility(step=forecasts.horizon)[0]
                for _, forecasts in symbols.values()
            ]
            weights = 1 / np.maximum(first, 1e-6)
        case _:
            assert_never(split)
    *parts, _ = (capital * weights / weights.sum()).tolist()
    return [*parts, capital - sum(parts)]


def _sub_accounts(
    symbols: Mapping[str, tuple[Prices, SymbolForecasts]],
    rules: Mapping[str, TradingRules],
    strategy: Strategy,
    parts: Sequence[float],
) -> list[SubAccount]:
    first = min(forecasts.cutoffs[0] for _, forecasts in symbols.values())
    last = max(_end(prices, forecasts) for prices, forecasts in symbols.values())
    sub_accounts = []
    for (symbol, (prices, forecasts)), capital in zip(symbols.items(), parts, strict=True):
        own = rules[symbol]
        bars = MarketBars.from_prices(prices.between(first, last), own)
        orders = make_orders(
            forecasts,
            strategy,
            own,
            rows=np.searchsorted(bars.sessions, forecasts.cutoffs).tolist(),
            num_sessions=len(bars),
        )
        sub_accounts.append(SubAccount(symbol, own, bars, orders, capital))
    return sub_accounts


def _end(prices: Prices, decisions: SymbolForecasts) -> np.datetime64:
    """Return the session that ends the last forecast's horizon, or the last one of the prices."""
    unknown = decisions.cutoffs[~np.isin(decisions.cutoffs, prices.sessions)]
    if len(unknown):
        raise InputError(
            _(
                "{symbol} has no session {unknown} and {num_unknown} more cutoffs: decide on the "
                "sessions of the prices that are traded",
                symbol=prices.symbol,
                unknown=unknown[0],
                num_unknown=len(unknown) - 1,
            )
        )
    if decisions.cutoffs[0] >= prices.last:
        raise InputError(
            _(
                "{symbol} has no session after the first cutoff {cutoffs}: nothing can be traded",
                symbol=prices.symbol,
                cutoffs=decisions.cutoffs[0],
            )
        )
    row = int(np.searchsorted(prices.sessions, decisions.cutoffs[-1])) + decisions.horizon
    end: np.datetime64 = prices.sessions[min(row, len(prices) - 1)]
    return end


def _tax(
    sub_accounts: Sequence[SubAccount], histories: Sequence[AccountHistory], sessions: Sessions
) -> Float:
    gains: list[Gain] = []
    for each, history in zip(sub_accounts, histories, strict=True):
        assert each.rules.tax is not None, "the caller checks that there is a rule"
        gains += realised_gains(each.bars, history, each.rules.tax)
    return np.array(assess_tax(gains, sessions))
