"""Gradient boosting: it learns what is planted, and says so where its library is missing."""

import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES, anchor_quantiles
from pregao.zoo.baselines._boosting import KNOTS, extend_to_levels


def test_boosting_finds_a_planted_spread(training):
    noisy = np.random.default_rng(4).normal(size=(len(training.cutoff_rows), training.horizon))
    loud = training.table[training.cutoff_rows, 2] > 0
    planted = replace(training, targets=noisy * np.where(loud, 3.0, 0.5)[:, None])

    boosting = BASELINES["lightgbm"].fit(planted, LEVELS, 0)
    forecast = boosting.quantiles(planted) / planted.sigma[planted.cutoff_rows, None, None]

    width = forecast[:, 0, -3] - forecast[:, 0, 2]
    assert width[loud].mean() > 1.5 * width[~loud].mean()


def test_unmoved_knots_give_the_shape_back(training):
    knots = anchor_quantiles(training.targets, (0.1, 0.5, 0.9))
    shape = anchor_quantiles(training.targets, LEVELS)

    np.testing.assert_allclose(shape[None], extend_to_levels(knots[None], knots, shape), atol=1e-12)


@given(hnp.arrays(np.float64, (3, 2, 3), elements=st.floats(-5, 5)))
@settings(max_examples=50, deadline=None)
def test_levels_along_the_shape_never_cross(moved):
    knots = np.array([[-1.0, 0.0, 1.5], [-2.0, 0.1, 1.0]])
    shape = np.array([[-3.0, -1.0, -0.2, 0.0, 2.0], [-2.5, -2.0, 0.5, 1.0, 4.0]])

    forecast = extend_to_levels(np.sort(moved, axis=-1), knots, shape)

    assert (np.diff(forecast, axis=-1) >= -1e-12).all()


def test_knots_of_a_price_that_hardly_moves_give_finite_quantiles():
    shape = np.array([[-1e4, -1.0, 0.0, 0.0, 1e4]])
    moved = np.array([[[-0.5, 0.0, 0.5]], [[0.0, 0.0, 0.0]]])

    forecast = extend_to_levels(moved, np.zeros((1, 3)), shape)

    assert np.isfinite(forecast).all()
    assert (np.diff(forecast, axis=-1) >= 0).all()
    assert np.abs(forecast).max() <= 1e4 + 0.5


LIBGOMP_MISSING = """
import sys
sys.path.insert(0, {shadow!r})
from pregao.errors import BaselineUnavailableError
from pregao.zoo.baselines._catalogue import BASELINES
try:
    BASELINES["lightgbm"].fit(None, (0.5,), 0)
except BaselineUnavailableError as error:
    print(error.name, "|", error.reason)
"""


def test_who_passes_trees_on_loads_no_library(training, tmp_path):
    boosting = BASELINES["lightgbm"].fit(training, LEVELS, 0)
    expected = boosting.quantiles(training)
    path = tmp_path / "boosting.pickle"
    path.write_bytes(pickle.dumps(boosting))
    passing = (
        "import pickle, sys; from pathlib import Path\n"
        "found = pickle.loads(Path(sys.argv[1]).read_bytes())\n"
        "print(len(found.boosters), {'lightgbm', 'sklearn'} & {*sys.modules})"
    )

    done = subprocess.run(
        [sys.executable, "-c", passing, str(path)], capture_output=True, text=True, check=True
    )

    assert f"{len(KNOTS)} set()\n" == done.stdout
    again = pickle.loads(path.read_bytes())
    np.testing.assert_array_equal(expected, again.quantiles(training))


@pytest.mark.parametrize("raised", ["OSError", "ImportError"])
def test_boosting_says_so_where_its_library_does_not_load(tmp_path, raised):
    reason = "libgomp.so.1: cannot open shared object file"
    (tmp_path / "lightgbm.py").write_text(f"raise {raised}({reason!r})")

    done = subprocess.run(
        [sys.executable, "-c", LIBGOMP_MISSING.format(shadow=str(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"lightgbm | {reason}\n" == done.stdout, done.stderr
