import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_work import append_every_second

from pregao.errors import CorruptFileError, InputError
from pregao.instruments import Symbol
from pregao.prices import Bars, Prices, PriceStore
from pregao.testing import synthetic_prices

MARKET = synthetic_prices(sessions=80, seed=11)
AS_TRADED = replace(MARKET, provider="sample")
"""Pieces of a provider that never rescales join end to end."""
FRESH_FOLDER_EACH = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25
)


@pytest.fixture
def fresh(tmp_path):
    """Return a function that makes an empty store at each call."""
    counter = iter(range(10_000))
    return lambda: PriceStore(tmp_path / str(next(counter)))


def file_of(store):
    (path,) = store.root.rglob("*.parquet")
    return path


def with_closes(closes, prices=MARKET):
    columns = {**prices.bars.columns, "adj_close": np.array(closes, float)}
    return Prices(prices.symbol, Bars.from_columns(prices.sessions, columns), prices.provider)


def same_bits(one, two):
    pairs = zip(one.bars.columns.values(), two.bars.columns.values(), strict=True)
    return one.sessions.tolist() == two.sessions.tolist() and all(
        a.tobytes() == b.tobytes() for a, b in pairs
    )


POSITIVE = st.floats(1e-300, 1e300)


@given(st.lists(POSITIVE, min_size=80, max_size=80))
@FRESH_FOLDER_EACH
def test_written_prices_are_read_bit_for_bit(fresh, closes):
    store, prices = fresh(), with_closes(closes)

    snapshot = store.append(prices)

    assert prices.digest == snapshot.digest
    assert same_bits(prices, store.read(prices.symbol, "synthetic"))
    assert same_bits(prices, store.read(prices.symbol, "synthetic", snapshot.digest))


@given(st.lists(st.tuples(st.integers(0, 79), st.integers(0, 79)), min_size=1, max_size=4))
@FRESH_FOLDER_EACH
def test_appending_the_same_prices_again_changes_nothing(fresh, spans):
    store = fresh()
    for one, two in spans:
        sessions = AS_TRADED.sessions
        part = AS_TRADED.between(sessions[min(one, two)], sessions[max(one, two)])
        first = store.append(part)
        before = file_of(store).stat()

        assert first == store.append(part)
        assert before.st_mtime_ns == file_of(store).stat().st_mtime_ns
        assert before.st_ino == file_of(store).stat().st_ino

    held = sorted({r for one, two in spans for r in range(min(one, two), max(one, two) + 1)})
    expected = Prices(AS_TRADED.symbol, AS_TRADED.bars.take(np.array(held)), "sample")
    assert same_bits(expected, store.read(AS_TRADED.symbol, "sample"))


@given(st.lists(st.dictionaries(st.integers(0, 79), POSITIVE, min_size=1), max_size=5))
@FRESH_FOLDER_EACH
def test_old_snapshots_stay_readable_after_a_rewrite(fresh, rewrites):
    store, closes = fresh(), MARKET.bars.adj_close.copy()
    written = {store.append(MARKET).digest: MARKET}
    for rewrite in rewrites:
        for row, close in rewrite.items():
            closes[row] = close
        prices = with_closes(closes)
        written[store.append(prices).digest] = prices

    for digest, prices in written.items():
        assert same_bits(prices, store.read(prices.symbol, "synthetic", digest))
    snapshots = store.snapshots(MARKET.symbol, "synthetic")
    assert list(range(1, len(snapshots) + 1)) == [each.revision for each in snapshots]


def test_snapshot_counts_new_and_rewritten_sessions(fresh):
    store = fresh()
    store.append(MARKET.up_to(MARKET.sessions[49]))
    closes = MARKET.bars.adj_close.copy()
    closes[[10, 20]] *= 1.01

    snapshot = store.append(with_closes(closes))

    (finding,) = snapshot.findings
    assert (2, 30, 2, 80) == (
        snapshot.revision,
        snapshot.num_added,
        snapshot.num_rewritten,
        snapshot.num_sessions,
    )
    assert ("PRC013", "warning") == (finding.code, finding.severity)
    assert tuple(map(str, MARKET.sessions[[10, 20]])) == finding.sessions


@given(st.floats(0.5, 0.999))
@FRESH_FOLDER_EACH
def test_dividend_that_rescales_the_past_is_an_info_finding(fresh, factor):
    store = fresh()
    store.append(MARKET)

    snapshot = store.append(with_closes(MARKET.bars.adj_close * factor))

    assert [("PRC013", "info")] == [(each.code, each.severity) for each in snapshot.findings]


