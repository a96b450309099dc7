"""The forecast service: champions in memory and cached prices, without a query per forecast."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from time import monotonic, perf_counter

import numpy as np
import structlog
from numpy.typing import NDArray

from pregao.errors import InputError, NoForecastError, PregaoError
from pregao.findings import Finding
from pregao.inference import Edge
from pregao.instruments import as_date, next_sessions, symbol_key
from pregao.monitoring import PastForecasts, past_forecasts
from pregao.prices import Prices
from pregao.registry import Champion, ServedModel
from pregao.service._lru_cache import LruCache
from pregao.service._metrics import Metrics
from pregao.service._quotes import Quote, Quotes
from pregao.service._schemas import SymbolForecast
from pregao.texts import LocalText, join_messages
from pregao.texts import gettext_lazy as _
from pregao.training import DEFAULT_HORIZON, LEVELS
from pregao.values import Text, bilingual
from pregao.workbench import Fallback, Models

_log = structlog.get_logger("pregao.server")

Float = NDArray[np.float64]


_MAX_PREPARED = 512
_FIRST_RETRY_SECONDS, _MAX_RETRY_SECONDS = 2.0, 300.0
_NOT_FORECASTABLE = frozenset({"PRC022", "PRC025"})
"""Prices that do not move, and prices below zero, of which there are no log returns."""
_BUNDLED = "SP500"
"""The symbol that a fallback is fitted on where a symbol's own history is too short."""


@dataclass(frozen=True, eq=False)
class LoadedChampion:
    """A champion, and the model that serves it."""

    champion: Champion
    model: ServedModel | None
    """Its own model, or the last good one; None if none could be loaded."""
    load_findings: tuple[Finding, ...] = ()
    """The findings about a model that is not the champion's own."""
    failures: int = 0
    """How often loading this version of the champion has failed in a row."""
    retry_at: float = 0.0
    """The time of the clock from which loading is tried again."""


@dataclass(frozen=True)
class _Key:
    """The key of a prepared forecast in the cache."""

    digest: str
    run: str | None
    horizon: int


@dataclass(frozen=True, eq=False)
class PreparedForecast:
    """A forecaster prepared for prices up to their end."""

    quantiles: Callable[[], Float]
    """(horizon, levels) quantiles of the cumulative log return."""
    sessions: tuple[date, ...]
    """The sessions of the forecast."""
    forecaster: str
    run: str | None
    edge: Edge
    actions: dict[str, float] | None = None
    findings: tuple[Finding, ...] = ()
    is_degraded: bool = False


