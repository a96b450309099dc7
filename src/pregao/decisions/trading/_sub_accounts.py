"""Sub-accounts, one per symbol, and their aggregation into one account."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pregao.decisions.trading._account import AccountHistory, round_trips
from pregao.decisions.trading._bars import MarketBars
from pregao.decisions.trading._decisions import SESSIONS_A_YEAR
from pregao.decisions.trading._performance import FEWEST_SESSIONS, performance
from pregao.decisions.trading._results import Account, AccountResults, Path, Trade
from pregao.decisions.trading._rules import TradingRules
from pregao.decisions.trading._strategy import Orders
from pregao.instruments import Sessions, as_date
from pregao.scores import Float


@dataclass(frozen=True)
class SubAccount:
    """One symbol with its bars, its trading rules, its orders and its part of the capital."""

    symbol: str
    rules: TradingRules
    bars: MarketBars
    orders: Orders
    capital: float


def merge_sub_accounts(
    sub_accounts: Sequence[SubAccount],
    histories: Sequence[AccountHistory],
    sessions: Sessions,
    *,
    tax: Float | None,
    cash_rate: float,
) -> Account:
    """Sum sub-accounts session by session; those whose exchange is closed keep their values."""
    pairs = list(zip(sub_accounts, histories, strict=True))

    def levels(path: Callable[[AccountHistory], list[float]]) -> Float:
        return np.array(
            [_carry_forward(path(history), each.bars, sessions) for each, history in pairs]
        )

    def flow(path: Callable[[AccountHistory], list[float]]) -> Float:
        total = np.zeros(len(sessions))
        for each, history in pairs:
            total[np.searchsorted(sessions, each.bars.sessions)] += path(history)
        return total

    values, shares = levels(lambda history: history.value), levels(lambda history: history.shares)
    cash, position = levels(lambda history: history.cash).sum(axis=0), values.sum(axis=0)
    fees, slippage = flow(lambda history: history.fees), flow(lambda history: history.slippage)
    borrow, interest = flow(lambda history: history.borrow), flow(lambda history: history.interest)
    trades = _trades(pairs)
    results = _results(
        histories,
        equity=cash + position,
        flows={"fees": fees, "slippage": slippage, "borrow": borrow, "interest": interest},
        tax=tax,
        traded=sum(abs(trade.shares) * trade.price for trade in trades),
        at_risk=np.abs(values).sum(axis=0),
        cash_rate=cash_rate,
    )
    return Account(
        equity=_path(cash + position),
        cash=_path(cash),
        position=_path(position),
        shares={each.symbol: _path(held) for each, held in zip(sub_accounts, shares, strict=True)},
        fees=_path(fees),
        slippage=_path(slippage),
        borrow=_path(borrow),
        interest=_path(interest),
        tax=_path(np.zeros(len(sessions)) if tax is None else tax),
        trades=trades,
        results=results,
    )


def _carry_forward(path: list[float], bars: MarketBars, sessions: Sessions) -> Float:
    """Return the level at each session: the latest known, or the first before any."""
    rows = np.searchsorted(bars.sessions, sessions, side="right") - 1
    return np.array(path)[np.maximum(rows, 0)]


def _path(values: Float) -> Path:
    return tuple(values.tolist())


def _trades(pairs: Sequence[tuple[SubAccount, AccountHistory]]) -> tuple[Trade, ...]:
    trades = [
        Trade(
            session=as_date(each.bars.sessions[fill.row]),
            at="close" if fill.is_at_close else "open",
            symbol=each.symbol,
            side="buy" if fill.shares > 0 else "sell",
            shares=abs(fill.shares),
            price=fill.price,
            fees=fill.fees,
            slippage=fill.slippage,
        )
        for each, history in pairs
        for fill in history.fills
    ]
    return tuple(sorted(trades, key=lambda trade: (trade.session, trade.at == "close")))


def _results(
    histories: Sequence[AccountHistory],
    *,
    equity: Float,
    flows: dict[str, Float],
    tax: Float | None,
    traded: float,
    at_risk: Float,
    cash_rate: float,
) -> AccountResults:
    costs = flows["fees"] + flows["slippage"] + flows["borrow"]
    trips = [trip for history in histories for trip in round_trips(history)]
    return AccountResults(
        before_costs=performance(equity + np.cumsum(costs), cash_rate=cash_rate),
        after_costs=performance(equity, cash_rate=cash_rate),
        after_tax=None
        if tax is None
        else performance(equity - np.cumsum(tax), cash_rate=cash_rate),
        **{name: float(flow.sum()) for name, flow in flows.items()},
        tax=0.0 if tax is None else float(tax.sum()),
        num_trades=sum(len(history.fills) for history in histories),
        num_unfilled=sum(history.num_unfilled for history in histories),
        num_round_trips=len(trips),
        hit_rate_before_costs=_share_above_zero([before for before, _ in trips]),
        hit_rate=_share_above_zero([after for _, after in trips]),
        turnover=_turnover(traded, equity),
        exposure=_exposure(at_risk[1:], equity[1:]),
    )


def _share_above_zero(gains: Sequence[float]) -> float | None:
    return sum(gain > 0 for gain in gains) / len(gains) if gains else None


def _turnover(traded: float, equity: Float) -> float | None:
    num_sessions, mean = len(equity) - 1, float(equity.mean())
    if num_sessions < FEWEST_SESSIONS or mean <= 0:
        return None
    return traded / mean * SESSIONS_A_YEAR / num_sessions


def _exposure(at_risk: Float, equity: Float) -> float:
    """Return the mean exposure over the sessions that end with positive equity."""
    solvent = equity > 0
    return float((at_risk[solvent] / equity[solvent]).mean()) if solvent.any() else 0.0
