"""Prices from Yahoo: yfinance speaks with it, and what it answers is read here."""

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

from pregao.errors import ProviderError, UnknownSymbolError
from pregao.instruments import NYSE, Symbol
from pregao.prices._access import Access, needed
from pregao.prices._breaker import Breaker, breaker_of
from pregao.prices._prices import NO_BARS, Bars
from pregao.prices._provider import Download
from pregao.prices._provisional import settled
from pregao.prices._replies import Reply, checked_status
from pregao.prices._retry import asked
from pregao.prices._yahoo_chart import NAME, read_chart

if TYPE_CHECKING:
    from pregao.prices._http_client import Courier

YAHOO_URL = "https://query2.finance.yahoo.com"
_CHART = "/v8/finance/chart/"
_BLOCKED = (401, 403)
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
# yfinance has one session, one cookie and one cache for the whole process.
_one_at_a_time = Lock()
_couriers: "dict[str, Courier]" = {}


class Yahoo:
    """Daily bars of Yahoo Finance; close is adjusted for splits, adj_close for dividends too.

    yfinance brings the cookies, the consent and the looks of a browser, which change with Yahoo;
    its reading of the bars is not used, for it fills what is missing.
    """

    name = NAME

    def __init__(self, *, path: Path | None = None, access: Access | None = None) -> None:
        self._access = needed(access, self.name, path)
        self._url = self._access.base_url(self.name, YAHOO_URL)

    @property
    def breaker(self) -> Breaker:
        """What this process knows of the provider."""
        return breaker_of(self.name, self._url)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the final bars from `start` to `end`, as Yahoo has them now.

        Raises
        ------
        UnknownSymbolError
            If Yahoo says that there is no such symbol.
        ProviderError
            If it gives no usable answer.
        """
        spelt = _spelt(symbol)
        bars = asked(
            str(symbol),
            lambda ends: self._ask(symbol, spelt, start, end, ends),
            access=self._access,
            breaker=self.breaker,
        )
        source = f"{self._url}{_CHART}{spelt}"
        download = Download(symbol, bars, self.name, source).between(start, end)
        return settled(download, self._access.clock)

    def _ask(
        self, symbol: Symbol, spelt: str, start: date | None, end: date | None, ends: float
    ) -> Bars:
        clock = self._access.clock
        left = ends - clock.monotonic()
        if not _one_at_a_time.acquire(timeout=max(left, 0)):
            found = "others were still asking when the time was up"
            raise ProviderError(self.name, str(symbol), "unavailable", found)
        try:
            courier = self._courier()
            courier.begin(self.name, str(symbol), ends=ends, access=self._access)
            bars = self._answer(courier, symbol, spelt, start, end)
        finally:
            _one_at_a_time.release()
        if bars is None and start is None and end is None:
            found = "it answered with a chart without bars"
            raise ProviderError(self.name, str(symbol), "bad_payload", found)
        return bars or NO_BARS

    def _answer(
        self,
        courier: "Courier",
        symbol: Symbol,
        spelt: str,
        start: date | None,
        end: date | None,
    ) -> Bars | None:
        from yfinance.data import YfData

        from pregao.prices._http_client import AnsweredError

        first = _EARLIEST if start is None else _midnight(start) - timedelta(days=1)
        last = (self._access.clock.now() if end is None else _midnight(end)) + timedelta(days=2)
        params = {
            "period1": int(first.timestamp()),
            "period2": int(last.timestamp()),
            "interval": "1d",
            "includePrePost": "false",
            "events": "div,splits,capitalGains",
        }
        url = f"{YAHOO_URL}{_CHART}{quote(spelt, safe='')}"
        try:
            reply: Reply = YfData(session=courier).get(url=url, params=params)
        except AnsweredError as answered:
            reply = answered.reply
        except ProviderError:
            raise
        except Exception as error:  # yfinance lets through what its caches and parsers raise
            raise self._own_trouble(symbol, error) from error
        if reply.status_code in _BLOCKED:
            found = f"it refuses this client with HTTP status {reply.status_code}"
            raise ProviderError(self.name, str(symbol), "rate_limited", found)
        if reply.status_code not in (400, 404):
            checked_status(reply, self.name, str(symbol), self._access.clock.now())
        return read_chart(reply.content, symbol, asked=spelt)

    def _own_trouble(self, symbol: Symbol, error: Exception) -> ProviderError:
        found = f"yfinance failed with {type(error).__name__}"
        advice = f"if it stays, delete {self._cache}, or ask another source"
        return ProviderError(self.name, str(symbol), "unavailable", found, advice=advice)

    @property
    def _cache(self) -> Path:
        return self._access.home / "cache" / "yahoo"

    def _courier(self) -> "Courier":
        """Give this address's session, with its cookies; the caches of yfinance go to our home."""
        if self._url not in _couriers:
            from yfinance.cache import set_cache_location

            from pregao.prices._http_client import Courier

            if not _couriers:
                set_cache_location(str(self._cache))
                for name in ("yfinance", "bs4"):  # what they warn of is in our own errors
                    logging.getLogger(name).addHandler(logging.NullHandler())
            _couriers[self._url] = Courier(
                question=_CHART,
                moved_to=None if self._url == YAHOO_URL else self._url,
                browser=True,
            )
        return _couriers[self._url]


def _spelt(symbol: Symbol) -> str:
    """Spell a symbol as Yahoo does, which writes share classes of the US with a dash."""
    if symbol.exchange != NYSE or symbol.ticker.startswith("^"):
        return symbol.yahoo
    spelt = symbol.yahoo.replace(".", "-")
    from yfinance.utils import is_isin

    if is_isin(spelt):
        raise UnknownSymbolError(str(symbol), NAME, "that is an ISIN: give the ticker")
    return spelt


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
