"""Prices for an experiment: downloaded, inspected, and refused when they are quarantined."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from pregao.dataset import check_length, check_live
from pregao.errors import (
    DataQualityError,
    InputError,
    ProviderError,
    SharedFileError,
    UnknownNameError,
    UnknownSymbolError,
)
from pregao.evaluation import DataSummary, PricesUsed
from pregao.findings import Finding
from pregao.instruments import Symbol, as_date
from pregao.prices import (
    NETWORK,
    PROVIDERS,
    Download,
    Feed,
    Prices,
    PriceStore,
    Provider,
    validated,
)
from pregao.registry import DataRecord
from pregao.training import Experiment
from pregao.values import Text


@dataclass(frozen=True)
class Checked:
    """Validated prices of one symbol, and what is wrong or worth knowing about them."""

    prices: Prices
    findings: tuple[Finding, ...]

    @property
    def quarantine(self) -> tuple[Finding, ...]:
        """The findings that make training on these prices a mistake."""
        return tuple(each for each in self.findings if each.severity == "error")

    def summary(self) -> dict[str, object]:
        """Give what was found, ready for JSON."""
        return {
            **self.record.model_dump(),
            "currency": self.prices.symbol.currency,
            "quarantined": bool(self.quarantine),
            "findings": [each.model_dump(mode="json") for each in self.findings],
        }

    @property
    def record(self) -> DataRecord:
        """What provenance says of these prices."""
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
    """The provider that reads what `fetch` stored before."""

    home: Path
    name: str = "store"

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the newest stored bars of a symbol.

        Raises
        ------
        UnknownSymbolError
            If no provider's bars of it were stored, or several providers' were.
        """
        store = PriceStore(self.home)
        providers = [name for name in PROVIDERS if store.snapshots(symbol, name)]
        if len(providers) != 1:
            found = f"stored from {' and '.join(providers)}" if providers else "nothing is stored"
            hint = (
                f"{found}; 'pregao fetch {symbol} --source ...' stores it, and --source names one"
            )
            raise UnknownSymbolError(str(symbol), self.name, hint)
        prices = store.read(symbol, providers[0])
        source = f"store of {providers[0]}"
        about = PROVIDERS[providers[0]].standing_findings(symbol)
        download = Download(symbol, prices.bars, providers[0], source, findings=about)
        return download.between(start, end)


SOURCES = (*PROVIDERS, "live", "store")


def provider_of(source: str, path: Path | None, *, home: Path, feed: Feed | None) -> Provider:
    """Make a provider by its name; `store` is what was fetched before, `live` the feed itself.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    InputError
        If the network is to be asked and there is no feed.
    """
    if source not in SOURCES:
        raise UnknownNameError("source", source, SOURCES)
    if source == "store":
        return StoredPrices(home)
    if source in PROVIDERS and source not in NETWORK:
        return PROVIDERS[source](path=path)
    if feed is None:
        raise InputError(f"{source} asks the network: give the workbench a feed")
    if source in NETWORK:
        return NETWORK[source](path=path, access=feed.access)
    if path is not None:
        raise InputError(f"live takes no path, and {path} was given: use csv")
    return feed


def usual_source(symbol: str) -> str:
    """Give the source of a symbol for which none is named: the sample has few, live the rest."""
    try:
        PROVIDERS["sample"]().download(Symbol.parse(symbol))
    except UnknownSymbolError:
        return "live"
    return "sample"


def checked_prices(
    symbol: str,
    provider: Provider,
    *,
    start: date | None = None,
    end: date | None = None,
    as_of: date | None = None,
) -> Checked:
    """Download the bars of one symbol up to `end`, inspect them, and keep the sound rows."""
    download = provider.download(Symbol.parse(symbol), start, end)
    return Checked(*validated(download, as_of=as_of))


def trainable(
    experiment: Experiment,
    provider: Provider,
    *,
    as_of: date | None,
    allow_findings: bool,
    check_split: bool = True,
) -> list[Checked]:
    """Give the prices of an experiment, one history a symbol.

    Raises
    ------
    HistoryTooShortError
        If no symbol has enough sessions for the lookback, the horizon and the split.
    DataQualityError
        If a symbol is quarantined and `allow_findings` is not given.
    """
    downloads = [
        provider.download(Symbol.parse(each), experiment.start, experiment.end)
        for each in experiment.symbols
    ]
    _check_own_files(downloads)
    longest = max(downloads, key=lambda download: len(download.bars))
    if check_split:
        check_length(
            str(longest.symbol),
            len(longest.bars),
            features=experiment.features,
            lookback=experiment.lookback,
            horizon=experiment.horizon,
            split=experiment.split,
        )
    return [_sound(each, as_of=as_of, allow_findings=allow_findings) for each in downloads]


def survivors(
    experiment: Experiment, provider: Provider, *, as_of: date | None, allow_findings: bool
) -> tuple[list[Checked], tuple[Finding, ...]]:
    """Give the prices of the symbols that can be used, and a finding for each that cannot.

    Raises
    ------
    InputError, ProviderError
        The first symbol's, if none can be used.
    """
    prices: list[Checked] = []
    left_out: list[tuple[str, InputError | ProviderError]] = []
    sources: dict[str, str] = {}
    for symbol in experiment.symbols:
        try:
            download = provider.download(Symbol.parse(symbol), experiment.start, experiment.end)
            if sources.setdefault(download.source, symbol) != symbol:
                _check_own_files([download, download])
            checked = _sound(download, as_of=as_of, allow_findings=allow_findings)
            check_live(checked.prices, features=experiment.features, lookback=experiment.lookback)
        except (InputError, ProviderError) as error:
            left_out.append((symbol, error))
        else:
            prices.append(checked)
    if not prices:
        raise left_out[0][1]
    return prices, tuple(ticker_left_out(symbol, error) for symbol, error in left_out)


def ticker_left_out(symbol: str, error: InputError | ProviderError) -> Finding:
    """Say why a symbol of many has no part in the result."""
    return Finding.of("LRN007", Text.same(str(error)), symbol=symbol)


def _check_own_files(downloads: Sequence[Download]) -> None:
    """Refuse one file that was read for several symbols."""
    sources = [each.source for each in downloads]
    for download in downloads:
        if sources.count(download.source) > 1 and Path(download.source).is_file():
            raise SharedFileError(str(download.symbol), download.source)


def _sound(download: Download, *, as_of: date | None, allow_findings: bool) -> Checked:
    """Inspect prices, and refuse them if they are quarantined."""
    checked = Checked(*validated(download, as_of=as_of))
    if checked.quarantine and not allow_findings:
        reasons = [f"{f.code} {f.title}, {f.seen}" for f in checked.quarantine]
        raise DataQualityError(str(checked.prices.symbol), reasons)
    return checked


def summary_of(everything: Sequence[Checked]) -> DataSummary:
    """Sum up the prices of an experiment; one digest stands for all of them."""
    prices = [each.prices for each in everything]
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
