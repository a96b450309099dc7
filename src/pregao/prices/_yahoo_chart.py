"""Chart answers of Yahoo, parsed strictly: another form is refused, and nothing is filled."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pregao.errors import ProviderError
from pregao.instruments import Symbol, as_date
from pregao.prices._corporate_actions import CorporateAction, as_paid
from pregao.prices._prices import Bars
from pregao.prices._responses import excerpt, first_problem, parse_json_object, unknown_symbol
from pregao.texts import gettext_lazy as _

NAME = "yahoo"
_COLUMNS = ("open", "high", "low", "close", "volume")
# Where clocks change, Yahoo writes midnight as one or two hours before it.
_FIRST_HOUR_OF_THE_NEXT_DAY = 22
_OF_SEVERAL_CURRENCIES = frozenset({"XLON", "CMES"})
"""London quotes in pence, pounds and dollars; the answer states which."""
_ZONES = {
    "FOREX": ("Europe/London", "UTC"),
    "CRYPTO": ("UTC",),
    "CMES": ("America/New_York", "America/Chicago"),
}
"""The zones of charts whose sessions are not those of one city."""

_Numbers = list[float | None]


class _Part(BaseModel):
    """A part of the answer with the fields that are read; others are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)


class _Meta(_Part):
    currency: str | None = None
    symbol: str
    zone: str = Field(alias="exchangeTimezoneName")
    last_trade: int | None = Field(default=None, alias="regularMarketTime")


class _Quote(_Part):
    open: _Numbers
    high: _Numbers
    low: _Numbers
    close: _Numbers
    volume: _Numbers


class _Adjusted(_Part):
    adjclose: _Numbers


class _Indicators(_Part):
    quote: Annotated[list[_Quote], Field(min_length=1)]
    adjclose: Annotated[list[_Adjusted], Field(min_length=1)]


class _Result(_Part):
    timestamp: list[int]
    indicators: _Indicators


class _Payment(_Part):
    date: int
    amount: float
    currency: str | None = None


class _Split(_Part):
    date: int
    numerator: float
    denominator: float


class _Events(_Part):
    dividends: dict[str, _Payment] = Field(default={})
    gains: dict[str, _Payment] = Field(default={}, alias="capitalGains")
    splits: dict[str, _Split] = Field(default={})


@dataclass(frozen=True)
class Chart:
    """The daily bars of an answer, None if there are none in the span, with what else it states."""

    bars: Bars | None
    currency: str
    actions: tuple[CorporateAction, ...] = ()


def parse_chart(content: bytes, symbol: Symbol, *, ticker: str) -> Chart:
    """Parse the daily bars of an answer.

    Parameters
    ----------
    ticker
        The symbol in Yahoo's spelling.

    Raises
    ------
    UnknownSymbolError
        If Yahoo has no such symbol.
    ProviderError
        ``bad_payload`` for no chart, or one of another symbol, exchange or stated currency;
        ``schema_changed`` for a chart without an expected column.
    """
    result = _parse_result(content, symbol)
    if result is None:
        return Chart(None, symbol.currency)
    try:
        meta = _Meta.model_validate(result.get("meta"))
        _check_identity(meta, symbol, ticker)
        currency = symbol.currency if symbol.kind == "index" else str(meta.currency)
        if result.get("timestamp") is None:
            return Chart(None, currency)
        chart = _Result.model_validate(result)
        events = _Events.model_validate(result.get("events") or {})
    except ValidationError as error:
        found = _(
            "its charts have an unexpected form ({first_problem})",
            first_problem=first_problem(error),
        )
        raise ProviderError(NAME, str(symbol), "schema_changed", found) from None
    return Chart(_bars(chart, meta, symbol), currency, _actions(events, meta))


def _parse_result(content: bytes, symbol: Symbol) -> dict[str, object] | None:
    """Return the result of an answer, None if it has no bars, or raise the error it reports."""
    fields = parse_json_object(content, NAME, str(symbol))
    match fields:
        case {"chart": {"error": {"code": code, "description": description}}}:
            if code == "Not Found":
                hint = _(
                    "it says {excerpt!r}; check the spelling", excerpt=excerpt(str(description))
                )
                raise unknown_symbol(symbol, NAME, hint)
            if str(description).startswith("Data doesn't exist for"):
                return None
            found = _("it answered {excerpt!r}", excerpt=excerpt(f"{code}: {description}"))
            raise ProviderError(NAME, str(symbol), "bad_payload", found)
        case {"chart": {"result": [dict() as result, *_]}}:
            return result
        case {"chart": {"result": None | []}}:
            found = _("it answered with an empty chart")
            raise ProviderError(NAME, str(symbol), "bad_payload", found)
        case {"chart": _}:
            found = _("its charts have an unexpected form (chart.result)")
            raise ProviderError(NAME, str(symbol), "schema_changed", found)
        case _:
            found = _(
                "it answered with no chart: {excerpt!r}",
                excerpt=excerpt(content.decode(errors="replace")),
            )
            raise ProviderError(NAME, str(symbol), "bad_payload", found)


