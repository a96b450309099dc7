"""Explaining stored runs: the same windows as the run's own, and nothing after its cutoff."""

from pathlib import Path

import pytest

from pregao.errors import HistoryTooShortError, InvalidExperimentError, UnknownRunError
from pregao.prices import Prices
from pregao.registry import Run
from pregao.testing import randomise_after, synthetic_prices
from pregao.training import Actions, Experiment
from pregao.workbench import Checked, Workbench, explain_forecast, explain_run

PETR4 = synthetic_prices("PETR4", sessions=500, seed=1)
UNSEEN = synthetic_prices("VALE3", sessions=300, seed=2)
TINY = Experiment(
    symbols=("PETR4",),
    source="csv",
    network="lstm_narrow_deep",
    features=("return", "log_sigma", "range"),
    scaling="min_max",
    actions=Actions(),
    lookback=8,
    horizon=3,
    epochs=3,
    learning_rate=1e-2,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Path(tmp_path_factory.mktemp("csv"))
    for prices in (PETR4, UNSEEN):
        prices.frame.rename_axis("date").to_csv(made / f"{prices.symbol}.csv")
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def run(home: Path, folder: Path) -> Run:
    return Workbench(home).train(TINY, path=folder).run


def checked(prices: Prices) -> Checked:
    return Checked(prices, ())


def test_a_run_is_explained_by_importance_and_by_shares(run: Run, home: Path, folder: Path):
    explanation = Workbench(home).explain(run.id, path=folder)

    assert ("run", run.id, None) == (explanation.about, explanation.run, explanation.symbol)
    assert run.model.digest == explanation.model
    assert explanation.importances is not None
    assert explanation.importances.reads_features != explanation.is_untrained
    assert ["median", "width"] + 3 * ["probability"] == [
        each.quantity.kind for each in explanation.attributed
    ]
    assert len(explanation.attributed[0].matrix_percent[0]) == TINY.lookback


def test_a_forecast_is_explained_as_of_its_last_session(run: Run, home: Path, folder: Path):
    forecast = Workbench(home).forecast_with(run.id, "PETR4", path=folder)

    explanation = Workbench(home).explain(run.id, "PETR4", path=folder, step=2)

    assert ("forecast", "PETR4") == (explanation.about, explanation.symbol)
    assert forecast.as_of == explanation.as_of
    assert 2 == explanation.attributed[0].quantity.step
    assert explanation.importances is None
    assert 1 == explanation.num_windows


def test_an_unseen_symbol_is_explained_from_the_average_input(run: Run, home: Path, folder: Path):
    explanation = Workbench(home).explain(run.id, "VALE3", path=folder)

    assert "VALE3" == explanation.symbol
    known = Workbench(home).explain(run.id, "PETR4", path=folder)
    # What the average input would give is scaled by each symbol's own volatility.
    assert explanation.attributed[0].reference_percent != known.attributed[0].reference_percent
    assert [each.reference_percent for each in explanation.attributed[2:]] == [
        each.reference_percent for each in known.attributed[2:]
    ]


def test_an_explanation_reads_nothing_after_its_last_session(run: Run):
    row = len(PETR4) - 60
    short = PETR4.up_to(PETR4.sessions[row])
    noisy = randomise_after(PETR4, row)

    expected = explain_forecast(run, checked(short), trained_on=[checked(PETR4)])

    cut = explain_forecast(
        run, checked(noisy.up_to(noisy.sessions[row])), trained_on=[checked(noisy)]
    )
    assert expected == cut


def test_a_run_is_explained_without_its_test_part(run: Run):
    first_of_test = PETR4.sessions > run.model.borders.validation_last
    noisy = randomise_after(PETR4, int(first_of_test.argmax()) - 1)

    assert explain_run(run, [checked(PETR4)]) == explain_run(run, [checked(noisy)])


def test_a_history_without_a_window_is_refused(run: Run):
    with pytest.raises(HistoryTooShortError, match="VALE3 has 20 sessions"):
        explain_forecast(
            run,
            checked(UNSEEN.up_to(UNSEEN.sessions[19])),
            trained_on=[checked(PETR4)],
        )


def test_a_step_beyond_the_horizon_is_refused_before_anything_is_read(run: Run, home: Path):
    with pytest.raises(InvalidExperimentError, match="give 1 to 3"):
        Workbench(home).explain(run.id, "PETR4", path=home / "nowhere", step=4)


def test_an_unknown_run_is_refused(home: Path):
    with pytest.raises(UnknownRunError, match="no run 'x'"):
        Workbench(home).explain("x")
