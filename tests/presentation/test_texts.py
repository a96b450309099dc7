import math
import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pregao.presentation
from pregao.instruments import price_digits
from pregao.presentation import TEXTS, Language, Money
from pregao.presentation._numbers import ABSENT, day, money, number, p_value, percent
from pregao.presentation._texts_actions import TEXTS_ACTIONS
from pregao.presentation._texts_explanation import EXPLANATION_TEXTS
from pregao.presentation._texts_proof import PROOF_TEXTS
from pregao.presentation._texts_reliability import RELIABILITY_TEXTS
from pregao.presentation._texts_trading import TEXTS_TRADING

BOTH: tuple[Language, ...] = ("en", "pt")


TABLES = {
    "page": TEXTS,
    "proof": PROOF_TEXTS,
    "reliability": RELIABILITY_TEXTS,
    "actions": TEXTS_ACTIONS,
    "trading": TEXTS_TRADING,
    "explanation": EXPLANATION_TEXTS,
}
KEYS = [(table, key) for table, texts in TABLES.items() for key in texts["en"]]


@pytest.mark.parametrize("table", TABLES)
def test_both_languages_have_the_same_texts(table: str) -> None:
    assert list(TABLES[table]["en"]) == list(TABLES[table]["pt"])


@pytest.mark.parametrize("language", BOTH)
def test_no_text_is_empty(language: Language) -> None:
    assert [] == [(table, key) for table, key in KEYS if not TABLES[table][language][key].strip()]


@pytest.mark.parametrize(("table", "key"), KEYS)
def test_both_languages_have_the_same_blanks_to_fill(table: str, key: str) -> None:
    blanks = {
        language: {
            name for _, name, _, _ in Formatter().parse(TABLES[table][language][key]) if name
        }
        for language in BOTH
    }

    assert blanks["en"] == blanks["pt"]


def test_every_text_is_shown_somewhere() -> None:
    package = Path(pregao.presentation.__file__).parents[1]
    rooms = [package / name for name in ("presentation", "terminal", "report", "dashboard")]
    files = [each for room in rooms for ending in ("*.py", "*.j2") for each in room.rglob(ending)]
    source = "".join(each.read_text() for each in files if not each.name.startswith("_texts"))
    prefixes = "category|severity|family|fate|state|source|in|job"
    by_prefix = re.compile(rf"({prefixes})_\w+|networks|baselines|hold|one_\w+_many")

    shown = set(re.findall(r"""["'](\w+)["']""", source))

    unused = [each for each in KEYS if each[1] not in shown and not by_prefix.match(each[1])]

    assert [] == unused


@given(st.floats(-1e9, 1e9), st.integers(0, 5))
def test_portuguese_numbers_are_the_english_ones_with_comma_and_dot_swapped(
    value: float, digits: int
) -> None:
    english, portuguese = (number(value, digits, language) for language in BOTH)

    assert float(english.replace(",", "")) == pytest.approx(round(value, digits), abs=1e-9)
    assert english == portuguese.translate(str.maketrans(",.", ".,"))


@given(st.floats(-1, 1))
def test_a_signed_percent_never_shows_a_signed_zero(share: float) -> None:
    shown = percent(share, 1, "en", signed=True).split("\u00a0")[0]

    assert shown == "0.0" or (shown[0] in "+-" and math.copysign(1, share) == float(shown[0] + "1"))


def test_what_is_absent_is_a_dash_and_not_a_zero() -> None:
    assert ABSENT == number(None, 2, "en") == percent(None, 1, "pt") == p_value(None, "en")


def test_money_and_dates_follow_the_language() -> None:
    assert "US$\u00a01,234.50" == money(1234.5, "USD", "en")
    assert "R$\u00a01.234,50" == money(1234.5, "BRL", "pt")
    assert "R$\u00a00,0123" == money(0.0123, "BRL", "pt")
    assert "02/01/2019" == day(date(2019, 1, 2), "pt")


@pytest.mark.parametrize(
    ("price", "currency", "symbol", "english", "portuguese"),
    [
        (31.2, "BRL", "PETR4", "R$ 31.20", "R$ 31,20"),
        (127_345.12, "BRL", "^BVSP", "127,345.12 pts", "127.345,12 pts"),
        (3_120.5, "BRL", "IFIX", "3,120.50 pts", "3.120,50 pts"),
        (2_506.85, "USD", "SP500", "2,506.85 pts", "2.506,85 pts"),
        (5.4321, "BRL", "USDBRL=X", "R$ 5.4321", "R$ 5,4321"),
        (151.236, "JPY", "USDJPY=X", "\u00a5 151.24", "\u00a5 151,24"),
        (0.00002134, "USD", "SHIB-USD", "US$ 0.00002134", "US$ 0,00002134"),
        (98_000.5, "USD", "BTC-USD", "US$ 98,000.50", "US$ 98.000,50"),
        (0.0712, "BTC", "ETH-BTC", "BTC 0.0712", "BTC 0,0712"),
        (1_234.5, "GBp", "VOD.L", "1,234.50 p", "1.234,50 pence"),
        (71.25, "GBP", "VUSA@XLON:GBP", "\u00a3 71.25", "\u00a3 71,25"),
        (180.4, "EUR", "SAP.DE", "\u20ac 180.40", "\u20ac 180,40"),
        (98.7, "CHF", "NESN.SW", "CHF 98.70", "CHF 98,70"),
        (5_120.0, "ARS", "GGAL.BA", "ARS 5,120.00", "ARS 5.120,00"),
        (100_000.0, "USD", "", "US$ 100,000.00", "US$ 100.000,00"),
    ],
)
def test_prices_have_the_unit_and_digits_of_their_instrument(
    price: float, currency: str, symbol: str, english: str, portuguese: str
) -> None:
    found = [money(price, currency, language, symbol) for language in BOTH]

    assert [english, portuguese] == [each.replace("\u00a0", " ") for each in found]
    assert found == [Money(price, currency, symbol).write(language) for language in BOTH]


@given(st.floats(1e-12, 1e9))
def test_no_price_is_shown_as_zero_or_beyond_a_hundredth_off(price: float) -> None:
    digits = price_digits(price)

    assert price == pytest.approx(round(price, digits), rel=0.006)
