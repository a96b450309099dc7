"""The use cases, end to end on the bundled S&P 500 and on CSV files."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pregao import notebook
from pregao.dataset import WalkForward
from pregao.errors import (
    DataQualityError,
    InvalidNetworkError,
    SharedFileError,
    SplitError,
    UnknownNameError,
    UnknownSymbolError,
)
from pregao.evaluation import COMBINATIONS
from pregao.instruments import NYSE, next_sessions
from pregao.prices import Prices
from pregao.scores import NAIVE
from pregao.testing import synthetic_prices
from pregao.training import Experiment, list_networks
from pregao.workbench import MODES, BenchmarkSettings, Result, Workbench
from pregao.workbench._candidates import buildable
from pregao.zoo.baselines import BASELINES
from pregao.zoo.networks import ZOO

TINY = Experiment(
    symbols=("SP500",),
    start=date(2014, 1, 2),
    network="lstm_small",
    features=("return", "log_sigma"),
    lookback=8,
    horizon=3,
    epochs=1,
)

PROVEN = BenchmarkSettings(ensemble=5, walk=WalkForward(num_folds=2))


def write_csv(folder: Path, prices: Prices) -> None:
    frame = prices.frame.rename_axis("date")
    frame.to_csv(folder / f"{prices.symbol}.csv")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def swept(home: Path) -> Result:
    return Workbench(home).sweep(TINY, networks=("dlinear", "lstm_small"), settings=PROVEN)


@pytest.fixture(scope="module")
def csv_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("csv"))
    for ticker, seed in (("PETR4", 1), ("VALE3", 2)):
        write_csv(folder, synthetic_prices(ticker, sessions=500, seed=seed))
    return folder


def test_a_sweep_ranks_networks_beside_every_baseline(swept: Result):
    report = swept.report

    assert list(BASELINES) == [each.name for each in report.baselines]
    assert {"dlinear", "lstm_small", *COMBINATIONS} == {each.name for each in report.ranking}
    crps = [each.validation_crps for each in report.ranking]
    assert sorted(crps) == crps
    assert report.candidate == report.ranking[0].name
    assert report.champion in (report.candidate, report.best_baseline)


def test_the_random_walk_has_a_mase_of_one_at_the_first_step(swept: Result):
    walk = swept.report.forecaster(NAIVE)

    assert 1.0 == pytest.approx(walk.metrics.per_step["mase"][0], abs=1e-12)


def test_an_edge_needs_the_best_baseline_beaten_beyond_chance(swept: Result):
    walk = swept.report.walk
    assert walk is not None
    rival = walk.comparison.forecaster(swept.report.candidate).versus_best_baseline

    assert rival.name == swept.report.best_baseline
    if swept.report.edge == "proven":
        assert rival.crps_skill > 0
        assert rival.dm_p_value < 0.05
        assert swept.report.champion == swept.report.candidate
    else:
        assert swept.report.champion == swept.report.best_baseline


def test_an_untrained_network_has_no_edge_over_its_anchor(home: Path):
    report = Workbench(home).train(TINY.replace(epochs=0)).report

    anchor = report.forecaster("anchor").metrics
    assert anchor.crps == pytest.approx(report.subject.metrics.crps, rel=1e-6)
    assert "none" == report.edge
    assert report.best_baseline == report.champion
    if report.best_baseline == "anchor":
        assert 1.0 == report.subject.versus_best_baseline.dm_p_value


def test_a_report_equals_its_own_json(swept: Result):
    report = swept.report

    assert report == type(report).model_validate_json(report.model_dump_json())
    assert report.champion == json.loads(swept.to_json())["champion"]


def test_a_forecast_is_dated_by_the_exchange_and_in_its_currency(swept: Result):
    [forecast] = swept.forecasts
    [prices] = swept.prices

    assert ("SP500", "USD", date(2018, 12, 31)) == (
        forecast.symbol,
        forecast.currency,
        forecast.as_of,
    )
    expected = next_sessions(NYSE, prices.last, 3)
    assert [str(day) for day in expected] == [str(day) for day in forecast.sessions]
    assert forecast.last_price == prices.bars.close[-1]
    assert (3, 23) == np.shape(forecast.prices)
    assert (np.diff(forecast.prices, axis=1) > 0).all()
    assert forecast == type(forecast).model_validate_json(forecast.model_dump_json())


def test_results_show_themselves_in_a_notebook(swept: Result):
    shown = notebook.Result(swept)._repr_html_().replace("<wbr>", "")

    assert swept.report.verdict.en.split(":", maxsplit=1)[0] in shown
    for name in (*BASELINES, "dlinear", "lstm_small"):
        assert name in shown
    assert "2019-01-02" in shown
    assert f"{swept.forecasts[0].median[0]:,.2f}" in shown
    assert "2018-12-31" in swept.prices[0]._repr_html_()


def test_a_result_draws_its_figures(swept: Result, tmp_path: Path):
    shown = notebook.Result(swept)

    assert swept.forecasts[0].median[-1] in [y for t in shown.fan("SP500").data for y in t.y or ()]
    assert len(shown.ranking().data) > 0
    assert len(shown.learning_curves().data) > 0
    with pytest.raises(UnknownNameError, match="SP500"):
        shown.fan("SP50")

    shown.write_page(tmp_path / "page.html")
    assert swept.report.champion in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_champion_is_stored_and_forecasts_the_same_when_it_is_loaded(home: Path, swept: Result):
    again = Workbench(home).forecast_with(swept.run.id, "SP500")

    assert swept.forecasts[0] == again


def test_a_forecast_of_an_unseen_symbol_has_a_finding(home: Path, swept: Result):
    forecast = Workbench(home).forecast_with(swept.run.id, "NASDAQ", start=date(2016, 1, 4))

    assert "NASDAQ" == forecast.symbol
    assert ["LRN005"] == [each.code for each in forecast.findings if each.code == "LRN005"]


def test_a_run_is_never_scored_on_what_it_was_trained_on(tmp_path: Path, csv_folder: Path):
    experiment = TINY.replace(symbols=("PETR4",), source="csv", start=None, network="dlinear")
    workbench = Workbench(tmp_path / "home")
    run = workbench.train(experiment, path=csv_folder).run
    write_csv(tmp_path, synthetic_prices("PETR4", sessions=300, seed=1))

    with pytest.raises(SplitError, match="has 0 windows"):
        workbench.evaluate(run.id, path=tmp_path)


def test_a_run_is_scored_on_later_sessions_by_its_own_scaler(tmp_path: Path, csv_folder: Path):
    longer = synthetic_prices("PETR4", sessions=500, seed=1)
    shorter = tmp_path / "shorter"
    shorter.mkdir()
    write_csv(shorter, longer.up_to(longer.sessions[459]))
    experiment = TINY.replace(symbols=("PETR4",), source="csv", start=None, network="dlinear")
    workbench = Workbench(tmp_path / "home")
    trained = workbench.train(experiment, path=shorter)

    later = workbench.evaluate(trained.run.id, path=csv_folder, settings=BenchmarkSettings()).report

    assert trained.report.windows.train == later.windows.train
    assert trained.report.windows.validation == later.windows.validation
    assert trained.report.windows.test + 40 == later.windows.test
    assert trained.report.subject.validation_crps == later.subject.validation_crps


def test_networks_that_do_not_fit_are_refused_by_name_and_left_out_of_the_zoo(tmp_path: Path):
    short = TINY.replace(lookback=2)
    workbench = Workbench(tmp_path)

    with pytest.raises(InvalidNetworkError):
        workbench.sweep(short, networks=("transformer",))
    chosen, left_out = buildable(short, ())

    assert "transformer" not in chosen
    assert "lstm_classic" in chosen
    assert {"LRN006"} == {each.code for each in left_out}


def test_what_is_served_is_what_was_evaluated(home: Path, swept: Result):
    evaluated = Workbench(home).evaluate(swept.run.id, settings=PROVEN).report

    assert swept.report.subject.metrics == evaluated.subject.metrics
    assert swept.report.baselines == evaluated.baselines
    assert swept.report.edge == evaluated.edge


def test_the_same_training_on_the_same_prices_is_one_run(home: Path):
    workbench = Workbench(home)
    epochs = []
    experiment = TINY.replace(seed=5)

    first = workbench.train(experiment, on_epoch=epochs.append)
    trained = len(epochs)
    second = workbench.train(experiment, on_epoch=epochs.append)

    assert 2 == trained == len(epochs)
    assert first.run == second.run
    assert first.forecasts == second.forecasts
    assert first.report == second.report


def test_nothing_after_the_end_has_any_influence(tmp_path: Path, csv_folder: Path):
    end = date(2016, 11, 30)
    shorter = tmp_path / "shorter"
    shorter.mkdir()
    prices = synthetic_prices("PETR4", sessions=500, seed=1)
    assert prices.last > np.datetime64(end)
    write_csv(shorter, prices.up_to(str(end)))
    experiment = TINY.replace(
        symbols=("PETR4",), source="csv", start=None, end=end, network="dlinear"
    )

    full = Workbench(tmp_path / "a").sweep(
        experiment, networks=("dlinear",), path=csv_folder, settings=BenchmarkSettings()
    )
    cut = Workbench(tmp_path / "b").sweep(
        experiment, networks=("dlinear",), path=shorter, settings=BenchmarkSettings()
    )

    assert full.forecasts == cut.forecasts
    assert full.report.data == cut.report.data
    assert full.report.baselines == cut.report.baselines
    assert full.report.subject.metrics == cut.report.subject.metrics


def test_symbols_are_pooled_into_one_network_or_trained_apart(tmp_path: Path, csv_folder: Path):
    experiment = TINY.replace(symbols=("PETR4", "VALE3"), source="csv", start=None)
    workbench = Workbench(tmp_path)
    told: list[Result] = []

    pooled = workbench.sweep(
        experiment, networks=("dlinear",), path=csv_folder, settings=BenchmarkSettings()
    )
    apart = workbench.sweep_each(
        experiment, networks=("dlinear",), path=csv_folder, on_result=told.append
    )
    alone = workbench.sweep(
        experiment.replace(symbols=("VALE3",)),
        networks=("dlinear",),
        path=csv_folder,
        settings=BenchmarkSettings(ensemble=5),
    )

    assert {"BRL"} == {each.currency for each in pooled.forecasts}
    assert {"PETR4", "VALE3"} == {each.symbol for each in apart.rows}
    [vale] = [each for each in told if each.report.data.symbols == ("VALE3",)]
    assert alone.report.subject.metrics == vale.report.subject.metrics
    assert alone.run == vale.run
    assert pooled.run.id not in {each.run for each in apart.rows}


def test_one_file_does_not_serve_for_two_symbols(tmp_path: Path, csv_folder: Path):
    experiment = TINY.replace(symbols=("PETR4", "VALE3"), source="csv", start=None)

    with pytest.raises(SharedFileError, match=r"PETR4\.csv"):
        Workbench(tmp_path).train(experiment, path=csv_folder / "PETR4.csv")


def write_b3(path: Path, *histories: Prices) -> None:
    """Write histories as one file of B3, by its table of positions."""
    lines = ["00COTAHIST.2024BOVESPA 20241230".ljust(245)]
    for prices in histories:
        columns = [getattr(prices.bars, name) for name in ("open", "high", "low", "close")]
        for session, *values in zip(prices.sessions, *columns, strict=True):
            opened, high, low, close = (f"{round(100 * each):013d}" for each in values)
            lines.append(
                f"01{str(session).replace('-', '')}02{prices.symbol.ticker:12}010{'TEST':12}"
                f"{'ON':10}   R$  {opened}{high}{low}{0:013d}{close}{0:026d}{5:05d}{1000:018d}"
                f"{0:018d}{0:013d}099991231{1:07d}{0:013d}{'BRTESTACNOR1'}{100:03d}"
            )
    lines.append(f"99COTAHIST.2024BOVESPA 20241230{len(lines) + 1:011d}".ljust(245))
    path.write_text("".join(line + "\r\n" for line in lines), encoding="latin-1", newline="")


def test_a_file_of_b3_serves_for_each_of_its_tickers(tmp_path: Path):
    path = tmp_path / "COTAHIST_A2024.TXT"
    histories = [
        synthetic_prices(ticker, sessions=500, seed=seed)
        for seed, ticker in enumerate(("PETR4", "VALE3"))
    ]
    write_b3(path, *histories)
    experiment = TINY.replace(symbols=("PETR4", "VALE3"), source="csv", start=None)

    result = Workbench(tmp_path).train(experiment, path=path)

    assert ("PETR4", "VALE3") == result.report.data.symbols


def test_quarantined_prices_are_refused_and_the_override_is_on_record(tmp_path: Path):
    prices = synthetic_prices("PETR4", sessions=500, seed=1)
    frame = prices.frame.rename_axis("date")
    columns = ["open", "high", "low", "close", "adj_close"]
    frame.loc[frame.index[300] :, columns] /= 10
    frame.to_csv(tmp_path / "PETR4.csv")
    experiment = TINY.replace(symbols=("PETR4",), source="csv", start=None, network="dlinear")
    workbench = Workbench(tmp_path / "home")

    with pytest.raises(DataQualityError, match="PRC009"):
        workbench.train(experiment, path=tmp_path)
    run = workbench.train(experiment, path=tmp_path, allow_findings=True).run

    assert ("PRC009",) == run.provenance.overridden


def test_fetching_twice_stores_once_and_the_store_is_a_source(tmp_path: Path):
    workbench = Workbench(tmp_path)
    first = workbench.fetch("SP500", end=date(2018, 6, 29))

    second = workbench.fetch("SP500", end=date(2018, 6, 29))
    stored = workbench.check("SP500", source="store").prices

    assert first.snapshot == second.snapshot.replace(num_added=first.snapshot.num_added)
    assert first.prices == stored


def test_an_empty_store_says_what_to_type(tmp_path: Path):
    with pytest.raises(UnknownSymbolError, match="pregao fetch NVDA"):
        Workbench(tmp_path).check("NVDA", source="store")


def test_an_unknown_source_suggests_the_nearest(tmp_path: Path):
    with pytest.raises(UnknownNameError, match="sample"):
        Workbench(tmp_path).check("SP500", source="sampel")


def test_an_unknown_network_is_refused_before_prices_are_read(tmp_path: Path):
    with pytest.raises(UnknownNameError, match="lstm_classic"):
        Workbench(tmp_path).sweep(TINY.replace(source="csv"), networks=("lstm_clasic",))


def test_every_network_is_listed_with_its_size():
    listed = list_networks()

    assert list(ZOO) == [each.name for each in listed]
    assert list(range(1, 31)) == [each.number for each in listed if each.number is not None]
    assert all(each.parameters > 0 for each in listed)


def test_the_fast_mode_is_that_of_the_earlier_system():
    fast = Experiment.parse({"symbols": ("SP500",), **MODES["fast"]})

    assert (1, 32, 1e-3, 0.2, "relu") == (
        fast.epochs,
        fast.batch_size,
        fast.learning_rate,
        fast.dropout,
        fast.activation,
    )
