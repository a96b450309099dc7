"""Networks: specs, the catalogue of named ones, their sizes, and `build`, which needs torch."""

from typing import TYPE_CHECKING

from pregao.zoo.networks._catalogue import ACTIVATIONS as ACTIVATIONS
from pregao.zoo.networks._catalogue import ALIASES as ALIASES
from pregao.zoo.networks._catalogue import ZOO as ZOO
from pregao.zoo.networks._catalogue import Entry as Entry
from pregao.zoo.networks._custom import NETWORK_SCHEMA as NETWORK_SCHEMA
from pregao.zoo.networks._custom import CustomNetwork as CustomNetwork
from pregao.zoo.networks._custom import Network as Network
from pregao.zoo.networks._custom import Offered as Offered
from pregao.zoo.networks._custom import Plugin as Plugin
from pregao.zoo.networks._custom import plugin_networks as plugin_networks
from pregao.zoo.networks._lookup import PluginEntry as PluginEntry
from pregao.zoo.networks._lookup import current_name as current_name
from pregao.zoo.networks._lookup import find_network as find_network
from pregao.zoo.networks._lookup import network_name as network_name
from pregao.zoo.networks._lookup import plugin_entries as plugin_entries
from pregao.zoo.networks._parts import Part as Part
from pregao.zoo.networks._parts import network_parts as network_parts
from pregao.zoo.networks._sizes import num_parameters as num_parameters
from pregao.zoo.networks._specs import Activation as Activation
from pregao.zoo.networks._specs import Convolution as Convolution
from pregao.zoo.networks._specs import DLinear as DLinear
from pregao.zoo.networks._specs import Layer as Layer
from pregao.zoo.networks._specs import NHits as NHits
from pregao.zoo.networks._specs import Parallel as Parallel
from pregao.zoo.networks._specs import PatchTransformer as PatchTransformer
from pregao.zoo.networks._specs import PerStep as PerStep
from pregao.zoo.networks._specs import Recurrent as Recurrent
from pregao.zoo.networks._specs import SelfAttention as SelfAttention
from pregao.zoo.networks._specs import Size as Size
from pregao.zoo.networks._specs import Stack as Stack

if TYPE_CHECKING:
    from pregao.zoo.networks._build import build as build
    from pregao.zoo.networks._export import export_onnx as export_onnx

_LAZY = {
    "build": "_build",
    "export_onnx": "_export",
}


def __getattr__(name: str) -> object:
    """Import what loads a heavy library when it is first used."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"pregao.zoo.networks.{_LAZY[name]}"), name)
