"""The torch modules of a stack: (batch, time, width_in) to (batch, time, width_out)."""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from pregao.zoo.networks._gru import Gru
from pregao.zoo.networks._sizes import head_width
from pregao.zoo.networks._specs import Activation, Convolution, Norm, Recurrent, Skip

# Named here because linters take the text of a shape for a forward reference.
Rows = Float[Tensor, "*rows width_in"]
RowsOut = Float[Tensor, "*rows width_out"]
Steps = Float[Tensor, "batch time width_in"]
StepsOut = Float[Tensor, "batch time width_out"]
Pooled = Float[Tensor, "batch width_in"]

ACTIVATION_FUNCTIONS: dict[Activation, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "linear": nn.Identity(),
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "selu": functional.selu,
    "exponential": torch.exp,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "swish": functional.silu,
    "mish": functional.mish,
    "gelu": functional.gelu,
    "hard_sigmoid": functional.hardsigmoid,
    "hard_swish": functional.hardswish,
}


class Dense(nn.Module):
    """A linear layer with its activation and dropout; the bias starts at zero.

    The outputs of a fresh recurrent layer are near zero. The random bias of torch would outweigh
    them, and half of the ReLUs of a small head would be dead for every window.
    """

    def __init__(
        self, width_in: int, width_out: int, activation: Activation, dropout: float
    ) -> None:
        super().__init__()
        self.linear = nn.Linear(width_in, width_out)
        nn.init.zeros_(self.linear.bias)
        self.activate = ACTIVATION_FUNCTIONS[activation]
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Rows) -> RowsOut:
        """Apply to the last axis."""
        out: Tensor = self.dropout(self.activate(self.linear(x)))
        return out


class Recurrence(nn.Module):
    """A recurrent layer with its norm and dropout.

    Each layer is a module of its own, which keeps the fused LSTM of oneDNN.
    """

    def __init__(self, spec: Recurrent, width_in: int, dropout: float) -> None:
        super().__init__()
        self.cell = _cell(spec, width_in)
        self.norm = _norm(spec.norm, spec.width * (2 if spec.bidirectional else 1))
        self.dropout = ChannelDropout(dropout)

    def forward(self, x: Steps) -> StepsOut:
        """Return the hidden state of every step, both directions side by side."""
        states = self.cell(x)
        out: Tensor = self.dropout(self.norm(states))
        return out


class ChannelDropout(nn.Module):
    """Dropout of the same channels at every step of a window (Gal, Ghahramani, 2016).

    A dropped channel cannot be read off the step before, and one draw serves all steps: a draw per
    step would take a tenth of the training time.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Steps) -> Steps:
        """Drop channels in training; return the input in evaluation."""
        if not self.training or self.share == 0:
            return x
        return x * functional.dropout(torch.ones_like(x[:, :1]), self.share)


class States(nn.Module):
    """A recurrent layer of torch that returns its states only."""

    def __init__(self, cell: nn.RNN | nn.LSTM) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, x: Steps) -> StepsOut:
        """Return the hidden state of every step, both directions side by side."""
        states: Tensor = self.cell(x)[0]
        return states


def _cell(spec: Recurrent, width_in: int) -> nn.Module:
    both = spec.bidirectional
    match spec.cell:
        case "rnn":
            return States(nn.RNN(width_in, spec.width, batch_first=True, bidirectional=both))
        case "gru":
            return Gru(width_in, spec.width, bidirectional=both)
        case "lstm":
            return States(nn.LSTM(width_in, spec.width, batch_first=True, bidirectional=both))
        case _:
            assert_never(spec.cell)


class BatchNormPerStep(nn.Module):
    """Batch normalisation of each channel over the batch and time."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Steps) -> Steps:
        """Normalise by the batch in training, by running moments in evaluation."""
        out: Tensor = self.norm(x.flatten(0, 1))
        return out.view_as(x)


class CausalConvolution(nn.Module):
    """A convolution over a step and earlier ones, padded with zeros on the left, and a ReLU."""

    def __init__(self, spec: Convolution, width_in: int) -> None:
        super().__init__()
        self.reach = (spec.kernel - 1) * spec.dilation
        self.convolve = nn.Conv1d(width_in, spec.width, spec.kernel, dilation=spec.dilation)

    def forward(self, x: Steps) -> StepsOut:
        """Convolve over time; the output at a step reads that step and earlier ones."""
        out: Tensor = self.convolve(functional.pad(x.mT, (self.reach, 0)))
        return functional.relu(out).mT


