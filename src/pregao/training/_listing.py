"""The zoo as a list: what there is to choose from, and how large each network would be."""

from pregao.training._experiment import Experiment
from pregao.values import Value
from pregao.zoo import ZOO, Network


class Listed(Value):
    """One network of the zoo as `pregao networks` lists it."""

    name: str
    number: int | None
    category: str
    description: str
    parameters: int
    """With the default features, lookback and horizon."""
    spec: Network


def listed_networks() -> list[Listed]:
    """List the zoo, in its own order, without loading torch."""
    default = Experiment(symbols=("SP500",))
    return [
        Listed(
            name=name,
            number=entry.number,
            category=entry.category,
            description=entry.description,
            parameters=default.replace(network=entry.network).num_parameters(len(default.features)),
            spec=entry.network,
        )
        for name, entry in ZOO.items()
    ]
