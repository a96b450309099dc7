"""What there is to choose from."""

import typer

from pregao.cli._app import app
from pregao.cli._options import Json
from pregao.cli._session import print_json
from pregao.settings import Settings


@app.command()
def networks(as_json: Json = False) -> None:
    """List the networks of the zoo, and of plug-ins, with their sizes."""
    from pregao.training import broken_networks, list_networks

    listed = list_networks()
    for each in broken_networks():
        typer.echo(f"pregao: {each}", err=True)
    if as_json:
        print_json([each.model_dump(mode="json", exclude_none=True) for each in listed])
    else:
        from pregao.terminal import print_networks

        print_networks(listed, Settings.read().language)


@app.command()
def recipes(as_json: Json = False) -> None:
    """List the named experiments: the default, and those of earlier systems."""
    from pregao.training import RECIPES

    if as_json:
        print_json(
            [
                {
                    "name": each.name,
                    "description": each.description,
                    "experiment": each.experiment.model_dump(mode="json", exclude_none=True),
                    "networks": list(each.networks),
                }
                for each in RECIPES.values()
            ]
        )
    else:
        from pregao.terminal import print_recipes

        print_recipes(Settings.read().language)
