from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pregao.errors import InputError
from pregao.findings import FINDINGS
from pregao.instruments import Symbol, as_date
from pregao.prices import (
    CHECKS,
    PROVIDERS,
    Bars,
    CorporateAction,
    Download,
    Prices,
    find_defects,
    validate_download,
)
from pregao.testing import synthetic_prices

MARKET = synthetic_prices(sessions=300, seed=5, dividend=0.0)
TEST3 = MARKET.symbol
PRICE_NAMES = ("open", "high", "low", "close", "adj_close")
ROWS = st.integers(30, 269)


def changed(row, bars=MARKET.bars, **values):
    """Return bars with other values in one row, or in the rows of a slice."""
    columns = {name: column.copy() for name, column in bars.columns.items()}
    for name, value in values.items():
        columns[name][row] = value
    return Bars.from_columns(bars.sessions, columns)


def scaled(row, factor, bars=MARKET.bars):
    return changed(row, bars, **{name: bars.columns[name][row] * factor for name in PRICE_NAMES})


def inserted(bars, session, **values):
    """Return bars with one more at its session; its values are those of the bar before."""
    at = int(np.searchsorted(bars.sessions, np.datetime64(session)))
    columns = {n: np.insert(c, at, values.get(n, c[at - 1])) for n, c in bars.columns.items()}
    return Bars.from_columns(np.insert(bars.sessions, at, np.datetime64(session)), columns)


def download(bars, symbol=TEST3):
    return Download(symbol, bars, "planted", "planted.csv")


def found_in(bars, as_of=None, symbol=TEST3):
    return {finding.code: finding for finding in find_defects(bars, symbol, as_of)}


def kept_sessions(bars, as_of=None):
    return validate_download(download(bars), as_of)[0].sessions.tolist()


EVERY = MARKET.sessions.tolist()


def without(*rows):
    return [session for row, session in enumerate(EVERY) if row not in rows]


@given(st.integers(0, 2**32), st.sampled_from(["TEST3", "NVDA", "4063.T", "AET.L"]))
def test_synthetic_prices_have_no_finding(seed, symbol):
    market = synthetic_prices(symbol, 300, seed=seed, annual_volatility=0.4)

    assert () == find_defects(market.bars, market.symbol, as_date(market.last))
    assert market == validate_download(download(market.bars, market.symbol))[0]


@pytest.mark.parametrize("ticker", ["SP500", "NASDAQ"])
def test_sample_has_no_finding_through_two_crashes(ticker):
    symbol = Symbol.parse(ticker)

    assert () == find_defects(
        PROVIDERS["sample"]().download(symbol).bars, symbol, date(2018, 12, 31)
    )


@given(ROWS)
def test_missing_session_is_a_gap_and_is_not_filled(row):
    bars = MARKET.bars.take(np.arange(300) != row)

    finding = found_in(bars)["PRC001"]

    assert ("warning", (str(MARKET.sessions[row]),)) == (finding.severity, finding.sessions)
    assert without(row) == kept_sessions(bars)


def test_weekly_bars_quarantine_as_no_daily_bars():
    finding = found_in(MARKET.bars.take(slice(None, None, 5)))["PRC001"]

    assert "error" == finding.severity
    assert 100 == len(finding.sessions)


def test_untraded_bar_on_a_closed_day_is_a_finding_and_left_out():
    before = MARKET.bars.close[np.searchsorted(MARKET.sessions, np.datetime64("2015-04-21")) - 1]
    phantom = dict.fromkeys(PRICE_NAMES, before)  # 2015-04-21: Tiradentes
    bars = inserted(MARKET.bars, "2015-04-21", **phantom, volume=0)

    assert ("2015-04-21",) == found_in(bars)["PRC002"].sessions
    assert "1 with zero volume and one price, taken out" in found_in(bars)["PRC002"].seen.en
    assert EVERY == kept_sessions(bars)


def test_traded_bar_on_a_closed_day_is_a_finding_and_kept():
    bars = inserted(MARKET.bars, "2015-04-21")

    assert "all kept" in found_in(bars)["PRC002"].seen.en
    assert date(2015, 4, 21) in kept_sessions(bars)


@given(st.randoms(use_true_random=False))
def test_unsorted_bars_are_a_finding_and_sorted(random):
    order = list(range(300))
    random.shuffle(order)

    assume(order != sorted(order))
    bars = MARKET.bars.take(np.array(order))

    assert "warning" == found_in(bars)["PRC003"].severity
    assert MARKET.digest == validate_download(download(bars))[0].digest


