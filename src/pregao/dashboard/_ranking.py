"""The results of a report's forecasters, as several pages show them."""

from collections.abc import Iterator

from pydantic import Field

from pregao.dashboard._figures import Drawing
from pregao.evaluation import EvaluatedForecaster, Report
from pregao.presentation import proof_of, verdict_tiles
from pregao.presentation.figures import learning_curves_figure
from pregao.values import Language, Text, Value

_MOST_CURVES = 40


class Fact(Value):
    """A number of the verdict, with what it is to be held against."""

    name: Text
    value: Text
    beside: tuple[Text, ...]


class Ranked(Value):
    """A network or a baseline in the ranking; null is what a baseline has not."""

    rank: int = Field(description="by validation CRPS")
    name: str
    is_baseline: bool
    is_best_baseline: bool
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


class Learnt(Value):
    """The learning curves of networks, each trace with its name."""

    curves: Drawing
    learners: tuple[str, ...] = Field(description="whose curves these are, the candidate first")


def facts_of(report: Report) -> tuple[Fact, ...]:
    """Return the verdict in a few numbers."""
    tiles = verdict_tiles(report, proof_of(report))
    return tuple(Fact(name=e.name, value=e.value, beside=e.beside) for e in tiles)


def ranking_of(report: Report) -> Iterator[Ranked]:
    """Return networks and baselines together, best validation CRPS first."""
    for rank, each in enumerate(report.ranked(), start=1):
        yield Ranked(
            rank=rank,
            name=each.name,
            is_baseline=each.is_baseline,
            is_best_baseline=each.name == report.best_baseline,
            is_subject=each.name == report.candidate,
            mark=report.mark(each.name),
            parameters=each.parameters,
            validation_crps=each.validation_crps,
            crps=each.metrics.crps,
            skill_vs_random_walk=each.versus_random_walk.crps_skill,
            skill_vs_best_baseline=each.versus_best_baseline.crps_skill,
            dm_p_value=each.versus_best_baseline.dm_p_value,
            mae=each.metrics.mae,
            mase=each.metrics.mase,
            coverage_90=each.metrics.coverage_90,
            seconds=each.seconds,
        )


def learnt_of(report: Report, language: Language) -> Learnt | None:
    """Draw the curves of the networks that have some; None without any."""
    found: list[EvaluatedForecaster] = [each for each in report.ranking if each.epochs]
    learners = sorted(found, key=lambda each: each.name != report.candidate)[:_MOST_CURVES]
    if not learners:
        return None
    return Learnt(
        curves=Drawing.of(learning_curves_figure(learners, language=language)),
        learners=tuple(each.name for each in learners),
    )
