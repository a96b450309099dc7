"""Training one network, ranking many, searching for their settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pregao.cli._app import app
from pregao.cli._options import (
    Address,
    AllowFindings,
    Apart,
    Budget,
    CsvPath,
    Currency,
    DemoFile,
    Device,
    End,
    EngineName,
    EnsembleSize,
    Epochs,
    ExchangeCode,
    ExperimentFile,
    Folds,
    Force,
    GpusPerWorker,
    Horizon,
    Json,
    Lookback,
    Members,
    ModeName,
    NetworkName,
    NetworkNames,
    NoPruning,
    RecipeName,
    ReportFile,
    Rolling,
    Seed,
    Source,
    SpaceFile,
    Start,
    Strategy,
    SymbolsFile,
    SymbolsOrFile,
    Trials,
    Vary,
    Workers,
)
from pregao.cli._session import (
    day_of,
    experiment_of,
    given,
    names_in,
    run_search,
    settings_of,
    show,
    source_if,
    space_of,
    stated,
    symbols_in,
    walk_of,
    workbench,
)
from pregao.errors import InvalidExperimentError
from pregao.settings import Settings
from pregao.texts import gettext_lazy as _

if TYPE_CHECKING:
    from pregao.training import Experiment
    from pregao.workbench import BenchmarkSettings, Result


_DEMO_FOLDS = 3
"""Fewer than usual: who tries the program for the first time waits for it."""


@app.command()
def demo(report: DemoFile = Path("reports/demo.html"), as_json: Json = False) -> None:
    """Rank the whole zoo on twenty years of the S&P 500, and write a report to look at."""
    settings = settings_of(
        engine="local",
        address=None,
        workers=None,
        device="cpu",
        ensemble=3,
        walk=walk_of(_DEMO_FOLDS, None),
    )
    experiment = experiment_of(["SP500"], {}, mode="fast")
    result = _swept(experiment, (), None, settings, leave_out_bad=False, allow_findings=False)
    show(result, report, as_json=as_json)


@app.command()
def train(
    symbols: SymbolsOrFile = None,
    experiment: ExperimentFile = None,
    recipe: RecipeName = None,
    network: NetworkName = None,
    source: Source = None,
    path: CsvPath = None,
    exchange: ExchangeCode = None,
    currency: Currency = None,
    horizon: Horizon = None,
    lookback: Lookback = None,
    epochs: Epochs = None,
    seed: Seed = None,
    members: Members = None,
    start: Start = None,
    end: End = None,
    workers: Workers = None,
    device: Device = "cpu",
    allow_findings: AllowFindings = False,
    report: ReportFile = None,
    as_json: Json = False,
) -> None:
    """Train one network, score it beside every baseline, and store the run."""
    from pregao.terminal import epoch_progress, sweep_progress

    options = {
        "network": network,
        "source": source_if(source, path),
        "horizon": horizon,
        "lookback": lookback,
        "epochs": epochs,
        "seed": seed,
        "members": members,
        "start": day_of(start),
        "end": day_of(end),
    }
    named = stated(symbols, exchange, currency)
    requested = experiment_of(named, options, recipe=recipe, file=experiment)
    settings = settings_of(engine="local", address=None, workers=workers, device=device)
    language = Settings.read().language
    with (
        epoch_progress(requested.epochs, language) as on_epoch,
        sweep_progress(language) as on_progress,
    ):
        result = workbench().train(
            requested,
            recipe=recipe,
            path=path,
            allow_findings=allow_findings,
            settings=settings,
            on_epoch=on_epoch,
            on_progress=on_progress,
        )
    show(result, report, as_json=as_json)


@app.command()
def sweep(
    symbols: SymbolsOrFile = None,
    symbols_file: SymbolsFile = None,
    experiment: ExperimentFile = None,
    recipe: RecipeName = None,
    networks: NetworkNames = None,
    mode: ModeName = "fast",
    strategy: Strategy = None,
    trials: Trials = None,
    budget_seconds: Budget = None,
    space: SpaceFile = None,
    vary: Vary = None,
    no_pruning: NoPruning = False,
    force: Force = False,
    apart: Apart = None,
    ensemble: EnsembleSize = 5,
    folds: Folds = None,
    rolling: Rolling = None,
    source: Source = None,
    path: CsvPath = None,
    exchange: ExchangeCode = None,
    currency: Currency = None,
    horizon: Horizon = None,
    lookback: Lookback = None,
    epochs: Epochs = None,
    seed: Seed = None,
    start: Start = None,
    end: End = None,
    workers: Workers = None,
    engine: EngineName = "local",
    address: Address = None,
    device: Device = "cpu",
    gpus_per_worker: GpusPerWorker = 0.0,
    allow_findings: AllowFindings = False,
    report: ReportFile = None,
    as_json: Json = False,
) -> None:
    """Rank many networks beside every baseline, on the same windows.

    The fast mode looks at each for an epoch; the optimized mode searches settings for each.
    """
    options = {
        "source": source_if(source, path),
        "horizon": horizon,
        "lookback": lookback,
        "epochs": epochs,
        "seed": seed,
        "start": day_of(start),
        "end": day_of(end),
    }
    listed = [*(symbols or []), *(symbols_in(symbols_file) if symbols_file else [])]
    tickers = stated(listed, exchange, currency)
    requested = experiment_of(tickers, options, recipe=recipe, mode=mode, file=experiment)
    names = names_in(networks) or _networks_of(recipe)
    settings = settings_of(
        engine=engine,
        address=address,
        workers=workers,
        device=device,
        gpus_per_worker=gpus_per_worker,
        ensemble=ensemble,
        walk=walk_of(folds, rolling),
    )
    is_apart = symbols_file is not None if apart is None else apart
    searching = {
        "strategy": strategy,
        "trials": trials,
        "space": space_of(space, vary),
        "pruning": False if no_pruning else None,
    }
    if mode == "optimized":
        if is_apart:
            reason = _("--mode optimized searches for all symbols together: add --pooled")
            raise InvalidExperimentError("options", [reason])
        plan = workbench().plan(requested, names, **given(searching))
        run_search(
            plan,
            path,
            settings,
            allow_findings=allow_findings,
            force=force,
            budget_seconds=budget_seconds,
            report=report,
            as_json=as_json,
        )
        return
    _refuse_in_fast_mode({**searching, "budget-seconds": budget_seconds, "force": force or None})
    if is_apart:
        if report is not None:
            reason = _(
                "--report is one page on one contest: give --pooled, or see each ticker's run"
            )
            raise InvalidExperimentError("options", [reason])
        _sweep_each(
            requested, names, path, settings, allow_findings=allow_findings, as_json=as_json
        )
        return
    result = _swept(
        requested,
        names,
        path,
        settings,
        leave_out_bad=symbols_file is not None,
        allow_findings=allow_findings,
    )
    show(result, report, as_json=as_json)


def _swept(
    experiment: "Experiment",
    names: tuple[str, ...],
    path: Path | None,
    settings: "BenchmarkSettings",
    *,
    leave_out_bad: bool,
    allow_findings: bool,
) -> "Result":
    from pregao.terminal import sweep_progress

    with sweep_progress(Settings.read().language) as on_progress:
        return workbench().sweep(
            experiment,
            networks=names,
            path=path,
            allow_findings=allow_findings,
            leave_out_bad=leave_out_bad,
            settings=settings,
            on_progress=on_progress,
        )


def _sweep_each(
    experiment: "Experiment",
    names: tuple[str, ...],
    path: Path | None,
    settings: "BenchmarkSettings",
    *,
    allow_findings: bool,
    as_json: bool,
) -> None:
    from pregao.terminal import print_tickers, ticker_progress

    language = Settings.read().language
    with ticker_progress(len(experiment.symbols), language, quiet=as_json) as on_result:
        tickers = workbench().sweep_each(
            experiment,
            networks=names,
            path=path,
            allow_findings=allow_findings,
            settings=settings,
            on_result=on_result,
        )
    if as_json:
        typer.echo(tickers.model_dump_json())
    else:
        print_tickers(tickers, language)


def _networks_of(recipe: str | None) -> tuple[str, ...]:
    from pregao.training import find_recipe

    return () if recipe is None else tuple(find_recipe(recipe).networks)


def _refuse_in_fast_mode(options: Mapping[str, object]) -> None:
    names = [f"--{'no-pruning' if name == 'pruning' else name}" for name in given(options)]
    if names:
        reason = _("{names}: for --mode optimized, or 'pregao search'", names=", ".join(names))
        raise InvalidExperimentError("options", [reason])
