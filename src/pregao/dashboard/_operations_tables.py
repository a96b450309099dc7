"""The tables of the page of operations; a script finds their rows again by key."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from pregao.dashboard._texts import say
from pregao.findings import Finding
from pregao.presentation import (
    Badge,
    Cell,
    Latency,
    Link,
    Moment,
    Number,
    Quantity,
    Table,
    field_of,
    jobs_table,
    table_of,
)
from pregao.registry import Champion
from pregao.values import Text, Value, bilingual

if TYPE_CHECKING:
    from pregao.dashboard._measures import Quantile, RouteMeasured
    from pregao.jobs import Job, WorkerShown
    from pregao.prices import Health


class ServedChampion(Value):
    """A champion, and the model that answers for it."""

    champion: Champion
    answers: str | None = Field(description="the run that is loaded; null for a baseline")
    trouble: tuple[Finding, ...] = Field(description="why that is not the champion's own")


def operations_tables(
    *,
    workers: "Iterable[WorkerShown]",
    jobs: "Sequence[Job]",
    seats: Iterable[ServedChampion],
    providers: "Iterable[Health]",
    routes: "Iterable[RouteMeasured]",
) -> dict[str, Table]:
    """Return the tables of workers, jobs, champions, providers and routes."""
    return {
        "workers": _workers_table(workers),
        "jobs": jobs_table(jobs),
        "seats": _champions_table(seats),
        "providers": _providers_table(providers),
        "routes": _routes_table(routes),
    }


def _workers_table(workers: "Iterable[WorkerShown]") -> Table:
    return table_of(
        workers,
        [
            field_of("worker", say("operations_worker"), lambda each: each.id, kind="text"),
            field_of("state", say("operations_state"), _alive, kind="text"),
            field_of(
                "host",
                say("operations_host"),
                lambda each: f"{each.host} ({each.pid})",
                kind="text",
            ),
            field_of("since", say("operations_since"), lambda each: Moment(each.started)),
            field_of("beat", say("operations_beat"), lambda each: Moment(each.beat)),
            field_of("works_on", say("operations_works_on"), _works_on, kind="text"),
        ],
        tags=lambda each: {"key": each.id},
    )


def _champions_table(seats: Iterable[ServedChampion]) -> Table:
    return table_of(
        seats,
        [
            field_of("symbol", say("symbol"), _symbol, kind="text"),
            field_of("horizon", say("horizon"), lambda each: Number(each.champion.horizon)),
            field_of("champion", say("operations_champion"), _champion, kind="text"),
            field_of("answers", say("operations_answers"), _answers, kind="text"),
            field_of("trouble", say("operations_trouble"), _trouble, kind="prose"),
        ],
        tags=lambda each: {"key": f"{each.champion.symbol} {each.champion.horizon}"},
    )


def _providers_table(providers: "Iterable[Health]") -> Table:
    return table_of(
        providers,
        [
            field_of(
                "provider", say("operations_provider"), lambda each: each.provider, kind="text"
            ),
            field_of("state", say("operations_state"), _circuit, kind="text"),
            field_of("success", say("operations_success"), lambda each: Moment(each.last_success)),
            field_of("failure", say("operations_failure"), _failure),
            field_of("retry_at", say("operations_retry_at"), lambda each: Moment(each.retry_at)),
        ],
        tags=lambda each: {"key": each.provider},
    )


def _routes_table(routes: "Iterable[RouteMeasured]") -> Table:
    return table_of(
        routes,
        [
            field_of("route", say("operations_route"), lambda each: each.key, kind="text"),
            field_of("count", say("operations_count"), lambda each: Number(each.times.count)),
            field_of("2xx", "2xx", lambda each: Number(each.answers["2xx"])),
            field_of("3xx", "3xx", lambda each: Number(each.answers["3xx"])),
            field_of("4xx", "4xx", lambda each: Number(each.answers["4xx"])),
            field_of("5xx", "5xx", lambda each: Number(each.answers["5xx"])),
            field_of("p50", say("operations_p50"), lambda each: _took(each.times.p50)),
            field_of("p95", say("operations_p95"), lambda each: _took(each.times.p95)),
        ],
        tags=lambda each: {"key": each.key},
    )


def _took(quantile: "Quantile | None") -> Quantity:
    return None if quantile is None else Latency(quantile.seconds, quantile.is_beyond)


def _host(worker: "WorkerShown") -> str:
    return f"{worker.host} ({worker.pid})"


def _alive(worker: "WorkerShown") -> Badge:
    if worker.is_alive:
        return Badge(say("operations_alive"), "succeeded")
    return Badge(say("operations_silent"), "dead")


def _works_on(worker: "WorkerShown") -> Cell:
    if worker.job is None:
        return Cell(say("operations_idle"))
    return Cell(Text.same(worker.job), link=Link("job", worker.job))


def _symbol(loaded: ServedChampion) -> Cell:
    return Cell(loaded.champion.symbol, link=Link("symbol", loaded.champion.symbol))


def _champion(loaded: ServedChampion) -> Cell:
    return Cell(loaded.champion.run, link=Link("run", loaded.champion.run))


def _answers(loaded: ServedChampion) -> Quantity:
    if loaded.answers is None:
        return say("operations_a_baseline")
    return say("operations_itself") if loaded.answers == loaded.champion.run else loaded.answers


def _trouble(loaded: ServedChampion) -> Text:
    found = [bilingual("{code}: {seen}", code=each.code, seen=each.seen) for each in loaded.trouble]
    return Text.joined(found, en=" ", pt_br=" ")


def _circuit(health: "Health") -> Badge:
    if health.is_open:
        return Badge(say("operations_left_alone"), "failed")
    return Badge(say("operations_asked"), "plain")


def _failure(health: "Health") -> Cell:
    if health.reason is None:
        return Cell(Moment(health.last_failure))
    reason = say(f"operations_reason_{health.reason}")
    return Cell(Moment(health.last_failure), beside=(reason,))
