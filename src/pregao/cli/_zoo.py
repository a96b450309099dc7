"""What there is to choose from."""

from pregao.cli._app import app
from pregao.cli._options import Json
from pregao.cli._session import print_json


@app.command()
def networks(as_json: Json = False) -> None:
    """List the networks of the zoo, with their sizes."""
    from pregao.training import listed_networks

    listed = listed_networks()
    if as_json:
        print_json([each.model_dump(mode="json", exclude_none=True) for each in listed])
    else:
        from pregao.console import print_networks

        print_networks(listed)


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
        from pregao.console import print_recipes

        print_recipes()
