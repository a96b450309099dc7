"""Swapped columns of action probabilities are detected, and actions are indexed in one place."""

import ast
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import pregao
from pregao.dataset import ACTIONS
from pregao.decisions import ActionName, action_scores, detect_action_order
from pregao.decisions._action_scores import BUY, HOLD, NAMES, SELL, count_actions


def drawn(count, seed, *, sharpness=1.0):
    """Return probabilities and labels drawn from them."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.array([2.0, 1.0, 4.0]) / sharpness, size=count)
    right = (probabilities.cumsum(axis=1) < rng.random(count)[:, None]).sum(axis=1)
    return probabilities, np.minimum(right, 2).astype(np.int8)


def days(count):
    return np.datetime64("2020-01-01") + np.arange(count)


@pytest.mark.parametrize("order", [("sell", "hold", "buy"), ("hold", "sell", "buy")])
def test_probabilities_in_a_permuted_order_are_detected(order: tuple[ActionName, ...]):
    probabilities, right = drawn(400, 8)
    written = probabilities[:, [ACTIONS.index(name) for name in order]]
    honest = action_scores(right, probabilities, training=right)

    trapped = action_scores(right, written, training=right)
    found = detect_action_order(written, right, sessions=days(400), horizon=1)

    assert trapped.accuracy < trapped.majority.accuracy < honest.accuracy
    assert (True, ACTIONS, order) == (found.is_swapped, found.read, found.found)
    assert found.log_loss_best < found.log_loss_read
    assert found.p_value < 0.01


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 5.0])
def test_the_correct_order_is_not_reported_as_swapped(sharpness: float):
    for seed in range(10):
        probabilities, right = drawn(400, seed, sharpness=sharpness)

        found = detect_action_order(probabilities, right, sessions=days(400), horizon=1)

        assert (False, ACTIONS) == (found.is_swapped, found.found)


def test_balanced_sampling_and_rare_actions_are_not_reported_as_swapped():
    probabilities, right = drawn(1000, 9)
    # As with balanced sampling in training, or with hold undersampled.
    for weights in ([0.5, 1.0, 0.25], [1.0, 5.0, 0.05]):
        bent = probabilities * weights
        bent /= bent.sum(axis=1, keepdims=True)

        assert not detect_action_order(bent, right, sessions=days(1000), horizon=1).is_swapped


@pytest.mark.parametrize("horizon", [1, 10])
def test_uninformative_probabilities_are_not_reported_as_swapped(horizon: int):
    for seed in range(20):
        right = drawn(500, seed)[1]
        # Labels are autocorrelated, as those of overlapping windows are.
        right = np.repeat(right, horizon)[:500]
        said = np.repeat(drawn(500, 1000 + seed)[0], horizon, axis=0)[:500]

        found = detect_action_order(said, right, sessions=days(500), horizon=horizon)

        assert not found.is_swapped


def test_action_indices_equal_those_of_actions():
    assert ACTIONS == NAMES == get_args(ActionName)
    assert ("buy", "sell", "hold") == tuple(ACTIONS[each] for each in (BUY, SELL, HOLD))
    assert dict.fromkeys(ACTIONS, 1) == count_actions(np.arange(3).astype(np.int8))


def _numbering(tree: ast.AST) -> list[int]:
    """Return the lines that order actions or assign numbers to them."""
    named = {*ACTIONS, *(name.upper() for name in ACTIONS)}
    types = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and "Literal" in (getattr(node.value, key, None) for key in ("id", "attr"))
        for part in ast.walk(node.slice)
    }
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set) and id(node) not in types:
            # A sequence of names assigns their indices.
            names = [each.value for each in node.elts if isinstance(each, ast.Constant)]
            if len(named.intersection(map(str, names))) == 3:
                lines.append(node.lineno)
        if isinstance(node, ast.Dict) and all(isinstance(n, ast.Constant) for n in node.values):
            # -1 is the side of a position, not the index of an action.
            pairs = [
                (k.value, v.value)
                for k, v in zip(node.keys, node.values, strict=True)
                if isinstance(k, ast.Constant)
            ]
            if any({str, int} == {type(k), type(v)} and named & {k, v} for k, v in pairs):
                lines.append(node.lineno)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if isinstance(node.value.value, int) and any(
                isinstance(each, ast.Name) and each.id in named for each in targets
            ):
                lines.append(node.lineno)
    return lines


@pytest.mark.parametrize(
    "source",
    [
        'LABELS = ("sell", "hold", "buy")',
        'LABELS = ["buy", "sell", "hold"]',
        'NUMBERS = {"buy": 1, "sell": 2}',
        'NAMES = {0: "sell", 1: "hold"}',
        "class Action(IntEnum):\n    SELL = 0\n    BUY = 2",
        "HOLD: int = 1",
    ],
)
def test_a_numbering_of_actions_is_found(source: str):
    assert _numbering(ast.parse(source))


def test_action_indices_are_defined_in_one_place():
    folder = Path(pregao.__file__).parent
    found = []
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text()
        mentions = any(name in source.lower() for name in ACTIONS)
        if mentions and _numbering(ast.parse(source)):
            found.append(path.relative_to(folder).as_posix())

    assert ["dataset/_labels.py"] == found
