"""Splits in time: training, purge, validation, purge, test."""

from datetime import date
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from pregao.errors import SplitError
from pregao.instruments import Sessions, as_date
from pregao.values import Value

_LEAST_TEST_SESSIONS = 20
_USUAL_FOLDS = 5


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


class WalkForward(Value):
    """How a test part is opened: fold after fold, everything fitted anew before each.

    Parameters
    ----------
    num_folds
        How many stretches of sessions the test part is cut into; one fits once. None is five, or
        as many as have twenty test cutoffs each.
    train_sessions
        None trains on everything before a fold's validation part (expanding); a number keeps the
        last so many (rolling).
    """

    num_folds: int | None = Field(default=None, ge=1, le=100)
    train_sessions: int | None = Field(default=None, ge=100, le=100_000)

    def folds(self, first: Borders, sessions: Sessions, test_cutoffs: Sessions) -> list[Borders]:
        """Roll borders forward over their own test part.

        Every window of the test part belongs to one fold. The validation part keeps its length in
        sessions: a fold validates on what folds before were tested on, and trains on what comes
        before that. Windows are purged where they are cut, by the horizon or more, for every fold
        alike. There is no embargo, as no fold trains on sessions after its own test part.

        Parameters
        ----------
        first
            The borders of a single fit.
        sessions
            All sessions of all symbols, ascending and distinct.
        test_cutoffs
            Those of the test part, ascending and distinct.

        Raises
        ------
        SplitError
            If a fold would have fewer than 20 test cutoffs.

        >>> days = np.arange("2020-01-01", "2020-05-10", dtype="datetime64[D]")
        >>> first = Borders(
        ...     train_last=date(2020, 2, 29), validation_last=date(2020, 3, 10), test_last=date.max
        ... )
        >>> for fold in WalkForward(num_folds=3).folds(first, days, days[70:]):
        ...     print(fold.train_last, fold.validation_last, fold.test_last)
        2020-02-29 2020-03-10 2020-03-30
        2020-03-20 2020-03-30 2020-04-19
        2020-04-09 2020-04-19 9999-12-31
        """
        most = len(test_cutoffs) // _LEAST_TEST_SESSIONS
        num_folds = max(1, min(_USUAL_FOLDS, most)) if self.num_folds is None else self.num_folds
        if num_folds > max(most, 1):
            raise SplitError("test", len(test_cutoffs), num_folds * _LEAST_TEST_SESSIONS)
        ends = [as_date(each[-1]) for each in np.array_split(test_cutoffs, num_folds)]
        train_stop, first_stop = _stops(sessions, first)
        num_validated = first_stop - train_stop
        folds = []
        starts, stops = [first.validation_last, *ends[:-1]], [*ends[:-1], first.test_last]
        for begins, ends_on in zip(starts, stops, strict=True):
            stop = int(np.searchsorted(sessions, np.datetime64(begins, "D"), side="right"))
            train_first = first.train_first
            if self.train_sessions is not None:
                train_first = as_date(sessions[max(0, stop - num_validated - self.train_sessions)])
            folds.append(
                first.replace(
                    train_first=train_first,
                    train_last=as_date(sessions[stop - num_validated - 1]),
                    validation_last=begins,
                    test_last=ends_on,
                )
            )
        return folds


def _stops(sessions: Sessions, borders: Borders) -> tuple[int, int]:
    """Give how many sessions end before the training, and the validation part does."""
    days = [np.datetime64(day, "D") for day in (borders.train_last, borders.validation_last)]
    train_stop, validation_stop = np.searchsorted(sessions, days, side="right")
    return int(train_stop), int(validation_stop)


def parts_of(sessions: Sessions, borders: Borders, *, horizon: int) -> dict[str, slice]:
    """Give the cutoff rows of each part of one symbol, purged.

    Row r may be a training cutoff only if r + purge is still before the first validation row, and
    so on; the last `horizon` rows have no target at all.
    """
    purge = max(borders.purge_sessions, horizon)
    train_stop, validation_stop = _stops(sessions, borders)
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
