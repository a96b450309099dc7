"""Odd series on every path: each ends in a clear error or in a forecast that is true."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from odd_series import ODD_SERIES, odd_csv
from starlette.testclient import TestClient

from pregao.api import HttpLimits, Services
from pregao.api._access import Access
from pregao.dataset import FEATURES, Split, WalkForward, make_dataset
from pregao.errors import DataQualityError, HistoryTooShortError, InputError, UnusableWindowsError
from pregao.evaluation import Forecast
from pregao.instruments import Symbol
from pregao.prices import Clock, Download, PriceStore, open_feed, validate_download
from pregao.server import create_app
from pregao.training import LEVELS, Experiment
from pregao.training.engines import Local
from pregao.workbench import BenchmarkSettings, Result, Workbench
from pregao.zoo.baselines import BASELINES

NOW = datetime(2024, 6, 3, 21, tzinfo=UTC)

QUARANTINED = {
    "constant": "PRC022",
    "constant_untraded": "PRC022",
    "untraded_tail": "PRC022",
    "quoted_tail": "PRC022",
    "moves_once": "PRC022",
    "moves_in_the_middle": "PRC022",
    "negative_day": "PRC025",
    "negative_half": "PRC006",
}
"""The code of the first error of each series in quarantine."""
TOO_SHORT = frozenset({"80_sessions", "130_sessions", "one_bar", "two_bars"})
NEVER_MOVE = frozenset(
    {"constant", "constant_untraded", "moves_once", "moves_in_the_middle", "still_while_trained"}
)
"""Series without enough windows in which the price moves, whatever findings are allowed."""
TRAINED = [name for name in ODD_SERIES if name not in TOO_SHORT | NEVER_MOVE]
TRAINED_FAST = frozenset({"untraded_tail", "hole_near_the_end", "two_ticks"})
"""The others are trained with the soak tests alone."""
NOT_FORECAST_BY_SERVER = [name for name, code in QUARANTINED.items() if name != "negative_half"]
WIDEST = {"two_ticks": 5.0}
"""The width of a range by the price, where it is more than the price itself."""

each_series = pytest.mark.parametrize("name", ODD_SERIES)
each_trained_series = pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=[pytest.mark.soak] * (each not in TRAINED_FAST)) for each in TRAINED],
)


@dataclass(frozen=True)
class Case:
    """An odd series in a file, and a workbench of its own."""

    symbol: Symbol
    path: Path
    bench: Workbench

    def experiment(self, **fields: object) -> Experiment:
        """Return a tiny experiment on the series."""
        tiny = {
            "symbols": str(self.symbol),
            "source": "csv",
            "network": "lstm_small",
            "features": ("return", "log_sigma"),
            "lookback": 8,
            "horizon": 3,
            "epochs": 1,
        }
        return Experiment.parse({**tiny, **fields})

    def train(self, *, allow_findings: bool = True, **fields: object) -> Result:
        """Train the tiny experiment."""
        experiment = self.experiment(**fields)
        return self.bench.train(experiment, path=self.path, allow_findings=allow_findings)


@pytest.fixture
def case(name: str, tmp_path: Path) -> Case:
    symbol, content = odd_csv(name)
    path = tmp_path / f"{symbol.ticker}.csv"
    path.write_text(content)
    return Case(symbol, path, Workbench(tmp_path / "home"))


def check_is_true(forecast: Forecast, name: str, last: float) -> None:
    prices = np.array(forecast.prices)
    assert np.isfinite(prices).all()
    assert (prices > 0).all()
    assert (np.diff(prices, axis=1) >= 0).all()
    assert last == forecast.last_price
    median, width = forecast.median[-1], prices[-1, -1] - prices[-1, 0]
    assert abs(median / last - 1) < 0.2
    assert 0 < width / last < WIDEST.get(name, 0.5)


# Checks


@each_series
def test_a_check_finds_what_is_wrong_and_gives_numbers_alone(name: str, case: Case):
    checked = case.bench.check(str(case.symbol), source="csv", path=case.path)

    assert QUARANTINED.get(name) == next((each.code for each in checked.quarantine), None)
    assert json.dumps(checked.summary(), allow_nan=False)


# Training, with and without findings allowed


@pytest.mark.parametrize("name", QUARANTINED)
def test_a_series_in_quarantine_is_refused_with_the_reason(name: str, case: Case):
    with pytest.raises(DataQualityError, match=QUARANTINED[name]):
        case.train(allow_findings=False)


@pytest.mark.parametrize("name", sorted(TOO_SHORT))
def test_a_series_that_is_too_short_is_refused_with_the_sessions_needed(name: str, case: Case):
    with pytest.raises(HistoryTooShortError, match="needs at least 183"):
        case.train()


@pytest.mark.parametrize("name", sorted(NEVER_MOVE))
def test_a_series_without_moves_to_learn_from_is_refused_with_the_reason(name: str, case: Case):
    with pytest.raises(UnusableWindowsError, match="in a month without a move"):
        case.train()


@each_trained_series
def test_a_network_is_trained_stored_and_explained(name: str, case: Case):
    """What is allowed to be trained on gives true forecasts, by every use case."""
    result = case.train()

    assert len(result.report.baselines) > 0
    assert json.dumps(json.loads(result.to_json()), allow_nan=False)
    [forecast] = result.forecasts
    [prices] = result.prices
    check_is_true(forecast, name, prices.bars.close[-1])
    bench, run, symbol = case.bench, result.run.id, str(case.symbol)
    again = bench.forecast_with(run, symbol, path=case.path, allow_findings=True)
    assert forecast == again
    explained = bench.explain(run, path=case.path)
    assert json.dumps(json.loads(explained.model_dump_json()), allow_nan=False)
    assert bench.explain(run, symbol, path=case.path, allow_findings=True).symbol == symbol
    if name in QUARANTINED:
        with pytest.raises(DataQualityError, match=QUARANTINED[name]):
            bench.forecast_with(run, symbol, path=case.path)


@pytest.mark.parametrize(
    "name", [each for each in TRAINED if each not in {"20_000_rows", "hole_near_the_end"}]
)
def test_every_feature_of_every_window_is_finite(name: str, case: Case):
    [prices] = [case.bench.check(str(case.symbol), source="csv", path=case.path).prices]
    free = [each.name for each in FEATURES.values() if not each.needs_order_book]

    dataset = make_dataset([prices], features=free, lookback=8, horizon=3, split=Split())

    for part in (dataset.train, dataset.validation, dataset.sealed_test):
        assert len(part) > 0
        assert np.isfinite(part.inputs).all()
        assert np.isfinite(part.targets).all()
        assert np.abs(part.targets).max() < 100


@pytest.mark.parametrize("name", ["two_ticks", "no_ranges", "rarely_moves"])
def test_every_baseline_is_finite_and_ordered(name: str, case: Case):
    [prices] = [case.bench.check(str(case.symbol), source="csv", path=case.path).prices]
    dataset = make_dataset([prices], features=("return",), lookback=2, horizon=3, split=Split())

    for baseline in BASELINES.values():
        fitted = baseline.fit(dataset.train, LEVELS, 0)

        for windows in (dataset.validation, dataset.live):
            quantiles = fitted.quantiles(windows)
            assert np.isfinite(quantiles).all(), baseline.name
            assert (np.diff(quantiles, axis=-1) >= 0).all(), baseline.name
            assert np.abs(quantiles).max() < 5, baseline.name


# The server


@pytest.fixture
def client(tmp_path: Path):
    feed = open_feed(order=("store", "sample"), home=tmp_path, clock=Clock(lambda: NOW))
    access = Access.for_host(host="127.0.0.1", allowed_hosts=(), keys=())
    bench = Workbench(tmp_path, feed=feed)
    services = Services.create(bench, access, today=NOW.date, limits=HttpLimits())
    yield TestClient(create_app(services), base_url="http://localhost")
    services.close()
    bench.database.close()


def store_series(home: Path, name: str) -> str:
    ticker, make = ODD_SERIES[name]
    download = Download(Symbol.parse(ticker), make(), "csv", "a file")
    PriceStore(home).append(*validate_download(download))
    return ticker


@each_series
def test_the_server_forecasts_stored_series_or_tells_why_not(name: str, client, tmp_path: Path):
    ticker = store_series(tmp_path, name)

    answer = client.post("/v1/forecasts", json={"symbols": [ticker], "horizon": 3})

    if name in {"one_bar", "two_bars"}:
        assert 422 == answer.status_code
        assert "needs at least 24" in answer.json()["detail"]
    elif name in NOT_FORECAST_BY_SERVER or name == "negative_half":
        assert 409 == answer.status_code
        assert "nothing is forecast" in answer.json()["detail"]
    else:
        assert 200 == answer.status_code
        [shown] = answer.json()["forecasts"]
        own = {key: shown[key] for key in Forecast.model_fields if key in shown}
        check_is_true(Forecast.model_validate_json(json.dumps(own)), name, shown["last_price"])
    assert client.get(f"/symbols/{ticker}").status_code < 500


@each_series
def test_the_server_forecasts_a_clients_own_series_or_tells_why_not(name: str, client):
    ticker, make = ODD_SERIES[name]
    bars = make()
    columns = ("open", "high", "low", "close", "volume")
    whole = {each: bars.columns[each].tolist() for each in columns}
    dated = {"sessions": [str(day) for day in bars.sessions]}

    for own in ({**whole, **dated}, {"close": whole["close"]}):
        answer = client.post("/v1/forecasts", json={"prices": {"symbol": ticker, **own}})

        assert answer.status_code in {200, 409, 422}
        assert answer.headers["content-type"].startswith("application/")
        if answer.status_code == 200:
            prices = np.array(answer.json()["forecasts"][0]["prices"])
            assert np.isfinite(prices).all()
            assert (prices > 0).all()
            assert (np.diff(prices, axis=1) >= 0).all()
        if QUARANTINED.get(name) == "PRC022" and name != "quoted_tail":
            assert 409 == answer.status_code


def test_more_prices_without_dates_than_the_calendar_knows_are_refused(client):
    own = {"symbol": "SP500", "close": [30.0 + day % 7 for day in range(20_000)]}

    answer = client.post("/v1/forecasts", json={"prices": own})

    assert 422 == answer.status_code
    assert "give the dates" in answer.json()["detail"]


# The command line


@pytest.mark.parametrize(
    ("name", "arguments", "code", "words"),
    [
        ("constant", ["check"], 1, "PRC022"),
        ("constant", ["forecast", "--epochs", "1"], 2, "PRC022"),
        ("constant", ["train", "--epochs", "1", "--allow-findings"], 2, "month without a move"),
        ("one_bar", ["forecast", "--epochs", "1"], 2, "TEST3 has 1 session"),
        ("negative_day", ["forecast", "--epochs", "1"], 2, "PRC025"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_a_command_ends_in_one_line_and_an_exit_code(
    name: str, arguments: list[str], code: int, words: str, case: Case
):
    command = [sys.executable, "-W", "error::RuntimeWarning", "-m", "pregao", *arguments]
    own = [str(case.symbol), "--source", "csv", "--path", str(case.path)]

    done = subprocess.run([*command, *own], capture_output=True, text=True, check=False)

    assert code == done.returncode
    assert words in " ".join((done.stdout + done.stderr).split())
    assert len(done.stderr.splitlines()) == (code == 2)


# Minutes of workers


@pytest.mark.soak
@each_series
def test_a_sweep_of_two_networks_ends_in_a_ranking_or_an_error(name: str, case: Case):
    walk = WalkForward(num_folds=2)
    settings = BenchmarkSettings(engine=Local(num_workers=1), ensemble=2, walk=walk)

    def swept() -> Result:
        return case.bench.sweep(
            case.experiment(),
            networks=("dlinear", "lstm_small"),
            path=case.path,
            allow_findings=True,
            settings=settings,
        )

    if name in TOO_SHORT | NEVER_MOVE:
        with pytest.raises(InputError):
            swept()
        return
    result = swept()
    [forecast], [prices] = result.forecasts, result.prices
    check_is_true(forecast, name, prices.bars.close[-1])
    assert len(LEVELS) == np.shape(forecast.prices)[1]
    assert len(result.report.ranking) >= 2
    assert json.dumps(json.loads(result.to_json()), allow_nan=False)


@pytest.mark.soak
@each_trained_series
def test_an_audit_of_an_odd_series_finds_no_leak(name: str, case: Case):
    audit = case.bench.audit(case.experiment(), path=case.path, allow_findings=True)

    assert audit.is_clean
