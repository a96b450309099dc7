"""The parts of an account, one a symbol, and how they add up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pregao.decisions.trading._account import Ledger, round_trips
from pregao.decisions.trading._bars import Tape
from pregao.decisions.trading._decisions import SESSIONS_A_YEAR
from pregao.decisions.trading._performance import FEWEST_SESSIONS, performance
from pregao.decisions.trading._strategy import Orders
from pregao.decisions.trading._trading import Account, Path, Results, Trade
from pregao.instruments import Sessions, as_date
from pregao.scores import Float


@dataclass(frozen=True)
class Sleeve:
    """One symbol with its part of the capital."""

    symbol: str
    tape: Tape
    orders: Orders
    capital: float


def merged(
    sleeves: Sequence[Sleeve],
    ledgers: Sequence[Ledger],
    sessions: Sessions,
    *,
    tax: Float | None,
    cash_rate: float,
) -> Account:
    """Add the parts up, session by session; a part whose exchange is closed stays as it was."""
    both = list(zip(sleeves, ledgers, strict=True))

    def levels(path: Callable[[Ledger], list[float]]) -> Float:
        return np.array([_carried(path(own), each.tape, sessions) for each, own in both])

    def flow(path: Callable[[Ledger], list[float]]) -> Float:
        total = np.zeros(len(sessions))
        for each, own in both:
            total[np.searchsorted(sessions, each.tape.sessions)] += path(own)
        return total

    values, shares = levels(lambda own: own.value), levels(lambda own: own.shares)
    cash, position = levels(lambda own: own.cash).sum(axis=0), values.sum(axis=0)
    fees, slippage = flow(lambda own: own.fees), flow(lambda own: own.slippage)
    borrow, interest = flow(lambda own: own.borrow), flow(lambda own: own.interest)
    trades = _trades(both)
    results = _results(
        ledgers,
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
        shares={each.symbol: _path(held) for each, held in zip(sleeves, shares, strict=True)},
        fees=_path(fees),
        slippage=_path(slippage),
        borrow=_path(borrow),
        interest=_path(interest),
        tax=_path(np.zeros(len(sessions)) if tax is None else tax),
        trades=trades,
        results=results,
    )


def _carried(path: list[float], tape: Tape, sessions: Sessions) -> Float:
    """Give a level at each session, before the first as it was there."""
    rows = np.searchsorted(tape.sessions, sessions, side="right") - 1
    return np.array(path)[np.maximum(rows, 0)]


def _path(values: Float) -> Path:
    return tuple(values.tolist())


def _trades(both: Sequence[tuple[Sleeve, Ledger]]) -> tuple[Trade, ...]:
    trades = [
        Trade(
            session=as_date(each.tape.sessions[fill.row]),
            at="close" if fill.is_at_close else "open",
            symbol=each.symbol,
            side="buy" if fill.shares > 0 else "sell",
            shares=abs(fill.shares),
            price=fill.price,
            fees=fill.fees,
            slippage=fill.slippage,
        )
        for each, own in both
        for fill in own.fills
    ]
    return tuple(sorted(trades, key=lambda trade: (trade.session, trade.at == "close")))


def _results(
    ledgers: Sequence[Ledger],
    *,
    equity: Float,
    flows: dict[str, Float],
    tax: Float | None,
    traded: float,
    at_risk: Float,
    cash_rate: float,
) -> Results:
    costs = flows["fees"] + flows["slippage"] + flows["borrow"]
    trips = [trip for own in ledgers for trip in round_trips(own)]
    return Results(
        before_costs=performance(equity + np.cumsum(costs), cash_rate=cash_rate),
        after_costs=performance(equity, cash_rate=cash_rate),
        after_tax=None
        if tax is None
        else performance(equity - np.cumsum(tax), cash_rate=cash_rate),
        **{name: float(flow.sum()) for name, flow in flows.items()},
        tax=0.0 if tax is None else float(tax.sum()),
        num_trades=sum(len(own.fills) for own in ledgers),
        num_unfilled=sum(own.num_unfilled for own in ledgers),
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
    """Average over the sessions that end with something left."""
    solvent = equity > 0
    return float((at_risk[solvent] / equity[solvent]).mean()) if solvent.any() else 0.0
