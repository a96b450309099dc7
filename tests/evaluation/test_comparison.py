"""A comparison includes the naive forecast, chooses on validation and gives a verdict."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm

from pregao.errors import MissingNaiveError
from pregao.evaluation import Comparison, compare
from pregao.evaluation._findings import diagnose
from pregao.evaluation._results import AgainstRival
from pregao.evaluation._verdict import verdict_on
from pregao.inference import diebold_mariano
from pregao.scores import Truth, score_quantiles, window_crps
from pregao.training import LEVELS

HORIZON = 3
COUNT = 300


def made_market(seed, count=COUNT):
    """Return outcomes of two symbols on the same dates, and the volatility they were drawn with."""
    generator = np.random.default_rng(seed)
    volatility = 0.01 * np.exp(generator.normal(0, 0.4, count))
    steps = np.sqrt(np.arange(1, HORIZON + 1))
    returns = volatility[:, None] * steps * generator.normal(size=(count, HORIZON))
    truth = Truth(
        symbols=np.arange(count) % 2,
        names=("PETR4", "VALE3"),
        currencies=("BRL", "BRL"),
        sessions=np.datetime64("2020-01-01") + np.arange(count) // 2,
        last_price=np.where(np.arange(count) % 2, 60.0, 30.0),
        future_price=np.where(np.arange(count) % 2, 60.0, 30.0)[:, None] * np.exp(returns),
    )
    return truth, volatility


def gaussian(volatility, centre=0.0):
    steps = np.sqrt(np.arange(1, HORIZON + 1))
    return centre + (volatility[:, None] * steps)[..., None] * norm.ppf(LEVELS)


VALIDATION, VALIDATION_VOLATILITY = made_market(1)
TEST, TEST_VOLATILITY = made_market(2)


@dataclass(frozen=True, eq=False)
class Candidate:
    """The quantiles of one forecaster."""

    validation: np.ndarray
    test: np.ndarray


def candidate(blur=0.0, factor=1.0, centre=0.0):
    """Forecast the true volatility, blurred towards a constant."""
    return Candidate(
        *(
            gaussian(factor * each ** (1 - blur) * 0.011**blur, centre)
            for each in (VALIDATION_VOLATILITY, TEST_VOLATILITY)
        )
    )


BASELINES = {"random_walk": candidate(1.0, 1.5), "gjr_garch": candidate(0.7)}


def made(candidates, baselines=BASELINES, **truths):
    parts = {"truth_validation": VALIDATION, "truth_test": TEST, **truths}
    judged = [
        {
            name: score_quantiles(each.validation, each.test, levels=LEVELS, **parts)
            for name, each in group.items()
        }
        for group in (candidates, baselines)
    ]
    return compare(*judged)


def codes(comparison):
    return [finding.code for finding in comparison.findings]


def test_comparison_without_the_random_walk_cannot_be_made():
    with pytest.raises(MissingNaiveError, match="random_walk"):
        made({"lstm_classic": candidate()}, {"gjr_garch": candidate(0.7)})

    whole = made({"lstm_classic": candidate()})
    with pytest.raises(ValidationError, match="the baselines lack 'random_walk'"):
        whole.replace(baselines=whole.baselines[1:])
    with pytest.raises(ValidationError, match="share a name"):
        whole.replace(ranking=whole.baselines)
    with pytest.raises(ValidationError, match="among the scored"):
        whole.replace(candidate="unknown")


def test_ranking_follows_validation_alone():
    good, bad = candidate(), candidate(1.0, 2.0)
    turned = Candidate(validation=good.validation, test=bad.test)

    comparison = made({"honest": candidate(0.3), "turned": turned})

    assert [each.name for each in comparison.ranking] == ["turned", "honest"]
    assert comparison.candidate == "turned"
    assert comparison.best_baseline == "gjr_garch"
    crps = [each.validation_crps for each in comparison.ranking]
    assert sorted(crps) == crps


def test_numbers_beside_naive_are_those_of_the_same_windows():
    own = candidate(0.2)
    comparison = made({"gru_wide": own})
    scored = comparison.forecaster("gru_wide")
    naive = window_crps(BASELINES["random_walk"].test, LEVELS, TEST)
    crps = window_crps(own.test, LEVELS, TEST)
    expected = diebold_mariano(
        crps.mean(axis=1), naive.mean(axis=1), horizon=HORIZON, sessions=TEST.sessions
    )

    assert pytest.approx(1 - crps.mean() / naive.mean()) == scored.versus_random_walk.crps_skill
    assert pytest.approx(0.0, abs=1e-12) == scored.versus_random_walk.mae_skill
    assert pytest.approx(expected.p_value) == scored.versus_random_walk.dm_p_value
    assert expected.num_observations == COUNT // 2
    assert scored.versus_best_baseline.name == "gjr_garch"
    assert {"random_walk", "gjr_garch"} == {each.name for each in comparison.baselines}
    assert comparison.forecaster("random_walk").versus_random_walk.crps_skill == 0
    assert comparison.forecaster("gjr_garch").versus_best_baseline.dm_p_value == 1


def test_the_verdict_names_the_edge_in_both_languages():
    comparison = made({"lstm_classic": candidate()})

    assert "proven" == comparison.edge
    assert codes(comparison) == []
    assert re.fullmatch(
        r"Edge: on 300 test windows lstm_classic's CRPS is \d+\.\d % lower than that of the best "
        r"baseline, gjr_garch \(DM p [<=] 0\.\d+\)\.",
        comparison.verdict.en,
    )
    assert re.fullmatch(
        r"Há vantagem: em 300 janelas de teste, o CRPS de lstm_classic é \d+,\d % menor que o da "
        r"melhor referência, gjr_garch \(Diebold-Mariano: p [<=] 0,\d+\)\.",
        comparison.verdict.pt_br,
    )


def test_worse_than_the_best_baseline_and_than_naive_are_findings_and_no_edge():
    comparison = made({"lstm_classic": candidate(1.0, 3.0)})

    assert "none" == comparison.edge
    assert codes(comparison) == ["EVA001", "EVA017"]
    assert "random_walk" in comparison.findings[1].seen.en
    assert "gjr_garch" in comparison.findings[0].seen.en
    assert "random_walk" in comparison.findings[1].seen.en
    assert re.fullmatch(
        r"No edge: on 300 test windows lstm_classic's CRPS is \d+\.\d % higher than that of the "
        r"best baseline, gjr_garch \(DM p = 1\.00\); forecasts are gjr_garch's: use the ranges, "
        r"not the direction\.",
        comparison.verdict.en,
    )
    assert re.fullmatch(
        r"Sem vantagem: em 300 janelas de teste, o CRPS de lstm_classic é \d+,\d % maior que o da "
        r"melhor referência, gjr_garch \(Diebold-Mariano: p = 1,00\); as previsões são as de "
        r"gjr_garch: use as faixas, não a direção\.",
        comparison.verdict.pt_br,
    )


def beside_rival(crps_skill, dm_p_value, *, in_set=True):
    """Return a candidate with this result against the best baseline, and its promotion."""
    comparison = made({"tcn": candidate(0.6)})
    rival = AgainstRival(name="gjr_garch", crps_skill=crps_skill, dm_p_value=dm_p_value)
    promoted = in_set and dm_p_value < 0.05
    promotion = comparison.promotion.replace(
        dm_p_value=dm_p_value,
        hardest_p_value=dm_p_value,
        in_confidence_set=in_set,
        promoted=promoted,
        champion="tcn" if promoted else "gjr_garch",
    )
    return comparison.forecaster("tcn").replace(versus_best_baseline=rival), promotion


def test_gain_that_chance_explains_is_no_edge():
    lucky, promotion = beside_rival(0.0042, 0.21)

    verdict = verdict_on(lucky, promotion)

    assert ["EVA004"] == [each.code for each in diagnose(lucky, [lucky], promotion)]
    assert verdict.en == (
        "No edge: on 300 test windows tcn's CRPS is 0.4 % lower than that of the best baseline, "
        "gjr_garch (DM p = 0.21); forecasts are gjr_garch's: use the ranges, not the direction."
    )
    assert verdict.pt_br == (
        "Sem vantagem: em 300 janelas de teste, o CRPS de tcn é 0,4 % menor que o da melhor "
        "referência, gjr_garch (Diebold-Mariano: p = 0,21); as previsões são as de gjr_garch: "
        "use as faixas, não a direção."
    )


def test_a_candidate_outside_the_confidence_set_is_not_promoted():
    outdone, promotion = beside_rival(0.01, 0.001, in_set=False)

    verdict = verdict_on(outdone, promotion)

    assert ["EVA011"] == [each.code for each in diagnose(outdone, [outdone], promotion)]
    assert "(DM p = 0.001), but another forecaster is better; forecasts" in verdict.en
    assert "p = 0,001), mas outra previsão é melhor; as previsões" in verdict.pt_br


def test_the_champion_is_the_promoted_candidate_or_the_best_baseline():
    proven = made({"lstm_classic": candidate()})
    unproven = made({"lstm_classic": candidate(1.0, 3.0)})

    assert "lstm_classic" == proven.champion == proven.candidate
    assert "gjr_garch" == unproven.champion
    with pytest.raises(ValidationError, match="the promoted candidate"):
        unproven.replace(champion="lstm_classic")
    with pytest.raises(ValidationError, match="the promoted candidate"):
        unproven.replace(edge="proven")


def test_the_verdict_of_a_walk_forward_names_its_folds():
    scored, promotion = beside_rival(0.01, 0.001)

    verdict = verdict_on(scored, promotion, num_folds=5)

    assert verdict.en.startswith("Edge: on 300 test windows of 5 folds tcn's CRPS is 1.0 % lower")
    assert verdict.pt_br.startswith("Há vantagem: em 300 janelas de teste de 5 folds, o CRPS")


@pytest.mark.parametrize(
    ("p_value", "expected"), [(0.0001, "p < 0.001"), (0.004, "p = 0.004"), (0.03, "p = 0.03")]
)
def test_p_values_are_rounded_for_reading(p_value, expected):
    assert f"(DM {expected})" in verdict_on(*beside_rival(0.01, p_value)).en


def test_forecasts_of_other_windows_are_not_compared():
    def judged(truth):
        own = BASELINES["random_walk"]
        return score_quantiles(
            own.validation, own.test, truth_validation=VALIDATION, truth_test=truth, levels=LEVELS
        )

    with pytest.raises(AssertionError, match="same windows"):
        compare({"late": judged(VALIDATION)}, {"random_walk": judged(TEST)})


def test_equal_forecasts_are_called_equal():
    comparison = made({"twin": candidate(0.7)})

    assert "CRPS is the same as that of the best baseline" in comparison.verdict.en
    assert "é igual ao da melhor referência" in comparison.verdict.pt_br
    assert "none" == comparison.edge


def test_foresight_is_too_good_to_be_true():
    knowing = Candidate(
        *(
            0.9 * truth.log_returns[..., None] + gaussian(volatility / 5)
            for truth, volatility in (
                (VALIDATION, VALIDATION_VOLATILITY),
                (TEST, TEST_VOLATILITY),
            )
        )
    )

    comparison = made({"leaky": knowing, "honest": candidate()})

    assert codes(comparison) == ["EVA002"]
    assert "leaky" in comparison.findings[0].seen.en
    assert comparison.findings[0].severity == "error"


def test_narrow_intervals_are_a_finding():
    comparison = made({"narrow": candidate(0.0, 0.6)})

    assert "EVA005" in codes(comparison)


def test_baselines_alone_make_a_comparison():
    comparison = made({})

    assert comparison.champion == comparison.best_baseline == "gjr_garch"
    assert comparison.ranking == ()
    assert "none" == comparison.edge
    assert comparison.verdict.en.startswith("No edge: there is no network to compare")
    assert comparison.verdict.pt_br.startswith("Sem vantagem: não há rede")


def test_comparison_equals_its_own_json():
    comparison = made({"lstm_classic": candidate(), "gru_wide": candidate(1.0, 3.0)})

    assert comparison == Comparison.model_validate_json(comparison.model_dump_json())


def test_evaluation_loads_without_torch():
    code = "import sys, pregao.evaluation; print({'torch'} & {*sys.modules})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout == "set()\n", done.stderr


# Layouts of stored reports.


def test_a_result_of_a_comparison_keeps_its_stored_layout():
    comparison = made({"gru_wide": candidate(), "ensemble_uniform": candidate(blur=0.1)})
    stored = json.loads(comparison.model_dump_json())

    keys = ["name", "metrics", "validation_crps", "versus_random_walk", "versus_best_baseline"]
    for each in (*stored["baselines"], *stored["ranking"]):
        assert keys == list(each)
    read = Comparison.model_validate(stored)
    assert {"baseline"} == {each.kind for each in read.baselines}
    assert {"gru_wide": "network", "ensemble_uniform": "ensemble"} == {
        each.name: each.kind for each in read.ranking
    }


def test_an_unknown_key_of_a_stored_result_is_refused():
    stored = json.loads(made({"gru_wide": candidate()}).model_dump_json())
    stored["ranking"][0]["skill"] = 0.1

    with pytest.raises(ValidationError):
        Comparison.model_validate(stored)
