"""Networks measured over HTTP: the parts are the whole, and what is wrong says where."""

import pytest

from pregao.training import Experiment
from pregao.zoo.networks import ZOO

LSTM = {"kind": "recurrent", "cell": "lstm", "width": 8}


def _asked(client, **fields):
    return client.post("/v1/networks/measure", json=fields)


def _stack(*layers, **fields):
    return {"kind": "stack", "layers": list(layers), **fields}


@pytest.mark.parametrize("name", ZOO)
def test_every_network_of_the_zoo_has_the_parameters_that_its_experiment_counts(client, name):
    answer = _asked(client, network=name, features="technical", lookback=50, horizon=5).json()

    experiment = Experiment(
        symbols=("SP500",), network=name, features="technical", lookback=50, horizon=5
    )
    assert experiment.num_parameters(13) == answer["parameters"]
    assert answer["parameters"] == sum(each["parameters"] for each in answer["parts"])
    assert (name, 13) == (answer["name"], answer["num_features"])


def test_a_spec_is_given_back_whole(client):
    answer = _asked(client, network=_stack(LSTM), loss="mse", steps="last").json()

    assert "custom" == answer["name"]
    assert {**LSTM, "bidirectional": False, "norm": "none", "skip": "none"} in (
        answer["network"]["layers"]
    )
    assert ["layers.0", "pool", "output"] == [each["at"] for each in answer["parts"]]
    assert 1 == answer["parts"][-1]["width"]


def test_actions_are_outputs_too(client):
    plain, more = (_asked(client, network="dlinear", **each) for each in ({}, {"actions": {}}))

    difference = more.json()["parts"][-2]["width"] - plain.json()["parts"][-2]["width"]
    assert 3 == difference


@pytest.mark.parametrize(
    ("network", "at"),
    [
        (_stack(), "network.layers"),
        (_stack(LSTM, {**LSTM, "width": 0}), "network.layers.1.width"),
        (_stack(LSTM, {"kind": "recurrent", "cell": "gru"}), "network.layers.1.width"),
        (_stack({**LSTM, "widht": 8}), "network.layers.0.widht"),
        (_stack({"kind": "nope"}), "network.layers.0"),
        (_stack("x"), "network.layers.0"),
        (_stack({"kind": "parallel", "branches": [[LSTM], []]}), "network.layers.0.branches.1"),
        (
            _stack({"kind": "parallel", "branches": [[{**LSTM, "cell": 1}]]}),
            "network.layers.0.branches.0.0.cell",
        ),
        (_stack(*[LSTM] * 65), "network.layers"),
        (_stack(LSTM, {"kind": "self_attention", "heads": 3}), "network.layers.1"),
        (_stack(*[{"kind": "per_step", "width": 4096}] * 4), "network"),
        ({"kind": "dlinear", "trend_sessions": 4}, "network"),
        ({"kind": "patch_transformer", "patch_sessions": 61}, "network"),
        ({"kind": "<script>alert(1)</script>"}, "network"),
        ({}, "network"),
    ],
)
def test_what_cannot_be_built_says_where_it_is(client, network, at):
    response = _asked(client, network=network)

    assert 422 == response.status_code, response.text
    assert "application/problem+json" == response.headers["content-type"]
    assert at in [each["at"] for each in response.json()["reasons"]], response.text


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"lookback": 0}, "lookback"),
        ({"horizon": 999}, "horizon"),
        ({"features": ["close", "nope"]}, "features"),
        ({"loss": "nope"}, "loss"),
    ],
)
def test_what_cannot_be_learnt_says_where_it_is(client, fields, at):
    response = _asked(client, network=_stack({**LSTM, "width": 0}), **fields)

    assert 422 == response.status_code
    assert {at, "network.layers.0.width"} == {each["at"] for each in response.json()["reasons"]}


def test_an_unknown_name_comes_with_the_nearest(client):
    problem = _asked(client, network="lstm_clasic").json()

    assert problem["type"].endswith("unknown-name")
    assert "lstm_classic" == problem["nearest"][0]


def test_measuring_needs_no_key_and_keeps_nothing(make_client):
    client = make_client(keys=("a-key",))

    assert 200 == _asked(client, network="dlinear").status_code
    assert [] == client.get("/v1/jobs").json()