@dataclass(eq=False)
class ForecastService:
    """Serves forecasts; every method may be called from several threads."""

    models: Models
    quotes: Quotes
    metrics: Metrics
    _loaded: Mapping[tuple[str, int], LoadedChampion] = field(default_factory=dict)
    """By the key of the symbol and the horizon; replaced as a whole: a reader sees a consistent set
    of champions."""
    _prepared_forecasts: "LruCache[_Key, PreparedForecast]" = field(
        default_factory=lambda: LruCache(_MAX_PREPARED)
    )
    clock: Callable[[], float] = monotonic
    """Seconds, by which failed champions are retried."""
    _is_open: bool = False
    _is_refreshing: Callable[[], bool] = lambda: True
    _refreshing: threading.Lock = field(default_factory=threading.Lock)

    def forecast(
        self, symbol: str, *, horizon: int | None = None, levels: tuple[float, ...] | None = None
    ) -> SymbolForecast:
        """Forecast a symbol from the newest available prices.

        Raises
        ------
        UnknownSymbolError, ProviderError
            If no provider has its prices.
        HistoryTooShortError
            If there are too few for anything.
        NoForecastError
            If they have not moved for a month, or are negative.
        """
        quote = self.quotes.newest(symbol)
        _check_forecastable(quote)
        key, loaded = self._key(quote, symbol, horizon)
        prepared = self._prepared_forecasts.get(
            key, lambda: self._prepare(quote.prices, _loaded_model(loaded), key.horizon)
        )
        return self._make_forecast(quote, prepared, loaded, key.horizon, levels)

    def forecast_own(
        self,
        prices: Prices,
        findings: tuple[Finding, ...],
        *,
        closes_only: bool,
        horizon: int | None = None,
        levels: tuple[float, ...] | None = None,
    ) -> SymbolForecast:
        """Forecast from a client's own prices, which are not stored.

        Raises
        ------
        NoForecastError
            If they have not moved for a month, or are negative.
        """
        quote = Quote(prices, source="request", is_stale=False, findings=findings)
        _check_forecastable(quote)
        loaded = self.loaded_champion(str(prices.symbol), horizon)
        if closes_only and loaded and loaded.model and not loaded.model.reads_closes_only:
            loaded = None
        sessions_ahead = horizon or (loaded.champion.horizon if loaded else DEFAULT_HORIZON)
        prepared = self._prepare(prices, _loaded_model(loaded), sessions_ahead)
        return self._make_forecast(quote, prepared, loaded, sessions_ahead, levels)

    def forecast_with(
        self, model: ServedModel, prices: Prices, findings: tuple[Finding, ...]
    ) -> SymbolForecast:
        """Forecast from a client's own prices with a chosen run, champion or not.

        Raises
        ------
        InputError
            If the run cannot read them, as a chosen run has no fallback, or if they have not moved
            for a month or are negative.
        """
        quote = Quote(prices, source="request", is_stale=False, findings=findings)
        _check_forecastable(quote)
        try:
            prepared = _prepare_champion(model, prices)
        except ArithmeticError as error:
            raise InputError(
                _(
                    "{run_id} forecasts nothing from these: {error}",
                    run_id=model.run_id,
                    error=error,
                )
            ) from None
        return self._make_forecast(quote, prepared, None, model.horizon, None)

    def loaded_champion(self, symbol: str, horizon: int | None = None) -> LoadedChampion | None:
        """Return the champion of the nearest sufficient horizon; without one, the newest."""
        key = symbol_key(symbol)
        own = [loaded for (name, _), loaded in self._loaded.items() if name == key]
        if horizon is None:
            return max(own, key=lambda each: each.champion.since, default=None)
        reaching = [each for each in own if each.champion.horizon >= horizon]
        return min(reaching, key=lambda each: each.champion.horizon, default=None)

    def horizons(self, symbol: str) -> tuple[int, ...]:
        """Return the horizons for which a symbol has champions, ascending."""
        key = symbol_key(symbol)
        return tuple(sorted(horizon for name, horizon in self._loaded if name == key))

    def past(self, symbol: str, *, horizon: int | None = None) -> PastForecasts | None:
        """Return forecasts of past sessions, made by the present forecaster.

        None where no session has come since training.

        Raises
        ------
        UnknownSymbolError, ProviderError, HistoryTooShortError
            As `forecast` raises them.
        """
        prices = self.quotes.newest(symbol).prices
        loaded = self.loaded_champion(symbol, horizon)
        sessions_ahead = horizon or (loaded.champion.horizon if loaded else DEFAULT_HORIZON)
        model = _loaded_model(loaded)
        own = self._fit_fallback(prices, sessions_ahead)[0] if model is None else model
        return past_forecasts(
            own.forecaster,
            own.windows(prices),
            symbol=str(prices.symbol),
            closes=prices.bars.close,
            trained_to=own.trained_to,
            step=sessions_ahead,
        )

    def is_ready(self, symbol: str, horizon: int | None) -> bool:
        """Return whether a forecast needs neither reading prices nor fitting."""
        if not self.quotes.is_cached(symbol):
            return False
        key, _ = self._key(self.quotes.newest(symbol), symbol, horizon)
        return key in self._prepared_forecasts

    @property
    def is_open(self) -> bool:
        """Whether champions were loaded, and are being refreshed."""
        return self._is_open and self._is_refreshing()

    def loaded_champions(self) -> tuple[LoadedChampion, ...]:
        """Return the loaded champions."""
        return tuple(self._loaded.values())

    def refresh_champions(self) -> None:
        """Load new champions while the old ones serve, then replace them all at once.

        For one that cannot be loaded the last good model serves on, with a finding.
        """
        with self._refreshing:
            champions = self.models.champions()
            current = {(symbol_key(each.symbol), each.horizon): each for each in champions}
            self._loaded = {place: self._load(each, place) for place, each in current.items()}
            self._is_open = True

    def watch(self, is_refreshing: Callable[[], bool]) -> None:
        """Count as open only while champions are refreshed, which the function returns."""
        self._is_refreshing = is_refreshing

    def _load(self, champion: Champion, place: tuple[str, int]) -> LoadedChampion:
        """Load a champion unless it is loaded; retry one that failed, ever less often."""
        before = self._loaded.get(place)
        failures = 0
        if before is not None and before.champion.version == champion.version:
            if not before.failures or self.clock() < before.retry_at:
                return before
            failures = before.failures
        try:
            return LoadedChampion(champion, self.models.served(champion.run))
        except PregaoError as error:
            _log.error("champion not loaded", run=champion.run, reason=str(error))
            reason: LocalText = error
        except Exception as error:  # noqa: BLE001 - one damaged run must not stop the others
            _log.error("champion not loaded", run=champion.run, exc_info=error)
            reason = f"{type(error).__name__}: {error}"
        wait = min(_FIRST_RETRY_SECONDS * 2**failures, _MAX_RETRY_SECONDS)
        return LoadedChampion(
            champion,
            before.model if before else None,
            (_not_loaded(champion.run, reason),),
            failures=failures + 1,
            retry_at=self.clock() + wait,
        )

    def _key(
        self, quote: Quote, symbol: str, horizon: int | None
    ) -> "tuple[_Key, LoadedChampion | None]":
        loaded = self.loaded_champion(symbol, horizon)
        sessions_ahead = horizon or (loaded.champion.horizon if loaded else DEFAULT_HORIZON)
        model = _loaded_model(loaded)
        return _Key(quote.prices.digest, model.run_id if model else None, sessions_ahead), loaded

    def _prepare(self, prices: Prices, model: ServedModel | None, horizon: int) -> PreparedForecast:
        if model is None:
            return self._prepare_fallback(prices, horizon, because=())
        try:
            return _prepare_champion(model, prices)
        except InputError as error:
            return self._prepare_fallback(
                prices, horizon, because=(_history_too_short(prices, error),)
            )
        except ArithmeticError as error:
            _log.error("champion not finite", run=model.run_id)
            because = (_not_loaded(model.run_id, str(error)),)
            return self._prepare_fallback(prices, horizon, because=because, is_degraded=True)

    def _prepare_fallback(
        self,
        prices: Prices,
        horizon: int,
        *,
        because: tuple[Finding, ...],
        is_degraded: bool = False,
    ) -> PreparedForecast:
        fallback, fitted_on = self._fit_fallback(prices, horizon)
        quantiles = fallback.forecaster.quantiles(fallback.windows(prices))[0]
        findings = because or (_no_champion(prices, horizon, fallback.name, fitted_on),)
        return PreparedForecast(
            quantiles=lambda: quantiles,
            sessions=_sessions_after(prices, horizon),
            forecaster=fallback.name,
            run=None,
            edge="none",
            findings=findings,
            is_degraded=is_degraded,
        )

    def _fit_fallback(self, prices: Prices, horizon: int) -> tuple[Fallback, Prices]:
        """Fit a fallback on these prices, else on the symbol's known ones, else on bundled ones."""
        histories: list[Callable[[], Prices]] = [
            lambda: prices,
            lambda: self.quotes.newest(str(prices.symbol)).prices,
        ]
        for each in histories:
            try:
                history = each()
                return Fallback.fit(history, horizon=horizon), history
            except PregaoError as error:
                _log.debug("not fitted", symbol=str(prices.symbol), reason=str(error))
        bundled = self.quotes.bundled(_BUNDLED)
        return Fallback.fit(bundled, horizon=horizon), bundled

    def _make_forecast(
        self,
        quote: Quote,
        prepared: PreparedForecast,
        loaded: LoadedChampion | None,
        horizon: int,
        levels: tuple[float, ...] | None,
    ) -> SymbolForecast:
        started = perf_counter()
        quantiles = prepared.quantiles()[:horizon]
        self.metrics.inference.observe(perf_counter() - started)
        prices = quote.prices
        last = float(prices.bars.close[-1])
        with np.errstate(over="ignore"):
            ahead = last * np.exp(quantiles)
        if not np.isfinite(ahead).all():
            raise _overflow_error(prices, horizon)
        self.metrics.forecasts.labels("baseline" if prepared.run is None else "network").inc()
        if quote.is_stale:
            self.metrics.stale_forecasts.inc()
        load_findings = loaded.load_findings if loaded else ()
        is_vacant = loaded is not None and loaded.model is None
        return SymbolForecast.model_construct(
            symbol=str(prices.symbol),
            currency=prices.symbol.currency,
            as_of=as_date(prices.last),
            last_price=last,
            sessions=prepared.sessions[:horizon],
            levels=LEVELS if levels is None else levels,
            prices=_select_levels(ahead, levels),
            median=tuple(ahead[:, LEVELS.index(0.5)].tolist()),
            actions=prepared.actions,
            forecaster=prepared.forecaster,
            run=prepared.run,
            champion_version=None
            if loaded is None or prepared.run is None
            else loaded.champion.version,
            edge=prepared.edge,
            source=quote.source,
            stale=quote.is_stale,
            degraded=prepared.is_degraded or bool(load_findings),
            # A failure to load, not the lack of a champion, is then why a baseline answers.
            findings=(*quote.findings, *(() if is_vacant else prepared.findings), *load_findings),
        )


