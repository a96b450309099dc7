"""Benchmarks: candidates and every baseline, fitted, scored and decided on the same windows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from pregao.decisions.trading import Trading
from pregao.evaluation import (
    Comparison,
    Report,
    Trials,
    WalkForwardResult,
    WindowCounts,
    compare,
    findings_of_trials,
    folds_disagree,
)
from pregao.findings import Finding
from pregao.training import Datasets, Experiment, Model, model_members
from pregao.workbench._candidates import Candidate, Group
from pregao.workbench._fitting import (
    DiagnosticsPlan,
    FittedBaselines,
    FittedForecaster,
    fit_baselines,
    fit_candidates,
    num_networks,
    score_model,
)
from pregao.workbench._prices import Checked, summarise_prices
from pregao.workbench._settings import (
    BenchmarkSettings,
    OnProgress,
    no_progress,
    progress_reporter,
)
from pregao.workbench._walk_forward import Folds, WalkForwardRunner, finalists_for
from pregao.zoo.baselines import BASELINES


@dataclass(frozen=True, eq=False)
class BenchmarkResult:
    """A finished benchmark: the report, and the forecasters to store and to serve."""

    report: Report
    candidate: FittedForecaster
    champion: FittedForecaster
    """The candidate, or the best baseline where the candidate was not promoted."""
    member_experiments: tuple[Experiment, ...]
    """The candidate's experiment, or those of the networks it averages."""
    prices: tuple[Checked, ...]
    tradings: Mapping[str, tuple[Trading, ...]]
    """The simulated accounts of the diagnosed forecasters, one for each market."""

    def with_findings(self, findings: Sequence[Finding]) -> "BenchmarkResult":
        """Return the same result, its report with these findings before its own."""
        report = self.report
        return replace(self, report=report.replace(findings=(*findings, *report.findings)))


def run_benchmark(
    group: Group,
    settings: BenchmarkSettings,
    *,
    trials: Trials,
    subject: str | None = None,
    on_progress: OnProgress | None = None,
) -> BenchmarkResult:
    """Train or restore every candidate, score it beside every baseline, and decide.

    The verdict is about the best on validation, or about `subject` wherever it ranks; so is the
    walk-forward, if the settings have one.
    """
    started = perf_counter()
    experiments = [each.experiment for each in group.candidates]
    folds = Folds.planned(group, experiments, settings.walk) if settings.walk else None
    data, diagnostics = _worker_data(group, folds), _diagnostics(group, trials)
    report_progress = progress_reporter(
        on_progress, len(BASELINES) * len(data) + num_networks(group, settings, subject)
    )
    [baselines, *fold_baselines] = fit_baselines(
        data,
        experiments[0].seed,
        settings.engine,
        report_progress,
        same_fit=folds.same_fit if folds else None,
        diagnostics=diagnostics,
    )
    with settings.engine.pool(data) as pool:
        [(_, fitted)] = fit_candidates(
            pool, {0: group}, settings, subject=subject, report_progress=report_progress
        )
        comparison = _compared(baselines, fitted, subject)
        name = comparison.candidate
        fitted[name] = diagnostics.run(pool, name, fitted[name])
        runner, scored_folds = None, []
        if folds is not None:
            finalists = finalists_for(name, _made_from(name, fitted[name], group.candidates))
            runner = WalkForwardRunner(folds, finalists, name, settings, on_progress)
            scored_folds = runner.score_beside(pool, fold_baselines, fitted[name].model)
    return _decided(
        group,
        comparison,
        trials=trials,
        baselines=baselines,
        fitted=fitted,
        started=started,
        walk=runner.finish(scored_folds, group) if runner else None,
    )


def run_benchmarks(
    groups: Sequence[Group], settings: BenchmarkSettings, *, trials: Sequence[Trials]
) -> Iterator[BenchmarkResult]:
    """Run one benchmark for each group, and yield each result as it is decided."""
    settings = replace(settings, walk=None)
    data = tuple(each.datasets for each in groups)
    seed = groups[0].candidates[0].experiment.seed
    baselines = fit_baselines(data, seed, settings.engine, no_progress)
    with settings.engine.pool(data) as pool:
        finished = fit_candidates(
            pool, dict(enumerate(groups)), settings, subject=None, report_progress=no_progress
        )
        for number, fitted in finished:
            everyone = (*baselines[number].forecasters.values(), *fitted.values())
            yield _decided(
                groups[number],
                _compared(baselines[number], fitted, None),
                trials=trials[number],
                baselines=baselines[number],
                fitted=fitted,
                # Groups share the time: each took as long as its own forecasters.
                started=perf_counter() - sum(each.seconds for each in everyone),
            )


