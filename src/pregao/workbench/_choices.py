"""Which networks compete: out of the zoo, for the symbols at hand, beside the default."""

from collections.abc import Sequence
from dataclasses import replace

from pregao.errors import InvalidNetworkError
from pregao.findings import Finding
from pregao.training import Experiment, find_recipe
from pregao.values import Text
from pregao.workbench._candidates import Entrant
from pregao.workbench._prices import Checked
from pregao.zoo.networks import ZOO, Network, find_network

DEFAULT_RECIPE = "anchored"


def buildable(
    experiment: Experiment, names: Sequence[str]
) -> tuple[dict[str, Network], tuple[Finding, ...]]:
    """Give the networks to train; of the whole zoo, those that fit the lookback and the features.

    A network that was named and does not fit is an error.
    """
    chosen, left_out = {}, []
    for name in names or ZOO:
        network = find_network(name)
        try:
            experiment.replace(network=network).num_parameters(len(experiment.features))
        except InvalidNetworkError as error:
            if names:
                raise
            left_out.append(Finding.of("LRN006", Text.same(f"{name}: {error}")))
        else:
            chosen[name] = network
    return chosen, tuple(left_out)


def on_symbols_of(entrant: Entrant, prices: Sequence[Checked]) -> Entrant:
    """Let an entrant's experiment name the symbols that it really learns from."""
    symbols = tuple(str(each.prices.symbol) for each in prices)
    return replace(entrant, experiment=entrant.experiment.replace(symbols=symbols))


def default_beside(experiment: Experiment) -> Experiment:
    """Give the default experiment for the same symbols, span and horizon."""
    return find_recipe(DEFAULT_RECIPE).experiment.replace(
        symbols=experiment.symbols,
        source=experiment.source,
        start=experiment.start,
        end=experiment.end,
        horizon=experiment.horizon,
        split=experiment.split,
        seed=experiment.seed,
    )
