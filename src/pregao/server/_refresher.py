"""The background work of the server: loading new champions, updating metrics."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import structlog

from pregao.api import Services
from pregao.errors import PregaoError
from pregao.jobs import Job
from pregao.monitoring import LiveScores, live_scores
from pregao.service import LoadedChampion

_log = structlog.get_logger("pregao.server")

_TICK_SECONDS = 2.0
"""The longest delay until a promotion by another process takes effect."""
_JOBS_SECONDS = 10.0
_NEWEST_JOBS = 50
_CHAMPIONS_SECONDS = 600.0


@dataclass(eq=False)
class Refresher:
    """A thread that keeps a server's champions and metrics up to date."""

    services: Services
    _thread: threading.Thread | None = None
    _due: dict[str, float] = field(default_factory=dict)
    _timed: set[str] = field(default_factory=set)
    """The jobs whose duration was recorded, or that had ended before the start."""

    def start(self) -> None:
        """Load the champions, then refresh them in a thread."""
        self.services.forecasts.refresh_champions()
        self._timed = {each.id for each in self._newest_jobs() if each.has_ended}
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        self._thread.start()
        self.services.forecasts.watch(self._thread.is_alive)

    def join(self) -> None:
        """Wait for the thread, which ends when the server stops."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self.services.stopping.wait(_TICK_SECONDS):
            self._try("champions refreshed", 0.0, self.services.forecasts.refresh_champions)
            self._try("jobs counted", _JOBS_SECONDS, self.services.count_jobs)
            self._try("jobs timed", _JOBS_SECONDS, self._time_jobs)
            self._try("champions scored", _CHAMPIONS_SECONDS, self._score_champions)

    def _try(self, what: str, every_seconds: float, do: Callable[[], None]) -> None:
        """Do what is due; a failure is logged, and tried again when it is due again."""
        if monotonic() < self._due.get(what, 0.0):
            return
        self._due[what] = monotonic() + every_seconds
        try:
            do()
        except PregaoError as error:
            _log.warning("not done", what=what, reason=str(error))
        except Exception as error:  # noqa: BLE001 - the thread must outlive any failure
            _log.error("not done", what=what, exc_info=error)

    def _time_jobs(self) -> None:
        for each in self._newest_jobs():
            if each.has_ended and each.id not in self._timed:
                self._timed.add(each.id)
                if each.started is not None and each.finished is not None:
                    seconds = (each.finished - each.started).total_seconds()
                    self.services.metrics.training.labels(each.kind).observe(seconds)

    def _newest_jobs(self) -> tuple[Job, ...]:
        return self.services.workbench.jobs.jobs(limit=_NEWEST_JOBS)

    def _score_champions(self) -> None:
        scores = [
            found
            for each in self.services.forecasts.loaded_champions()
            if (found := self._live_scores(each))
        ]
        metrics = self.services.metrics
        if not scores:
            return
        errors = [each.error_ratio for each in scores]
        coverages = [each.coverage_90 for each in scores]
        drifts = [each.drift for each in scores]
        for gauge, values, worst in (
            (metrics.live_error, errors, max(errors)),
            (metrics.live_coverage, coverages, min(coverages)),
            (metrics.drift, drifts, max(drifts)),
        ):
            gauge.labels("worst").set(worst)
            gauge.labels("mean").set(sum(values) / len(values))

    def _live_scores(self, loaded: LoadedChampion) -> LiveScores | None:
        if loaded.model is None:
            return None
        try:
            prices = self.services.quotes.newest(loaded.champion.symbol).prices
            windows = loaded.model.windows(prices)
        except PregaoError as error:
            _log.warning("champion not scored", run=loaded.model.run_id, reason=str(error))
            return None
        return live_scores(loaded.model, windows, trained_to=loaded.model.trained_to)
