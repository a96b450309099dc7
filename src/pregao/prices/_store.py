"""The store of validated prices: append-only, every earlier state readable by its digest."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

from filelock import FileLock, Timeout

from pregao.errors import CorruptFileError, InputError, StoreBusyError
from pregao.findings import Finding
from pregao.instruments import EXCHANGES, Symbol
from pregao.prices._corporate_actions import Basis
from pregao.prices._history import Snapshot, extend_history, standing_findings, start_history
from pregao.prices._prices import Prices
from pregao.prices._providers import PROVIDERS
from pregao.prices._renaming import join_renamed, renamed, renamed_finding
from pregao.prices._store_file import read_history, read_symbol, write_history
from pregao.texts import gettext_lazy as _

_PROVIDER = re.compile(r"[a-z][a-z0-9_]{0,31}\Z", re.ASCII)
_LOCK_TIMEOUT_SECONDS = 60.0


class PriceStore:
    """Prices on disk, one Parquet file per provider and symbol under ``root/prices``.

    Nothing is ever overwritten: a session with other values than stored becomes a new revision,
    and the old one stays readable. Appends of several processes wait for each other.

    >>> import tempfile
    >>> from pregao.prices import PROVIDERS, validate_download
    >>> prices, _ = validate_download(PROVIDERS["sample"]().download(Symbol.parse("SP500")))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = PriceStore(Path(folder))
    ...     snapshot = store.append(prices.up_to("2017-12-29"))
    ...     snapshot = store.append(prices)
    ...     same = store.read(prices.symbol, "sample", snapshot.digest) == prices
    >>> snapshot.revision, snapshot.num_added, same
    (2, 251, True)
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def append(self, prices: Prices, findings: Iterable[Finding] = ()) -> Snapshot:
        """Store what is new or different, with what was found, and return the snapshot after it.

        Stored sessions that are not among the prices are rescaled where an overlap shows that the
        provider has rescaled its history; without an overlap adjusted prices are refused.

        Appending the same prices again changes nothing, not even the file's time. A finding PRC013
        of the snapshot lists sessions that the provider has rewritten.

        Raises
        ------
        InputError
            If the prices do not join the stored ones, or are in another currency: what to do.
        CorruptFileError
            If the stored file is damaged; it is left as it is.
        StoreBusyError
            If another process locks the file for a minute.
        """
        path = self._path(prices.symbol, prices.provider)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(path.with_suffix(".lock"), timeout=_LOCK_TIMEOUT_SECONDS):
                history = read_history(path) if path.exists() else None
                if history is not None:
                    _check_same_currency(path, history.symbol, prices.symbol)
                standing = standing_findings(findings)
                grown = (
                    start_history(prices, standing, basis=_basis(prices.provider))
                    if history is None
                    else extend_history(history, prices, standing, basis=_basis(prices.provider))
                )
                if grown is not history:
                    write_history(path, grown)
        except Timeout as error:
            raise StoreBusyError(str(path)) from error
        return grown.snapshots[-1]

    def read(self, symbol: Symbol, provider: str, digest: str | None = None) -> Prices:
        """Return the latest prices, or those of the snapshot with this digest, bit for bit.

        Their symbol has the currency that they are stored in.

        Raises
        ------
        InputError
            If nothing is stored for the symbol, or no snapshot has the digest, or the symbol states
            another currency.
        CorruptFileError
            If the stored file is damaged.
        """
        path = self._path(symbol, provider)
        try:
            history = read_history(path)
        except FileNotFoundError:
            raise InputError(
                _(
                    "no prices of {symbol} from {provider} are stored: fetch them",
                    symbol=symbol,
                    provider=provider,
                )
            ) from None
        _check_currency(symbol, history.symbol, provider)
        wanted = history.snapshots[-1].digest if digest is None else digest
        for snapshot in reversed(history.snapshots):
            if snapshot.digest == wanted:
                return _check_digest(path, history.at(snapshot.revision), wanted)
        known = ", ".join(each.digest for each in history.snapshots[-3:])
        raise InputError(
            _(
                "no snapshot {wanted!r} of {symbol} from {provider}: the last are {known}",
                wanted=wanted,
                symbol=symbol,
                provider=provider,
                known=known,
            )
        )

    def providers(self, symbol: Symbol) -> tuple[str, ...]:
        """Return the providers of whose bars some are stored under the symbol's tickers."""
        other = renamed(symbol)
        return tuple(
            name
            for name in PROVIDERS
            if self.snapshots(symbol, name)
            or (other is not None and self.snapshots(other[1], name))
        )

    def read_whole(
        self, symbol: Symbol, provider: str, start: date | None = None, end: date | None = None
    ) -> tuple[Prices, tuple[Finding, ...]]:
        """Return the latest prices of a security under both of its tickers.

        With it comes what was found in them, from `start` to `end`.

        Raises
        ------
        InputError, CorruptFileError
            As `read` does.
        """
        found = renamed(symbol)
        stored = [
            each
            for each in ([symbol] if found is None else [symbol, found[1]])
            if self.snapshots(each, provider)
        ]
        findings = tuple(
            finding
            for each in stored
            for finding in self.standing_findings(each, provider, start, end)
        )
        if found is None or stored in ([symbol], []):
            return self.read(symbol, provider), findings
        series = {each.ticker: self.read(each, provider) for each in stored}
        rename = found[0]
        newest = series.get(rename.new, series.get(rename.old))
        assert newest is not None, "something is stored"
        if len(series) == 2:
            newest = join_renamed(series[rename.old], series[rename.new])
        prices = replace(newest, symbol=replace(newest.symbol, ticker=symbol.ticker))
        return prices, (*findings, renamed_finding(symbol, rename, prices))

    def standing_findings(
        self, symbol: Symbol, provider: str, start: date | None = None, end: date | None = None
    ) -> tuple[Finding, ...]:
        """Return what was found in a stored series, of a span: it does not pass with storing."""
        snapshots = self.snapshots(symbol, provider)
        first, last = str(start or "0000"), str(end or "9999")
        return tuple(
            each
            for each in (snapshots[-1].standing if snapshots else ())
            if not each.sessions or any(first <= day <= last for day in each.sessions)
        )

    def snapshots(self, symbol: Symbol, provider: str) -> tuple[Snapshot, ...]:
        """Return the snapshots of a series, oldest first; none where nothing is stored."""
        path = self._path(symbol, provider)
        return read_history(path).snapshots if path.exists() else ()

    def symbols(self) -> dict[Symbol, tuple[str, ...]]:
        """Return the stored symbols and their currencies, each with the providers of its series."""
        found: dict[Symbol, list[str]] = {}
        for file in sorted((self.root / "prices").glob("*/*-*.parquet")):
            code, _, name = file.stem.partition("-")
            if code in EXCHANGES:
                symbol = read_symbol(file) or Symbol(unquote(name), EXCHANGES[code])
                found.setdefault(symbol, []).append(file.parent.name)
        return {symbol: tuple(providers) for symbol, providers in sorted(found.items())}

    def with_stored_currency(self, symbol: Symbol, provider: str) -> Symbol:
        """Return a symbol in the currency of its stored series, unless it states one itself."""
        path = self._path(symbol, provider)
        stored = None if symbol.stated_currency or not path.exists() else read_symbol(path)
        return stored or symbol

    def _path(self, symbol: Symbol, provider: str) -> Path:
        """Return the file; its name begins with the exchange, as CON and the like are reserved."""
        if not _PROVIDER.match(provider):
            raise InputError(
                _("{provider!r} is no provider's name: use a-z, 0-9 and _", provider=provider[:40])
            )
        name = f"{symbol.exchange.code}-{quote(symbol.ticker, safe='')}.parquet"
        return self.root / "prices" / provider / name


