"""One history of a security under two tickers, joined where it was renamed."""

from dataclasses import replace

import numpy as np

from pregao.errors import InputError
from pregao.findings import Finding
from pregao.instruments import B3, Rename, Symbol, as_date, rename_of, sessions_between
from pregao.prices._joining import rescale_to
from pregao.prices._prices import Bars, Prices
from pregao.prices._scale import LARGE
from pregao.texts import gettext_lazy as _
from pregao.values import bilingual

_MAX_ABSENT = 5
"""Sessions between the last bar of the old ticker and the first of the new one."""


def renamed(symbol: Symbol) -> tuple[Rename, Symbol] | None:
    """Return the rename of a symbol, and its other ticker; None if it has only one.

    >>> rename, other = renamed(Symbol.parse("ELET3"))
    >>> str(other), str(rename.since)
    ('AXIA3', '2025-11-10')
    """
    found = rename_of(symbol.ticker) if symbol.exchange == B3 else None
    if found is None:
        return None
    other = found.old if symbol.ticker == found.new else found.new
    return found, Symbol(other, symbol.exchange)


def join_renamed(old: Prices, new: Prices) -> Prices:
    """Return the bars under the old ticker, followed by those under the new one, as the latter's.

    Where both have sessions these show the scale. Without any the quoted closes go on, and with
    them the ratio of adjusted to quoted closes: no dividend has its ex-date on the day of a rename.

    Raises
    ------
    InputError
        If sessions are absent between both, or the quoted close does not go on.
    """
    earlier = old.bars.take(old.sessions < new.first)
    if len(earlier) == 0:
        return new
    if len(earlier) < len(old):
        rescaled = rescale_to(replace(old, symbol=new.symbol), new, is_as_traded=False)
        earlier = rescaled.take(rescaled.sessions < new.first) if len(rescaled) else earlier
    else:
        earlier = _continued(earlier, new)
    shared = [name for name in earlier.columns if name in new.bars.columns]
    columns = {
        name: np.concatenate([earlier.columns[name], new.bars.columns[name]]) for name in shared
    }
    bars = Bars.from_columns(np.concatenate([earlier.sessions, new.sessions]), columns)
    actions = (
        *(each for each in old.actions if each.action.ex_date < as_date(new.first)),
        *new.actions,
    )
    return replace(new, bars=bars, actions=actions)


def renamed_finding(symbol: Symbol, rename: Rename, joined: Prices) -> Finding:
    """Report a history of two tickers."""
    seen = bilingual(
        "{old} is {new} since {since}: {sessions} sessions of both, from {first} on",
        old=rename.old,
        new=rename.new,
        since=rename.since,
        sessions=len(joined),
        first=as_date(joined.first),
    )
    return Finding.from_code("PRC032", seen, symbol=str(symbol))


def _continued(earlier: Bars, new: Prices) -> Bars:
    """Return earlier bars in the adjustment of new ones, which begin after them."""
    last = earlier.sessions[-1]
    absent = len(sessions_between(new.symbol.exchange, last, new.first)) - 2
    step = float(np.log(new.bars.open[0] / earlier.close[-1]))
    if absent > _MAX_ABSENT or abs(step) >= LARGE:
        raise InputError(
            _(
                "{symbol} was renamed, and its bars from {first} on do not go on from those of "
                "the old ticker, which end on {last}: fetch one of them anew",
                symbol=new.symbol,
                first=as_date(new.first),
                last=as_date(last),
            )
        )
    factor = (new.bars.adj_close[0] / new.bars.close[0]) / (
        earlier.adj_close[-1] / earlier.close[-1]
    )
    return Bars.from_columns(
        earlier.sessions, {**earlier.columns, "adj_close": earlier.adj_close * factor}
    )
