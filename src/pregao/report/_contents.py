"""All that a page shows, drawn and counted; the template only lays it out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING, Literal

from pregao.findings import Finding, worst_first
from pregao.presentation import (
    TEXTS,
    CoverageLine,
    Language,
    Market,
    Proof,
    Row,
    TestLine,
    Tile,
    best_loss,
    coverages_of,
    currency_sign,
    has_ensembles,
    in_plain_words,
    markets_of,
    price_digits,
    proof_of,
    row_of,
    rows_of,
    searched_of,
    tests_of,
    tiles_of,
)
from pregao.presentation.figures import (
    actions_figure,
    explanation_figure,
    fan_figure,
    folds_figure,
    learning_curves_figure,
    pit_figure,
    prices_figure,
    ranking_figure,
    reliability_figure,
    skill_by_step_figure,
    trading_figure,
)
from pregao.scores import NAIVE
from pregao.values import Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pregao.decisions import ActionReport
    from pregao.decisions.trading import Trading
    from pregao.evaluation import EvaluatedForecaster, Forecast, Report
    from pregao.explanation import Explanation
    from pregao.prices import Prices

MOST_SYMBOLS = 40
"""A page with more symbols than this would take a browser minutes to open."""
QUANTILE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Drawing:
    """A figure of the page, drawn once for each language."""

    name: str
    json: dict[Language, str]
    height: int


@dataclass(frozen=True)
class SymbolPanel:
    """A symbol's forecast: the fan, the table below it, and the prices behind it."""

    forecast: "Forecast"
    fan: Drawing
    history: Drawing
    sign: str
    digits: int


@dataclass(frozen=True)
class Searched:
    """What a search chose for one network."""

    score: "EvaluatedForecaster"
    best_loss: float | None
    knobs: tuple[object, ...]
    """In the order of the page's; None is what this network was not searched for."""


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on."""

    proof: Proof
    tiles: tuple[Tile, ...]
    plain_words: Text
    tests: tuple[TestLine, ...]
    folds: Drawing | None
    """None of a single fit."""


@dataclass(frozen=True)
class Ranges:
    """Whether ranges hold what they promise."""

    groups: tuple[tuple[CoverageLine, ...], ...]
    """All windows, then hard times."""
    pit: Drawing
    reliability: Drawing | None
    """None where nobody was examined."""


@dataclass(frozen=True)
class Decisions:
    """What was decided, and what it would have earned."""

    actions: "ActionReport"
    confusion: Drawing
    markets: tuple[tuple[Market, Drawing | None], ...]
    """Without a drawing where nothing was traded, or where the paths are not at hand."""


@dataclass(frozen=True)
class Explained:
    """What mattered to the candidate, or to its forecast for a symbol."""

    explanation: "Explanation"
    drawing: Drawing


@dataclass(frozen=True)
class Learning:
    """How networks were trained."""

    drawing: Drawing | None
    """None without networks."""
    networks: tuple[str, ...]
    """Those whose curves can be shown, the candidate first."""
    averages: bool
    """Whether a learning curve is that of the best of several networks."""
    knobs: Mapping[str, Literal["number", "text"]]
    """Fields that a search varied, and how they are sorted."""
    searched: tuple[Searched, ...]


@dataclass(frozen=True)
class Page:
    """All that the template shows."""

    report: "Report"
    evidence: Evidence
    panels: tuple[SymbolPanel, ...]
    num_symbols: int
    rows: tuple[Row, ...]
    subject: Row
    """The candidate's."""
    has_ensembles: bool
    ranking: Drawing
    steps: Drawing
    ranges: Ranges
    decisions: Decisions | None
    """None where nobody was examined."""
    explained: tuple[Explained, ...]
    """What was explained before the page was made."""
    learning: Learning
    findings: tuple[Finding, ...]
    """The worst first."""
    command: str
    run: str | None
    software: Mapping[str, str]
    levels: tuple[float, ...] = QUANTILE_LEVELS


def page_of(
    report: "Report",
    prices: "Sequence[Prices]",
    forecasts: "Sequence[Forecast]",
    *,
    tradings: "Mapping[str, tuple[Trading, ...]]",
    explanations: "Sequence[Explanation]",
    run: str | None,
    software: Mapping[str, str],
) -> Page:
    """Draw and count everything, in both languages."""
    return Page(
        report=report,
        evidence=_evidence(report),
        panels=tuple(
            _panel(index, *each)
            for index, each in enumerate(zip(prices, forecasts, strict=True))
            if index < MOST_SYMBOLS
        ),
        num_symbols=len(forecasts),
        rows=rows_of(report),
        subject=row_of(report, report.candidate),
        has_ensembles=has_ensembles(report),
        ranking=_drawing("ranking", lambda language: ranking_figure(report, language=language)),
        steps=_drawing("steps", lambda language: skill_by_step_figure(report, language=language)),
        ranges=_ranges(report),
        decisions=_decisions(report, tradings.get(report.candidate, ())),
        explained=tuple(_explained(*each) for each in enumerate(explanations)),
        learning=_learning(report),
        findings=worst_first(report.findings),
        command=command_of(report),
        run=run,
        software=software,
    )


