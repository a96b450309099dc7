"""Splits in time: training, purge, validation, purge, test."""

from collections.abc import Iterator
from datetime import date
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from pregao.calendars import Sessions, as_date
from pregao.values import Value


class Borders(Value):
    """The last days of the parts; a part begins on the first session after the one before ends.

    A window belongs to the part in which its cutoff lies. Targets of training and validation
    windows end inside their part as well; those of the test part may run past `test_last`, where
    nothing that was fitted can meet them.
    """

    train_last: date
    validation_last: date
    test_last: date
    train_first: date | None = None
    """The first cutoff of the training part; None begins with the history (an expanding window)."""
    purge_sessions: int = Field(default=0, ge=0)
    """Sessions left out before a border; at least the horizon is, whatever stands here."""
    skip_sessions: int = Field(default=0, ge=0)
    """Sessions at the beginning of each history that have no window, even if fewer would do."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.train_last < self.validation_last < self.test_last:
            raise ValueError("train_last, validation_last and test_last ascend")
        return self

    @classmethod
    def nowhere(cls) -> Self:
        """Give the borders of a history that is too short to be split."""
        first = date.min
        return cls(
            train_last=first,
            validation_last=first.replace(day=2),
            test_last=first.replace(day=3),
        )


class Split(Value):
    """One split, by dates or by fractions of the cutoffs.

    Parameters
    ----------
    train_last, validation_last
        The last day that a training (validation) target may touch. Both or neither.
    train_fraction, validation_fraction
        Used without dates; the rest is the test part.
    purge_sessions
        How many sessions separate the last training cutoff from the first validation cutoff, and
        validation from test. None is the horizon, the least that keeps targets inside their part;
        fewer is raised to it. More also keeps validation *inputs* from overlapping the training
        targets: the horizon plus the lookback makes the parts share no session at all.
    """

    train_last: date | None = None
    validation_last: date | None = None
    train_fraction: float = Field(default=0.70, gt=0, lt=1)
    validation_fraction: float = Field(default=0.15, gt=0, lt=1)
    purge_sessions: int | None = Field(default=None, ge=0, le=10_000)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.train_last is None) != (self.validation_last is None):
            raise ValueError("train_last and validation_last are given together or not at all")
        if self.train_last and self.validation_last and self.train_last >= self.validation_last:
            raise ValueError("train_last comes before validation_last")
        if self.train_fraction + self.validation_fraction >= 1:
            raise ValueError("train_fraction and validation_fraction leave nothing for the test")
        return self

    def borders(self, cutoffs: Sessions) -> Borders:
        """Give the borders for these cutoffs (ascending, distinct, of all symbols together)."""
        train_last, validation_last = self.train_last, self.validation_last
        if train_last is None or validation_last is None:
            num_train = max(int(len(cutoffs) * self.train_fraction), 1)
            num_seen = int(len(cutoffs) * (self.train_fraction + self.validation_fraction))
            num_seen = min(max(num_seen, num_train + 1), len(cutoffs) - 1)
            train_last, validation_last = (
                as_date(cutoffs[num_train - 1]),
                as_date(cutoffs[num_seen - 1]),
            )
        return Borders(
            train_last=train_last,
            validation_last=validation_last,
            test_last=date.max,
            purge_sessions=self.purge_sessions or 0,
        )


def walk_forward(
    cutoffs: Sessions,
    *,
    num_folds: int,
    test_sessions: int,
    validation_sessions: int,
    train_sessions: int | None = None,
) -> Iterator[Borders]:
    """Roll the split forward: each fold tests on the sessions after the one before.

    The last fold ends with the last cutoff. Purging is done where windows are cut, by the horizon
    or more, for every fold alike.

    Parameters
    ----------
    cutoffs
        Ascending distinct sessions on which a forecast can be made.
    train_sessions
        None trains on everything before the fold's validation part (expanding); a number keeps
        that many (rolling).

    >>> days = np.arange("2020-01-01", "2020-03-01", dtype="datetime64[D]")
    >>> for fold in walk_forward(days, num_folds=2, test_sessions=10, validation_sessions=10):
    ...     print(fold.train_last, fold.validation_last, fold.test_last)
    2020-01-30 2020-02-09 2020-02-19
    2020-02-09 2020-02-19 2020-02-29
    """
    needed = num_folds * test_sessions + validation_sessions + (train_sessions or 1)
    if len(cutoffs) < needed:
        raise ValueError(f"{num_folds} folds need {needed} cutoffs, found {len(cutoffs)}")
    for fold in range(num_folds):
        test_stop = len(cutoffs) - (num_folds - 1 - fold) * test_sessions
        validation_stop = test_stop - test_sessions
        train_stop = validation_stop - validation_sessions
        first = None if train_sessions is None else cutoffs[train_stop - train_sessions]
        yield Borders(
            train_last=as_date(cutoffs[train_stop - 1]),
            validation_last=as_date(cutoffs[validation_stop - 1]),
            test_last=as_date(cutoffs[test_stop - 1]),
            train_first=None if first is None else as_date(first),
        )


def parts_of(sessions: Sessions, borders: Borders, *, horizon: int) -> dict[str, slice]:
    """Give the cutoff rows of each part of one symbol, purged.

    Row r may be a training cutoff only if r + purge is still before the first validation row, and
    so on; the last `horizon` rows have no target at all.
    """
    purge = max(borders.purge_sessions, horizon)
    days = [np.datetime64(day, "D") for day in (borders.train_last, borders.validation_last)]
    train_stop, validation_stop = (int(n) for n in np.searchsorted(sessions, days, side="right"))
    # date.max does not fit beside a horizon in days, so the end of the test part is compared alone.
    test_stop = int(np.searchsorted(sessions, np.datetime64(borders.test_last, "D"), side="right"))
    first = (
        0
        if borders.train_first is None
        else int(np.searchsorted(sessions, np.datetime64(borders.train_first, "D")))
    )
    return {
        "train": slice(first, max(first, train_stop - purge)),
        "validation": slice(train_stop, max(train_stop, validation_stop - purge)),
        "test": slice(
            validation_stop, max(validation_stop, min(test_stop, len(sessions) - horizon))
        ),
    }
