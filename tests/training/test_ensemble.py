"""Ensembles: averages of quantiles whose weights only validation may choose."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pregao.dataset import FEATURE_SETS, Dataset, Split, live_windows
from pregao.prices import Bars, Prices
from pregao.scores import observed_outcomes
from pregao.testing import randomise_after, rescale_prices, synthetic_prices
from pregao.training import (
    LEVELS,
    Combination,
    Ensemble,
    Experiment,
    FittedNetwork,
    combine,
    datasets_for,
    finish,
    member_experiments,
    train,
)
from pregao.zoo.networks import Recurrent, Stack

COMBINATIONS: tuple[Combination, ...] = ("uniform", "weighted", "stacked")
MEDIAN = LEVELS.index(0.5)
SMALL = Experiment(
    symbols=("TEST3",),
    network=Stack(layers=(Recurrent(cell="lstm", width=8),)),
    lookback=8,
    horizon=3,
    epochs=4,
    learning_rate=1e-2,
    dropout=0.1,
    members=4,
)


def rising(prices: Prices) -> Prices:
    growth = np.exp(0.004 * np.arange(len(prices)))
    columns = {
        name: column if name == "volume" else column * growth
        for name, column in prices.bars.columns.items()
    }
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


# A drift that the anchor does not have: what is trained is better than what is not.
PRICES = rising(synthetic_prices(sessions=600, seed=21))


@cache
def dataset() -> Dataset:
    return datasets_for([PRICES], [SMALL])[SMALL.window_settings]


@cache
def members() -> tuple[FittedNetwork, ...]:
    return tuple(finish(train(each, dataset())) for each in member_experiments(SMALL))


@cache
def astray() -> tuple[FittedNetwork, ...]:
    """Give networks that forecast a fall where there is a rise."""
    return tuple(
        replace(member, state={**member.state, "head.drift": np.float32([drift, 0, 0])})
        for member, drift in zip(members()[1:], (-2.0, -1.0, -3.0), strict=True)
    )


def crps(quantiles: np.ndarray) -> float:
    """Score on validation in units of sigma: twice the pinball losses by the trapezoid rule."""
    windows = dataset().validation
    total = 0.0
    edges = [0.0, *LEVELS, 1.0]
    for place, level in enumerate(LEVELS):
        error = windows.targets - quantiles[..., place] / windows.scale
        pinball = np.where(error > 0, level * error, (level - 1) * error)
        total += (edges[place + 2] - edges[place]) * pinball.mean()
    return total


def weights_of(ensemble: Ensemble, asked: Sequence[FittedNetwork]) -> list[float]:
    """Give each member's weight in the order asked, 0 for those left out."""
    found = dict(zip(map(id, ensemble.members), ensemble.weights, strict=True))
    return [found.get(id(member), 0.0) for member in asked]


def test_members_are_the_same_experiment_with_following_seeds():
    found = list(member_experiments(SMALL.replace(seed=7)))

    assert [7, 8, 9, 10] == [each.seed for each in found]
    assert {SMALL.replace(seed=0, members=1)} == {each.replace(seed=0) for each in found}


def test_the_seeds_of_members_go_round_at_the_last():
    last = 2**32 - 1

    found = [each.seed for each in member_experiments(SMALL.replace(seed=last, members=3))]

    assert [last, 0, 1] == found


def test_a_uniform_ensemble_is_the_mean_of_the_quantiles():
    expected = np.mean([each.quantiles(dataset().validation) for each in members()], axis=0)

    ensemble = combine(members(), dataset(), "uniform")

    assert [0.25] * 4 == list(ensemble.weights)
    np.testing.assert_allclose(expected, ensemble.quantiles(dataset().validation), rtol=1e-12)


@pytest.mark.parametrize("combination", COMBINATIONS)
@pytest.mark.parametrize("others", ["alike", "astray"])
def test_weights_are_shares(combination: Combination, others: str):
    asked = members() if others == "alike" else (members()[0], *astray())

    ensemble = combine(asked, dataset(), combination)

    assert min(ensemble.weights) > 0
    assert 1 == pytest.approx(sum(ensemble.weights))
    assert combination == ensemble.combination
    assert len(ensemble.members) == len(ensemble.weights) <= 4


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_an_ensemble_forecasts_the_average_by_its_weights(combination: Combination):
    ensemble = combine(members(), dataset(), combination)

    found = ensemble.quantiles(dataset().live)

    expected = sum(
        weight * each.quantiles(dataset().live)
        for each, weight in zip(ensemble.members, ensemble.weights, strict=True)
    )
    np.testing.assert_allclose(expected, found, rtol=1e-12)


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_quantiles_of_an_ensemble_do_not_cross(combination: Combination):
    ensemble = combine((members()[0], *astray()), dataset(), combination)

    quantiles = ensemble.quantiles(dataset().sealed_test)

    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=-1) >= 0).all()


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_the_best_on_validation_comes_first(combination: Combination):
    ensemble = combine(members(), dataset(), combination)

    losses = [crps(each.quantiles(dataset().validation)) for each in ensemble.members]

    assert losses == sorted(losses)
    assert ensemble.members[0].experiment == ensemble.experiment
    assert ensemble.members[0].epochs == ensemble.epochs


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_the_order_of_members_asked_for_does_not_matter(combination: Combination):
    forwards = combine(members(), dataset(), combination)

    backwards = combine(members()[::-1], dataset(), combination)

    assert forwards.digest == backwards.digest