def test_store_keeps_the_order_book_and_refuses_prices_without_it(fresh):
    store = fresh()
    columns = {**MARKET.bars.columns, "best_bid": np.full(80, 1.5), "best_ask": np.full(80, 1.6)}
    book = Prices(MARKET.symbol, Bars.from_columns(MARKET.sessions, columns), "synthetic")

    store.append(book)

    assert same_bits(book, store.read(book.symbol, "synthetic"))
    with pytest.raises(InputError, match="best_bid"):
        store.append(MARKET)


@pytest.mark.parametrize("ticker", ["CON", "BRK.B", "^BVSP", "NUL.SA", "EURUSD=X", "AUX.L"])
def test_odd_tickers_stay_in_their_folder_under_harmless_names(fresh, ticker):
    store, symbol = fresh(), Symbol.parse(ticker)
    prices = Prices(symbol, MARKET.bars, "synthetic")

    store.append(prices)

    assert prices == store.read(symbol, "synthetic")
    assert store.root / "prices" / "synthetic" == file_of(store).parent
    assert file_of(store).stem.upper() not in {"CON", "NUL", "AUX"}
    assert not set(file_of(store).name) & set('<>:"/\\|?*^=')


def test_series_of_two_exchanges_and_two_providers_are_stored_apart(fresh):
    store = fresh()
    one = Prices(Symbol.parse("ABC"), MARKET.bars, "synthetic")
    two = Prices(Symbol.parse("ABC.SA"), MARKET.bars, "synthetic")
    store.append(one)
    store.append(two.up_to(two.sessions[10]))

    assert 80 == len(store.read(one.symbol, "synthetic"))
    assert 11 == len(store.read(two.symbol, "synthetic"))
    assert () == store.snapshots(one.symbol, "other")


def test_missing_series_snapshots_and_providers_are_errors(fresh):
    store = fresh()
    with pytest.raises(InputError, match="no prices of TEST3 from sample are stored"):
        store.read(MARKET.symbol, "sample")
    digest = store.append(MARKET).digest
    with pytest.raises(InputError, match=f"no snapshot 'abc' of TEST3 .*: the last are {digest}"):
        store.read(MARKET.symbol, "synthetic", "abc")
    with pytest.raises(InputError, match="no provider's name"):
        store.read(MARKET.symbol, "../x")


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=150,
)
def test_flipped_byte_is_detected_or_changes_nothing(fresh, place, flip):
    store = fresh()
    store.append(MARKET)
    content = bytearray(file_of(store).read_bytes())
    content[int(place * len(content))] ^= flip
    file_of(store).write_bytes(content)

    try:
        again = store.read(MARKET.symbol, "synthetic")
    except CorruptFileError as error:
        path = error.path
    else:
        path = str(file_of(store))
        assert same_bits(MARKET, again)

    assert str(file_of(store)) == path


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_truncated_file_is_detected_and_not_overwritten(fresh, length):
    store = fresh()
    store.append(MARKET)
    torn = file_of(store).read_bytes()[:length]
    file_of(store).write_bytes(torn)

    with pytest.raises(CorruptFileError, match="damaged"):
        store.read(MARKET.symbol, "synthetic")
    with pytest.raises(CorruptFileError):
        store.append(MARKET)
    assert torn == file_of(store).read_bytes()


def test_two_processes_that_append_at_once_lose_nothing(tmp_path):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for done in [
            pool.submit(append_every_second, str(tmp_path), AS_TRADED, start) for start in (0, 1)
        ]:
            done.result()

    store = PriceStore(tmp_path)
    assert same_bits(AS_TRADED, store.read(AS_TRADED.symbol, "sample"))
    assert 80 == len(store.snapshots(AS_TRADED.symbol, "sample"))


KILLED = """
import os, signal, sys
from pathlib import Path
from pregao.prices import PriceStore
from pregao.testing import synthetic_prices
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
setattr({target}, {name!r}, die)
PriceStore(Path(sys.argv[1])).append(synthetic_prices(sessions=80, seed=11))
"""


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX systems")
@pytest.mark.parametrize(("target", "name"), [("os", "fsync"), ("Path", "replace")])
def test_kill_in_the_middle_of_a_write_leaves_the_old_file(tmp_path, target, name):
    store = PriceStore(tmp_path)
    old = MARKET.up_to(MARKET.sessions[39])
    store.append(old)

    program = KILLED.format(target=target, name=name)
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)

    assert -signal.SIGKILL == done.returncode
    assert same_bits(old, store.read(MARKET.symbol, "synthetic"))
    assert 2 == store.append(MARKET).revision
    assert same_bits(MARKET, store.read(MARKET.symbol, "synthetic"))
    assert [] == list(tmp_path.rglob("*.tmp"))
