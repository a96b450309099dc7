"""The observed outcomes after each cutoff, for scoring alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from pregao.instruments import Sessions

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Truth:
    """The outcomes that forecasts are scored against. Never an input of a model.

    `future_price` is the last price grown by the total return, so that a dividend is not a loss:
    ``last_price * exp(cumulative log return)``, in the quoted currency.

    >>> truth = Truth(
    ...     symbols=np.array([0]), names=("PETR4",), currencies=("BRL",),
    ...     sessions=np.array(["2024-02-09"], "datetime64[D]"),
    ...     last_price=np.array([40.0]), future_price=np.array([[41.0, 42.0]]),
    ... )
    >>> truth.horizon, len(truth)
    (2, 1)
    """

    symbols: NDArray[np.intp]
    """(n,) the index into `names` of each window's symbol."""
    names: tuple[str, ...]
    currencies: tuple[str, ...]
    sessions: Sessions
    """(n,) the cutoff's date; symbols may share dates."""
    last_price: Float
    """(n,) the close at the cutoff, in the quoted currency."""
    future_price: Float
    """(n, horizon) the closes of the next sessions, in the quoted currency."""

    def __post_init__(self) -> None:
        count = len(self)
        assert count > 0, "at least one window"
        assert self.symbols.shape == self.sessions.shape == self.last_price.shape == (count,)
        assert self.future_price.shape == (count, self.horizon), "a row of prices per window"
        assert len(self.names) == len(self.currencies), "a currency per symbol"
        assert 0 <= self.symbols.min() <= self.symbols.max() < len(self.names), "known symbols"
        for prices in (self.last_price, self.future_price):
            assert bool((np.isfinite(prices) & (prices > 0)).all()), "prices are positive"

    def __len__(self) -> int:
        return len(self.future_price)

    def take(self, index: slice) -> "Truth":
        """Return the outcomes of some of the windows."""
        return replace(
            self,
            symbols=self.symbols[index],
            sessions=self.sessions[index],
            last_price=self.last_price[index],
            future_price=self.future_price[index],
        )

    @property
    def horizon(self) -> int:
        """How many sessions ahead."""
        return int(self.future_price.shape[1])

    @property
    def digest(self) -> str:
        """16 hex digits of SHA-256 over names, dates and prices, which identify the windows."""
        content = sha256("|".join(self.names).encode())
        for array in (self.symbols, self.sessions, self.last_price, self.future_price):
            content.update(np.ascontiguousarray(array).view(np.uint8).data)
        return content.hexdigest()[:16]

    @property
    def log_returns(self) -> Float:
        """(n, horizon) cumulative log returns from the cutoff."""
        return np.log(self.future_price / self.last_price[:, None])


def concatenate_truths(truths: Sequence[Truth]) -> Truth:
    """Concatenate the outcomes of several parts.

    A symbol that occurs in several of them, as in folds, is one symbol of the result.

    Examples
    --------
    >>> day = Truth(
    ...     symbols=np.array([0]), names=("PETR4",), currencies=("BRL",),
    ...     sessions=np.array(["2024-02-09"], "datetime64[D]"),
    ...     last_price=np.array([40.0]), future_price=np.array([[41.0]]),
    ... )
    >>> later = replace(day, sessions=day.sessions + 3)
    >>> both = concatenate_truths([day, later])
    >>> len(both), both.names
    (2, ('PETR4',))
    """
    if len(truths) == 1:
        return truths[0]
    currency_of = {
        name: currency
        for each in truths
        for name, currency in zip(each.names, each.currencies, strict=True)
    }
    names = list(currency_of)
    indices = [np.array([names.index(name) for name in each.names], np.intp) for each in truths]
    return Truth(
        symbols=np.concatenate(
            [index[each.symbols] for each, index in zip(truths, indices, strict=True)]
        ),
        names=tuple(names),
        currencies=tuple(currency_of.values()),
        sessions=np.concatenate([each.sessions for each in truths]),
        last_price=np.concatenate([each.last_price for each in truths]),
        future_price=np.concatenate([each.future_price for each in truths]),
    )
