"""The audited pipeline, and the choice of cutoffs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pregao.audit._noise import replace_future
from pregao.audit._pipeline import Pipeline
from pregao.audit._result import Noise
from pregao.dataset import AdjustedBars, Dataset, Windows
from pregao.instruments import Sessions
from pregao.prices import Prices
from pregao.training import Experiment

NUM_SPREAD = 26
"""Cutoffs evenly over the history, beside those at the borders of parts and in unusual sessions."""


@dataclass(frozen=True)
class Subject:
    """A pipeline with the prices and the experiment that it is audited on."""

    prices: tuple[Prices, ...]
    experiment: Experiment
    pipeline: Pipeline

    @classmethod
    def from_experiment(
        cls, prices: Sequence[Prices], experiment: Experiment, pipeline: Pipeline
    ) -> "Subject":
        """Return the subject; of an ensemble one network, as members differ by seed alone."""
        return cls(tuple(prices), experiment.replace(members=1), pipeline)

    def dataset(self) -> Dataset:
        """Make the dataset of the real prices."""
        return self.pipeline.make_dataset(self.prices, self.experiment, self.experiment.split)

    def after(self, cutoff: np.datetime64, noise: Noise) -> list[Prices]:
        """Return the prices with noise after a cutoff; symbols without a bar left are omitted."""
        changed = [replace_future(each, cutoff, noise) for each in self.prices]
        return [each for each in changed if each is not None]


def target_ends(windows: Windows) -> Sessions:
    """Return the last session of each window's target, at which the target is known: (n,)."""
    return windows.source.sessions[windows.cutoff_rows + windows.horizon]


@dataclass(frozen=True)
class Milestones:
    """The cutoffs from which on fitted parameters must not change any more."""

    scaler: np.datetime64
    """The last training cutoff: no later row is in a training window."""
    training: np.datetime64
    """The end of the last training target."""
    validation: np.datetime64
    """The end of the last validation target."""

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> "Milestones":
        """Return the milestones of a dataset."""
        return cls(
            scaler=dataset.train.cutoffs.max(),
            training=target_ends(dataset.train).max(),
            validation=target_ends(dataset.validation).max(),
        )


def choose_cutoffs(prices: Sequence[Prices], dataset: Dataset, num_spread: int) -> Sessions:
    """Choose cutoffs: spread over the history, at the borders of parts, in unusual sessions."""
    longest = max(prices, key=len)
    sessions = longest.sessions
    last = len(sessions) - 2  # after the last session there is nothing to replace
    spread = np.linspace(0, last, num_spread).round().astype(np.intp)
    milestones = Milestones.from_dataset(dataset)
    borders = [
        milestones.scaler,
        milestones.training,
        milestones.validation,
        *(
            border
            for part in (dataset.train, dataset.validation, dataset.sealed_test)
            for border in (part.cutoffs.min(), part.cutoffs.max())
        ),
    ]
    rows = np.concatenate([spread, np.clip(unusual_rows(longest), 0, last)])
    chosen = np.unique(np.concatenate([sessions[rows], np.array(borders, sessions.dtype)]))
    return chosen[chosen < max(each.last for each in prices)]


def unusual_rows(prices: Prices) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the quietest and the most volatile sessions, as a leak may show in such alone."""
    market = AdjustedBars.from_prices(prices)
    measures = (np.abs(market.returns), np.abs(market.gap), market.sigma, market.volume)
    return np.array([row(each) for each in measures for row in (np.argmin, np.argmax)], np.intp)
