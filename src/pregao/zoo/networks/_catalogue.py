"""The catalogue of the zoo: one entry per network, in the order of the documentation."""

from typing import Annotated, Literal

from pydantic import Field

from pregao.texts import N_
from pregao.values import Value
from pregao.zoo.networks._specs import (
    Activation,
    BuiltIn,
    Convolution,
    DLinear,
    NHits,
    Norm,
    Parallel,
    PatchTransformer,
    PerStep,
    Recurrent,
    SelfAttention,
    Skip,
    Stack,
)

Category = Literal[
    "lstm", "gru", "bidirectional", "stacked", "residual", "attention", "beyond", "plugin"
]

ACTIVATIONS: dict[Activation, str] = {
    "relu": "max(x, 0)",
    "tanh": "tanh(x)",
    "sigmoid": "1 / (1 + exp(-x))",
    "linear": "x",
    "leaky_relu": "x above 0, 0.01 x below",
    "elu": "x above 0, exp(x) - 1 below",
    "selu": "1.0507 x above 0, 1.7581 (exp(x) - 1) below",
    "exponential": "exp(x)",
    "softplus": "log(1 + exp(x))",
    "softsign": "x / (1 + |x|)",
    "swish": "x / (1 + exp(-x))",
    "mish": "x tanh(log(1 + exp(x)))",
    "gelu": "x times the normal distribution function of x",
    "hard_sigmoid": "x / 6 + 1 / 2, between 0 and 1",
    "hard_swish": "x times the hard sigmoid of x",
}
"""The activations of dense heads, with their formulas."""


class Entry(Value):
    """A network of the zoo: its name, its place in the documentation, its spec."""

    name: str
    number: Annotated[int, Field(ge=1, le=30)] | None = None
    """Its number among the thirty recurrent networks; None for the others."""
    category: Category
    network: Annotated[BuiltIn, Field(discriminator="kind")]
    description: str


def _lstm(*widths: int, norm: Norm = "none", skip: Skip = "none") -> tuple[Recurrent, ...]:
    return tuple(Recurrent(cell="lstm", width=width, norm=norm, skip=skip) for width in widths)


def _gru(*widths: int, norm: Norm = "none") -> tuple[Recurrent, ...]:
    return tuple(Recurrent(cell="gru", width=width, norm=norm) for width in widths)


def _bidirectional(layers: tuple[Recurrent, ...]) -> tuple[Recurrent, ...]:
    return tuple(layer.replace(bidirectional=True) for layer in layers)


