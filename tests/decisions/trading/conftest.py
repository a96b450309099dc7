"""Small markets with readable prices, and forecasts for them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from pregao.decisions.trading import SymbolForecasts
from pregao.instruments import Symbol, load_statements, next_sessions
from pregao.prices import Bars, Prices

LEVELS = (0.1, 0.5, 0.9)


def _quoted(
    opens: Sequence[float],
    closes: Sequence[float],
    *,
    factors: Sequence[float] | None = None,
    ticker: str = "TEST3",
    first: str = "2024-01-01",
) -> Prices:
    """Return bars of these opens and closes; `factors` are adj_close / close."""
    open_, close = np.array(opens, float), np.array(closes, float)
    symbol = Symbol.parse(ticker)
    columns = {
        "open": open_,
        "high": np.maximum(open_, close),
        "low": np.minimum(open_, close),
        "close": close,
        "adj_close": close * (1.0 if factors is None else np.array(factors)),
        "volume": np.full(len(close), 1e6),
    }
    days = next_sessions(symbol.exchange, np.datetime64(first), len(close))
    return Prices(symbol, Bars.from_columns(days, columns), "hand")


def _forecasts(prices: Prices, medians: Sequence[float], *, horizon: int = 1) -> SymbolForecasts:
    """Return forecasts from the first session on: medians of log returns, +/- 2 %."""
    middle = np.array(medians, float)
    quantiles = np.repeat((middle[:, None] + [-0.02, 0.0, 0.02])[:, None, :], horizon, axis=1)
    return SymbolForecasts(prices.sessions[: len(middle)], quantiles, LEVELS)


@pytest.fixture(scope="session")
def quoted() -> Callable[..., Prices]:
    return _quoted


@pytest.fixture(scope="session")
def forecasts() -> Callable[..., SymbolForecasts]:
    return _forecasts


@pytest.fixture
def stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State a unit, an ETF and a FII as users do; no other ticker in 11 has a class."""
    monkeypatch.setattr("pregao.instruments._statements._classes", {})
    classes = {"TAEE11": "unit", "BOVA11": "etf", "KNRI11": "fii"}
    tables = [f'[{ticker}]\nclass = "{kind}"\n' for ticker, kind in classes.items()]
    (tmp_path / "instruments.toml").write_text("".join(tables))
    load_statements(tmp_path)
