"""A run: its result beside the baselines, what it was made from, and what it serves."""

import re

from pydantic import Field

from pregao.api import RequestRefusedError, Services
from pregao.dashboard._figures import Drawing
from pregao.dashboard._ranking import Fact, Learnt, Ranked, facts_of, learnt_of, ranking_of
from pregao.dashboard._requests import Page
from pregao.dashboard._run_tables import Seating, run_tables
from pregao.dashboard._settings import Setting, settings_of
from pregao.evaluation import PricesUsed, Report, WindowCounts
from pregao.findings import Finding, sort_by_severity
from pregao.instruments import symbol_key
from pregao.presentation import in_plain_words, proof_of
from pregao.presentation.figures import pit_figure, ranking_figure
from pregao.registry import (
    Provenance,
    Registration,
    Run,
    RunSummary,
    load_registration,
)
from pregao.scores import NAIVE
from pregao.service import LruCache
from pregao.texts import gettext_lazy as _
from pregao.values import Language, Text, Value

MOST_PLACES = 50
"""How many symbols of one run are shown with their champions."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,120}")


class RunFigures(Value):
    """The figures of a run, in one language."""

    ranking: Drawing
    pit: Drawing
    learnt: Learnt | None = Field(description="none without networks that were trained")


class RunPage(Value):
    """The value of the page of a run."""

    summary: RunSummary
    verdict: Text
    plain_words: Text = Field(description="the verdict in words without statistics")
    tiles: tuple[Fact, ...]
    rows: tuple[Ranked, ...]
    is_walked: bool = Field(description="whether folds decided; the ranking is of a single fit")
    figures: RunFigures
    settings: tuple[Setting, ...]
    num_members: int = Field(
        description="networks that are averaged; the settings are of the first"
    )
    toml: str = Field(description="the experiment, for pregao train --experiment")
    data: tuple[PricesUsed, ...]
    windows: WindowCounts
    provenance: Provenance
    findings: tuple[Finding, ...] = Field(description="the worst first")
    registration: Registration | None = Field(description="the export as ONNX; null for none yet")
    seatings: tuple[Seating, ...]
    num_symbols: int


_drawn: LruCache[tuple[str, Language], RunFigures] = LruCache(size=32)


def found_run(services: Services, name: str) -> Run:
    """Return a run by its id.

    Raises
    ------
    UnknownRunError
        With the newest ones.
    """
    if not _NAME.fullmatch(name):
        raise RequestRefusedError("unknown-run", _("no run is called so"))
    return services.workbench.models.run(name)


def run_page(services: Services, name: str, language: Language) -> Page:
    """Return the page of a run, and its tables."""
    run = found_run(services, name)
    report, made_by = run.report, run.provenance
    is_registered = services.workbench.models.is_registered(run.id)
    page = RunPage(
        summary=RunSummary.from_run(run, is_registered=is_registered),
        verdict=report.verdict,
        plain_words=in_plain_words(proof_of(report)),
        tiles=facts_of(report),
        rows=tuple(ranking_of(report)),
        is_walked=report.walk is not None,
        figures=_drawn.get((run.digest, language), lambda: _figures(report, language)),
        settings=settings_of(run.experiment),
        num_members=len(run.member_experiments),
        toml=run.experiment.to_toml(),
        data=tuple(PricesUsed.model_validate(each.model_dump()) for each in made_by.data),
        windows=report.windows,
        provenance=made_by,
        findings=sort_by_severity(report.findings),
        registration=load_registration(run) if is_registered else None,
        seatings=_seatings(services, run),
        num_symbols=len(run.experiment.symbols),
    )
    tables = run_tables(
        report,
        run=run.id,
        seatings=page.seatings,
        settings=page.settings,
        data=page.data,
        files=made_by.files,
    )
    return Page(page, tables)


def _figures(report: Report, language: Language) -> RunFigures:
    own, naive = report.subject, report.forecaster(NAIVE)
    return RunFigures(
        ranking=Drawing.of(ranking_figure(report, language=language)),
        pit=Drawing.of(pit_figure(own, naive=None if own == naive else naive, language=language)),
        learnt=learnt_of(report, language),
    )


def _seatings(services: Services, run: Run) -> tuple[Seating, ...]:
    models, horizon = services.workbench.models, run.experiment.horizon
    champions = {(symbol_key(each.symbol), each.horizon): each for each in models.champions()}
    found = []
    for symbol in run.experiment.symbols[:MOST_PLACES]:
        champion = champions.get((symbol_key(symbol), horizon))
        trail = models.trail(symbol, horizon) if champion else ()
        found.append(
            Seating(
                symbol=symbol,
                horizon=horizon,
                champion=champion,
                is_own=champion is not None and champion.run == run.id,
                has_earlier=any(each.run != trail[-1].run for each in trail),
                trail=tuple(reversed(trail)),
            )
        )
    return tuple(found)
