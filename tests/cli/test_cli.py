"""The command line, through its real entry point, as a user would type it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from shells import Shell

from pregao.findings import FINDINGS
from pregao.testing import synthetic_prices
from pregao.zoo.networks import ZOO

SMALL = ("--start", "2014-01-02", "--lookback", "8", "--horizon", "3", "--epochs", "1")


@pytest.fixture(scope="module")
def pregao(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(Path(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def sweep(pregao: Shell) -> dict[str, object]:
    done = pregao(
        "sweep", "SP500", *SMALL, "--networks", "dlinear,lstm_small", "--report", "page.html",
        "--folds", "2", "--json",
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """The one line on standard error of a command that refuses its input."""
    assert 2 == done.returncode, done.stderr
    assert "" == done.stdout
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("pregao: ")
    return line


def test_a_sweep_prints_one_json_object_as_promised(sweep: dict):
    assert {
        "experiment", "data", "windows", "baselines", "ranking", "candidate", "champion", "edge",
        "promotion", "walk", "dossiers", "trials", "seconds",
    } <= set(sweep)  # fmt: skip
    assert {"symbols", "sessions", "first", "last", "digest"} <= set(sweep["data"])
    assert ["SP500"] == sweep["data"]["symbols"]
    assert ("2014-01-02", "2018-12-31") == (sweep["data"]["first"], sweep["data"]["last"])
    assert {"train", "validation", "test"} == set(sweep["windows"])
    for each in sweep["ranking"]:
        assert {"network", "parameters", "metrics", "versus_random_walk", "seconds"} <= set(each)
        assert {"crps", "mae", "rmse", "mape", "smape", "mase", "coverage_90"} <= set(
            each["metrics"]
        )
        assert {"crps_skill", "mae_skill", "dm_p_value"} == set(each["versus_random_walk"])
    assert "random_walk" in [each["name"] for each in sweep["baselines"]]
    assert sweep["candidate"] == sweep["ranking"][0]["network"]
    assert (sweep["edge"] == "proven") == (sweep["champion"] == sweep["candidate"])


def test_a_sweep_writes_its_page(pregao: Shell, sweep: dict):
    page = (pregao.home / "page.html").read_text(encoding="utf-8")

    assert page.startswith("<!doctype html>")
    assert sweep["champion"] in page


def test_a_sweep_leaves_nothing_in_the_home_but_its_own_folder(pregao: Shell, sweep: dict):
    assert {"page.html", "pregao"} == {each.name for each in pregao.home.iterdir()}


def test_evaluating_the_stored_run_gives_the_same_scores(pregao: Shell, sweep: dict):
    done = pregao("evaluate", sweep["run"], "--json")

    assert 0 == done.returncode, done.stderr
    again = json.loads(done.stdout)
    assert sweep["ranking"][0]["metrics"] == again["ranking"][0]["metrics"]
    assert sweep["data"] == again["data"]


def test_a_forecast_prints_one_json_object_as_promised(pregao: Shell, sweep: dict):
    done = pregao("forecast", "SP500", "--run", sweep["run"], "--horizon", "3", "--json")

    assert 0 == done.returncode, done.stderr
    forecast = json.loads(done.stdout)
    assert {
        "symbol", "currency", "as_of", "sessions", "levels", "prices", "median", "run", "edge",
        "findings",
    } <= set(forecast)  # fmt: skip
    assert ["2019-01-02", "2019-01-03", "2019-01-04"] == forecast["sessions"]
    assert ("SP500", "USD", "2018-12-31") == (
        forecast["symbol"],
        forecast["currency"],
        forecast["as_of"],
    )
    assert sweep["run"] == forecast["run"]
    assert 3 == len(forecast["prices"]) == len(forecast["median"])


def test_a_stored_run_refuses_what_it_was_not_trained_with(pregao: Shell, sweep: dict):
    line = complaint(pregao("forecast", "SP500", "--run", sweep["run"], "--horizon", "5"))

    assert "LRN011" in line
    assert "was trained for 3 sessions ahead, and 5 were asked for" in line


def test_training_prints_a_table_with_naive_in_it_and_a_sentence(pregao: Shell):
    done = pregao("train", "SP500", *SMALL, "--network", "dlinear")

    assert 0 == done.returncode, done.stderr
    assert "random_walk" in done.stdout
    assert re.search(r"^(No edge|Edge)", done.stdout, re.MULTILINE)


def test_a_baseline_whose_library_cannot_load_is_left_out_and_said_so(
    pregao: Shell, tmp_path: Path
):
    (tmp_path / "lightgbm.py").write_text(
        "raise OSError('libgomp.so.1: cannot open shared object file')", encoding="utf-8"
    )

    done = pregao(
        "train", "SP500", *SMALL, "--network", "dlinear", "--seed", "7", "--json",
        PYTHONPATH=str(tmp_path),
    )  # fmt: skip

    assert 0 == done.returncode, done.stderr
    report = json.loads(done.stdout)
    assert "lightgbm" not in [each["name"] for each in report["baselines"]]
    [finding] = [each for each in report["findings"] if each["code"] == "EVA010"]
    assert "libgomp" in finding["seen"]["en"]


def test_the_sentence_is_portuguese_where_the_user_is(pregao: Shell):
    done = pregao("train", "SP500", *SMALL, "--network", "dlinear", LANG="pt_BR.UTF-8")

    assert 0 == done.returncode, done.stderr
    assert re.search(r"^(Sem vantagem|Vantagem)", done.stdout, re.MULTILINE)


def test_networks_are_listed_as_json_without_torch(pregao: Shell):
    done = pregao("networks", "--json")

    listed = json.loads(done.stdout)
    assert list(ZOO) == [each["name"] for each in listed]
    assert {"name", "category", "parameters", "spec"} <= set(listed[-1])
    assert list(range(1, 31)) == [each["number"] for each in listed if "number" in each]


@pytest.mark.parametrize("command", [["--help"], ["networks"], ["networks", "--json"]])
def test_listing_and_help_load_neither_torch_nor_pandas(pregao: Shell, command: list[str]):
    program = (
        f"import sys; sys.argv = ['pregao', *{command!r}]\n"
        "from pregao.__main__ import main\n"
        "heavy = {'torch', 'pandas', 'plotly', 'scipy', 'sqlalchemy'}\n"
        "try:\n    main()\n"
        "finally:\n    print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode
    assert "[]" == done.stderr.strip()


def test_networks_are_listed_as_a_table(pregao: Shell):
    done = pregao("networks")

    assert 0 == done.returncode
    for name in ZOO:
        assert name in done.stdout


def test_fetch_stores_and_says_so_and_check_is_clean(pregao: Shell):
    fetched = pregao("fetch", "SP500", "NASDAQ", "--json")
    checked = pregao("check", "SP500", "--json")

    assert [5031, 5031] == [each["sessions"] for each in json.loads(fetched.stdout)]
    assert 0 == checked.returncode
    assert not json.loads(checked.stdout)[0]["quarantined"]


def test_check_of_quarantined_prices_ends_with_one(pregao: Shell, tmp_path: Path):
    frame = synthetic_prices("PETR4", sessions=400).frame.rename_axis("date")
    frame.loc[frame.index[200] :, ["open", "high", "low", "close", "adj_close"]] /= 10
    frame.to_csv(tmp_path / "PETR4.csv")

    done = pregao("check", "PETR4", "--path", tmp_path, "--json")
    trained = pregao("train", "PETR4", "--path", tmp_path)

    assert 1 == done.returncode
    assert "PRC009" in [each["code"] for each in json.loads(done.stdout)[0]["findings"]]
    assert "--allow-findings" in complaint(trained)


def test_actions_are_stored_with_the_bars_and_listed_with_what_is_missing(
    pregao: Shell, tmp_path: Path
):
    prices = synthetic_prices("PETR4", sessions=300, seed=4, dividend=0.0)
    share, day = 0.1, prices.sessions[150]
    factor = np.where(prices.sessions >= day, 1 - share, 1.0)
    lines = ["date,open,high,low,close,volume"]
    for row, session in enumerate(prices.sessions):
        bar = [
            prices.bars.columns[name][row] * factor[row]
            for name in ("open", "high", "low", "close")
        ]
        lines.append(",".join(map(str, [session, *bar, prices.bars.volume[row]])))
    (tmp_path / "PETR4.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    file = tmp_path / "mine.csv"
    amount = share * prices.bars.close[149]
    file.write_text(f"ex_date,kind,amount\n{day},jcp,{amount}\n", encoding="utf-8")

    plain = pregao("actions", "PETR4", "--path", tmp_path, "--json")
    fetched = pregao("fetch", "PETR4", "--path", tmp_path, "--actions", file)
    listed = pregao("actions", "PETR4", "--source", "store")
    refused = pregao("check", "PETR4", "--path", tmp_path, "--actions", tmp_path / "none.csv")

    [found] = json.loads(plain.stdout)
    assert [] == found["actions"]
    assert "PRC026" in [each["code"] for each in found["missing"]]
    assert (0, 0) == (fetched.returncode, listed.returncode)
    assert f"{day}  JCP" in listed.stdout
    assert "mine.csv" in listed.stdout
    assert "applied here" in listed.stdout
    assert "PRC026" not in listed.stdout
    assert 2 == refused.returncode
    assert "none.csv: cannot be read" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sweep", "SP500", "--networks", "lstm_clasic"], "did you mean lstm_classic"),
        (["train", "SP500", "--network", "grru_classic"], "did you mean gru_classic"),
        (["sweep", "PETR4", "--source", "sample"], "sample has no PETR4"),
        (["fetch", "SP500", "--source", "yaho"], "unknown source 'yaho'"),
        (["sweep", "SP500", "--lookback", "0"], "lookback"),
        (["sweep", "SP500", "--horizon", "-1"], "horizon"),
        (["sweep", "SP500", "--horizon", "ten"], "horizon"),
        (["sweep", "SP500", "--start", "2018-01-02"], "needs at least"),
        (["sweep", "SP500", "--lookback", "1900", "--start", "2012-01-03"], "needs at least"),
        (["train", "../../etc/passwd"], "is not a ticker"),
        (["train", "\u202ePETR4"], "is not a ticker"),
        (["train", "A" * 10_000], "is not a ticker"),
        (["train"], "name at least one"),
        (["train", "SP500", "--experiment", "none.toml"], "none.toml"),
        (["evaluate", "nothing"], "no run 'nothing'"),
        (["forecast", "SP500", "--run", "../x"], "no run"),
        (["sweep", "SP500", "--networks", "transformer", "--lookback", "2"], "lookback"),
        (["sweep", "SP500", "--start", "2019-02-30"], "2019-02-30"),
        (["sweep", "SP500", "--mode", "slow"], "fast"),
        (["swep"], "swep"),
        (["sweep", "SP500", "--workers", "0"], "workers"),
        (["sweep", "SP500", "SP500"], "named twice"),
        (["sweep", "SP500", "--networks", ""], "unknown network ''"),
        (["sweep", "SP500", "--report", "."], "is a directory"),
        (["check", "SP500", "--path", "x" * 5000], "cannot be read"),
        (["check", "SP500", "--path", "one\ntwo\x1b[31m"], "one\\ntwo\\x1b[31m"),
    ],
)
def test_bad_input_is_answered_with_one_clear_line(
    pregao: Shell, arguments: list[str], message: str
):
    assert message in complaint(pregao(*arguments))


def test_an_unknown_field_of_a_toml_is_named(pregao: Shell, tmp_path: Path):
    path = tmp_path / "experiment.toml"
    path.write_text('symbols = ["SP500"]\nlokback = 3\n', encoding="utf-8")

    line = complaint(pregao("train", "--experiment", path))

    assert "lokback: unknown field" in line
    assert "did you mean 'lookback'" in line


def test_options_win_over_the_file_and_the_file_over_the_mode(pregao: Shell, tmp_path: Path):
    path = tmp_path / "experiment.toml"
    path.write_text(
        'symbols = ["SP500"]\nstart = 2014-01-02\nlookback = 8\nhorizon = 3\nbatch_size = 16\n',
        encoding="utf-8",
    )

    done = pregao(
        "sweep", "--experiment", path, "--networks", "dlinear", "--horizon", "2", "--folds", "0",
        "--json",
    )  # fmt: skip

    experiment = json.loads(done.stdout)["experiment"]
    assert (2, 8, 16, 1) == tuple(
        experiment[name] for name in ("horizon", "lookback", "batch_size", "epochs")
    )


def test_a_folder_without_the_csv_lists_what_it_has(pregao: Shell, tmp_path: Path):
    (tmp_path / "VALE3.csv").write_text("date,open,high,low,close,volume\n", encoding="utf-8")

    line = complaint(pregao("sweep", "PETR4", "--source", "csv", "--path", tmp_path))

    assert "PETR4" in line
    assert "VALE3.csv" in line


def test_a_malformed_csv_names_the_line_and_the_reason(pregao: Shell, tmp_path: Path):
    frame = synthetic_prices("PETR4", sessions=400).frame.rename_axis("date")
    lines = frame.to_csv().splitlines()
    lines[17] = "2015-01-28,12.0,twelve,11.0,11.5,11.5,1000"
    (tmp_path / "PETR4.csv").write_text("\n".join(lines), encoding="utf-8")

    line = complaint(pregao("sweep", "PETR4", "--source", "csv", "--path", tmp_path))

    assert "line 18" in line
    assert "twelve" in line


def test_csv_without_a_path_says_what_to_type(pregao: Shell):
    assert "--path" in complaint(pregao("sweep", "PETR4", "--source", "csv"))


def test_no_command_shows_the_overview_and_ends_with_two(pregao: Shell):
    done = pregao()

    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("Usage: ")
    assert "sweep" in done.stderr


def test_what_the_system_refuses_is_one_line_and_ends_with_one(pregao: Shell, tmp_path: Path):
    home = tmp_path / "home"
    home.write_text("a file", encoding="utf-8")

    done = pregao("fetch", "SP500", PREGAO_HOME=str(home))

    assert (1, "") == (done.returncode, done.stdout)
    [line] = done.stderr.splitlines()
    assert line.startswith(f"pregao: {home}")


def test_a_pipe_that_knows_few_characters_gets_what_it_can_show(pregao: Shell):
    done = pregao("train", "SP500", *SMALL, "--network", "dlinear", PYTHONIOENCODING="ascii")

    assert 0 == done.returncode, done.stderr
    assert "2,506.85" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="elsewhere Ctrl-C goes to the whole console")
def test_ctrl_c_says_so_and_leaves_the_ledger_alone(pregao: Shell, tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "pregao", "sweep", "SP500", "--networks", "dlinear"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PREGAO_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)},
    )
    while not list(tmp_path.glob("pregao-*")):  # the data of the workers: they are at work
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=60)

    assert 130 == process.returncode
    assert error.endswith("pregao: interrupted\n")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"ledger"} == {path.parent.name for path in files}


@pytest.mark.parametrize(
    ("language", "meaning"),
    [("en", "when only later prices change."), ("pt", "quando só mudam preços posteriores.")],
)
def test_a_code_of_a_finding_is_explained_in_the_users_language(
    pregao: Shell, language: str, meaning: str
):
    done = pregao("finding", "eva003", PREGAO_LANGUAGE=language)

    assert 0 == done.returncode, done.stderr
    assert done.stdout.startswith("EVA003 ")
    assert meaning in done.stdout


def test_codes_of_findings_are_listed_for_people_and_for_programs(pregao: Shell):
    listed, answered = pregao("finding"), json.loads(pregao("finding", "--json").stdout)

    assert list(FINDINGS) == [each["code"] for each in answered]
    assert list(FINDINGS) == re.findall(r"^[A-Z]{3}\d{3}", listed.stdout, re.MULTILINE)
    assert "pior que a melhor referência" in [each["title"]["pt_br"] for each in answered]


def test_an_unknown_code_of_a_finding_suggests_the_nearest(pregao: Shell):
    done = pregao("finding", "EVA0033")

    assert 2 == done.returncode
    assert "EVA003" in complaint(done)


def test_help_of_every_command_is_there(pregao: Shell):
    commands = ("demo", "fetch", "check", "networks", "train", "sweep", "evaluate", "forecast")
    overview = pregao("--help").stdout

    for command in commands:
        assert command in overview
        assert 0 == pregao(command, "--help").returncode
