"""Runs, ledgers and databases that version 0.1.0 wrote before its parts were renamed still load.

`data/home-0.1` was made on the bundled S&P 500 by `pregao train SP500 --network anchor_lstm
--epochs 1 --lookback 10 --horizon 2 --start 2013-01-02 --end 2018-06-29`, and `forecast.json` by
`pregao forecast SP500 --run RUN --source sample --end 2018-06-29 --json`.
"""

import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pregao.registry import check_run, count_accesses, load_run
from pregao.workbench import Workbench

RUN = "anchor_lstm-ac33fcef44f0"
HOME = Path(__file__).parent / "data" / "home-0.1"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HOME, tmp_path / "home"))


def test_the_database_lists_the_run(home: Path):
    workbench = Workbench(home)

    [summary] = workbench.models.runs()

    assert (RUN, "anchor_lstm", "autoregression") == (
        summary.id,
        summary.forecaster,
        summary.served,
    )
    workbench.database.close()


def test_every_file_of_the_run_is_read(home: Path):
    run = load_run(home, RUN)

    check_run(run)

    assert "anchor_lstm" == run.report.candidate
    assert 2 == run.experiment.horizon
    assert run.report == type(run.report).model_validate_json(run.report.model_dump_json())


def test_the_run_forecasts_what_it_forecast_then(home: Path):
    expected = json.loads((HOME / "forecast.json").read_text(encoding="utf-8"))
    workbench = Workbench(home)

    forecast = workbench.forecast_with(RUN, "SP500", source="sample", end=date(2018, 6, 29))

    assert expected["sessions"] == [str(each) for each in forecast.sessions]
    np.testing.assert_allclose(forecast.prices, expected["prices"], rtol=1e-9)
    workbench.database.close()


def test_the_ledger_of_test_sets_is_read(home: Path):
    counts = count_accesses(home, ["SP500"], date(2017, 6, 1), date(2018, 6, 29))

    assert 1 == counts.num_openings
