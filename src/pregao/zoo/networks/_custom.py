"""Networks of other packages: a spec out of known layers, or a torch module of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pregao.errors import InvalidNetworkError, PluginError, UnknownNameError
from pregao.plugins import Plugins, load_plugins
from pregao.values import Value
from pregao.zoo.networks._sizes import Size
from pregao.zoo.networks._specs import (
    Activation,
    DLinear,
    Network,
    NHits,
    Parameters,
    PatchTransformer,
    Plugin,
    Stack,
)

if TYPE_CHECKING:
    from torch import nn

P = TypeVar("P", bound=Value)
P_contra = TypeVar("P_contra", bound=Value, contravariant=True)


class MeasureBody(Protocol[P_contra]):
    """How large a body would be, without torch."""

    def __call__(self, parameters: P_contra, /, *, num_features: int, lookback: int) -> Size:
        """Give the width of what it puts out, and how many weights it has."""
        ...


class BuildBody(Protocol[P_contra]):
    """How a body is built; torch is imported in here, so that listing networks stays quick."""

    def __call__(
        self,
        parameters: P_contra,
        /,
        *,
        num_features: int,
        lookback: int,
        activation: Activation,
        dropout: float,
    ) -> "nn.Module":
        """Give a module: (batch, lookback, num_features) to (batch, width)."""
        ...


@dataclass(frozen=True)
class CustomNetwork(Generic[P]):
    """A network whose body is a torch module of one's own: what `pregao.networks` may name.

    Only the body is one's own. The last linear layer, which starts at zero, and the head are added
    as to every network, so that it too begins as the anchor.

    Parameters
    ----------
    description
        One sentence for the list of networks.
    parameters
        The defaults: an instance of a `Value` of one's own, whose fields are plain numbers, words
        or tuples of them. They stand in the experiment's JSON and may be changed there.
    size
        Measures the body, without torch.
    body
        Builds it. It may use torch's global random numbers: they are seeded around it. What it
        learns are its float32 parameters, and the running moments of ``nn.BatchNorm1d``; other
        buffers stay as they were built.
    """

    description: str
    parameters: P
    size: MeasureBody[P]
    body: BuildBody[P]


Offered = Network | CustomNetwork[Any]


@cache
def plugin_networks() -> Plugins[Offered]:
    """Load the networks that other packages bring along: entry points of ``pregao.networks``."""
    from pregao.zoo.networks._catalogue import ZOO

    return load_plugins("pregao.networks", _offered, built_in=ZOO)


def _offered(name: str, value: object) -> Mapping[str, Offered]:
    """Give the network of an entry point under the entry point's own name."""
    match value:
        case Stack() | DLinear() | NHits() | PatchTransformer() | Plugin():
            return {name: value}
        case CustomNetwork():
            given = value.parameters.model_dump(mode="json")
            if given != Plain(parameters=given).model_dump(mode="json")["parameters"]:
                raise ValueError("its parameters are not the same after JSON")
            return {name: value}
        case _:
            kind = type(value).__name__
            raise TypeError(f"it gives {kind}, not a network's spec or CustomNetwork")


class Plain(Value):
    """Parameters that can be written down and compared."""

    parameters: Parameters


def custom_network(name: str) -> CustomNetwork[Any]:
    """Find a network of one's own by its name.

    Raises
    ------
    UnknownNameError
        If no plug-in that is installed has one.
    PluginError
        If the plug-in cannot be used.
    """
    plugins = plugin_networks()
    found = plugins.find(name)
    if isinstance(found, CustomNetwork):
        return found
    known = [each for each, value in plugins.values.items() if isinstance(value, CustomNetwork)]
    hint = "It is a plug-in's: install the package that has it, with pip."
    raise UnknownNameError("network", name, known, f"{hint} {plugins.hint}".rstrip())


def parameters_of(network: Plugin) -> Value:
    """Give the parameters of a plug-in's network as the plug-in's own value."""
    defaults: Value = custom_network(network.name).parameters
    return type(defaults).model_validate(dict(network.parameters))


def custom_size(network: Plugin, *, num_features: int, lookback: int) -> Size:
    """Measure the body of a plug-in's network.

    Raises
    ------
    InvalidNetworkError
        If the plug-in says that it cannot be built over such windows.
    PluginError
        If measuring it fails.
    """
    measure = custom_network(network.name).size
    try:
        width, parameters = measure(
            parameters_of(network), num_features=num_features, lookback=lookback
        )
    except InvalidNetworkError:
        raise
    except Exception as error:
        raise failure(network, f"its size raised {type(error).__name__}: {error}") from error
    if not (isinstance(width, int) and isinstance(parameters, int) and width > 0 <= parameters):
        raise failure(network, f"its size is {width} wide with {parameters} parameters")
    return Size(width, parameters)


def failure(network: Plugin, reason: str) -> PluginError:
    """Make the error that says what is wrong with a plug-in's network."""
    origin = plugin_networks().origins[network.name]
    advice = "mend it, or choose another network ('pregao networks' shows them all)"
    return PluginError(network.name, str(origin), reason, advice)
