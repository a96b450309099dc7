"""Training on live prices: the run records the provider, and is reproduced from the store."""

from dataclasses import replace

import numpy as np
import pytest
from lying_server import Faults, recorded_answers

from pregao.errors import InputError, ProviderError
from pregao.prices import Bars, Feed
from pregao.testing import synthetic_prices
from pregao.training import Experiment
from pregao.workbench import BenchmarkSettings, Workbench
from pregao.workbench._prices import PriceReader
from pregao.workbench._tickers import benchmark_tickers

TINY = Experiment(
    symbols=("PETR4",),
    source="live",
    network="lstm_small",
    features=("return", "log_sigma"),
    lookback=8,
    horizon=3,
    epochs=1,
)


@pytest.fixture
def market():
    return synthetic_prices("PETR4", sessions=500)


@pytest.fixture
def bench(open_access, tmp_path):
    return Workbench(tmp_path, feed=Feed(("yahoo", "alphavantage", "store"), open_access()))


def test_a_run_records_the_provider_and_its_forecast_the_failures(bench, server):
    bench.fetch("PETR4", source="live")
    server.faults = [Faults.status(429, Retry_After="9999")] * 9

    result = bench.train(TINY)

    [record] = result.run.provenance.data
    assert ("yahoo", 500) == (record.provider, record.sessions)
    [finding] = [each for each in result.forecasts[0].findings if each.code == "PRC018"]
    assert finding.seen.en.startswith("store answers, with the bars of yahoo; yahoo (rate_limited)")


def test_a_run_is_reproduced_from_the_store_after_a_dividend_rewrote_the_past(
    bench, server, market
):
    result = bench.train(TINY)
    columns = {**market.bars.columns, "adj_close": market.bars.adj_close * np.float64(0.99)}
    server.respond = recorded_answers(
        replace(market, bars=Bars.from_columns(market.sessions, columns))
    )
    bench.fetch("PETR4", source="live")

    again = bench.reproduce(result.run.id)

    assert again.prices[0].is_same
    assert 1 == again.prices[0].revision


def test_a_symbol_that_no_source_has_is_left_out(bench):
    many = TINY.replace(symbols=("NONE3", "PETR4"))

    reader = PriceReader(home=bench.home, feed=bench.feed, as_of=None)
    prices, left_out = reader.read_usable(many, allow_findings=False)

    assert ["PETR4"] == [str(each.prices.symbol) for each in prices]
    assert [("LRN007", "NONE3")] == [(each.code, each.symbol) for each in left_out]


def test_a_failed_download_leaves_out_its_symbol_only(bench, server, open_access):
    feed = Feed(("yahoo",), open_access())
    many = TINY.replace(symbols=("VALE3", "PETR4"))
    server.faults = [Faults.body(b"<html>")] * 2

    reader = PriceReader(home=bench.home, feed=feed, as_of=None)
    vale = TINY.replace(symbols=("VALE3",))

    [finding] = benchmark_tickers(
        bench.home, vale, [], reader, BenchmarkSettings(), allow_findings=False
    )
    prices, left_out = reader.read_usable(many, allow_findings=False)

    assert ["PETR4"] == [str(each.prices.symbol) for each in prices]
    assert (finding,) == left_out
    assert ("LRN007", "VALE3") == (finding.code, finding.symbol)


def test_checking_stores_nothing(bench, tmp_path):
    checked = bench.check("PETR4", source="live")

    assert 500 == len(checked.prices)
    assert not (tmp_path / "prices").exists()


def test_without_a_feed_live_prices_are_an_error(tmp_path):
    with pytest.raises(InputError, match="feed"):
        Workbench(tmp_path).train(TINY)


def test_without_prices_nothing_is_trained(bench, server, tmp_path):
    server.faults = [Faults.status(503)] * 99

    with pytest.raises(ProviderError):
        bench.train(TINY)
    assert not (tmp_path / "runs").exists()
