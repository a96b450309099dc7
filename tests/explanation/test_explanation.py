"""Explanations: aggregation of attributions, and the narrative in both languages."""

from datetime import date

import numpy as np
import pytest

from pregao.dataset import Borders, Scaler
from pregao.explanation import (
    Explanation,
    IntegratedGradients,
    PermutationImportance,
    PermutationImportances,
    quantity_name,
    sum_by_lag_group,
)
from pregao.training import (
    ActionProbability,
    Attribution,
    Ensemble,
    Epoch,
    Experiment,
    FittedNetwork,
    MedianAt,
    WidthAt,
)

FEATURES = ("return", "range", "gap")
LOOKBACK = 7


def fitted(best_epoch: int = 1) -> FittedNetwork:
    losses = (0.3, 0.2) if best_epoch else (0.3, 0.4)
    return FittedNetwork(
        experiment=Experiment(symbols=("PETR4",), features=FEATURES, lookback=LOOKBACK),
        scaler=Scaler(features=FEATURES, center=(0.0,) * 3, scale=(1.0,) * 3),
        borders=Borders.placeholder(),
        anchor=np.zeros((10, 23), np.float32),
        state={"weight": np.ones(3, np.float32)},
        epochs=tuple(
            Epoch(
                number=number,
                train_loss=loss,
                validation_loss=loss,
                learning_rate=1e-3,
                seconds=0.1,
                is_best=number <= best_epoch,
            )
            for number, loss in enumerate(losses)
        ),
        outcome="finished",
        seconds=0.2,
    )


def attribution(quantity=None, windows: int = 1, *, size: float = 1.0, gap: float = 0.0):
    shares = size * np.random.default_rng(1).normal(0, 0.1, (windows, 3, LOOKBACK))
    reference = np.full(windows, 2.0)
    return Attribution(
        quantity=quantity or WidthAt(step=10),
        inputs=shares,
        value=reference + shares.sum(axis=(1, 2)) + gap,
        reference_value=reference,
    )


def importance(name: str, rise: float, error: float = 0.01, members=()) -> PermutationImportance:
    return PermutationImportance(
        name=name, members=members, rise_percent=rise, standard_error_percent=error
    )


IMPORTANCES = PermutationImportances(
    num_windows=500,
    repeats=5,
    reads_features=True,
    everything=importance("all", 1.5),
    by_feature=(importance("return", 0.05, 0.03), importance("range", 0.7), importance("gap", 0.2)),
    by_cluster=(importance("range + gap", 1.3, members=("range", "gap")),),
    by_lag=(importance("1", 0.4), importance("2-5", 0.9), importance("6-7", -0.2)),
)


def explained(*attributions: Attribution, model=None, **options) -> Explanation:
    facts = {
        "run": "lstm_small-0123456789ab",
        "forecaster": "lstm_small",
        "served": None,
        "edge": "proven",
        "as_of": date(2024, 1, 5),
    }
    model = fitted() if model is None else model
    return Explanation.from_attributions(
        attributions or (attribution(),), model, **{**facts, **options}
    )


def english(explanation: Explanation) -> str:
    return " ".join(each.en for each in explanation.what_mattered)


def test_attributions_of_a_forecast_are_summed_by_feature_and_by_lag():
    given = attribution()

    found = IntegratedGradients.from_attribution(given, FEATURES)

    signed = given.inputs[0].sum(axis=1)
    np.testing.assert_allclose(signed, [e.signed_percent for e in found.by_feature], rtol=1e-3)
    absolute = np.abs(given.inputs[0]).sum(axis=0)
    np.testing.assert_allclose(absolute, [e.absolute_percent for e in found.by_lag], rtol=1e-3)
    np.testing.assert_allclose(given.inputs[0], found.matrix_percent, rtol=1e-3)
    assert ["7", "6", "5", "4", "3", "2", "1"] == [each.name for each in found.by_lag]
    assert found.difference_percent == pytest.approx(signed.sum(), rel=1e-2)


def test_attributions_of_a_run_are_means_over_windows_and_its_matrix_of_absolute_values():
    given = attribution(windows=5)

    found = IntegratedGradients.from_attribution(given, FEATURES)

    np.testing.assert_allclose(np.abs(given.inputs).mean(axis=0), found.matrix_percent, rtol=1e-3)
    signed = given.inputs.sum(axis=2).mean(axis=0)
    np.testing.assert_allclose(signed, [e.signed_percent for e in found.by_feature], rtol=1e-3)
    absolute = np.abs(given.inputs).sum(axis=2).mean(axis=0)
    np.testing.assert_allclose(absolute, [e.absolute_percent for e in found.by_feature], rtol=1e-3)


def test_lag_groups_sum_all_attributions_the_newest_first():
    found = IntegratedGradients.from_attribution(attribution(), FEATURES)

    groups = sum_by_lag_group(found)

    assert ["1", "2-5", "6-7"] == [each.name for each in groups]
    assert groups[0].signed_percent == found.by_lag[-1].signed_percent
    assert sum(each.absolute_percent for each in groups) == pytest.approx(
        found.absolute_percent, rel=1e-2
    )


