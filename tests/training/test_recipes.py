"""Recipes: the settings and sizes of the earlier systems, run through the honest pipeline."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pregao.dataset import FEATURE_SETS, Dataset
from pregao.errors import UnknownNameError
from pregao.prices import Bars, Prices
from pregao.testing import synthetic_prices
from pregao.training import (
    LEVELS,
    RECIPES,
    Experiment,
    datasets_for,
    find_recipe,
    finish,
    train,
    untrained,
)
from pregao.zoo.networks import ZOO, Network, Recurrent, Stack

EARLIER = ("b3-multitask", "stock-lstm", "vale3-multistep", "nvda-zoo", "petr4-60d")
PRICES = synthetic_prices(sessions=420, seed=8)


def with_order_book(prices: Prices) -> Prices:
    close = prices.bars.close
    columns = {**prices.bars.columns, "best_bid": close * 0.999, "best_ask": close * 1.002}
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


MARKETS = {"order book": with_order_book(PRICES), "bars alone": PRICES}


def dataset(experiment: Experiment, prices: Prices) -> Dataset:
    return datasets_for([prices], [experiment])[experiment.window_settings]


@cache
def lstm_parameters(network: Network, num_features: int, num_outputs: int, biases: int) -> int:
    """Count by the textbook: four gates, each with `biases` vectors of bias."""
    assert isinstance(network, Stack)
    total, width = 0, num_features
    for layer in network.layers:
        assert isinstance(layer, Recurrent)
        assert "lstm" == layer.cell
        total += 4 * (layer.width * (width + layer.width) + biases * layer.width)
        width = layer.width
    for dense in (*network.head, num_outputs):
        total += width * dense + dense
        width = dense
    return total


@pytest.mark.parametrize(
    ("name", "num_features", "biases", "expected"),
    [
        ("b3-multitask", 13, 2, 20_484),
        ("stock-lstm", 1, 2, 31_051),
        ("vale3-multistep", 1, 2, 20_410),
        ("petr4-60d", 1, 1, 72_301),
    ],
)
def test_a_recipe_is_as_large_as_the_earlier_system(
    name: str, num_features: int, biases: int, expected: int
):
    experiment = RECIPES[name].experiment
    shape = experiment.network, num_features, experiment.num_outputs

    assert expected == lstm_parameters(*shape, biases)
    # Torch has two biases a gate, whatever the earlier system had.
    assert lstm_parameters(*shape, 2) == experiment.num_parameters(num_features)
    anchor = np.zeros((experiment.horizon, len(LEVELS)), np.float32)
    built = untrained(experiment, anchor, num_features=num_features)
    assert lstm_parameters(*shape, 2) == sum(each.numel() for each in built.parameters())


CLOSE = {"features": ("close",), "target": "close", "steps": "each", "actions": None}
ADAM = {"optimiser": "adam", "averaging": 0.0}
SETTINGS: dict[str, dict[str, object]] = {
    "b3-multitask": {
        **ADAM,
        "features": FEATURE_SETS["technical"],
        "lookback": 32,
        "horizon": 2,
        "scaling": "standard",
        "target": "simple_return",
        "steps": "last",
        "loss": "mse",
        "dropout": 0.4,
        "learning_rate": 1e-3,
        "weight_decay": 1e-4,
        "batch_size": 128,
        "epochs": 50,
        "clip_norm": 1.0,
        "plateau_patience": 5,
        "patience": 20,
        "min_delta": 100.0,
    },
    "stock-lstm": {
        **ADAM,
        **CLOSE,
        "lookback": 60,
        "horizon": 1,
        "scaling": "min_max",
        "loss": "mse",
        "dropout": 0.2,
        "batch_size": 32,
    },
    "vale3-multistep": {
        **ADAM,
        **CLOSE,
        "lookback": 20,
        "horizon": 10,
        "scaling": "none",
        "loss": "mse",
        "dropout": 0.1,
        "learning_rate": 5e-4,
        "weight_decay": 1e-5,
        "batch_size": 32,
        "epochs": 150,
        "seed": 6544,
    },
    "nvda-zoo": {
        **ADAM,
        **CLOSE,
        "lookback": 60,
        "horizon": 1,
        "scaling": "min_max",
        "patience": 5,
        "batch_size": 32,
        "learning_rate": 1e-3,
        "dropout": 0.2,
        "activation": "relu",
    },
    "petr4-60d": {
        **CLOSE,
        "lookback": 60,
        "horizon": 1,
        "scaling": "min_max",
        "loss": "mae",
        "dropout": 0.15,
        "activation": "linear",
        "batch_size": 64,
        "epochs": 50,
        "patience": 10,
    },
}
FRACTIONS = {"b3-multitask": (0.6, 0.2), "vale3-multistep": (0.7, 0.15), "petr4-60d": (0.7, 0.15)}
WIDTHS = {
    "b3-multitask": ([64], ()),
    "stock-lstm": ([50, 50], ()),
    "vale3-multistep": ([40, 40], ()),
    "petr4-60d": ([100, 50], (25,)),
}


def test_the_recipes_are_the_default_and_five_earlier_systems():
    assert ("anchored", *EARLIER) == tuple(RECIPES)
    assert set(EARLIER) == set(SETTINGS)


def test_the_default_recipe_is_the_default_experiment():
    assert Experiment(symbols=("SP500",)) == RECIPES["anchored"].experiment


@pytest.mark.parametrize(
    ("name", "setting", "expected"),
    [(name, *pair) for name, settings in SETTINGS.items() for pair in settings.items()],
)
def test_a_recipe_has_the_settings_of_the_earlier_system(name: str, setting: str, expected: object):
    assert expected == getattr(RECIPES[name].experiment, setting)


@pytest.mark.parametrize("name", FRACTIONS)
def test_a_recipe_splits_as_the_earlier_system(name: str):
    split = RECIPES[name].experiment.split

    assert FRACTIONS[name] == (split.train_fraction, split.validation_fraction)


@pytest.mark.parametrize("name", WIDTHS)
def test_a_recipe_has_the_layers_of_the_earlier_system(name: str):
    network = RECIPES[name].experiment.network

    assert isinstance(network, Stack)
    assert WIDTHS[name] == ([layer.width for layer in network.layers], network.head)
    assert {"lstm"} == {layer.cell for layer in network.layers}


def test_the_actions_of_the_multitask_recipe_are_those_of_the_earlier_system():
    actions = RECIPES["b3-multitask"].experiment.actions

    assert actions is not None
    assert ("rule", 3.0, "balanced") == (actions.labels, actions.focus, actions.sampler)
    assert (20.0, 50.0) == (actions.weight, actions.price_weight)
    assert (3, 1) == (
        RECIPES["b3-multitask"].experiment.num_outputs - 1,
        RECIPES["b3-multitask"].experiment.num_price_outputs,
    )


def test_the_technical_features_are_thirteen_in_their_order():
    assert (
        "rolling_volatility_5",
        "moving_avg_10",
        "macd",
        "rsi_14",
        "volume_change",
        "avg_volume_10",
        "best_buy_sell_spread",
        "close_to_best_buy",
        "price_momentum_5",
        "high_breakout_20",
        "bollinger_upper",
        "stochastic_14",
        "close",
    ) == RECIPES["b3-multitask"].experiment.features


def test_the_zoo_recipe_ranks_the_thirty_numbered_networks():
    networks = RECIPES["nvda-zoo"].networks

    assert 30 == len(networks)
    assert list(range(1, 31)) == sorted(ZOO[name].number for name in networks)
    assert all(ZOO[name].network == network for name, network in networks.items())


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_trains_and_forecasts_ranges(name: str, market: str):
    experiment = RECIPES[name].experiment.replace(epochs=1)
    data = dataset(experiment, MARKETS[market])

    result = finish(train(experiment, data))

    for part in (data.validation, data.live):
        quantiles = result.quantiles(part)
        assert (len(part), experiment.horizon, len(LEVELS)) == quantiles.shape
        assert np.isfinite(quantiles).all()
        assert (np.diff(quantiles, axis=-1) >= 0).all()
    assert [0, 1] == [each.number for each in result.epochs]


@pytest.mark.parametrize(
    ("market", "num_features", "codes"), [("order book", 13, []), ("bars alone", 11, ["PRC014"])]
)
def test_features_of_the_order_book_are_left_out_aloud_where_there_is_none(
    market: str, num_features: int, codes: list[str]
):
    experiment = RECIPES["b3-multitask"].experiment

    data = dataset(experiment, MARKETS[market])

    assert num_features == len(data.scaler.features) == data.train.table.shape[1]
    assert codes == [each.code for each in data.findings]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_equals_its_own_json_and_toml(name: str, tmp_path: Path):
    experiment = RECIPES[name].experiment
    path = tmp_path / "recipe.toml"
    path.write_text(experiment.to_toml(), encoding="utf-8")

    assert experiment == Experiment.from_json(experiment.to_json())
    assert experiment == Experiment.from_toml(path)
    assert experiment.digest == Experiment.from_toml(path).digest


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_found_by_its_name_and_says_what_it_is(name: str):
    recipe = find_recipe(name)

    assert name == recipe.name
    assert len(recipe.description) > 20


@pytest.mark.parametrize(
    ("asked", "nearest"), [("petr4-60", "petr4-60d"), ("b3multitask", "b3-multitask")]
)
def test_an_unknown_recipe_suggests_the_nearest(asked: str, nearest: str):
    with pytest.raises(UnknownNameError, match=f"did you mean {nearest}"):
        find_recipe(asked)


@pytest.mark.parametrize("horizon", [1, 7])
def test_the_horizon_of_the_zoo_recipe_is_free(horizon: int):
    experiment = RECIPES["nvda-zoo"].experiment.replace(
        horizon=horizon, epochs=1, network="gru_classic", lookback=10
    )
    data = dataset(experiment, PRICES)

    assert (len(data.live), horizon, len(LEVELS)) == (
        finish(train(experiment, data)).quantiles(data.live).shape
    )