def _check_forecastable(quote: Quote) -> None:
    """Refuse prices that do not move or are negative, with the finding that says so."""
    why = [
        each
        for each in quote.findings
        if each.code in _NOT_FORECASTABLE and each.severity == "error"
    ]
    if why:
        found = join_messages([why[0].code, why[0].seen], " ")
        raise NoForecastError(str(quote.prices.symbol), found)


def _loaded_model(loaded: LoadedChampion | None) -> ServedModel | None:
    return None if loaded is None else loaded.model


def _prepare_champion(model: ServedModel, prices: Prices) -> PreparedForecast:
    prepared = model.prepare(prices)
    if not np.isfinite(prepared.quantiles()).all():
        raise ArithmeticError("its numbers are not finite")
    return PreparedForecast(
        quantiles=prepared.quantiles,
        sessions=_sessions_after(prices, model.horizon),
        forecaster=model.name,
        run=model.run_id,
        edge=model.edge,
        actions=prepared.actions(),
        findings=model.findings,
    )


def _select_levels(ahead: Float, levels: tuple[float, ...] | None) -> tuple[tuple[float, ...], ...]:
    """Return the columns of some levels."""
    chosen = ahead if levels is None else ahead[:, [LEVELS.index(each) for each in levels]]
    return tuple(map(tuple, chosen.tolist()))