def test_weights_by_gain_are_what_each_saves_of_the_anchors_loss():
    windows = dataset().validation
    untrained = finish(train(SMALL.replace(epochs=0), dataset()))
    anchor = crps(untrained.quantiles(windows))
    gains = [max(anchor - crps(each.quantiles(windows)), 0) for each in members()]

    found = weights_of(combine(members(), dataset(), "weighted"), members())

    assert min(gains) > 0
    np.testing.assert_allclose(np.array(gains) / sum(gains), found, rtol=1e-3)


def test_members_that_gained_nothing_are_weighed_alike():
    untrained = [
        finish(train(each.replace(epochs=0), dataset())) for each in member_experiments(SMALL)
    ]

    assert (0.25,) * 4 == combine(untrained, dataset(), "weighted").weights


def test_a_member_that_gained_nothing_beside_one_that_did_is_left_out():
    untrained = finish(train(SMALL.replace(epochs=0), dataset()))

    ensemble = combine([untrained, members()[0]], dataset(), "weighted")

    assert (1.0,) == ensemble.weights
    assert members()[0] is ensemble.members[0]


@pytest.mark.parametrize("others", ["alike", "astray", "untrained"])
def test_a_stacked_ensemble_is_never_worse_on_validation_than_a_uniform_one(others: str):
    untrained = finish(train(SMALL.replace(epochs=0), dataset()))
    asked = {
        "alike": members(),
        "astray": (members()[0], *astray()),
        "untrained": (untrained, *members()),
    }[others]

    uniform, stacked = (
        crps(combine(asked, dataset(), combination).quantiles(dataset().validation))
        for combination in ("uniform", "stacked")
    )

    assert stacked <= uniform + 1e-6


def test_stacking_finds_the_one_good_member_among_those_astray():
    asked = (*astray(), members()[0])

    found = weights_of(combine(asked, dataset(), "stacked"), asked)

    assert found[-1] > 0.75
    assert crps(asked[-1].quantiles(dataset().validation)) + 1e-6 >= crps(
        combine(asked, dataset(), "stacked").quantiles(dataset().validation)
    )


def test_stacking_finds_the_one_trained_member_among_untrained_ones():
    untrained = [finish(train(SMALL.replace(epochs=0, seed=seed), dataset())) for seed in (5, 6, 7)]
    trained = min(members(), key=lambda each: crps(each.quantiles(dataset().validation)))
    asked = (*untrained, trained)

    found = weights_of(combine(asked, dataset(), "stacked"), asked)

    assert found[-1] > 0.75


def test_stacked_weights_are_the_best_of_a_narrow_and_a_wide_member_on_a_grid():
    asked = as_wide(-1.0), as_wide(1.5)
    said = [each.quantiles(dataset().validation) for each in asked]
    shares = np.linspace(0, 1, 201)
    losses = [crps(share * said[0] + (1 - share) * said[1]) for share in shares]

    found, _ = weights_of(combine(asked, dataset(), "stacked"), asked)

    assert 0 < np.argmin(losses) < 200
    assert found == pytest.approx(shares[int(np.argmin(losses))], abs=0.011)
    assert crps(found * said[0] + (1 - found) * said[1]) <= min(losses) + 1e-6


