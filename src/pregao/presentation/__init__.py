"""Views of results for every medium: rows, evidence, texts, numbers."""

from typing import TYPE_CHECKING

from pregao.presentation._numbers import ABSENT as ABSENT
from pregao.presentation._numbers import currency_sign as currency_sign
from pregao.presentation._numbers import day as day
from pregao.presentation._numbers import duration as duration
from pregao.presentation._numbers import knob as knob
from pregao.presentation._numbers import money as money
from pregao.presentation._numbers import number as number
from pregao.presentation._numbers import p_value as p_value
from pregao.presentation._numbers import percent as percent
from pregao.presentation._numbers import price_digits as price_digits
from pregao.presentation._numbers import short_day as short_day
from pregao.presentation._texts import TEXTS as TEXTS
from pregao.presentation._texts import Language as Language
from pregao.presentation._texts_actions import TEXTS_ACTIONS as TEXTS_ACTIONS
from pregao.presentation._texts_explanation import EXPLANATION_TEXTS as EXPLANATION_TEXTS
from pregao.presentation._texts_proof import PROOF_TEXTS as PROOF_TEXTS
from pregao.presentation._texts_reliability import RELIABILITY_TEXTS as RELIABILITY_TEXTS
from pregao.presentation._texts_trading import TEXTS_TRADING as TEXTS_TRADING

if TYPE_CHECKING:
    from pregao.presentation._accounts import Market as Market
    from pregao.presentation._accounts import markets_of as markets_of
    from pregao.presentation._coverages import NOMINAL_PERCENT as NOMINAL_PERCENT
    from pregao.presentation._coverages import CoverageLine as CoverageLine
    from pregao.presentation._coverages import coverages_of as coverages_of
    from pregao.presentation._evidence import TestLine as TestLine
    from pregao.presentation._evidence import Tile as Tile
    from pregao.presentation._evidence import tests_of as tests_of
    from pregao.presentation._evidence import tiles_of as tiles_of
    from pregao.presentation._proof import FoldLine as FoldLine
    from pregao.presentation._proof import Proof as Proof
    from pregao.presentation._proof import in_plain_words as in_plain_words
    from pregao.presentation._proof import proof_of as proof_of
    from pregao.presentation._rows import Row as Row
    from pregao.presentation._rows import best_loss as best_loss
    from pregao.presentation._rows import has_ensembles as has_ensembles
    from pregao.presentation._rows import row_of as row_of
    from pregao.presentation._rows import rows_of as rows_of
    from pregao.presentation._rows import searched_of as searched_of
    from pregao.presentation._rows import was_asked_for as was_asked_for

_LAZY = {
    "Market": "_accounts",
    "markets_of": "_accounts",
    "CoverageLine": "_coverages",
    "NOMINAL_PERCENT": "_coverages",
    "coverages_of": "_coverages",
    "TestLine": "_evidence",
    "Tile": "_evidence",
    "tests_of": "_evidence",
    "tiles_of": "_evidence",
    "FoldLine": "_proof",
    "Proof": "_proof",
    "in_plain_words": "_proof",
    "proof_of": "_proof",
    "Row": "_rows",
    "best_loss": "_rows",
    "has_ensembles": "_rows",
    "row_of": "_rows",
    "rows_of": "_rows",
    "searched_of": "_rows",
    "was_asked_for": "_rows",
}


def __getattr__(name: str) -> object:
    """Import what loads a heavy library when it is first used."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"pregao.presentation.{_LAZY[name]}"), name)
