"""Prices of one ticker from two sources are of one security, or this is told."""

from dataclasses import replace

import numpy as np
import pytest

from pregao.prices import Bars, PriceStore, compare_sources
from pregao.testing import rescale_prices, synthetic_prices
from pregao.workbench import Workbench

ONE = replace(synthetic_prices("PETR4", sessions=300, seed=1, dividend=0.0), provider="csv")
YAHOO = replace(ONE, provider="yahoo")
OTHER = replace(synthetic_prices("PETR4", sessions=300, seed=2), provider="yahoo")


def test_the_same_prices_with_rounding_and_earlier_dividends_agree():
    factor = np.where(np.arange(300) < 200, 0.8, 1.0)
    columns = {name: np.round(column, 2) for name, column in ONE.bars.columns.items()}
    columns["adj_close"] = columns["close"] * factor

    assert () == compare_sources(
        replace(YAHOO, bars=Bars.from_columns(ONE.sessions, columns)).between(
            ONE.sessions[210], None
        ),
        [ONE],
    )


@pytest.mark.parametrize(
    ("other", "is_of_one"), [(OTHER, False), (rescale_prices(YAHOO, 5.0), True)]
)
def test_another_security_and_another_unit_are_told(other, is_of_one):
    [found] = compare_sources(ONE, [other])

    assert "PRC033" == found.code
    assert is_of_one == ("correlation of 1.00" in found.seen.en)
    assert is_of_one == ("0.2 times its own" in found.seen.en)


def test_few_sessions_of_both_say_nothing():
    assert () == compare_sources(ONE.up_to(ONE.sessions[30]), [OTHER])


def test_a_file_that_contradicts_the_store_is_told(tmp_path):
    PriceStore(tmp_path / "home").append(OTHER)
    ONE.frame.rename_axis("date").to_csv(tmp_path / "PETR4.csv")

    checked = Workbench(tmp_path / "home").check("PETR4", source="csv", path=tmp_path)

    assert "PRC033" in [each.code for each in checked.findings]
