"""A run: what it is worth beside the baselines, what it was made from, and whom it serves."""

import re

from pydantic import Field

from pregao.evaluation import NAIVE, PricesUsed, Report, WindowCounts
from pregao.findings import Finding, worst_first
from pregao.plots import (
    Row,
    Tile,
    in_plain_words,
    learning_curves_figure,
    pit_figure,
    proof_of,
    ranking_figure,
    row_of,
    rows_of,
    tiles_of,
)
from pregao.registry import (
    Champion,
    Change,
    Provenance,
    Registration,
    Run,
    RunSummary,
    registration_of,
)
from pregao.serving._kept import Kept
from pregao.serving._problems import Refusal
from pregao.serving._services import Services
from pregao.serving.dashboard._figures import Drawing
from pregao.serving.dashboard._settings import Setting, settings_of
from pregao.values import Language, Text, Value

MOST_PLACES = 50
"""How many symbols of one run are shown with their champions."""
_MOST_CURVES = 40
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,120}")


class TileShown(Value):
    """A number of the verdict, with its naive counterpart below it."""

    name: Text
    value: Text
    beside: tuple[Text, ...]


class Ranked(Value):
    """A network or a baseline in the ranking; null is what a baseline has not."""

    rank: int
    name: str
    is_baseline: bool
    is_subject: bool = Field(description="whether the verdict is about it")
    mark: str | None = Field(description="champion, candidate, asked_for or best_network")
    parameters: int | None
    validation_crps: float
    crps: float
    skill_vs_random_walk: float
    skill_vs_best_baseline: float
    dm_p_value: float | None = Field(description="against the best baseline")
    mae: float
    mase: float
    coverage_90: float
    seconds: float | None


class RunFigures(Value):
    """The figures of a run, in one language."""

    ranking: Drawing
    pit: Drawing
    learning: Drawing
    learners: tuple[str, ...] = Field(description="whose curves can be shown, the candidate first")


class Seating(Value):
    """A symbol of the run, and who serves it."""

    symbol: str
    horizon: int
    champion: Champion | None
    is_own: bool = Field(description="whether this run is the champion")
    has_earlier: bool = Field(description="whether another run served before")
    trail: tuple[Change, ...] = Field(description="the newest change first")


class RunPage(Value):
    """What the page of a run shows."""

    summary: RunSummary
    verdict: Text
    plain_words: Text = Field(description="what the tests say to who knows no statistics")
    tiles: tuple[TileShown, ...]
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


_drawn: Kept[tuple[str, Language], RunFigures] = Kept(most=32)


def found_run(services: Services, name: str) -> Run:
    """Find a run by its id.

    Raises
    ------
    UnknownRunError
        With the newest ones.
    """
    if not _NAME.fullmatch(name):
        raise Refusal("unknown-run", "no run is called so")
    return services.workbench.models.run(name)


def run_page(services: Services, name: str, language: Language) -> RunPage:
    """Gather the page of a run."""
    run = found_run(services, name)
    report, made_by = run.report, run.provenance
    is_registered = services.workbench.models.is_registered(run.id)
    proof = proof_of(report)
    return RunPage(
        summary=RunSummary.of(run, is_registered=is_registered),
        verdict=report.verdict,
        plain_words=in_plain_words(proof),
        tiles=tuple(map(_tile, tiles_of(report, proof))),
        rows=tuple(map(_ranked, rows_of(report))),
        is_walked=report.walk is not None,
        figures=_drawn.get((run.digest, language), lambda: _figures(report, language)),
        settings=settings_of(run.experiment),
        num_members=len(run.made_from),
        toml=run.experiment.to_toml(),
        data=tuple(PricesUsed.model_validate(each.model_dump()) for each in made_by.data),
        windows=report.windows,
        provenance=made_by,
        findings=worst_first(report.findings),
        registration=registration_of(run) if is_registered else None,
        seatings=_seatings(services, run),
        num_symbols=len(run.experiment.symbols),
    )


def _tile(tile: Tile) -> TileShown:
    return TileShown(name=tile.name, value=tile.value, beside=tile.beside)


def _ranked(row: Row) -> Ranked:
    return Ranked(
        rank=row.rank,
        name=row.name,
        is_baseline=row.kind == "baseline",
        is_subject=row.is_subject,
        mark=row.mark,
        parameters=row.parameters,
        validation_crps=row.validation_crps,
        crps=row.metrics.crps,
        skill_vs_random_walk=row.skill_vs_random_walk,
        skill_vs_best_baseline=row.skill_vs_best_baseline,
        dm_p_value=row.dm_p_value,
        mae=row.metrics.mae,
        mase=row.metrics.mase,
        coverage_90=row.metrics.coverage_90,
        seconds=row.seconds,
    )


def _figures(report: Report, language: Language) -> RunFigures:
    ranked = sorted(report.ranking, key=lambda each: each.network != report.candidate)
    learners = ranked[:_MOST_CURVES]
    own, naive = row_of(report, report.candidate), row_of(report, NAIVE)
    return RunFigures(
        ranking=Drawing.of(ranking_figure(report, language=language)),
        pit=Drawing.of(pit_figure(own, naive=None if own == naive else naive, language=language)),
        learning=Drawing.of(learning_curves_figure(learners, language=language)),
        learners=tuple(each.network for each in learners),
    )


def _seatings(services: Services, run: Run) -> tuple[Seating, ...]:
    models, horizon = services.workbench.models, run.experiment.horizon
    champions = {(each.symbol, each.horizon): each for each in models.champions()}
    found = []
    for symbol in run.experiment.symbols[:MOST_PLACES]:
        champion = champions.get((symbol, horizon))
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
