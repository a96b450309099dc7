"""Searching the settings of a network, or the network too."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import (
    Address,
    AllowFindings,
    Budget,
    CsvPath,
    Device,
    End,
    EngineName,
    ExperimentFile,
    Folds,
    Force,
    GpusPerWorker,
    Horizon,
    Json,
    Lookback,
    NetworkName,
    NoPruning,
    RecipeName,
    ReportFile,
    Rolling,
    Seed,
    Source,
    SpaceFile,
    Start,
    Strategy,
    SymbolsOrFile,
    Trials,
    Vary,
    Workers,
)
from pregao.cli._session import (
    day_of,
    experiment_of,
    given,
    run_search,
    settings_of,
    source_if,
    space_of,
    walk_of,
    workbench,
)
from pregao.errors import InvalidExperimentError

if TYPE_CHECKING:
    from pregao.training.search import Search


@app.command()
def search(
    symbols: SymbolsOrFile = None,
    experiment: ExperimentFile = None,
    recipe: RecipeName = None,
    network: NetworkName = None,
    strategy: Strategy = None,
    trials: Trials = None,
    budget_seconds: Budget = None,
    space: SpaceFile = None,
    vary: Vary = None,
    no_pruning: NoPruning = False,
    force: Force = False,
    resume: Annotated[
        str | None, typer.Option(metavar="ID", help=_("resume an interrupted search"))
    ] = None,
    folds: Folds = None,
    rolling: Rolling = None,
    source: Source = None,
    path: CsvPath = None,
    horizon: Horizon = None,
    lookback: Lookback = None,
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
    """Search the settings of one network, or the network too, and score what was found.

    Every trial is written down as it ends: interrupt it, and go on with --resume ID.
    """
    options = {
        "network": network,
        "source": source_if(source, path),
        "horizon": horizon,
        "lookback": lookback,
        "seed": seed,
        "start": day_of(start),
        "end": day_of(end),
    }
    searching = {
        "strategy": strategy,
        "trials": trials,
        "space": space_of(space, vary),
        "pruning": False if no_pruning else None,
    }
    settings = settings_of(
        engine=engine,
        address=address,
        workers=workers,
        device=device,
        gpus_per_worker=gpus_per_worker,
        walk=walk_of(folds, rolling),
    )
    if resume is None:
        requested = experiment_of(
            symbols, options, recipe=recipe, mode="optimized", file=experiment
        )
        plan = workbench().plan(requested, None, **given(searching))
    else:
        changed = experiment is not None or recipe is not None
        plan = _asked_again(resume, symbols, options, searching, changed=changed)
    run_search(
        plan,
        path,
        settings,
        resume=resume,
        allow_findings=allow_findings,
        force=force,
        budget_seconds=budget_seconds,
        report=report,
        as_json=as_json,
    )


def _asked_again(
    resume: str,
    symbols: list[str] | None,
    options: Mapping[str, object],
    searching: Mapping[str, object],
    *,
    changed: bool,
) -> "Search":
    """Return the stored search with the given fields replaced."""
    if changed:
        reason = _("a search goes on as it was begun: leave --experiment and --recipe out")
        raise InvalidExperimentError(resume, [reason])
    stored = workbench().search_plan(resume)
    fields = {**dict(stored.experiment), **given(options)}
    if symbols:
        fields["symbols"] = tuple(symbols)
    experiment = type(stored.experiment).parse(fields, source="options")
    return type(stored).parse({**dict(stored), "experiment": experiment, **given(searching)})
