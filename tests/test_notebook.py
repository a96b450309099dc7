"""The same calls as the command line's, as functions."""

import subprocess
import sys
from pathlib import Path

import pytest

import pregao
from pregao import notebook
from pregao.errors import InvalidExperimentError, UnknownNameError
from pregao.testing import synthetic_prices
from pregao.zoo.networks import ZOO

SMALL = {
    "start": "2014-01-02",
    "lookback": 8,
    "horizon": 2,
    "epochs": 1,
    "features": ("return", "log_sigma"),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PREGAO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_public_names_are_those_that_are_documented():
    assert {
        "Experiment", "Symbol", "Workbench", "fetch", "forecast", "networks", "recipes", "search",
        "sweep", "sweep_each", "train",
    } == set(pregao.__all__)  # fmt: skip
    for name in pregao.__all__:
        assert getattr(pregao, name) is not None
    assert "0.1.0" == pregao.__version__
    with pytest.raises(AttributeError, match="predict"):
        _ = pregao.predict


def test_fetch_reads_csv_where_a_path_is_given_and_keeps_it(tmp_path: Path):
    prices = synthetic_prices("PETR4", sessions=300)
    prices.frame.rename_axis("date").to_csv(tmp_path / "PETR4.csv")

    fetched = pregao.fetch("PETR4", path=str(tmp_path), end="2015-06-30")

    assert prices.up_to("2015-06-30").digest == fetched.digest
    assert fetched == pregao.fetch("PETR4", source="store")


def test_train_takes_fields_and_gives_a_result_that_forecasts():
    result = pregao.train("SP500", network="dlinear", **SMALL)

    assert ["dlinear"] == [each.name for each in result.report.ranking]
    assert 2 == len(result.forecasts[0].sessions)
    assert result.forecasts[0] == pregao.forecast("SP500", network="dlinear", **SMALL)


def test_sweep_is_fast_unless_a_field_says_more():
    result = pregao.sweep("SP500", networks=["dlinear"], **{**SMALL, "epochs": 2})

    assert 32 == result.report.experiment.batch_size
    assert 3 == len(result.report.subject.epochs)


def test_a_whole_experiment_is_taken_too():
    experiment = pregao.Experiment(symbols=("SP500",), network="dlinear", **SMALL)

    assert experiment == pregao.train(experiment).report.experiment


def test_networks_are_listed():
    assert list(ZOO) == [each.name for each in pregao.networks()]


def test_bad_fields_are_named():
    with pytest.raises(InvalidExperimentError, match="did you mean 'horizon'"):
        pregao.train("SP500", horizn=3)
    with pytest.raises(UnknownNameError, match="lstm_classic"):
        pregao.sweep("SP500", networks=["lstm_clasic"])


def test_a_script_with_the_usual_guard_sweeps(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "import pregao\n"
        "if __name__ == '__main__':\n"
        "    result = pregao.sweep('SP500', networks=['dlinear'], start='2014-01-02',\n"
        "                          lookback=8, horizon=2, features=['return', 'log_sigma'])\n"
        "    print(result.report.candidate)\n",
        encoding="utf-8",
    )

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)

    assert (0, "dlinear\n") == (done.returncode, done.stdout), done.stderr


def test_runs_are_listed_in_the_database_that_the_environment_names(tmp_path, monkeypatch):
    named = tmp_path / "elsewhere" / "named.db"
    monkeypatch.setenv("PREGAO_DATABASE_URL", f"sqlite:///{named}")

    workbench = notebook._workbench()

    assert () == workbench.models.runs()
    assert named.is_file()
    workbench.database.close()
