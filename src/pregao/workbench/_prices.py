"""Read prices: from symbols and options to checked prices, with findings, or an error."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from pregao.dataset import check_history_length, check_live_window
from pregao.errors import (
    DataQualityError,
    InputError,
    ProviderError,
    SharedFileError,
    UnknownNameError,
    UnknownSymbolError,
)
from pregao.evaluation import DataSummary, PricesUsed
from pregao.findings import Finding, ticker_left_out
from pregao.instruments import Symbol, as_date
from pregao.prices import (
    NETWORK_PROVIDERS,
    PROVIDERS,
    Certificate,
    Download,
    Feed,
    Prices,
    PriceStore,
    Provider,
    compare_sources,
    known_actions,
    read_actions,
    validate_download,
)
from pregao.registry import DataRecord, Run
from pregao.texts import gettext_lazy as _
from pregao.training import Experiment

ABOUT_ACTIONS = frozenset({"PRC009", "PRC016", "PRC024", "PRC026", "PRC027", "PRC029", "PRC031"})
"""The findings that an absent or wrong corporate action may be behind."""


@dataclass(frozen=True)
class Checked:
    """Validated prices of one symbol, with the findings about them."""

    prices: Prices
    findings: tuple[Finding, ...]

    @property
    def quarantine(self) -> tuple[Finding, ...]:
        """The findings of severity error: these prices are not fit for training."""
        return tuple(each for each in self.findings if each.severity == "error")

    @property
    def certificate(self) -> Certificate:
        """Whether these prices are sound, adjusted and fresh."""
        return Certificate.issue(self.prices, self.findings)

    def summary(self) -> dict[str, object]:
        """Return the record of these prices and their findings, ready for JSON."""
        certificate = self.certificate
        return {
            **self.record.model_dump(),
            "currency": self.prices.symbol.currency,
            "quarantined": bool(self.quarantine),
            "verdict": certificate.verdict,
            "adjustment": certificate.adjustment,
            "fresh": certificate.is_fresh,
            "coverage": certificate.coverage,
            "findings": [each.model_dump(mode="json") for each in self.findings],
        }

    def actions_summary(self) -> dict[str, object]:
        """Return the corporate actions and what they leave open, ready for JSON."""
        return {
            "symbol": str(self.prices.symbol),
            "provider": self.prices.provider,
            "actions": [each.model_dump(mode="json") for each in known_actions(self.prices)],
            "missing": [each.model_dump(mode="json") for each in self.missing_actions],
        }

    @property
    def missing_actions(self) -> tuple[Finding, ...]:
        """The findings that tell of corporate actions that are absent or wrong."""
        return tuple(each for each in self.findings if each.code in ABOUT_ACTIONS)

    @property
    def record(self) -> DataRecord:
        """The record of these prices in the provenance of a run."""
        return DataRecord(
            symbol=str(self.prices.symbol),
            provider=self.prices.provider,
            sessions=len(self.prices),
            first=str(self.prices.first),
            last=str(self.prices.last),
            digest=self.prices.digest,
        )


@dataclass(frozen=True)
class StoredPrices:
    """The provider that reads the prices stored by `fetch`."""

    home: Path
    name: str = "store"

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Return the newest stored bars of a symbol.

        Raises
        ------
        UnknownSymbolError
            If bars of it are stored from no provider, or from several.
        """
        store = PriceStore(self.home)
        providers = store.providers(symbol)
        if len(providers) != 1:
            found = (
                _("stored from {providers}", providers=" and ".join(providers))
                if providers
                else _("nothing is stored")
            )
            hint = _(
                "{found}; 'pregao fetch {symbol} --source ...' stores it, and --source names one",
                found=found,
                symbol=symbol,
            )
            raise UnknownSymbolError(str(symbol), self.name, hint)
        prices, standing = store.read_whole(symbol, providers[0], start, end)
        source = f"store of {providers[0]}"
        about = (
            *PROVIDERS[providers[0]].standing_findings(symbol),
            *standing,
        )
        return Download.from_prices(prices, source, about).between(start, end)


SOURCES = (*PROVIDERS, "live", "store")


def usual_source(symbol: str) -> str:
    """Return the source of a symbol for which none is named: the sample if it has it, else live."""
    try:
        PROVIDERS["sample"]().download(Symbol.parse(symbol))
    except UnknownSymbolError:
        return "live"
    return "sample"


