"""For tests: what every provider promises, and markets made of nothing but chance.

A third party's provider passes the contract by giving one case::

    @pytest.mark.parametrize("promise", PROVIDER_CONTRACT.values(), ids=list(PROVIDER_CONTRACT))
    def test_my_provider_keeps_its_promise(promise):
        promise(ProviderCase(MyProvider(), Symbol.parse("PETR4"), Symbol.parse("NONE3")))
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pregao.calendars import as_date, next_sessions
from pregao.errors import UnknownSymbolError
from pregao.prices import Bars, Prices, Provider, validated
from pregao.symbols import Symbol


@dataclass(frozen=True)
class ProviderCase:
    """A provider, a symbol that it has and one that it has not."""

    provider: Provider
    symbol: Symbol
    absent: Symbol


def _has_a_plain_name(case: ProviderCase) -> None:
    name = case.provider.name
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name), f"{name!r}: use a-z, 0-9 and _"


def _says_whose_bars_they_are(case: ProviderCase) -> None:
    download = case.provider.download(case.symbol)
    assert download.symbol == case.symbol, "the symbol that was asked for"
    assert download.provider == case.provider.name, "its own name"
    assert download.source, "a source that messages can name"
    if download.lines is not None:
        assert len(download.lines) == len(download.bars), "a line for each row"


def _gives_bars_that_validate(case: ProviderCase) -> None:
    prices, findings = validated(case.provider.download(case.symbol))
    assert prices.symbol == case.symbol
    assert not [str(each) for each in findings if each.severity == "error"], "no quarantine"


def _gives_the_same_twice(case: ProviderCase) -> None:
    first, second = (case.provider.download(case.symbol) for _ in range(2))
    assert _equal(first.bars, second.bars), "equal bars for equal questions"


def _keeps_to_the_span(case: ProviderCase) -> None:
    everything = case.provider.download(case.symbol).bars
    ordered = np.sort(everything.sessions)
    start, end = ordered[len(ordered) // 4], ordered[3 * len(ordered) // 4]
    some = case.provider.download(case.symbol, as_date(start), as_date(end)).bars
    inside = (everything.sessions >= start) & (everything.sessions <= end)
    assert _equal(everything.take(inside), some), "the rows of the span, both ends included"


def _gives_no_rows_for_an_empty_span(case: ProviderCase) -> None:
    last = case.provider.download(case.symbol).bars.sessions.max()
    after = as_date(last + np.timedelta64(1, "D"))
    assert len(case.provider.download(case.symbol, after, None).bars) == 0, "nothing after the last"


def _knows_what_it_has_not(case: ProviderCase) -> None:
    message = ""
    try:
        case.provider.download(case.absent)
    except UnknownSymbolError as error:
        message = str(error)
    assert str(case.absent) in message, "UnknownSymbolError that names what was asked for"


def _is_read_only(case: ProviderCase) -> None:
    bars = case.provider.download(case.symbol).bars
    arrays = (bars.sessions, *bars.columns.values())
    assert not any(array.flags.writeable for array in arrays), "arrays that nobody can change"


PROVIDER_CONTRACT: dict[str, Callable[[ProviderCase], None]] = {
    "has a plain name": _has_a_plain_name,
    "says whose bars they are": _says_whose_bars_they_are,
    "gives bars that validate": _gives_bars_that_validate,
    "gives the same twice": _gives_the_same_twice,
    "keeps to the span": _keeps_to_the_span,
    "gives no rows for an empty span": _gives_no_rows_for_an_empty_span,
    "knows what it has not": _knows_what_it_has_not,
    "is read-only": _is_read_only,
}


def provider_contract(case: ProviderCase) -> None:
    """Check all that every provider promises; an AssertionError names the broken promise."""
    for name, promise in PROVIDER_CONTRACT.items():
        try:
            promise(case)
        except AssertionError as error:
            raise AssertionError(f"{case.provider.name} {name!r} is broken: {error}") from error


def _equal(one: Bars, two: Bars) -> bool:
    return (
        np.array_equal(one.sessions, two.sessions)
        and one.columns.keys() == two.columns.keys()
        and all(np.array_equal(one.columns[n], two.columns[n], equal_nan=True) for n in one.columns)
    )


def synthetic_prices(
    symbol: str = "TEST3",
    sessions: int = 600,
    *,
    seed: int = 0,
    scale: float = 1.0,
    first: str = "2015-01-02",
    annual_volatility: float = 0.3,
    dividend: float = 0.01,
) -> Prices:
    """Make a market of chance: GARCH(1, 1) returns on real sessions, with dividends.

    No forecaster can beat the naive one on its returns, while volatility clusters as in real
    markets (persistence 0.95). Prices are exactly proportional to `scale` where it is a power of
    two, and the same seed gives the same bits.

    Parameters
    ----------
    symbol
        Ticker, whose exchange gives the sessions.
    sessions
        How many of them, from `first` on.
    seed
        Of the random numbers.
    scale
        The price level: the first close is near ``100 * scale``.
    first
        The first day that may be a session.
    annual_volatility
        Standard deviation of a year's log return.
    dividend
        Share of the price paid every 63 sessions; adj_close grows by it against close.

    >>> prices = synthetic_prices(sessions=300, seed=7)
    >>> len(prices), str(prices.first), prices == synthetic_prices(sessions=300, seed=7)
    (300, '2015-01-02', True)
    """
    parsed = Symbol.parse(symbol)
    random = np.random.default_rng(seed)
    volatility = _garch(random.standard_normal(sessions), annual_volatility / np.sqrt(252))
    noise = random.standard_normal((3, sessions))
    total_returns = random.standard_normal(sessions) * volatility
    pays = (np.arange(sessions) % 63 == 62) * np.log1p(-dividend)
    close = 100.0 * np.exp(np.cumsum(total_returns + pays))
    adj_close = close * np.exp(pays.sum() - np.cumsum(pays))
    before = np.concatenate([[100.0], close[:-1]])
    open_ = before * np.exp(0.4 * volatility * noise[0] + pays)
    high = np.maximum(open_, close) * np.exp(0.5 * volatility * np.abs(noise[1]))
    low = np.minimum(open_, close) * np.exp(-0.5 * volatility * np.abs(noise[2]))
    prices = {"open": open_, "high": high, "low": low, "close": close, "adj_close": adj_close}
    columns = {name: scale * column for name, column in prices.items()}
    columns["volume"] = np.round(1e6 * np.exp(0.4 * random.standard_normal(sessions)))
    day_before = np.datetime64(first, "D") - np.timedelta64(1, "D")
    days = next_sessions(parsed.exchange, day_before, sessions)
    return Prices(parsed, Bars.of(days, columns), "synthetic")


def in_other_units(prices: Prices, factor: float) -> Prices:
    """Give the same market with every price times a constant; volume stays as it is."""
    columns = {
        name: column if name == "volume" else column * factor
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.of(prices.sessions, columns))


def noisy_after(prices: Prices, row: int, *, seed: int = 0) -> Prices:
    """Give the same market up to a row, and noise in every column after it."""
    rng = np.random.default_rng(seed)
    columns = {
        name: np.concatenate([column[: row + 1], rng.uniform(1, 1000, len(prices) - row - 1)])
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.of(prices.sessions, columns))


def _garch(shocks: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Give the volatility of each session: GARCH(1, 1) with alpha 0.08 and beta 0.87."""
    variance = np.empty(len(shocks))
    current = 1.0
    for row, shock in enumerate(shocks.tolist()):
        variance[row] = current
        current = 0.05 + 0.87 * current + 0.08 * current * shock * shock
    return level * np.sqrt(variance)
