"""The services behind the routes: use cases, forecasts, prices, metrics."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from threading import Event
from typing import Annotated, Self, TypeVar

from fastapi import Depends, Request

from pregao.api._access import Access
from pregao.api._limits import HttpLimits
from pregao.dataset import check_history_length
from pregao.jobs import Job, TrainingRequest
from pregao.service import (
    Explanations,
    ForecastService,
    Metrics,
    OwnPrices,
    Quotes,
    SymbolForecast,
)
from pregao.workbench import Workbench

T = TypeVar("T")


def _threads(name: str, count: int) -> Callable[[], ThreadPoolExecutor]:
    return lambda: ThreadPoolExecutor(count, thread_name_prefix=name)


@dataclass(eq=False)
class Streams:
    """The open event streams; each is a context manager."""

    max_open: int
    num_open: int = 0
    """Modified on the event loop only."""

    @property
    def is_full(self) -> bool:
        """Whether no further stream may be opened."""
        return self.num_open >= self.max_open

    def __enter__(self) -> None:
        self.num_open += 1

    def __exit__(self, *_: object) -> None:
        self.num_open -= 1


@dataclass(frozen=True)
class Services:
    """The services of one server."""

    workbench: Workbench
    access: Access
    quotes: Quotes
    forecasts: ForecastService
    today: Callable[[], date]
    metrics: Metrics
    limits: HttpLimits
    streams: Streams
    explanations: Explanations = field(default_factory=Explanations)
    stopping: Event = field(default_factory=Event)
    """Set when the server stops: event streams end."""
    quick_threads: ThreadPoolExecutor = field(default_factory=_threads("quick", 1))
    """Threads for work of about a millisecond: more would only wait for each other."""
    slow_threads: ThreadPoolExecutor = field(default_factory=_threads("slow", 8))
    """Threads for work that may wait for a provider or fit a model."""

    @classmethod
    def create(
        cls,
        workbench: Workbench,
        access: Access,
        *,
        today: Callable[[], date],
        limits: HttpLimits | None = None,
    ) -> Self:
        """Create the services of one server; its workbench has a feed of prices."""
        feed = workbench.feed
        assert feed is not None, "a server has sources of prices"
        limits = limits or HttpLimits()
        metrics = Metrics()
        quotes = Quotes(feed)
        return cls(
            workbench=workbench,
            access=access,
            quotes=quotes,
            forecasts=ForecastService(workbench.models, quotes, metrics),
            today=today,
            metrics=metrics,
            limits=limits,
            streams=Streams(limits.event_streams),
        )

    async def run_in_thread(self, function: Callable[[], T], *, is_quick: bool = False) -> T:
        """Run a function in a thread; those that may wait for a provider have their own."""
        pool = self.quick_threads if is_quick else self.slow_threads
        return await asyncio.get_running_loop().run_in_executor(pool, function)

    def forecast_own(
        self,
        own: OwnPrices,
        *,
        horizon: int | None = None,
        levels: tuple[float, ...] | None = None,
    ) -> SymbolForecast:
        """Check a client's own prices, and forecast from them.

        Raises
        ------
        InputError
            If no row can be used.
        """
        prices, findings = own.to_prices(self.today())
        return self.forecasts.forecast_own(
            prices, findings, closes_only=own.is_closes_only, horizon=horizon, levels=levels
        )

    def accept(self, request: TrainingRequest, *, key: str | None = None) -> Job:
        """Accept a job, unless the known prices are too few; unknown ones are checked later.

        Raises
        ------
        HistoryTooShortError
            With the number of sessions that would do.
        JobTooLargeError, QueueFullError, IdempotencyMismatchError
            As the queue has it.
        """
        experiment = request.experiment
        quotes = [self.quotes.available(each) for each in experiment.symbols]
        lengths = {
            str(each.prices.symbol): int(
                each.prices.mask_between(experiment.start, experiment.end).sum()
            )
            for each in quotes
            if each is not None
        }
        if len(lengths) == len(experiment.symbols):
            longest = max(lengths, key=lambda name: lengths[name])
            check_history_length(
                longest,
                lengths[longest],
                features=experiment.features,
                lookback=experiment.lookback,
                horizon=experiment.horizon,
                split=experiment.split,
            )
        return self.workbench.jobs.submit(request, key=key)

    def count_jobs(self) -> None:
        """Update the metrics of the queue."""
        jobs = self.workbench.jobs
        for state, count in jobs.counts().items():
            self.metrics.jobs.labels(state).set(count)
        self.metrics.queue_age.set(jobs.oldest_queued_seconds())
        self.metrics.workers.set(sum(each.is_alive for each in jobs.workers()))
        for each in self.quotes.feed.health():
            if each.last_success is not None:
                age = self.quotes.feed.access.clock.now() - each.last_success
                self.metrics.data_age.labels(each.provider).set(age.total_seconds())

    def close(self) -> None:
        """Stop all threads."""
        self.stopping.set()
        self.quotes.close()
        for each in (self.quick_threads, self.slow_threads):
            each.shutdown(wait=False, cancel_futures=True)


async def get_services(request: Request) -> Services:
    """Return the services of the application."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]
