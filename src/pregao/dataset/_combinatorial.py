"""Combinatorial purged cross-validation: every group of sessions is tested many times."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pregao.calendars import Sessions
from pregao.dataset._windows import Rows


@dataclass(frozen=True, eq=False)
class CombinatorialSplit:
    """One choice of test groups, and the cutoffs that may be trained on beside it."""

    test_groups: tuple[int, ...]
    """The numbers of the groups, ascending."""
    test: tuple[Rows, ...]
    """The cutoff rows of each of them."""
    train: Rows
    """Cutoff rows, ascending, before, between and after the test groups."""


def combinatorial_purged(
    cutoffs: Sessions,
    *,
    num_groups: int,
    num_test_groups: int,
    purge_sessions: int,
    embargo_sessions: int,
) -> Iterator[CombinatorialSplit]:
    """Split the cutoffs once for every choice of test groups, ``num_groups`` over them in all.

    Cutoffs are cut into consecutive groups of equal size, give or take one. What is not tested is
    trained on, but for the purge before every test group, and the purge and the embargo after it.

    ::

        num_test_groups=2:  train .. purge [test] purge embargo train purge [test] purge embargo ..

    Each group is tested in several splits: `backtest_paths` puts their forecasts together to whole
    histories, and the spread of a score over those is what a single walk-forward cannot show.

    Parameters
    ----------
    cutoffs
        Ascending distinct sessions. Of symbols with several calendars, give the sessions that all
        of them share: distances are counted here, and are then never too long.
    purge_sessions
        At least the horizon. 0 is always wrong: the target of the last training cutoff before a
        test group is made of the returns that its first windows are judged by, and so is the first
        training target after it.
    embargo_sessions
        0 is wrong wherever what is learnt from looks back, as every feature here does: the inputs
        of the first training windows after a test group are the sessions that it was judged by. At
        least the lookback makes them share no session. (With the default features sigma alone has
        a half-life of 11 sessions and forgets slowly.)

    Raises
    ------
    ValueError
        With more groups than cutoffs, with no group left to train on, or where purge and embargo
        leave a split nothing to train on.

    References
    ----------
    Lopez de Prado (2018), Advances in Financial Machine Learning, chapters 7 and 12.

    Examples
    --------
    >>> days = np.arange("2020-01-01", "2020-01-13", dtype="datetime64[D]")
    >>> for split in combinatorial_purged(
    ...     days, num_groups=3, num_test_groups=1, purge_sessions=1, embargo_sessions=2
    ... ):
    ...     print(split.test_groups, split.test[0], split.train)
    (0,) [0 1 2 3] [ 7  8  9 10 11]
    (1,) [4 5 6 7] [ 0  1  2 11]
    (2,) [ 8  9 10 11] [0 1 2 3 4 5 6]
    """
    if not 1 <= num_test_groups < num_groups:
        raise ValueError(f"{num_test_groups} of {num_groups} groups cannot be tested: leave some")
    if num_groups > len(cutoffs):
        raise ValueError(f"{len(cutoffs)} cutoffs do not make {num_groups} groups: ask for fewer")
    if min(purge_sessions, embargo_sessions) < 0:
        raise ValueError("purge and embargo are numbers of sessions, from 0")
    groups: list[Rows] = np.array_split(np.arange(len(cutoffs)), num_groups)
    for chosen in combinations(range(num_groups), num_test_groups):
        test = tuple(groups[number] for number in chosen)
        is_free = np.ones(len(cutoffs), bool)
        for rows in test:
            first = max(int(rows[0]) - purge_sessions, 0)
            is_free[first : int(rows[-1]) + 1 + purge_sessions + embargo_sessions] = False
        train = np.flatnonzero(is_free)
        if not len(train):
            raise ValueError(
                f"a purge of {purge_sessions} and an embargo of {embargo_sessions} sessions leave "
                f"nothing to train on beside the test groups {chosen}: ask for fewer groups"
            )
        yield CombinatorialSplit(chosen, test, train)


def backtest_paths(num_groups: int, num_test_groups: int) -> tuple[tuple[int, ...], ...]:
    """Say which splits' forecasts make a whole history, several times over.

    Every group is tested in ``k / n`` of the splits, so there are as many paths; the first takes
    each group from the first split that tests it, the second from the second, and so on.

    Returns
    -------
    For each path the number of the split that each group is taken from, groups in order.

    >>> backtest_paths(4, 2)
    ((0, 0, 1, 2), (1, 3, 3, 4), (2, 4, 5, 5))
    """
    splits = tuple(combinations(range(num_groups), num_test_groups))
    tested = [
        [number for number, chosen in enumerate(splits) if group in chosen]
        for group in range(num_groups)
    ]
    return tuple(zip(*tested, strict=True))
