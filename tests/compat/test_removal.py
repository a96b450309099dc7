"""The paths of earlier systems can be deleted with the one line that mounts them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from starlette.testclient import TestClient

import pregao
from pregao.jobs import JobLimits, Jobs
from pregao.server import create_app

ROOT = Path(__file__).parents[2]
QUICK = (
    "test_api_page.py",
    "test_forecasts.py",
    "test_guard.py",
    "test_measuring.py",
    "test_openapi.py",
    "test_symbols.py",
    "test_work.py",
)


@pytest.fixture(scope="module")
def without_it(tmp_path_factory):
    """A copy of the checkout without the package and the line that mounts it."""
    folder = tmp_path_factory.mktemp("without")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(pregao.__file__).parent, folder / "src/pregao", ignore=ignored)
    for name in ("tests/api", "tests/workers", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "conftest.py"):
        shutil.copy(ROOT / name, folder / name)
    shutil.rmtree(folder / "src/pregao/compat")
    application = folder / "src/pregao/server/_app.py"
    lines = application.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [each for each in lines if "pregao.compat" not in each]
    assert 1 == len(lines) - len(kept)
    application.write_text("".join(kept), encoding="utf-8")
    return folder


def _run(folder, *command):
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_else_names_the_package(without_it):
    for each in (without_it / "src").rglob("*.py"):
        assert "pregao.compat" not in each.read_text(encoding="utf-8"), each


def test_no_path_of_the_package_is_named_elsewhere(without_it, make_services):
    app = create_app(make_services())
    paths = {
        path
        for path, operations in app.openapi()["paths"].items()
        if any("earlier systems" in each["tags"] for each in operations.values())
    }

    assert {"/health", "/predict", "/statistics", "/train"} <= paths
    for folder in ("src", "tests"):
        for each in (without_it / folder).rglob("*.py"):
            text = each.read_text(encoding="utf-8")
            assert not [path for path in paths if f'"{path}"' in text], each


@pytest.mark.slow
def test_the_api_works_without_the_package(without_it):
    plain = ("-q", "-m", "not soak", "-p", "no:cacheprovider", "-p", "no:randomly")
    done = _run(without_it, "-m", "pytest", *plain, *(f"tests/api/{each}" for each in QUICK))

    assert 0 == done.returncode, done.stdout[-3000:]
    assert " passed" in done.stdout
    assert "pregao.compat" not in done.stdout


def test_the_contract_of_imports_holds_without_the_package(without_it):
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = _run(without_it, "-c", program)

    assert 0 == done.returncode, done.stdout[-3000:]
    assert "0 broken" in done.stdout


def test_the_package_imports_neither_torch_nor_tables():
    graph = grimp.build_graph("pregao", include_external_packages=True)
    for each in ("torch", "pandas", "sqlalchemy"):
        assert [] == [
            importer
            for importer in graph.find_modules_that_directly_import(each)
            if importer.startswith("pregao.compat")
        ]
        assert graph.find_modules_that_directly_import(each), each


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