def _sessions_after(prices: Prices, horizon: int) -> tuple[date, ...]:
    sessions = next_sessions(prices.symbol.exchange, prices.last, horizon)
    return tuple(as_date(each) for each in sessions)


def _overflow_error(prices: Prices, horizon: int) -> InputError:
    return InputError(
        _(
            "the prices of {symbol} jump so far that in {horizon} sessions they may be "
            "anything: check their units, or request a shorter horizon",
            symbol=prices.symbol,
            horizon=horizon,
        )
    )


def _no_champion(prices: Prices, horizon: int, name: str, fitted_on: Prices) -> Finding:
    return Finding.from_code(
        "SRV001",
        bilingual(
            "{symbol} has no champion for {horizon} sessions: {name}, fitted on {count:,} sessions "
            "of {teacher}, answers",
            symbol=str(prices.symbol),
            horizon=horizon,
            name=name,
            count=len(fitted_on),
            teacher=str(fitted_on.symbol),
        ),
        symbol=str(prices.symbol),
    )


def _history_too_short(prices: Prices, reason: LocalText) -> Finding:
    return Finding.from_code("SRV001", Text.from_message(reason), symbol=str(prices.symbol))


def _not_loaded(run: str, reason: LocalText) -> Finding:
    return Finding.from_code("SRV002", Text.from_message(join_messages([run, reason], ": ")))