def _evidence(report: "Report") -> Evidence:
    proof = proof_of(report)
    folds = None
    if proof.folds:
        folds = _drawing("folds", lambda language: folds_figure(report, language=language))
    return Evidence(
        proof=proof,
        tiles=tuple(tiles_of(report, proof)),
        plain_words=in_plain_words(proof),
        tests=tuple(tests_of(proof, report.trials)),
        folds=folds,
    )


def _ranges(report: "Report") -> Ranges:
    own, naive = row_of(report, report.candidate), row_of(report, NAIVE)
    dossier = report.dossier(report.candidate)
    return Ranges(
        groups=tuple(
            tuple(lines) for _, lines in groupby(coverages_of(report), key=lambda each: each.times)
        ),
        pit=_drawing(
            "pit",
            lambda language: pit_figure(
                own, naive=None if own == naive else naive, language=language
            ),
        ),
        reliability=None
        if dossier is None
        else _drawing(
            "reliability",
            lambda language: reliability_figure(dossier.reliability, language=language),
        ),
    )


def _decisions(report: "Report", tradings: "Sequence[Trading]") -> Decisions | None:
    dossier = report.dossier(report.candidate)
    if dossier is None:
        return None
    actions = dossier.actions
    markets = markets_of(report)
    drawn = [
        None if market.is_idle else _account_drawing(number, trading)
        for number, (market, trading) in enumerate(zip(markets, tradings, strict=False))
    ]
    return Decisions(
        actions=actions,
        confusion=_drawing("actions", lambda language: actions_figure(actions, language=language)),
        markets=tuple(zip_longest(markets, drawn)),
    )


def _account_drawing(number: int, trading: "Trading") -> Drawing:
    return _drawing(
        f"trading-{number}", lambda language: trading_figure(trading, language=language)
    )


def _explained(number: int, explanation: "Explanation") -> Explained:
    return Explained(
        explanation,
        _drawing(
            f"explanation-{number}",
            lambda language: explanation_figure(explanation, language=language),
        ),
    )


def _learning(report: "Report") -> Learning:
    learners = sorted(report.ranking, key=lambda each: each.name != report.candidate)
    knobs = knobs_of(report)
    return Learning(
        drawing=_drawing(
            "learning", lambda language: learning_curves_figure(learners, language=language)
        )
        if learners
        else None,
        networks=tuple(each.name for each in learners),
        averages=has_ensembles(report) or report.experiment.members > 1,
        knobs=knobs,
        searched=tuple(_searched(each, knobs) for each in searched_of(report)),
    )


def knobs_of(report: "Report") -> dict[str, Literal["number", "text"]]:
    """Give the fields that a search varied, numbers apart from texts."""
    values: dict[str, list[object]] = {}
    for score in searched_of(report):
        for name, value in (score.best_params or {}).items():
            values.setdefault(name, []).append(value)
    return {
        name: "number" if all(isinstance(each, int | float) for each in found) else "text"
        for name, found in values.items()
    }


def _searched(score: "EvaluatedForecaster", knobs: Iterable[str]) -> Searched:
    chosen = score.best_params or {}
    return Searched(score, best_loss(score), tuple(chosen.get(name) for name in knobs))


def _panel(index: int, prices: "Prices", forecast: "Forecast") -> SymbolPanel:
    return SymbolPanel(
        forecast=forecast,
        fan=_drawing(
            f"fan-{index}", lambda language: fan_figure(prices, forecast, language=language)
        ),
        history=_drawing(
            f"prices-{index}", lambda language: prices_figure(prices, language=language)
        ),
        sign=currency_sign(forecast.currency),
        digits=price_digits(forecast.last_price),
    )


def _drawing(name: str, draw: "Callable[[Language], go.Figure]") -> Drawing:
    figures: dict[Language, go.Figure] = {language: draw(language) for language in TEXTS}
    # Plotly writes < and / as \u003c and \u002f: no name can end the script element.
    texts = {language: figure.to_json() for language, figure in figures.items()}
    return Drawing(name, texts, int(figures["en"].layout.height))


def command_of(report: "Report") -> str:
    """Give the command that makes this report again from its experiment.

    What a search chose is trained again, not searched: the report does not hold the space.
    """
    from pregao.training import RECIPES
    from pregao.zoo.networks import ZOO, current_name

    names = {current_name(each.name) for each in report.ranking}
    path = " --path PRICES.csv" if report.experiment.source == "csv" else ""
    rest = f"--experiment experiment.toml{path}"
    if report.candidate in RECIPES:
        return f"pregao train --recipe {report.candidate} {rest} --report report.html"
    if len(names) < 2 or searched_of(report):
        return f"pregao train {rest} --report report.html"
    ordered = [name for name in ZOO if name in names]
    chosen = "" if len(ordered) == len(ZOO) else f" --networks {','.join(ordered)}"
    alone = "" if has_ensembles(report) else " --ensemble 0"
    return f"pregao sweep {rest}{chosen}{alone} --report report.html"
