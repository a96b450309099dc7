"""Jobs in the background: accepted once stored, followed, cancelled."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import Field, ValidationError
from starlette.responses import StreamingResponse

from pregao.api._openapi import examples, problems
from pregao.api._problems import RequestRefusedError, faults_from_validation
from pregao.api._services import Services, ServicesDep
from pregao.errors import Fault, InvalidExperimentError
from pregao.jobs import (
    FINAL_STATES,
    Job,
    JobEvent,
    JobState,
    SearchRequest,
    SweepRequest,
    TrainingRequest,
    TrainRequest,
)
from pregao.service import StatedCurrency, StatedExchange, spell_symbols
from pregao.texts import gettext_lazy as _
from pregao.training import Experiment, find_recipe
from pregao.training.search import Search, Space
from pregao.values import Value
from pregao.workbench import MODES

router = APIRouter(prefix="/v1", tags=["jobs"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="the same key with the same body is the same job",
    ),
]
JobId = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
LastEvent = Annotated[
    str | None,
    Header(alias="Last-Event-ID", max_length=20, description="where a stream was cut off"),
]
_POLL_SECONDS = 0.25
_KEEPALIVE_SECONDS = 15.0


class ExperimentRequest(Value):
    """An experiment, or a recipe with fields to change."""

    experiment: dict[str, Any] = Field(
        default={}, description="fields of an Experiment; see /v1/experiment-schema"
    )
    recipe: str | None = Field(default=None, max_length=60, description="of /v1/recipes")
    exchange: StatedExchange = None
    currency: StatedCurrency = None
    allow_findings: bool = Field(default=False, description="train on quarantined prices")
    promote: bool = Field(default=True, description="let the run serve its symbols afterwards")

    def to_experiment(self, more: Mapping[str, Any] = {}) -> Experiment:
        """Return the recipe's fields with the given ones replaced.

        Raises
        ------
        InvalidExperimentError, UnknownNameError
            With what cannot be.
        """
        recipe = {} if self.recipe is None else dict(find_recipe(self.recipe).experiment)
        fields: dict[str, Any] = {**recipe, "source": "live", **more, **self.experiment}
        if "symbols" not in fields:
            raise InvalidExperimentError("experiment", [Fault("symbols", _("name at least one"))])
        stated = {"exchange": self.exchange, "currency": self.currency}
        return Experiment.parse(spell_symbols(fields, "symbols", stated), source="experiment")


class TrainingJobRequest(ExperimentRequest):
    """One network."""


class SweepJobRequest(ExperimentRequest):
    """Many networks, ranked beside every baseline."""

    networks: tuple[str, ...] = Field(default=(), max_length=100, description="none is the zoo")
    mode: Annotated[str, Field(pattern="^(fast|full)$")] = Field(
        default="fast", description="fast: one epoch of each; full: as the experiment says"
    )
    ensemble: int = Field(default=5, ge=0, le=20, description="how many of the best are averaged")
    folds: int | None = Field(default=None, ge=0, le=50)


class SearchJobRequest(ExperimentRequest):
    """Settings of one network or of many, tried and compared."""

    networks: tuple[str, ...] | None = Field(
        default=None, max_length=100, description="null: the experiment's own; []: the zoo"
    )
    strategy: str = Field(default="bayesian", max_length=40, description="grid, random or bayesian")
    trials: int | None = Field(default=None, ge=1, le=10_000, description="for each network")
    pruning: bool = True
    space: dict[str, Any] | None = Field(default=None, description="what to vary, and over what")
    seed: int = Field(default=0, ge=0, lt=2**32)
    budget_seconds: float | None = Field(default=None, ge=0, le=7 * 86_400)
    ensemble: int = Field(default=5, ge=0, le=20)
    folds: int | None = Field(default=None, ge=0, le=50)


_RESPONSES = {
    202: {
        "description": "Accepted: it is written down",
        "headers": {
            "Location": {"description": "the job", "required": True, "schema": {"type": "string"}}
        },
    },
    **problems(
        "invalid-experiment",
        "invalid-symbol",
        "unknown-name",
        "invalid-input",
        "job-too-large",
        "key-used",
        "queue-full",
        "disk-full",
        uses_database=True,
    ),
}


_TRAINING = {"experiment": {"symbols": ["SP500"], "source": "sample", "epochs": 3}}
_RECIPE = {"recipe": "petr4-60d", "experiment": {"symbols": ["VALE3"]}}
_SWEEP = {**_TRAINING, "networks": ["lstm_classic", "gru_classic"], "folds": 0}
_SEARCH = {**_TRAINING, "strategy": "random", "trials": 2, "space": {"dropout": [0.1, 0.3]}}


@router.post("/trainings", status_code=202, responses=_RESPONSES)
async def train(
    body: Annotated[TrainingJobRequest, examples(experiment=_TRAINING, recipe=_RECIPE)],
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey = None,
) -> Job:
    """Train one network in the background; promote its run afterwards if requested."""

    def make() -> TrainRequest:
        return TrainRequest(
            experiment=body.to_experiment(),
            recipe=body.recipe,
            allow_findings=body.allow_findings,
            promote=body.promote,
        )

    return await _accept(services, response, make, key)


@router.post("/sweeps", status_code=202, responses=_RESPONSES)
async def sweep(
    body: Annotated[SweepJobRequest, examples(two_networks=_SWEEP)],
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey = None,
) -> Job:
    """Rank networks in the background; promote the champion afterwards if requested."""

    def make() -> SweepRequest:
        return SweepRequest(
            experiment=body.to_experiment(MODES["fast"] if body.mode == "fast" else {}),
            networks=body.networks,
            ensemble=body.ensemble,
            folds=body.folds,
            allow_findings=body.allow_findings,
            promote=body.promote,
        )

    return await _accept(services, response, make, key)


@router.post("/searches", status_code=202, responses=_RESPONSES)
async def search(
    body: Annotated[SearchJobRequest, examples(dropout=_SEARCH)],
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey = None,
) -> Job:
    """Search settings in the background; promote the result afterwards if requested."""

    def make() -> SearchRequest:
        return SearchRequest(
            search=_plan(body, services),
            budget_seconds=body.budget_seconds,
            ensemble=body.ensemble,
            folds=body.folds,
            allow_findings=body.allow_findings,
            promote=body.promote,
        )

    return await _accept(services, response, make, key)


@router.get("/jobs", responses=problems(uses_database=True))
def jobs(
    services: ServicesDep,
    state: JobState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=40)] = None,
) -> list[Job]:
    """List jobs, the newest first; `before` is the last job of the previous page."""
    return list(services.workbench.jobs.jobs(state=state, limit=limit, before=before))


@router.get("/jobs/{job}", responses=problems("unknown-job", uses_database=True))
def job(job: JobId, services: ServicesDep) -> Job:
    """Show a job."""
    return services.workbench.jobs.job(job)


@router.delete("/jobs/{job}", responses=problems("unknown-job", "job-state", uses_database=True))
def cancel(job: JobId, services: ServicesDep) -> Job:
    """Cancel a job: at once while it waits, within seconds while it runs."""
    return services.workbench.jobs.cancel(job)


@router.post(
    "/jobs/{job}/retry", responses=problems("unknown-job", "job-state", uses_database=True)
)
def retry(job: JobId, services: ServicesDep) -> Job:
    """Queue a failed, dead or cancelled job again."""
    return services.workbench.jobs.retry(job)


@router.get(
    "/jobs/{job}/events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **problems("unknown-job", uses_database=True),
    },
)
async def events(job: JobId, services: ServicesDep, last: LastEvent = None) -> StreamingResponse:
    """Follow a job as server-sent events until it ends; resume with Last-Event-ID."""
    if last is not None and not (last.isdecimal() and last.isascii()):
        raise RequestRefusedError("invalid-request", _("Last-Event-ID is the number of an event"))
    after = min(int(last or 0), 2**31 - 1)
    await services.run_in_thread(lambda: services.workbench.jobs.job(job))
    if services.streams.is_full:
        raise RequestRefusedError("busy", _("too many streams are open: ask again later"))
    return StreamingResponse(
        _stream(job, services, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _accept(
    services: Services,
    response: Response,
    make: Callable[[], TrainingRequest],
    key: str | None,
) -> Job:
    try:
        job = await services.run_in_thread(lambda: services.accept(make(), key=key))
    except ValidationError as error:
        found = [dict(each) for each in error.errors(include_url=False)]
        raise RequestRefusedError(
            "invalid-request", _("see the reasons"), faults_from_validation(found)
        ) from None
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job


def _plan(body: SearchJobRequest, services: Services) -> Search:
    fields: dict[str, Any] = {
        "strategy": body.strategy,
        "trials": body.trials,
        "pruning": body.pruning,
        "seed": body.seed,
    }
    if body.space is not None:
        try:
            fields["space"] = Space.parse(body.space)
        except InvalidExperimentError as error:
            raise error.within("space") from None
    return services.workbench.plan(body.to_experiment(), body.networks, **fields)


async def _stream(name: str, services: Services, after: int) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    quiet_since = loop.time()
    with services.streams:
        while not services.stopping.is_set():
            newer = partial(services.workbench.jobs.events, name, after=after)
            found = await services.run_in_thread(newer)
            for each in found:
                yield _event(each)
                after = each.number
                quiet_since = loop.time()
            if found and found[-1].data.get("state") in FINAL_STATES:
                return
            if not found and loop.time() - quiet_since > _KEEPALIVE_SECONDS:
                yield b": still here\n\n"
                quiet_since = loop.time()
            await asyncio.sleep(_POLL_SECONDS)


def _event(event: JobEvent) -> bytes:
    data = json.dumps({"at": event.at.isoformat(), **event.data}, allow_nan=False)
    return f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n".encode()
