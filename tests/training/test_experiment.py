"""The experiment: one frozen value that is the file, the options and the record."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.dataset import FEATURE_SETS, Split
from pregao.errors import InvalidExperimentError, InvalidSymbolError, UnknownNameError
from pregao.instruments import Symbol
from pregao.training import LEVELS, Actions, Experiment, untrained
from pregao.zoo.networks import ACTIVATIONS, ALIASES, ZOO

# For every field: a value other than its default. A new field has to be added here.
CHANGES: dict[str, object] = {
    "symbols": ("VALE3", "NVDA"),
    "source": "csv",
    "start": date(2001, 1, 2),
    "end": date(2015, 12, 31),
    "features": ("return", "log_sigma"),
    "lookback": 30,
    "horizon": 5,
    "split": Split(train_fraction=0.6, purge_sessions=40),
    "scaling": "min_max",
    "target": "simple_return",
    "steps": "last",
    "network": "gru_hybrid",
    "loss": "huber",
    "actions": Actions(labels="rule", focus=2.0, class_weights="balanced", sampler="balanced"),
    "optimiser": "adam",
    "learning_rate": 1e-2,
    "weight_decay": 0.0,
    "epochs": 3,
    "patience": 2,
    "min_delta": 0.25,
    "plateau_patience": 1,
    "batch_size": 128,
    "dropout": 0.1,
    "activation": "mish",
    "averaging": 0.0,
    "clip_norm": 0.5,
    "seed": 9,
    "members": 3,
    "combination": "stacked",
}
# Not every target and step goes with quantiles: points go with all.
BASE: dict[str, object] = {"symbols": ("SP500",), "loss": "mse"}

experiments = st.builds(
    lambda fields: Experiment.parse({**BASE, **fields}),
    st.fixed_dictionaries({}, optional={k: st.just(v) for k, v in CHANGES.items()}),
)


def test_every_field_is_tried_with_another_value():
    assert set(Experiment.model_fields) == set(CHANGES)


@pytest.mark.parametrize("field", CHANGES)
def test_every_field_changes_the_digest(field: str):
    base = Experiment.parse(BASE)

    assert base.digest != base.replace(**{field: CHANGES[field]}).digest


@given(experiments)
def test_an_experiment_equals_its_own_json(experiment: Experiment):
    again = Experiment.from_json(experiment.to_json())

    assert experiment == again
    assert experiment.digest == again.digest


@given(experiments)
def test_an_experiment_equals_its_own_toml(tmp_path_factory, experiment: Experiment):
    path = tmp_path_factory.mktemp("toml") / "experiment.toml"
    path.write_text(experiment.to_toml(), encoding="utf-8")

    assert experiment == Experiment.from_toml(path)


@pytest.mark.parametrize("name", ZOO)
def test_a_network_is_named_or_spelt_out(name: str):
    named = Experiment(symbols=("SP500",), network=name)
    spelt = Experiment(symbols=("SP500",), network=ZOO[name].network)

    assert spelt == named
    assert named == Experiment.from_json(named.to_json())


@pytest.mark.parametrize(("former", "present"), ALIASES.items())
def test_a_stored_experiment_with_a_former_name_is_the_same_experiment(
    tmp_path, former: str, present: str
):
    named = Experiment(symbols=("SP500",), network=present)
    toml, json = tmp_path / "experiment.toml", f'{{"symbols": ["SP500"], "network": "{former}"}}'
    toml.write_text(f'symbols = ["SP500"]\nnetwork = "{former}"\n', encoding="utf-8")

    assert named == Experiment.from_toml(toml) == Experiment.from_json(json)
    assert named.digest == Experiment.from_toml(toml).digest


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_a_choice(activation: str):
    assert activation == Experiment(symbols=("SP500",), activation=activation).activation


@pytest.mark.parametrize("name", FEATURE_SETS)
def test_a_feature_set_stands_for_its_features(name: str):
    assert FEATURE_SETS[name] == Experiment(symbols=("SP500",), features=name).features


def test_symbols_are_canonical():
    assert ("PETR4", "NVDA") == Experiment(symbols=("petr4.sa", "nvda")).symbols


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"lookbak": 3}, "lookbak: unknown field, did you mean 'lookback'"),
        ({"split": {"purge": 1}}, "split.purge: unknown field"),
        ({"lookback": 0}, "lookback: Input should be greater than or equal to 1 (found 0)"),
        ({"horizon": -2}, "horizon"),
        ({"horizon": "ten"}, "horizon"),
        ({"epochs": 10**9}, "epochs"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": float("inf")}, "learning_rate"),
        ({"dropout": 1.0}, "dropout"),
        ({"symbols": ()}, "symbols"),
        ({"symbols": ("PETR4", "petr4.sa")}, "a symbol is named twice"),
        ({"features": ("return", "return")}, "a feature is named twice"),
        ({"start": "2020-01-01", "end": "2019-01-01"}, "is not before end"),
        ({"loss": "rmse"}, "loss"),
        ({"horizon": True}, "horizon"),
        ({"epochs": "5"}, "epochs"),
        ({"dropout": "0.1"}, "dropout"),
        ({"network": {"kind": "stack", "layers": []}}, "network"),
        ({"start": "yesterday"}, "start"),
        ({"target": "close", "features": "close"}, "not close for each: choose mse, mae or huber"),
        ({"target": "simple_return"}, "not simple_return for each: choose mse, mae or huber"),
        ({"steps": "last"}, "not scaled_return for last: choose mse, mae or huber"),
        ({"loss": "mse", "target": "close"}, "read off the feature close, which is not there"),
        ({"target": "price"}, "target"),
        ({"steps": "first"}, "steps"),
        ({"scaling": "robust"}, "scaling"),
        ({"actions": {"labls": "rule"}}, "actions.labls: unknown field, did you mean 'labels'"),
        ({"actions": {"weights": 2.0}}, "actions.weights: unknown field, did you mean 'weight'"),
        ({"actions": {"focus": -1.0}}, "actions.focus"),
        ({"actions": {"cost": 1.0}}, "actions.cost"),
        ({"actions": {"weight": float("inf")}}, "actions.weight"),
        ({"actions": {"sampler": "oversampled"}}, "actions.sampler"),
        ({"split": {"train_fracton": 0.5}}, "did you mean 'train_fraction'"),
        ({"members": 0}, "members: Input should be greater than or equal to 1 (found 0)"),
        ({"members": 51}, "members"),
        ({"combination": "best"}, "combination"),
        ({"min_delta": -0.1}, "min_delta"),
        ({"clip_norm": -1.0}, "clip_norm: Input should be greater than or equal to 0 (found -1.0)"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(fields: dict[str, object], message: str):
    with pytest.raises(InvalidExperimentError) as caught:
        Experiment.parse({"symbols": ("SP500",), **fields})

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_bad_fields_are_named_at_once():
    with pytest.raises(InvalidExperimentError) as caught:
        Experiment.parse({"symbols": ("SP500",), "lookback": 0, "horizon": 0, "colour": "red"})

    assert 3 == len(caught.value.reasons)


def test_an_unknown_network_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean lstm_classic"):
        Experiment.parse({"symbols": ("SP500",), "network": "lstm_clasic"})


def test_an_unknown_feature_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="log_sigma"):
        Experiment.parse({"symbols": ("SP500",), "features": ("logsigma",)})


def test_a_hostile_ticker_is_refused():
    with pytest.raises(InvalidSymbolError):
        Experiment.parse({"symbols": ("../../etc/passwd",)})


@pytest.mark.parametrize("content", ["symbols = ", "\xff\xfe", "symbols = ['SP500']\nx = 1"])
def test_a_bad_file_is_named(tmp_path: Path, content: str):
    path = tmp_path / "bad.toml"
    path.write_bytes(content.encode("latin-1"))

    with pytest.raises(InvalidExperimentError, match=r"bad\.toml"):
        Experiment.from_toml(path)


def test_a_file_nested_beyond_reason_is_refused(tmp_path: Path):
    path = tmp_path / "deep.toml"
    path.write_text("x = " + "[" * 100_000, encoding="utf-8")

    with pytest.raises(InvalidExperimentError, match=r"deep\.toml"):
        Experiment.from_toml(path)


@pytest.mark.parametrize("ticker", ["4063.T", "AET.L", "ABCD.SA", "^BVSP", "PETR4.SA", "NVDA"])
def test_a_symbol_of_any_exchange_is_read_back_as_itself(ticker: str):
    [stored] = Experiment(symbols=(ticker,)).symbols

    assert Symbol.parse(ticker) == Symbol.parse(stored)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(InvalidExperimentError, match="No such file"):
        Experiment.from_toml(tmp_path / "none.toml")


def test_a_copy_with_changes_is_validated_again():
    with pytest.raises(ValueError, match="horizon"):
        Experiment(symbols=("SP500",)).replace(horizon=0)


def test_the_json_of_an_experiment_holds_the_whole_network():
    fields = json.loads(Experiment(symbols=("SP500",), network="lstm_classic").to_json())

    assert [64, 32] == [layer["width"] for layer in fields["network"]["layers"]]


POINTS = {"loss": "mse", "target": "simple_return"}


@pytest.mark.parametrize("actions", [None, Actions()], ids=["price alone", "with actions"])
@pytest.mark.parametrize(
    ("fields", "num_price_outputs"),
    [
        ({}, 12),
        ({"horizon": 2}, 8),
        ({**POINTS, "horizon": 5}, 5),
        ({**POINTS, "horizon": 5, "steps": "last"}, 1),
    ],
)
def test_the_declared_parameters_are_those_built(
    fields: dict[str, object], num_price_outputs: int, actions: Actions | None
):
    experiment = Experiment(symbols=("SP500",), actions=actions, lookback=12).replace(**fields)
    anchor = np.zeros((experiment.horizon, len(LEVELS)), np.float32)

    built = untrained(experiment, anchor, num_features=7)

    assert num_price_outputs == experiment.num_price_outputs
    assert num_price_outputs + (3 if actions else 0) == experiment.num_outputs
    assert experiment.num_parameters(7) == sum(each.numel() for each in built.parameters())
    assert experiment.num_parameters(7) == sum(each.parameters for each in experiment.parts(7))


def test_a_suggestion_is_a_field_of_the_place_where_the_unknown_one_stands():
    with pytest.raises(InvalidExperimentError) as caught:
        Experiment.parse({"symbols": ("SP500",), "actions": {"lookbak": 3}})

    assert "actions.lookbak: unknown field" in str(caught.value)
    assert "lookback" not in str(caught.value)


def test_experiments_that_cut_the_same_windows_share_a_cut():
    base = Experiment.parse({**BASE, "features": "close"})

    assert (
        base.window_settings
        == base.replace(seed=4, network="gru_classic", actions=Actions()).window_settings
    )
    assert base.window_settings != base.replace(scaling="min_max").window_settings
    assert base.window_settings.capped
    assert not base.replace(target="close").window_settings.capped
