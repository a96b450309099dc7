"""The simulation: decisions and prices in, three accounts out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, assert_never

import numpy as np

from pregao.decisions.trading._account import Ledger, run
from pregao.decisions.trading._bars import Tape
from pregao.decisions.trading._decisions import Decisions
from pregao.decisions.trading._rules import Market
from pregao.decisions.trading._strategy import Orders, Strategy, orders_of
from pregao.decisions.trading._sub_accounts import Sleeve, merged
from pregao.decisions.trading._tax import assess, realised
from pregao.decisions.trading._trading import Account, Trading
from pregao.errors import InputError
from pregao.instruments import Sessions, as_date
from pregao.prices import Prices
from pregao.scores import Float

CAPITAL = 100_000.0
CapitalSplit = Literal["equal", "risk_parity"]


def simulate(
    prices: Prices,
    decisions: Decisions,
    *,
    market: Market,
    strategy: Strategy | None = None,
    capital: float = CAPITAL,
    tax: bool = False,
    cash_rate: float = 0.0,
) -> Trading:
    """Trade one symbol by the decisions, and beside it buy and hold, and hold cash.

    What is decided after the close of a cutoff is executed at the open of the next session, never
    earlier. The simulation begins at the first cutoff and ends when the horizon of the last one
    does, or with the prices.

    Parameters
    ----------
    prices
        Quoted prices with their adjusted closes; see `Tape` for what splits and dividends do.
    market
        What trading costs; `market_of(symbol)` gives the preset of the exchange.
    capital
        In the quoted currency.
    tax
        Whether to work out the market's tax too, in a column of its own.
    cash_rate
        What cash earns a year, in all three accounts.

    Raises
    ------
    InputError
        If a cutoff is no session of the prices, if none comes after the first one, if the strategy
        reads what the forecaster has not said, or if tax is asked for where no rule is known.

    >>> from pregao.decisions.trading import MARKETS
    >>> from pregao.testing import synthetic_prices
    >>> prices = synthetic_prices("PETR4", 100)
    >>> said = np.tile([-0.02, 0.01, 0.03], (50, 5, 1))
    >>> always = Decisions(prices.sessions[:50], said, (0.1, 0.5, 0.9))
    >>> free = simulate(prices, always, market=MARKETS["none"], capital=10_000.0)
    >>> len(free.sessions), free.strategy.equity == free.buy_and_hold.equity
    (55, True)
    >>> free.strategy.results.fees, free.cash.results.after_costs.total_return
    (0.0, 0.0)
    """
    return combined(
        {str(prices.symbol): (prices, decisions)},
        market=market,
        strategy=strategy,
        capital=capital,
        tax=tax,
        cash_rate=cash_rate,
    )


def combined(
    symbols: Mapping[str, tuple[Prices, Decisions]],
    *,
    market: Market,
    strategy: Strategy | None = None,
    capital: float = CAPITAL,
    split: CapitalSplit = "equal",
    tax: bool = False,
    cash_rate: float = 0.0,
) -> Trading:
    """Trade several symbols of one currency, each with its part of the capital, as `simulate`.

    Each part stays by itself: what one symbol earns is not moved to another. All parts begin at
    the earliest cutoff, and end when the last one does; on days when an exchange is closed its part
    stays as it was. Tax is that of one person for all symbols.

    Parameters
    ----------
    split
        ``equal``, or ``risk_parity``: in proportion to one over the volatility that the first
        forecast of each symbol says, which is known when the parts are made.

    Raises
    ------
    InputError
        As `simulate`, or if the symbols are quoted in different currencies.
    """
    strategy = Strategy() if strategy is None else strategy
    currency = _one_currency(symbols)
    if tax and market.tax is None:
        raise InputError("this market has no tax rule: give it one, or simulate without tax")
    sleeves = _sleeves(symbols, market, strategy, _parts(symbols, capital, split))
    sessions = np.unique(np.concatenate([each.tape.sessions for each in sleeves]))

    def account(orders: Callable[[Sleeve], Orders]) -> Account:
        ledgers = [
            run(
                each.tape,
                orders(each),
                market,
                capital=each.capital,
                cash_rate=cash_rate,
            )
            for each in sleeves
        ]
        due = _tax(sleeves, ledgers, market, sessions) if tax else None
        return merged(sleeves, ledgers, sessions, tax=due, cash_rate=cash_rate)

    return Trading(
        symbols=tuple(symbols),
        currency=currency,
        sessions=tuple(as_date(session) for session in sessions),
        capital=capital,
        cash_rate=cash_rate,
        settings=strategy,
        market=market,
        strategy=account(lambda each: each.orders),
        buy_and_hold=account(lambda each: Orders.buy_and_hold(len(each.tape))),
        cash=account(lambda each: Orders.nothing(len(each.tape))),
    )


def _one_currency(symbols: Mapping[str, tuple[Prices, Decisions]]) -> str:
    currencies = sorted({prices.symbol.currency for prices, _ in symbols.values()})
    if len(currencies) != 1:
        raise InputError(
            f"one account is kept in one currency, and these symbols are quoted in "
            f"{' and '.join(currencies) or 'none'}: simulate those of each currency by themselves"
        )
    return currencies[0]


def _parts(
    symbols: Mapping[str, tuple[Prices, Decisions]], capital: float, split: CapitalSplit
) -> list[float]:
    """Give each symbol's part of the capital; all add up to it exactly."""
    match split:
        case "equal":
            weights = np.ones(len(symbols))
        case "risk_parity":
            first = [said.annual_volatility(step=said.horizon)[0] for _, said in symbols.values()]
            weights = 1 / np.maximum(first, 1e-6)
        case _:
            assert_never(split)
    *parts, _ = (capital * weights / weights.sum()).tolist()
    return [*parts, capital - sum(parts)]


