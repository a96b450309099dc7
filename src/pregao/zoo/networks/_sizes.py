"""Widths and parameter counts of a network, from its spec, without torch."""

from collections.abc import Iterator
from itertools import pairwise
from typing import assert_never

from pregao.errors import InvalidNetworkError
from pregao.texts import gettext_lazy as _
from pregao.zoo.networks._custom import Network, Plugin, custom_size
from pregao.zoo.networks._specs import (
    Cell,
    Convolution,
    DLinear,
    Layer,
    NHits,
    Parallel,
    PatchTransformer,
    PerStep,
    Recurrent,
    SelfAttention,
    Size,
    Skip,
    Stack,
)

MAX_PARAMETERS = 50_000_000
"""200 MB of weights, and three times as much again during training."""

_GATES: dict[Cell, int] = {"rnn": 1, "gru": 3, "lstm": 4}


def num_parameters(network: Network, *, num_features: int, lookback: int, num_outputs: int) -> int:
    """Return the number of trainable parameters of a network on windows of `lookback` sessions.

    Raises
    ------
    InvalidNetworkError
        If the network cannot be built on such windows, or has over `MAX_PARAMETERS`.

    Examples
    --------
    >>> from pregao.zoo.networks import find_network
    >>> network = find_network("lstm_small")
    >>> num_parameters(network, num_features=8, lookback=60, num_outputs=15)
    5871
    """
    body = body_size(network, num_features=num_features, lookback=lookback)
    parameters = body.parameters + output_size(body.width, num_outputs).parameters
    if parameters > MAX_PARAMETERS:
        raise InvalidNetworkError(
            _(
                "the network would have {parameters:,} parameters, more than {max_parameters:,}",
                parameters=parameters,
                max_parameters=MAX_PARAMETERS,
            ),
            _("use smaller widths or fewer layers"),
        )
    return parameters


def body_size(network: Network, *, num_features: int, lookback: int) -> Size:
    """Return the size of the body; its width is the input width of the last linear layer."""
    match network:
        case Stack():
            return _stack_size(network, num_features, lookback)
        case DLinear():
            return Size(2 * num_features * lookback, 0)
        case NHits():
            return _nhits_size(network, num_features, lookback)
        case PatchTransformer():
            return _patch_transformer_size(network, num_features, lookback)
        case Plugin():
            return custom_size(network, num_features=num_features, lookback=lookback)
        case _:
            assert_never(network)


def layers_size(layers: tuple[Layer, ...], width: int, lookback: int) -> Size:
    """Return the size of consecutive layers, the first on `width` channels."""
    parameters = 0
    for layer in layers:
        width, own = layer_size(layer, width, lookback)
        parameters += own
    return Size(width, parameters)


def layer_size(layer: Layer, width: int, lookback: int) -> Size:
    """Return the size of one layer on `width` channels, including its skip connection."""
    match layer:
        case Recurrent():
            own = _recurrent_size(layer, width)
        case Convolution():
            own = Size(layer.width, _dense(width * layer.kernel, layer.width))
        case SelfAttention():
            head_width(width, layer.heads)
            own = Size(width, _attention(width) + layer.heads * lookback)
        case PerStep():
            own = Size(layer.width, _dense(width, layer.width))
        case Parallel():
            sizes = [layers_size(branch, width, lookback) for branch in layer.branches]
            return Size(sum(each.width for each in sizes), sum(each.parameters for each in sizes))
        case _:
            assert_never(layer)
    return _with_skip(layer.skip, width, own)


def pool_size(network: Stack, width: int) -> Size:
    """Return the size of the pool over time, which has parameters only if it is an attention."""
    return Size(width, width if network.pool == "attention" else 0)


def head_sizes(network: Stack, width: int) -> Iterator[Size]:
    """Yield the sizes of the dense layers after the pool, including their skip connections."""
    for each in network.head:
        size = _with_skip(network.head_skip, width, Size(each, _dense(width, each)))
        width = size.width
        yield size


