"""Runs side by side: their settings, and their scores where those can be compared."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import Field

from pregao.api import RequestRefusedError, Services
from pregao.dashboard._figures import Drawing
from pregao.dashboard._requests import Page
from pregao.dashboard._run_page import found_run
from pregao.dashboard._settings import Plain, flattened
from pregao.dashboard._texts import say
from pregao.evaluation import EvaluatedForecaster
from pregao.presentation import (
    Cell,
    Code,
    Link,
    Moment,
    Number,
    Percent,
    Quantity,
    Setting,
    Table,
    edge_badge,
    field_of,
    symbols_cell,
    table_of,
)
from pregao.presentation import (
    Field as TableField,
)
from pregao.presentation.figures import compared_curves_figure
from pregao.registry import Run, RunSummary
from pregao.scores import NAIVE
from pregao.texts import gettext_lazy as _
from pregao.values import Language, Value

LEAST, MOST = 2, 5

Doubt = Literal["symbols", "data", "horizon", "windows"]
"""Why scores cannot be compared."""
Kind = Literal["number", "percent", "signed", "count"]


class Difference(Value):
    """A setting that is not the same in all runs, a value a run."""

    name: str
    values: tuple[Plain, ...]


class ScoreLine(Value):
    """A score, a value a run."""

    name: str
    kind: Kind = Field(description="how it is written")
    digits: int
    values: tuple[float, ...]
    best: tuple[int, ...] = Field(description="the runs that have the best; none if all have it")


class ComparePage(Value):
    """What the comparison shows: a column a run."""

    runs: tuple[RunSummary, ...]
    doubts: tuple[Doubt, ...] = Field(description="none where scores can be compared")
    settings: tuple[Difference, ...]
    scores: tuple[ScoreLine, ...]
    curves: Drawing = Field(description="validation losses")
    is_same_loss: bool = Field(description="whether the losses of the curves mean the same")


@dataclass(frozen=True)
class _Score:
    """How a score is read off a run, and which one is the best."""

    name: str
    kind: Kind
    digits: int
    of: Callable[[Run], float]
    badness: Callable[[float], float] | None = None
    """None where no value is better than another."""


def _subject(run: Run) -> EvaluatedForecaster:
    return run.report.subject


def _less(value: float) -> float:
    return value


def _more(value: float) -> float:
    return -value


_SCORES = (
    _Score("crps", "number", 4, lambda run: _subject(run).metrics.crps, _less),
    _Score("naive_crps", "number", 4, lambda run: run.report.forecaster(NAIVE).metrics.crps),
    _Score(
        "best_crps",
        "number",
        4,
        lambda run: run.report.forecaster(run.report.best_baseline).metrics.crps,
    ),
    _Score(
        "skill_best", "signed", 2, lambda run: _subject(run).versus_best_baseline.crps_skill, _more
    ),
    _Score(
        "skill_naive", "signed", 2, lambda run: _subject(run).versus_random_walk.crps_skill, _more
    ),
    _Score("mase", "number", 3, lambda run: _subject(run).metrics.mase, _less),
    _Score("mae", "number", 4, lambda run: _subject(run).metrics.mae, _less),
    _Score(
        "coverage_90",
        "percent",
        1,
        lambda run: _subject(run).metrics.coverage_90,
        lambda share: abs(share - 0.9),
    ),
    _Score("parameters", "count", 0, lambda run: _subject(run).parameters or 0),
    _Score("seconds", "number", 1, lambda run: _subject(run).seconds or 0.0),
)


def compare_page(services: Services, names: Sequence[str], language: Language) -> Page:
    """Return runs side by side.

    Raises
    ------
    Refusal
        For fewer than two or more than five.
    UnknownRunError
        With the newest ones.
    """
    chosen = tuple(dict.fromkeys(names))
    if not LEAST <= len(chosen) <= MOST:
        raise RequestRefusedError(
            "invalid-request",
            _(
                "choose {least} to {most} different runs, such as ?run=A&run=B: found {num_chosen}",
                least=LEAST,
                most=MOST,
                num_chosen=len(chosen),
            ),
        )
    runs = [found_run(services, name) for name in chosen]
    doubts = doubts_about(runs)
    learners = {run.id: _subject(run) for run in runs}
    models = services.workbench.models
    page = ComparePage(
        runs=tuple(
            RunSummary.from_run(run, is_registered=models.is_registered(run.id)) for run in runs
        ),
        doubts=doubts,
        settings=_differences(runs),
        scores=tuple(_line(each, runs, is_comparable=not doubts) for each in _SCORES),
        curves=Drawing.of(compared_curves_figure(learners, language=language)),
        is_same_loss=not doubts and not _differ(runs, _loss),
    )
    return Page(page, {"scores": _scores_table(page), "settings": _settings_table(page)})


def doubts_about(runs: Sequence[Run]) -> tuple[Doubt, ...]:
    """Return why the scores of these runs cannot be compared; nothing if they can."""
    found: list[Doubt] = []
    if _differ(runs, lambda run: frozenset(run.experiment.symbols)):
        found.append("symbols")
    elif _differ(runs, _digests):
        found.append("data")
    if _differ(runs, lambda run: run.experiment.horizon):
        found.append("horizon")
    if not found and _differ(runs, _test_part):
        found.append("windows")
    return tuple(found)


def _differ(runs: Sequence[Run], of: Callable[[Run], object]) -> bool:
    return len({of(run) for run in runs}) > 1


def _digests(run: Run) -> frozenset[tuple[str, str]]:
    return frozenset((each.symbol, each.digest) for each in run.provenance.data)


def _test_part(run: Run) -> tuple[date, date, int]:
    """Return where the test part begins and ends, and how many windows it has."""
    borders = run.without_weights.borders
    return borders.validation_last, borders.test_last, run.report.windows.test


def _loss(run: Run) -> tuple[str, str, str]:
    experiment = run.experiment
    return experiment.loss, experiment.target, experiment.steps


def _differences(runs: Sequence[Run]) -> tuple[Difference, ...]:
    lines = [flattened(run.experiment) for run in runs]
    names = dict.fromkeys(name for each in lines for name in each)
    found = [Difference(name=name, values=tuple(e.get(name) for e in lines)) for name in names]
    return tuple(each for each in found if len(set(each.values)) > 1)


def _line(score: _Score, runs: Sequence[Run], *, is_comparable: bool) -> ScoreLine:
    values = tuple(float(score.of(run)) for run in runs)
    best: tuple[int, ...] = ()
    if is_comparable and score.badness is not None:
        bad = [score.badness(value) for value in values]
        best = tuple(index for index, each in enumerate(bad) if each == min(bad))
    return ScoreLine(
        name=score.name,
        kind=score.kind,
        digits=score.digits,
        values=values,
        best=() if len(best) == len(runs) else best,
    )


_CompareLine = tuple[Quantity, tuple[Cell, ...]]
"""What is compared, and a cell for each run."""


def _scores_table(page: ComparePage) -> Table:
    """Return what each run is of, and its scores; the best of a score are marked."""
    runs = page.runs
    lines: list[_CompareLine] = [
        (say("runs_symbols"), tuple(_symbols(run) for run in runs)),
        (say("runs_made"), tuple(Cell(Moment(run.created)) for run in runs)),
        (say("runs_score_edge"), tuple(Cell(edge_badge(run.edge)) for run in runs)),
        *(
            (say(f"runs_score_{line.name}"), tuple(_score_cells(line, runs)))
            for line in page.scores
        ),
    ]
    return _compared(lines, say("runs_score"), runs)


def _settings_table(page: ComparePage) -> Table:
    lines: list[_CompareLine] = [
        (Code(line.name), tuple(Cell(Setting(value)) for value in line.values))
        for line in page.settings
    ]
    return _compared(lines, say("runs_setting"), page.runs)


def _compared(lines: list[_CompareLine], title: Quantity, runs: tuple[RunSummary, ...]) -> Table:
    first: TableField[_CompareLine] = field_of("name", title, lambda line: line[0], kind="text")
    return table_of(lines, [first, *(_column(place, run) for place, run in enumerate(runs))])


def _column(place: int, run: RunSummary) -> TableField[_CompareLine]:
    title = Cell(run.forecaster, link=Link("run", run.id), beside=(run.id,))
    return field_of(f"run_{place}", title, lambda line: line[1][place])


def _symbols(run: RunSummary) -> Cell:
    ahead = say("runs_sessions_ahead", count=Number(run.horizon))
    return Cell(symbols_cell(run.symbols).quantity, beside=(ahead,))


def _score_cells(line: ScoreLine, runs: Sequence[RunSummary]) -> Iterator[Cell]:
    for place, (value, run) in enumerate(zip(line.values, runs, strict=True)):
        is_best = place in line.best
        yield Cell(
            _written(line, value),
            marks=(say("runs_best"),) if is_best else (),
            beside=(run.best_baseline,) if line.name == "best_crps" else (),
            tone="best" if is_best else "plain",
        )


def _written(line: ScoreLine, value: float) -> Quantity:
    if line.kind in ("percent", "signed"):
        return Percent(value, line.digits, signed=line.kind == "signed")
    return Number(value, line.digits)
