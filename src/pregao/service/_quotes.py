"""Cached prices of symbols, refreshed in the background after some minutes."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from time import monotonic

import structlog

from pregao.errors import PregaoError, ProviderError
from pregao.findings import Finding
from pregao.instruments import Symbol, symbol_key
from pregao.prices import (
    BUNDLED_SYMBOLS,
    NETWORK_PROVIDERS,
    Certificate,
    Feed,
    LivePrices,
    Prices,
    PriceStore,
)
from pregao.texts import gettext_lazy as _

_log = structlog.get_logger("pregao.server")

FRESH_SECONDS = 300.0
_MAX_QUOTES = 128
_NUM_THREADS = 4


@dataclass(frozen=True, eq=False)
class Quote:
    """The newest available prices of one symbol, and their source."""

    prices: Prices
    source: str
    is_stale: bool
    findings: tuple[Finding, ...] = ()

    @property
    def certificate(self) -> Certificate:
        """Whether these prices are sound, adjusted and fresh."""
        return Certificate.issue(self.prices, self.findings, is_stale=self.is_stale)


@dataclass(eq=False)
class Quotes:
    """The newest available prices; stored ones are served while a provider is queried.

    Every method may be called from several threads; a symbol has one download at a time.
    """

    feed: Feed
    fresh_seconds: float = FRESH_SECONDS
    clock: Callable[[], float] = monotonic
    _cached: OrderedDict[str, tuple[Quote, float]] = field(default_factory=OrderedDict)
    """The cached quotes by the key of the symbol, and when they were cached."""
    _pending: dict[str, "Future[Quote]"] = field(default_factory=dict)
    """The downloads by the symbol as it is spelt, for a spelling may state a currency."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_NUM_THREADS, thread_name_prefix="quotes")
    )

    def newest(self, symbol: str) -> Quote:
        """Return the newest prices of a symbol.

        Stored prices, and cached ones that are no longer fresh, are returned at once, while newer
        ones are downloaded in the background.

        Raises
        ------
        UnknownSymbolError, ProviderError
            If no provider has any.
        """
        known = self._read_cached(symbol)
        if known is None:
            stored = self._read_stored(symbol)
            if stored is None or not self._has_network_provider:
                return self._fetch_in_thread(symbol).result()
            self._cache(symbol, stored)
            self._fetch_in_thread(symbol)
            return stored
        if self.clock() - known[1] > self.fresh_seconds:
            self._fetch_in_thread(symbol)
        return known[0]

    def available(self, symbol: str) -> Quote | None:
        """Return cached or stored prices, without a download."""
        known = self._read_cached(symbol)
        return self._read_stored(symbol) if known is None else known[0]

    def refresh(self, symbol: str) -> Quote:
        """Download from the providers on the network, whatever is stored.

        Raises
        ------
        UnknownSymbolError, ProviderError
            If no provider answers.
        """
        order = tuple(each for each in self.feed.order if each in NETWORK_PROVIDERS)
        if not order:
            raise ProviderError(
                "live",
                symbol,
                "unavailable",
                _("no provider on the network is among PREGAO_SOURCES"),
                advice=_("name one there"),
            )
        return self._cache(symbol, _quote(replace(self.feed, order=order).prices(symbol)))

    def is_cached(self, symbol: str) -> bool:
        """Return whether a symbol's prices are cached."""
        return symbol_key(symbol) in self._cached

    def bundled(self, symbol: str) -> Prices:
        """Return bundled prices."""
        return replace(self.feed, order=("sample",)).prices(symbol).prices

    def sources(self) -> dict[str, tuple[str, ...]]:
        """Return the keys of symbols whose prices are stored or bundled, with their sources."""
        return {symbol.key: providers for symbol, providers in self.symbols().items()}

    def symbols(self) -> dict[Symbol, tuple[str, ...]]:
        """Return the symbols whose prices are stored or bundled, in the currency of these."""
        bundled = dict.fromkeys(map(Symbol.parse, BUNDLED_SYMBOLS), ("sample",))
        return {**bundled, **PriceStore(self.feed.access.home).symbols()}

    def close(self) -> None:
        """Stop downloads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def _has_network_provider(self) -> bool:
        return any(each in NETWORK_PROVIDERS for each in self.feed.order)

    def _read_cached(self, symbol: str) -> tuple[Quote, float] | None:
        """Return what is cached, unless the symbol states another currency than that of it."""
        key, stated = symbol_key(symbol), Symbol.parse(symbol).stated_currency
        with self._lock:
            known = self._cached.get(key)
            if known is None or stated not in {"", known[0].prices.symbol.currency}:
                return None
            self._cached.move_to_end(key)
            return known

    def _read_stored(self, symbol: str) -> Quote | None:
        order = tuple(each for each in self.feed.order if each not in NETWORK_PROVIDERS)
        try:
            return _quote(replace(self.feed, order=order).prices(symbol)) if order else None
        except PregaoError as error:
            _log.debug("nothing stored", symbol=symbol, reason=str(error))
            return None

    def _fetch_in_thread(self, symbol: str) -> "Future[Quote]":
        with self._lock:
            if symbol not in self._pending:
                self._pending[symbol] = self._pool.submit(self._fetch, symbol)
            return self._pending[symbol]

    def _fetch(self, symbol: str) -> Quote:
        try:
            # Stored prices up to the last complete session are as new as any provider's.
            quote = _quote(self.feed.prices(symbol, refresh=False))
        except PregaoError as error:
            _log.warning("no prices", symbol=symbol, reason=str(error))
            raise
        finally:
            with self._lock:
                self._pending.pop(symbol, None)
        return self._cache(symbol, quote)

    def _cache(self, symbol: str, quote: Quote) -> Quote:
        with self._lock:
            self._cached[symbol_key(symbol)] = (quote, self.clock())
            while len(self._cached) > _MAX_QUOTES:
                self._cached.popitem(last=False)
        return quote


def _quote(answer: LivePrices) -> Quote:
    return Quote(answer.prices, answer.source, answer.is_stale, answer.findings)
