"""Who answers for a champion: itself, the last good one, or a baseline, and what is said of it."""

import pytest


@pytest.fixture
def made(served_home, make_services):
    services = make_services()
    return services, [each.id for each in services.workbench.models.runs()]


def _promote(services, run):
    services.workbench.models.promote(run, by="test")
    services.forecasts.refresh_champions()


def _damage(services, run):
    model = services.workbench.models.run(run).folder / "registered" / "model-0.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"x")


def _codes(shown):
    return [each.code for each in shown.findings]


def test_the_version_shown_is_the_champions_though_its_run_served_before(made):
    services, (first, second) = made

    versions = []
    for run in (first, second, first):
        _promote(services, run)
        shown = services.forecasts.forecast("PETR4")
        assert run == shown.run
        versions.append(shown.champion_version)

    assert [1, 2, 3] == versions


def test_the_last_good_champion_answers_for_one_that_is_damaged_and_says_so(made):
    services, (first, second) = made
    _promote(services, first)
    good = services.forecasts.forecast("PETR4")
    services.workbench.models.promote(second, by="test")
    _damage(services, second)
    services.forecasts.refresh_champions()

    shown = services.forecasts.forecast("PETR4")

    assert (first, 2) == (shown.run, shown.champion_version)
    assert good.prices == shown.prices
    assert not good.degraded
    assert shown.degraded
    assert "SRV002" in _codes(shown)


def test_a_baseline_answers_for_a_damaged_champion_after_a_restart_and_says_why(
    made, make_services
):
    services, (first, _) = made
    services.workbench.models.promote(first, by="test")
    _damage(services, first)
    again = make_services()
    again.forecasts.refresh_champions()

    shown = again.forecasts.forecast("PETR4")

    assert shown.run is None
    assert shown.degraded
    assert "SRV002" in _codes(shown)
    assert "SRV001" not in _codes(shown)
