"""The torch modules that stacks are folded from: (batch, time, before) to (batch, time, after)."""

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from pregao.zoo.networks._gru import Gru
from pregao.zoo.networks._sizes import head_width
from pregao.zoo.networks._specs import Activation, Convolution, Norm, Recurrent, Skip

# Named here and not at each use: linters take the text of a shape for a forward reference.
Rows = Float[Tensor, "*rows before"]
RowsOut = Float[Tensor, "*rows after"]
Steps = Float[Tensor, "batch time before"]
StepsOut = Float[Tensor, "batch time after"]
Pooled = Float[Tensor, "batch before"]

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
    """A linear layer, its activation and dropout; the bias starts at zero.

    A recurrent layer starts with outputs near zero. Torch's random bias would outweigh them, and
    half of a small head's ReLUs would be off for every window, for good.
    """

    def __init__(self, before: int, after: int, activation: Activation, dropout: float) -> None:
        super().__init__()
        self.linear = nn.Linear(before, after)
        nn.init.zeros_(self.linear.bias)
        self.activate = ACTIVATION_FUNCTIONS[activation]
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Rows) -> RowsOut:
        """Map the last axis."""
        out: Tensor = self.dropout(self.activate(self.linear(x)))
        return out


class Recurrence(nn.Module):
    """A recurrent layer, its norm and dropout; one cell a layer keeps oneDNN's fused LSTM."""

    def __init__(self, spec: Recurrent, before: int, dropout: float) -> None:
        super().__init__()
        self.cell = _cell(spec, before)
        self.norm = _norm(spec.norm, spec.width * (2 if spec.bidirectional else 1))
        self.dropout = ChannelDropout(dropout)

    def forward(self, x: Steps) -> StepsOut:
        """Give the hidden state of every step, the way back's beside it."""
        states = self.cell(x)
        out: Tensor = self.dropout(self.norm(states))
        return out


class ChannelDropout(nn.Module):
    """Drop the same channels at every step of a window (Gal, Ghahramani, 2016).

    What a channel says then cannot be read off the step before, and one draw serves all steps:
    drawing for each would take a tenth of the training's time.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Steps) -> Steps:
        """Drop channels in training, and nothing in evaluation."""
        if not self.training or self.share == 0:
            return x
        return x * functional.dropout(torch.ones_like(x[:, :1]), self.share)


class States(nn.Module):
    """A recurrent layer of torch that gives its states and nothing else."""

    def __init__(self, cell: nn.RNN | nn.LSTM) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, x: Steps) -> StepsOut:
        """Give the hidden state of every step, the way back's beside it."""
        states: Tensor = self.cell(x)[0]
        return states


def _cell(spec: Recurrent, before: int) -> nn.Module:
    both = spec.bidirectional
    match spec.cell:
        case "rnn":
            return States(nn.RNN(before, spec.width, batch_first=True, bidirectional=both))
        case "gru":
            return Gru(before, spec.width, bidirectional=both)
        case "lstm":
            return States(nn.LSTM(before, spec.width, batch_first=True, bidirectional=both))
        case _:
            assert_never(spec.cell)


class BatchNormPerStep(nn.Module):
    """Normalise each channel over the batch and time, and in evaluation by running moments."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Steps) -> Steps:
        """Normalise."""
        out: Tensor = self.norm(x.flatten(0, 1))
        return out.view_as(x)


class CausalConvolution(nn.Module):
    """A convolution over a step and the ones before it, zeros before the first, and a ReLU."""

    def __init__(self, spec: Convolution, before: int) -> None:
        super().__init__()
        self.reach = (spec.kernel - 1) * spec.dilation
        self.convolve = nn.Conv1d(before, spec.width, spec.kernel, dilation=spec.dilation)

    def forward(self, x: Steps) -> StepsOut:
        """Convolve; the output at a step reads that step and earlier ones."""
        out: Tensor = self.convolve(functional.pad(x.mT, (self.reach, 0)))
        return functional.relu(out).mT


class Attention(nn.Module):
    """Self-attention whose positions are one learned number a head and distance between steps.

    Queries and keys have no bias: a key's bias shifts all scores of a row alike and changes
    nothing.
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
        """Mix the values of the steps that each step may see."""
        query, key, value = self.project(x).unflatten(-1, (3, *self.split)).unbind(-3)
        scores = self.by_distance[:, self.distance].masked_fill(self.future, -torch.inf)
        mixed = functional.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), attn_mask=scores
        )
        out: Tensor = self.merge(mixed.transpose(1, 2).flatten(-2))
        return out


