"""Runs, champions, and looking after both."""

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import Json
from pregao.cli._session import now, print_json, workbench
from pregao.errors import InvalidExperimentError
from pregao.settings import Settings

_Run = Annotated[str, typer.Argument(metavar="RUN", help=_("an id that 'pregao runs' lists"))]
_IfVersion = Annotated[
    int | None,
    typer.Option(
        min=0, help=_("change nothing unless the champion is at this version, 0 for none")
    ),
]
_Reason = Annotated[str, typer.Option(help=_("the reason, for the audit trail"))]


@app.command()
def runs(
    symbol: Annotated[str | None, typer.Option(help=_("only runs that were trained on it"))] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help=_("list at most this many"))] = 20,
    as_json: Json = False,
) -> None:
    """List the stored runs with their scores, the newest first."""
    found = workbench().models.runs(symbol=symbol, limit=limit)
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    from pregao.terminal import print_runs

    print_runs(found, Settings.read().language)


@app.command()
def models(as_json: Json = False) -> None:
    """List the champions: which run serves which symbol and horizon."""
    found = workbench().models.champions()
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    from pregao.terminal import print_champions

    print_champions(found, Settings.read().language)


@app.command()
def promote(
    run: _Run,
    symbol: Annotated[str | None, typer.Option(help=_("one of its symbols [all]"))] = None,
    if_version: _IfVersion = None,
    reason: _Reason = "",
    as_json: Json = False,
) -> None:
    """Promote a run: check that its export equals it, and let it serve its symbols."""
    changed = workbench().models.promote(
        run, symbol=symbol, by=_who(), reason=reason, if_version=if_version
    )
    if as_json:
        print_json([each.model_dump(mode="json") for each in changed])
        return
    from pregao.terminal import print_change

    print_change(changed, Settings.read().language)


@app.command()
def rollback(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL")],
    horizon: Annotated[int | None, typer.Option(help=_("sessions ahead [the newest]"))] = None,
    if_version: _IfVersion = None,
    reason: _Reason = "",
    as_json: Json = False,
) -> None:
    """Restore the previous champion."""
    changed = workbench().models.roll_back(
        symbol, horizon=horizon, by=_who(), reason=reason, if_version=if_version
    )
    if as_json:
        print_json(changed.model_dump(mode="json"))
        return
    from pregao.terminal import print_change

    print_change([changed], Settings.read().language)


@app.command()
def delete(run: _Run) -> None:
    """Delete a run that serves nothing and never did."""
    from pregao.terminal import print_deleted

    workbench().models.delete(run)
    print_deleted(run, Settings.read().language)


@app.command()
def export(
    run: _Run,
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help=_("a new folder for files and ONNX"))
    ] = None,
    mlflow: Annotated[
        str | None,
        typer.Option(metavar="URI", help=_("an MLflow server, such as http://host:5000")),
    ] = None,
) -> None:
    """Export a run for other programs: its files, its networks as ONNX, and a README."""
    from pregao.terminal import print_exported, print_exported_to_mlflow

    if to is None and mlflow is None:
        raise InvalidExperimentError("options", [_("say where: --to FOLDER or --mlflow URI")])
    use_cases, language = workbench().models, Settings.read().language
    if to is not None:
        print_exported(str(to), len(use_cases.export(run, to)), language)
    if mlflow is not None:
        print_exported_to_mlflow(use_cases.export_to_mlflow(run, mlflow), language)


@app.command()
def doctor(
    mend: Annotated[bool, typer.Option("--mend", help=_("repair what can be repaired"))] = False,
    as_json: Json = False,
) -> None:
    """Check runs, rows, prices and the database for damage; exit code 1 if damage remains."""
    found = workbench().doctor(now=now(), mend=mend)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        from pregao.terminal import print_examination

        print_examination(found, Settings.read().language)
    if not found.is_well:
        raise typer.Exit(1)


def _who() -> str:
    try:
        return getuser()[:80]
    except (OSError, KeyError):  # in a container that knows no names
        return "command line"
