"""The GRU layer: the numbers and the gradients of torch's own."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pregao.zoo._gru import Gru


def answers(layer: Gru, x: Tensor, weights: Tensor, *, ours: bool) -> list[Tensor]:
    """The states, and the gradient of a weighted sum of them to the input and every weight."""
    x = x.clone().requires_grad_()
    states = layer.train()(x) if ours else layer.cell(x)[0]
    return [states, *torch.autograd.grad((states * weights).sum(), [x, *layer.parameters()])]


@given(
    batch=st.integers(1, 9),
    time=st.integers(1, 12),
    before=st.integers(1, 7),
    after=st.integers(1, 9),
    bidirectional=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_states_and_gradients_equal_those_of_torch(batch, time, before, after, bidirectional, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = Gru(before, after, bidirectional=bidirectional)
        x = torch.randn(batch, time, before)
        weights = torch.randn(batch, time, after * (2 if bidirectional else 1))

    expected = answers(layer, x, weights, ours=False)
    found = answers(layer, x, weights, ours=True)

    for theirs, ours in zip(expected, found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_gradients_equal_finite_differences():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layer = Gru(2, 3, bidirectional=True).double().train()
        x = torch.randn(2, 4, 2, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(layer, (x,))


def test_evaluation_runs_the_operator_that_onnx_knows():
    layer = Gru(2, 3, bidirectional=False).eval()
    x = torch.randn(4, 5, 2)

    assert torch.equal(layer.cell(x)[0], layer(x))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients_are_left_out_where_the_input_needs_none(bidirectional):
    layer = Gru(2, 3, bidirectional=bidirectional).train()

    layer(torch.randn(4, 5, 2)).sum().backward()

    assert all(weight.grad is not None for weight in layer.parameters())
