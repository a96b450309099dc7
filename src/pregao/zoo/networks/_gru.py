"""A GRU layer that trains nearly as fast as PyTorch's LSTM, or faster where it is wide.

PyTorch has a fused CPU kernel for training an LSTM and none for a GRU, which it runs through some
thirty small operations a step. Starting those costs more than their arithmetic, so here a step is
six operations forward and three backward. Forward, the input's part of the gates lies in the buffer
already, and the state's part is added to it in place. Backward, every gate's gradient is the
state's gradient times factors that the forward pass gives for all steps at once. The two directions
of a layer take their steps together.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

Steps = Float[Tensor, "batch time before"]
States = Float[Tensor, "batch time after"]
# One direction or two, the way back's steps reversed; a step of a direction is one block of memory.
Buffer = Float[Tensor, "directions time batch width"]
Weights = Float[Tensor, "directions gates *before"]


class Gru(nn.Module):
    """A GRU layer, of one direction or both: `torch.nn.GRU` in evaluation, faster in training."""

    def __init__(self, before: int, after: int, *, bidirectional: bool) -> None:
        super().__init__()
        self.cell = nn.GRU(before, after, batch_first=True, bidirectional=bidirectional)

    def forward(self, x: Steps) -> States:
        """Give the hidden state of every step, the way back's beside it."""
        states: Tensor
        if self.training and torch.is_grad_enabled():
            states = _Recurrence.apply(x, *self._weights())  # type: ignore[no-untyped-call]  # torch's own
        else:
            # One operator: what evaluation runs is what ONNX can hold.
            states = self.cell(x)[0]
        return states

    def _weights(self) -> list[Tensor]:
        """Give the weights of every direction, kind by kind."""
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        directions = ("", "_reverse") if self.cell.bidirectional else ("",)
        return [getattr(self.cell, name + direction) for name in names for direction in directions]


