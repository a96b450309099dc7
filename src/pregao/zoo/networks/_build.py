"""Build the torch module of a spec. In the zoo, only modules of networks import torch."""

from collections import OrderedDict
from typing import NamedTuple, assert_never

import torch
from jaxtyping import Float
from torch import Tensor, nn

from pregao.texts import gettext_lazy as _
from pregao.zoo.networks._bodies import Blocks, TrendAndRemainder, patch_transformer
from pregao.zoo.networks._custom import (
    Network,
    Plugin,
    custom_network,
    custom_size,
    plugin_error,
    typed_parameters,
)
from pregao.zoo.networks._layers import (
    Attention,
    AttentionPool,
    Branches,
    CausalConvolution,
    Dense,
    FinalState,
    Mean,
    Recurrence,
    with_skip,
)
from pregao.zoo.networks._sizes import body_size, layer_size, num_parameters
from pregao.zoo.networks._specs import (
    Activation,
    Convolution,
    DLinear,
    Layer,
    NHits,
    Parallel,
    PatchTransformer,
    PerStep,
    Recurrent,
    SelfAttention,
    Stack,
)

Window = Float[Tensor, "batch lookback feature"]
Outputs = Float[Tensor, "batch output"]


class BuiltNetwork(nn.Module):
    """A body that reads the window, and a last linear layer that starts at zero.

    An untrained network returns exactly zero for any window, so it does not change the forecast
    that it is added to.
    """

    def __init__(self, body: nn.Module, width: int, num_outputs: int) -> None:
        super().__init__()
        self.body = body
        self.last = nn.Linear(width, num_outputs)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, x: Window) -> Outputs:
        """Return the outputs of a batch of windows."""
        out: Tensor = self.last(self.body(x))
        return out


class _Window(NamedTuple):
    """The arguments of a body beside its spec."""

    num_features: int
    lookback: int
    activation: Activation
    dropout: float


def build(
    network: Network,
    *,
    num_features: int,
    lookback: int,
    num_outputs: int,
    activation: Activation = "relu",
    dropout: float = 0.0,
    seed: int,
) -> BuiltNetwork:
    """Build the module of a spec: (batch, lookback, num_features) to (batch, num_outputs).

    The same seed gives the same weights; the global generator of torch is left unchanged.
    `activation` is that of dense heads, and of the dense layers of networks other than stacks;
    `dropout` acts on the output of recurrent and dense layers.

    Raises
    ------
    InvalidNetworkError
        If the network cannot be built on such windows, or would be too large.

    Examples
    --------
    >>> from pregao.zoo.networks import find_network
    >>> network = find_network("lstm_classic")
    >>> module = build(network, num_features=8, lookback=60, num_outputs=15, seed=0)
    >>> module(torch.randn(3, 60, 8)).abs().sum().item()
    0.0
    """
    num_parameters(
        network, num_features=num_features, lookback=lookback, num_outputs=num_outputs
    )  # raises before memory is allocated
    width = body_size(network, num_features=num_features, lookback=lookback).width
    window = _Window(num_features, lookback, activation, dropout)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return BuiltNetwork(_body(network, window), width, num_outputs)


def _body(network: Network, window: _Window) -> nn.Module:
    match network:
        case Stack():
            return _stack(network, window)
        case DLinear():
            return TrendAndRemainder(network.trend_sessions)
        case NHits():
            return Blocks(network, **window._asdict())
        case PatchTransformer():
            return patch_transformer(network, **window._asdict())
        case Plugin():
            return _custom(network, window)
        case _:
            assert_never(network)


def _custom(network: Plugin, window: _Window) -> nn.Module:
    """Build the body of a plug-in's network, and check its output and its parameters."""
    build_body = custom_network(network.name).body
    lookback, num_features = window.lookback, window.num_features
    size = custom_size(network, num_features=num_features, lookback=lookback)
    try:
        body = build_body(typed_parameters(network), **window._asdict())
        body.eval()
        with torch.no_grad():
            out = body(torch.zeros(2, lookback, num_features))
    except Exception as error:
        reason = _(
            "building its body raised {kind}: {error}", kind=type(error).__name__, error=error
        )
        raise plugin_error(network, reason) from error
    body.train()
    if out.shape != (2, size.width) or not out.isfinite().all():
        raise plugin_error(
            network,
            _("its body maps windows of zeros to {shape} {out}", shape=tuple(out.shape), out=out),
        )
    if any(each.dtype != torch.float32 for each in body.parameters()):
        raise plugin_error(network, _("its body has parameters that are not float32"))
    num_weights = sum(each.numel() for each in body.parameters() if each.requires_grad)
    if num_weights != size.parameters:
        reason = _(
            "its size says {parameters} parameters, its body learns {num_weights}",
            parameters=size.parameters,
            num_weights=num_weights,
        )
        raise plugin_error(network, reason)
    return body


def _stack(network: Stack, window: _Window) -> nn.Module:
    layers = _layers(network.layers, window.num_features, window)
    backwards = _backwards(network.layers, [False] * window.num_features)
    head: list[nn.Module] = []
    width = len(backwards)
    for each in network.head:
        dense = Dense(width, each, window.activation, window.dropout)
        head.append(with_skip(dense, network.head_skip, width, each))
        width = each + (width if network.head_skip == "dense" else 0)
    parts = {"layers": layers, "pool": _pool(network, backwards), "head": nn.Sequential(*head)}
    return nn.Sequential(OrderedDict(parts))


def _layers(layers: tuple[Layer, ...], width: int, window: _Window) -> nn.Module:
    modules = []
    for layer in layers:
        modules.append(_layer(layer, width, window))
        width = layer_size(layer, width, window.lookback).width
    return nn.Sequential(*modules)


def _layer(layer: Layer, width: int, window: _Window) -> nn.Module:
    module: nn.Module
    match layer:
        case Recurrent():
            module = Recurrence(layer, width, window.dropout)
            out = layer.width * (2 if layer.bidirectional else 1)
        case Convolution():
            module, out = CausalConvolution(layer, width), layer.width
        case SelfAttention():
            module = Attention(width, heads=layer.heads, steps=window.lookback, causal=True)
            out = width
        case PerStep():
            module, out = Dense(width, layer.width, "relu", 0.0), layer.width
        case Parallel():
            return Branches(_layers(branch, width, window) for branch in layer.branches)
        case _:
            assert_never(layer)
    return with_skip(module, layer.skip, width, out)


def _pool(network: Stack, backwards: list[bool]) -> nn.Module:
    match network.pool:
        case "last":
            return FinalState(backwards)
        case "mean":
            return Mean()
        case "attention":
            return AttentionPool(len(backwards))
        case _:
            assert_never(network.pool)


def _backwards(layers: tuple[Layer, ...], before: list[bool]) -> list[bool]:
    """Return for each channel whether a layer reads the window backwards."""
    for layer in layers:
        match layer:
            case Recurrent():
                own = [False] * layer.width + [True] * (layer.width if layer.bidirectional else 0)
            case Convolution() | PerStep():
                own = [False] * layer.width
            case SelfAttention():
                own = [False] * len(before)
            case Parallel():
                before = [each for branch in layer.branches for each in _backwards(branch, before)]
                continue
            case _:
                assert_never(layer)
        before = own + (before if layer.skip == "dense" else [])
    return before
