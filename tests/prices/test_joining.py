"""A history that comes in pieces is the whole, or an error (law 10)."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pregao.errors import InputError
from pregao.instruments import Symbol
from pregao.prices import Bars, Prices
from pregao.prices._history import extend_history, start_history

SYMBOL = Symbol.parse("TEST3")
LENGTH = 120
SESSIONS = np.busday_offset("2024-01-02", np.arange(LENGTH), roll="forward").astype("datetime64[D]")


def provider_answer(dividends, splits, known_at, start, stop):
    """What a provider gives on a day: quotes adjusted for splits, adj_close for dividends too."""
    rng = np.random.default_rng(0)
    traded = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, LENGTH)))
    factor, shares = np.ones(LENGTH), np.ones(LENGTH)
    for row, share in dividends.items():
        if row <= known_at:
            factor[:row] *= 1 - share
    for row, ratio in splits.items():
        if row <= known_at:
            shares[:row] /= ratio
    close = traded * shares
    columns = {
        "open": close * 0.999,
        "high": close * 1.01,
        "low": close * 0.99,
        "close": close,
        "adj_close": close * factor,
        "volume": np.round(1e6 * np.exp(rng.normal(0, 0.3, LENGTH))) / shares,
    }
    rows = slice(start, min(stop, known_at + 1))
    bars = Bars.from_columns(SESSIONS[rows], {name: each[rows] for name, each in columns.items()})
    return Prices(SYMBOL, bars, "yahoo")


ACTIONS = st.dictionaries(st.integers(5, LENGTH - 5), st.floats(0.005, 0.3), max_size=4)
SPLITS = st.dictionaries(
    st.integers(5, LENGTH - 5), st.sampled_from([0.1, 0.5, 2.0, 8.0]), max_size=2
)
PIECES = st.lists(
    st.tuples(st.integers(10, LENGTH - 1), st.integers(0, LENGTH - 11), st.integers(5, LENGTH)),
    min_size=1,
    max_size=5,
).map(sorted)


@settings(deadline=None, max_examples=200)
@given(ACTIONS, SPLITS, PIECES)
def test_pieces_are_the_whole_or_an_error(dividends, splits, pieces):
    history = None
    for known_at, start, stop in pieces:
        if start >= min(stop, known_at + 1):
            continue
        piece = provider_answer(dividends, splits, known_at, start, stop)
        try:
            history = start_history(piece) if history is None else extend_history(history, piece)
        except InputError:
            return
    if history is None:
        return
    last = max(known_at for known_at, start, stop in pieces if start < min(stop, known_at + 1))
    joined = history.at(history.snapshots[-1].revision)
    whole = provider_answer(dividends, splits, last, 0, LENGTH)
    rows = np.isin(whole.sessions, joined.sessions)

    expected = np.log(whole.bars.adj_close[rows])
    assert np.allclose(np.diff(np.log(joined.bars.adj_close)), np.diff(expected), rtol=0, atol=1e-9)
    assert np.allclose(joined.bars.close, whole.bars.close[rows], rtol=1e-9)
    assert np.allclose(joined.bars.volume, whole.bars.volume[rows], rtol=1e-6)


def test_newer_bars_without_an_overlap_are_refused_with_the_command_that_bridges_them():
    old = provider_answer({60: 0.1}, {}, 50, 0, 51)
    new = provider_answer({60: 0.1}, {}, LENGTH - 1, 70, LENGTH)

    with pytest.raises(InputError, match="fetch with --start 2024-02-"):
        extend_history(start_history(old), new)


def test_bars_as_traded_join_end_to_end():
    whole = provider_answer({}, {}, LENGTH - 1, 0, LENGTH)
    first, second = whole.up_to(str(SESSIONS[60])), whole.between(str(SESSIONS[61]), None)

    joined = extend_history(start_history(first), second, basis="as_traded")

    assert whole == joined.at(2)


def test_a_dividend_between_two_downloads_changes_no_return():
    old = provider_answer({60: 0.1}, {}, 59, 0, 60)
    new = provider_answer({60: 0.1}, {}, LENGTH - 1, 40, LENGTH)

    joined = extend_history(start_history(old), new).at(2)

    whole = provider_answer({60: 0.1}, {}, LENGTH - 1, 0, LENGTH)
    assert np.allclose(joined.bars.adj_close, whole.bars.adj_close)
    assert date(2024, 1, 2) == joined.first.astype(date)