_ENTRIES = (
    Entry(
        number=1,
        name="lstm_classic",
        category="lstm",
        description=N_("Two LSTM layers of decreasing width: the usual LSTM."),
        network=Stack(layers=_lstm(64, 32), head=(16,)),
    ),
    Entry(
        number=2,
        name="lstm_layer_norm",
        category="lstm",
        description=N_("Two LSTM layers, each followed by layer normalisation."),
        network=Stack(layers=_lstm(80, 40, norm="layer"), head=(20,)),
    ),
    Entry(
        number=3,
        name="lstm_batch_norm",
        category="lstm",
        description=N_("Two LSTM layers, each followed by batch normalisation."),
        network=Stack(layers=_lstm(96, 48, norm="batch"), head=(24,)),
    ),
    Entry(
        number=4,
        name="lstm_narrow_deep",
        category="lstm",
        description=N_("Three narrow LSTM layers of the same width."),
        network=Stack(layers=_lstm(32, 32, 32), head=(16,)),
    ),
    Entry(
        number=5,
        name="lstm_wide_shallow",
        category="lstm",
        description=N_("One wide LSTM layer and a wide head."),
        network=Stack(layers=_lstm(256), head=(128,)),
    ),
    Entry(
        number=6,
        name="gru_classic",
        category="gru",
        description=N_("Two GRU layers of decreasing width."),
        network=Stack(layers=_gru(64, 32), head=(16,)),
    ),
    Entry(
        number=7,
        name="gru_deep",
        category="gru",
        description=N_("Three GRU layers of decreasing width, the first normalised."),
        network=Stack(layers=(*_gru(128, norm="layer"), *_gru(64, 32)), head=(16,)),
    ),
    Entry(
        number=8,
        name="gru_wide",
        category="gru",
        description=N_("Two wide GRU layers."),
        network=Stack(layers=_gru(192, 96), head=(48,)),
    ),
    Entry(
        number=9,
        name="gru_residual_dense",
        category="gru",
        description=N_("Two GRU layers; each dense layer of the head also passes on its input."),
        network=Stack(layers=_gru(64, 64), head=(32, 32), head_skip="dense"),
    ),
    Entry(
        number=10,
        name="gru_hybrid",
        category="gru",
        description=N_("Three GRU layers, the first followed by batch normalisation."),
        network=Stack(layers=(*_gru(80, norm="batch"), *_gru(80, 40)), head=(20,)),
    ),
    Entry(
        number=11,
        name="bilstm_classic",
        category="bidirectional",
        description=N_("Two LSTM layers that read the window in both directions."),
        network=Stack(layers=_bidirectional(_lstm(64, 32)), head=(32,)),
    ),
    Entry(
        number=12,
        name="bigru_classic",
        category="bidirectional",
        description=N_("Two GRU layers that read the window in both directions."),
        network=Stack(layers=_bidirectional(_gru(64, 32)), head=(32,)),
    ),
    Entry(
        number=13,
        name="bilstm_deep",
        category="bidirectional",
        description=N_("Three LSTM layers that read in both directions, the first normalised."),
        network=Stack(
            layers=_bidirectional((*_lstm(96, norm="layer"), *_lstm(64, 32))),
            head=(48,),
        ),
    ),
    Entry(
        number=14,
        name="bigru_deep",
        category="bidirectional",
        description=N_("Three GRU layers that read in both directions, the first normalised."),
        network=Stack(
            layers=_bidirectional((*_gru(96, norm="layer"), *_gru(64, 32))),
            head=(48,),
        ),
    ),
    Entry(
        number=15,
        name="bilstm_bigru",
        category="bidirectional",
        description=N_("An LSTM layer and then a GRU layer, both bidirectional."),
        network=Stack(layers=_bidirectional((*_lstm(64), *_gru(64))), head=(64,)),
    ),
    Entry(
        number=16,
        name="lstm_stacked",
        category="stacked",
        description=N_("Four LSTM layers of decreasing width, the first normalised."),
        network=Stack(layers=(*_lstm(128, norm="layer"), *_lstm(96, 64, 32)), head=(16,)),
    ),
    Entry(
        number=17,
        name="gru_stacked",
        category="stacked",
        description=N_("Four GRU layers of decreasing width, the first normalised."),
        network=Stack(layers=(*_gru(128, norm="layer"), *_gru(96, 64, 32)), head=(16,)),
    ),
    Entry(
        number=18,
        name="lstm_pyramid",
        category="stacked",
        description=N_("Five LSTM layers, each half as wide as the one before, and no head."),
        network=Stack(layers=(*_lstm(256, norm="batch"), *_lstm(128, 64, 32, 16))),
    ),
    Entry(
        number=19,
        name="lstm_inverted_pyramid",
        category="stacked",
        description=N_("Three LSTM layers, each twice as wide as the one before."),
        network=Stack(
            layers=(*_lstm(32), *_lstm(64, norm="layer"), *_lstm(128)),
            head=(64,),
        ),
    ),
    Entry(
        number=20,
        name="lstm_diamond",
        category="stacked",
        description=N_("Four LSTM layers whose width rises and falls again."),
        network=Stack(
            layers=(*_lstm(64), *_lstm(128, norm="layer"), *_lstm(128, 64)),
            head=(32,),
        ),
    ),
    Entry(
        number=21,
        name="lstm_residual",
        category="residual",
        description=N_("Three LSTM layers, the middle one added to its input."),
        network=Stack(
            layers=(*_lstm(96), *_lstm(96, skip="residual"), *_lstm(48)),
            head=(24,),
        ),
    ),
    Entry(
        number=22,
        name="lstm_residual_deep",
        category="residual",
        description=N_("Four LSTM layers, the two in the middle added to their inputs."),
        network=Stack(
            layers=(*_lstm(64), *_lstm(64, 64, skip="residual"), *_lstm(32)),
            head=(16,),
        ),
    ),
    Entry(
        number=23,
        name="lstm_skip_dense",
        category="residual",
        description=N_("Two LSTM layers; each dense layer of the head also passes on its input."),
        network=Stack(layers=_lstm(80, 80), head=(40, 40), head_skip="dense"),
    ),
    Entry(
        number=24,
        name="lstm_highway",
        category="residual",
        description=N_("Two LSTM layers with a gated dense layer at every step between them."),
        network=Stack(layers=(*_lstm(96), PerStep(width=96, skip="highway"), *_lstm(48))),
    ),
    Entry(
        number=25,
        name="lstm_densenet",
        category="residual",
        description=N_("Four LSTM layers, each reading the outputs of all before it."),
        network=Stack(layers=(*_lstm(48, 48, 48, skip="dense"), *_lstm(48)), head=(24,)),
    ),
    Entry(
        number=26,
        name="lstm_self_attention",
        category="attention",
        description=N_("Two LSTM layers with causal self-attention between them."),
        network=Stack(layers=(*_lstm(64), SelfAttention(), *_lstm(64)), head=(32,)),
    ),
    Entry(
        number=27,
        name="lstm_multi_head",
        category="attention",
        description=N_("Two LSTM layers with causal self-attention of three heads between them."),
        network=Stack(layers=(*_lstm(96), SelfAttention(heads=3), *_lstm(96)), head=(48,)),
    ),
    Entry(
        number=28,
        name="cnn_lstm",
        category="attention",
        description=N_("Two causal convolutions over short patterns, then two LSTM layers."),
        network=Stack(
            layers=(Convolution(width=64), Convolution(width=64), *_lstm(64, 32)), head=(16,)
        ),
    ),
    Entry(
        number=29,
        name="lstm_time_distributed",
        category="attention",
        description=N_("Three LSTM layers with a dense layer at every step between them."),
        network=Stack(
            layers=(*_lstm(96), PerStep(width=96), *_lstm(96), PerStep(width=48), *_lstm(48))
        ),
    ),
    Entry(
        number=30,
        name="multi_path",
        category="attention",
        description=N_("Two LSTM layers, two GRU layers and a bidirectional LSTM side by side."),
        network=Stack(
            layers=(Parallel(branches=(_lstm(64, 32), _gru(64, 32), _bidirectional(_lstm(32)))),),
            head=(96, 48),
        ),
    ),
    Entry(
        name="lstm_small",
        category="beyond",
        description=N_(
            "One small LSTM layer and no head: few weights to overfit with; the default."
        ),
        network=Stack(layers=_lstm(32)),
    ),
    Entry(
        name="tcn",
        category="beyond",
        description=N_("Causal convolutions with doubling dilation, each added to its input."),
        network=Stack(
            layers=tuple(
                Convolution(width=32, dilation=dilation, skip="residual")
                for dilation in (1, 2, 4, 8, 16)
            ),
            head=(16,),
        ),
    ),
    Entry(
        name="alstm",
        category="beyond",
        description=N_("An LSTM layer whose states are averaged by learned attention over time."),
        network=Stack(layers=_lstm(64), pool="attention", head=(32,)),
    ),
    Entry(
        name="transformer",
        category="beyond",
        description=N_("A transformer encoder over overlapping patches of eight sessions."),
        network=PatchTransformer(),
    ),
    Entry(
        name="dlinear",
        category="beyond",
        description=N_("Linear in the trend of the window and the remainder; quick to fit."),
        network=DLinear(),
    ),
    Entry(
        name="nhits",
        category="beyond",
        description=N_("Dense blocks that read the window at several rates, from coarse to fine."),
        network=NHits(),
    ),
)

ZOO: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}
"""All networks by name: the thirty in their order, then the others."""

ALIASES: dict[str, str] = {"anchor_lstm": "lstm_small"}
"""Former names of networks, with their present names; requests and files may use both."""