class Attention(nn.Module):
    """Self-attention with one learned relative position bias per head and distance of steps.

    Queries and keys have no bias: the bias of a key shifts all scores of a row alike and has no
    effect.
    """

    def __init__(self, width: int, *, heads: int, steps: int, causal: bool) -> None:
        super().__init__()
        self.split = (heads, head_width(width, heads))
        self.project = nn.Linear(width, 3 * width, bias=False)
        self.merge = nn.Linear(width, width)
        self.by_distance = nn.Parameter(torch.zeros(heads, steps if causal else 2 * steps - 1))
        step = torch.arange(steps)
        distance = step[:, None] - step[None, :]
        future = (distance < 0) & torch.tensor(causal)
        self.distance: Tensor
        self.future: Tensor
        farthest = 0 if causal else 1 - steps
        self.register_buffer("distance", distance.clamp(min=farthest) - farthest, persistent=False)
        self.register_buffer("future", future, persistent=False)

    def forward(self, x: Steps) -> Steps:
        """Return, for each step, the weighted values of the steps that it may read."""
        query, key, value = self.project(x).unflatten(-1, (3, *self.split)).unbind(-3)
        scores = self.by_distance[:, self.distance].masked_fill(self.future, -torch.inf)
        mixed = functional.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), attn_mask=scores
        )
        out: Tensor = self.merge(mixed.transpose(1, 2).flatten(-2))
        return out


class Branches(nn.Module):
    """Branches over one input, with concatenated outputs."""

    def __init__(self, branches: Iterable[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Steps) -> StepsOut:
        """Run all branches and concatenate their outputs."""
        return torch.cat([branch(x) for branch in self.branches], dim=-1)


class Residual(nn.Module):
    """A layer plus its input, projected if the widths differ."""

    def __init__(self, layer: nn.Module, width_in: int, width_out: int) -> None:
        super().__init__()
        self.layer = layer
        self.carry = _carry(width_in, width_out)

    def forward(self, x: Rows) -> RowsOut:
        """Add the output of the layer and the carried input."""
        out: Tensor = self.layer(x) + self.carry(x)
        return out


class Highway(nn.Module):
    """A learned mixture of a layer and its input, projected if the widths differ.

    The gate starts mostly closed, so that a deep stack starts near the identity. Source:
    Srivastava, Greff and Schmidhuber (2015), Highway Networks.
    """

    def __init__(self, layer: nn.Module, width_in: int, width_out: int) -> None:
        super().__init__()
        self.layer = layer
        self.carry = _carry(width_in, width_out)
        self.gate = nn.Linear(width_in, width_out)
        nn.init.constant_(self.gate.bias, -1.0)

    def forward(self, x: Rows) -> RowsOut:
        """Interpolate between the input and the output of the layer by the gate."""
        out: Tensor = torch.lerp(self.carry(x), self.layer(x), torch.sigmoid(self.gate(x)))
        return out


class ConcatSkip(nn.Module):
    """The output of a layer, followed by its input."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Rows) -> RowsOut:
        """Concatenate the output and the input."""
        return torch.cat([self.layer(x), x], dim=-1)


class FinalState(nn.Module):
    """The final state of each channel: its newest step, or its oldest if it reads backwards."""

    def __init__(self, backwards: Sequence[bool]) -> None:
        super().__init__()
        self.backwards: Tensor
        self.register_buffer("backwards", torch.tensor(backwards), persistent=False)
        self.reads_both_ways = any(backwards)

    def forward(self, x: Steps) -> Pooled:
        """Select the final step of each channel."""
        if not self.reads_both_ways:
            return x[:, -1]
        return torch.where(self.backwards, x[:, 0], x[:, -1])


class Mean(nn.Module):
    """The mean over time."""

    def forward(self, x: Steps) -> Pooled:
        """Return the mean of the steps."""
        return x.mean(dim=1)


class AttentionPool(nn.Module):
    """A mean over time with learned weights, which start equal.

    Source: Qin et al. (2017), A Dual-Stage Attention-Based Recurrent Neural Network.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Parameter(torch.zeros(width))

    def forward(self, x: Steps) -> Pooled:
        """Return the mean of the steps, weighted by the softmax of their scores."""
        weights = torch.softmax(x @ self.score, dim=1)
        return (weights.unsqueeze(1) @ x).squeeze(1)


def with_skip(layer: nn.Module, skip: Skip, width_in: int, width_out: int) -> nn.Module:
    """Add a skip connection to a layer that maps `width_in` channels to `width_out`."""
    match skip:
        case "none":
            return layer
        case "residual":
            return Residual(layer, width_in, width_out)
        case "highway":
            return Highway(layer, width_in, width_out)
        case "dense":
            return ConcatSkip(layer)
        case _:
            assert_never(skip)


def _carry(width_in: int, width_out: int) -> nn.Module:
    return nn.Identity() if width_in == width_out else nn.Linear(width_in, width_out, bias=False)


def _norm(norm: Norm, width: int) -> nn.Module:
    match norm:
        case "none":
            return nn.Identity()
        case "layer":
            return nn.LayerNorm(width)
        case "batch":
            return BatchNormPerStep(width)
        case _:
            assert_never(norm)
