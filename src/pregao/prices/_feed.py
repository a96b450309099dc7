"""Live prices: several sources in an order, and who answered, who failed and how old it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random, SystemRandom
from typing import Literal

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
    day_at,
    last_complete_session,
    sessions_between,
)
from pregao.prices._access import Access, Clock, Patience
from pregao.prices._alphavantage import known_of
from pregao.prices._breaker import Health
from pregao.prices._inspection import validated
from pregao.prices._prices import Prices
from pregao.prices._provider import Download
from pregao.prices._providers import NETWORK, PROVIDERS
from pregao.prices._sample import Sample
from pregao.prices._store import PriceStore
from pregao.values import Text, Value

LIVE_SOURCES = (*NETWORK, "store", "sample")
"""What an order may name."""

_NOBODY = "PREGAO_SOURCES says whom to ask, and --source csv reads your files"

FailureReason = ProviderReason | Literal["quarantined", "damaged", "not_stored"]


class ProviderFailure(Value):
    """A source that was asked and is not the one that answers."""

    provider: str
    reason: FailureReason
    message: str


@dataclass(frozen=True)
class Answer:
    """Prices, and where they are from; never in silence from another than the first source."""

    prices: Prices
    source: str
    """Who answered: a name of the order. `prices.provider` says whose bars the store held."""
    is_stale: bool
    """Whether a session that is over, and was asked for, is missing at the end."""
    as_of: date
    """The last session of the prices."""
    failures: tuple[ProviderFailure, ...]
    """Who was asked before, and whatever else went wrong."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Outcome:
    """What one source gave."""

    source: str
    download: Download
    """The raw bars of the span."""
    prices: Prices
    findings: tuple[Finding, ...]
    everything: Download | None = None
    """All that came over the network, to be stored."""

    @property
    def is_quarantined(self) -> bool:
        return any(each.severity == "error" for each in self.findings)


