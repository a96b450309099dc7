"""Odd series, as raw bars: each is a market or a mistake that people have had."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pregao.instruments import Symbol
from pregao.prices import Bars
from pregao.testing import synthetic_prices

Change = Callable[[dict[str, NDArray[np.float64]]], None]
_PRICES = ("open", "high", "low", "close", "adj_close")


def _bars(sessions: int, change: Change | None = None, *, symbol: str = "TEST3") -> Bars:
    """Return the bars of a random series, changed in place by column."""
    made = synthetic_prices(symbol, sessions, seed=3, first="2019-01-02").bars
    columns = {name: np.array(column) for name, column in made.columns.items()}
    if change is not None:
        change(columns)
    return Bars.from_columns(made.sessions, columns)


def _set_prices(
    columns: dict[str, NDArray[np.float64]], values: object, rows: object = ...
) -> None:
    for name in _PRICES:
        columns[name][rows] = values


def _constant(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, 25.0)


def _constant_untraded(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, 25.0)
    columns["volume"][:] = 0


def _untraded_tail(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, columns["close"][-66], slice(-65, None))
    columns["volume"][-65:] = 0


def _quoted_tail(columns: dict[str, NDArray[np.float64]]) -> None:
    """Move without a trade for two months, as reference prices do."""
    for name in ("open", "high", "low", "adj_close"):
        columns[name][-45:] = columns["close"][-45:]
    columns["volume"][-45:] = 0


def _no_ranges(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, columns["close"].copy())


def _negative_day(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, -37.63, slice(300, 301))


def _negative_half(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, -columns["close"][::2], slice(None, None, 2))


def _zero_day(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, 0.0, slice(-1, None))


def _no_volume(columns: dict[str, NDArray[np.float64]]) -> None:
    columns["volume"][:] = 0


def _times(factor: float) -> Change:
    def change(columns: dict[str, NDArray[np.float64]]) -> None:
        for name in _PRICES:
            columns[name] *= factor

    return change


def _two_ticks(columns: dict[str, NDArray[np.float64]]) -> None:
    closes = np.random.default_rng(5).choice([0.01, 0.02], len(columns["close"]))
    for name in _PRICES:
        columns[name][:] = closes
    columns["open"][1:] = closes[:-1]
    columns["high"] = np.maximum(columns["open"], closes)
    columns["low"] = np.minimum(columns["open"], closes)


def _moves_once(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, 25.0)
    _set_prices(columns, 26.0, slice(-1, None))


def _moves_in_the_middle(columns: dict[str, NDArray[np.float64]]) -> None:
    _set_prices(columns, 25.0)
    _set_prices(columns, 25.5, slice(300, None))


def _still_while_trained(columns: dict[str, NDArray[np.float64]]) -> None:
    """Keep one price over the training part, and move after it."""
    _set_prices(columns, columns["close"][449], slice(None, 450))


def _rarely_moves(columns: dict[str, NDArray[np.float64]]) -> None:
    """Move on every tenth session only."""
    closes = np.repeat(columns["close"][::10], 10)[: len(columns["close"])]
    _set_prices(columns, closes)


def _with_hole() -> Bars:
    bars = _bars(800)
    return bars.take(np.r_[0:500, 650:800])


def _hole_near_the_end() -> Bars:
    bars = _bars(800)
    return bars.take(np.r_[0:640, 770:800])


def _seven_days() -> Bars:
    return _bars(600, symbol="BTC-USD")


def _random_at(symbol: str, sessions: int, first: str) -> Bars:
    """Return a long series without dividends, which reach far into the past."""
    made = synthetic_prices(symbol, sessions, first=first, dividend=0.0, annual_volatility=0.15)
    return made.bars


def _weekdays(sessions: int) -> Bars:
    """Return more sessions than a calendar knows: weekdays, as files have them."""
    days = np.busday_offset("1945-01-02", np.arange(sessions), roll="forward")
    made = synthetic_prices("SP500", 5_000, first="1999-01-04", dividend=0.0)
    rows = np.arange(sessions) % 5_000
    returns = np.diff(np.log(made.bars.close), prepend=np.log(made.bars.close[0]))[rows]
    close = 100 * np.exp(np.cumsum(returns - returns.mean()))
    factor = close / made.bars.close[rows]
    columns = {name: made.bars.columns[name][rows] * factor for name in _PRICES}
    return Bars.from_columns(days, {**columns, "volume": made.bars.volume[rows]})


ODD_SERIES: Mapping[str, tuple[str, Callable[[], Bars]]] = {
    "constant": ("TEST3", lambda: _bars(600, _constant)),
    "constant_untraded": ("TEST3", lambda: _bars(600, _constant_untraded)),
    "untraded_tail": ("TEST3", lambda: _bars(600, _untraded_tail)),
    "quoted_tail": ("TEST3", lambda: _bars(600, _quoted_tail)),
    "no_ranges": ("TEST3", lambda: _bars(600, _no_ranges)),
    "negative_day": ("TEST3", lambda: _bars(600, _negative_day)),
    "negative_half": ("TEST3", lambda: _bars(600, _negative_half)),
    "zero_at_the_end": ("TEST3", lambda: _bars(600, _zero_day)),
    "80_sessions": ("TEST3", lambda: _bars(80)),
    "130_sessions": ("TEST3", lambda: _bars(130)),
    "20_000_rows": ("SP500", lambda: _weekdays(20_000)),
    "seven_days": ("BTC-USD", _seven_days),
    "hole": ("TEST3", _with_hole),
    "hole_near_the_end": ("TEST3", _hole_near_the_end),
    "tiny": ("TEST3", lambda: _bars(600, _times(1e-8))),
    "huge": ("TEST3", lambda: _bars(600, _times(1e7))),
    "no_volume": ("TEST3", lambda: _bars(600, _no_volume)),
    "two_ticks": ("TEST3", lambda: _bars(600, _two_ticks)),
    "one_bar": ("TEST3", lambda: _bars(1)),
    "two_bars": ("TEST3", lambda: _bars(2)),
    "moves_once": ("TEST3", lambda: _bars(600, _moves_once)),
    "moves_in_the_middle": ("TEST3", lambda: _bars(600, _moves_in_the_middle)),
    "still_while_trained": ("TEST3", lambda: _bars(600, _still_while_trained)),
    "rarely_moves": ("TEST3", lambda: _bars(600, _rarely_moves)),
}
"""The symbol and the bars of each, by name."""


def odd_csv(name: str) -> tuple[Symbol, str]:
    """Return the symbol of an odd series, and its file."""
    ticker, make = ODD_SERIES[name]
    bars = make()
    header = ",".join(("date", *bars.columns))
    rows = [
        ",".join((str(day), *(repr(float(column[row])) for column in bars.columns.values())))
        for row, day in enumerate(bars.sessions)
    ]
    return Symbol.parse(ticker), "\n".join((header, *rows, ""))
