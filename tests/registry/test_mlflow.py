"""Export to MLflow: a real server receives runs, and other addresses are refused."""

import json
import os
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from made_runs import EXPERIMENTS, made_run
from shells import Shell

from pregao.errors import InputError
from pregao.registry import ModelCard, Run, export_to_mlflow, render_readmes
from pregao.registry._export import export_files
from pregao.registry._mlflow import _metrics

_SERVER = "mlflow==3.17.2"


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("mlruns", "not the address of a server"),
        ("file:///tmp/x", "not the address of a server"),
        ("sqlite:///x.db", "not the address of a server"),
        ("http://[", "not the address of a server"),
        ("http://ana:hidden@host:5000", "MLFLOW_TRACKING_PASSWORD"),
    ],
)
def test_only_the_address_of_a_server_is_accepted_and_no_password_repeated(
    tmp_path: Path, uri: str, reason: str
):
    with pytest.raises(InputError, match=reason) as caught:
        export_to_mlflow(Run(tmp_path), uri, readmes={})

    assert "hidden" not in str(caught.value)


def test_the_missing_package_is_named_in_the_error(tmp_path: Path):
    (tmp_path / "mlflow.py").write_text("raise ImportError('not here')", encoding="utf-8")
    shell = Shell(tmp_path)
    run = made_run(shell.folder, EXPERIMENTS["ensemble"], baseline="har")

    done = shell("export", run.id, "--mlflow", "http://127.0.0.1:9", PYTHONPATH=_first(tmp_path))

    assert 2 == done.returncode
    assert "pip install 'pregao[mlflow]'" in done.stderr


def _first(folder: Path) -> str:
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An MLflow server in an environment of its own, on this machine."""
    folder = Path(tmp_path_factory.mktemp("mlflow"))
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([programs / "python", "-m", "pip", "install", "-q", _SERVER], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                programs / "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
                "--workers", "1", "--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}",
                "--artifacts-destination", folder / "artifacts",
            ],
            stdout=log,
            stderr=log,
            cwd=folder,
            env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "HOME": str(folder)},
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait(process, f"{address}/health", folder / "log")
            yield address
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while True:
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")[-2000:]
            time.sleep(0.2)  # the server has no event to wait for


def call(server: str, path: str, body: object | None = None) -> dict:
    content = None if body is None else json.dumps(body).encode()
    request = Request(f"{server}{path}", content, {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.mark.soak
def test_a_server_receives_parameters_metrics_by_step_and_files(server: str, tmp_path: Path):
    shell = Shell(tmp_path)
    run = made_run(shell.folder, EXPERIMENTS["ensemble"], baseline="har")

    done = shell("export", run.id, "--mlflow", server)

    assert 0 == done.returncode, done.stderr
    [found] = call(
        server,
        "/api/2.0/mlflow/runs/search",
        {"experiment_ids": ["1"], "filter": f"tags.`pregao.run` = '{run.id}'"},
    )["runs"]
    info, data = found["info"], found["data"]
    assert info["run_id"] in done.stdout
    assert (run.id, "FINISHED") == (info["run_name"], info["status"])
    params = {each["key"]: each["value"] for each in data["params"]}
    assert ("har", "3", "8") == (params["served"], params["horizon"], params["lookback"])
    expected = {(each.key, each.step): each.value for each in _metrics(run)}
    for name in {key for key, _ in expected}:
        history = call(
            server,
            f"/api/2.0/mlflow/metrics/get-history?run_id={info['run_id']}&metric_key={name}",
        )["metrics"]
        assert {step: value for (key, step), value in expected.items() if key == name} == {
            int(each.get("step", 0)): each["value"] for each in history
        }
    assert {("train_loss_0", 0), ("train_loss_1", 1), ("test_crps_of_step", 3)} <= set(expected)
    files = call(server, f"/api/2.0/mlflow/artifacts/list?run_id={info['run_id']}")["files"]
    readmes = render_readmes(ModelCard.from_run(run))
    assert set(export_files(run, readmes=readmes)) == {each["path"] for each in files}
    assert [] == [each for each in tmp_path.iterdir() if each.name != "pregao"]


@pytest.mark.soak
def test_an_unreachable_server_is_an_error_of_one_line(tmp_path: Path):
    shell = Shell(tmp_path)
    run = made_run(shell.folder, EXPERIMENTS["ensemble"], baseline="har")

    done = shell("export", run.id, "--mlflow", "http://127.0.0.1:9")

    assert (1, "") == (done.returncode, done.stdout)
    [line] = done.stderr.strip().splitlines()
    assert "did not take the run" in line