@pytest.mark.parametrize("importances", [None, IMPORTANCES], ids=["forecast", "run"])
def test_an_explanation_equals_its_own_json(importances: PermutationImportances | None):
    explanation = explained(
        attribution(MedianAt(step=1)), attribution(ActionProbability(action="buy")),
        importances=importances, symbol="PETR4", served="har", edge="none",
    )  # fmt: skip

    assert explanation == Explanation.model_validate_json(explanation.model_dump_json())
    assert ("run" if importances else "forecast") == explanation.about
    assert (7, 6, 5, 4, 3, 2, 1) == explanation.lags


def test_the_narrative_of_a_forecast_names_the_largest_attributions():
    found = IntegratedGradients.from_attribution(attribution(), FEATURES)
    most = found.sorted_by_size()[0]

    said = english(explained())

    assert "Width of the 90 % range in 10 sessions: " in said
    assert f"What mattered most: {most.name} ({most.signed_percent:+.2f})" in said


def test_the_narrative_of_a_run_names_significant_importances_alone():
    said = english(explained(attribution(windows=4), importances=IMPORTANCES))

    assert "What mattered most: range (+0.70 %), gap (+0.20 %). " in said
    assert "to swap all changes it by +1.50 %" in said
    assert "Swapped together, range + gap cost +1.30 %" in said
    assert "lags 2-5 (+0.90 %)" in said
    assert "return" not in said


def test_the_narrative_states_that_no_single_feature_is_significant():
    noise = IMPORTANCES.replace(
        by_feature=tuple(importance(name, 0.01, 0.02) for name in FEATURES),
        by_cluster=(),
        by_lag=(importance("1", -0.3), importance("2-7", 0.1, 0.09)),
    )

    said = english(explained(attribution(windows=4), importances=noise))

    assert "No single feature matters beyond chance" in said
    assert "No group of lags matters beyond chance" in said


@pytest.mark.parametrize("importances", [None, IMPORTANCES], ids=["forecast", "run"])
def test_the_narrative_states_that_an_untrained_network_reads_nothing(
    importances: PermutationImportances | None,
):
    silent = attribution(size=0.0)

    explanation = explained(silent, model=fitted(best_epoch=0), importances=importances)

    assert explanation.is_untrained
    [only] = explanation.what_mattered
    assert "equals its anchor: it reads nothing" in only.en
    assert "igual à sua âncora" in only.pt_br


def test_an_ensemble_equals_the_anchor_only_if_all_its_members_do():
    silent, taught = fitted(best_epoch=0), fitted()

    both = Ensemble((silent, taught), (0.5, 0.5), "uniform")
    neither = Ensemble((silent, silent), (0.5, 0.5), "uniform")

    assert not explained(model=both).is_untrained
    assert explained(attribution(size=0.0), model=neither).is_untrained


def test_the_narrative_states_that_no_features_are_read():
    deaf = IMPORTANCES.replace(reads_features=False)

    assert "It reads no features" in english(explained(importances=deaf))


@pytest.mark.parametrize(("edge", "words"), [("none", "no edge"), ("proven", "It describes what")])
def test_every_narrative_states_that_it_does_not_explain_the_market(edge: str, words: str):
    said = english(explained(edge=edge))

    assert words in said
    assert "not what moves the market" in said


def test_the_narrative_names_the_baseline_served_instead():
    assert "har forecasts" in english(explained(served="har"))


def test_the_narrative_warns_of_a_large_integration_gap():
    assert "do not add up" in english(explained(attribution(gap=0.5)))
    assert "do not add up" not in english(explained(attribution(gap=1e-4)))


def test_the_narrative_states_that_a_quantity_does_not_depend_on_inputs():
    said = english(explained(attribution(), attribution(MedianAt(step=1), size=0.0)))

    assert "Median in 1 session: 2.00 %, whatever the inputs are." in said


def test_portuguese_sentences_have_decimal_commas():
    explanation = explained(attribution(windows=4), importances=IMPORTANCES)

    said = " ".join(each.pt_br for each in explanation.what_mattered)

    assert "range (+0,70 %)" in said
    assert "0.7" not in said


@pytest.mark.parametrize(
    ("quantity", "en", "pt_br"),
    [
        (MedianAt(step=1), "Median in 1 session", "Mediana em 1 pregão"),
        (
            WidthAt(step=5, percent=50),
            "Width of the 50 % range in 5 sessions",
            "Largura da faixa de 50 % em 5 pregões",
        ),
        (ActionProbability(action="sell"), "Probability of sell", "Probabilidade de vender"),
    ],
)
def test_every_quantity_has_a_name_in_both_languages(quantity, en: str, pt_br: str):
    name = quantity_name(quantity)

    assert (en, pt_br) == (name.en, name.pt_br)
