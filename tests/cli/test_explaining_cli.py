"""`pregao explain`, through its real entry point."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pregao.explanation import Explanation
from pregao.registry import stored_runs

SMALL = ("--start", "2014-01-02", "--lookback", "8", "--horizon", "3", "--epochs", "1")


class Shell:
    """Runs `pregao` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {"HOME": str(self.home), "PREGAO_HOME": str(self.home / "pregao")}
        known = {k: v for k, v in os.environ.items() if k not in {"LANG", "LC_ALL"}}
        return subprocess.run(
            [sys.executable, "-m", "pregao", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            cwd=self.home,
            env={**known, **own, "PYTHONIOENCODING": "utf-8", **environment},
        )


@pytest.fixture(scope="module")
def pregao(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(Path(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def run(pregao: Shell) -> str:
    done = pregao("train", "SP500", *SMALL, "--network", "dlinear", "--json")
    assert 0 == done.returncode, done.stderr
    [stored] = stored_runs(pregao.home / "pregao")
    return stored.id


def test_a_run_is_explained_as_one_json_value(pregao: Shell, run: str):
    done = pregao("explain", run, "--json")

    assert (0, "") == (done.returncode, done.stderr)
    explanation = Explanation.model_validate_json(done.stdout)
    assert ("run", run) == (explanation.about, explanation.run)
    assert explanation.importances is not None
    assert len(explanation.importances.by_feature) == 10


def test_a_forecast_is_explained_in_the_readers_language(pregao: Shell, run: str):
    done = pregao("explain", run, "SP500", "--step", "2", PREGAO_LANGUAGE="pt")

    assert 0 == done.returncode, done.stderr
    assert done.stdout.startswith("SP500  até 31/12/2018")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["RUN", "--step", "4"], "give 1 to 3"),
        (["RUN", "SP500", "--start", "2018-11-01"], "needs at least"),
        (["RUN", "PETR4"], "sample has no PETR4"),
        (["RUN", "../x"], "is not a ticker"),
        (["RUN", "SP500", "--start", "2018-11-01", "--end", "2018-10-01"], "is not before end"),
        (["RUN", "--source", "csv"], "name a SYMBOL"),
        (["no-such-run"], "no run 'no-such-run'"),
    ],
)
def test_bad_input_is_answered_with_one_clear_line(
    pregao: Shell, run: str, arguments: list[str], message: str
):
    done = pregao("explain", *(run if each == "RUN" else each for each in arguments))

    assert (2, "") == (done.returncode, done.stdout)
    [line] = done.stderr.strip().splitlines()
    assert message in line