def test_newest_first_is_one_finding_without_sessions():
    finding = found_in(MARKET.bars.take(slice(None, None, -1)))["PRC003"]

    assert ("the newest row comes first, sorted", ()) == (finding.seen.en, finding.sessions)


@given(ROWS, st.integers(1, 3))
def test_exact_copies_are_kept_once(row, copies):
    rows = np.sort(np.r_[np.arange(300), [row] * copies])

    finding = found_in(MARKET.bars.take(rows))["PRC004"]

    assert ("warning", (str(MARKET.sessions[row]),)) == (finding.severity, finding.sessions)
    assert EVERY == kept_sessions(MARKET.bars.take(rows))


@given(ROWS, st.sampled_from(PRICE_NAMES[3:]))
def test_conflicting_bars_quarantine_and_all_are_left_out(row, name):
    bars = MARKET.bars.take(np.sort(np.r_[np.arange(300), row]))
    value = bars.columns[name][row]
    bars = changed(row, bars, **{name: np.nextafter(value, MARKET.bars.low[row])})

    assert "error" == found_in(bars)["PRC004"].severity
    assert without(row) == kept_sessions(bars)


def test_sound_bar_is_kept_beside_a_defective_one_of_its_session():
    bars = changed(7, MARKET.bars.take(np.sort(np.r_[np.arange(300), 7])), close=np.nan)

    assert {"PRC005"} == found_in(bars).keys()
    assert EVERY == kept_sessions(bars)


