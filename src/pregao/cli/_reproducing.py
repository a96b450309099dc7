"""Training a stored run again."""

from typing import Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import CsvPath, Device, Json, Workers
from pregao.cli._session import settings_of, workbench
from pregao.settings import Settings


@app.command()
def reproduce(
    run: Annotated[str, typer.Argument(metavar="RUN", help=_("the id of a stored run"))],
    path: CsvPath = None,
    workers: Workers = None,
    device: Device = "cpu",
    as_json: Json = False,
) -> None:
    """Train a stored run again and compare to the last bit; exit code 1 if anything differs."""
    from pregao.terminal import print_reproduction, sweep_progress

    language = Settings.read().language
    settings = settings_of(engine="local", address=None, workers=workers, device=device)
    with sweep_progress(language) as on_progress:
        found = workbench().reproduce(run, path=path, settings=settings, on_progress=on_progress)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        print_reproduction(found, language=language)
    if not found.is_same:
        raise typer.Exit(1)