@dataclass(frozen=True)
class Feed:
    """Sources of live prices in an order; one value serves many threads.

    The first source with sound bars answers. What comes over the network is kept in the store,
    where the next outage finds it. A feed is also a provider by the name ``live``.
    """

    order: tuple[str, ...]
    access: Access
    keeps: bool = True
    """Whether what comes over the network is stored."""
    name: str = "live"

    def prices(
        self,
        symbol: Symbol | str,
        *,
        start: date | None = None,
        end: date | None = None,
        refresh: bool = True,
    ) -> Answer:
        """Give a symbol's prices from `start` to `end`, and who answered.

        Prices that are quarantined are given only where no source has sound ones.

        Parameters
        ----------
        refresh
            False lets the store answer at once while it has the last session that is over.

        Raises
        ------
        UnknownSymbolError
            If every source says that there is no such symbol.
        ProviderError
            If no source answers, and not all for that reason.
        """
        parsed = Symbol.parse(symbol) if isinstance(symbol, str) else symbol
        if not refresh:
            stored = self._asked("store", parsed, start, end)
            if isinstance(stored, _Outcome) and not stored.is_quarantined:
                answer = self._answer(stored, (), end)
                if not answer.is_stale:
                    return answer
        return self._answer(*self._first(parsed, start, end), end)

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the bars of who answers, unchecked, with findings about who did not.

        Raises
        ------
        UnknownSymbolError, ProviderError
            As `prices` does.
        """
        outcome, failures = self._first(symbol, start, end)
        answer = self._answer(outcome, failures, end)
        known = set(outcome.findings) - set(outcome.download.findings)
        own = tuple(each for each in answer.findings if each not in known)
        return replace(outcome.download, findings=own)

    def health(self) -> tuple[Health, ...]:
        """Say how each provider on the network has fared in this process, in the order."""
        return tuple(
            NETWORK[name](access=self.access).breaker.health(self.access.clock)
            for name in self.order
            if name in NETWORK
        )

    def _first(
        self, symbol: Symbol, start: date | None, end: date | None
    ) -> tuple[_Outcome, tuple[ProviderFailure, ...]]:
        """Ask one source after the other, and keep what came over the network."""
        failures: list[ProviderFailure] = []
        doubtful: _Outcome | None = None
        for name in self.order:
            outcome = self._asked(name, symbol, start, end)
            if isinstance(outcome, ProviderFailure):
                failures.append(outcome)
            elif outcome.is_quarantined:
                doubtful = doubtful or outcome
                failures.append(_quarantined(outcome))
            else:
                return outcome, (*failures, *self._kept(outcome))
        if doubtful is None:
            raise _nobody(symbol, failures)
        return doubtful, tuple(each for each in failures if each.provider != doubtful.source)

    def _asked(
        self, name: str, symbol: Symbol, start: date | None, end: date | None
    ) -> _Outcome | ProviderFailure:
        try:
            everything = self._everything(name, symbol)
            as_of = day_at(symbol.exchange, self.access.clock.now())
            if end is not None:
                as_of = min(as_of, end)
            download = replace(everything.between(start, end), as_of=as_of)
            prices, findings = validated(download)
        except UnknownSymbolError as error:
            return ProviderFailure(provider=name, reason="unknown_symbol", message=_cause(error))
        except ProviderError as error:
            return ProviderFailure(provider=name, reason=error.reason, message=error.found)
        except CorruptFileError as error:
            return ProviderFailure(provider=name, reason="damaged", message=str(error))
        except InputError as error:  # not one usable bar
            return ProviderFailure(provider=name, reason="bad_payload", message=str(error))
        over_the_network = everything if name in NETWORK else None
        return _Outcome(name, download, prices, findings, over_the_network)

    def _everything(self, name: str, symbol: Symbol) -> Download:
        """Give all that a source has: a part would be stored in the adjustment of its own day."""
        match name:
            case "store":
                return self._stored(symbol)
            case "sample":
                return Sample().download(symbol)
            case _:
                return NETWORK[name](access=self.access).download(symbol)

    def _stored(self, symbol: Symbol) -> Download:
        """Give the stored series that reaches farthest, an adjusted one where there is one."""
        store = PriceStore(self.access.home)
        order = [*self.order, *PROVIDERS]
        names = sorted(PROVIDERS, key=order.index)
        series = [store.read(symbol, name) for name in names if store.snapshots(symbol, name)]
        if not series:
            hint = f"nothing is stored; 'pregao fetch {symbol} --source ...' stores it"
            raise UnknownSymbolError(str(symbol), "the store", hint)
        best = max(series, key=lambda each: (not known_of(each.provider, symbol), each.last))
        found = known_of(best.provider, symbol)
        source = f"store of {best.provider}"
        return Download(symbol, best.bars, best.provider, source, findings=found)

    def _kept(self, outcome: _Outcome) -> tuple[ProviderFailure, ...]:
        """Store what came; an answer stands though it cannot be kept."""
        if outcome.everything is None or not self.keeps:
            return ()
        try:
            PriceStore(self.access.home).append(validated(outcome.everything)[0])
        except (CorruptFileError, StoreBusyError, InputError, OSError) as error:
            message = f"the prices could not be kept: {error}"
            return (ProviderFailure(provider="store", reason="not_stored", message=message),)
        return ()

    def _answer(
        self, outcome: _Outcome, failures: tuple[ProviderFailure, ...], end: date | None
    ) -> Answer:
        prices = outcome.prices
        newest = _newest(prices.symbol.exchange, self.access.clock, end)
        is_stale = bool(prices.last < newest)
        findings = outcome.findings
        if failures:
            findings = (*findings, _others(prices, outcome.source, failures))
        if is_stale and not any(each.code == "PRC010" for each in findings):
            findings = (*findings, _stale(prices, newest))
        return Answer(
            prices, outcome.source, is_stale, as_date(prices.last), failures, tuple(findings)
        )


def open_feed(
    *,
    order: Sequence[str],
    home: Path,
    clock: Clock,
    keys: Mapping[str, SecretStr] | None = None,
    base_urls: Mapping[str, str] | None = None,
    patience: Patience = Patience(),  # noqa: B008 - a frozen value
    random: Random | None = None,
) -> Feed:
    """Make a feed out of settings.

    Parameters
    ----------
    order
        Sources as they are to be asked: providers on the network, ``store`` and ``sample``.
    keys, base_urls
        By provider, where it needs one or is at another address than usual.

    Raises
    ------
    UnknownNameError
        For a source that a feed cannot have, with the nearest names.
    InputError
        For an empty order, or an address that is none.
    """
    if not order:
        raise InputError("PREGAO_SOURCES names no source: give some of " + ", ".join(LIVE_SOURCES))
    for name in order:
        if name not in LIVE_SOURCES:
            raise UnknownNameError("source in PREGAO_SOURCES", name, LIVE_SOURCES)
    access = Access(
        home,
        clock,
        keys=dict(keys or {}),
        base_urls=dict(base_urls or {}),
        patience=patience,
        random=random or SystemRandom(),
    )
    for name in base_urls or {}:
        access.base_url(name, "")
    return Feed(tuple(dict.fromkeys(order)), access)


def _newest(exchange: Exchange, clock: Clock, end: date | None) -> np.datetime64:
    """Give the last session that is over and not later than `end`."""
    newest = last_complete_session(exchange, clock.now())
    if end is None or np.datetime64(end) >= newest:
        return newest
    day = np.datetime64(end, "D")
    before = sessions_between(exchange, day - np.timedelta64(timedelta(days=30)), day)
    last: np.datetime64 = before[-1] if len(before) else day
    return last


def _quarantined(outcome: _Outcome) -> ProviderFailure:
    seen = [f"{each.code} {each.seen}" for each in outcome.findings if each.severity == "error"]
    return ProviderFailure(
        provider=outcome.source, reason="quarantined", message="; ".join(seen[:3])
    )


def _nobody(symbol: Symbol, failures: Sequence[ProviderFailure]) -> InputError | ProviderError:
    """Say why no source answered."""
    told = "; ".join(f"{each.provider}: {each.message}" for each in failures)
    reasons = [each.reason for each in failures if each.reason != "unknown_symbol"]
    if not reasons:
        return UnknownSymbolError(str(symbol), "live", told)
    match reasons[0]:
        case "quarantined" | "damaged" | "not_stored":
            reason: ProviderReason = "bad_payload"
        case own:
            reason = own
    return ProviderError("live", str(symbol), reason, told, advice=_NOBODY)


def _cause(error: UnknownSymbolError) -> str:
    """Give why a source has no such symbol, without what to type instead."""
    return error.hint.partition(";")[0]


def _others(prices: Prices, source: str, failures: Sequence[ProviderFailure]) -> Finding:
    what = Text.of(
        "{source} answers, with the bars of {provider}",
        "responde {source}, com as barras de {provider}",
        source=source,
        provider=prices.provider,
    )
    why = "; ".join(f"{each.provider} ({each.reason}): {each.message}" for each in failures)
    text = Text.of("{what}; {why}", "{what}; {why}", what=what, why=why)
    return Finding.of("PRC018", text, symbol=str(prices.symbol))


def _stale(prices: Prices, newest: np.datetime64) -> Finding:
    text = Text.of(
        "the last bar is of {last}, and the session of {newest} is over",
        "a última barra é de {last}, e o pregão de {newest} já terminou",
        last=as_date(prices.last),
        newest=as_date(newest),
    )
    return Finding.of("PRC019", text, symbol=str(prices.symbol))
