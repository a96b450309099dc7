"""What a network is: specs, the zoo of named ones, their sizes, and `build`, which needs torch."""

from typing import TYPE_CHECKING

from pregao.zoo._baselines import BASELINES as BASELINES
from pregao.zoo._catalogue import ACTIVATIONS as ACTIVATIONS
from pregao.zoo._catalogue import ZOO as ZOO
from pregao.zoo._catalogue import Category as Category
from pregao.zoo._catalogue import Entry as Entry
from pregao.zoo._catalogue import find_network as find_network
from pregao.zoo._catalogue import name_of as name_of
from pregao.zoo._catalogue import plugin_entries as plugin_entries
from pregao.zoo._custom import CustomNetwork as CustomNetwork
from pregao.zoo._custom import plugin_networks as plugin_networks
from pregao.zoo._empirical import anchor_quantiles as anchor_quantiles
from pregao.zoo._forecaster import Baseline as Baseline
from pregao.zoo._forecaster import FittedBaseline as FittedBaseline
from pregao.zoo._forecaster import Forecaster as Forecaster
from pregao.zoo._forecaster import spread as spread
from pregao.zoo._parts import Part as Part
from pregao.zoo._parts import network_parts as network_parts
from pregao.zoo._past import Past as Past
from pregao.zoo._past import Taught as Taught
from pregao.zoo._sizes import MAX_PARAMETERS as MAX_PARAMETERS
from pregao.zoo._sizes import Size as Size
from pregao.zoo._sizes import num_parameters as num_parameters
from pregao.zoo._specs import NETWORK_SCHEMA as NETWORK_SCHEMA
from pregao.zoo._specs import Activation as Activation
from pregao.zoo._specs import Convolution as Convolution
from pregao.zoo._specs import DLinear as DLinear
from pregao.zoo._specs import Layer as Layer
from pregao.zoo._specs import Network as Network
from pregao.zoo._specs import NHits as NHits
from pregao.zoo._specs import Parallel as Parallel
from pregao.zoo._specs import PatchTransformer as PatchTransformer
from pregao.zoo._specs import PerStep as PerStep
from pregao.zoo._specs import Plugin as Plugin
from pregao.zoo._specs import Recurrent as Recurrent
from pregao.zoo._specs import SelfAttention as SelfAttention
from pregao.zoo._specs import Stack as Stack

if TYPE_CHECKING:
    from pregao.zoo._build import BuiltNetwork as BuiltNetwork
    from pregao.zoo._build import build as build
    from pregao.zoo._export import export_onnx as export_onnx
else:
    _NEED_TORCH = {
        "BuiltNetwork": "pregao.zoo._build",
        "build": "pregao.zoo._build",
        "export_onnx": "pregao.zoo._export",
    }

    def __getattr__(name: str) -> object:
        """Load torch with the first use of what needs it: listing the zoo does not."""
        if name not in _NEED_TORCH:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        from importlib import import_module

        return getattr(import_module(_NEED_TORCH[name]), name)
