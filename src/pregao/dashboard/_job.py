"""A job as it goes, and its outcome beside every baseline."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pregao.api import Services, ServicesDep
from pregao.dashboard._figures import Drawing
from pregao.dashboard._ranking import Fact, Learnt, Ranked, facts_of, learnt_of, ranking_of
from pregao.dashboard._requests import Page, answered
from pregao.dashboard._training import JobLine, line_of
from pregao.errors import UnknownRunError
from pregao.evaluation import Report
from pregao.findings import Finding, sort_by_severity
from pregao.inference import Edge, Verdict
from pregao.jobs import Job, JobEvent
from pregao.presentation import Table, ranking_table, searched_table
from pregao.presentation.figures import ranking_figure
from pregao.registry import Run
from pregao.service import LruCache
from pregao.values import Language, Text, Value

router = APIRouter(include_in_schema=False)

MOST_SAID = 30
_EVENTS_AT_ONCE = 5_000
_cached: LruCache[tuple[str, Language], tuple["Outcome", Mapping[str, Table]]] = LruCache(32)
"""By the digest of the run: its result does not change."""


class Said(Value):
    """A line of the log of a job."""

    number: int = Field(description="of the event")
    at: datetime
    state: str | None = Field(description="that it went into, or null for a message")
    message: Text | None


class Found(Value):
    """The settings that a search chose for one network."""

    network: str
    params: dict[str, Any]
    trials: int
    pruned: int | None


class Outcome(Value):
    """The result of a run, beside the baselines on the same windows."""

    run: str
    symbols: tuple[str, ...]
    horizon: int
    verdict: Verdict
    edge: Edge
    candidate: str
    champion: str
    facts: tuple[Fact, ...]
    ranking: tuple[Ranked, ...]
    findings: tuple[Finding, ...]
    found: tuple[Found, ...] = Field(description="none where nothing was searched")
    knobs: tuple[str, ...] = Field(description="the fields that were searched")
    ranking_drawing: Drawing
    learnt: Learnt | None = Field(description="none without networks that were trained")


class JobPage(Value):
    """What the page of a job shows."""

    job: Job
    line: JobLine
    said: tuple[Said, ...] = Field(description="the newest lines, the oldest first")
    outcome: Outcome | None
    is_gone: bool = Field(description="whether its run was deleted since")


@router.get("/training/jobs/{job}")
def job(job: str, request: Request, services: ServicesDep) -> Response:
    """Show a job, live while it runs."""
    return answered(request, "job", lambda language: job_page(services, job, language))


def job_page(services: Services, name: str, language: Language) -> Page:
    """Return a job, its newest lines and its outcome.

    Raises
    ------
    UnknownJobError
        With the newest ones.
    """
    found = services.workbench.jobs.job(name)
    outcome, is_gone = None, False
    tables: Mapping[str, Table] = {}
    if found.result and found.result.promoted:
        # A reader of the finished job opens the forecast before champions are refreshed next.
        services.forecasts.refresh_champions()
    if found.result and found.result.run:
        try:
            run = services.workbench.models.run(found.result.run)
            key = (run.digest, language)
            outcome, tables = _cached.get(key, lambda: _evaluated(run, language))
        except UnknownRunError:
            is_gone = True
    page = JobPage(
        job=found,
        line=line_of(found),
        said=_said(services, name),
        outcome=outcome,
        is_gone=is_gone,
    )
    return Page(page, tables)


def _evaluated(run: Run, language: Language) -> tuple[Outcome, Mapping[str, Table]]:
    report = run.report
    tables = {"ranking": ranking_table(report), "searched": searched_table(report)}
    return outcome_of(run, report, language), tables


def outcome_of(run: Run, report: Report, language: Language) -> Outcome:
    """Return the outcome of a run by its report."""
    found = tuple(_found(report))
    return Outcome(
        run=run.id,
        symbols=run.experiment.symbols,
        horizon=run.experiment.horizon,
        verdict=report.verdict,
        edge=report.edge,
        candidate=report.candidate,
        champion=report.champion,
        facts=facts_of(report),
        ranking=tuple(ranking_of(report)),
        findings=sort_by_severity(report.findings),
        found=found,
        knobs=tuple(dict.fromkeys(name for each in found for name in each.params)),
        ranking_drawing=Drawing.of(ranking_figure(report, language=language)),
        learnt=learnt_of(report, language),
    )


def _found(report: Report) -> Iterator[Found]:
    for each in report.ranking:
        if each.best_params is not None and each.trials is not None:
            yield Found(
                network=each.name,
                params=each.best_params,
                trials=each.trials,
                pruned=each.pruned,
            )


def _said(services: Services, name: str) -> tuple[Said, ...]:
    jobs = services.workbench.jobs
    newest: list[JobEvent] = []
    after = 0
    while events := jobs.events(name, after=after, limit=_EVENTS_AT_ONCE):
        newest = [*newest, *events][-MOST_SAID:]
        after = events[-1].number
    return tuple(map(_line, newest))


def _line(event: JobEvent) -> Said:
    message = event.data.get("message")
    return Said(
        number=event.number,
        at=event.at,
        state=event.data.get("state"),
        message=None if message is None else Text.model_validate(message),
    )
