"""From a ticker to a calibrated forecast: a zoo of networks, always beside the naive forecast.

>>> import pregao
>>> prices = pregao.fetch("SP500")
>>> str(prices.last), round(float(prices.bars.close[-1]), 2)
('2018-12-31', 2506.85)
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pregao.instruments import Symbol as Symbol
    from pregao.notebook import fetch as fetch
    from pregao.notebook import forecast as forecast
    from pregao.notebook import networks as networks
    from pregao.notebook import recipes as recipes
    from pregao.notebook import search as search
    from pregao.notebook import sweep as sweep
    from pregao.notebook import sweep_each as sweep_each
    from pregao.notebook import train as train
    from pregao.training import Experiment as Experiment
    from pregao.workbench import Workbench as Workbench

    __version__: str

_PUBLIC = {
    "fetch": "pregao.notebook",
    "train": "pregao.notebook",
    "sweep": "pregao.notebook",
    "sweep_each": "pregao.notebook",
    "search": "pregao.notebook",
    "forecast": "pregao.notebook",
    "networks": "pregao.notebook",
    "recipes": "pregao.notebook",
    "Experiment": "pregao.training",
    "Symbol": "pregao.instruments",
    "Workbench": "pregao.workbench",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> object:
    # Loaded on first use: `pregao --help` has no need of numpy, let alone of torch.
    if name == "__version__":
        from importlib.metadata import version

        return version("pregao")
    if name not in _PUBLIC:
        raise AttributeError(f"module 'pregao' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
