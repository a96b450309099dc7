"""Gradient boosting with the quantile loss (LightGBM), on top of the anchor."""

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from pregao.errors import BaselineUnavailableError
from pregao.findings import Finding
from pregao.zoo.baselines._empirical import anchor_quantiles
from pregao.zoo.baselines._forecaster import Levels, Rows, spread, steps_of
from pregao.zoo.baselines._history import Float, Past, Taught

if TYPE_CHECKING:
    import lightgbm

# One booster for each; the levels between and beyond follow the anchor's shape.
KNOTS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
AVERAGES_ROWS = (5, 20)
MOST_WINDOWS = 20_000
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
    """An ensemble of trees as LightGBM's own text; LightGBM is loaded once it is asked."""

    text: str

    @cached_property
    def booster(self) -> "lightgbm.Booster":
        """What predicts.

        Raises
        ------
        BaselineUnavailableError
            If LightGBM cannot be loaded.
        ValueError
            If the text is none of its own.
        """
        library = _lightgbm()
        try:
            booster: lightgbm.Booster = library.Booster(model_str=self.text)
        except library.basic.LightGBMError as error:
            raise ValueError(f"no trees: {error}") from None
        return booster

    def __reduce__(self) -> tuple[type["Trees"], tuple[str]]:
        """Send the text alone: who only passes trees on never loads LightGBM."""
        return Trees, (self.text,)


@dataclass(frozen=True, eq=False)
class Boosting:
    """The anchor's quantiles, each moved by its own small ensemble of trees."""

    boosters: tuple[Trees, ...]
    knots: Float
    """(horizon, knots): the anchor's quantiles at the boosters' levels."""
    shape: Float
    """(horizon, levels): the anchor's quantiles at all levels."""
    findings: tuple[Finding, ...] = ()

    def quantiles(self, past: Past) -> Float:
        """Forecast the moved knots, sorted, and the levels between along the anchor's shape."""
        rows = boosting_features(past, np.arange(len(past.cutoff_rows)))
        each_move = [np.asarray(each.booster.predict(rows)) for each in self.boosters]
        moved = self.knots + np.stack(each_move, axis=-1).reshape(-1, *self.knots.shape)
        standardised = along_shape(np.sort(moved, axis=-1), self.knots, self.shape)
        return spread(past)[..., None] * standardised


def fit_boosting(taught: Taught, levels: Levels, seed: int) -> Boosting:
    """Fit one booster per knot on the training part, with the step ahead as a feature.

    Trees start at the anchor (as `init_score`) and learn what to add to it, so few and small trees
    stay near a good forecast. Features are the table at the cutoff and its means over the last 5
    and 20 rows. At most 20,000 windows, evenly chosen, are learned from.

    Raises
    ------
    BaselineUnavailableError
        If LightGBM cannot be loaded, usually because the system lacks libgomp.
    """
    lightgbm = _lightgbm()
    knots = anchor_quantiles(taught.targets, KNOTS)
    chosen = _evenly(len(taught.cutoff_rows), MOST_WINDOWS)
    rows, targets = boosting_features(taught, chosen), taught.targets[chosen].ravel()
    data = lightgbm.Dataset(rows, targets, params=_BINS).construct()
    boosters = []
    for number, level in enumerate(KNOTS):
        # Bins are those of all levels; only where the trees start is each level's own.
        data.set_init_score(np.tile(knots[:, number], len(chosen)))
        options = {**_OPTIONS, "alpha": level, "seed": seed}
        fitted = lightgbm.train(options, data, num_boost_round=_ROUNDS)
        boosters.append(Trees(fitted.model_to_string()))
    return Boosting(tuple(boosters), knots, anchor_quantiles(taught.targets, levels))


def boosting_features(past: Past, chosen: Rows) -> Float:
    """Give (n * horizon, 3 * features + 1): the row, its trailing means, and the step ahead."""
    last, first = past.cutoff_rows[chosen], past.first_rows[chosen]
    newest: Float = past.table[last].astype(np.float64)
    rows = np.concatenate(
        [newest, *(_mean(past, last, first, count) for count in AVERAGES_ROWS)], axis=1
    )
    steps = np.tile(steps_of(past.horizon), len(rows))
    return np.column_stack([np.repeat(rows, past.horizon, axis=0), steps])


def along_shape(moved: Float, knots: Float, shape: Float) -> Float:
    """Spread moved knots over all levels by the map that carries the anchor's knots to them.

    The map is linear between knots; beyond the outer ones it has the slope from end to end. It
    ascends, so quantiles do not cross.

    Parameters
    ----------
    moved
        (n, horizon, knots), ascending.
    knots
        (horizon, knots) where they started.
    shape
        (horizon, levels) what is to be carried along.
    """
    forecast = np.empty((*moved.shape[:2], shape.shape[1]))
    for step, (start, points) in enumerate(zip(knots, shape, strict=True)):
        ends = moved[:, step]
        gap = np.maximum(np.diff(start), np.finfo(np.float64).tiny)
        segment = np.clip(np.searchsorted(start, points, side="right") - 1, 0, len(gap) - 1)
        share = np.clip((points - start[segment]) / gap[segment], 0.0, 1.0)
        inside = ends[:, segment] + share * (ends[:, segment + 1] - ends[:, segment])
        width = max(float(start[-1] - start[0]), np.finfo(np.float64).tiny)
        beyond = points - np.clip(points, start[0], start[-1])
        slope = (ends[:, -1] - ends[:, 0]) / width
        forecast[:, step] = inside + slope[:, None] * beyond
    return forecast


def _evenly(count: int, most: int) -> Rows:
    """Choose windows evenly, so that a large pool costs no more than `most` of them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))


def _mean(past: Past, last: Rows, first: Rows, count: int) -> Float:
    """Average the last rows known at each cutoff, feature by feature: (n, features)."""
    rows = np.maximum(last[:, None] - np.arange(count), first[:, None])
    averaged: Float = past.table[rows].mean(axis=1, dtype=np.float64)
    return averaged


def _lightgbm() -> ModuleType:
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        raise BaselineUnavailableError("lightgbm", str(error)) from error
    return lightgbm
