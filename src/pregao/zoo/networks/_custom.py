"""Networks of plug-ins: a spec of known layers, or a torch module of another package."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from pydantic import (
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

from pregao.errors import (
    Fault,
    InvalidNetworkError,
    PluginError,
    UnknownNameError,
    validation_message,
)
from pregao.plugins import Plugins, load_plugins
from pregao.texts import LocalText, join_messages
from pregao.texts import gettext_lazy as _
from pregao.values import Value
from pregao.zoo.networks._catalogue import ALIASES, ZOO
from pregao.zoo.networks._specs import (
    Activation,
    BuiltIn,
    DLinear,
    NHits,
    PatchTransformer,
    Size,
    Stack,
)

if TYPE_CHECKING:
    from torch import nn

PlainValue: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr


def _as_mapping(value: object) -> object:
    """Return pairs of names and values, the stored form of parameters, as a mapping."""
    return dict(value) if isinstance(value, tuple) else value


def _as_pairs(value: object) -> object:
    """Return a mapping as pairs, which are immutable and can be hashed."""
    return tuple(value.items()) if isinstance(value, Mapping) else value


Parameters = Annotated[
    tuple[tuple[str, PlainValue | tuple[PlainValue, ...] | None], ...],
    BeforeValidator(_as_pairs),
    PlainSerializer(dict, return_type=dict[str, Any]),
    WithJsonSchema({"type": "object"}),
]
"""Names with plain values; a mapping in JSON."""

P = TypeVar("P", bound=Value)
P_contra = TypeVar("P_contra", bound=Value, contravariant=True)


class MeasureBody(Protocol[P_contra]):
    """A function that returns the size of a body, without torch."""

    def __call__(self, parameters: P_contra, /, *, num_features: int, lookback: int) -> Size:
        """Return the output width of the body, and its number of parameters."""
        ...


class BuildBody(Protocol[P_contra]):
    """A function that builds a body and imports torch inside, to keep listing networks fast."""

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
        """Return a module: (batch, lookback, num_features) to (batch, width)."""
        ...


@dataclass(frozen=True)
class CustomNetwork(Generic[P]):
    """A network with a torch module of the plug-in as body, for an entry point `pregao.networks`.

    The plug-in supplies the body only. The last linear layer, which starts at zero, and the head
    are added as to every network, so that its untrained forecast is the anchor too.

    Parameters
    ----------
    description
        One sentence for the list of networks.
    parameters
        The defaults: an instance of a `Value` of the plug-in whose fields are plain numbers,
        strings or tuples of them. The experiment's JSON holds them, and may change them.
    size
        Returns the size of the body, without torch.
    body
        Builds the body. It may use the global random numbers of torch, which are seeded around
        it. Training changes its float32 parameters and the running moments of
        ``nn.BatchNorm1d``; other buffers stay as they were built.
    """

    description: str
    parameters: P
    size: MeasureBody[P]
    body: BuildBody[P]


Offered: TypeAlias = "BuiltIn | Plugin | CustomNetwork[Any]"
"""The object of an entry point."""


@cache
def plugin_networks() -> Plugins[Offered]:
    """Load the networks of other packages, from the entry points ``pregao.networks``."""
    return load_plugins("pregao.networks", _offered, built_in={*ZOO, *ALIASES})


def _offered(name: str, value: object) -> Mapping[str, Offered]:
    """Return the network of an entry point under the name of the entry point."""
    match value:
        case Stack() | DLinear() | NHits() | PatchTransformer() | Plugin():
            return {name: value}
        case CustomNetwork():
            given = value.parameters.model_dump(mode="json")
            if given != PlainParameters(parameters=given).model_dump(mode="json")["parameters"]:
                raise ValueError(_("its parameters are not the same after JSON"))
            return {name: value}
        case _:
            kind = type(value).__name__
            raise TypeError(f"it gives {kind}, not a network's spec or CustomNetwork")


class PlainParameters(Value):
    """Parameters that can be serialised and compared."""

    parameters: Parameters


def custom_network(name: str) -> CustomNetwork[Any]:
    """Return the custom network of a name.

    Raises
    ------
    UnknownNameError
        If no installed plug-in has one.
    PluginError
        If the plug-in cannot be used.
    """
    plugins = plugin_networks()
    found = plugins.find(name)
    if isinstance(found, CustomNetwork):
        return found
    known = [each for each, value in plugins.values.items() if isinstance(value, CustomNetwork)]
    hint = _("It is a plug-in's: install the package that has it, with pip.")
    raise UnknownNameError(_("network"), name, known, join_messages([hint, *plugins.hints], " "))


class Plugin(Value):
    """A network whose body is a torch module of another package, by name and parameters.

    Missing parameters take the defaults of the plug-in. It can be neither made nor read where the
    package is not installed. See `CustomNetwork`.
    """

    kind: Literal["plugin"] = "plugin"
    name: str
    parameters: Parameters = Field(default=(), validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, fields: object) -> object:
        if not isinstance(fields, Mapping) or not isinstance(fields.get("name"), str):
            return fields
        defaults = custom_network(fields["name"]).parameters
        given = _as_mapping(fields.get("parameters", {}))
        if not isinstance(given, Mapping):
            return fields
        try:
            complete = type(defaults).model_validate({**dict(defaults), **given})
        except ValidationError as error:
            reasons = [
                Fault(str(each["loc"][0]), validation_message(each)) for each in error.errors()
            ]
            raise ValueError(
                _(
                    "parameters of {fields}: {reasons}",
                    fields=fields["name"],
                    reasons=join_messages(reasons),
                )
            ) from None
        return {**fields, "parameters": complete.model_dump(mode="json")}


Network: TypeAlias = Annotated[
    Stack | DLinear | NHits | PatchTransformer | Plugin, Field(discriminator="kind")
]

NETWORK_SCHEMA: TypeAdapter[Network] = TypeAdapter(Network)
"""Validates and describes any network: ``NETWORK_SCHEMA.validate_json(text)``."""


def typed_parameters(network: Plugin) -> Value:
    """Return the parameters of a plug-in's network as the value class of the plug-in."""
    defaults: Value = custom_network(network.name).parameters
    return type(defaults).model_validate(dict(network.parameters))


def custom_size(network: Plugin, *, num_features: int, lookback: int) -> Size:
    """Return the size of the body of a plug-in's network.

    Raises
    ------
    InvalidNetworkError
        From the plug-in, if the network cannot be built on such windows.
    PluginError
        If the size function fails.
    """
    measure = custom_network(network.name).size
    try:
        width, parameters = measure(
            typed_parameters(network), num_features=num_features, lookback=lookback
        )
    except InvalidNetworkError:
        raise
    except Exception as error:
        raise plugin_error(
            network,
            _("its size raised {kind}: {error}", kind=type(error).__name__, error=error),
        ) from error
    if not (isinstance(width, int) and isinstance(parameters, int) and width > 0 <= parameters):
        raise plugin_error(
            network,
            _(
                "its size is {width} wide with {parameters} parameters",
                width=width,
                parameters=parameters,
            ),
        )
    return Size(width, parameters)


def plugin_error(network: Plugin, reason: LocalText) -> PluginError:
    """Return the error for a fault of a plug-in's network."""
    origin = plugin_networks().origins[network.name]
    advice = _("mend it, or choose another network ('pregao networks' shows them all)")
    return PluginError(network.name, str(origin), reason, advice)
