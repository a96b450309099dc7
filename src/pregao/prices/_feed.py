"""Live prices: sources tried in an order, with the failures of each and the age of the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random, SystemRandom
from typing import Literal, Self

import numpy as np
from pydantic import SecretStr

from pregao.errors import (
    CorruptFileError,
    InputError,
    ProviderError,
    ProviderReason,
    StoreBusyError,
    UnknownNameError,
    UnknownSymbolError,
)
from pregao.findings import Finding
from pregao.instruments import (
    Exchange,
    Symbol,
    as_date,
    exchange_date,
    last_complete_session,
    sessions_between,
)
from pregao.prices._access import Clock, NetworkAccess, RetryPolicy
from pregao.prices._circuit_breaker import Health
from pregao.prices._prices import Prices
from pregao.prices._provider import Download
from pregao.prices._providers import NETWORK_PROVIDERS, PROVIDERS
from pregao.prices._sample import Sample
from pregao.prices._store import PriceStore
from pregao.prices._validation import validate_download
from pregao.texts import LocalText, join_messages
from pregao.texts import gettext_lazy as _
from pregao.values import Text, Value, bilingual

LIVE_SOURCES = (*NETWORK_PROVIDERS, "store", "sample")
"""The sources that an order may contain."""

_ADVICE = _("PREGAO_SOURCES lists the sources, and --source csv reads your files")

FailureReason = ProviderReason | Literal["quarantined", "damaged", "not_stored"]


class ProviderFailure(Value):
    """A source that was tried and gave no usable prices."""

    provider: str
    reason: FailureReason
    message: str
    """In English."""
    message_pt_br: str = ""

    @classmethod
    def from_message(cls, provider: str, reason: FailureReason, message: LocalText) -> Self:
        """Return a failure with a message in both languages."""
        text = Text.from_message(message)
        return cls(provider=provider, reason=reason, message=text.en, message_pt_br=text.pt_br)

    @property
    def text(self) -> Text:
        """The message in both languages."""
        return Text(en=self.message, pt_br=self.message_pt_br or self.message)


@dataclass(frozen=True)
class LivePrices:
    """Prices and their source, with a finding where that is not the first of the order."""

    prices: Prices
    source: str
    """A name of the order. `prices.provider` is the provider of the bars, also of stored ones."""
    is_stale: bool
    """Whether a requested session that is over is missing at the end."""
    as_of: date
    """The last session of the prices."""
    failures: tuple[ProviderFailure, ...]
    """The sources that were tried before, and a failure to store."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _SourceResult:
    """The validated prices of one source."""

    source: str
    download: Download
    """The raw bars of the requested span."""
    prices: Prices
    findings: tuple[Finding, ...]
    full_download: Download | None = None
    """Everything that came over the network, to be stored."""

    @property
    def is_quarantined(self) -> bool:
        return any(each.severity == "error" for each in self.findings)