@given(ROWS, st.sampled_from([*PRICE_NAMES, "volume"]), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_row_with_a_missing_value_is_left_out(row, name, value):
    bars = changed(row, **{name: value})

    finding = found_in(bars)["PRC005"]

    assert ("warning", (str(MARKET.sessions[row]),)) == (finding.severity, finding.sessions)
    assert without(row) == kept_sessions(bars)


@given(ROWS, st.sampled_from([*PRICE_NAMES, "volume"]), st.sampled_from([-0.01, -1e300]))
def test_row_with_a_negative_value_is_left_out(row, name, value):
    bars = changed(row, **{name: value})

    assert "warning" == found_in(bars)["PRC006"].severity
    assert without(row) == kept_sessions(bars)


def test_zero_price_is_a_defect_and_zero_volume_is_not():
    assert "PRC006" in found_in(changed(9, close=0.0))
    assert {} == found_in(changed(9, volume=0.0))


@given(ROWS, st.sampled_from([("high", 0.5), ("low", 1.5), ("open", 3.0), ("close", 0.3)]))
def test_impossible_bar_is_left_out(row, defect):
    name, factor = defect
    bars = changed(row, **{name: MARKET.bars.columns[name][row] * factor})

    assert "warning" == found_in(bars)["PRC007"].severity
    assert without(row) == kept_sessions(bars)


@given(ROWS)
def test_last_digit_of_a_rounded_price_makes_no_bar_impossible(row):
    high = max(MARKET.bars.open[row], MARKET.bars.close[row]) * (1 - 1e-8)

    assert {} == found_in(changed(row, high=high))


def test_more_than_one_defective_row_in_twenty_quarantines():
    few, many = changed(slice(0, 14), close=np.nan), changed(slice(0, 16), close=np.nan)

    assert "warning" == found_in(few)["PRC005"].severity
    assert "error" == found_in(many)["PRC005"].severity


@given(ROWS, st.integers(5, 20))
def test_run_of_bars_at_one_price_is_a_finding(row, length):
    price = float(MARKET.bars.close[row])
    bars = changed(slice(row, row + length), **dict.fromkeys(PRICE_NAMES, price))

    finding = found_in(bars)["PRC008"]

    assert "warning" == finding.severity
    assert length == len(finding.sessions)


def test_four_bars_at_one_price_are_no_finding():
    price = float(MARKET.bars.close[50])

    assert {} == found_in(changed(slice(50, 54), **dict.fromkeys(PRICE_NAMES, price)))


@given(ROWS, st.sampled_from([2, 3, 4, 5, 10, 20, 100]), st.booleans(), st.booleans())
def test_unadjusted_split_or_grouping_quarantines_on_its_session(
    row, ratio, is_split, is_in_shares
):
    factor = float(ratio) if is_split else 1 / ratio
    bars = scaled(slice(0, row), factor)
    if is_in_shares:  # the volume before is in the old shares as well
        bars = changed(slice(0, row), bars, volume=bars.volume[:row] / factor)

    finding = found_in(bars)["PRC009"]

    assert ("error", (str(MARKET.sessions[row]),)) == (finding.severity, finding.sessions)
    assert EVERY == kept_sessions(bars)


@given(ROWS, st.sampled_from([2, 3, 4, 5]))
def test_crash_on_heavy_trading_is_no_split(row, ratio):
    bars = scaled(slice(row, None), 1 / ratio)
    times = 4 if ratio < 3.5 else 12  # what a split explains, and much more
    bars = changed(row, bars, volume=bars.volume[row - 20 : row].max() * times * ratio)

    assert {} == found_in(bars)


@given(ROWS, st.floats(1.5, 200.0), st.booleans())
def test_a_lasting_step_of_any_ratio_quarantines(row, ratio, is_up):
    finding = found_in(scaled(slice(row, None), ratio if is_up else 1 / ratio))["PRC009"]

    assert (str(MARKET.sessions[row]),) == finding.sessions
    assert ratio < 1.9 or "error" == finding.severity


@given(ROWS, st.floats(0.3, 0.95))
def test_a_crash_within_the_day_is_no_split(row, factor):
    bars = scaled(slice(row + 1, None), factor)
    fallen = {name: bars.columns[name][row] * factor for name in ("low", "close", "adj_close")}

    assert not {"PRC009", "PRC011"} & set(found_in(changed(row, bars, **fallen)))


def test_a_squeeze_is_no_split():
    bars = MARKET.bars
    for row, factor in zip(range(50, 56), (1.5, 1.9, 2.3, 0.56, 1.68, 0.69), strict=True):
        bars = changed(
            slice(row, None), bars, **{n: bars.columns[n][row:] * factor for n in PRICE_NAMES}
        )
        bars = changed(row, bars, volume=bars.volume[row] * 5)

    assert not [each for each in found_in(bars).values() if each.severity == "error"]


@given(ROWS, st.sampled_from([20, 93, 190]))
def test_no_news_multiplies_a_price_by_twenty(row, ratio):
    bars = scaled(slice(row, None), float(ratio))
    bars = changed(row, bars, volume=bars.volume[row - 20 : row].max() * 8)

    assert "error" == found_in(bars)["PRC009"].severity


@given(ROWS, st.sampled_from([3.5, 100.0]), st.booleans())
def test_one_extreme_high_or_low_is_found(row, factor, is_high):
    name = "high" if is_high else "low"
    value = MARKET.bars.columns[name][row] * (factor if is_high else 1 / factor)

    finding = found_in(changed(row, **{name: value}))["PRC023"]

    assert ("error", (str(MARKET.sessions[row]),)) == (finding.severity, finding.sessions)


@given(ROWS, st.floats(0.1, 0.7))
def test_a_dividend_that_the_price_does_not_show_is_found(row, share):
    before = slice(0, row)
    bars = changed(before, adj_close=MARKET.bars.adj_close[before] * (1 - share))

    assert "PRC024" in found_in(bars)
    assert "PRC009" not in found_in(bars)


def test_a_ratio_of_closes_that_falls_is_found():
    bars = changed(slice(0, 40), adj_close=MARKET.bars.adj_close[:40] * 1.2)

    assert "error" == found_in(bars)["PRC024"].severity


@given(st.integers(21, 70), st.integers(2, 20))
def test_copied_bars_are_found(row, length):
    values = {name: column[row] for name, column in MARKET.bars.columns.items()}
    bars = changed(slice(row + 1, row + 1 + min(length, len(MARKET) - row - 1)), **values)

    assert "PRC021" in found_in(bars)


def test_a_price_that_stopped_moving_is_found():
    tail = slice(len(MARKET) - 25, None)
    last = dict.fromkeys(PRICE_NAMES, MARKET.bars.close[-26])

    assert "error" == found_in(changed(tail, **last, volume=0.0))["PRC022"].severity


def test_a_hole_is_found_and_no_step_is_seen_over_it():
    bars = scaled(slice(50, None), 0.1)
    rows = np.r_[0:40, 50 : len(MARKET)]

    findings = found_in(bars.take(rows))

    assert (str(MARKET.sessions[50]),) == findings["PRC020"].sessions
    assert "PRC009" not in findings


@given(ROWS)
def test_a_step_of_a_fifth_is_pointed_out(row):
    bars = scaled(slice(row, None), 1.2)
    findings = found_in(changed(row, bars, volume=np.median(bars.volume[row - 20 : row])))

    assert (str(MARKET.sessions[row]),) == findings["PRC027"].sessions
    assert "error" not in {each.severity for each in findings.values()}


@given(ROWS)
def test_the_same_prices_with_another_volume_are_one_bar_with_the_larger_volume(row):
    bars = MARKET.bars.take(np.sort(np.r_[np.arange(300), row]))
    bars = changed(row, bars, volume=bars.volume[row] * 0.96)

    assert "warning" == found_in(bars)["PRC004"].severity
    prices, _ = validate_download(download(bars))
    assert MARKET.bars.volume[row] == prices.bars.volume[row]


def test_an_error_names_the_sound_span_and_how_to_take_it():
    bars = changed(slice(0, 30), open=0.0)

    finding = found_in(bars)["PRC006"]

    start = MARKET.sessions[30]
    assert f"or use the 270 sound sessions: --start {start}" in finding.do.en
    assert f"ou use os 270 pregões válidos: --start {start}" in finding.do.pt_br
    assert not [
        each
        for each in found_in(bars.take(bars.sessions >= start)).values()
        if each.severity == "error"
    ]


def test_a_negative_close_quarantines():
    assert "error" == found_in(changed(50, close=-37.63, low=-40.0))["PRC025"].severity


@given(ROWS, st.integers(1, 20), st.sampled_from([0.001, 0.01, 0.1, 10.0, 100.0, 1000.0]))
def test_prices_in_a_wrong_unit_for_a_while_quarantine(row, length, factor):
    bars = scaled(slice(row, row + length), factor)

    findings = found_in(bars)

    assert "PRC009" not in findings
    assert "error" == findings["PRC011"].severity
    assert tuple(map(str, MARKET.sessions[row : row + length])) == findings["PRC011"].sessions


def test_old_tail_is_a_finding_only_when_a_day_is_given():
    assert {} == found_in(MARKET.bars)
    assert {} == found_in(MARKET.bars, as_date(MARKET.last + np.timedelta64(6, "D")))
    assert {"PRC010"} == found_in(
        MARKET.bars, as_date(MARKET.last + np.timedelta64(15, "D"))
    ).keys()


def test_tail_that_repeats_one_price_without_trades_is_a_finding():
    price = float(MARKET.bars.close[296])
    bars = changed(slice(297, None), **dict.fromkeys(PRICE_NAMES, price), volume=0.0)

    assert tuple(map(str, MARKET.sessions[-3:])) == found_in(bars)["PRC010"].sessions


@given(st.integers(1, 298))
def test_bars_of_the_future_quarantine_and_are_left_out(row):
    finding = found_in(MARKET.bars, as_date(MARKET.sessions[row]))["PRC012"]

    assert "error" == finding.severity
    assert EVERY[: row + 1] == kept_sessions(MARKET.bars, as_date(MARKET.sessions[row]))


def test_every_check_has_a_test_here():
    text = Path(__file__).read_text(encoding="utf-8")

    assert [] == [code for code in CHECKS if f'"{code}"' not in text]
    assert list(CHECKS) == [check.code for check in CHECKS.values()]


def test_finding_has_advice_at_most_a_hundred_sessions_and_the_lines():
    lines = np.arange(2, 302)
    findings = find_defects(changed(slice(3, 150), close=np.nan), TEST3, lines=lines)

    (finding,) = (each for each in findings if each.code == "PRC005")
    assert 100 == len(finding.sessions)
    assert "(lines 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 ...)" in finding.seen.en
    assert FINDINGS["PRC005"].advice == finding.do


@pytest.mark.parametrize("first", ["1850-01-01", "1700-01-01", "2150-01-01"])
@pytest.mark.parametrize("ticker", ["TEST3", "NVDA", "4063.T", "AET.L"])
def test_sessions_beyond_the_calendar_are_no_finding(ticker, first):
    days = np.datetime64(first) + np.arange(300)
    bars = Bars.from_columns(days, MARKET.bars.columns)

    findings = found_in(bars, symbol=Symbol.parse(ticker))

    assert (first < "1990") == ("PRC002" not in findings)
    assert 300 == len(validate_download(download(bars, Symbol.parse(ticker)))[0])


def test_bars_without_a_sound_row_are_an_error_with_the_reason():
    with pytest.raises(InputError, match=r"planted.csv has no usable bar of TEST3: PRC005 300"):
        validate_download(download(changed(slice(None), close=np.nan)))
    with pytest.raises(InputError, match="no rows in that span"):
        validate_download(download(MARKET.bars.take(slice(0, 0))))


ANY = st.floats(width=32) | st.sampled_from([0.0, 1.0, 1e308, -1.0, np.nan, np.inf])


@given(
    st.lists(
        st.tuples(st.dates(date(1900, 1, 1), date(2100, 1, 1)), *[ANY] * 6),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=200)
def test_any_bars_become_valid_prices_or_are_refused(rows):
    days, *columns = zip(*rows, strict=True)
    bars = Bars.from_columns(days, dict(zip(MARKET.bars.columns, columns, strict=True)))

    try:
        prices, findings = validate_download(download(bars), date(2050, 1, 1))
    except InputError as error:
        message = str(error)
        assert "no usable bar" in message
    else:
        assert isinstance(prices, Prices)
        assert set(prices.sessions.tolist()) <= set(days)
        assert len(prices) == len(bars) or findings


EXPECTED = {
    "TECH4_AAPL.csv": ("AAPL", "PRC009"),
    "LWL_B3SA3.SA.csv": ("B3SA3", "PRC009"),
    "ROM_PETR4.SA.csv": ("PETR4", "PRC007"),
    "AET-L-1d-100x-error.csv": ("AET.L", "PRC011"),
    "4063-T-1d-bad-stock-split.csv": ("4063.T", "PRC009"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_real_defect_is_found(real_data, name):
    ticker, code = EXPECTED[name]
    raw = PROVIDERS["csv"](path=real_data / "dirty" / name).download(Symbol.parse(ticker))

    assert code in [finding.code for finding in validate_download(raw)[1]]


def test_defects_of_a_real_file_are_counted(real_data):
    file = real_data / "dirty" / "ROM_PETR4.SA.csv"
    found = found_in(PROVIDERS["csv"](path=file).download(Symbol.parse("PETR4")).bars, None, TEST3)

    assert "117 rows of 5116 with missing values" in found["PRC005"].seen.en
    assert "20 rows of 5116 whose high or low" in found["PRC007"].seen.en


@pytest.mark.parametrize(
    "name",
    [
        "ohlcv/PETR4.SA.csv",
        "ohlcv/VALE3.SA.csv",
        "ohlcv/PETR4.SA.fulladj.csv",
        "ohlcv/VALE3.SA.fulladj.csv",
        "ohlcv/ITUB4.SA.fulladj.csv",
        "ohlcv/NVDA.csv",
        "ohlcv/AAPL.csv",
        "ohlcv/^BVSP.csv",
        "dirty/TAPI_^BVSP.csv",
        "dirty/AET-L-1d-100x-error-fixed.csv",
        "dirty/4063-T-1d-bad-stock-split-fixed.csv",
    ],
)
def test_sound_real_file_is_not_quarantined(real_data, name):
    stem = name.split("/")[1].removeprefix("TAPI_").removesuffix(".csv")
    ticker = {"AET": "AET.L", "406": "4063.T"}.get(stem[:3], stem.removesuffix(".fulladj"))
    raw = PROVIDERS["csv"](path=real_data / name).download(Symbol.parse(ticker))

    assert [] == [str(f) for f in validate_download(raw)[1] if f.severity == "error"]


@pytest.mark.parametrize(
    ("code", "kind", "sizes", "step"),
    [
        ("PRC029", "dividend", {"amount": 0.3}, 1.0),
        ("PRC030", "split", {"ratio": 2.0}, 0.5),
        ("PRC031", "unknown", {}, 1.0),
    ],
)
def test_what_becomes_of_a_stated_action_is_told(code, kind, sizes, step):
    sizes = {
        name: size * (MARKET.bars.close[99] if name == "amount" else 1)
        for name, size in sizes.items()
    }
    action = CorporateAction(ex_date=as_date(MARKET.sessions[100]), kind=kind, source="x", **sizes)
    bars = scaled(slice(100, None), step)

    _, findings = validate_download(Download(TEST3, bars, "csv", "x", actions=(action,)))

    assert [code] == [each.code for each in findings]


def test_likely_ex_dates_are_named_where_dividends_are_stated_in_part():
    dividends = np.ones(len(MARKET))
    for row in (100, 200):
        dividends[row:] *= 0.9
    bars = changed(
        slice(None), **{name: MARKET.bars.columns[name] * dividends for name in PRICE_NAMES}
    )
    action = CorporateAction(
        ex_date=as_date(MARKET.sessions[100]),
        kind="dividend",
        amount=0.1 * float(MARKET.bars.close[99]),
        source="x",
    )

    _, findings = validate_download(Download(TEST3, bars, "csv", "x", actions=(action,)))

    found = {each.code: each for each in findings}
    assert "info" == found["PRC026"].severity
    assert str(MARKET.sessions[200]) in found["PRC026"].sessions