def _check_identity(meta: _Meta, symbol: Symbol, ticker: str) -> None:
    """Check that an answer is about the requested symbol, currency and exchange."""
    exchange, currency = symbol.exchange, meta.currency or ""
    is_of_several = exchange.code in _OF_SEVERAL_CURRENCIES and not symbol.stated_currency
    is_same = is_of_several or currency.upper() == symbol.currency.upper()
    if symbol.kind != "index":  # London's shares are in pence, its indices in points
        is_same &= is_of_several or currency == symbol.currency
    is_of_zone = meta.zone in _ZONES.get(exchange.code, (exchange.zone,))
    if not currency or not is_same or meta.symbol != ticker or not is_of_zone:
        raise ProviderError(
            NAME,
            str(symbol),
            "bad_payload",
            _(
                "it answered about {found} in {found_currency} at {found_zone}, asked for "
                "{ticker} in {currency} at {zone}",
                found=excerpt(str(meta.symbol)),
                found_currency=excerpt(str(meta.currency)),
                found_zone=excerpt(meta.zone),
                ticker=ticker,
                currency=symbol.currency,
                zone=exchange.zone,
            ),
            advice=_(
                "if that is what you mean, state it with --exchange and --currency; else use "
                "another source"
            ),
        )


def _bars(chart: _Result, meta: _Meta, symbol: Symbol) -> Bars:
    quote = chart.indicators.quote[0]
    columns = {name: getattr(quote, name) for name in _COLUMNS}
    columns["adj_close"] = chart.indicators.adjclose[0].adjclose
    rows = len(chart.timestamp)
    if any(len(column) != rows for column in columns.values()):
        found = _("the columns of its chart are of different lengths")
        raise ProviderError(NAME, str(symbol), "schema_changed", found)
    sessions = np.array([_session(each, meta.zone) for each in chart.timestamp], "datetime64[D]")
    bars = Bars.from_columns(
        sessions, {name: np.array(column, np.float64) for name, column in columns.items()}
    )
    # During a session the live quote is a second row of its day.
    is_live = rows > 1 and sessions[-1] == sessions[-2] and chart.timestamp[-1] == meta.last_trade
    return bars.take(slice(0, rows - 1)) if is_live else bars


def _actions(events: _Events, meta: _Meta) -> tuple[CorporateAction, ...]:
    """Return the stated actions; Yahoo's closes and amounts are adjusted for all its splits."""
    found = []
    for split in events.splits.values():
        action = {"ex_date": _ex_date(split.date, meta), "source": NAME, "is_in_prices": True}
        sizes = (split.numerator, split.denominator)
        is_known = all(np.isfinite(each) and each > 0 for each in sizes)
        size = {"kind": "split", "ratio": sizes[0] / sizes[1]} if is_known else {"kind": "unknown"}
        found.append(CorporateAction.model_validate({**action, **size}))
    paid: dict[date, float | None] = {}
    for payment in (*events.dividends.values(), *events.gains.values()):
        day, amount = _ex_date(payment.date, meta), _amount(payment, meta)
        before = paid.get(day, 0.0)
        paid[day] = None if amount is None or before is None else before + amount
    for day, amount in paid.items():
        size = {"kind": "unknown"} if amount is None else {"kind": "dividend", "amount": amount}
        found.append(CorporateAction.model_validate({"ex_date": day, "source": NAME, **size}))
    return as_paid(found)


def _ex_date(timestamp: int, meta: _Meta) -> date:
    return as_date(_session(timestamp, meta.zone))


def _amount(payment: _Payment, meta: _Meta) -> float | None:
    """Return an amount in the currency of the quotes; None for that of another currency."""
    if not np.isfinite(payment.amount) or payment.amount <= 0:
        return None
    stated, quoted = payment.currency or meta.currency, meta.currency
    if stated == quoted:
        return payment.amount
    hundredths = {("GBP", "GBp"): 100.0, ("ZAR", "ZAc"): 100.0, ("ILS", "ILA"): 100.0}
    factor = hundredths.get((str(stated), str(quoted)))
    return None if factor is None else payment.amount * factor


def _session(timestamp: int, zone: str) -> np.datetime64:
    moment = datetime.fromtimestamp(timestamp, UTC).astimezone(ZoneInfo(zone))
    is_next = moment.hour >= _FIRST_HOUR_OF_THE_NEXT_DAY and moment.minute == 0
    return np.datetime64((moment + timedelta(hours=2 * is_next)).date(), "D")