class _Recurrence(torch.autograd.Function):
    """The recurrence of Cho et al. (2014) with the reset gate inside, as cuDNN and PyTorch have it.

    With r and z the sigmoid gates and ``n = tanh(x_n + r * h_n)``: ``h' = n + z * (h - n)``.
    Rows of the weights are r, z, n. Columns of the gates are n, r, z, h_n: what the input adds to
    (n, r, z) is one block of them, and so is what the state adds to (r, z, h_n).
    """

    @staticmethod
    def forward(ctx: Any, x: Steps, *weights: Tensor) -> States:
        """Run the steps, keeping what the way back needs."""
        input_weight, state_weight, input_bias, state_bias = _stacked(weights)
        inputs = _each_way(x.transpose(0, 1), len(input_weight))
        gates = _from_input(inputs, input_weight, input_bias, state_bias)
        directions, time, batch, width = gates.shape
        states = x.new_zeros(directions, time + 1, batch, width // 4)
        _run(gates, states, state_weight)
        ctx.save_for_backward(inputs, input_weight, state_weight, gates, states)
        ways = _turned(states[:, 1:].unbind(0))
        onward = ways[0] if len(ways) == 1 else torch.cat(ways, dim=-1)
        return onward.transpose(0, 1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, given: States) -> tuple[Tensor | None, ...]:
        """Walk back, then give the weights their gradients of all steps in one product."""
        inputs, input_weight, state_weight, gates, states = ctx.saved_tensors
        after = states.shape[-1]
        at_gates = _run_back(given, gates, states, state_weight).flatten(1, 2)
        at_input, at_state = at_gates[..., : 3 * after], at_gates[..., after:]
        bias = at_gates.sum(1)
        x_gradient = None
        if ctx.needs_input_grad[0]:
            # Rolled to the order of the gates, and gradients back to the order of the weights.
            at_inputs = (at_input @ input_weight.roll(after, 1)).view_as(inputs)
            x_gradient = reduce(torch.add, _turned(at_inputs.unbind(0))).transpose(0, 1)
        # Rows first: the product with few inputs takes a sixth of the time it takes transposed.
        return (
            x_gradient,
            *(inputs.flatten(1, 2).mT @ at_input).mT.roll(-after, 1),
            *(states[:, :-1].flatten(1, 2).mT @ at_state).mT,
            *bias[:, : 3 * after].roll(-after, 1),
            *bias[:, after:],
        )


def _stacked(weights: tuple[Tensor, ...]) -> list[Weights]:
    """Stack the directions of each of the four kinds."""
    directions = len(weights) // 4
    return [torch.stack(weights[i : i + directions]) for i in range(0, len(weights), directions)]


def _each_way(onward: Tensor, directions: int) -> Buffer:
    """Give the steps as every direction reads them."""
    if directions == 1:
        return onward.contiguous().unsqueeze(0)
    return torch.stack(_turned([onward, onward]))


def _turned(ways: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Turn the steps of the second direction round, if there is one."""
    onward, *back = ways
    return (onward, *(way.flip(0) for way in back))


def _from_input(
    inputs: Buffer, input_weight: Weights, input_bias: Weights, state_bias: Weights
) -> Buffer:
    """Fill the gates with all that does not depend on the state."""
    directions, time, batch, _ = inputs.shape
    after = state_bias.shape[1] // 3
    bias = torch.cat([_ordered(input_bias, after), state_bias[:, 2 * after :]], dim=1)
    bias[:, after : 3 * after] += state_bias[:, : 2 * after]
    gates = inputs.new_empty(directions, time * batch, 4 * after).copy_(bias.unsqueeze(1))
    weight = _ordered(input_weight, after).mT
    gates[..., : 3 * after].baddbmm_(inputs.flatten(1, 2), weight)
    return gates.view(directions, time, batch, 4 * after)


def _ordered(weight: Weights, after: int) -> Weights:
    """Give rows in the order of the gates, n's doubled: ``tanh(u)`` is ``2 sigmoid(2 u) - 1``."""
    return torch.cat([2 * weight[:, 2 * after :], weight[:, : 2 * after]], dim=1)


def _run(gates: Buffer, states: Buffer, state_weight: Weights) -> None:
    """Take the steps in place: gates become what they are at each step, states are filled in."""
    after = states.shape[-1]
    weight = state_weight.mT.contiguous().squeeze(0)
    add_product = _product(weight)
    minus_one = states.new_tensor(-1.0)
    # Nothing in here is differentiated, and knowing that makes starting an operation cheaper.
    with torch.inference_mode():
        state = _by_step(states)
        steps = zip(
            _by_step(gates[..., after:]),
            _by_step(gates[..., after : 3 * after]),
            *(_by_step(gate) for gate in gates.chunk(4, dim=-1)),
            state[:-1],
            state[1:],
            strict=True,
        )
        for from_state, sigmoids, n, r, z, h_n, h, h_next in steps:
            add_product(from_state, h, weight)
            sigmoids.sigmoid_()
            # Torch's tanh takes five times as long as its sigmoid.
            n.addcmul_(r, h_n, value=2).sigmoid_()
            torch.add(minus_one, n, alpha=2, out=n)
            torch.lerp(n, h, z, out=h_next)


def _run_back(given: States, gates: Buffer, states: Buffer, state_weight: Weights) -> Buffer:
    """Walk back from the given gradients of the states to those of what went into the gates."""
    after = states.shape[-1]
    weight = state_weight.squeeze(0)
    add_product = _product(weight)
    at_states, at_gates = gates.new_empty(states[:, 1:].shape), torch.empty_like(gates)
    with torch.inference_mode():
        ways = _turned(given.transpose(0, 1).chunk(len(states), dim=-1))
        for at_way, way in zip(at_states, ways, strict=True):
            at_way.copy_(way)
        to_candidate = _fill_factors(at_gates, gates, states)
        at_state = _by_step(at_states)
        at_each = _by_step(at_states.unsqueeze(-2), trailing=3)
        per_gate = _by_step(at_gates.view(*gates.shape[:3], 4, after)[..., 1:, :], trailing=3)
        at_product = _by_step(at_gates[..., after:])
        kept = _by_step(gates[..., 2 * after : 3 * after])
        for step in range(len(at_state) - 1, 0, -1):
            per_gate[step].mul_(at_each[step])
            before = at_state[step - 1].addcmul_(at_state[step], kept[step])
            add_product(before, at_product[step], weight)
        per_gate[0].mul_(at_each[0])
        torch.mul(at_states, to_candidate, out=at_gates[..., :after])
    return at_gates


def _fill_factors(factors: Buffer, gates: Buffer, states: Buffer) -> Buffer:
    """Fill in what a state's gradient is multiplied by at r, z and h_n, and return that of n."""
    n, r, z, h_n = gates.chunk(4, dim=-1)
    _, at_r, at_z, at_h_n = factors.chunk(4, dim=-1)
    # One pass over memory for the derivative of a function times what comes from above it.
    through_sigmoid, through_tanh = torch.ops.aten.sigmoid_backward, torch.ops.aten.tanh_backward
    to_candidate = 1 - z
    through_tanh(to_candidate, n, grad_input=to_candidate)
    torch.mul(to_candidate, r, out=at_h_n)
    torch.mul(to_candidate, h_n, out=at_r)
    through_sigmoid(at_r, r, grad_input=at_r)
    torch.sub(states[:, :-1], n, out=at_z)
    through_sigmoid(at_z, z, grad_input=at_z)
    return to_candidate


def _by_step(buffer: Tensor, *, trailing: int = 2) -> tuple[Tensor, ...]:
    """Give the views of the steps, once: making one costs as much as a small operation.

    A single direction has no axis there: products of matrices start faster than of batches.
    """
    return buffer.squeeze(0).unbind(-trailing - 1)


def _product(weight: Tensor) -> Any:
    """Give the method that adds a product with the weight, of one direction or of two, in place."""
    return Tensor.addmm_ if weight.ndim == 2 else Tensor.baddbmm_
