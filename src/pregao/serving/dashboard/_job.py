"""A job as it goes, and what came of it: who serves, beside every baseline."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pregao.errors import UnknownRunError
from pregao.evaluation import Edge, NetworkScore, Report, Verdict
from pregao.findings import Finding, worst_first
from pregao.jobs import Job, JobEvent
from pregao.plots import (
    learning_curves_figure,
    proof_of,
    ranking_figure,
    rows_of,
    tiles_of,
)
from pregao.registry import Run
from pregao.serving._kept import Kept
from pregao.serving._services import Served, Services
from pregao.serving.dashboard._figures import Drawing
from pregao.serving.dashboard._training import JobLine, line_of
from pregao.serving.dashboard._visit import answered
from pregao.values import Language, Text, Value

router = APIRouter(include_in_schema=False)

MOST_SAID = 30
_EVENTS_AT_ONCE = 5_000
_LABELS_PX = 72
_kept: Kept[tuple[str, Language], "Outcome"] = Kept(32)
"""By the digest of the run: what a run is worth does not change."""


class Said(Value):
    """A line of what a job said."""

    number: int = Field(description="of the event")
    at: datetime
    state: str | None = Field(description="that it went into, or null for a message")
    message: Text | None


class Fact(Value):
    """A number of the verdict, with what it is to be held against."""

    name: Text
    value: Text
    beside: tuple[Text, ...]


class Ranked(Value):
    """One forecaster's line of the ranking, the best validation CRPS first."""

    rank: int
    name: str
    is_baseline: bool
    is_best_baseline: bool
    is_subject: bool = Field(description="whether the verdict is about it")
    is_champion: bool
    parameters: int | None
    validation_crps: float
    crps: float
    skill_vs_naive: float
    skill_vs_best_baseline: float
    dm_p_value: float | None = Field(description="against the best baseline")
    mase: float
    coverage_90: float
    seconds: float | None


class Found(Value):
    """The settings that a search chose for one network."""

    network: str
    params: dict[str, Any]
    trials: int
    pruned: int | None


class Outcome(Value):
    """What a run is worth, beside the baselines on the same windows."""

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
    curves: Drawing | None = Field(description="of every network, each trace with its name")
    learners: tuple[str, ...] = Field(description="whose curves these are, the candidate first")


class JobPage(Value):
    """What the page of a job shows."""

    job: Job
    line: JobLine
    said: tuple[Said, ...] = Field(description="the newest lines, the oldest first")
    outcome: Outcome | None
    is_gone: bool = Field(description="whether its run was deleted since")


@router.get("/training/jobs/{job}")
def job(job: str, request: Request, services: Served) -> Response:
    """Show a job, live while it runs."""
    return answered(request, "job", lambda language: job_page(services, job, language))


def job_page(services: Services, name: str, language: Language) -> JobPage:
    """Gather a job, its newest lines and its outcome.

    Raises
    ------
    UnknownJobError
        With the newest ones.
    """
    found = services.workbench.jobs.job(name)
    outcome, is_gone = None, False
    if found.result and found.result.promoted:
        # Who reads that it is done goes on to the forecast, sooner than the next look at champions.
        services.desk.seat_champions()
    if found.result and found.result.run:
        try:
            run = services.workbench.models.run(found.result.run)
            key = (run.digest, language)
            outcome = _kept.get(key, lambda: outcome_of(run, run.report, language))
        except UnknownRunError:
            is_gone = True
    return JobPage(
        job=found,
        line=line_of(found),
        said=_said(services, name),
        outcome=outcome,
        is_gone=is_gone,
    )


def outcome_of(run: Run, report: Report, language: Language) -> Outcome:
    """Say what a run is worth by its report."""
    learners = _learners(report)
    found = tuple(_found(report))
    return Outcome(
        run=run.id,
        symbols=run.experiment.symbols,
        horizon=run.experiment.horizon,
        verdict=report.verdict,
        edge=report.edge,
        candidate=report.candidate,
        champion=report.champion,
        facts=tuple(
            Fact(name=each.name, value=each.value, beside=each.beside)
            for each in tiles_of(report, proof_of(report))
        ),
        ranking=tuple(_ranked(report)),
        findings=worst_first(report.findings),
        found=found,
        knobs=tuple(dict.fromkeys(name for each in found for name in each.params)),
        ranking_drawing=Drawing.of(ranking_figure(report, language=language)),
        curves=_curves(learners, language) if learners else None,
        learners=tuple(each.network for each in learners),
    )


def _learners(report: Report) -> list[NetworkScore]:
    """Give the networks that have learning curves, the candidate first."""
    found = [each for each in report.ranking if each.epochs]
    return sorted(found, key=lambda each: each.network != report.candidate)


def _curves(learners: list[NetworkScore], language: Language) -> Drawing:
    figure = learning_curves_figure(learners, language=language)
    # On a phone the legend's rows depend on the width, and the width on the labels beside the
    # height that the legend leaves: Plotly would go round in circles.
    figure.update_yaxes(automargin=False)
    figure.update_layout(margin={"l": _LABELS_PX})
    return Drawing.of(figure)


def _ranked(report: Report) -> Iterator[Ranked]:
    for row in rows_of(report):
        yield Ranked(
            rank=row.rank,
            name=row.name,
            is_baseline=row.kind == "baseline",
            is_best_baseline=row.is_best_baseline,
            is_subject=row.is_subject,
            is_champion=row.name == report.champion,
            parameters=row.parameters,
            validation_crps=row.validation_crps,
            crps=row.metrics.crps,
            skill_vs_naive=row.skill_vs_random_walk,
            skill_vs_best_baseline=row.skill_vs_best_baseline,
            dm_p_value=row.dm_p_value,
            mase=row.metrics.mase,
            coverage_90=row.metrics.coverage_90,
            seconds=row.seconds,
        )


def _found(report: Report) -> Iterator[Found]:
    for each in report.ranking:
        if each.best_params is not None and each.trials is not None:
            yield Found(
                network=each.network,
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
