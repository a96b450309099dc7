"""Combinatorial purged cross-validation never trains on what it tests."""

from math import comb

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pregao.dataset import backtest_paths, combinatorial_purged

DAY = np.datetime64("2015-01-01")


def splits(num_cutoffs, num_groups, num_test_groups, purge=0, embargo=0):
    return list(
        combinatorial_purged(
            DAY + np.arange(num_cutoffs),
            num_groups=num_groups,
            num_test_groups=num_test_groups,
            purge_sessions=purge,
            embargo_sessions=embargo,
        )
    )


def targets_of(rows, horizon):
    """Give the sessions whose returns make up the targets of these cutoffs."""
    return np.unique(rows[:, None] + np.arange(1, horizon + 1))


sizes = {
    "num_cutoffs": st.integers(60, 400),
    "num_groups": st.integers(2, 7),
    "num_test_groups": st.integers(1, 3),
    "horizon": st.integers(1, 12),
    "embargo": st.integers(0, 20),
}


@given(**sizes)
@settings(max_examples=60)
def test_no_training_target_touches_a_test_target(
    num_cutoffs, num_groups, num_test_groups, horizon, embargo
):
    assume(num_test_groups < num_groups)
    try:
        found = splits(num_cutoffs, num_groups, num_test_groups, horizon, embargo)
    except ValueError:
        # Tight groups leave nothing to train on, and nothing is what is given then.
        return

    for split in found:
        trained = targets_of(split.train, horizon)
        for rows in split.test:
            assert not np.isin(trained, targets_of(rows, horizon)).any()
            assert not np.isin(trained, rows[:1]).any()


@given(**sizes)
@settings(max_examples=60)
def test_purge_stands_before_and_purge_and_embargo_after_every_test_group(
    num_cutoffs, num_groups, num_test_groups, horizon, embargo
):
    assume(num_test_groups < num_groups)
    try:
        found = splits(num_cutoffs, num_groups, num_test_groups, horizon, embargo)
    except ValueError:
        return

    for split in found:
        for rows in split.test:
            before, after = split.train[split.train < rows[0]], split.train[split.train > rows[-1]]
            assert (before + horizon < rows[0]).all()
            assert (after > rows[-1] + horizon + embargo).all()


@given(lookback=st.integers(1, 30), horizon=st.integers(1, 10))
def test_an_embargo_of_the_lookback_hides_the_test_sessions_from_later_inputs(lookback, horizon):
    for split in splits(500, 5, 2, purge=horizon, embargo=lookback):
        for rows in split.test:
            later = split.train[split.train > rows[-1]]
            seen = later[:, None] - np.arange(lookback)
            assert not np.isin(seen, np.append(rows, targets_of(rows, horizon))).any()


@given(st.integers(20, 100), st.integers(2, 6), st.integers(1, 5))
def test_without_purge_every_cutoff_is_trained_on_or_tested(num_cutoffs, num_groups, num_tested):
    assume(num_tested < num_groups)
    found = splits(num_cutoffs, num_groups, num_tested)

    assert comb(num_groups, num_tested) == len(found)
    assert len({split.test_groups for split in found}) == len(found)
    for split in found:
        rows = np.concatenate([*split.test, split.train])
        np.testing.assert_array_equal(np.arange(num_cutoffs), np.sort(rows))
        assert (np.diff(split.train) > 0).all()


def test_a_training_cutoff_between_two_test_groups_is_kept_where_there_is_room():
    middle = [
        split for split in splits(100, 5, 2, purge=3, embargo=4) if split.test_groups == (1, 3)
    ]

    assert [*range(17), *range(47, 57), *range(87, 100)] == middle[0].train.tolist()


def test_equal_groups_differ_by_one_at_most():
    lengths = {len(rows) for split in splits(103, 6, 1) for rows in split.test}

    assert {17, 18} == lengths


@given(st.integers(2, 9), st.integers(1, 8))
def test_paths_take_every_group_once_and_every_tested_part_once(num_groups, num_tested):
    assume(num_tested < num_groups)
    found = splits(2 * num_groups, num_groups, num_tested)

    paths = backtest_paths(num_groups, num_tested)

    assert comb(num_groups - 1, num_tested - 1) == len(paths)
    used = [(number, group) for path in paths for group, number in enumerate(path)]
    assert len(set(used)) == len(used)
    assert set(used) == {
        (number, group) for number, split in enumerate(found) for group in split.test_groups
    }


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((100, 4, 4), "cannot be tested"),
        ((100, 4, 0), "cannot be tested"),
        ((5, 6, 1), "do not make 6 groups"),
        ((100, 4, 1, -1, 0), "from 0"),
        ((100, 4, 1, 0, -1), "from 0"),
        ((40, 4, 2, 20, 20), "nothing to train on"),
    ],
)
def test_sizes_that_cannot_be_are_refused(sizes, message):
    with pytest.raises(ValueError, match=message):
        splits(*sizes)
