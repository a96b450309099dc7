"""Training by the paths of earlier systems: durable jobs, for clients that wait for an answer."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Header, Request
from pydantic import Field, ValidationError
from starlette.responses import JSONResponse, Response

from pregao.api import (
    RequestRefusedError,
    Services,
    ServicesDep,
    faults_from_validation,
    problems,
)
from pregao.errors import InvalidExperimentError
from pregao.evaluation import EvaluatedForecaster
from pregao.jobs import Job, JobResult, SearchRequest, SweepRequest, TrainingRequest, TrainRequest
from pregao.service import Ticker
from pregao.texts import gettext_lazy as _
from pregao.texts import join_messages
from pregao.training import Experiment
from pregao.values import Value
from pregao.workbench import MODES
from pregao.zoo.networks import ZOO

router = APIRouter(tags=["earlier systems"])
A = TypeVar("A", bound=Value)


class TickerTrainingRequest(Value):
    """A ticker and a training period."""

    stock: Ticker
    inicio: date
    fim: date


class AdvancedTrainingRequest(Value):
    """The networks to rank, or to search settings for."""

    mode: Literal["fast", "optimized"]
    model_ids: tuple[int, ...] | None = Field(default=None, max_length=30)
    optimization_strategy: Literal["grid", "random", "bayesian"] = "bayesian"
    n_trials: int = Field(default=20, ge=1, le=500)
    lookback: int = Field(default=60, ge=1, le=1_000)
    horizon: int = Field(default=1, ge=1, le=252)
    ticker: Ticker = "NVDA"


Prefer = Annotated[str | None, Header(max_length=100, description="respond-async answers at once")]
_TRAIN_BODY = {"stock": "VALE3", "inicio": "2020-01-01", "fim": "2025-07-28"}
_FAST = {"mode": "fast", "model_ids": [1, 2], "lookback": 60, "horizon": 1}
_OPTIMIZED = {**_FAST, "mode": "optimized", "optimization_strategy": "random", "n_trials": 20}
_EARLIER_NAMES = {"dropout": "dropout_rate"}
_POLL_SECONDS = 0.2


def _document_body(model: type[Value], **bodies: Mapping[str, object]) -> dict[str, Any]:
    """Document a body that is parsed by hand, as its errors have a form of their own."""
    schema = model.model_json_schema()
    examples = {name: {"value": each} for name, each in bodies.items()}
    content = {"schema": schema, "examples": examples}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _text_response(description: str, *fields: str) -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in fields}
    schema = {"type": "object", "properties": texts, "required": list(fields)}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_RESPONSES: dict[int | str, dict[str, Any]] = {
    **problems("queue-full", "stopping", "busy", "database-unavailable", "disk-full"),
    202: {
        **_text_response("Accepted, for Prefer: respond-async", "message", "job"),
        "headers": {"Location": {"required": True, "schema": {"type": "string"}}},
    },
    400: _text_response("What is wrong with the request, or what went wrong, under error", "error"),
    409: _text_response("The job was cancelled", "error"),
    500: _text_response("The job died", "error"),
}
_TRAINED: dict[int | str, dict[str, Any]] = {200: _text_response("Trained, and serving", "message")}


@router.post(
    "/train",
    responses={**_RESPONSES, **_TRAINED},
    openapi_extra=_document_body(TickerTrainingRequest, five_years=_TRAIN_BODY),
)
async def train(request: Request, services: ServicesDep, prefer: Prefer = None) -> Response:
    """Train on a ticker between two days and promote it; waits, unless Prefer says otherwise."""
    _, job = await _accept(request, services, TickerTrainingRequest, _train_request)
    if _is_async(prefer):
        return _accepted_response(job)
    await _wait_until_ended(services, job.id)
    message = "Treino concluido com sucesso! O modelo foi atualizado!"
    return JSONResponse({"message": message})


@router.post(
    "/api/train-advanced",
    responses=_RESPONSES,
    openapi_extra=_document_body(AdvancedTrainingRequest, fast=_FAST, optimized=_OPTIMIZED),
)
async def train_advanced(
    request: Request, services: ServicesDep, prefer: Prefer = None
) -> Response:
    """Rank the thirty networks, or search settings for each, and promote the best."""
    make = partial(_advanced_request, services)
    body, job = await _accept(request, services, AdvancedTrainingRequest, make)
    if _is_async(prefer):
        return _accepted_response(job)
    ended = await _wait_until_ended(services, job.id)
    return JSONResponse(
        await services.run_in_thread(partial(_advanced_result, body, services, ended))
    )


class LegacyError(Exception):
    """An error for clients that expect it under ``error``."""

    def __init__(self, status: int, text: str) -> None:
        self.status, self.text = status, text
        super().__init__(text)


async def answer_legacy_error(_request: Request, error: Exception) -> Response:
    """Answer an error in the form of the earlier systems."""
    assert isinstance(error, LegacyError), "registered for these"
    return JSONResponse({"error": error.text}, status_code=error.status)


async def _accept(
    request: Request,
    services: Services,
    model: type[A],
    make: Callable[[A], TrainingRequest],
) -> tuple[A, Job]:
    """Parse a body by hand, and accept its job."""
    try:
        body = model.model_validate(json.loads(await request.body()))
        return body, await services.run_in_thread(lambda: services.accept(make(body)))
    except ValidationError as error:
        found = faults_from_validation(error.errors(include_url=False))
        text = str(join_messages(found))
        raise LegacyError(400, text) from None
    except ValueError as error:
        raise LegacyError(400, str(error)) from None


def _train_request(body: TickerTrainingRequest) -> TrainRequest:
    fields = {"symbols": (body.stock,), "source": "live", "start": body.inicio, "end": body.fim}
    return TrainRequest(experiment=Experiment.parse(fields))


def _advanced_request(
    services: Services, body: AdvancedTrainingRequest
) -> SweepRequest | SearchRequest:
    names = _names(body.model_ids)
    fields: dict[str, Any] = {
        "symbols": (body.ticker,),
        "source": "live",
        "lookback": body.lookback,
        "horizon": body.horizon,
    }
    if body.mode == "fast":
        experiment = Experiment.parse({**fields, **MODES["fast"]})
        return SweepRequest(experiment=experiment, networks=names, ensemble=0, folds=0)
    plan = services.workbench.plan(
        Experiment.parse({**fields, **MODES["optimized"]}),
        names,
        strategy=body.optimization_strategy,
        trials=body.n_trials,
    )
    return SearchRequest(search=plan, ensemble=0, folds=0)


def _names(numbers: tuple[int, ...] | None) -> tuple[str, ...]:
    """Return the names of numbered networks; without numbers, all of them.

    Raises
    ------
    InvalidExperimentError
        For a number that none has.
    """
    by_number = {each.number: each.name for each in ZOO.values() if each.number is not None}
    unknown = [each for each in numbers or () if each not in by_number]
    if unknown:
        reason = _(
            "model_ids: {unknown} is none of 1 to {last}",
            unknown=unknown[0],
            last=max(by_number),
        )
        raise InvalidExperimentError("train-advanced", [reason])
    return tuple(by_number[each] for each in numbers or sorted(by_number))


def _advanced_result(
    body: AdvancedTrainingRequest, services: Services, result: JobResult
) -> dict[str, object]:
    """Return the result in the earlier system's form, with the naive forecast's error."""
    assert result.run is not None, "a sweep or a search keeps a run"
    report, seconds = services.workbench.models.run(result.run).report, result.seconds
    numbers = {each.name: each.number for each in ZOO.values()}
    naive = report.forecaster("random_walk").metrics.rmse
    ranked = sorted(report.ranking, key=lambda each: each.name != report.candidate)
    results = [
        {
            "model_id": numbers.get(each.name),
            "model_name": each.name,
            **_scores(body, each, naive),
        }
        for each in ranked
    ]
    winner = results[0]
    if body.mode == "fast":
        return {
            "status": "success",
            "mode": "fast",
            "winner": winner,
            "total_models": len(results),
            "results": results,
        }
    return {
        "status": "success",
        "mode": "optimized",
        "winner": winner,
        "total_models_tested": len(results),
        "total_time": seconds,
        "avg_time_per_model": seconds / len(results),
        "optimization_strategy": body.optimization_strategy,
        "all_results": results,
    }


def _scores(
    body: AdvancedTrainingRequest, score: EvaluatedForecaster, naive: float
) -> dict[str, object]:
    rmse = score.metrics.rmse
    if body.mode == "fast":
        return {"rmse": rmse, "naive_rmse": naive}
    chosen = score.best_params or {}
    params = {_EARLIER_NAMES.get(name, name): value for name, value in chosen.items()}
    return {
        "best_rmse": rmse,
        "naive_rmse": naive,
        "best_params": params,
        "n_trials": score.trials,
        "elapsed_time": score.seconds,
    }


def _is_async(prefer: str | None) -> bool:
    return prefer is not None and "respond-async" in prefer.lower()


def _accepted_response(job: Job) -> Response:
    return JSONResponse(
        {"message": "accepted", "job": job.id},
        status_code=202,
        headers={"Location": f"/v1/jobs/{job.id}", "Preference-Applied": "respond-async"},
    )


async def _wait_until_ended(services: Services, name: str) -> JobResult:
    """Wait for a job, until the client or the server stops."""
    while True:
        job = await services.run_in_thread(partial(services.workbench.jobs.job, name))
        if job.result is not None:
            return job.result
        if job.has_ended:
            raise _job_error(job)
        if services.stopping.is_set():
            raise RequestRefusedError(
                "stopping", _("the job goes on: see /v1/jobs/{name}", name=name)
            )
        await asyncio.sleep(_POLL_SECONDS)


def _job_error(job: Job) -> LegacyError:
    if job.problem is None:
        return LegacyError(409, f"the job was {job.state}")
    return LegacyError(500 if job.state == "dead" else 400, job.problem.detail)
