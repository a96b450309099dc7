"""What there is to choose from, out of the same registries as the command line's."""

from typing import Any

from fastapi import APIRouter

from pregao.dataset import FEATURE_SETS, FEATURES
from pregao.serving._limits import HttpLimits
from pregao.serving._services import Served
from pregao.training import RECIPES, Experiment, listed_networks
from pregao.values import Value

router = APIRouter(prefix="/v1", tags=["catalogue"])


class RecipeShown(Value):
    """A named experiment."""

    name: str
    description: str
    experiment: Experiment
    networks: tuple[str, ...]


class FeatureShown(Value):
    """An input column."""

    name: str
    description: str
    warmup_sessions: int
    needs_order_book: bool
    sets: tuple[str, ...]


@router.get("/networks")
def networks() -> list[dict[str, Any]]:
    """List the networks of the zoo, and of plug-ins, with their sizes."""
    return [each.model_dump(mode="json", exclude_none=True) for each in listed_networks()]


@router.get("/recipes")
def recipes() -> list[RecipeShown]:
    """List the named experiments: the default, and those of earlier systems."""
    return [
        RecipeShown(
            name=each.name,
            description=each.description,
            experiment=each.experiment,
            networks=tuple(each.networks),
        )
        for each in RECIPES.values()
    ]


@router.get("/features")
def features() -> list[FeatureShown]:
    """List what a network may read of each session."""
    return [
        FeatureShown(
            name=each.name,
            description=each.description,
            warmup_sessions=each.warmup_sessions,
            needs_order_book=each.needs_order_book,
            sets=tuple(name for name, members in FEATURE_SETS.items() if each.name in members),
        )
        for each in FEATURES.values()
    ]


@router.get("/experiment-schema")
def experiment_schema() -> dict[str, Any]:
    """Give the JSON schema of an experiment: every field, its range, what it is for."""
    return Experiment.model_json_schema()


@router.get("/limits")
async def limits(services: Served) -> HttpLimits:
    """Give what a request may ask for at most."""
    return services.limits
