"""A renamed security has one history under two tickers."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from pregao.errors import InputError
from pregao.instruments import RENAMES, Symbol, as_date
from pregao.prices import Bars, Prices, PriceStore, known_actions
from pregao.prices._renaming import join_renamed
from pregao.testing import synthetic_prices
from pregao.workbench import Workbench

OLD, NEW = Symbol.parse("ELET3"), Symbol.parse("AXIA3")
SINCE = date(2025, 11, 10)
WHOLE = synthetic_prices("AXIA3", sessions=400, seed=3, first="2024-09-02")


def under(symbol, rows, *, scale=1.0, adjusted=1.0, provider="yahoo"):
    bars = WHOLE.bars.take(rows)
    columns = {
        name: column * (1.0 if name == "volume" else scale) for name, column in bars.columns.items()
    }
    columns["adj_close"] = columns["adj_close"] * adjusted
    return Prices(symbol, Bars.from_columns(bars.sessions, columns), provider)


BEFORE = WHOLE.sessions < np.datetime64(SINCE)
EXPECTED = np.diff(np.log(WHOLE.bars.adj_close))


@pytest.mark.parametrize("adjusted", [1.0, 0.93])
def test_a_history_goes_on_under_the_new_ticker(adjusted):
    joined = join_renamed(under(OLD, BEFORE, adjusted=adjusted), under(NEW, ~BEFORE))

    assert NEW == joined.symbol
    assert WHOLE.sessions.tolist() == joined.sessions.tolist()
    np.testing.assert_allclose(np.diff(np.log(joined.bars.adj_close)), EXPECTED, atol=1e-12)


def test_sessions_of_both_tickers_show_the_scale():
    both = BEFORE | (np.arange(len(WHOLE)) < BEFORE.sum() + 10)

    joined = join_renamed(under(OLD, both, scale=2.0), under(NEW, ~BEFORE))

    np.testing.assert_allclose(np.diff(np.log(joined.bars.adj_close)), EXPECTED, atol=1e-12)


@pytest.mark.parametrize("rows", ["far apart", "another level"])
def test_what_does_not_go_on_is_refused(rows):
    is_far = rows == "far apart"
    old = under(OLD, np.arange(len(WHOLE)) < BEFORE.sum() - 30 if is_far else BEFORE)

    with pytest.raises(InputError, match="AXIA3 was renamed"):
        join_renamed(old, under(NEW, ~BEFORE, scale=1.0 if is_far else 0.1))


@pytest.mark.parametrize("ticker", ["ELET3", "AXIA3"])
def test_either_ticker_finds_the_whole_history_and_says_so(ticker, tmp_path):
    store = PriceStore(tmp_path)
    store.append(under(OLD, BEFORE))
    store.append(under(NEW, ~BEFORE))

    checked = Workbench(tmp_path).check(ticker, source="store")

    assert (ticker, len(WHOLE)) == (str(checked.prices.symbol), len(checked.prices))
    [found] = [each for each in checked.findings if each.code == "PRC032"]
    assert "ELET3 is AXIA3 since 2025-11-10" in found.seen.en


def test_what_is_stored_under_one_ticker_is_found_by_the_other(tmp_path):
    PriceStore(tmp_path).append(under(OLD, BEFORE))

    checked = Workbench(tmp_path).check("AXIA3", source="store")

    assert as_date(WHOLE.sessions[BEFORE][-1]) == as_date(checked.prices.last)
    assert "PRC032" in [each.code for each in checked.findings]


def test_a_rename_is_listed_among_the_actions():
    [found] = [each for each in known_actions(under(NEW, ~BEFORE)) if each.action.kind == "rename"]

    assert (SINCE, "ELET3") == (found.action.ex_date, found.action.ticker)


def test_tickers_of_another_exchange_are_no_renames(tmp_path):
    PriceStore(tmp_path).append(replace(under(OLD, BEFORE), symbol=Symbol.parse("ELET3@XETR")))

    assert () == PriceStore(tmp_path).providers(NEW)


@pytest.mark.parametrize("rename", RENAMES, ids=lambda rename: rename.new)
def test_every_rename_is_of_two_known_tickers_and_dated(rename):
    assert rename.old != rename.new
    assert Symbol.parse(rename.old).exchange == Symbol.parse(rename.new).exchange
    assert rename.since < date(2026, 12, 1)