@dataclass(frozen=True)
class Feed:
    """Sources of live prices in an order; one value serves many threads.

    The first source with sound bars is used. What comes over the network is stored, as a source
    for the next outage. A feed is also a provider, named ``live``.
    """

    order: tuple[str, ...]
    access: NetworkAccess
    stores_downloads: bool = True
    """Whether what comes over the network is stored."""
    name: str = "live"

    def prices(
        self,
        symbol: Symbol | str,
        *,
        start: date | None = None,
        end: date | None = None,
        refresh: bool = True,
    ) -> LivePrices:
        """Return a symbol's prices from `start` to `end`, with their source.

        Quarantined prices are returned only where no source has sound ones.

        Parameters
        ----------
        refresh
            False uses the store without a request while it has the last session that is over.

        Raises
        ------
        UnknownSymbolError
            If no source has the symbol.
        ProviderError
            If no source has usable prices, and not all for that reason.
        """
        parsed = Symbol.parse(symbol) if isinstance(symbol, str) else symbol
        if not refresh:
            stored = self._try_source("store", parsed, start, end)
            if isinstance(stored, _SourceResult) and not stored.is_quarantined:
                answer = self._finish(stored, (), end)
                if not answer.is_stale:
                    return answer
        return self._finish(*self._first_sound(parsed, start, end), end)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Return the bars of the first sound source, unchecked, with findings about the others.

        Raises
        ------
        UnknownSymbolError, ProviderError
            As `prices` does.
        """
        result, failures = self._first_sound(symbol, start, end)
        answer = self._finish(result, failures, end)
        # Findings of the checks come again when the download is validated.
        of_checks = set(result.findings) - set(result.download.findings)
        findings = tuple(each for each in answer.findings if each not in of_checks)
        return replace(result.download, findings=findings)

    def health(self) -> tuple[Health, ...]:
        """Return the state of each provider on the network, in the order."""
        return tuple(
            NETWORK_PROVIDERS[name].breaker(self.access).health(self.access.clock)
            for name in self.order
            if name in NETWORK_PROVIDERS
        )

    def _first_sound(
        self, symbol: Symbol, start: date | None, end: date | None
    ) -> tuple[_SourceResult, tuple[ProviderFailure, ...]]:
        """Try one source after the other, and store what came over the network."""
        failures: list[ProviderFailure] = []
        quarantined: _SourceResult | None = None
        for name in self.order:
            result = self._try_source(name, symbol, start, end)
            if isinstance(result, ProviderFailure):
                failures.append(result)
            elif result.is_quarantined:
                quarantined = quarantined or result
                failures.append(_quarantine_failure(result))
            else:
                return result, (*failures, *self._store(result))
        if quarantined is None:
            raise _no_source_error(symbol, failures)
        others = tuple(each for each in failures if each.provider != quarantined.source)
        return quarantined, others

    def _try_source(
        self, name: str, symbol: Symbol, start: date | None, end: date | None
    ) -> _SourceResult | ProviderFailure:
        try:
            full_download = self._download_all(name, symbol)
            as_of = exchange_date(symbol.exchange, self.access.clock.now())
            if end is not None:
                as_of = min(as_of, end)
            download = replace(full_download.between(start, end), as_of=as_of)
            prices, findings = validate_download(download)
        except UnknownSymbolError as error:
            return ProviderFailure.from_message(name, "unknown_symbol", _reason_only(error))
        except ProviderError as error:
            return ProviderFailure.from_message(name, error.reason, error.found)
        except CorruptFileError as error:
            return ProviderFailure.from_message(name, "damaged", error)
        except InputError as error:  # not one usable bar
            return ProviderFailure.from_message(name, "bad_payload", error)
        to_store = full_download if name in NETWORK_PROVIDERS else None
        return _SourceResult(name, download, prices, findings, to_store)

    def _download_all(self, name: str, symbol: Symbol) -> Download:
        """Download the whole history: a part would be stored in the adjustment of its own day."""
        match name:
            case "store":
                return self._read_store(symbol)
            case "sample":
                return Sample().download(symbol)
            case _:
                known_as = PriceStore(self.access.home).with_stored_currency(symbol, name)
                return NETWORK_PROVIDERS[name](access=self.access).download(known_as)

    def _read_store(self, symbol: Symbol) -> Download:
        """Return the newest stored series, preferring those without standing findings."""
        store = PriceStore(self.access.home)
        order = [*self.order, *PROVIDERS]
        names = sorted(store.providers(symbol), key=order.index)
        series = [store.read_whole(symbol, name) for name in names]
        if not series:
            hint = _(
                "nothing is stored; 'pregao fetch {symbol} --source ...' stores it", symbol=symbol
            )
            raise UnknownSymbolError(str(symbol), "the store", hint)
        standing = {
            each.provider: PROVIDERS[each.provider].standing_findings(symbol)
            for each, _found in series
        }
        best, found = max(series, key=lambda pair: (not standing[pair[0].provider], pair[0].last))
        source = f"store of {best.provider}"
        return Download.from_prices(best, source, (*standing[best.provider], *found))

    def _store(self, result: _SourceResult) -> tuple[ProviderFailure, ...]:
        """Store a download; the prices are used even if that fails."""
        if result.full_download is None or not self.stores_downloads:
            return ()
        try:
            PriceStore(self.access.home).append(*validate_download(result.full_download))
        except (CorruptFileError, StoreBusyError, InputError, OSError) as error:
            message = _("the prices could not be stored: {error}", error=error)
            return (ProviderFailure.from_message("store", "not_stored", message),)
        return ()

    def _finish(
        self, result: _SourceResult, failures: tuple[ProviderFailure, ...], end: date | None
    ) -> LivePrices:
        """Add what is known of the other sources and of the age of the prices."""
        prices = result.prices
        newest = _newest_session(prices.symbol.exchange, self.access.clock, end)
        is_stale = bool(prices.last < newest)
        findings = result.findings
        if failures:
            findings = (*findings, _fallback_finding(prices, result.source, failures))
        if is_stale and not any(each.code == "PRC010" for each in findings):
            findings = (*findings, _stale_finding(prices, newest))
        return LivePrices(
            prices, result.source, is_stale, as_date(prices.last), failures, tuple(findings)
        )


def open_feed(
    *,
    order: Sequence[str],
    home: Path,
    clock: Clock,
    keys: Mapping[str, SecretStr] | None = None,
    base_urls: Mapping[str, str] | None = None,
    retry_policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - a frozen value
    random: Random | None = None,
) -> Feed:
    """Make a feed from settings.

    Parameters
    ----------
    order
        Sources in the order in which to try them: providers on the network, ``store``, ``sample``.
    keys, base_urls
        By the name of a service, where it needs a key or another address than usual.

    Raises
    ------
    UnknownNameError
        For a source that a feed cannot use, with the nearest names.
    InputError
        For an empty order, or an invalid address.
    """
    if not order:
        raise InputError(
            _(
                "PREGAO_SOURCES names no source: give some of {sources}",
                sources=", ".join(LIVE_SOURCES),
            )
        )
    for name in order:
        if name not in LIVE_SOURCES:
            raise UnknownNameError(_("source in PREGAO_SOURCES"), name, LIVE_SOURCES)
    access = NetworkAccess(
        home,
        clock,
        keys=dict(keys or {}),
        base_urls=dict(base_urls or {}),
        retry_policy=retry_policy,
        random=random or SystemRandom(),
    )
    return Feed(tuple(dict.fromkeys(order)), access)


def _newest_session(exchange: Exchange, clock: Clock, end: date | None) -> np.datetime64:
    """Return the last session that is over and not later than `end`."""
    newest = last_complete_session(exchange, clock.now())
    if end is None or np.datetime64(end) >= newest:
        return newest
    day = np.datetime64(end, "D")
    before = sessions_between(exchange, day - np.timedelta64(timedelta(days=30)), day)
    last: np.datetime64 = before[-1] if len(before) else day
    return last


def _quarantine_failure(result: _SourceResult) -> ProviderFailure:
    seen = [
        join_messages([each.code, each.seen], " ")
        for each in result.findings
        if each.severity == "error"
    ]
    return ProviderFailure.from_message(result.source, "quarantined", join_messages(seen[:3]))


def _no_source_error(
    symbol: Symbol, failures: Sequence[ProviderFailure]
) -> InputError | ProviderError:
    """Return the error of a symbol for which no source has usable prices, with all reasons."""
    messages = join_messages(join_messages([each.provider, each.text], ": ") for each in failures)
    reasons = [each.reason for each in failures if each.reason != "unknown_symbol"]
    if not reasons:
        return UnknownSymbolError(str(symbol), "live", messages)
    match reasons[0]:
        case "quarantined" | "damaged" | "not_stored":
            reason: ProviderReason = "bad_payload"
        case first:
            reason = first
    return ProviderError("live", str(symbol), reason, messages, advice=_ADVICE)


def _reason_only(error: UnknownSymbolError) -> Text:
    """Return why a source has no such symbol, without the advice."""
    hint = Text.from_message(error.hint)
    return Text(en=hint.en.partition(";")[0], pt_br=hint.pt_br.partition(";")[0])


def _fallback_finding(prices: Prices, source: str, failures: Sequence[ProviderFailure]) -> Finding:
    what = bilingual(
        "{source} answers, with the bars of {provider}", source=source, provider=prices.provider
    )
    why = [
        join_messages([f"{each.provider} ({each.reason})", each.text], ": ") for each in failures
    ]
    text = Text.from_message(join_messages([what, *why]))
    return Finding.from_code("PRC018", text, symbol=str(prices.symbol))


def _stale_finding(prices: Prices, newest: np.datetime64) -> Finding:
    text = bilingual(
        "the last bar is of {last}, and the session of {newest} is over",
        last=as_date(prices.last),
        newest=as_date(newest),
    )
    return Finding.from_code("PRC019", text, symbol=str(prices.symbol))