def benchmark_model(
    model: Model,
    name: str,
    group: Group,
    settings: BenchmarkSettings,
    *,
    trials: Trials,
    on_progress: OnProgress | None = None,
) -> BenchmarkResult:
    """Score one trained model beside every baseline, and decide."""
    started = perf_counter() - model.seconds
    diagnostics = _diagnostics(group, trials)
    member_experiments = _experiments_of(name, group.candidates) or tuple(
        each.experiment for each in model_members(model)
    )
    folds = Folds.planned(group, member_experiments, settings.walk) if settings.walk else None
    data = _worker_data(group, folds)
    [baselines, *fold_baselines] = fit_baselines(
        data,
        model.experiment.seed,
        settings.engine,
        no_progress,
        same_fit=folds.same_fit if folds else None,
        diagnostics=diagnostics,
    )
    scored = score_model(model, group.first, started)
    fitted = {name: diagnostics.run_here(name, scored, group.first)}
    walk = None
    if folds is not None:
        finalists = finalists_for(name, member_experiments)
        runner = WalkForwardRunner(folds, finalists, name, settings, on_progress)
        with settings.engine.pool(data) as pool:
            scored_folds = runner.score_beside(pool, fold_baselines)
        walk = runner.finish(scored_folds, group)
    return _decided(
        group,
        _compared(baselines, fitted, name),
        trials=trials,
        baselines=baselines,
        fitted=fitted,
        started=started,
        walk=walk,
    )


def _worker_data(group: Group, folds: Folds | None) -> tuple[Datasets, ...]:
    """Return the windows of the single fit, and of the folds held beside it."""
    return (group.datasets, *(each.datasets for each in (folds.beside if folds else ())))


def _diagnostics(group: Group, trials: Trials) -> DiagnosticsPlan:
    return DiagnosticsPlan(tuple(each.prices for each in group.prices), trials.num_trials)


def _compared(
    baselines: FittedBaselines, fitted: Mapping[str, FittedForecaster], subject: str | None
) -> Comparison:
    return compare(
        {name: each.scored for name, each in fitted.items()},
        {name: each.scored for name, each in baselines.forecasters.items()},
        subject=subject,
    )


def _decided(
    group: Group,
    comparison: Comparison,
    *,
    trials: Trials,
    baselines: FittedBaselines,
    fitted: Mapping[str, FittedForecaster],
    started: float,
    walk: WalkForwardResult | None = None,
) -> BenchmarkResult:
    """Return the report of a benchmark, with its candidate and its champion."""
    name = comparison.candidate
    candidate = fitted[name]
    member_experiments = _made_from(name, candidate, group.candidates)
    everyone = {**baselines.forecasters, **fitted}
    diagnosed = [each.diagnosed for each in everyone.values() if each.diagnosed]
    findings = (
        *_data_findings(group),
        *baselines.unavailable,
        *(finding for each in baselines.forecasters.values() for finding in each.findings),
        *candidate.findings,
        *(candidate.diagnosed.dossier.findings if candidate.diagnosed else ()),
        *findings_of_trials(trials),
        *_walk_findings(walk),
    )
    report = Report.from_comparison(
        comparison,
        {name: each.training for name, each in fitted.items() if each.training},
        experiment=member_experiments[0],
        data=summarise_prices(group.prices),
        windows=WindowCounts.model_validate(group.first.num_windows),
        findings=tuple(dict.fromkeys(findings)),
        seconds=perf_counter() - started,
        trials=trials,
        walk=walk,
        dossiers=tuple(each.dossier for each in diagnosed),
    )
    return BenchmarkResult(
        report=report,
        candidate=candidate,
        champion=everyone[report.champion],
        member_experiments=member_experiments,
        prices=group.prices,
        tradings={each.dossier.name: each.tradings for each in diagnosed},
    )


def _data_findings(group: Group) -> Iterator[Finding]:
    for prices in group.prices:
        yield from prices.findings
    for dataset in group.datasets.values():
        yield from dataset.findings


def _walk_findings(walk: WalkForwardResult | None) -> Iterator[Finding]:
    """Find a gain over the best baseline that few of the folds made."""
    if walk is not None:
        name, rival = walk.comparison.candidate, walk.comparison.best_baseline
        found = folds_disagree(name, walk.skills(name, rival))
        yield from (each for each in (found,) if each is not None)


def _made_from(
    name: str, candidate: FittedForecaster, candidates: Sequence[Candidate]
) -> tuple[Experiment, ...]:
    """Return the experiment of a candidate, or those of the members of an average."""
    if experiments := _experiments_of(name, candidates):
        return experiments
    assert candidate.model is not None, "the candidate keeps its weights"
    return tuple(each.experiment for each in model_members(candidate.model))


def _experiments_of(name: str, candidates: Sequence[Candidate]) -> tuple[Experiment, ...]:
    return tuple(each.experiment for each in candidates if each.name == name)
