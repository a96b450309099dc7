"""Figures of the values above, and the report as one page.

Importing this package does not import Plotly; the first figure does.
"""

from typing import TYPE_CHECKING

from pregao.plots._numbers import day as day
from pregao.plots._numbers import duration as duration
from pregao.plots._numbers import knob as knob
from pregao.plots._numbers import money as money
from pregao.plots._numbers import number as number
from pregao.plots._numbers import p_value as p_value
from pregao.plots._numbers import percent as percent
from pregao.plots._numbers import price_digits as price_digits
from pregao.plots._numbers import short_day as short_day
from pregao.plots._texts import TEXTS as TEXTS
from pregao.plots._texts import Language as Language
from pregao.plots._theme import PALETTES as PALETTES
from pregao.plots._theme import Theme as Theme
from pregao.plots._theme import dark_twins as dark_twins
from pregao.plots._theme import template as template

if TYPE_CHECKING:
    from pregao.plots._actions import actions_figure as actions_figure
    from pregao.plots._compared import MOST_CURVES as MOST_CURVES
    from pregao.plots._compared import compared_curves_figure as compared_curves_figure
    from pregao.plots._evidence import tiles_of as tiles_of
    from pregao.plots._explanation import explanation_figure as explanation_figure
    from pregao.plots._fan import fan_figure as fan_figure
    from pregao.plots._folds import folds_figure as folds_figure
    from pregao.plots._learning import learning_curves_figure as learning_curves_figure
    from pregao.plots._page import check_page_path as check_page_path
    from pregao.plots._page import page_html as page_html
    from pregao.plots._page import write_page as write_page
    from pregao.plots._past import past_figure as past_figure
    from pregao.plots._pit import pit_figure as pit_figure
    from pregao.plots._prices import prices_figure as prices_figure
    from pregao.plots._proof import in_plain_words as in_plain_words
    from pregao.plots._proof import proof_of as proof_of
    from pregao.plots._ranking import ranking_figure as ranking_figure
    from pregao.plots._reliability import reliability_figure as reliability_figure
    from pregao.plots._rows import row_of as row_of
    from pregao.plots._rows import rows_of as rows_of
    from pregao.plots._steps import skill_by_step_figure as skill_by_step_figure
    from pregao.plots._tables import ranking_html as ranking_html
    from pregao.plots._trading import trading_figure as trading_figure

_DRAWN = {
    "prices_figure": "_prices",
    "fan_figure": "_fan",
    "learning_curves_figure": "_learning",
    "compared_curves_figure": "_compared",
    "MOST_CURVES": "_compared",
    "ranking_figure": "_ranking",
    "past_figure": "_past",
    "pit_figure": "_pit",
    "folds_figure": "_folds",
    "row_of": "_rows",
    "rows_of": "_rows",
    "skill_by_step_figure": "_steps",
    "reliability_figure": "_reliability",
    "actions_figure": "_actions",
    "trading_figure": "_trading",
    "explanation_figure": "_explanation",
    "tiles_of": "_evidence",
    "in_plain_words": "_proof",
    "proof_of": "_proof",
    "ranking_html": "_tables",
    "check_page_path": "_page",
    "page_html": "_page",
    "write_page": "_page",
}


def __getattr__(name: str) -> object:
    # The terminal shares the texts of this package, and needs neither numpy nor Plotly for them.
    if name not in _DRAWN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"pregao.plots.{_DRAWN[name]}"), name)
