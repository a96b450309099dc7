"""Figures of results, drawn with Plotly; importing this package does not import Plotly."""

from typing import TYPE_CHECKING

from pregao.presentation.figures._theme import PALETTES as PALETTES
from pregao.presentation.figures._theme import Theme as Theme
from pregao.presentation.figures._theme import dark_twins as dark_twins

if TYPE_CHECKING:
    from pregao.presentation.figures._actions import actions_figure as actions_figure
    from pregao.presentation.figures._compared import MOST_CURVES as MOST_CURVES
    from pregao.presentation.figures._compared import (
        compared_curves_figure as compared_curves_figure,
    )
    from pregao.presentation.figures._explanation import explanation_figure as explanation_figure
    from pregao.presentation.figures._fan import fan_figure as fan_figure
    from pregao.presentation.figures._folds import folds_figure as folds_figure
    from pregao.presentation.figures._learning import (
        learning_curves_figure as learning_curves_figure,
    )
    from pregao.presentation.figures._past import past_figure as past_figure
    from pregao.presentation.figures._pit import pit_figure as pit_figure
    from pregao.presentation.figures._prices import prices_figure as prices_figure
    from pregao.presentation.figures._ranking import ranking_figure as ranking_figure
    from pregao.presentation.figures._reliability import reliability_figure as reliability_figure
    from pregao.presentation.figures._steps import skill_by_step_figure as skill_by_step_figure
    from pregao.presentation.figures._trading import trading_figure as trading_figure

_LAZY = {
    "actions_figure": "_actions",
    "MOST_CURVES": "_compared",
    "compared_curves_figure": "_compared",
    "explanation_figure": "_explanation",
    "fan_figure": "_fan",
    "folds_figure": "_folds",
    "learning_curves_figure": "_learning",
    "past_figure": "_past",
    "pit_figure": "_pit",
    "prices_figure": "_prices",
    "ranking_figure": "_ranking",
    "reliability_figure": "_reliability",
    "skill_by_step_figure": "_steps",
    "trading_figure": "_trading",
}


def __getattr__(name: str) -> object:
    """Import what loads a heavy library when it is first used."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"pregao.presentation.figures.{_LAZY[name]}"), name)
