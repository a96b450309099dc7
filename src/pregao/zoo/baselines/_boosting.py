"""Gradient boosting with the quantile loss (LightGBM), starting at the anchor."""

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from pregao.errors import BaselineUnavailableError
from pregao.findings import Finding
from pregao.zoo.baselines._empirical import anchor_quantiles
from pregao.zoo.baselines._forecaster import Levels, Rows, horizon_steps, return_scale
from pregao.zoo.baselines._history import Float, History, LabelledHistory

if TYPE_CHECKING:
    import lightgbm

# One booster per level; other levels follow the shape of the anchor.
KNOTS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
AVERAGES_ROWS = (5, 20)
MAX_WINDOWS = 20_000
# Small trees with large leaves, as neighbouring targets overlap: 500 rows are about 50 windows.
_ROUNDS = 60
_BINS = {"max_bin": 63}
_OPTIONS = {
    **_BINS,
    "objective": "quantile",
    "learning_rate": 0.05,
    "num_leaves": 6,
    "min_data_in_leaf": 500,
    "lambda_l2": 10.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "boost_from_average": False,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


@dataclass(frozen=True, eq=False)
class Trees:
    """An ensemble of trees as LightGBM model text; LightGBM is loaded on the first forecast."""

    text: str

    @cached_property
    def booster(self) -> "lightgbm.Booster":
        """The LightGBM booster that predicts.

        Raises
        ------
        BaselineUnavailableError
            If LightGBM cannot be loaded.
        ValueError
            If the text is no LightGBM model.
        """
        library = _lightgbm()
        try:
            booster: lightgbm.Booster = library.Booster(model_str=self.text)
        except library.basic.LightGBMError as error:
            raise ValueError(f"no trees: {error}") from None
        return booster

    def __reduce__(self) -> tuple[type["Trees"], tuple[str]]:
        """Pickle the text alone, so that a process that does not predict never loads LightGBM."""
        return Trees, (self.text,)


@dataclass(frozen=True, eq=False)
class Boosting:
    """The quantiles of the anchor, each shifted by its own small ensemble of trees."""

    boosters: tuple[Trees, ...]
    knots: Float
    """(horizon, knots): quantiles of the anchor at the levels of the boosters."""
    shape: Float
    """(horizon, levels): quantiles of the anchor at all levels."""
    findings: tuple[Finding, ...] = ()

    def quantiles(self, history: History) -> Float:
        """Return the shifted knots, sorted, and the other levels along the shape of the anchor."""
        rows = boosting_features(history, np.arange(len(history.cutoff_rows)))
        shifts = [np.asarray(each.booster.predict(rows)) for each in self.boosters]
        shifted = self.knots + np.stack(shifts, axis=-1).reshape(-1, *self.knots.shape)
        standardised = extend_to_levels(np.sort(shifted, axis=-1), self.knots, self.shape)
        return return_scale(history)[..., None] * standardised


def fit_boosting(history: LabelledHistory, levels: Levels, seed: int) -> Boosting:
    """Fit one booster per knot on the training part, with the step ahead as a feature.

    Trees start at the anchor (as `init_score`) and learn what to add to it, so that few and small
    trees stay near a good forecast. Features are the table at the cutoff and its means over the
    last 5 and 20 rows. At most 20,000 windows, evenly spaced, are used.

    Raises
    ------
    BaselineUnavailableError
        If LightGBM cannot be loaded, usually because the system lacks libgomp.
    """
    lightgbm = _lightgbm()
    knots = anchor_quantiles(history.targets, KNOTS)
    chosen = _evenly_spaced(len(history.cutoff_rows), MAX_WINDOWS)
    rows, targets = boosting_features(history, chosen), history.targets[chosen].ravel()
    data = lightgbm.Dataset(rows, targets, params=_BINS).construct()
    boosters = []
    for number, level in enumerate(KNOTS):
        # All levels share the bins; each level has its own initial score.
        data.set_init_score(np.tile(knots[:, number], len(chosen)))
        options = {**_OPTIONS, "alpha": level, "seed": seed}
        fitted = lightgbm.train(options, data, num_boost_round=_ROUNDS)
        boosters.append(Trees(fitted.model_to_string()))
    return Boosting(tuple(boosters), knots, anchor_quantiles(history.targets, levels))


def boosting_features(history: History, chosen: Rows) -> Float:
    """Return (n * horizon, 3 * features + 1): the row, its trailing means, and the step ahead."""
    last, first = history.cutoff_rows[chosen], history.first_rows[chosen]
    newest: Float = history.table[last].astype(np.float64)
    rows = np.concatenate(
        [newest, *(_trailing_mean(history, last, first, count) for count in AVERAGES_ROWS)], axis=1
    )
    steps = np.tile(horizon_steps(history.horizon), len(rows))
    return np.column_stack([np.repeat(rows, history.horizon, axis=0), steps])


def extend_to_levels(shifted: Float, knots: Float, shape: Float) -> Float:
    """Return the quantiles at all levels by the map from the anchor's knots to the shifted ones.

    The map is linear between knots; beyond the outer knots it has the slope from the first to the
    last. It is increasing, so that quantiles do not cross.

    Parameters
    ----------
    shifted
        (n, horizon, knots) shifted quantiles, ascending.
    knots
        (horizon, knots) quantiles of the anchor.
    shape
        (horizon, levels) quantiles of the anchor at all levels.
    """
    forecast = np.empty((*shifted.shape[:2], shape.shape[1]))
    for step, (start, points) in enumerate(zip(knots, shape, strict=True)):
        ends = shifted[:, step]
        gap = np.maximum(np.diff(start), np.finfo(np.float64).tiny)
        segment = np.clip(np.searchsorted(start, points, side="right") - 1, 0, len(gap) - 1)
        share = np.clip(points - start[segment], 0.0, gap[segment]) / gap[segment]
        inside = ends[:, segment] + share * (ends[:, segment + 1] - ends[:, segment])
        width = float(start[-1] - start[0])
        beyond = points - np.clip(points, start[0], start[-1])
        # An anchor without a width, of a price that hardly moves, tells no slope.
        slope = (ends[:, -1] - ends[:, 0]) / width if width > 0 else np.ones(len(ends))
        forecast[:, step] = inside + slope[:, None] * beyond
    return forecast


def _evenly_spaced(count: int, most: int) -> Rows:
    """Return at most `most` evenly spaced window indices."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))


def _trailing_mean(history: History, last: Rows, first: Rows, count: int) -> Float:
    """Return the mean of the last rows known at each cutoff, per feature: (n, features)."""
    rows = np.maximum(last[:, None] - np.arange(count), first[:, None])
    averaged: Float = history.table[rows].mean(axis=1, dtype=np.float64)
    return averaged


def _lightgbm() -> ModuleType:
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        raise BaselineUnavailableError("lightgbm", str(error)) from error
    return lightgbm