def as_wide(change: float) -> FittedNetwork:
    """Give a network that widens or narrows every range."""
    bias = members()[0].state["network.last.bias"].copy()
    bias[1] = change
    return replace(members()[0], state={**members()[0].state, "network.last.bias": bias})


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_one_member_alone_is_itself(combination: Combination):
    ensemble = combine(members()[:1], dataset(), combination)

    assert (1.0,) == ensemble.weights
    assert (
        members()[0].quantiles(dataset().live).tobytes()
        == ensemble.quantiles(dataset().live).tobytes()
    )


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_an_ensemble_is_the_same_bits_when_the_future_is_cut_off(combination: Combination):
    ensemble = combine(members(), dataset(), combination)
    row = int(dataset().sealed_test.cutoff_rows[4])
    live = live_windows(
        [PRICES.up_to(PRICES.sessions[row])], scaler=dataset().scaler, lookback=8, horizon=3
    )

    full = ensemble.quantiles(dataset().sealed_test.take(np.array([4])))

    assert full.tobytes() == ensemble.quantiles(live).tobytes()


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_weights_do_not_see_the_test_part(combination: Combination):
    changed = randomise_after(PRICES, int(dataset().sealed_test.cutoff_rows[0]) - 1)
    data = datasets_for([changed], [SMALL])[SMALL.window_settings]
    again = tuple(finish(train(each, data)) for each in member_experiments(SMALL))

    expected = combine(members(), dataset(), combination).digest

    assert expected == combine(again, data, combination).digest


def test_what_an_ensemble_took_is_what_its_members_took():
    ensemble = combine(members(), dataset(), "uniform")

    assert sum(each.seconds for each in members()) == pytest.approx(ensemble.seconds)
    assert dataset().scaler == ensemble.scaler
    assert dataset().borders == ensemble.borders
    assert sum(len(each.findings) for each in members()) == len(ensemble.findings)


VARIANTS = (
    SMALL,
    SMALL.replace(lookback=40),
    SMALL.replace(features=("return",), lookback=2),
    SMALL.replace(features=FEATURE_SETS["technical"]),
    SMALL.replace(features=FEATURE_SETS["close"], loss="mse", target="close", scaling="min_max"),
    SMALL.replace(split=Split(train_fraction=0.5)),
)


@pytest.mark.parametrize("first", range(len(VARIANTS)))
def test_experiments_of_one_horizon_are_scored_on_the_same_windows(first: int):
    experiments = [VARIANTS[first], *VARIANTS[:first], *VARIANTS[first + 1 :]]

    datasets = datasets_for([PRICES], experiments)

    assert {each.window_settings for each in VARIANTS} == set(datasets)
    assert 1 == len({observed_outcomes([each.validation]).digest for each in datasets.values()})
    assert 1 == len({observed_outcomes([each.sealed_test]).digest for each in datasets.values()})
    for each in datasets.values():
        np.testing.assert_array_equal(
            next(iter(datasets.values())).validation.cutoffs, each.validation.cutoffs
        )


def test_experiments_that_cut_alike_share_one_dataset():
    datasets = datasets_for([PRICES], [SMALL, SMALL.replace(seed=3, network="gru_classic")])

    assert [SMALL.window_settings] == list(datasets)


def test_of_several_the_one_that_reaches_back_furthest_is_as_it_is_alone():
    furthest = SMALL.replace(lookback=40)

    shared = datasets_for([PRICES], [furthest, SMALL])[furthest.window_settings]

    alone = datasets_for([PRICES], [furthest])[furthest.window_settings]
    assert alone.scaler == shared.scaler
    assert observed_outcomes([alone.train]).digest == observed_outcomes([shared.train]).digest


def test_datasets_of_several_do_not_change_with_what_comes_after():
    datasets = datasets_for([PRICES], VARIANTS)
    last_seen = int(datasets[SMALL.window_settings].sealed_test.cutoff_rows[0]) - 1

    changed = datasets_for([randomise_after(PRICES, last_seen)], VARIANTS)

    for cut, data in datasets.items():
        assert data.scaler == changed[cut].scaler
        for part in ("train", "validation"):
            ours, theirs = getattr(data, part), getattr(changed[cut], part)
            assert ours.inputs.tobytes() == theirs.inputs.tobytes()
            assert ours.targets.tobytes() == theirs.targets.tobytes()


def test_datasets_of_several_do_not_know_the_currency():
    dear = datasets_for([rescale_prices(PRICES, 2.0)], VARIANTS)

    for cut, data in datasets_for([PRICES], VARIANTS).items():
        assert data.validation.inputs.tobytes() == dear[cut].validation.inputs.tobytes()


def test_a_symbol_that_begins_late_has_the_same_windows_for_every_lookback():
    early = synthetic_prices("PETR4", sessions=600, seed=1)
    late = synthetic_prices("VALE3", sessions=600, seed=2)
    late = late.between(str(late.sessions[420]), str(late.last))
    short = Experiment(symbols=("PETR4", "VALE3"), lookback=8, horizon=3, features=("return",))

    datasets = datasets_for([early, late], [short, short.replace(lookback=40)])

    for part in ("validation", "sealed_test"):
        assert 1 == len(
            {observed_outcomes([getattr(each, part)]).digest for each in datasets.values()}
        )
