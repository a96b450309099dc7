"""A GRU layer that trains as fast as PyTorch's LSTM does.

PyTorch has a fused CPU kernel for training an LSTM and none for a GRU, whose backward pass it runs
through some thirty small operations a step. Here the backward pass is three: once the forward pass
is known, every gate's gradient is a product of the state's gradient with factors that can be
computed for all steps at once.
"""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

Steps = Float[Tensor, "batch time before"]
States = Float[Tensor, "batch time after"]


class Gru(nn.Module):
    """A GRU layer, of one direction or both: `torch.nn.GRU` in evaluation, as fast in training."""

    def __init__(self, before: int, after: int, *, bidirectional: bool) -> None:
        super().__init__()
        self.cell = nn.GRU(before, after, batch_first=True, bidirectional=bidirectional)

    def forward(self, x: Steps) -> States:
        """Give the hidden state of every step, the way back's beside it."""
        if not (self.training and torch.is_grad_enabled()):
            # One operator: what evaluation runs is what ONNX can hold.
            states: Tensor = self.cell(x)[0]
            return states
        onward = _trained(x, *self._weights(""))
        if not self.cell.bidirectional:
            return onward
        backward = _trained(x.flip(1), *self._weights("_reverse"))
        return torch.cat([onward, backward.flip(1)], dim=-1)

    def _weights(self, direction: str) -> tuple[Tensor, ...]:
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        return tuple(getattr(self.cell, name + direction) for name in names)


def _trained(x: Steps, *weights: Tensor) -> States:
    """Give the states of one direction, differentiably."""
    states: Tensor = _Recurrence.apply(x, *weights)  # type: ignore[no-untyped-call]  # torch's own
    return states


class _Recurrence(torch.autograd.Function):
    """The recurrence of Cho et al. (2014) with the reset gate inside, as cuDNN and PyTorch have it.

    With r and z the sigmoid gates and ``n = tanh(x_n + r * h_n)``: ``h' = n + z * (h - n)``.
    Rows of the weights are r, z, n. Steps come first in every buffer, so that a step is contiguous.
    """

    @staticmethod
    def forward(ctx: Any, x: Steps, *weights: Tensor) -> States:
        """Run the steps, keeping what the way back needs."""
        input_weight, state_weight, input_bias, state_bias = weights
        batch, time, before = x.shape
        after = state_weight.shape[1]
        inputs = x.transpose(0, 1).reshape(time * batch, before)
        from_input = torch.addmm(input_bias, inputs, input_weight.t()).view(time, batch, 3 * after)
        gates = x.new_empty(time, batch, 2 * after)
        candidate, from_state_n = x.new_empty(2, time, batch, after).unbind(0)
        states = x.new_zeros(time + 1, batch, after)

        from_state = x.new_empty(batch, 3 * after)
        from_state_rz, from_state_last = torch.split(from_state, [2 * after, after], dim=1)
        weight = state_weight.t().contiguous()
        # Views are made once: making them at every step would cost as much as the arithmetic.
        steps = zip(
            from_input[..., : 2 * after].unbind(0),
            from_input[..., 2 * after :].unbind(0),
            gates.unbind(0),
            gates[..., :after].unbind(0),
            gates[..., after:].unbind(0),
            candidate.unbind(0),
            from_state_n.unbind(0),
            states.unbind(0)[:-1],
            states.unbind(0)[1:],
            strict=True,
        )
        for x_rz, x_n, rz, r, z, n, h_n, h, h_next in steps:
            torch.addmm(state_bias, h, weight, out=from_state)
            torch.add(x_rz, from_state_rz, out=rz).sigmoid_()
            h_n.copy_(from_state_last)
            torch.addcmul(x_n, r, h_n, out=n).tanh_()
            torch.lerp(n, h, z, out=h_next)
        ctx.save_for_backward(
            inputs, input_weight, state_weight, gates, candidate, from_state_n, states
        )
        return states[1:].transpose(0, 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        """Walk back: a step's gate gradients are its state gradient times factors known before."""
        inputs, input_weight, state_weight, gates, n, h_n, states = ctx.saved_tensors
        time, batch, after = n.shape
        r, z = torch.split(gates, after, dim=-1)
        before_step = states[:-1]
        to_candidate = (1 - z) * (1 - n * n)
        factors = torch.stack(
            [to_candidate * h_n * r * (1 - r), (before_step - n) * z * (1 - z), to_candidate * r],
            dim=2,
        )
        given = gradients[0].transpose(0, 1).unbind(0)
        state_gradients = n.new_empty(time, batch, after)
        gate_gradients = n.new_empty(time, batch, 3, after)
        wide, flat = state_gradients.unsqueeze(2).unbind(0), gate_gradients.flatten(2).unbind(0)
        towards, kept = state_gradients.unbind(0), z.unbind(0)
        per_gate, factor = gate_gradients.unbind(0), factors.unbind(0)
        towards[-1].copy_(given[-1])
        for step in range(time - 1, 0, -1):
            torch.mul(wide[step], factor[step], out=per_gate[step])
            torch.addcmul(given[step - 1], towards[step], kept[step], out=towards[step - 1])
            towards[step - 1].addmm_(flat[step], state_weight)
        torch.mul(wide[0], factor[0], out=per_gate[0])

        at_state = gate_gradients.view(time * batch, 3 * after)
        state_weight_gradient = at_state.t() @ before_step.reshape(time * batch, after)
        state_bias_gradient = at_state.sum(0)
        # Of the three gates only the candidate's input side lacks the reset gate.
        torch.mul(state_gradients, to_candidate, out=gate_gradients[:, :, 2])
        x_gradient = None
        if ctx.needs_input_grad[0]:
            x_gradient = (at_state @ input_weight).view(time, batch, -1).transpose(0, 1)
        return (
            x_gradient,
            at_state.t() @ inputs,
            state_weight_gradient,
            at_state.sum(0),
            state_bias_gradient,
        )