def _basis(provider: str) -> Basis:
    return PROVIDERS[provider].basis if provider in PROVIDERS else "unknown"


def _check_currency(symbol: Symbol, stored: Symbol, provider: str) -> None:
    """Check that prices are stored in the currency that a symbol states."""
    if symbol.stated_currency and symbol.currency != stored.currency:
        raise InputError(
            _(
                "the prices of {key} from {provider} are stored in {stored}, and {stated} is "
                "stated: use {key}, or fetch them from a source of {stated}",
                key=symbol.key,
                provider=provider,
                stored=stored.currency,
                stated=symbol.currency,
            )
        )


def _check_same_currency(path: Path, stored: Symbol, new: Symbol) -> None:
    """Check that new prices are in the currency of the stored ones."""
    if stored.currency != new.currency:
        raise InputError(
            _(
                "{symbol} is stored in {stored}, and the new prices are in {new}: move {path} away "
                "and fetch again",
                symbol=new.ticker + new.exchange.suffix,
                stored=stored.currency,
                new=new.currency,
                path=path,
            )
        )


def _check_digest(path: Path, prices: Prices, digest: str) -> Prices:
    if prices.digest != digest:
        raise CorruptFileError(
            str(path),
            _("snapshot {digest} reads as {found}", digest=digest, found=prices.digest),
        )
    return prices
