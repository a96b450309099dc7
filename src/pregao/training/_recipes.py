"""Named experiments: the default, and those of five earlier systems.

An earlier system's recipe is its network and its settings, run through the pipeline that cannot
see the future. Its point forecast of a price has no anchor, as it had none there: law 3 is what the
default adds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pregao.dataset import FEATURE_SETS, Split
from pregao.errors import UnknownNameError
from pregao.texts import N_
from pregao.texts import gettext_lazy as _
from pregao.training._experiment import Actions, Experiment
from pregao.zoo.networks import ZOO, Network, Recurrent, Stack


@dataclass(frozen=True)
class Recipe:
    """A named experiment, with the symbol that it is known by."""

    name: str
    description: str
    experiment: Experiment
    networks: Mapping[str, Network] = field(default_factory=dict)
    """What a sweep of it ranks; empty is the whole zoo."""


def _lstm(*widths: int, head: tuple[int, ...] = ()) -> Stack:
    return Stack(layers=tuple(Recurrent(cell="lstm", width=width) for width in widths), head=head)


_EARLIER = {"optimiser": "adam", "weight_decay": 0.0, "averaging": 0.0, "clip_norm": 0.0}
_CLOSE = {"features": FEATURE_SETS["close"], "target": "close", "loss": "mse"}

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "anchored",
            N_("the default: quantiles that start at the naive forecast and learn to leave it"),
            Experiment(symbols=("SP500",)),
        ),
        Recipe(
            "b3-multitask",
            N_("action and return of two sessions out of 13 technical features"),
            Experiment.model_validate(
                {
                    **_EARLIER,
                    "symbols": ("PETR4",),
                    "features": FEATURE_SETS["technical"],
                    "lookback": 32,
                    "horizon": 2,
                    "split": Split(train_fraction=0.6, validation_fraction=0.2),
                    "target": "simple_return",
                    "steps": "last",
                    "loss": "mse",
                    "network": _lstm(64),
                    "actions": Actions(
                        labels="rule",
                        focus=3.0,
                        class_weights="balanced",
                        sampler="balanced",
                        weight=20.0,
                        price_weight=50.0,
                    ),
                    "weight_decay": 1e-4,
                    "batch_size": 128,
                    "epochs": 50,
                    "patience": 20,
                    "min_delta": 100.0,
                    "plateau_patience": 5,
                    "clip_norm": 1.0,
                    "dropout": 0.4,
                }
            ),
        ),
        Recipe(
            "stock-lstm",
            N_("the next close out of 60 closes, two LSTM layers of 50"),
            Experiment.model_validate(
                {
                    **_EARLIER,
                    **_CLOSE,
                    "symbols": ("NVDA",),
                    "lookback": 60,
                    "horizon": 1,
                    "scaling": "min_max",
                    "network": _lstm(50, 50),
                    "batch_size": 32,
                    "epochs": 50,
                    "patience": 10,
                    "dropout": 0.2,
                }
            ),
        ),
        Recipe(
            "vale3-multistep",
            N_("the next ten closes out of 20 closes as they are, two LSTM layers of 40"),
            Experiment.model_validate(
                {
                    **_EARLIER,
                    **_CLOSE,
                    "symbols": ("VALE3",),
                    "lookback": 20,
                    "horizon": 10,
                    "scaling": "none",
                    "split": Split(train_fraction=0.7, validation_fraction=0.15),
                    "network": _lstm(40, 40),
                    "learning_rate": 5e-4,
                    "weight_decay": 1e-5,
                    "batch_size": 32,
                    "epochs": 150,
                    "patience": 150,
                    "plateau_patience": 150,
                    "dropout": 0.1,
                    "seed": 6544,
                }
            ),
        ),
        Recipe(
            "nvda-zoo",
            N_("the next close out of 60 closes, by thirty networks"),
            Experiment.model_validate(
                {
                    **_EARLIER,
                    **_CLOSE,
                    "symbols": ("NVDA",),
                    "lookback": 60,
                    "horizon": 1,
                    "scaling": "min_max",
                    "network": "lstm_classic",
                    "batch_size": 32,
                    "epochs": 50,
                    "patience": 5,
                    "dropout": 0.2,
                }
            ),
            {name: each.network for name, each in ZOO.items() if each.number is not None},
        ),
        Recipe(
            "petr4-60d",
            N_("the next adjusted close of 60, LSTM layers of 100 and 50, a linear one of 25"),
            Experiment.model_validate(
                {
                    **_EARLIER,
                    **_CLOSE,
                    "symbols": ("PETR4",),
                    "lookback": 60,
                    "horizon": 1,
                    "scaling": "min_max",
                    "loss": "mae",
                    "split": Split(train_fraction=0.7, validation_fraction=0.15),
                    "network": _lstm(100, 50, head=(25,)),
                    "activation": "linear",
                    "batch_size": 64,
                    "epochs": 50,
                    "patience": 10,
                    "dropout": 0.15,
                }
            ),
        ),
    )
}
"""By name; `anchored` stands beside each of the others on the same windows."""


def find_recipe(name: str) -> Recipe:
    """Return a recipe by name.

    Raises
    ------
    UnknownNameError
        With the nearest names.

    Examples
    --------
    >>> find_recipe("petr4-60d").experiment.loss
    'mae'
    """
    try:
        return RECIPES[name]
    except KeyError:
        raise UnknownNameError(_("recipe"), name, RECIPES) from None
