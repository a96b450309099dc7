"""The GRU layer: the numbers and the gradients of torch's own."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pregao.zoo.networks._gru import Gru


def layer_and_input(
    *, batch: int, time: int, before: int, after: int, bidirectional: bool, seed: int = 0
) -> tuple[Gru, Tensor, Tensor]:
    """A layer, an input, and a weight for every state."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = Gru(before, after, bidirectional=bidirectional).train()
        x = torch.randn(batch, time, before)
        weights = torch.randn(batch, time, after * (2 if bidirectional else 1))
    return layer, x, weights


def answers(
    layer: Gru, x: Tensor, weights: Tensor, *, ours: bool, of_input: bool = True
) -> list[Tensor]:
    """The states, and the gradient of a weighted sum of them to the input and every weight."""
    x = x.clone().requires_grad_(of_input)
    states = layer(x) if ours else layer.cell(x)[0]
    sought = [*([x] if of_input else []), *layer.parameters()]
    return [states.detach(), *torch.autograd.grad((states * weights).sum(), sought)]


def assert_equal_to_torch(layer: Gru, x: Tensor, weights: Tensor, *, of_input: bool) -> None:
    expected = answers(layer, x, weights, ours=False, of_input=of_input)
    found = answers(layer, x, weights, ours=True, of_input=of_input)

    for theirs, ours in zip(expected, found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


@given(
    batch=st.integers(1, 9),
    time=st.integers(1, 12),
    before=st.integers(1, 7),
    after=st.integers(1, 9),
    bidirectional=st.booleans(),
    of_input=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_states_and_gradients_equal_those_of_torch(
    batch, time, before, after, bidirectional, of_input, seed
):
    layer, x, weights = layer_and_input(
        batch=batch, time=time, before=before, after=after, bidirectional=bidirectional, seed=seed
    )

    assert_equal_to_torch(layer, x, weights, of_input=of_input)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(("before", "after"), [(1, 64), (64, 32), (20, 96)])
def test_states_and_gradients_equal_those_of_torch_at_the_sizes_of_the_zoo(
    before, after, bidirectional
):
    layer, x, weights = layer_and_input(
        batch=32, time=60, before=before, after=after, bidirectional=bidirectional
    )

    # The mean over the windows, as a loss has it.
    assert_equal_to_torch(layer, x, weights / len(x), of_input=True)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_shut_and_open_gates_and_small_states_are_those_of_torch(scale, bidirectional):
    layer, x, weights = layer_and_input(
        batch=4, time=20, before=3, after=5, bidirectional=bidirectional
    )

    assert_equal_to_torch(layer, x * scale, weights / x.numel(), of_input=True)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_how_the_input_lies_in_memory_changes_nothing(bidirectional):
    layer, x, weights = layer_and_input(
        batch=3, time=7, before=4, after=5, bidirectional=bidirectional
    )
    steps_first = x.transpose(0, 1).contiguous().transpose(0, 1)
    every_other = torch.stack([x, x], dim=-1)[..., 0]

    expected = layer(x)

    for same in (steps_first, every_other):
        assert torch.equal(expected, layer(same))
        assert_equal_to_torch(layer, same, weights, of_input=True)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_gradients_equal_finite_differences(bidirectional):
    layer, x, _ = layer_and_input(batch=2, time=4, before=2, after=3, bidirectional=bidirectional)
    layer, x = layer.double(), x.double().requires_grad_()
    names = [name for name, _ in layer.named_parameters()]

    def states(x: Tensor, *weights: Tensor) -> Tensor:
        return torch.func.functional_call(layer, dict(zip(names, weights, strict=True)), (x,))

    assert torch.autograd.gradcheck(states, (x, *layer.parameters()))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_the_same_input_gives_the_same_bits(bidirectional):
    layer, x, weights = layer_and_input(
        batch=32, time=60, before=10, after=32, bidirectional=bidirectional
    )

    first, second = (answers(layer, x, weights, ours=True) for _ in range(2))

    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_way_back_leaves_what_it_reads_and_the_gradient_it_is_given():
    layer, x, weights = layer_and_input(batch=3, time=6, before=2, after=4, bidirectional=False)
    states, given_before = layer(x), weights.clone()
    states_before = states.detach().clone()

    first = torch.autograd.grad(states, layer.parameters(), weights, retain_graph=True)
    second = torch.autograd.grad(states, layer.parameters(), weights)

    assert torch.equal(given_before, weights)
    assert torch.equal(states_before, states)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_gradients_of_gradients_are_refused():
    layer, x, _ = layer_and_input(batch=2, time=3, before=2, after=3, bidirectional=False)
    (slope, *_) = torch.autograd.grad((layer(x) ** 2).sum(), layer.parameters(), create_graph=True)

    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()


def test_evaluation_runs_the_operator_that_onnx_knows():
    layer, x, _ = layer_and_input(batch=4, time=5, before=2, after=3, bidirectional=False)

    assert torch.equal(layer.cell(x)[0], layer.eval()(x))


def test_no_gradient_sought_means_that_operator_too():
    layer, x, _ = layer_and_input(batch=4, time=5, before=2, after=3, bidirectional=True)

    with torch.no_grad():
        assert torch.equal(layer.cell(x)[0], layer(x))
