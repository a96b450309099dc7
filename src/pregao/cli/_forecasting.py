"""Scoring a run again, and forecasting."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import (
    AllowFindings,
    CsvPath,
    Currency,
    End,
    Epochs,
    ExchangeCode,
    Folds,
    Horizon,
    Json,
    Lookback,
    NetworkName,
    ReportFile,
    Rolling,
    Seed,
    Source,
    Start,
    Workers,
)
from pregao.cli._session import (
    day_of,
    experiment_of,
    settings_of,
    show,
    source_if,
    stated,
    walk_of,
    workbench,
)
from pregao.errors import InvalidExperimentError
from pregao.settings import Settings

if TYPE_CHECKING:
    from pregao.evaluation import Forecast
    from pregao.training import Experiment


@app.command()
def evaluate(
    run: Annotated[str, typer.Argument(metavar="RUN", help=_("the id of a stored run"))],
    folds: Folds = None,
    rolling: Rolling = None,
    workers: Workers = None,
    path: CsvPath = None,
    report: ReportFile = None,
    as_json: Json = False,
) -> None:
    """Score a stored run again, beside every baseline, on prices read anew.

    It is trained anew before each fold of the test part, and so is every baseline.
    """
    from pregao.terminal import sweep_progress

    settings = settings_of(
        engine="local", address=None, workers=workers, device="cpu", walk=walk_of(folds, rolling)
    )
    with sweep_progress(Settings.read().language) as on_progress:
        result = workbench().evaluate(run, path=path, settings=settings, on_progress=on_progress)
    show(result, report, as_json=as_json)


@app.command()
def forecast(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help=_("PETR4, VALE3.SA, NVDA"))],
    run: Annotated[
        str | None, typer.Option(help=_("a stored run; by default one is trained"))
    ] = None,
    network: NetworkName = None,
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
    allow_findings: AllowFindings = False,
    as_json: Json = False,
) -> None:
    """Forecast a symbol's next sessions, with ranges, in its own currency."""
    from pregao.terminal import print_forecast

    [symbol] = stated([symbol], exchange, currency)
    learning = {
        "network": network,
        "horizon": horizon,
        "lookback": lookback,
        "epochs": epochs,
        "seed": seed,
    }
    provider, first, last = source_if(source, path), day_of(start), day_of(end)
    if run is None:
        span = {"source": provider, "start": first, "end": last}
        requested = experiment_of([symbol], {**learning, **span})
        answer = _forecast_trained(requested, path, allow_findings=allow_findings)
    else:
        _check_run_has(run, {n: v for n, v in learning.items() if n != "horizon"})
        answer = workbench().forecast_with(
            run,
            symbol,
            horizon=horizon,
            source=provider,
            path=path,
            start=first,
            end=last,
            allow_findings=allow_findings,
        )
    if as_json:
        typer.echo(answer.model_dump_json())
    else:
        print_forecast(answer, language=Settings.read().language)


def _forecast_trained(
    experiment: "Experiment", path: Path | None, *, allow_findings: bool
) -> "Forecast":
    from pregao.terminal import epoch_progress

    with epoch_progress(experiment.epochs, Settings.read().language) as on_epoch:
        return workbench().forecast(
            experiment, path=path, allow_findings=allow_findings, on_epoch=on_epoch
        )


def _check_run_has(run: str, requested: Mapping[str, object]) -> None:
    """Refuse options that a stored run would not follow."""
    experiment = workbench().run(run).experiment
    for name, value in requested.items():
        if value is None:
            continue
        known = getattr(experiment, name)
        if getattr(experiment.replace(**{name: value}), name) != known:
            reason = _(
                "--{name} {value} is not what it was trained with; leave --{name} out",
                name=name,
                value=value,
            )
            raise InvalidExperimentError(run, [reason])
