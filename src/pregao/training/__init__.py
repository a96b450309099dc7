"""From windows to a fitted forecaster: experiments, the trainer, the engine.

Importing this package does not import torch; training and forecasting do.
"""

from typing import TYPE_CHECKING

from pregao.training._engine import default_workers as default_workers
from pregao.training._engine import run as run
from pregao.training._experiment import DEFAULT_NETWORK as DEFAULT_NETWORK
from pregao.training._experiment import LEVELS as LEVELS
from pregao.training._experiment import Experiment as Experiment
from pregao.training._experiment import fields_of_toml as fields_of_toml
from pregao.training._fitted import Epoch as Epoch
from pregao.training._fitted import Fitted as Fitted
from pregao.training._fitted import Outcome as Outcome
from pregao.training._fitted import State as State
from pregao.training._listing import Listed as Listed
from pregao.training._listing import listed_networks as listed_networks

if TYPE_CHECKING:
    from pregao.training._train import finish as finish
    from pregao.training._train import train as train
    from pregao.training._train import untrained as untrained

_NEED_TORCH = ("finish", "train", "untrained")


def __getattr__(name: str) -> object:
    if name not in _NEED_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pregao.training import _train

    return getattr(_train, name)
