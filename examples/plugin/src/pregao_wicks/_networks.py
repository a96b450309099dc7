"""Two networks: a spec of built-in layers, and a custom torch module."""

from typing import TYPE_CHECKING

from pydantic import Field

from pregao.values import Value
from pregao.zoo.networks import Activation, CustomNetwork, Recurrent, Size, Stack

if TYPE_CHECKING:
    from torch import nn

WICK_GRU = Stack(layers=(Recurrent(cell="gru", width=24),), head=(12,))


class Mixing(Value):
    """The parameters of a mixer, which an experiment or a search may set."""

    width: int = Field(default=32, ge=1, le=1024)


def _size(parameters: Mixing, *, num_features: int, lookback: int) -> Size:
    over_time = (lookback + 1) * parameters.width
    over_features = (num_features * parameters.width + 1) * parameters.width
    return Size(parameters.width, over_time + over_features)


def _body(
    parameters: Mixing,
    *,
    num_features: int,
    lookback: int,
    activation: Activation,  # noqa: ARG001 - a mixer always uses tanh
    dropout: float,
) -> "nn.Module":
    # Torch is imported when a mixer is built, and not when networks are listed.
    from pregao_wicks._mixer import Mixer

    return Mixer(parameters.width, num_features=num_features, lookback=lookback, dropout=dropout)


MIXER: CustomNetwork[Mixing] = CustomNetwork(
    description="Dense over time, then over features: a window is read in two products.",
    parameters=Mixing(),
    size=_size,
    body=_body,
)
