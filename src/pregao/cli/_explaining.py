"""Explaining a run, or one of its forecasts."""

from typing import Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import AllowFindings, CsvPath, End, Json, Source, Start
from pregao.cli._session import day_of, source_if, workbench
from pregao.errors import InvalidExperimentError
from pregao.settings import Settings


@app.command()
def explain(
    run: Annotated[str, typer.Argument(metavar="RUN", help=_("the id of a stored run"))],
    symbol: Annotated[
        str | None,
        typer.Argument(metavar="[SYMBOL]", help=_("explain the forecast for it; else the run")),
    ] = None,
    step: Annotated[
        int | None, typer.Option(help=_("sessions ahead of what is explained [the last]"))
    ] = None,
    source: Source = None,
    path: CsvPath = None,
    start: Start = None,
    end: End = None,
    allow_findings: AllowFindings = False,
    as_json: Json = False,
) -> None:
    """Explain a run, or its forecast for a symbol, by feature and by lag."""
    from pregao.terminal import print_explanation, working

    if symbol is None and (source, start, end) != (None, None, None):
        reason = _("--source, --start and --end are for a forecast: name a SYMBOL too")
        raise InvalidExperimentError("options", [reason])
    with working(f"explaining {run}"):
        answer = workbench().explain(
            run,
            symbol,
            step=step,
            source=source_if(source, path) if symbol is not None else None,
            path=path,
            start=day_of(start),
            end=day_of(end),
            allow_findings=allow_findings,
        )
    if as_json:
        typer.echo(answer.model_dump_json())
    else:
        print_explanation(answer, language=Settings.read().language)
