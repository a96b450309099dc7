"""The page on which one builds a network of one's own, layer by layer, and trains it."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from pydantic import Field
from starlette.responses import Response

from pregao.api import NetworkSize, Services, ServicesDep
from pregao.dashboard._requests import answered
from pregao.dataset import FEATURE_SETS
from pregao.training import DEFAULT_NETWORK, Experiment, ListedNetwork, list_networks
from pregao.values import Value
from pregao.zoo.networks import NETWORK_SCHEMA, ZOO, Layer, Parallel, Stack, find_network

router = APIRouter(include_in_schema=False)

SOURCES = ("sample", "live", "store")
"""Whose prices a training may ask for here: files are on the visitor's side."""
MOST_RUNS = 30

Name = Annotated[str, Query(alias="network", max_length=120)]


class Bounds(Value):
    """What a number of an experiment may be."""

    least: int
    most: int
    usual: int


class FeatureSet(Value):
    """Inputs that are usually read together."""

    name: str
    features: tuple[str, ...]


class TriableRun(Value):
    """A run that can be tried on prices of one's own."""

    id: str
    created: datetime
    symbols: tuple[str, ...]
    horizon: int
    forecaster: str


class NetworkPage(Value):
    """What the page is made from; the rest happens in the browser and through the API."""

    start: NetworkSize = Field(description="what it begins with, under the usual experiment")
    network_schema: dict[str, Any] = Field(description="every kind, field, choice and limit")
    new_layers: dict[str, Layer] = Field(description="by kind, what a layer is when it is added")
    zoo: tuple[ListedNetwork, ...]
    feature_sets: tuple[FeatureSet, ...]
    features: str = Field(description="the set that is usually read")
    bounds: dict[str, Bounds]
    sources: tuple[str, ...]
    symbols: tuple[str, ...] = Field(description="whose prices are at hand")
    runs: tuple[TriableRun, ...] = Field(description="the newest")

    @property
    def scripted(self) -> Markup:
        """What the script needs, in the order of the schema: the usual filter would sort it."""
        needed = {"start", "network_schema", "new_layers", "zoo"}
        return htmlsafe_json_dumps(self.model_dump(mode="json", include=needed))


@router.get("/custom-network")
@router.get("/custom-model")
def network(request: Request, services: ServicesDep, name: Name = DEFAULT_NETWORK) -> Response:
    """Show the page, beginning with a network of the zoo."""
    return answered(request, "network", lambda _: network_page(services, name=name))


def network_page(services: Services, *, name: str = DEFAULT_NETWORK) -> NetworkPage:
    """Gather what there is to build with.

    Raises
    ------
    UnknownNameError
        For a network that is none of the zoo's or of a plug-in's.
    """
    usual = Experiment(symbols=("SP500",), network=find_network(name or DEFAULT_NETWORK))
    return NetworkPage(
        start=NetworkSize.measure(usual),
        network_schema=NETWORK_SCHEMA.json_schema(),
        new_layers=_new_layers(),
        zoo=_zoo(),
        feature_sets=tuple(FeatureSet(name=k, features=v) for k, v in FEATURE_SETS.items()),
        features=next(name for name, each in FEATURE_SETS.items() if each == usual.features),
        bounds={name: _bounds(name) for name in ("lookback", "horizon", "epochs")},
        sources=SOURCES,
        symbols=tuple(services.quotes.sources()),
        runs=_runs(services),
    )


@cache
def _zoo() -> tuple[ListedNetwork, ...]:
    return tuple(list_networks())


@cache
def _new_layers() -> dict[str, Layer]:
    """Return the zoo's first layer of each kind, as a sensible start for a form."""
    found: dict[str, Layer] = {}
    for entry in ZOO.values():
        if isinstance(entry.network, Stack):
            for layer in _all_layers(entry.network.layers):
                found.setdefault(layer.kind, layer)
    return found


def _all_layers(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    for layer in layers:
        yield layer
        for branch in layer.branches if isinstance(layer, Parallel) else ():
            yield from _all_layers(branch)


def _bounds(name: str) -> Bounds:
    field = Experiment.model_json_schema()["properties"][name]
    return Bounds(least=field["minimum"], most=field["maximum"], usual=field["default"])


def _runs(services: Services) -> tuple[TriableRun, ...]:
    return tuple(
        TriableRun(
            id=each.id,
            created=each.created,
            symbols=each.symbols,
            horizon=each.horizon,
            forecaster=each.forecaster,
        )
        for each in services.workbench.models.runs(limit=MOST_RUNS)
    )
