"""The search space: knobs are fields of an experiment, values are what those fields take."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.errors import InvalidExperimentError, UnknownNameError
from pregao.training import Experiment
from pregao.training.search._space import Choices, Range, Space, default_space, searchable
from pregao.zoo.networks import find_network

BASE = Experiment(symbols=("TEST3",))

OTHER = {
    "features": ("return", "log_sigma"),
    "lookback": 20,
    "network": "gru_classic",
    "optimiser": "adam",
    "learning_rate": 3e-3,
    "weight_decay": 0.5,
    "epochs": 7,
    "patience": 2,
    "plateau_patience": 1,
    "batch_size": 8,
    "dropout": 0.15,
    "activation": "tanh",
    "averaging": 0.9,
    "clip_norm": 0.5,
    "seed": 3,
}
"""Another value than the default for every knob; a new knob has to be added."""


def test_every_knob_has_another_value_here():
    assert set(searchable()) == set(OTHER)


@pytest.mark.parametrize("name", searchable())
def test_another_value_of_a_knob_is_another_experiment(name: str):
    space = Space.parse({name: [OTHER[name]]})

    [value] = space.knobs[name].values
    changed = Experiment.parse({**dict(BASE), name: value})

    assert BASE.digest != changed.digest
    assert {name} == {
        each for each in Experiment.model_fields if getattr(BASE, each) != getattr(changed, each)
    }


@pytest.mark.parametrize("name", searchable())
def test_default_values_are_values_of_the_field(name: str):
    for value in searchable()[name]:
        assert value == getattr(Experiment.parse({"symbols": "TEST3", name: value}), name)


def test_the_default_space_is_that_of_the_earlier_system():
    space = default_space()

    assert {
        "learning_rate": (1e-4, 5e-4, 1e-3, 5e-3, 1e-2),
        "batch_size": (16, 32, 64, 128),
        "dropout": (0.1, 0.15, 0.2, 0.25, 0.3, 0.4),
        "epochs": (10, 20, 30, 50),
        "activation": ("relu", "tanh", "elu", "selu", "swish", "gelu", "leaky_relu"),
    } == {name: knob.values for name, knob in space.knobs.items()}
    assert 3360 == space.num_combinations


def test_a_space_is_read_from_toml(tmp_path: Path):
    path = tmp_path / "space.toml"
    path.write_text(
        "learning_rate = {low = 1e-4, high = 1e-2, log = true}\n"
        "batch_size = [16, 32]\n"
        'network = ["lstm_classic", "gru_classic"]\n'
        'features = ["scale_free", ["return", "log_sigma"]]\n'
        "patience = {low = 2, high = 5}\n",
        encoding="utf-8",
    )

    space = Space.from_toml(path)

    assert Range(low=1e-4, high=1e-2, log=True) == space.knobs["learning_rate"]
    assert Choices(values=(16, 32)) == space.knobs["batch_size"]
    assert Range(low=2, high=5, integer=True) == space.knobs["patience"]
    assert ("scale_free", ("return", "log_sigma")) == space.knobs["features"].values
    assert space.num_combinations is None


def test_whole_numbers_of_a_range_are_counted():
    assert (
        4 * 2
        == Space.parse({"patience": {"low": 2, "high": 5}, "dropout": [0.1, 0.2]}).num_combinations
    )


@given(
    st.dictionaries(
        st.sampled_from(["learning_rate", "weight_decay", "dropout"]),
        st.one_of(
            st.lists(st.floats(1e-6, 0.9), min_size=1, max_size=5, unique=True),
            st.tuples(st.floats(1e-6, 0.1), st.floats(0.2, 0.9), st.booleans()).map(
                lambda ends: {"low": ends[0], "high": ends[1], "log": ends[2]}
            ),
        ),
        min_size=1,
    )
)
def test_a_space_equals_its_own_json(fields: dict[str, object]):
    space = Space.parse(fields)

    assert space == Space.model_validate_json(space.model_dump_json())


def test_the_order_in_which_knobs_are_written_changes_nothing():
    fields = {"dropout": [0.1, 0.2], "epochs": [3, 4], "learning_rate": [1e-3]}

    space, other = Space.parse(fields), Space.parse(dict(reversed(fields.items())))

    assert list(space.knobs) == list(other.knobs)


def test_a_network_as_a_value_equals_its_own_json():
    space = Space.parse({"network": [find_network("lstm_classic"), "gru_classic"]})

    again = Space.model_validate_json(space.model_dump_json())

    assert space == again
    experiment = Experiment.parse({**dict(BASE), "network": again.knobs["network"].values[0]})
    assert find_network("lstm_classic") == experiment.network


@pytest.mark.parametrize(
    ("asked", "nearest"), [("learnin_rate", "learning_rate"), ("batch", "batch_size")]
)
def test_an_unknown_knob_names_the_nearest(asked: str, nearest: str):
    with pytest.raises(UnknownNameError, match=f"unknown knob '{asked}': did you mean {nearest}"):
        Space.parse({asked: [1]})


@pytest.mark.parametrize("name", ["horizon", "loss", "target", "split", "symbols"])
def test_what_would_make_trials_incomparable_is_no_knob(name: str):
    with pytest.raises(UnknownNameError):
        Space.parse({name: [1, 2]})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"dropout": [0.1, 1.5]}, r"dropout: .*less than 1 \(found 1\.5\)"),
        ({"batch_size": [16, 0.5]}, r"batch_size: .*integer"),
        ({"batch_size": [16, True]}, "batch_size"),
        ({"activation": ["relu", "rela"]}, r"activation: .*'rela'"),
        ({"learning_rate": {"low": 1e-4, "high": 20}}, r"learning_rate: .*found 20"),
        (
            {"learning_rate": {"low": 0.1, "high": 0.1}},
            "learning_rate: low 0.1 is not below high 0.1",
        ),
        ({"learning_rate": {"low": 0.1, "high": 0.01}}, "not below"),
        (
            {"weight_decay": {"low": 0, "high": 1, "log": True}},
            "weight_decay: low 0 has no logarithm",
        ),
        ({"batch_size": {"low": 1.5, "high": 8}}, "no whole numbers"),
        ({"learning_rate": {"low": 0.1}}, "learning_rate: high: Field required"),
        ({"learning_rate": {"low": 0.1, "high": 0.2, "logg": True}}, "logg: Extra"),
        ({"learning_rate": {"low": float("nan"), "high": 0.2}}, "finite"),
        ({"learning_rate": []}, "at least 1"),
        ({"learning_rate": [0.1, 0.1]}, "0.1 is there twice"),
        ({"learning_rate": 0.1}, "learning_rate: 0.1 alone is no search"),
        ({"lookback": {"low": 10, "high": 20}}, "lookback: each value needs windows of its own"),
        ({"features": {"low": 10, "high": 20}}, "features: each value needs windows of its own"),
        ({"activation": {"low": 1, "high": 2}}, "activation"),
        ({}, "at least 1"),
    ],
)
def test_what_a_field_refuses_is_refused_by_name(fields: dict[str, object], said: str):
    with pytest.raises(InvalidExperimentError, match=said):
        Space.parse(fields)


@pytest.mark.parametrize(
    ("fields", "nearest"),
    [({"network": ["lstm_clasic"]}, "lstm_classic"), ({"features": [["log_sgma"]]}, "log_sigma")],
)
def test_an_unknown_name_among_the_values_names_the_nearest(
    fields: dict[str, object], nearest: str
):
    with pytest.raises(UnknownNameError, match=nearest):
        Space.parse(fields)


@pytest.mark.parametrize(
    ("values", "ordered"),
    [
        ((16, 32, 64), True),
        ((0.1, 1), True),
        ((3, 1), False),
        (("a", "b"), False),
        ((True, 2), False),
    ],
)
def test_numbers_in_order_are_ordered(values: tuple[object, ...], ordered: bool):
    assert ordered == Choices(values=values).is_ordered