def output_size(width: int, num_outputs: int) -> Size:
    """Return the size of the last linear layer."""
    return Size(num_outputs, _dense(width, num_outputs))


def head_width(width: int, heads: int) -> int:
    """Return the width of each attention head.

    Raises
    ------
    InvalidNetworkError
        If the heads do not divide the width.
    """
    if width % heads:
        raise InvalidNetworkError(
            _(
                "self-attention of {heads} heads reads {width} channels, which {heads} do not "
                "divide",
                heads=heads,
                width=width,
            ),
            _("change the heads or the width of the layer before"),
        )
    return width // heads


def num_patches(network: PatchTransformer, lookback: int) -> int:
    """Return the number of patches that fit into the window.

    Raises
    ------
    InvalidNetworkError
        If the window is shorter than one patch.
    """
    if lookback < network.patch_sessions:
        raise InvalidNetworkError(
            _(
                "a lookback of {lookback} sessions holds no patch of {patch_sessions}",
                lookback=lookback,
                patch_sessions=network.patch_sessions,
            ),
            _("use a longer lookback or shorter patches"),
        )
    return (lookback - network.patch_sessions) // network.stride_sessions + 1


def num_knots(rate: int, lookback: int) -> int:
    """Return the number of knots at which a block of N-HiTS reads the window."""
    return -(-lookback // rate)


def _dense(width_in: int, width_out: int) -> int:
    return (width_in + 1) * width_out


def _attention(width: int) -> int:
    """Return the parameters of queries, keys and values without bias and of the output with one."""
    return 3 * width * width + _dense(width, width)


def _recurrent_size(layer: Recurrent, width: int) -> Size:
    directions = 2 if layer.bidirectional else 1
    out = directions * layer.width
    cell = directions * _GATES[layer.cell] * layer.width * (width + layer.width + 2)
    return Size(out, cell + (0 if layer.norm == "none" else 2 * out))


def _with_skip(skip: Skip, width_in: int, own: Size) -> Size:
    """Add the size of a skip connection; an unchanged width needs no projection."""
    width, parameters = own
    projection = 0 if width_in == width else width_in * width
    match skip:
        case "none":
            return own
        case "dense":
            return Size(width_in + width, parameters)
        case "residual":
            return Size(width, parameters + projection)
        case "highway":
            return Size(width, parameters + projection + _dense(width_in, width))
        case _:
            assert_never(skip)


def _stack_size(network: Stack, num_features: int, lookback: int) -> Size:
    layers = layers_size(network.layers, num_features, lookback)
    pool = pool_size(network, layers.width)
    sizes = (layers, pool, *head_sizes(network, pool.width))
    return Size(sizes[-1].width, sum(each.parameters for each in sizes))


def _nhits_size(network: NHits, num_features: int, lookback: int) -> Size:
    coefficients = [num_features * num_knots(rate, lookback) for rate in network.rates]
    hidden = sum(_dense(*pair) for pair in pairwise(network.hidden))
    read = sum(_dense(each, network.hidden[0]) + hidden for each in coefficients)
    # The residual of the last block is not used, so that block has no backcast.
    backcast = sum(_dense(network.hidden[-1], each) for each in coefficients[:-1])
    return Size(len(network.rates) * network.hidden[-1], read + backcast)


def _patch_transformer_size(network: PatchTransformer, num_features: int, lookback: int) -> Size:
    width, patches = network.width, num_patches(network, lookback)
    norm = 2 * width
    attention = _attention(width) + network.heads * (2 * patches - 1)
    forward = _dense(width, network.feed_forward) + _dense(network.feed_forward, width)
    embedding = _dense(num_features * network.patch_sessions, width)
    blocks = network.depth * (norm + attention + norm + forward)
    return Size(patches * width, embedding + blocks + norm)
