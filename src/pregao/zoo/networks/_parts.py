"""The parts of a network, with their widths and numbers of parameters, without torch."""

from pydantic import Field

from pregao.errors import InvalidNetworkError
from pregao.values import Value
from pregao.zoo.networks._custom import Network
from pregao.zoo.networks._sizes import (
    body_size,
    head_sizes,
    layer_size,
    num_parameters,
    output_size,
    pool_size,
)
from pregao.zoo.networks._specs import Layer, Parallel, Size, Stack


class Part(Value):
    """A part of a network; parts are in the order in which the window passes through them."""

    at: str = Field(description="its path in the spec, such as layers.0 or head.1")
    kind: str = Field(description="of the layer or body; else pool, dense, output or quantiles")
    width: int = Field(description="number of outputs, per step where there are steps")
    parameters: int
    branches: tuple[tuple["Part", ...], ...] = Field(
        default=(), description="of a parallel layer, which has the parameters of its branches"
    )


def network_parts(
    network: Network, *, num_features: int, lookback: int, num_outputs: int
) -> tuple[Part, ...]:
    """Return the parts of a network: layers, pool and head, or the body as one, and the last layer.

    Raises
    ------
    InvalidNetworkError
        As `num_parameters` does, with the path of the layer at fault, if there is one.

    Examples
    --------
    >>> from pregao.zoo.networks import find_network
    >>> parts = network_parts(
    ...     find_network("alstm"), num_features=8, lookback=60, num_outputs=15
    ... )
    >>> [(each.kind, each.width, each.parameters) for each in parts]
    [('recurrent', 64, 18944), ('pool', 64, 64), ('dense', 32, 2080), ('output', 15, 495)]
    """
    if isinstance(network, Stack):
        body = _stack_parts(network, num_features, lookback)
    else:
        size = body_size(network, num_features=num_features, lookback=lookback)
        body = (_part("", network.kind, size),)
    num_parameters(
        network, num_features=num_features, lookback=lookback, num_outputs=num_outputs
    )  # raises if the network is too large
    return (*body, _part("output", "output", output_size(body[-1].width, num_outputs)))


def _part(at: str, kind: str, size: Size) -> Part:
    return Part(at=at, kind=kind, width=size.width, parameters=size.parameters)


def _stack_parts(network: Stack, num_features: int, lookback: int) -> tuple[Part, ...]:
    layers = _layer_parts(network.layers, "layers", num_features, lookback)
    pool = pool_size(network, layers[-1].width)
    head = enumerate(head_sizes(network, pool.width))
    dense = (_part(f"head.{number}", "dense", each) for number, each in head)
    return (*layers, _part("pool", "pool", pool), *dense)


def _layer_parts(layers: tuple[Layer, ...], at: str, width: int, lookback: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    for number, layer in enumerate(layers):
        parts.append(_layer_part(layer, f"{at}.{number}", width, lookback))
        width = parts[-1].width
    return tuple(parts)


def _layer_part(layer: Layer, at: str, width: int, lookback: int) -> Part:
    inner = layer.branches if isinstance(layer, Parallel) else ()
    branches = tuple(
        _layer_parts(branch, f"{at}.branches.{number}", width, lookback)
        for number, branch in enumerate(inner)
    )
    try:
        size = layer_size(layer, width, lookback)
    except InvalidNetworkError as error:
        raise InvalidNetworkError(error.reason, error.advice, at=at) from None
    return _part(at, layer.kind, size).replace(branches=branches)
