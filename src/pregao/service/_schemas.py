"""Requests for forecasts and their responses."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Self

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from pregao.dataset import ACTIONS
from pregao.evaluation import Forecast
from pregao.findings import Finding
from pregao.inference import Edge
from pregao.instruments import Symbol, spell_symbol
from pregao.prices import Bars, Download, Prices, last_sessions_until, validate_download
from pregao.texts import gettext_lazy as _
from pregao.training import LEVELS
from pregao.values import Value

Price = Annotated[float, Field(strict=True, ge=1e-6, lt=1e12)]
_Volume = Annotated[float, Field(strict=True, ge=0, lt=1e18)]
_Horizon = Annotated[int, Field(strict=True, ge=1, le=252)]
MIN_ROWS = 30
MAX_ROWS = 20_000
_MAX_SYMBOLS = 50


def _ticker(text: str) -> str:
    return str(Symbol.parse(text))


MAX_SYMBOL_CHARACTERS = 40
Ticker = Annotated[str, Field(max_length=MAX_SYMBOL_CHARACTERS), AfterValidator(_ticker)]
StatedExchange = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Za-z]{4,6}$",
        description="of a ticker that does not tell it, such as XETR; see /v1/exchanges",
    ),
]
StatedCurrency = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Za-z]{3}$",
        description="where it is not the exchange's; GBp is a penny",
    ),
]


def spell_symbols(fields: Any, name: str, stated: Mapping[str, Any] | None = None) -> Any:
    """Return fields whose symbols, under a name, are spelt with the exchange stated beside them.

    What is of another form is left as it is, for pydantic to refuse.

    >>> spell_symbols({"symbols": ["SAP"], "exchange": "XETR"}, "symbols")["symbols"]
    ['SAP@XETR']
    """
    if not isinstance(fields, Mapping):
        return fields
    beside = fields if stated is None else stated
    exchange, currency = beside.get("exchange"), beside.get("currency")
    if not all(isinstance(each, str | None) for each in (exchange, currency)):
        return fields
    match fields.get(name):
        case str(symbol):
            return {**fields, name: spell_symbol(symbol, exchange, currency)}
        case [*symbols] if all(isinstance(each, str) for each in symbols):
            return {**fields, name: [spell_symbol(each, exchange, currency) for each in symbols]}
        case _:
            return fields


class OwnPrices(Value):
    """A client's own daily bars, oldest first; closes alone suffice."""

    symbol: Ticker = Field(default="SP500", description="determines currency and calendar")
    exchange: StatedExchange = None
    currency: StatedCurrency = None
    sessions: tuple[date, ...] | None = Field(
        default=None,
        description="session dates; without them the bars are the latest up to today",
    )
    close: tuple[Price, ...] = Field(min_length=MIN_ROWS, max_length=MAX_ROWS)
    open: tuple[Price, ...] | None = None
    high: tuple[Price, ...] | None = None
    low: tuple[Price, ...] | None = None
    adj_close: tuple[Price, ...] | None = None
    volume: tuple[_Volume, ...] | None = None

    @model_validator(mode="before")
    @classmethod
    def _states_exchange(cls, fields: Any) -> Any:
        return spell_symbols(fields, "symbol")

    @model_validator(mode="after")
    def _is_rectangular(self) -> Self:
        for name in ("sessions", "open", "high", "low", "adj_close", "volume"):
            column = getattr(self, name)
            if column is not None and len(column) != len(self.close):
                raise ValueError(
                    _(
                        "{name} has {num_column} values and close {num_close}",
                        name=name,
                        num_column=len(column),
                        num_close=len(self.close),
                    )
                )
        given = [name for name in ("open", "high", "low") if getattr(self, name) is not None]
        if given and len(given) < 3:
            raise ValueError(
                _("{given} without the others: give open, high and low", given=" and ".join(given))
            )
        return self

    @property
    def is_closes_only(self) -> bool:
        """Whether only closes are given, and no ranges."""
        return self.open is None

    def to_prices(self, today: date) -> tuple[Prices, tuple[Finding, ...]]:
        """Validate the bars as those of any provider; without dates they end at `today`.

        Raises
        ------
        InputError
            If no row can be used.
        """
        symbol = Symbol.parse(self.symbol)
        sessions = (
            np.array(self.sessions, "datetime64[D]")
            if self.sessions is not None
            else last_sessions_until(symbol, len(self.close), today)
        )
        columns = {
            "open": self.open or self.close,
            "high": self.high or self.close,
            "low": self.low or self.close,
            "close": self.close,
            "adj_close": self.adj_close or self.close,
            "volume": self.volume or (0.0,) * len(self.close),
        }
        bars = Bars.from_columns(sessions, columns)
        return validate_download(Download(symbol, bars, "request", "the request"))


class ForecastRequest(Value):
    """A request for forecasts: of known symbols, or from a client's own prices."""

    symbols: tuple[Ticker, ...] = Field(default=(), max_length=_MAX_SYMBOLS)
    exchange: StatedExchange = None
    currency: StatedCurrency = None
    prices: OwnPrices | None = None
    horizon: _Horizon | None = Field(default=None, description="sessions; else the champion's")
    levels: tuple[float, ...] | None = Field(
        default=None, max_length=len(LEVELS), description="some of the quantile levels; else all"
    )

    @model_validator(mode="before")
    @classmethod
    def _states_exchange(cls, fields: Any) -> Any:
        return spell_symbols(fields, "symbols")

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if bool(self.symbols) == (self.prices is not None):
            raise ValueError(_("give symbols, or prices, not both and not neither"))
        unknown = [each for each in self.levels or () if each not in LEVELS]
        if unknown:
            known = ", ".join(f"{each:g}" for each in LEVELS)
            raise ValueError(
                _("levels: {unknown:g} is none of {known}", unknown=unknown[0], known=known)
            )
        return self


class SymbolForecast(Value):
    """The distribution of the next closes of one symbol, its edge and its findings."""

    symbol: str
    currency: str
    as_of: date = Field(description="the last session of the forecast's prices")
    last_price: float
    sessions: tuple[date, ...] = Field(
        description="the sessions that are forecast, by the exchange's calendar"
    )
    levels: tuple[float, ...]
    prices: tuple[tuple[float, ...], ...] = Field(
        description="one row per session, one price per level"
    )
    median: tuple[float, ...]
    actions: dict[str, float] | None = Field(
        default=None,
        description=f"probabilities of {', '.join(ACTIONS)}, if the champion predicts them",
    )
    forecaster: str
    run: str | None = Field(
        description="the run of the forecaster; null for a baseline fitted on request"
    )
    champion_version: int | None
    edge: Edge = Field(description="whether the run beat the best baseline significantly")
    source: str = Field(description="the source of the prices")
    stale: bool = Field(description="whether the latest complete session is missing")
    degraded: bool = Field(
        default=False, description="whether another forecaster replaces the champion"
    )
    findings: tuple[Finding, ...] = ()

    def as_forecast(self) -> Forecast:
        """Return the forecast as a value for figures and reports."""
        return Forecast(**{name: getattr(self, name) for name in Forecast.model_fields})


class ForecastResponse(Value):
    """Forecasts in the order of the request, and the problems of those that failed."""

    forecasts: tuple[SymbolForecast, ...]
    failures: dict[str, str] = Field(default={}, description="reasons by symbol")
