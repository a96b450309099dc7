"""Live scores: cutoffs after training, checked against direct computation."""

from dataclasses import replace

import numpy as np
import pytest

from pregao.dataset import Split, make_dataset
from pregao.monitoring import live_scores
from pregao.testing import synthetic_prices
from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES


@pytest.fixture(scope="module")
def dataset():
    return make_dataset(
        [synthetic_prices(sessions=900, seed=5)],
        features=("return", "log_sigma"),
        lookback=20,
        horizon=3,
        split=Split(),
    )


@pytest.fixture(scope="module")
def walk(dataset):
    return BASELINES["random_walk"].fit(dataset.train, LEVELS, 0)


def _session(dataset, back):
    return dataset.live.source.sessions[-back]


def test_the_last_price_has_an_error_ratio_of_one(dataset, walk):
    found = live_scores(walk, dataset.live, trained_to=_session(dataset, 200))

    assert 60 == found.num_windows
    assert found.error_ratio == pytest.approx(1.0)
    assert 0.7 < found.coverage_90 <= 1


def test_only_cutoffs_after_training_whose_outcome_is_known_are_scored(dataset, walk):
    found = live_scores(walk, dataset.live, trained_to=_session(dataset, 31))

    assert 30 - 3 == found.num_windows
    assert live_scores(walk, dataset.live, trained_to=_session(dataset, 5)) is None


def test_the_scores_equal_those_computed_one_by_one(dataset, walk):
    live = dataset.live
    closes = live.source.close
    last = len(closes) - live.horizon
    cutoffs = range(last - 60, last)
    inside = []
    for row in cutoffs:
        [quantiles] = walk.quantiles(replace(live, cutoff_rows=np.array([row])))
        for step in range(3):
            outcome = float(np.sum(live.returns[row + 1 : row + 2 + step]))
            inside.append(
                quantiles[step][LEVELS.index(0.05)]
                <= outcome
                <= quantiles[step][LEVELS.index(0.95)]
            )

    found = live_scores(walk, live, trained_to=_session(dataset, 200))

    assert found.coverage_90 == pytest.approx(np.mean(inside))


def test_inputs_far_from_training_have_a_large_drift(dataset, walk):
    moved = replace(dataset.live.source, features=dataset.live.source.features + 3)
    near = live_scores(walk, dataset.live, trained_to=_session(dataset, 200))
    far = live_scores(walk, replace(dataset.live, source=moved), trained_to=_session(dataset, 200))

    assert far.drift > near.drift + 2
