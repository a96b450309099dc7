"""Metrics for Prometheus; labels come from constant sets, so no request can add a series."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

_REQUEST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30)
_INFERENCE_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1)
_TRAINING_SECONDS = (1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, 14400)


class Metrics:
    """The metrics of one server, in a registry of its own: servers can share a process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self.requests = self._counter(
            "http_requests", "Requests that were answered.", "route", "method", "status_class"
        )
        self.latency = self._histogram(
            "http_request_seconds",
            "Time from the head of a request to the end of its response.",
            _REQUEST_SECONDS,
            "route",
            "method",
        )
        self.in_flight = self._gauge("http_requests_in_flight", "Requests in progress.")
        self.inference = self._histogram(
            "inference_seconds",
            "Time of the forecast of one window, without HTTP.",
            _INFERENCE_SECONDS,
        )
        self.forecasts = self._counter(
            "forecasts", "Forecasts by outcome: network, baseline or failed.", "outcome"
        )
        self.stale_forecasts = self._counter(
            "stale_forecasts", "Forecasts from prices older than the last complete session."
        )
        self.jobs = self._gauge("jobs", "Jobs by state.", "state")
        self.queue_age = self._gauge("queue_age_seconds", "Age of the oldest queued job.")
        self.workers = self._gauge("workers", "Workers with a heartbeat within their lease.")
        self.training = self._histogram(
            "training_seconds",
            "Time from the start of a job to its end.",
            _TRAINING_SECONDS,
            "kind",
        )
        self.data_age = self._gauge(
            "data_age_seconds", "Time since the last successful response of a provider.", "provider"
        )
        self.live_error = self._gauge(
            "champion_error_ratio",
            "Absolute error of champions over that of the last price, after training.",
            "statistic",
        )
        self.live_coverage = self._gauge(
            "champion_coverage_90",
            "Share of outcomes inside the 90 % ranges of champions, after training.",
            "statistic",
        )
        self.drift = self._gauge(
            "feature_drift",
            "Shift of the champions' inputs since training, in standard deviations of training.",
            "statistic",
        )

    def page(self) -> bytes:
        """Return all metrics in Prometheus' format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"pregao_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"pregao_{name}", text, labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"pregao_{name}", text, labels, buckets=buckets, registry=self.registry)