@dataclass(frozen=True)
class PriceReader:
    """Reads the prices of symbols, runs and experiments from one home, with one set of options."""

    home: Path
    feed: Feed | None
    """Providers on the network; None reads none of them."""
    as_of: date | None
    """The date that staleness is measured against; None skips those checks."""
    path: Path | None = None
    """A file or folder, for sources that read one."""
    actions: Path | None = None
    """A file of corporate actions, which are added to those that the source states."""
    stores_downloads: bool = True
    """Whether live prices are stored as they are downloaded."""

    def provider(self, source: str) -> Provider:
        """Return a provider by name; `store` reads what was fetched, `live` is the feed itself.

        Raises
        ------
        UnknownNameError
            With the nearest names.
        InputError
            If the source is on the network and there is no feed.
        """
        if source not in SOURCES:
            raise UnknownNameError(_("source"), source, SOURCES)
        if source == "store":
            return StoredPrices(self.home)
        if source in PROVIDERS and source not in NETWORK_PROVIDERS:
            return PROVIDERS[source](path=self.path)
        if self.feed is None:
            raise InputError(
                _("{source} asks the network: give the workbench a feed", source=source)
            )
        if source in NETWORK_PROVIDERS:
            return NETWORK_PROVIDERS[source](path=self.path, access=self.feed.access)
        if self.path is not None:
            raise InputError(_("live takes no path, and {path} was given: use csv", path=self.path))
        return self.feed if self.stores_downloads else replace(self.feed, stores_downloads=False)

    def read_symbol(
        self, symbol: str, *, source: str, start: date | None = None, end: date | None = None
    ) -> Checked:
        """Read the bars of one symbol up to `end`; what is wrong with them is a finding."""
        download = self.provider(source).download(Symbol.parse(symbol), start, end)
        if self.actions is not None:
            download = download.with_actions(read_actions(self.actions, download.symbol))
        checked = self._checked(download)
        return replace(checked, findings=(*checked.findings, *self._contradictions(checked)))

    def _contradictions(self, checked: Checked) -> tuple[Finding, ...]:
        """Compare prices with those that are stored of other providers."""
        prices, store = checked.prices, PriceStore(self.home)
        names = [each for each in store.providers(prices.symbol) if each != prices.provider]
        others = [store.read_whole(prices.symbol, name)[0] for name in names]
        return compare_sources(prices, others)

    def read(
        self, experiment: Experiment, *, allow_findings: bool, check_split: bool = True
    ) -> list[Checked]:
        """Read the prices of an experiment, one history for each symbol.

        Raises
        ------
        HistoryTooShortError
            If no symbol has enough sessions for the lookback, the horizon and the split.
        DataQualityError
            If a symbol is quarantined and `allow_findings` is not given.
        """
        provider = self.provider(experiment.source)
        downloads = [
            provider.download(Symbol.parse(each), experiment.start, experiment.end)
            for each in experiment.symbols
        ]
        _check_own_files(downloads)
        longest = max(downloads, key=lambda download: len(download.bars))
        if check_split:
            check_history_length(
                str(longest.symbol),
                len(longest.bars),
                features=experiment.features,
                lookback=experiment.lookback,
                horizon=experiment.horizon,
                split=experiment.split,
            )
        return [self._sound(each, allow_findings=allow_findings) for each in downloads]

    def read_usable(
        self, experiment: Experiment, *, allow_findings: bool
    ) -> tuple[list[Checked], tuple[Finding, ...]]:
        """Read the prices of the symbols that can be used, with a finding for each that cannot.

        Raises
        ------
        InputError, ProviderError
            That of the first symbol, if none can be used.
        """
        provider = self.provider(experiment.source)
        prices: list[Checked] = []
        left_out: list[tuple[str, InputError | ProviderError]] = []
        read_for: dict[tuple[str, bytes], str] = {}
        for symbol in experiment.symbols:
            try:
                download = provider.download(Symbol.parse(symbol), experiment.start, experiment.end)
                if read_for.setdefault(_rows_read(download), symbol) != symbol:
                    _check_own_files([download, download])
                checked = self._sound(download, allow_findings=allow_findings)
                check_live_window(
                    checked.prices, features=experiment.features, lookback=experiment.lookback
                )
            except (InputError, ProviderError) as error:
                left_out.append((symbol, error))
            else:
                prices.append(checked)
        if not prices:
            raise left_out[0][1]
        return prices, tuple(ticker_left_out(symbol, error) for symbol, error in left_out)

    def read_run(self, run: Run) -> list[Checked]:
        """Read the prices of a run's symbols anew, with the findings it was trained with."""
        return self.read(run.experiment, allow_findings=bool(run.provenance.overridden))

    def _checked(self, download: Download) -> Checked:
        return Checked(*validate_download(download, as_of=self.as_of))

    def _sound(self, download: Download, *, allow_findings: bool) -> Checked:
        checked = self._checked(download)
        if checked.quarantine and not allow_findings:
            reasons = [
                _("{code} {title}, {seen}", code=each.code, title=each.title, seen=each.seen)
                for each in checked.quarantine
            ]
            raise DataQualityError(str(checked.prices.symbol), reasons)
        return checked


def _check_own_files(downloads: Sequence[Download]) -> None:
    """Check that no rows of a file were read for several symbols; B3's files hold all tickers."""
    rows = [_rows_read(each) for each in downloads]
    for download, own in zip(downloads, rows, strict=True):
        if rows.count(own) > 1 and Path(download.source).is_file():
            raise SharedFileError(str(download.symbol), download.source)


def _rows_read(download: Download) -> tuple[str, bytes]:
    """Return where a download came from, and the lines there."""
    lines = b"" if download.lines is None else download.lines.tobytes()
    return download.source, lines


def price_records(prices: Sequence[Checked]) -> tuple[DataRecord, ...]:
    """Return the records of several histories."""
    return tuple(each.record for each in prices)


def summarise_prices(checked: Sequence[Checked]) -> DataSummary:
    """Return the summary of the prices of an experiment, with one digest of all of them."""
    prices = [each.prices for each in checked]
    digests = "|".join(f"{each.symbol}:{each.digest}" for each in prices)
    return DataSummary(
        symbols=tuple(str(each.symbol) for each in prices),
        sessions=sum(len(each) for each in prices),
        first=as_date(min(each.first for each in prices)),
        last=as_date(max(each.last for each in prices)),
        digest=sha256(digests.encode()).hexdigest()[:16],
        histories=tuple(
            PricesUsed(
                symbol=str(each.symbol),
                provider=each.provider,
                sessions=len(each),
                first=as_date(each.first),
                last=as_date(each.last),
                digest=each.digest,
            )
            for each in prices
        ),
    )
