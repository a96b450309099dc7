"""Prices from Yahoo Finance: yfinance sends the requests, and the answers are parsed here."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

from pregao.errors import ProviderError, UnknownSymbolError
from pregao.instruments import NYSE, Symbol
from pregao.prices._access import NetworkAccess, Service, require_access
from pregao.prices._circuit_breaker import get_breaker
from pregao.prices._prices import NO_BARS
from pregao.prices._provider import Download, ProviderEntry
from pregao.prices._provisional import drop_provisional
from pregao.prices._responses import HttpResponse, check_status
from pregao.prices._retry import fetch_with_retry
from pregao.prices._yahoo_chart import NAME, Chart, parse_chart
from pregao.texts import gettext_lazy as _

if TYPE_CHECKING:
    from pregao.prices._http_client import HttpClient

SERVICE = Service(name="yahoo", title="Yahoo Finance", base_url="https://query2.finance.yahoo.com")
_CHART = "/v8/finance/chart/"
_BLOCKED = (401, 403)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
# yfinance has one session, one cookie and one cache for the whole process.
_yfinance_lock = Lock()
_clients: "dict[str, HttpClient]" = {}


class Yahoo:
    """Daily bars of Yahoo Finance; close is adjusted for splits, adj_close for dividends too.

    yfinance handles cookies, consent and the headers of a browser, which change with Yahoo; its
    parsing of bars is not used, as it fills missing values.
    """

    name = NAME

    def __init__(self, *, path: Path | None = None, access: NetworkAccess | None = None) -> None:
        self._access = require_access(access, self.name, path)
        self._url = self._access.base_url(SERVICE)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Download the final bars from `start` to `end`.

        Raises
        ------
        UnknownSymbolError
            If Yahoo has no such symbol.
        ProviderError
            If it gives no usable answer.
        """
        ticker = _own_ticker(symbol)
        chart = fetch_with_retry(
            str(symbol),
            lambda deadline: self._fetch(symbol, ticker, start, end, deadline),
            access=self._access,
            breaker=get_breaker(self.name, self._url),
        )
        source = f"{self._url}{_CHART}{ticker}"
        if chart.currency != symbol.currency:
            symbol = replace(symbol, stated_currency=chart.currency)
        bars = chart.bars or NO_BARS
        download = Download(symbol, bars, self.name, source, actions=chart.actions)
        download = download.between(start, end)
        return drop_provisional(download, self._access.clock)

    def _fetch(
        self, symbol: Symbol, ticker: str, start: date | None, end: date | None, deadline: float
    ) -> Chart:
        seconds_left = deadline - self._access.clock.monotonic()
        if not _yfinance_lock.acquire(timeout=max(seconds_left, 0)):
            found = _("other requests to it took all the time")
            raise ProviderError(self.name, str(symbol), "unavailable", found)
        try:
            client = self._client()
            client.begin(self.name, str(symbol), deadline=deadline, access=self._access)
            chart = self._request(client, symbol, ticker, start, end)
        finally:
            _yfinance_lock.release()
        if chart.bars is None and start is None and end is None:
            found = _("it answered with a chart without bars")
            raise ProviderError(self.name, str(symbol), "bad_payload", found)
        return chart

    def _request(
        self,
        client: "HttpClient",
        symbol: Symbol,
        ticker: str,
        start: date | None,
        end: date | None,
    ) -> Chart:
        from yfinance.data import YfData

        from pregao.prices._http_client import HttpStatusError

        first = _EARLIEST if start is None else _midnight(start) - timedelta(days=1)
        last = (self._access.clock.now() if end is None else _midnight(end)) + timedelta(days=2)
        params = {
            "period1": int(first.timestamp()),
            "period2": int(last.timestamp()),
            "interval": "1d",
            "includePrePost": "false",
            "events": "div,splits,capitalGains",
        }
        url = f"{SERVICE.base_url}{_CHART}{quote(ticker, safe='')}"
        try:
            response: HttpResponse = YfData(session=client).get(url=url, params=params)
        except HttpStatusError as refused:
            response = refused.response
        except ProviderError:
            raise
        except Exception as error:  # yfinance lets through what its caches and parsers raise
            raise self._library_error(symbol, error) from error
        if response.status_code in _BLOCKED:
            found = _(
                "it refuses this client with HTTP status {status_code}",
                status_code=response.status_code,
            )
            raise ProviderError(self.name, str(symbol), "rate_limited", found)
        if response.status_code not in (400, 404):
            check_status(response, self.name, str(symbol), self._access.clock.now())
        return parse_chart(response.content, symbol, ticker=ticker)

    def _library_error(self, symbol: Symbol, error: Exception) -> ProviderError:
        found = _("yfinance failed with {kind}", kind=type(error).__name__)
        advice = _("if it stays, delete {cache}, or use another source", cache=self._cache)
        return ProviderError(self.name, str(symbol), "unavailable", found, advice=advice)

    @property
    def _cache(self) -> Path:
        return self._access.home / "cache" / "yahoo"

    def _client(self) -> "HttpClient":
        """Return the session of this address, with its cookies; yfinance caches in our home."""
        if self._url not in _clients:
            from yfinance.cache import set_cache_location

            from pregao.prices._http_client import HttpClient

            if not _clients:
                set_cache_location(str(self._cache))
                for name in ("yfinance", "bs4"):  # our own errors report what they log
                    logging.getLogger(name).addHandler(logging.NullHandler())
            _clients[self._url] = HttpClient(
                data_path=_CHART,
                base_url=None if self._url == SERVICE.base_url else self._url,
                browser=True,
            )
        return _clients[self._url]


def _own_ticker(symbol: Symbol) -> str:
    """Return the ticker in the spelling of Yahoo, which writes US share classes with a dash."""
    if symbol.exchange != NYSE or symbol.ticker.startswith("^"):
        return symbol.yahoo
    ticker = symbol.yahoo.replace(".", "-")
    from yfinance.utils import is_isin

    if is_isin(ticker):
        raise UnknownSymbolError(str(symbol), NAME, _("that is an ISIN: give the ticker"))
    return ticker


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


YAHOO = ProviderEntry(name=Yahoo.name, factory=Yahoo, service=SERVICE, basis="split_adjusted")
