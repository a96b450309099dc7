"""Specs and the catalogue, without torch."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pregao.errors import InvalidNetworkError, UnknownNameError
from pregao.zoo.networks import (
    ACTIVATIONS,
    ALIASES,
    NETWORK_SCHEMA,
    ZOO,
    DLinear,
    Parallel,
    PatchTransformer,
    PerStep,
    Recurrent,
    SelfAttention,
    Stack,
    current_name,
    find_network,
    network_name,
    num_parameters,
)

THIRTY = [
    "lstm_classic",
    "lstm_layer_norm",
    "lstm_batch_norm",
    "lstm_narrow_deep",
    "lstm_wide_shallow",
    "gru_classic",
    "gru_deep",
    "gru_wide",
    "gru_residual_dense",
    "gru_hybrid",
    "bilstm_classic",
    "bigru_classic",
    "bilstm_deep",
    "bigru_deep",
    "bilstm_bigru",
    "lstm_stacked",
    "gru_stacked",
    "lstm_pyramid",
    "lstm_inverted_pyramid",
    "lstm_diamond",
    "lstm_residual",
    "lstm_residual_deep",
    "lstm_skip_dense",
    "lstm_highway",
    "lstm_densenet",
    "lstm_self_attention",
    "lstm_multi_head",
    "cnn_lstm",
    "lstm_time_distributed",
    "multi_path",
]
BEYOND = ["lstm_small", "tcn", "alstm", "transformer", "dlinear", "nhits"]

LSTM = Recurrent(cell="lstm", width=8)

# Counted by hand for one feature, a lookback of 10 and one output: a direction of an LSTM has
# 4 (n w + w w + 2 w) parameters, of a GRU 3 (...), a dense layer (n + 1) w.
COUNTED = {
    "lstm_classic": 4 * (64 + 64**2 + 128) + 4 * (64 * 32 + 32**2 + 64) + 33 * 16 + 17,
    "gru_classic": 3 * (64 + 64**2 + 128) + 3 * (64 * 32 + 32**2 + 64) + 33 * 16 + 17,
    "lstm_wide_shallow": 4 * (256 + 256**2 + 512) + 257 * 128 + 129,
    "bilstm_bigru": (8 * (64 + 64**2 + 128) + 6 * (128 * 64 + 64**2 + 128) + 129 * 64 + 65),
    "lstm_highway": (4 * (96 + 96**2 + 192) + 2 * 97 * 96 + 4 * (96 * 48 + 48**2 + 96) + 49),
    "lstm_small": 4 * (32 + 32**2 + 64) + 33,
    "dlinear": 2 * 10 + 1,
}


def test_the_thirty_have_their_names_and_numbers_in_order():
    found = [(entry.number, entry.name) for entry in ZOO.values() if entry.number is not None]

    assert list(enumerate(THIRTY, start=1)) == found


def test_what_is_beyond_the_thirty_has_no_number():
    assert BEYOND == [entry.name for entry in ZOO.values() if entry.number is None]
    assert set(BEYOND) == {entry.name for entry in ZOO.values() if entry.category == "beyond"}


@pytest.mark.parametrize(
    ("first", "category"),
    list(enumerate(("lstm", "gru", "bidirectional", "stacked", "residual", "attention"))),
)
def test_each_category_holds_five_of_the_thirty(first, category):
    expected = THIRTY[5 * first : 5 * first + 5]

    assert expected == [entry.name for entry in ZOO.values() if entry.category == category]


def test_no_two_networks_are_the_same():
    assert len(ZOO) == len({entry.network for entry in ZOO.values()})
    assert len(ZOO) == len({entry.description for entry in ZOO.values()})


@pytest.mark.parametrize("entry", ZOO.values(), ids=ZOO)
def test_network_equals_its_own_json(entry):
    text = entry.network.model_dump_json()

    assert entry.network == NETWORK_SCHEMA.validate_json(text)
    assert entry.network == NETWORK_SCHEMA.validate_python(json.loads(text))
    assert entry == type(entry).model_validate_json(entry.model_dump_json())


@pytest.mark.parametrize("name", COUNTED)
def test_parameters_are_counted_as_by_hand(name):
    network = find_network(name)

    assert COUNTED[name] == num_parameters(network, num_features=1, lookback=10, num_outputs=1)


@pytest.mark.parametrize(("former", "present"), ALIASES.items())
def test_a_former_name_finds_the_present_network(former, present):
    assert former not in ZOO
    assert find_network(former) == ZOO[present].network
    assert present == network_name(find_network(former)) == current_name(former)


def test_a_present_name_is_its_own_current_name():
    assert list(ZOO) == [current_name(name) for name in ZOO]


def test_unknown_network_names_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean lstm_classic") as caught:
        find_network("lstm_clasic")

    assert "lstm_classic" == caught.value.nearest[0]


def test_there_are_fifteen_activations():
    assert 15 == len(ACTIVATIONS)


def test_a_typo_in_a_layer_is_reported_where_it_is():
    spec = {"kind": "stack", "layers": [{"kind": "recurrent", "cell": "lstm", "widht": 8}]}

    with pytest.raises(ValidationError) as caught:
        NETWORK_SCHEMA.validate_python(spec)

    layer = ("stack", "layers", 0, "recurrent")
    expected = {(*layer, "width"): "missing", (*layer, "widht"): "extra_forbidden"}
    assert expected == {each["loc"]: each["type"] for each in caught.value.errors()}


@pytest.mark.parametrize("width", ["true", '"64"', "64.0", "0", "-1", "4097", "1e400", "NaN"])
def test_a_width_is_a_small_positive_integer(width):
    text = '{"kind":"stack","layers":[{"kind":"recurrent","cell":"lstm","width":%s}]}' % width  # noqa: UP031 - braces

    with pytest.raises(ValidationError):
        NETWORK_SCHEMA.validate_json(text)


def test_a_network_has_at_least_one_layer_and_no_more_than_64():
    assert 64 == len(Stack(layers=(LSTM,) * 64).layers)
    for layers in ((), (LSTM,) * 65, (Parallel(branches=((LSTM,) * 33, (LSTM,) * 33)),)):
        with pytest.raises(ValidationError, match=r"layers|at least one"):
            Stack(layers=layers)


def test_parallel_layers_nest_at_most_three_deep():
    nested = Parallel(branches=((Parallel(branches=((Parallel(branches=((LSTM,),)),),)),),))

    with pytest.raises(ValidationError, match="nest 4 deep"):
        Parallel(branches=((nested,),))


def test_json_nested_a_thousand_deep_is_refused():
    inner = '{"kind":"parallel","branches":[['
    text = '{"kind":"stack","layers":[' + inner * 1000 + "]]}" * 1000 + "]}"

    with pytest.raises(ValidationError):
        NETWORK_SCHEMA.validate_json(text)


def test_python_nested_a_hundred_deep_is_refused():
    layer = LSTM.model_dump()
    for _ in range(100):
        layer = {"kind": "parallel", "branches": [[layer]]}

    with pytest.raises(ValidationError):
        NETWORK_SCHEMA.validate_python({"kind": "stack", "layers": [layer]})


def test_a_replaced_field_is_validated():
    with pytest.raises(ValidationError):
        LSTM.replace(width=0)


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        (DLinear, {"trend_sessions": 24}),
        (PatchTransformer, {"heads": 3}),
        (PatchTransformer, {"stride_sessions": 9}),
    ],
)
def test_fields_that_do_not_fit_together_are_refused(spec, fields):
    with pytest.raises(ValidationError):
        spec(**fields)


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        (Stack(layers=(LSTM, SelfAttention(heads=3))), "3 do not divide"),
        (PatchTransformer(patch_sessions=21), "holds no patch"),
        (Stack(layers=(PerStep(width=4096),) * 4), "parameters, more than"),
        (
            Stack(layers=(Parallel(branches=((PerStep(width=1, skip="dense"),),) * 16),) * 3),
            "parameters, more than",
        ),
    ],
)
def test_what_does_not_fit_the_window_or_the_memory_is_refused(network, reason):
    with pytest.raises(InvalidNetworkError, match=reason):
        num_parameters(network, num_features=900, lookback=20, num_outputs=15)


def test_the_zoo_is_listed_without_torch():
    code = (
        "import sys, pregao.zoo.networks as zoo; "
        "[zoo.num_parameters(each.network, num_features=5, lookback=20, num_outputs=3)"
        " for each in zoo.ZOO.values()]; "
        "assert 'torch' not in sys.modules; zoo.build; assert 'torch' in sys.modules"
    )

    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_a_misspelt_name_of_the_package_is_an_attribute_error():
    import pregao.zoo as package

    with pytest.raises(AttributeError, match="has no attribute 'biuld'"):
        _ = package.biuld


@given(st.integers(1, 64), st.integers(1, 64), st.integers(1, 64))
def test_an_added_output_costs_its_weights_and_one_bias(num_features, lookback, num_outputs):
    network = find_network("lstm_small")

    def count(outputs):
        return num_parameters(
            network, num_features=num_features, lookback=lookback, num_outputs=outputs
        )

    assert 33 == count(num_outputs + 1) - count(num_outputs)
