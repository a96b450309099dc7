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
from pregao.prices import BUNDLED_SYMBOLS, NETWORK_PROVIDERS, Feed, LivePrices, Prices, PriceStore

_log = structlog.get_logger("pregao.server")

FRESH_SECONDS = 300.0
_MOST_QUOTES = 128
_ASKING_AT_ONCE = 4


@dataclass(frozen=True, eq=False)
class Quote:
    """The newest available prices of one symbol, and their source."""

    prices: Prices
    source: str
    is_stale: bool
    findings: tuple[Finding, ...] = ()


@dataclass(eq=False)
class Quotes:
    """The newest available prices; stored ones are served while a provider is queried.

    Every method may be called from several threads; one symbol is asked for once at a time.
    """

    feed: Feed
    fresh_seconds: float = FRESH_SECONDS
    clock: Callable[[], float] = monotonic
    _known: OrderedDict[str, tuple[Quote, float]] = field(default_factory=OrderedDict)
    """The cached quotes by symbol, and when they were cached."""
    _asked: dict[str, "Future[Quote]"] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_ASKING_AT_ONCE, thread_name_prefix="quotes")
    )

    def of(self, symbol: str) -> Quote:
        """Return the newest prices of a symbol.

        What is stored, or known and no longer fresh, is given at once, while providers are asked
        for newer ones.

        Raises
        ------
        UnknownSymbolError, ProviderError
            If nobody has any.
        """
        with self._lock:
            known = self._known.get(symbol)
            if known is not None:
                self._known.move_to_end(symbol)
        if known is None:
            stored = self._stored(symbol)
            if stored is None or not self._asks_anybody:
                return self._ask(symbol).result()
            self._kept(symbol, stored)
            self._ask(symbol)
            return stored
        if self.clock() - known[1] > self.fresh_seconds:
            self._ask(symbol)
        return known[0]

    def at_hand(self, symbol: str) -> Quote | None:
        """Return cached or stored prices, without a download."""
        with self._lock:
            known = self._known.get(symbol)
        return self._stored(symbol) if known is None else known[0]

    def refreshed(self, symbol: str) -> Quote:
        """Download from the providers on the network, whatever is stored.

        Raises
        ------
        UnknownSymbolError, ProviderError
            If none of them answers.
        """
        order = tuple(each for each in self.feed.order if each in NETWORK_PROVIDERS)
        if not order:
            raise ProviderError(
                "live",
                symbol,
                "unavailable",
                "no provider on the network is among PREGAO_SOURCES",
                advice="name one there",
            )
        return self._kept(symbol, _quote(replace(self.feed, order=order).prices(symbol)))

    def is_known(self, symbol: str) -> bool:
        """Return whether a symbol's prices are cached."""
        return symbol in self._known

    def bundled(self, symbol: str) -> Prices:
        """Return bundled prices."""
        return replace(self.feed, order=("sample",)).prices(symbol).prices

    def known(self) -> dict[str, tuple[str, ...]]:
        """Return the symbols whose prices are stored or bundled, with the source of each."""
        stored = PriceStore(self.feed.access.home).symbols()
        known = {str(symbol): providers for symbol, providers in stored.items()}
        return {**dict.fromkeys(BUNDLED_SYMBOLS, ("sample",)), **known}

    def close(self) -> None:
        """Stop downloads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def _asks_anybody(self) -> bool:
        return any(each in NETWORK_PROVIDERS for each in self.feed.order)

    def _stored(self, symbol: str) -> Quote | None:
        order = tuple(each for each in self.feed.order if each not in NETWORK_PROVIDERS)
        try:
            return _quote(replace(self.feed, order=order).prices(symbol)) if order else None
        except PregaoError as error:
            _log.debug("nothing stored", symbol=symbol, reason=str(error))
            return None

    def _ask(self, symbol: str) -> "Future[Quote]":
        with self._lock:
            if symbol not in self._asked:
                self._asked[symbol] = self._pool.submit(self._answered, symbol)
            return self._asked[symbol]

    def _answered(self, symbol: str) -> Quote:
        try:
            # What is stored up to the last session that is over is as new as anybody's.
            quote = _quote(self.feed.prices(symbol, refresh=False))
        except PregaoError as error:
            _log.warning("no prices", symbol=symbol, reason=str(error))
            raise
        finally:
            with self._lock:
                self._asked.pop(symbol, None)
        return self._kept(symbol, quote)

    def _kept(self, symbol: str, quote: Quote) -> Quote:
        with self._lock:
            self._known[symbol] = (quote, self.clock())
            while len(self._known) > _MOST_QUOTES:
                self._known.popitem(last=False)
        return quote


def _quote(answer: LivePrices) -> Quote:
    return Quote(answer.prices, answer.source, answer.is_stale, answer.findings)
