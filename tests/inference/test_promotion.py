"""A candidate is promoted if and only if it meets all conditions on the test part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pregao.errors import MissingNaiveError
from pregao.inference import (
    Promotion,
    confidence_set,
    decide_promotion,
    diebold_mariano,
    skill_interval,
    superior_predictive_ability,
)

DAY = np.datetime64("2020-01-01")
COUNT = 300


def losses(seed=0, count=COUNT, **gaps):
    """Return correlated losses, with means above the best by these gaps."""
    generator = np.random.default_rng(seed)
    hard = generator.gamma(4, 0.25, count)
    return {name: hard + gap + generator.normal(0, 0.2, count) for name, gap in gaps.items()}


def promotion(seed=0, *, count=COUNT, horizon=1, num_resamples=1000, **gaps):
    given_gaps = {"lstm": 0.0, "gru": 0.0, "random_walk": 0.1, "anchor": 0.0, **gaps}
    made = losses(seed, count, **given_gaps)
    networks = {name: made.pop(name) for name in ("lstm", "gru")}
    return decide_promotion(
        networks,
        made,
        candidate="lstm",
        best_baseline="anchor",
        sessions=DAY + np.arange(count),
        horizon=horizon,
        num_resamples=num_resamples,
    )


def test_a_candidate_that_beats_the_best_baseline_is_promoted():
    found = promotion(lstm=-0.1)

    assert found.promoted
    assert "lstm" == found.champion
    assert found.in_confidence_set
    assert found.dm_p_value < 0.001
    assert found.spa_p_value < 0.01
    assert 0 < found.skill.low < found.skill.estimate < found.skill.high


def test_a_candidate_that_does_not_beat_it_leaves_the_baseline_champion():
    found = promotion()

    assert not found.promoted
    assert "anchor" == found.champion
    assert found.in_confidence_set
    assert found.dm_p_value > 0.05


def test_a_candidate_outside_the_confidence_set_is_not_promoted():
    found = promotion(lstm=-0.1, gru=-0.4)

    assert found.dm_p_value < 0.001
    assert not found.in_confidence_set
    assert "anchor" == found.champion


def test_the_p_values_of_a_promotion_equal_those_of_its_tests():
    gaps = {"lstm": -0.02, "gru": 0.0, "random_walk": 0.05, "anchor": 0.0}
    made, sessions = losses(4, **gaps), np.repeat(DAY + np.arange(COUNT // 2), 2)
    networks = {name: made[name] for name in ("lstm", "gru")}
    baselines = {name: made[name] for name in ("random_walk", "anchor")}
    both = {"sessions": sessions, "horizon": 3}

    found = decide_promotion(networks, baselines, candidate="lstm", best_baseline="anchor", **both)

    everyone = confidence_set({**baselines, **networks}, **both, level=0.05)
    assert everyone.p_values["lstm"] == found.set_p_value
    assert ("lstm" in everyone.members) == found.in_confidence_set
    own, rival = made["lstm"], made["anchor"]
    assert diebold_mariano(own, rival, **both).p_value == found.dm_p_value
    assert superior_predictive_ability(rival, networks, **both).consistent == found.spa_p_value
    assert skill_interval(own, rival, **both) == found.skill
    assert (4, COUNT // 2) == (found.num_forecasters, found.skill.num_observations)


def test_a_candidate_without_skill_is_promoted_at_most_at_the_level():
    promoted = [
        promotion(seed, count=100, num_resamples=200, random_walk=0.0).promoted
        for seed in range(120)
    ]

    assert np.mean(promoted) <= 0.09


def test_the_verdict_is_in_both_languages():
    found = promotion(lstm=-0.1)

    assert found.why.en.startswith("On 300 test sessions the loss of lstm is ")
    assert " % lower than that of the best baseline, anchor (95 %: " in found.why.en
    assert found.why.en.endswith(
        "DM p < 0.001), and is in the confidence set of the 4 forecasters (p = 1.00). "
        "So lstm is champion."
    )
    assert found.why.pt_br.startswith("Em 300 pregões de teste, a perda de lstm é ")
    assert found.why.pt_br.endswith(
        "p-valor (DM) < 0,001), e está no conjunto de confiança dos 4 previsores (p = 1,00). "
        "Assim, lstm é o campeão."
    )


def test_the_verdict_states_the_condition_that_failed():
    luck, others = promotion().why, promotion(lstm=-0.1, gru=-0.4).why

    assert luck.en.endswith(
        "So anchor stays champion, without an edge: the difference is not significant."
    )
    assert luck.pt_br.endswith(
        "anchor segue campeão, sem vantagem: a diferença não é significativa."
    )
    assert "is not in the confidence set" in others.en
    assert others.en.endswith("without an edge: others are better.")
    assert "não está no conjunto" in others.pt_br
    assert others.pt_br.endswith("sem vantagem: outros são melhores.")


def test_too_few_sessions_promote_no_candidate():
    few = promotion(count=7, lstm=-5.0)
    overlapping = promotion(count=39, horizon=10, lstm=-5.0)

    for found in (few, overlapping):
        assert not found.promoted
        assert not found.has_enough_sessions
        assert (None, None) == (found.skill.low, found.skill.high)
        assert found.why.en.endswith("without an edge: the sessions are too few to tell.")
    assert overlapping.dm_p_value < 0.05
    assert "anchor (DM p = 1.00)" in few.why.en
    assert promotion(count=40, horizon=10, lstm=-5.0).promoted


def test_an_untrained_network_that_equals_its_anchor_is_not_promoted():
    made = losses(anchor=0.0, random_walk=0.1)
    twin = {"lstm": made["anchor"] * (1 - 1e-7)}

    found = decide_promotion(
        twin,
        made,
        candidate="lstm",
        best_baseline="anchor",
        sessions=DAY + np.arange(COUNT),
        horizon=1,
    )

    assert "anchor" == found.champion
    assert (1.0, 1.0, True) == (found.dm_p_value, found.spa_p_value, found.in_confidence_set)


def test_no_promotion_without_the_random_walk():
    with pytest.raises(MissingNaiveError, match="random_walk"):
        decide_promotion(
            losses(lstm=0.0),
            losses(anchor=0.1),
            candidate="lstm",
            best_baseline="anchor",
            sessions=DAY + np.arange(COUNT),
            horizon=1,
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"promoted": False},
        {"champion": "anchor"},
        {"hardest_p_value": 0.2},
        {"in_confidence_set": False},
        {"level": 1e-300},
        {"has_enough_sessions": False},
    ],
)
def test_a_promotion_that_contradicts_its_conditions_is_an_error(changes):
    with pytest.raises(ValidationError):
        promotion(lstm=-0.1, seed=3).replace(**{"hardest_p_value": 0.01, **changes})


@given(st.integers(0, 50), st.sampled_from([-0.1, 0.0]))
def test_a_promotion_equals_its_own_json(seed, gap):
    found = promotion(seed, lstm=gap, count=60)

    assert found == Promotion.model_validate_json(found.model_dump_json())


def test_a_candidate_must_beat_every_baseline_not_the_best_on_validation_alone():
    draw = np.random.default_rng(1)
    sessions, hard = np.datetime64("2020-01-01") + np.arange(400), draw.gamma(2, 1, 400)
    noisy = {name: hard + draw.normal(0, 0.3, 400) for name in ("lstm", "random_walk")}

    found = decide_promotion(
        {"lstm": noisy["lstm"]},
        # The best baseline on validation is not the best on the test part.
        {"random_walk": noisy["random_walk"], "gjr_garch": hard + 0.2},
        candidate="lstm",
        best_baseline="gjr_garch",
        sessions=sessions,
        horizon=1,
    )

    assert found.dm_p_value < 0.001
    assert "random_walk" == found.hardest_baseline
    assert found.hardest_p_value > 0.05
    assert "gjr_garch" == found.champion
    assert "the difference to random_walk is not significant" in found.why.en
    assert "a diferença para random_walk não é significativa" in found.why.pt_br
