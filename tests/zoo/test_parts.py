"""Networks taken apart: the parts are the whole."""

import pytest

from pregao.errors import InvalidNetworkError
from pregao.zoo.networks import (
    ZOO,
    Parallel,
    PatchTransformer,
    PerStep,
    Recurrent,
    SelfAttention,
    Stack,
    find_network,
    network_parts,
    num_parameters,
)

SIZES = {"num_features": 5, "lookback": 40, "num_outputs": 12}
LSTM = Recurrent(cell="lstm", width=8)


@pytest.mark.parametrize("name", ZOO)
def test_the_parts_sum_up_to_the_whole(name):
    network = find_network(name)

    parts = network_parts(network, **SIZES)

    assert num_parameters(network, **SIZES) == sum(each.parameters for each in parts)
    assert 12 == parts[-1].width


@pytest.mark.parametrize("name", ZOO)
def test_the_parts_of_branches_sum_up_to_their_layer(name):
    for part in network_parts(find_network(name), **SIZES):
        if part.branches:
            inner = [each for branch in part.branches for each in branch]
            assert part.parameters == sum(each.parameters for each in inner)
            assert part.width == sum(branch[-1].width for branch in part.branches)


def test_every_part_says_where_it_stands():
    network = Stack(
        layers=(LSTM, Parallel(branches=((LSTM,), (PerStep(width=3), LSTM)))), head=(6, 4)
    )

    parts = network_parts(network, **SIZES)

    expected = ["layers.0", "layers.1", "pool", "head.0", "head.1", "output"]
    assert expected == [each.at for each in parts]
    inner = [[each.at for each in branch] for branch in parts[1].branches]
    branches = "layers.1.branches"
    assert [[f"{branches}.0.0"], [f"{branches}.1.0", f"{branches}.1.1"]] == inner


def test_what_does_not_fit_is_told_where_it_is():
    unfit = Parallel(branches=((LSTM,), (LSTM, SelfAttention(heads=3))))

    with pytest.raises(InvalidNetworkError, match="3 do not divide") as caught:
        network_parts(Stack(layers=(LSTM, unfit)), **SIZES)

    assert "layers.1.branches.1.1" == caught.value.at


@pytest.mark.parametrize(
    ("network", "reason"),
    [
        (PatchTransformer(patch_sessions=41), "holds no patch"),
        (Stack(layers=(PerStep(width=4096),) * 4), "parameters, more than"),
    ],
)
def test_what_fits_no_window_and_no_memory_has_no_parts(network, reason):
    with pytest.raises(InvalidNetworkError, match=reason) as caught:
        network_parts(network, **SIZES)

    assert "" == caught.value.at
