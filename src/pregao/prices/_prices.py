"""Daily bars of one symbol: raw, and validated."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pregao.instruments import Sessions, Symbol, as_date
from pregao.prices._corporate_actions import ActionEffect, price_factors

if TYPE_CHECKING:
    import pandas as pd

Column = NDArray[np.float64]

PRICE_COLUMNS = ("open", "high", "low", "close", "adj_close")
COLUMNS = (*PRICE_COLUMNS, "volume")
ORDER_BOOK_COLUMNS = ("best_bid", "best_ask")


@dataclass(frozen=True)
class Bars:
    """Daily bars as a provider returned them: columns of equal length, otherwise unchecked.

    Prices are in the quoted currency, volume in shares (an index may have none: zero). A missing
    value is NaN. Rows keep the provider's order.
    """

    sessions: Sessions
    open: Column
    high: Column
    low: Column
    close: Column
    adj_close: Column
    volume: Column
    best_bid: Column | None = None
    """The best bid at the close, where the provider has the order book."""
    best_ask: Column | None = None
    """The best ask at the close."""

    @classmethod
    def from_columns(cls, sessions: ArrayLike, columns: Mapping[str, ArrayLike]) -> Self:
        """Make bars from array-likes, copied into read-only arrays of the declared types."""
        names = (*COLUMNS, *(name for name in ORDER_BOOK_COLUMNS if name in columns))
        arrays = {name: np.array(columns[name], np.float64) for name in names}
        days = np.array(sessions, "datetime64[D]")
        for array in (days, *arrays.values()):
            assert array.shape == days.shape, "columns of one length"
            array.flags.writeable = False
        return cls(days, **arrays)

    def __len__(self) -> int:
        return len(self.sessions)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Self:
        """Return the bars of some rows."""
        return self.from_columns(
            self.sessions[rows], {name: column[rows] for name, column in self.columns.items()}
        )

    @property
    def columns(self) -> dict[str, Column]:
        """The columns that are not None, by name."""
        named = {name: getattr(self, name) for name in (*COLUMNS, *ORDER_BOOK_COLUMNS)}
        return {name: column for name, column in named.items() if column is not None}


NO_BARS = Bars.from_columns([], dict.fromkeys(COLUMNS, ()))
"""Bars without a single session."""


def adjust_bars(bars: Bars, actions: Iterable[ActionEffect]) -> Bars:
    """Return bars with adjusted closes that hold the actions which the stated ones lack."""
    factors = price_factors(bars.sessions, actions)
    if (factors == 1.0).all():
        return bars
    return Bars.from_columns(bars.sessions, {**bars.columns, "adj_close": bars.adj_close * factors})


@dataclass(frozen=True, eq=False)
class Prices:
    """One symbol's validated daily bars, read-only: sessions ascend and every price is positive.

    Rows with defects are left out before (`pregao.prices.validate_download`), with a finding each.
    `bars` and `actions` are as the source states them; `adjusted` is derived from both.

    >>> from pregao.prices import PROVIDERS, validate_download
    >>> prices, findings = validate_download(PROVIDERS["sample"]().download(Symbol.parse("SP500")))
    >>> len(prices), str(prices.first), str(prices.last), prices.symbol.currency
    (5031, '1999-01-04', '2018-12-31', 'USD')
    """

    symbol: Symbol
    bars: Bars
    provider: str
    actions: tuple[ActionEffect, ...] = ()
    """The corporate actions that are known, by ex-date."""

    def __post_init__(self) -> None:
        bars = self.bars
        assert len(bars) > 0, "at least one session"
        assert bool((np.diff(bars.sessions) > np.timedelta64(0, "D")).all()), "sessions ascend"
        for name in PRICE_COLUMNS:
            column = getattr(bars, name)
            assert bool((np.isfinite(column) & (column > 0)).all()), f"{name} is positive"
        assert bool((np.isfinite(bars.volume) & (bars.volume >= 0)).all()), "volume is a count"

    def __len__(self) -> int:
        return len(self.bars)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Prices):
            return NotImplemented
        return (self.symbol, self.digest) == (other.symbol, other.digest)

    def __hash__(self) -> int:
        return hash((self.symbol, self.digest))

    @property
    def sessions(self) -> Sessions:
        """The session dates, ascending."""
        return self.bars.sessions

    @property
    def first(self) -> np.datetime64:
        """The first session."""
        first: np.datetime64 = self.sessions[0]
        return first

    @property
    def last(self) -> np.datetime64:
        """The last session."""
        last: np.datetime64 = self.sessions[-1]
        return last

    @cached_property
    def adjusted(self) -> Bars:
        """The bars, with adjusted closes that hold every action which the stated ones lack."""
        return adjust_bars(self.bars, self.actions)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the symbol, the bars and the actions that change them, 16 hex digits."""
        content = hashlib.sha256(f"{self.symbol}|{self.symbol.exchange.code}".encode())
        content.update(self.bars.sessions.tobytes())
        for name, column in self.bars.columns.items():
            content.update(name.encode() + column.tobytes())
        for each in self.actions:
            if each.price_factor != 1.0 or each.share_factor != 1.0:
                content.update(f"{each.session}{each.price_factor}{each.share_factor}".encode())
        return content.hexdigest()[:16]

    def up_to(self, session: np.datetime64 | str) -> Self:
        """Return the bars known at the close of `session`: none after it."""
        return self.between(None, session)

    def between(self, first: np.datetime64 | str | None, last: np.datetime64 | str | None) -> Self:
        """Return the bars from `first` to `last`, both included; None leaves a side open."""
        bars = self.bars.take(self.mask_between(first, last))
        end = as_date(bars.sessions[-1])
        actions = tuple(each for each in self.actions if each.action.ex_date <= end)
        return replace(self, bars=bars, actions=actions)

    def mask_between(
        self, first: date | np.datetime64 | str | None, last: date | np.datetime64 | str | None
    ) -> NDArray[np.bool_]:
        """Return the mask of sessions from `first` to `last`, both included; there may be none."""
        inside = np.ones(len(self), bool)
        if first is not None:
            inside &= self.sessions >= np.datetime64(first)
        if last is not None:
            inside &= self.sessions <= np.datetime64(last)
        return inside

    @property
    def frame(self) -> "pd.DataFrame":
        """A pandas copy, indexed by session."""
        import pandas as pd

        return pd.DataFrame(
            self.adjusted.columns, index=pd.DatetimeIndex(self.sessions, name="session")
        )

    def _repr_html_(self) -> str:
        """Show the first and the last bars in a notebook."""
        return f"<p><b>{escape(repr(self))}</b></p>{self.frame.to_html(max_rows=10)}"

    def __repr__(self) -> str:
        return (
            f"<Prices {self.symbol} ({self.symbol.currency}): {len(self)} sessions, "
            f"{self.first} .. {self.last}, {self.provider}, {self.digest}>"
        )
