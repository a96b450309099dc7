"""Specs of networks: frozen values that equal their JSON round trip, without torch.

Every layer maps (batch, time, width_in) to (batch, time, width_out), so layers compose in any
order. A network that is not a stack of layers is a kind of its own, with its own fields.
"""

from collections.abc import Sized
from typing import Annotated, Literal, NamedTuple, Self, TypeAlias, TypeVar

from pydantic import AfterValidator, Field, StrictBool, model_validator

from pregao.texts import gettext_lazy as _
from pregao.values import Value

Cell = Literal["rnn", "gru", "lstm"]
Norm = Literal["none", "layer", "batch"]
Skip = Literal["none", "residual", "highway", "dense"]
Pool = Literal["last", "mean", "attention"]

Activation = Literal[
    "relu",
    "tanh",
    "sigmoid",
    "linear",
    "leaky_relu",
    "elu",
    "selu",
    "exponential",
    "softplus",
    "softsign",
    "swish",
    "mish",
    "gelu",
    "hard_sigmoid",
    "hard_swish",
]

# Strict, so that the JSON values true and "64" are errors, not the widths 1 and 64.
Width = Annotated[int, Field(strict=True, ge=1, le=4096)]
Heads = Annotated[int, Field(strict=True, ge=1, le=16)]
Sessions = Annotated[int, Field(strict=True, ge=1, le=256)]

MAX_LAYERS = 64
MAX_NESTING = 3

_Several = TypeVar("_Several", bound=Sized)


def _not_empty(values: _Several) -> _Several:
    if not len(values):
        msg = _("at least one is needed")
        raise ValueError(msg)
    return values


# Not `min_length`, which counts valid items: one typo in the only layer would give two errors.
NotEmpty = AfterValidator(_not_empty)


class Size(NamedTuple):
    """The output width of a part of a network, per step, and its number of parameters."""

    width: int
    parameters: int


class Recurrent(Value):
    """A recurrent layer; `width` is that of one direction, `norm` acts on its output."""

    kind: Literal["recurrent"] = "recurrent"
    cell: Cell
    width: Width
    bidirectional: StrictBool = False
    """Read the lookback window in both directions; it holds nothing after the cutoff."""
    norm: Norm = "none"
    skip: Skip = "none"


class Convolution(Value):
    """A causal convolution over time with a ReLU, padded on the left: no step reads a later one."""

    kind: Literal["convolution"] = "convolution"
    width: Width
    kernel: Annotated[int, Field(strict=True, ge=1, le=32)] = 3
    dilation: Annotated[int, Field(strict=True, ge=1, le=128)] = 1
    skip: Skip = "none"


class SelfAttention(Value):
    """Causal attention over time, as wide as its input, with learned relative position biases."""

    kind: Literal["self_attention"] = "self_attention"
    heads: Heads = 1
    skip: Skip = "residual"


class PerStep(Value):
    """The same dense layer with a ReLU at every step."""

    kind: Literal["per_step"] = "per_step"
    width: Width
    skip: Skip = "none"


class Parallel(Value):
    """Branches of layers over one input, with concatenated outputs."""

    kind: Literal["parallel"] = "parallel"
    branches: Annotated[
        tuple[Annotated[tuple["Layer", ...], Field(max_length=MAX_LAYERS), NotEmpty], ...],
        Field(max_length=16),
        NotEmpty,
    ]

    @model_validator(mode="after")
    def _nested_within_reason(self) -> Self:
        nesting = max(_nesting(branch) for branch in self.branches) + 1
        if nesting > MAX_NESTING:
            msg = _(
                "parallel layers nest {nesting} deep: at most {max_nesting} are allowed",
                nesting=nesting,
                max_nesting=MAX_NESTING,
            )
            raise ValueError(msg)
        return self


Layer: TypeAlias = Annotated[
    Recurrent | Convolution | SelfAttention | PerStep | Parallel, Field(discriminator="kind")
]