class Branches(nn.Module):
    """Branches over one input, concatenated."""

    def __init__(self, branches: Iterable[nn.Module]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x: Steps) -> StepsOut:
        """Run all branches."""
        return torch.cat([branch(x) for branch in self.branches], dim=-1)


class Residual(nn.Module):
    """A layer plus its input, projected where the widths differ."""

    def __init__(self, layer: nn.Module, before: int, after: int) -> None:
        super().__init__()
        self.layer = layer
        self.carry = _carry(before, after)

    def forward(self, x: Rows) -> RowsOut:
        """Add what goes through to what goes around."""
        out: Tensor = self.layer(x) + self.carry(x)
        return out


class Highway(nn.Module):
    """A learned mixture of a layer and its input, projected where the widths differ.

    The gate starts mostly closed, so that a deep stack starts near the identity. Source:
    Srivastava, Greff and Schmidhuber (2015), Highway Networks.
    """

    def __init__(self, layer: nn.Module, before: int, after: int) -> None:
        super().__init__()
        self.layer = layer
        self.carry = _carry(before, after)
        self.gate = nn.Linear(before, after)
        nn.init.constant_(self.gate.bias, -1.0)

    def forward(self, x: Rows) -> RowsOut:
        """Mix by the gate."""
        out: Tensor = torch.lerp(self.carry(x), self.layer(x), torch.sigmoid(self.gate(x)))
        return out


class Concatenated(nn.Module):
    """A layer's output followed by its input."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Rows) -> RowsOut:
        """Put both side by side."""
        return torch.cat([self.layer(x), x], dim=-1)


class LastRead(nn.Module):
    """What each channel has read last: the newest step, or the oldest on the way back."""

    def __init__(self, backwards: Sequence[bool]) -> None:
        super().__init__()
        self.backwards: Tensor
        self.register_buffer("backwards", torch.tensor(backwards), persistent=False)
        self.reads_both_ways = any(backwards)

    def forward(self, x: Steps) -> Pooled:
        """Choose a step for each channel."""
        if not self.reads_both_ways:
            return x[:, -1]
        return torch.where(self.backwards, x[:, 0], x[:, -1])


class Mean(nn.Module):
    """The mean over time."""

    def forward(self, x: Steps) -> Pooled:
        """Average the steps."""
        return x.mean(dim=1)


class AttentionPool(nn.Module):
    """A mean over time with learned weights, which start equal.

    Source: Qin et al. (2017), A Dual-Stage Attention-Based Recurrent Neural Network.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Parameter(torch.zeros(width))

    def forward(self, x: Steps) -> Pooled:
        """Weigh the steps by how their state scores."""
        weights = torch.softmax(x @ self.score, dim=1)
        return (weights.unsqueeze(1) @ x).squeeze(1)


def skipped(layer: nn.Module, skip: Skip, before: int, after: int) -> nn.Module:
    """Lead a way around a layer that maps `before` channels to `after`."""
    match skip:
        case "none":
            return layer
        case "residual":
            return Residual(layer, before, after)
        case "highway":
            return Highway(layer, before, after)
        case "dense":
            return Concatenated(layer)
        case _:
            assert_never(skip)


def _carry(before: int, after: int) -> nn.Module:
    return nn.Identity() if before == after else nn.Linear(before, after, bias=False)


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
