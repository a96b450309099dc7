"""The paths of earlier systems can be deleted with the one line that mounts them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from starlette.testclient import TestClient

import pregao
from pregao.jobs import JobLimits, Jobs
from pregao.server import create_app

ROOT = Path(__file__).parents[2]
QUICK = ("test_forecasts.py", "test_guard.py", "test_symbols.py")


def test_the_api_works_without_the_package(tmp_path: Path):
    source = Path(pregao.__file__).parent
    without = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, tmp_path / "src/pregao", ignore=without)
    for folder in ("api", "workers"):
        shutil.copytree(ROOT / "tests" / folder, tmp_path / "tests" / folder, ignore=without)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.rmtree(tmp_path / "src/pregao/compat")
    application = tmp_path / "src/pregao/server/_app.py"
    lines = application.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [each for each in lines if "pregao.compat" not in each]
    application.write_text("".join(kept), encoding="utf-8")
    assert 1 == len(lines) - len(kept)
    naming = [
        each.relative_to(tmp_path)
        for each in (tmp_path / "src").rglob("*.py")
        if "pregao.compat" in each.read_text(encoding="utf-8")
    ]
    assert [] == naming

    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-m", "not soak", "-p", "no:cacheprovider"),
            *(f"tests/api/{each}" for each in QUICK),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stdout[-3000:]
    assert " passed" in done.stdout


def test_a_full_queue_is_answered_on_the_earlier_paths_too(make_services):
    services = make_services()
    full = Jobs(services.workbench.database, JobLimits(queued=0, retry_after_seconds=9))
    services.workbench.__dict__["jobs"] = full
    client = TestClient(create_app(services), base_url="http://localhost")
    body = {"stock": "VALE3", "inicio": "2020-01-01", "fim": "2025-07-28"}

    assert 429 == client.post("/train", json=body).status_code


def test_training_on_an_earlier_path_needs_a_key_and_a_forecast_needs_none(make_services):
    app = create_app(make_services(keys=("a-key",)))
    client = TestClient(app, base_url="http://localhost")

    refused = client.post("/train", json={"stock": "SP500"}, headers={"x-api-key": "canary-key"})

    assert 401 == refused.status_code
    assert "canary-key" not in refused.text
    assert 401 != client.post("/predict", json={"stock": "SP500"}).status_code
