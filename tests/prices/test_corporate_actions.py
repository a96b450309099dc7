"""Dividends and splits: read from where they are stated, and applied to closes that lack them."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregao.errors import MalformedFileError
from pregao.instruments import Symbol, as_date
from pregao.prices import (
    PROVIDERS,
    Bars,
    CorporateAction,
    Download,
    PriceStore,
    known_actions,
    read_actions,
    validate_download,
)
from pregao.prices._corporate_actions import as_paid
from pregao.testing import synthetic_prices

MARKET = synthetic_prices("PETR4", sessions=300, seed=4, dividend=0.0)
PETR4 = MARKET.symbol
ROW = 150
EX_DATE = as_date(MARKET.sessions[ROW])


def split(ratio, **options):
    return CorporateAction(ex_date=EX_DATE, kind="split", ratio=ratio, source="x", **options)


def dividend(amount, kind="dividend", **options):
    return CorporateAction(ex_date=EX_DATE, kind=kind, amount=amount, source="x", **options)


def quoted(step, *, adjusted=1.0, volume=1.0):
    """Bars whose prices are times `step` from the ex-date on, and adj_close times `adjusted`."""
    later = np.arange(len(MARKET)) >= ROW
    columns = {
        name: column * np.where(later, adjusted if name == "adj_close" else step, 1.0)
        for name, column in MARKET.bars.columns.items()
    }
    columns["volume"] = MARKET.bars.volume * np.where(later, volume, 1.0)
    return Bars.from_columns(MARKET.sessions, columns)


def validated(bars, *actions):
    return validate_download(Download(PETR4, bars, "csv", "x", actions=actions))


def moves(prices):
    return np.diff(np.log(prices.adjusted.adj_close))


EXPECTED = np.diff(np.log(MARKET.bars.close))


@pytest.mark.parametrize("ratio", [1.05, 1.5, 2.0, 7.0, 1 / 190, 0.1])
@pytest.mark.parametrize("is_in_column", [False, True])
def test_a_stated_split_explains_its_step_whatever_the_ratio(ratio, is_in_column):
    bars = quoted(1 / ratio, adjusted=1.0 if is_in_column else 1 / ratio, volume=ratio)

    prices, findings = validated(bars, split(ratio))

    np.testing.assert_allclose(moves(prices), EXPECTED, atol=1e-12)
    assert not {"PRC009", "PRC011", "PRC024"} & {each.code for each in findings}
    assert ("PRC030" in {each.code for each in findings}) != is_in_column


@pytest.mark.parametrize("ratio", [1.5, 2.0, 0.1])
def test_a_split_in_which_the_quoted_close_takes_no_part_is_in_the_prices(ratio):
    prices, findings = validated(quoted(1.0), split(ratio))

    assert "in_prices" == prices.actions[0].state
    assert MARKET.digest == prices.digest
    assert () == findings


@pytest.mark.parametrize("share", [0.002, 0.05, 0.4])
@pytest.mark.parametrize("is_in_column", [False, True])
def test_a_stated_dividend_is_no_loss(share, is_in_column):
    amount = share * float(MARKET.bars.close[ROW - 1])
    bars = quoted(1 - share, adjusted=1.0 if is_in_column else 1 - share)

    prices, _ = validated(bars, dividend(amount))

    np.testing.assert_allclose(moves(prices), EXPECTED, atol=1e-12)
    assert ("in_prices" if is_in_column else "applied") == prices.actions[0].state


def test_a_dividend_and_jcp_of_one_day_are_taken_together():
    close = float(MARKET.bars.close[ROW - 1])
    bars = quoted(0.9, adjusted=0.9)

    prices, _ = validated(bars, dividend(0.07 * close), dividend(0.03 * close, "jcp"))

    np.testing.assert_allclose(moves(prices), EXPECTED, atol=1e-12)
    assert ["applied", "applied"] == [each.state for each in prices.actions]


def test_a_dividend_before_a_later_split_is_in_shares_of_its_day():
    close = float(MARKET.bars.close[ROW - 1])
    later = CorporateAction(
        ex_date=as_date(MARKET.sessions[250]),
        kind="split",
        ratio=4.0,
        source="x",
        is_in_prices=True,
    )
    bars = quoted(0.95, adjusted=0.95)

    prices, _ = validated(bars, dividend(4 * 0.05 * close), later)

    np.testing.assert_allclose(moves(prices), EXPECTED, atol=1e-12)


@pytest.mark.parametrize("share", [0.3, 1.5])
def test_a_large_dividend_without_a_fall_is_told_and_not_applied(share):
    prices, findings = validated(quoted(1.0), dividend(share * float(MARKET.bars.close[ROW - 1])))

    [found] = [each for each in findings if each.code == "PRC029"]
    assert "warning" == found.severity
    assert "dividend" in found.seen.en
    assert "contradicted" == prices.actions[0].state
    np.testing.assert_array_equal(MARKET.bars.close, prices.adjusted.adj_close)


def test_an_ex_date_without_an_amount_is_told():
    unknown = CorporateAction(ex_date=EX_DATE, kind="unknown", source="x")

    _, findings = validated(quoted(0.97, adjusted=0.97), unknown)

    assert "PRC031" in [each.code for each in findings]


def test_actions_outside_the_sessions_change_nothing():
    before, after = (
        dividend(1.0).replace(ex_date=date.fromisoformat(day))
        for day in ("1990-01-02", "2090-01-02")
    )

    prices, findings = validated(MARKET.bars, before, after)

    assert ["outside", "outside"] == [each.state for each in prices.actions]
    assert (MARKET.digest, ()) == (prices.digest, findings)


@given(st.lists(st.tuples(st.integers(1, 28), st.sampled_from([0.5, 2.0, 3.0])), max_size=4))
def test_amounts_as_paid_divided_by_later_splits_are_those_of_today(splits):
    days = dict(splits)
    actions = [split(ratio).replace(ex_date=date(2020, 2, day)) for day, ratio in days.items()]
    paid = dividend(1.0).replace(ex_date=date(2020, 2, 10))
    later = np.prod([ratio for day, ratio in days.items() if day >= 10])

    [found] = [each for each in as_paid([*actions, paid]) if each.amount is not None]

    assert np.isclose(found.amount, later)


# Where they are stated


def test_columns_of_dividends_and_splits_are_read(write):
    path = write(_csv(quoted(0.5, adjusted=0.5, volume=2.0), splits={ROW: 2.0}))

    download = PROVIDERS["csv"](path=path).download(PETR4)
    prices, _ = validate_download(download)

    assert [("split", 2.0)] == [(each.kind, each.ratio) for each in download.actions]
    np.testing.assert_allclose(moves(prices), EXPECTED, atol=1e-6)


@pytest.mark.parametrize("falls", [True, False])
def test_closes_without_an_adjusted_column_are_adjusted_if_they_fall_by_their_dividends(
    write, falls
):
    rows = range(60, 300, 60)
    share = 0.06
    factor = np.ones(len(MARKET))
    amounts = {}
    for row in rows:
        amounts[row] = share * float((MARKET.bars.close * factor)[row - 1])
        if falls:
            factor[row:] *= 1 - share
    columns = {
        name: column * (1.0 if name == "volume" else factor)
        for name, column in MARKET.bars.columns.items()
    }
    path = write(
        _csv(Bars.from_columns(MARKET.sessions, columns), dividends=amounts, has_adjusted=False)
    )

    prices, findings = validate_download(PROVIDERS["csv"](path=path).download(PETR4))

    np.testing.assert_allclose(moves(prices), EXPECTED, atol=1e-6)
    assert {"applied" if falls else "in_prices"} == {each.state for each in prices.actions}
    assert "PRC026" not in [each.code for each in findings]


def test_a_file_of_actions_beside_the_bars_is_read_with_them(write, tmp_path):
    share, close = 0.08, float(MARKET.bars.close[ROW - 1])
    write(_csv(quoted(1 - share), has_adjusted=False), "PETR4.csv")
    write(f"ex_date,kind,amount\n{EX_DATE},dividend,{share * close}\n", "PETR4.actions.csv")

    prices, findings = validate_download(PROVIDERS["csv"](path=tmp_path).download(PETR4))

    np.testing.assert_allclose(moves(prices), EXPECTED, atol=1e-6)
    assert {"PRC030"} == {each.code for each in findings}


HEADER = "symbol,ex_date,kind,ratio,amount\n"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("PETR4,2008-04-28,split,2:1,", ("split", 2.0, None)),
        ("PETR4.SA,2008-04-28,desdobramento,2,", ("split", 2.0, None)),
        ("petr4,2008-04-28,grupamento,1/10,", ("split", 0.1, None)),
        ("PETR4,2008-04-28,Bonificação,1.1,", ("bonus", 1.1, None)),
        ("PETR4,2008-04-28,JCP,,0.55", ("jcp", None, 0.55)),
        ("PETR4,2008-04-28,Dividendo,,1.6732", ("dividend", None, 1.6732)),
        ("PETR4,2008-04-28 00:00:00-03:00,rendimento,,1", ("dividend", None, 1.0)),
    ],
)
def test_a_file_of_actions_is_read_in_both_languages(write, row, expected):
    [found] = read_actions(write(HEADER + "VALE3,2020-01-02,split,2,\n" + row + "\n"), PETR4)

    assert expected == (found.kind, found.ratio, found.amount)
    assert (date(2008, 4, 28), "TEST3.csv") == (found.ex_date, found.source)


def test_payments_of_one_kind_and_day_are_added_up(write):
    rows = "PETR4,2022-11-22,dividend,,1.5\nPETR4,2022-11-22,dividend,,0.25\n"

    [found] = read_actions(write(HEADER + rows), PETR4)

    assert 1.75 == found.amount


def test_a_table_of_yfinance_actions_has_amounts_of_todays_shares(write):
    table = "Date,Dividends,Stock Splits\n2020-08-07,0.205,0.0\n2020-08-31,0.0,4.0\n"

    paid, parted = read_actions(write(table), Symbol.parse("AAPL"))

    assert (0.82, 4.0, True) == (paid.amount, parted.ratio, parted.is_in_prices)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", None, "empty"),
        ("a,b\n", 1, "expected ex_date,kind,ratio,amount"),
        (HEADER + "PETR4,28/04/2008,split,2,\n", 2, "yyyy-mm-dd"),
        (HEADER + "PETR4,2008-02-30,split,2,\n", 2, "not a date"),
        (HEADER + "PETR4,2008-04-28,merger,2,\n", 2, "dividend, jcp, split, bonus"),
        (HEADER + "PETR4,2008-04-28,split,,2\n", 2, "'' in column ratio"),
        (HEADER + "PETR4,2008-04-28,split,0,\n", 2, "'0' in column ratio"),
        (HEADER + "PETR4,2008-04-28,split,2:0,\n", 2, "'0' in column ratio"),
        (HEADER + 'PETR4,2008-04-28,dividend,,"1,67"\n', 2, "'1,67' in column amount"),
        (HEADER + "PETR4,2008-04-28,dividend,,-1\n", 2, "'-1' in column amount"),
        (HEADER + "PETR4,2008-04-28,dividend,,nan\n", 2, "'nan' in column amount"),
        (HEADER + "PETR4,2008-04-28,dividend,1\n", 2, "4 fields where the header has 5"),
    ],
)
def test_a_faulty_file_of_actions_is_refused_with_the_line(write, content, line, reason):
    with pytest.raises(MalformedFileError) as caught:
        read_actions(write(content), PETR4)

    assert line == caught.value.line
    assert reason in str(caught.value)


# Kept


def test_actions_are_stored_with_the_bars_and_read_again(tmp_path):
    share = 0.1
    amount = share * float(MARKET.bars.close[ROW - 1])
    prices, _ = validated(quoted(0.9, adjusted=0.9), dividend(amount))
    store = PriceStore(tmp_path)

    first = store.append(replace(prices, actions=()))
    second = store.append(prices)
    third = store.append(prices)

    assert (1, 2, 2) == (first.revision, second.revision, third.revision)
    assert prices == store.read(PETR4, "csv")
    assert prices.actions == store.read(PETR4, "csv").actions
    assert () == store.read(PETR4, "csv", first.digest).actions
    assert first.digest != second.digest


def test_a_corrected_amount_is_a_new_revision_and_the_old_one_stays(tmp_path):
    store, bars = PriceStore(tmp_path), quoted(0.9, adjusted=0.9)
    amounts = [share * float(MARKET.bars.close[ROW - 1]) for share in (0.08, 0.1)]
    digests = [store.append(validated(bars, dividend(each))[0]).digest for each in amounts]

    found = [store.read(PETR4, "csv", each).actions[0].action.amount for each in digests]

    np.testing.assert_allclose(amounts, found)


def test_a_snapshot_states_the_basis_of_its_prices(tmp_path):
    store = PriceStore(tmp_path)

    found = [
        store.append(replace(MARKET, provider=name)).basis for name in ("sample", "yahoo", "csv")
    ]

    assert ["as_traded", "split_adjusted", "unknown"] == found


def test_a_series_of_the_first_format_is_read_and_goes_on(tmp_path):
    store = PriceStore(tmp_path)
    store.append(MARKET.up_to(MARKET.sessions[200]))
    path = next(tmp_path.rglob("*.parquet"))
    _rewrite_as_first_format(path)

    read = store.read(PETR4, "synthetic")
    grown = store.append(MARKET)

    assert MARKET.up_to(MARKET.sessions[200]) == read
    assert (2, MARKET.digest) == (grown.revision, grown.digest)
    assert read == store.read(PETR4, "synthetic", read.digest)


def _rewrite_as_first_format(path):
    """Write a stored series as the first version of the format did: no actions and no basis."""
    import hashlib
    import json

    import pyarrow.parquet as pq

    table = pq.read_table(path)
    about = json.loads(table.schema.metadata[b"pregao.about"])
    about["format"] = "1"
    for each in about["snapshots"]:
        del each["basis"]
    text = json.dumps(about)
    content = hashlib.sha256(text.encode())
    content.update(table["session"].to_numpy().tobytes())
    for name in table.column_names[1:-1]:
        content.update(name.encode() + table[name].to_numpy().tobytes())
    content.update(table["revision"].to_numpy().tobytes())
    metadata = {"pregao.about": text, "pregao.digest": content.hexdigest()}
    pq.write_table(table.replace_schema_metadata(metadata), path)


# What prices show


def test_steps_of_the_adjusted_close_are_inferred_actions():
    bars = quoted(1.0, adjusted=1.0)
    columns = dict(bars.columns)
    columns["adj_close"] = np.where(np.arange(300) < ROW, 0.97, 1.0) * bars.close
    prices = replace(MARKET, bars=Bars.from_columns(bars.sessions, columns))

    [found] = known_actions(prices)

    assert ("unknown", EX_DATE, False) == (
        found.action.kind,
        found.action.ex_date,
        found.action.is_stated,
    )
    assert np.isclose(0.97, found.action.factor)


def test_rounding_of_two_decimals_is_no_action():
    columns = {name: np.round(column, 2) for name, column in MARKET.bars.columns.items()}
    columns["adj_close"] = np.round(0.61 * columns["close"], 2)

    prices = replace(MARKET, bars=Bars.from_columns(MARKET.sessions, columns))

    assert () == known_actions(prices)


def _csv(bars, *, dividends=None, splits=None, has_adjusted=True):
    names = ["open", "high", "low", "close", *(["adj_close"] if has_adjusted else []), "volume"]
    extra = [each for each, found in (("Dividends", dividends), ("Stock Splits", splits)) if found]
    lines = [",".join(["Date", *names, *extra])]
    for row, session in enumerate(bars.sessions):
        cells = [repr(float(bars.columns[name][row])) for name in names]
        cells += [str(found.get(row, 0.0)) for found in (dividends, splits) if found]
        lines.append(",".join([str(session), *cells]))
    return "\n".join(lines) + "\n"
