"""From windows to a fitted forecaster: experiments, the trainer, the engine.

Importing this package does not import torch; training and forecasting do.
"""

from typing import TYPE_CHECKING

from pregao.training._datasets import Datasets as Datasets
from pregao.training._datasets import datasets_for as datasets_for
from pregao.training._ensemble import Ensemble as Ensemble
from pregao.training._ensemble import Model as Model
from pregao.training._ensemble import combine as combine
from pregao.training._ensemble import member_experiments as member_experiments
from pregao.training._ensemble import model_members as model_members
from pregao.training._epochs import Epoch as Epoch
from pregao.training._epochs import Outcome as Outcome
from pregao.training._epochs import PartialTraining as PartialTraining
from pregao.training._epochs import State as State
from pregao.training._experiment import DEFAULT_HORIZON as DEFAULT_HORIZON
from pregao.training._experiment import DEFAULT_NETWORK as DEFAULT_NETWORK
from pregao.training._experiment import LEVELS as LEVELS
from pregao.training._experiment import SEARCH as SEARCH
from pregao.training._experiment import Actions as Actions
from pregao.training._experiment import Combination as Combination
from pregao.training._experiment import Count as Count
from pregao.training._experiment import DeviceName as DeviceName
from pregao.training._experiment import Experiment as Experiment
from pregao.training._experiment import WindowSettings as WindowSettings
from pregao.training._experiment import read_toml_fields as read_toml_fields
from pregao.training._fitted import FittedNetwork as FittedNetwork
from pregao.training._listing import ListedNetwork as ListedNetwork
from pregao.training._listing import broken_networks as broken_networks
from pregao.training._listing import list_networks as list_networks
from pregao.training._onnx import OnnxNetwork as OnnxNetwork
from pregao.training._onnx import export_fitted as export_fitted
from pregao.training._onnx import gather_windows as gather_windows
from pregao.training._onnx import outputs_with_torch as outputs_with_torch
from pregao.training._quantity import ActionProbability as ActionProbability
from pregao.training._quantity import Attribution as Attribution
from pregao.training._quantity import MedianAt as MedianAt
from pregao.training._quantity import Quantity as Quantity
from pregao.training._quantity import WidthAt as WidthAt
from pregao.training._quantity import default_quantities as default_quantities
from pregao.training._quantity import mean_input as mean_input
from pregao.training._recipes import RECIPES as RECIPES
from pregao.training._recipes import Recipe as Recipe
from pregao.training._recipes import find_recipe as find_recipe
from pregao.training._targets import action_targets as action_targets
from pregao.training._targets import price_targets as price_targets

if TYPE_CHECKING:
    from pregao.training._attribution import attribute as attribute
    from pregao.training._loop import untrained as untrained
    from pregao.training._train import find_device as find_device
    from pregao.training._train import finish as finish
    from pregao.training._train import fitted_from_checkpoint as fitted_from_checkpoint
    from pregao.training._train import train as train
    from pregao.training._train import train_until as train_until

_LAZY = {
    "attribute": "_attribution",
    "untrained": "_loop",
    "train_until": "_train",
    "find_device": "_train",
    "finish": "_train",
    "fitted_from_checkpoint": "_train",
    "train": "_train",
}


def __getattr__(name: str) -> object:
    """Import what loads a heavy library when it is first used."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"pregao.training.{_LAZY[name]}"), name)
