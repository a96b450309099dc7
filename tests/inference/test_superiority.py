"""Superior predictive ability: equality with arch, and its properties."""

import numpy as np
import pytest
from arch.bootstrap import SPA

from pregao.inference import SuperiorPredictiveAbility, superior_predictive_ability
from pregao.inference._superior_ability import studentised, superiority_p_values

DAY = np.datetime64("2020-01-01")


def market(seed, count, gains, noise=0.5):
    generator = np.random.default_rng(seed)
    benchmark = generator.gamma(2, 1, count)
    columns = [benchmark - gain + generator.normal(0, noise, count) for gain in gains]
    return benchmark, {f"f{number}": column for number, column in enumerate(columns)}


def found(benchmark, losses, *, horizon=1, **options):
    return superior_predictive_ability(
        benchmark, losses, sessions=DAY + np.arange(len(benchmark)), horizon=horizon, **options
    )


@pytest.mark.parametrize("seed", range(8))
def test_p_values_equal_those_of_arch_on_the_same_resamples(seed):
    benchmark, losses = market(seed, 300, np.linspace(-0.2, 0.05, 7))
    gains = benchmark[:, None] - np.stack([*losses.values()], axis=1)
    drawn = SPA(np.zeros(300), -gains, block_size=7, reps=500, seed=seed).bootstrap
    resampled = np.stack([pos[0].mean(axis=0) for pos, _ in drawn.bootstrap(500)])
    scale = np.sqrt(((resampled - gains.mean(axis=0)) ** 2).mean(axis=0))
    # arch 8 does not studentise the gains, although documented to.
    reference = SPA(np.zeros(300), -gains / scale, block_size=7, reps=500, seed=seed)
    reference.compute()
    expected = reference.pvalues

    own = superiority_p_values(
        *studentised(gains.mean(axis=0), resampled, least=0.0), num_dates=300
    )

    np.testing.assert_allclose(expected[["lower", "consistent", "upper"]].to_numpy(), own)


def test_p_values_are_ordered_and_the_best_candidate_is_named():
    benchmark, losses = market(3, 400, [-0.3, 0.03, 0.04, -0.5])

    own = found(benchmark, losses)

    assert own.lower <= own.consistent <= own.upper
    assert own.best in {"f1", "f2"}
    assert 400 == own.num_observations


def test_a_large_gain_among_many_candidates_is_significant():
    own = found(*market(0, 400, [0.0] * 19 + [0.2]))

    assert "f19" == own.best
    assert own.upper < 0.01


def test_many_candidates_without_skill_are_not_significant():
    p_values = [
        found(*market(seed, 600, np.zeros(20)), num_resamples=200).consistent for seed in range(100)
    ]

    assert np.mean(np.array(p_values) < 0.05) <= 0.12
    assert 0.3 < np.mean(p_values) < 0.7


def test_overlapping_forecasts_without_skill_are_not_significant():
    rejected = 0
    for seed in range(150):
        generator = np.random.default_rng(seed)
        smooth = [np.convolve(generator.normal(size=304), np.ones(5), "valid") for _ in range(6)]
        losses = {f"f{number}": each for number, each in enumerate(smooth[1:])}
        rejected += found(smooth[0], losses, horizon=5, num_resamples=300).consistent < 0.05

    assert rejected / 150 <= 0.11


def test_clearly_inferior_candidates_hardly_change_the_consistent_p_value():
    benchmark, losses = market(4, 400, [0.06])
    alone = found(benchmark, losses)
    hopeless = {f"bad{number}": benchmark + 2 + 0.1 * number for number in range(30)}
    noise = np.random.default_rng(0).normal(0, 0.5, 400)

    beside = found(benchmark, {**losses, **{n: each + noise for n, each in hopeless.items()}})

    assert alone.best == beside.best
    assert pytest.approx(alone.consistent, abs=0.01) == beside.consistent
    assert beside.upper > beside.consistent


def test_no_candidate_is_better_than_itself():
    benchmark, _ = market(5, 100, [])

    for rival in (benchmark, benchmark * (1 - 1e-7), benchmark - 0.5):
        own = found(benchmark, {"same": rival})

        assert (1.0, 1.0, 1.0) == (own.lower, own.consistent, own.upper)


@pytest.mark.parametrize(("count", "horizon"), [(7, 1), (39, 10), (1, 1)])
def test_the_p_value_is_one_where_no_test_is_possible(count, horizon):
    own = found(*market(6, count, [5.0]), horizon=horizon)

    assert (1.0, 1.0, 1.0) == (own.lower, own.consistent, own.upper)


def test_the_p_value_is_one_where_every_candidate_is_worse():
    own = found(*market(7, 200, [-0.5, -1.0, -2.0]))

    assert (1.0, 1.0, 1.0) == (own.lower, own.consistent, own.upper)
    assert "f0" == own.best


def test_losses_are_averaged_by_date_first():
    benchmark, losses = market(8, 150, [0.05, 0.0])
    days = np.tile(DAY + np.arange(150), 2)

    twice = superior_predictive_ability(
        np.tile(benchmark, 2),
        {name: np.tile(each, 2) for name, each in losses.items()},
        sessions=days,
        horizon=1,
    )

    assert found(benchmark, losses) == twice


def test_the_seed_decides_and_the_value_equals_its_own_json():
    benchmark, losses = market(9, 150, [0.03, 0.0])

    first, again, other = (found(benchmark, losses, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other
    assert first == SuperiorPredictiveAbility.model_validate_json(first.model_dump_json())