class Stack(Value):
    """Layers over the window, a pool over time and a dense head before the last linear layer.

    The pool ``last`` takes the final state of each direction: the newest step of forward channels,
    the oldest step of the backward channels of a bidirectional layer.

    >>> lstm = Recurrent(cell="lstm", width=64)
    >>> network = Stack(layers=(lstm, lstm.replace(width=32)), head=(16,))
    >>> network == Stack.model_validate_json(network.model_dump_json())
    True
    """

    kind: Literal["stack"] = "stack"
    layers: Annotated[tuple[Layer, ...], Field(max_length=MAX_LAYERS), NotEmpty]
    pool: Pool = "last"
    head: Annotated[tuple[Width, ...], Field(max_length=16)] = ()
    head_skip: Skip = "none"

    @model_validator(mode="after")
    def _not_too_many_layers(self) -> Self:
        layers = _num_layers(self.layers)
        if layers > MAX_LAYERS:
            msg = _(
                "{layers} layers with those of all branches: at most {max_layers} are allowed",
                layers=layers,
                max_layers=MAX_LAYERS,
            )
            raise ValueError(msg)
        return self


class DLinear(Value):
    """A linear map of the trend of the window plus one of the remainder.

    The trend is a centred moving average inside the window. Source: Zeng, Chen, Zhang and Xu
    (2023), Are Transformers Effective for Time Series Forecasting?
    """

    kind: Literal["dlinear"] = "dlinear"
    trend_sessions: Sessions = 25

    @model_validator(mode="after")
    def _has_a_centre(self) -> Self:
        if self.trend_sessions % 2 == 0:
            msg = _(
                "trend_sessions is {trend_sessions}: a centred average needs an odd number",
                trend_sessions=self.trend_sessions,
            )
            raise ValueError(msg)
        return self


class NHits(Value):
    """Blocks that read the window at several rates, each the residual of the blocks before.

    A block averages the window around one knot every `rates` sessions, runs dense layers over the
    knots, and subtracts its piecewise linear backcast from the window. Outputs are not the steps
    of one series, so they are not interpolated. Source: Challu et al. (2023), N-HiTS.
    """

    kind: Literal["nhits"] = "nhits"
    rates: Annotated[tuple[Sessions, ...], Field(max_length=16), NotEmpty] = (8, 4, 1)
    hidden: Annotated[tuple[Width, ...], Field(max_length=16), NotEmpty] = (64, 64)


class PatchTransformer(Value):
    """A transformer encoder whose tokens are overlapping patches of the window.

    Patches end at the cutoff; the oldest sessions that do not fill a patch are not read. Layers are
    normalised before, not after. Source: Nie, Nguyen, Sinthong and Kalagnanam (2023), A Time
    Series is Worth 64 Words.
    """

    kind: Literal["patch_transformer"] = "patch_transformer"
    patch_sessions: Sessions = 8
    stride_sessions: Sessions = 4
    width: Width = 64
    heads: Heads = 4
    depth: Annotated[int, Field(strict=True, ge=1, le=32)] = 2
    feed_forward: Width = 128

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.width % self.heads:
            msg = _(
                "a width of {width} does not divide into {heads} heads",
                width=self.width,
                heads=self.heads,
            )
            raise ValueError(msg)
        if self.stride_sessions > self.patch_sessions:
            msg = _(
                "a stride of {stride_sessions} skips sessions between patches",
                stride_sessions=self.stride_sessions,
            )
            raise ValueError(msg)
        return self


BuiltIn: TypeAlias = Stack | DLinear | NHits | PatchTransformer
"""The specs whose module is part of Pregao; `Plugin` is the spec of a plug-in's network."""


def _branches(layer: Layer) -> tuple[tuple[Layer, ...], ...]:
    return layer.branches if isinstance(layer, Parallel) else ()


def _nesting(layers: tuple[Layer, ...]) -> int:
    inner = [_nesting(branch) + 1 for layer in layers for branch in _branches(layer)]
    return max(inner, default=0)


def _num_layers(layers: tuple[Layer, ...]) -> int:
    inner = [_num_layers(branch) for layer in layers for branch in _branches(layer)]
    return len(layers) + sum(inner)
