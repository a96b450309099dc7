"""Looking for leaks."""

from pathlib import Path
from typing import Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import (
    AllowFindings,
    CsvPath,
    End,
    Epochs,
    Horizon,
    Json,
    Lookback,
    NetworkName,
    Seed,
    Source,
    Start,
    Workers,
)
from pregao.cli._session import day_of, experiment_of, settings_of, source_if, workbench
from pregao.errors import InvalidExperimentError
from pregao.settings import Settings

_DEFAULT_SYMBOL = "SP500"


@app.command()
def audit(
    subjects: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXPERIMENT.toml | SYMBOL...]", help=_("a TOML file, or tickers [SP500]")
        ),
    ] = None,
    network: NetworkName = None,
    source: Source = None,
    path: CsvPath = None,
    horizon: Horizon = None,
    lookback: Lookback = None,
    epochs: Epochs = None,
    seed: Seed = None,
    start: Start = None,
    end: End = None,
    workers: Workers = None,
    allow_findings: AllowFindings = False,
    as_json: Json = False,
) -> None:
    """Replace the future by noise, and see whether anything that was known moves.

    Exit code 1 says that something does, or that a feature or a network failed.
    """
    from pregao.terminal import audit_progress, print_audit

    options = {
        "network": network,
        "source": source_if(source, path),
        "horizon": horizon,
        "lookback": lookback,
        "epochs": epochs,
        "seed": seed,
        "start": day_of(start),
        "end": day_of(end),
    }
    file, symbols = _parted(subjects or [])
    requested = experiment_of(symbols, options, file=file)
    settings = settings_of(engine="local", address=None, workers=workers, device="cpu")
    language = Settings.read().language
    with audit_progress(language) as on_progress:
        found = workbench().audit(
            requested,
            path=path,
            allow_findings=allow_findings,
            engine=settings.engine,
            on_progress=on_progress,
        )
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_audit(found, language=language)
    if not found.is_clean:
        raise typer.Exit(1)


def _parted(subjects: list[str]) -> tuple[Path | None, list[str]]:
    """Separate the file from the tickers."""
    files = [each for each in subjects if each.lower().endswith(".toml")]
    symbols = [each for each in subjects if each not in files]
    if len(files) > 1:
        raise InvalidExperimentError(
            "arguments", [_("one experiment at a time, not {num_files}", num_files=len(files))]
        )
    if not files:
        return None, symbols or [_DEFAULT_SYMBOL]
    return Path(files[0]), symbols
