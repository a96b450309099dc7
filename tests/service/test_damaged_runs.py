"""A stored run that is damaged is one typed error, and never stops what serves."""

import shutil
from contextlib import suppress

import pytest

from pregao.errors import CorruptFileError, NotRegisteredError
from pregao.registry import Run, ServedModel, check_registration, check_run, load_run
from pregao.server._refresher import Refresher

DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-7]),
    "garbage": lambda path: path.write_bytes(b"\x00\xff{" * 9),
    "null": lambda path: path.write_bytes(b"null"),
    "a list": lambda path: path.write_bytes(b"[]"),
    "deleted": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}
FILES = (
    *("provenance.json", "experiment.json", "report.json", "scaler.json", "serving.json"),
    *("weights.safetensors", "registered/model-0.onnx", "registered/golden.safetensors"),
    "registered/registration.json",
)


@pytest.fixture
def made(served_home, make_services):
    services = make_services()
    return services, [each.id for each in services.workbench.models.runs()]


@pytest.fixture
def run(made, served_home) -> Run:
    return load_run(served_home, made[1][0])


def _damaged(run, name, damage):
    path = run.folder / name
    DAMAGES[damage](path)
    return Run(run.folder)


def test_every_file_of_a_run_is_damaged_here(run):
    stored = {str(each.relative_to(run.folder)) for each in run.folder.rglob("*") if each.is_file()}

    assert set(FILES) == stored


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_reading_a_damaged_run_raises_one_typed_error(run, name, damage):
    damaged = _damaged(run, name, damage)

    with pytest.raises((CorruptFileError, NotRegisteredError)):  # noqa: PT012 - whichever reads it
        check_run(damaged)
        check_registration(damaged)
    # Weights are not needed for serving: loading either succeeds or raises the same errors.
    with suppress(CorruptFileError, NotRegisteredError):
        ServedModel.load(Run(run.folder))


@pytest.mark.parametrize("damage", DAMAGES)
def test_runs_are_listed_beside_a_damaged_one(run, made, served_home, damage):
    _damaged(run, "provenance.json", damage)
    services, names = made

    assert set(names) == {each.id for each in services.workbench.models.runs()}
    assert names[1] == load_run(served_home, names[1]).id


@pytest.mark.parametrize("damage", ["empty", "null", "deleted"])
def test_a_server_starts_over_a_damaged_champion_and_recovers_without_a_restart(
    run, made, make_services, damage
):
    services, (first, _) = made
    services.workbench.models.promote(first, by="test")
    whole = (run.folder / "provenance.json").read_bytes()
    _damaged(run, "provenance.json", damage)
    again = make_services()
    now = [0.0]
    again.forecasts.clock = lambda: now[0]

    again.forecasts.refresh_champions()
    fallback = again.forecasts.forecast("PETR4")
    (run.folder / "provenance.json").write_bytes(whole)
    again.forecasts.refresh_champions()
    too_early = again.forecasts.forecast("PETR4")
    now[0] = 3.0
    again.forecasts.refresh_champions()
    recovered = again.forecasts.forecast("PETR4")

    assert (None, True) == (fallback.run, fallback.degraded)
    assert (None, True) == (too_early.run, too_early.degraded)
    assert (first, False) == (recovered.run, recovered.degraded)


def test_a_champion_that_stays_damaged_is_retried_ever_less_often(run, made):
    services, (first, _) = made
    services.workbench.models.promote(first, by="test")
    _damaged(run, "provenance.json", "empty")
    now, tries = [0.0], []
    services.forecasts.clock = lambda: now[0]

    for second in range(2_000):
        now[0] = float(second)
        services.forecasts.refresh_champions()
        [loaded] = services.forecasts.loaded_champions()
        if not tries or tries[-1][0] != loaded.failures:
            tries.append((loaded.failures, second))

    waits = [after - before for (_, before), (_, after) in zip(tries, tries[1:], strict=False)]
    assert [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] == waits[:10]


def test_the_last_good_champion_serves_while_the_new_one_is_damaged(made, served_home):
    services, (first, second) = made
    services.workbench.models.promote(first, by="test")
    services.forecasts.refresh_champions()
    services.workbench.models.promote(second, by="test")
    _damaged(load_run(served_home, second), "provenance.json", "empty")
    services.forecasts.refresh_champions()

    shown = services.forecasts.forecast("PETR4")

    assert (first, True) == (shown.run, shown.degraded)


def test_the_thread_of_the_refresher_outlives_an_unexpected_error(made, monkeypatch):
    services, _ = made
    refresher = Refresher(services)
    attempts = []

    def fails():
        attempts.append(1)
        raise ZeroDivisionError("unexpected")

    refresher._try("anything", 0.0, fails)
    refresher._try("anything", 0.0, fails)

    assert 2 == len(attempts)


def test_a_server_is_not_ready_once_its_refresher_is_gone(made, client_of):
    services, _ = made
    services.forecasts.refresh_champions()
    client = client_of(services)
    assert 200 == client.get("/readyz").status_code

    services.forecasts.watch(lambda: False)

    assert 503 == client.get("/readyz").status_code
    shutil.rmtree(services.workbench.home / "runs")
    assert 503 == client.get("/readyz").status_code