def _sleeves(
    symbols: Mapping[str, tuple[Prices, Decisions]],
    market: Market,
    strategy: Strategy,
    parts: Sequence[float],
) -> list[Sleeve]:
    first = min(said.cutoffs[0] for _, said in symbols.values())
    last = max(_end(prices, said) for prices, said in symbols.values())
    sleeves = []
    for (symbol, (prices, said)), capital in zip(symbols.items(), parts, strict=True):
        tape = Tape.of(prices.between(first, last), market)
        orders = orders_of(
            said,
            strategy,
            market,
            rows=np.searchsorted(tape.sessions, said.cutoffs).tolist(),
            num_sessions=len(tape),
        )
        sleeves.append(Sleeve(symbol, tape, orders, capital))
    return sleeves


def _end(prices: Prices, decisions: Decisions) -> np.datetime64:
    """Give the session in which the last decision's horizon ends, or the last that there is."""
    unknown = decisions.cutoffs[~np.isin(decisions.cutoffs, prices.sessions)]
    if len(unknown):
        raise InputError(
            f"{prices.symbol} has no session {unknown[0]} and {len(unknown) - 1} more cutoffs: "
            "decide on the sessions of the prices that are traded"
        )
    if decisions.cutoffs[0] >= prices.last:
        raise InputError(
            f"{prices.symbol} has no session after the first cutoff {decisions.cutoffs[0]}: "
            "nothing can be traded"
        )
    row = int(np.searchsorted(prices.sessions, decisions.cutoffs[-1])) + decisions.horizon
    end: np.datetime64 = prices.sessions[min(row, len(prices) - 1)]
    return end


def _tax(
    sleeves: Sequence[Sleeve], ledgers: Sequence[Ledger], market: Market, sessions: Sessions
) -> Float:
    assert market.tax is not None, "asked for where there is a rule"
    gains = [
        gain
        for sleeve, ledger in zip(sleeves, ledgers, strict=True)
        for gain in realised(sleeve.tape, ledger, market.tax)
    ]
    return np.array(assess(gains, market.tax, sessions))
