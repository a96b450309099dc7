"""Splits in time: training, purge, validation, purge, test."""

from datetime import date
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from pregao.errors import SplitError
from pregao.instruments import Sessions, as_date
from pregao.texts import gettext_lazy as _
from pregao.values import Value

_MIN_TEST_CUTOFFS = 20
_DEFAULT_FOLDS = 5


class Borders(Value):
    """The last day of each part; a part begins on the first session after the part before.

    A window belongs to the part in which its cutoff lies. Targets of training and validation
    windows end inside their part as well; those of the test part may end after `test_last`, as
    nothing is fitted there.

    Each exchange keeps its own sessions in a pool. A border of several exchanges is the end of its
    day in UTC, and a session is on the side on which it closes.
    """

    train_last: date
    validation_last: date
    test_last: date
    train_first: date | None = None
    """The first cutoff of the training part; None is the first of all (an expanding window)."""
    purge_sessions: int = Field(default=0, ge=0)
    """Sessions left out before a border; the horizon is the minimum, also if this is less."""
    skip_sessions: int = Field(default=0, ge=0)
    """The least number of first sessions without a window of each symbol."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.train_last < self.validation_last < self.test_last:
            raise ValueError(_("train_last, validation_last and test_last ascend"))
        return self

    @classmethod
    def placeholder(cls) -> Self:
        """Return a placeholder, for a history that is too short to be split."""
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
        The last day that a training (validation) target may read. Both or neither.
    train_fraction, validation_fraction
        Used without dates; the rest is the test part.
    purge_sessions
        The number of sessions between the last training cutoff and the first validation cutoff,
        and between validation and test. None is the horizon, the minimum that keeps targets inside
        their part; a smaller number is raised to it. With a larger one validation *inputs* overlap
        training targets less: with the horizon plus the lookback the parts share no session.
    """

    train_last: date | None = None
    validation_last: date | None = None
    train_fraction: float = Field(default=0.70, gt=0, lt=1)
    validation_fraction: float = Field(default=0.15, gt=0, lt=1)
    purge_sessions: int | None = Field(default=None, ge=0, le=10_000)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.train_last is None) != (self.validation_last is None):
            raise ValueError(_("train_last and validation_last are given together or not at all"))
        if self.train_last and self.validation_last and self.train_last >= self.validation_last:
            raise ValueError(_("train_last comes before validation_last"))
        if self.train_fraction + self.validation_fraction >= 1:
            raise ValueError(_("train_fraction and validation_fraction leave nothing for the test"))
        return self

    def borders(self, cutoffs: Sessions) -> Borders:
        """Return the borders for these cutoffs (ascending, distinct, of all symbols together)."""
        train_last, validation_last = self.train_last, self.validation_last
        if train_last is None or validation_last is None:
            # Each part gets a cutoff, however few there are.
            num_train = min(max(int(len(cutoffs) * self.train_fraction), 1), len(cutoffs) - 2)
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
    """A walk-forward over the test part: everything is fitted again before each fold.

    Parameters
    ----------
    num_folds
        The number of folds of the test part; one fits once. None is five, or fewer so that each
        has twenty test cutoffs.
    train_sessions
        None trains on all sessions before a fold's validation part (expanding), a number on the
        last so many (rolling).
    """

    num_folds: int | None = Field(default=None, ge=1, le=100)
    train_sessions: int | None = Field(default=None, ge=100, le=100_000)

    def folds(self, first: Borders, sessions: Sessions, test_cutoffs: Sessions) -> list[Borders]:
        """Return the borders of each fold.

        Every window of the test part belongs to one fold. The validation part keeps its length in
        sessions: a fold validates on the sessions that earlier folds tested, and trains on those
        before. Every fold is purged by the horizon or more. There is no embargo, as no fold trains
        on sessions after its own test part.

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
        max_folds = max(1, len(test_cutoffs) // _MIN_TEST_CUTOFFS)
        num_folds = self.num_folds or min(_DEFAULT_FOLDS, max_folds)
        if num_folds > max_folds:
            raise SplitError("test", len(test_cutoffs), num_folds * _MIN_TEST_CUTOFFS)
        ends = [as_date(each[-1]) for each in np.array_split(test_cutoffs, num_folds)]
        train_stop, first_stop = _stops(sessions, first)
        num_validated = first_stop - train_stop
        folds = []
        starts, stops = [first.validation_last, *ends[:-1]], [*ends[:-1], first.test_last]
        for validation_last, test_last in zip(starts, stops, strict=True):
            day = np.datetime64(validation_last, "D")
            stop = int(np.searchsorted(sessions, day, side="right"))
            train_first = first.train_first
            if self.train_sessions is not None:
                train_first = as_date(sessions[max(0, stop - num_validated - self.train_sessions)])
            folds.append(
                first.replace(
                    train_first=train_first,
                    train_last=as_date(sessions[stop - num_validated - 1]),
                    validation_last=validation_last,
                    test_last=test_last,
                )
            )
        return folds


def _stops(sessions: Sessions, borders: Borders) -> tuple[int, int]:
    """Return the number of sessions up to the end of the training and of the validation part."""
    days = [np.datetime64(day, "D") for day in (borders.train_last, borders.validation_last)]
    train_stop, validation_stop = np.searchsorted(sessions, days, side="right")
    return int(train_stop), int(validation_stop)


def split_rows(sessions: Sessions, borders: Borders, *, horizon: int) -> dict[str, slice]:
    """Return the cutoff rows of each part of one symbol, purged.

    Row r is a training cutoff only if r + purge is before the first validation row, and so on; the
    last `horizon` rows have no target.
    """
    purge = max(borders.purge_sessions, horizon)
    train_stop, validation_stop = _stops(sessions, borders)
    # No days are added to test_last, as date.max would overflow.
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
