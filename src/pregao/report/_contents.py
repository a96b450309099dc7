"""The contents of a page: figures drawn and tables built; the template only lays them out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from pregao.findings import Finding, sort_by_severity
from pregao.presentation import (
    QUANTILE_LEVELS,
    TEXTS,
    Day,
    Language,
    MarketAccounts,
    Money,
    Proof,
    Table,
    Tile,
    Unit,
    accounts_of,
    actions_table,
    coverages_table,
    data_table,
    folds_table,
    in_plain_words,
    proof_of,
    quantiles_table,
    ranking_table,
    searched_table,
    t,
    tests_table,
    verdict_tiles,
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
    from pregao.evaluation import Forecast, Report
    from pregao.explanation import Explanation
    from pregao.prices import Prices

MOST_SYMBOLS = 40
"""A page with more symbols than this would take a browser minutes to open."""


@dataclass(frozen=True)
class Drawing:
    """A figure of the page, drawn once for each language."""

    name: str
    json: dict[Language, str]
    height: int


@dataclass(frozen=True)
class SymbolPanel:
    """A symbol's forecast: the fan, the quantiles below it, and the prices behind it."""

    forecast: "Forecast"
    fan: Drawing
    quantiles: Table
    history: Drawing


@dataclass(frozen=True)
class Evidence:
    """What the verdict rests on."""

    proof: Proof
    tiles: tuple[Tile, ...]
    plain_words: Text
    tests: Table | None
    """None without a network."""
    folds: Table | None
    """None of a single fit."""
    folds_drawing: Drawing | None


@dataclass(frozen=True)
class Ranges:
    """Whether the ranges hold what they promise."""

    coverages: Table
    pit: Drawing
    reliability: Drawing | None
    """None where no forecaster was diagnosed."""


@dataclass(frozen=True)
class Decisions:
    """What was decided, and the simulated accounts of it."""

    actions: "ActionReport"
    scores: Table
    confusion: Drawing
    markets: tuple[tuple[MarketAccounts, Drawing | None], ...]
    """Without a drawing where nothing was traded, or where the paths are not at hand."""


@dataclass(frozen=True)
class Explained:
    """An explanation of the candidate, or of its forecast for a symbol."""

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
    searched: Table | None
    """None where nothing was searched."""


@dataclass(frozen=True)
class Page:
    """All that the template shows."""

    report: "Report"
    evidence: Evidence
    panels: tuple[SymbolPanel, ...]
    num_symbols: int
    ranking: Table
    ranking_drawing: Drawing
    steps: Drawing
    ranges: Ranges
    decisions: Decisions | None
    """None where no forecaster was diagnosed."""
    explained: tuple[Explained, ...]
    """What was explained before the page was made."""
    learning: Learning
    data: Table | None
    """None where a report does not name its histories."""
    findings: tuple[Finding, ...]
    """The worst first."""
    command: str
    run: str | None
    software: Mapping[str, str]


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
    """Draw every figure in both languages, and build every table."""
    return Page(
        report=report,
        evidence=_evidence(report),
        panels=tuple(
            _panel(index, *each)
            for index, each in enumerate(zip(prices, forecasts, strict=True))
            if index < MOST_SYMBOLS
        ),
        num_symbols=len(forecasts),
        ranking=ranking_table(report),
        ranking_drawing=_drawing(
            "ranking", lambda language: ranking_figure(report, language=language)
        ),
        steps=_drawing("steps", lambda language: skill_by_step_figure(report, language=language)),
        ranges=_ranges(report),
        decisions=_decisions(report, tradings.get(report.candidate, ())),
        explained=tuple(_explained(*each) for each in enumerate(explanations)),
        learning=_learning(report),
        data=data_table(report.data.histories) if report.data.histories else None,
        findings=sort_by_severity(report.findings),
        command=command_of(report),
        run=run,
        software=software,
    )


def _evidence(report: "Report") -> Evidence:
    proof = proof_of(report)
    has_folds = bool(proof.folds)
    return Evidence(
        proof=proof,
        tiles=tuple(verdict_tiles(report, proof)),
        plain_words=in_plain_words(proof),
        tests=None if proof.promotion is None else tests_table(proof, report.trials),
        folds=folds_table(proof) if has_folds else None,
        folds_drawing=_drawing("folds", lambda language: folds_figure(report, language=language))
        if has_folds
        else None,
    )


def _ranges(report: "Report") -> Ranges:
    own, naive = report.subject, report.forecaster(NAIVE)
    dossier = report.diagnostics(report.candidate)
    return Ranges(
        coverages=coverages_table(report),
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
    dossier = report.diagnostics(report.candidate)
    if dossier is None:
        return None
    actions = dossier.actions
    markets = accounts_of(report)
    drawn = [
        None if market.is_idle else _account_drawing(number, trading)
        for number, (market, trading) in enumerate(zip(markets, tradings, strict=False))
    ]
    return Decisions(
        actions=actions,
        scores=actions_table(actions),
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
    return Learning(
        drawing=_drawing(
            "learning", lambda language: learning_curves_figure(learners, language=language)
        )
        if learners
        else None,
        networks=tuple(each.name for each in learners),
        averages=report.has_ensembles or report.experiment.members > 1,
        searched=searched_table(report) if report.searched else None,
    )


def _panel(index: int, prices: "Prices", forecast: "Forecast") -> SymbolPanel:
    return SymbolPanel(
        forecast=forecast,
        fan=_drawing(
            f"fan-{index}", lambda language: fan_figure(prices, forecast, language=language)
        ),
        quantiles=quantiles_table(
            forecast.sessions,
            [forecast.at(level) for level in QUANTILE_LEVELS],
            last_price=forecast.last_price,
            symbol=forecast.symbol,
            caption=t(
                "quantiles_of",
                symbol=forecast.symbol,
                sign=Unit(forecast.currency, forecast.symbol),
                day=Day(forecast.as_of),
                price=Money(forecast.last_price, forecast.currency, forecast.symbol),
            ),
        ),
        history=_drawing(
            f"prices-{index}", lambda language: prices_figure(prices, language=language)
        ),
    )


def _drawing(name: str, draw: "Callable[[Language], go.Figure]") -> Drawing:
    figures: dict[Language, go.Figure] = {language: draw(language) for language in TEXTS}
    # Plotly writes < and / as \u003c and \u002f: no name can end the script element.
    texts = {language: figure.to_json() for language, figure in figures.items()}
    return Drawing(name, texts, int(figures["en"].layout.height))


def command_of(report: "Report") -> str:
    """Return the command that makes this report again from its experiment.

    What a search chose is trained again, not searched: the report does not hold the space.
    """
    from pregao.training import RECIPES
    from pregao.zoo.networks import ZOO, current_name

    names = {current_name(each.name) for each in report.ranking}
    path = " --path PRICES.csv" if report.experiment.source == "csv" else ""
    rest = f"--experiment experiment.toml{path}"
    if report.candidate in RECIPES:
        return f"pregao train --recipe {report.candidate} {rest} --report report.html"
    if len(names) < 2 or report.searched:
        return f"pregao train {rest} --report report.html"
    ordered = [name for name in ZOO if name in names]
    chosen = "" if len(ordered) == len(ZOO) else f" --networks {','.join(ordered)}"
    alone = "" if report.has_ensembles else " --ensemble 0"
    return f"pregao sweep {rest}{chosen}{alone} --report report.html"
