"""What the codes of findings mean."""

from typing import Annotated

import typer

from pregao.cli._app import app
from pregao.cli._language import _
from pregao.cli._options import Json
from pregao.cli._session import print_json
from pregao.settings import Settings


@app.command()
def finding(
    code: Annotated[
        str | None, typer.Argument(metavar="[CODE]", help=_("such as EVA001; without one, all"))
    ] = None,
    as_json: Json = False,
) -> None:
    """Explain the code of a finding and what to do about it, or list all codes."""
    from pregao.findings import FINDINGS, find_kind

    kinds = FINDINGS.values() if code is None else [find_kind(code)]
    if as_json:
        print_json(
            [{**each.model_dump(mode="json"), "docs": each.docs.model_dump()} for each in kinds]
        )
        return
    from pregao.terminal import print_kind, print_kinds

    language = Settings.read().language
    if code is None:
        print_kinds(language)
    for each in () if code is None else kinds:
        print_kind(each, language)
