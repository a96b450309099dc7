"""What a network is: plain frozen values, equal to their own JSON. No torch here.

Every layer maps (batch, time, width_in) to (batch, time, width_out), so layers compose in any
order. A network that is no stack of layers is one more kind, with its own fields.
"""

from collections.abc import Mapping, Sized
from typing import Annotated, Any, Literal, Self, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

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

# Strict, so that the JSON values true and "64" are errors and not the widths 1 and 64.
Width = Annotated[int, Field(strict=True, ge=1, le=4096)]
Heads = Annotated[int, Field(strict=True, ge=1, le=16)]
Sessions = Annotated[int, Field(strict=True, ge=1, le=256)]

MAX_LAYERS = 64
MAX_NESTING = 3

_Several = TypeVar("_Several", bound=Sized)


def _not_empty(values: _Several) -> _Several:
    if not len(values):
        msg = "at least one is needed"
        raise ValueError(msg)
    return values


# And not `min_length`, which counts what is valid: one typo in the only layer made two errors.
NotEmpty = AfterValidator(_not_empty)


PlainValue: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr


def _pairs(value: object) -> object:
    """Take the pairs of parameters, which is how a value holds them, for a mapping."""
    return dict(value) if isinstance(value, tuple) else value


def _frozen(value: object) -> object:
    """Let a mapping be pairs: what is in a value does not change, and can be hashed."""
    return tuple(value.items()) if isinstance(value, Mapping) else value


Parameters = Annotated[
    tuple[tuple[str, PlainValue | tuple[PlainValue, ...] | None], ...],
    BeforeValidator(_frozen),
    PlainSerializer(dict, return_type=dict[str, Any]),
    WithJsonSchema({"type": "object"}),
]
"""Names with plain values: a mapping in JSON."""


class Recurrent(Value):
    """A recurrent layer; `width` is that of one direction, `norm` acts on its output."""

    kind: Literal["recurrent"] = "recurrent"
    cell: Cell
    width: Width
    bidirectional: StrictBool = False
    """Read the lookback window both ways: nothing beyond the cutoff is in it."""
    norm: Norm = "none"
    skip: Skip = "none"


class Convolution(Value):
    """A causal convolution over time with a ReLU, padded on the left: no step sees a later one."""

    kind: Literal["convolution"] = "convolution"
    width: Width
    kernel: Annotated[int, Field(strict=True, ge=1, le=32)] = 3
    dilation: Annotated[int, Field(strict=True, ge=1, le=128)] = 1
    skip: Skip = "none"


class SelfAttention(Value):
    """Causal attention over time, as wide as its input; positions are learned distances."""

    kind: Literal["self_attention"] = "self_attention"
    heads: Heads = 1
    skip: Skip = "residual"


class PerStep(Value):
    """The same dense layer with a ReLU at every step."""

    kind: Literal["per_step"] = "per_step"
    width: Width
    skip: Skip = "none"


class Parallel(Value):
    """Branches of layers over one input; their outputs are concatenated."""

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
            msg = f"parallel layers nest {nesting} deep: at most {MAX_NESTING} are allowed"
            raise ValueError(msg)
        return self


Layer: TypeAlias = Annotated[
    Recurrent | Convolution | SelfAttention | PerStep | Parallel, Field(discriminator="kind")
]


class Stack(Value):
    """Layers over the window, a pool over time and a dense head before the last linear layer.

    The pool ``last`` takes what each direction has read last: the newest step of what runs
    forwards, the oldest step of a bidirectional layer's way back.

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
            msg = f"{layers} layers with those of all branches: at most {MAX_LAYERS} are allowed"
            raise ValueError(msg)
        return self


class DLinear(Value):
    """One linear map of the window's trend and one of what remains of it.

    The trend is a centred moving average inside the window. Source: Zeng, Chen, Zhang and Xu
    (2023), Are Transformers Effective for Time Series Forecasting?
    """

    kind: Literal["dlinear"] = "dlinear"
    trend_sessions: Sessions = 25

    @model_validator(mode="after")
    def _has_a_centre(self) -> Self:
        if self.trend_sessions % 2 == 0:
            msg = f"trend_sessions is {self.trend_sessions}: a centred average needs an odd number"
            raise ValueError(msg)
        return self


class NHits(Value):
    """Blocks that read the window at several rates, each what the one before left unexplained.

    A block averages the window around one knot every `rates` sessions, runs dense layers over the
    knots, and takes its piecewise linear backcast off the window. Outputs are not the steps
    of one series, so they are not interpolated. Source: Challu et al. (2023), N-HiTS.
    """

    kind: Literal["nhits"] = "nhits"
    rates: Annotated[tuple[Sessions, ...], Field(max_length=16), NotEmpty] = (8, 4, 1)
    hidden: Annotated[tuple[Width, ...], Field(max_length=16), NotEmpty] = (64, 64)


class PatchTransformer(Value):
    """A transformer encoder whose tokens are overlapping patches of the window.

    Patches end at the cutoff; what is left over at the window's old end is not read. Layers
    are normalised before, not after. Source: Nie, Nguyen, Sinthong and Kalagnanam (2023), A Time
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
            msg = f"a width of {self.width} does not divide into {self.heads} heads"
            raise ValueError(msg)
        if self.stride_sessions > self.patch_sessions:
            msg = f"a stride of {self.stride_sessions} skips sessions between patches"
            raise ValueError(msg)
        return self


class Plugin(Value):
    """A network whose body is a torch module of another package, by its name and parameters.

    Parameters that are not given have the plug-in's defaults. It cannot be made, nor read, where
    the package is not installed. See `CustomNetwork`.
    """

    kind: Literal["plugin"] = "plugin"
    name: str
    parameters: Parameters = Field(default=(), validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, fields: object) -> object:
        if not isinstance(fields, Mapping) or not isinstance(fields.get("name"), str):
            return fields
        from pregao.zoo.networks._custom import custom_network

        defaults = custom_network(fields["name"]).parameters
        given = _pairs(fields.get("parameters", {}))
        if not isinstance(given, Mapping):
            return fields
        try:
            complete = type(defaults).model_validate({**dict(defaults), **given})
        except ValidationError as error:
            reasons = [f"{each['loc'][0]}: {each['msg']}" for each in error.errors()]
            raise ValueError(f"parameters of {fields['name']}: {'; '.join(reasons)}") from None
        return {**fields, "parameters": complete.model_dump(mode="json")}


Network: TypeAlias = Annotated[
    Stack | DLinear | NHits | PatchTransformer | Plugin, Field(discriminator="kind")
]

NETWORK_SCHEMA: TypeAdapter[Network] = TypeAdapter(Network)
"""Reads and describes any network: ``NETWORK_SCHEMA.validate_json(text)``."""


def _branches(layer: Layer) -> tuple[tuple[Layer, ...], ...]:
    return layer.branches if isinstance(layer, Parallel) else ()


def _nesting(layers: tuple[Layer, ...]) -> int:
    inner = [_nesting(branch) + 1 for layer in layers for branch in _branches(layer)]
    return max(inner, default=0)


def _num_layers(layers: tuple[Layer, ...]) -> int:
    inner = [_num_layers(branch) for layer in layers for branch in _branches(layer)]
    return len(layers) + sum(inner)
