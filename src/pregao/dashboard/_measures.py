"""The measures of this server, read off their registry."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample
from pydantic import Field

from pregao.registry import datetime_from_ms
from pregao.values import Value

_CLASSES = ("2xx", "3xx", "4xx", "5xx")


class Quantile(Value):
    """A quantile of times, estimated between the borders of a histogram's buckets."""

    seconds: float
    is_beyond: bool = Field(description="whether it lies above the last border, which is given")


class Times(Value):
    """How long something took; null where it never happened."""

    count: int
    p50: Quantile | None
    p95: Quantile | None


class RouteMeasured(Value):
    """The answers of one route."""

    route: str
    method: str
    answers: dict[str, int] = Field(description="by class of status: 2xx, 3xx, 4xx, 5xx")
    times: Times

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.method} {self.route}"


class RequestsMeasured(Value):
    """All answers since the server came up."""

    total: int
    answers: dict[str, int] = Field(description="by class of status")
    in_flight: int
    times: Times
    routes: tuple[RouteMeasured, ...] = Field(description="the busiest first")


class ProcessMeasured(Value):
    """The process itself; null is what this system does not tell."""

    cpu_seconds: float | None
    resident_bytes: int | None
    started: datetime | None
    open_files: int | None


class LiveMeasured(Value):
    """Champions on sessions after their training; null until there are enough of them."""

    error_ratio_mean: float | None = Field(description="over the last price's error: 1 is naive")
    error_ratio_worst: float | None
    coverage_90_mean: float | None = Field(description="0.9 is right")
    coverage_90_worst: float | None
    drift_mean: float | None = Field(description="of the inputs, in training deviations")
    drift_worst: float | None


class Measured(Value):
    """What was measured of one server."""

    requests: RequestsMeasured
    process: ProcessMeasured
    inference: Times
    forecasts: dict[str, int] = Field(description="by who made them")
    live: LiveMeasured


Buckets = Mapping[float, float]
"""How many took at most so many seconds, by the border; the last border is infinite."""


def measured(registry: CollectorRegistry) -> Measured:
    """Read all measures once."""
    found: defaultdict[str, list[Sample]] = defaultdict(list)
    for family in registry.collect():
        for sample in family.samples:
            if math.isfinite(sample.value):
                found[sample.name].append(sample)
    return Measured(
        requests=_requests(found),
        process=_process(found),
        inference=_times(_merged(found["pregao_inference_seconds_bucket"])),
        forecasts=_by(found["pregao_forecasts_total"], "outcome"),
        live=_live(found),
    )


def quantile(buckets: Buckets, share: float) -> Quantile | None:
    """Estimate a quantile, as if times lay evenly between two borders; None for no times.

    >>> quantile({0.1: 5, 1.0: 10, math.inf: 10}, 0.75)
    Quantile(seconds=0.55, is_beyond=False)
    >>> quantile({0.1: 1, math.inf: 10}, 0.5)
    Quantile(seconds=0.1, is_beyond=True)
    """
    borders = sorted(buckets)
    count = buckets[borders[-1]] if borders else 0
    if not count:
        return None
    rank = share * count
    below, counted = 0.0, 0.0
    for border in borders:
        if buckets[border] >= rank:
            if math.isinf(border):
                return Quantile(seconds=below, is_beyond=True)
            inside = (rank - counted) / (buckets[border] - counted)
            return Quantile(seconds=below + inside * (border - below), is_beyond=False)
        below, counted = border, buckets[border]
    raise AssertionError("the last bucket holds all")


def _requests(found: Mapping[str, list[Sample]]) -> RequestsMeasured:
    answers: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for each in found["pregao_http_requests_total"]:
        place = each.labels["method"], each.labels["route"]
        answers[place][each.labels["status_class"]] = int(each.value)
    times: defaultdict[tuple[str, str], list[Sample]] = defaultdict(list)
    for each in found["pregao_http_request_seconds_bucket"]:
        times[each.labels["method"], each.labels["route"]].append(each)
    routes = [
        RouteMeasured(
            route=route,
            method=method,
            answers=_all_classes(given),
            times=_times(_merged(times[method, route])),
        )
        for (method, route), given in answers.items()
    ]
    routes.sort(key=lambda each: (-sum(each.answers.values()), each.key))
    together = {
        name: sum(each.answers.get(name, 0) for each in routes) for name in _names(answers.values())
    }
    return RequestsMeasured(
        total=sum(together.values()),
        answers=_all_classes(together),
        in_flight=int(_value(found, "pregao_http_requests_in_flight") or 0),
        times=_times(_merged(found["pregao_http_request_seconds_bucket"])),
        routes=tuple(routes),
    )


def _names(answers: Iterable[Mapping[str, int]]) -> set[str]:
    return {name for each in answers for name in each}


def _all_classes(given: Mapping[str, int]) -> dict[str, int]:
    return {**dict.fromkeys(_CLASSES, 0), **given}


def _process(found: Mapping[str, list[Sample]]) -> ProcessMeasured:
    started = _value(found, "process_start_time_seconds")
    resident, files = (
        _value(found, name) for name in ("process_resident_memory_bytes", "process_open_fds")
    )
    return ProcessMeasured(
        cpu_seconds=_value(found, "process_cpu_seconds_total"),
        resident_bytes=None if resident is None else int(resident),
        started=None if started is None else datetime_from_ms(round(1000 * started)),
        open_files=None if files is None else int(files),
    )


def _live(found: Mapping[str, list[Sample]]) -> LiveMeasured:
    def of(name: str, statistic: str) -> float | None:
        samples = found[f"pregao_{name}"]
        return next((e.value for e in samples if e.labels["statistic"] == statistic), None)

    return LiveMeasured(
        error_ratio_mean=of("champion_error_ratio", "mean"),
        error_ratio_worst=of("champion_error_ratio", "worst"),
        coverage_90_mean=of("champion_coverage_90", "mean"),
        coverage_90_worst=of("champion_coverage_90", "worst"),
        drift_mean=of("feature_drift", "mean"),
        drift_worst=of("feature_drift", "worst"),
    )


def _value(found: Mapping[str, list[Sample]], name: str) -> float | None:
    return next((each.value for each in found[name]), None)


def _by(samples: Iterable[Sample], label: str) -> dict[str, int]:
    return {each.labels[label]: int(each.value) for each in samples}


def _merged(samples: Iterable[Sample]) -> dict[float, float]:
    buckets: defaultdict[float, float] = defaultdict(float)
    for each in samples:
        buckets[float(each.labels["le"])] += each.value
    return dict(buckets)


def _times(buckets: Buckets) -> Times:
    return Times(
        count=int(buckets[max(buckets)]) if buckets else 0,
        p50=quantile(buckets, 0.5),
        p95=quantile(buckets, 0.95),
    )
