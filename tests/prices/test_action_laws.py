"""From raw bars on: an action changes no feature (law 12), nor does a later beginning (law 11)."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pregao.dataset import FEATURES, AdjustedBars
from pregao.errors import InputError
from pregao.instruments import as_date
from pregao.prices import Bars, CorporateAction, Download, validate_download
from pregao.prices._history import extend_history, start_history
from pregao.testing import synthetic_prices

MARKET = synthetic_prices("PETR4", sessions=320, seed=8, dividend=0.0)
LENGTH = len(MARKET)
COMPUTED = {name: each for name, each in FEATURES.items() if not each.needs_order_book}
MEMORY = ("volatility_3_11", "volatility_11_60", "range_smoothed", "log_sigma", "macd")
"""Features that average all sessions so far, directly or through sigma."""

DIVIDENDS = st.dictionaries(st.integers(70, LENGTH + 20), st.floats(0.001, 0.5), max_size=4)
SPLITS = st.dictionaries(
    st.integers(70, LENGTH + 20),
    st.sampled_from([1 / 190, 0.1, 0.5, 1.1, 1.5, 2.0, 7.0]),
    max_size=2,
)
SHAPES = ("as_traded", "yahoo", "adjusted_column", "history")


def ex_date(row):
    return as_date(MARKET.sessions[row]) if row < LENGTH else date(2030, 1, 1 + row - LENGTH)


def stated(dividends, splits, shape):
    """Return a download of the same market with actions, in the shape of a source."""
    shares, paid, amounts = np.ones(LENGTH), np.ones(LENGTH), {}
    for row in sorted({*dividends, *splits}):
        if row < LENGTH:
            shares[row:] *= splits.get(row, 1.0)
    for row, share in sorted(dividends.items()):
        if row < LENGTH:
            # The close before, as it was quoted then.
            amounts[row] = share * float((MARKET.bars.close * paid / shares)[row - 1])
            paid[row:] *= 1 - share
        else:
            amounts[row] = share
    is_adjusted_for_splits = shape in {"yahoo", "history"}
    last = shares[-1] * float(np.prod([r for row, r in splits.items() if row >= LENGTH]))
    scale = paid / (last if is_adjusted_for_splits else shares)
    if shape == "history":
        scale = np.full(LENGTH, 1 / last)
    columns = {name: MARKET.bars.columns[name] * scale for name in ("open", "high", "low", "close")}
    is_full = shape in {"yahoo", "adjusted_column"}
    columns["adj_close"] = MARKET.bars.close * 3.0 if is_full else columns["close"]
    volume = MARKET.bars.volume
    columns["volume"] = volume * (last if is_adjusted_for_splits else shares)
    actions = [
        CorporateAction(
            ex_date=ex_date(row),
            kind="split",
            ratio=ratio,
            source="x",
            is_in_prices=is_adjusted_for_splits,
        )
        for row, ratio in splits.items()
    ]
    actions += [
        CorporateAction(
            ex_date=ex_date(row),
            kind="dividend",
            amount=amount,
            source="x",
            is_in_prices=shape == "history",
        )
        for row, amount in amounts.items()
    ]
    bars = Bars.from_columns(MARKET.sessions, columns)
    return Download(MARKET.symbol, bars, "csv", "x", actions=tuple(actions))


def features_of(download, base=None):
    bars = AdjustedBars.from_prices(validate_download(download)[0], base)
    return {name: each.compute(bars) for name, each in COMPUTED.items()}


BASE = as_date(MARKET.first)
PLAIN = features_of(Download(MARKET.symbol, MARKET.bars, "csv", "x"), BASE)


@pytest.mark.parametrize("shape", SHAPES)
@settings(deadline=None, max_examples=40)
@given(dividends=DIVIDENDS, splits=SPLITS)
def test_an_action_changes_no_feature_of_any_session(shape, dividends, splits):
    found = features_of(stated(dividends, splits, shape), BASE)

    for name, expected in PLAIN.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-7, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("shape", SHAPES)
@settings(deadline=None, max_examples=20)
@given(dividends=DIVIDENDS, splits=SPLITS, row=st.integers(80, LENGTH - 1))
def test_actions_known_later_change_no_feature_of_the_past(shape, dividends, splits, row):
    prices, _ = validate_download(stated(dividends, splits, shape))
    known = prices.up_to(prices.sessions[row])

    whole, part = (AdjustedBars.from_prices(each, BASE) for each in (prices, known))

    for name, each in COMPUTED.items():
        np.testing.assert_allclose(
            each.compute(part), each.compute(whole)[: row + 1], rtol=1e-9, atol=1e-9, err_msg=name
        )


@pytest.mark.parametrize("shape", SHAPES)
@settings(deadline=None, max_examples=20)
@given(dividends=DIVIDENDS, splits=SPLITS, cut=st.integers(5, 150))
def test_a_later_beginning_changes_what_windows_read_not_at_all(shape, dividends, splits, cut):
    download = stated(dividends, splits, shape)
    base = as_date(MARKET.sessions[200])
    later = download.between(as_date(MARKET.sessions[cut]), None)

    whole, part = features_of(download, base), features_of(later, base)

    for name, each in COMPUTED.items():
        if reads_sigma(name):
            continue
        rows = slice(cut + each.warmup_sessions + 1, None)
        np.testing.assert_allclose(
            part[name][each.warmup_sessions + 1 :],
            whole[name][rows],
            rtol=1e-9,
            atol=1e-9,
            err_msg=name,
        )


def reads_sigma(name):
    return name in MEMORY or name in {"return", "absolute_return", "range", "momentum_20", "gap"}


@settings(deadline=None, max_examples=30)
@given(cut=st.integers(5, 150), row=st.integers(200, LENGTH - 1))
def test_a_later_beginning_changes_an_average_by_its_memory_alone(cut, row):
    prices = MARKET
    later = prices.between(prices.sessions[cut], None)
    whole, part = (AdjustedBars.from_prices(each) for each in (prices, later))
    decay = 0.5 ** (1 / 11)
    squares = whole.returns[1:] ** 2

    def mean(first, stop):
        weights = decay ** np.arange(stop - first)[::-1]
        return float((weights * squares[first - 1 : stop - 1]).sum() / weights.sum())

    kept, off = mean(cut + 1, row + 1), mean(1, cut + 1)
    share = decay ** (row - cut) * (1 - decay**cut) / (1 - decay**row)
    expected = (1 - share) * kept + share * off

    assert np.isclose(part.sigma[row - cut] ** 2, kept, rtol=1e-9)
    assert np.isclose(whole.sigma[row] ** 2, expected, rtol=1e-9)


PIECES = st.lists(
    st.tuples(st.integers(0, LENGTH - 30), st.integers(30, LENGTH)), min_size=1, max_size=5
)


@pytest.mark.parametrize("shape", SHAPES)
@settings(deadline=None, max_examples=40)
@given(dividends=DIVIDENDS, splits=SPLITS, pieces=PIECES)
def test_pieces_of_bars_with_actions_are_the_whole_or_an_error(shape, dividends, splits, pieces):
    download = stated(dividends, splits, shape)
    history = None
    for start, stop in pieces:
        piece = download.between(
            as_date(MARKET.sessions[start]), as_date(MARKET.sessions[min(stop, LENGTH) - 1])
        )
        if len(piece.bars) == 0:
            continue
        prices, _ = validate_download(piece)
        try:
            history = start_history(prices) if history is None else extend_history(history, prices)
        except InputError:
            return
    if history is None:
        return
    joined = history.at(history.snapshots[-1].revision)
    whole = validate_download(download)[0]
    rows = np.isin(whole.sessions, joined.sessions)

    np.testing.assert_allclose(
        np.diff(np.log(joined.adjusted.adj_close)),
        np.diff(np.log(whole.adjusted.adj_close[rows])),
        rtol=0,
        atol=1e-9,
    )
