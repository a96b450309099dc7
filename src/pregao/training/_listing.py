"""The zoo as a list: what there is to choose from, and how large each network would be."""

from collections.abc import Iterable

from pregao.errors import InputError, InvalidNetworkError, PluginError
from pregao.training._experiment import Experiment
from pregao.values import Value
from pregao.zoo.networks import (
    ZOO,
    Entry,
    Network,
    PluginEntry,
    plugin_entries,
    plugin_networks,
)


class ListedNetwork(Value):
    """One network of the zoo as `pregao networks` lists it."""

    name: str
    number: int | None
    category: str
    description: str
    parameters: int
    """With the default features, lookback and horizon."""
    spec: Network


def list_networks() -> list[ListedNetwork]:
    """List the zoo, in its own order, and the networks of plug-ins, without loading torch."""
    return [*_listed(ZOO.values()), *_listed_plugins()[0]]


def broken_networks() -> tuple[InputError, ...]:
    """Return the errors of networks of plug-ins that cannot be used."""
    unusable = tuple(each.error() for each in plugin_networks().broken)
    return (*unusable, *_listed_plugins()[1])


def _listed_plugins() -> tuple[list[ListedNetwork], list[InputError]]:
    """List what can be measured, and what goes wrong where one cannot."""
    listed: list[ListedNetwork] = []
    broken: list[InputError] = []
    for entry in plugin_entries().values():
        try:
            listed += _listed([entry])
        except (InvalidNetworkError, PluginError) as error:
            broken.append(error)
    return listed, broken


def _listed(entries: Iterable[Entry | PluginEntry]) -> list[ListedNetwork]:
    default = Experiment(symbols=("SP500",))
    return [
        ListedNetwork(
            name=entry.name,
            number=entry.number,
            category=entry.category,
            description=entry.description,
            parameters=default.replace(network=entry.network).num_parameters(len(default.features)),
            spec=entry.network,
        )
        for entry in entries
    ]
