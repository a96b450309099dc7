"""Stored baselines: readable files of listed classes only, and the same forecasts again."""

import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from safetensors.numpy import load

from pregao.dataset import Dataset, Split, make_dataset
from pregao.errors import CorruptFileError
from pregao.registry._baseline_files import baseline_files, read_baseline
from pregao.testing import synthetic_prices
from pregao.training import LEVELS
from pregao.zoo.baselines import BASELINES, FittedBaseline
from pregao.zoo.baselines._empirical import Anchor


@cache
def dataset() -> Dataset:
    # The third symbol is too young for a GARCH of its own: its fit comes with a finding.
    symbols = enumerate(("TEST3", "TEST4", "TEST5"))
    prices = [synthetic_prices(name, sessions=700, seed=seed) for seed, name in symbols]
    prices[2] = prices[2].between(prices[2].sessions[340], None)
    features = ("return", "log_sigma")
    return make_dataset(prices, features=features, lookback=10, horizon=3, split=Split())


@cache
def fitted(name: str) -> FittedBaseline:
    return BASELINES[name].fit(dataset().train, LEVELS, 5)


@cache
def files(name: str) -> dict[str, bytes]:
    return baseline_files(name, fitted(name))


def changed(name: str, change) -> dict[str, bytes]:
    shape = json.loads(files(name)["served.json"])
    change(shape)
    return {**files(name), "served.json": json.dumps(shape).encode()}


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_reloads_to_bit_equal_forecasts(name: str):
    again_name, again = read_baseline(files(name).__getitem__)

    assert name == again_name
    assert type(fitted(name)) is type(again)
    assert fitted(name).findings == again.findings
    for part in (dataset().train, dataset().validation, dataset().sealed_test, dataset().live):
        assert fitted(name).quantiles(part).tobytes() == again.quantiles(part).tobytes()


@pytest.mark.parametrize("name", BASELINES)
def test_a_loaded_baseline_is_written_to_the_same_bytes(name: str):
    _, again = read_baseline(files(name).__getitem__)

    assert files(name) == baseline_files(name, again)


@pytest.mark.parametrize("name", BASELINES)
def test_files_are_readable_and_there_is_no_pickle(name: str):
    for file, content in files(name).items():
        match file.rpartition(".")[2]:
            case "json":
                assert name == json.loads(content)["name"]
            case "safetensors":
                assert all(array.dtype.kind in "fiub" for array in load(content).values())
            case "txt":
                assert content.startswith(b"tree\n")
            case kind:
                pytest.fail(f"a file of kind {kind}")


def test_a_finding_of_a_fit_is_stored():
    assert fitted("gjr_garch").findings


@pytest.mark.parametrize(
    "values",
    [
        np.arange(12.0).reshape(3, 4),
        np.arange(12.0).reshape(3, 4).T,
        np.arange(24.0).reshape(2, 3, 4).transpose(1, 2, 0),
        np.arange(12.0)[::2],
        np.array([[np.nan, np.inf, -0.0]]),
        np.empty((0, 3)),
        np.array(1.5),
    ],
    ids=["rows first", "columns first", "mixed axes", "gaps", "not finite", "none", "one"],
)
def test_an_array_round_trips_with_its_bits_and_the_order_of_its_axes(values: np.ndarray):
    _, again = read_baseline(baseline_files("anchor", Anchor(values)).__getitem__)

    shape = again.shape
    np.testing.assert_array_equal(values, shape, strict=True)
    assert values.tobytes() == shape.tobytes()
    order = np.argsort([-each for each in values.strides], kind="stable")
    assert order.tolist() == np.argsort([-each for each in shape.strides], kind="stable").tolist()


@pytest.mark.parametrize("value", [float("inf"), float("nan"), -0.0, 5e-324, 0.1 + 0.2])
def test_a_number_round_trips_with_its_bits(value: float):
    files = baseline_files("anchor", Anchor(np.ones(1), findings=(value,)))

    _, again = read_baseline(files.__getitem__)

    assert [value.hex()] == [each.hex() for each in again.findings]


def test_a_class_that_is_not_listed_cannot_be_written():
    @dataclass(frozen=True)
    class Anchor:
        shape: object = None

    with pytest.raises(TypeError, match="Anchor cannot be stored"):
        baseline_files("anchor", Anchor())


@pytest.mark.parametrize("kind", ["Path", "dict", "Prices", "__import__", "Finding", "Baseline"])
def test_a_file_can_make_values_of_listed_classes_only(kind: str):
    torn = changed("drift", lambda shape: shape["forecaster"].update({"class": kind}))

    with pytest.raises(CorruptFileError, match=kind):
        read_baseline(torn.__getitem__)


@pytest.mark.parametrize(
    "change",
    [
        lambda shape: shape.update(format=2),
        lambda shape: shape.pop("format"),
        lambda shape: shape.update(forecaster=1.5),
        lambda shape: shape.update(forecaster={"tuple": []}),
        lambda shape: shape.update(forecaster={"array": "0", "axes": [0]}),
        lambda shape: shape.update(forecaster={"call": "exit"}),
        lambda shape: shape["forecaster"]["fields"].update(more=1),
        lambda shape: shape["forecaster"]["fields"].pop("levels"),
        lambda shape: shape["forecaster"]["fields"].update(means={"array": "99", "axes": [0]}),
        lambda shape: shape["forecaster"]["fields"].update(means={"array": "0", "axes": [0]}),
        lambda shape: shape["forecaster"]["fields"].update(findings={"finding": {"code": 1}}),
        lambda shape: shape["forecaster"]["fields"].update(symbols={"trees": "served.json"}),
    ],
)
def test_an_altered_shape_is_refused(change):
    with pytest.raises(CorruptFileError):
        read_baseline(changed("drift", change).__getitem__)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[" * 100_000, b"null", b"\xff"])
def test_a_file_that_is_not_a_shape_is_refused(content: bytes):
    with pytest.raises(CorruptFileError):
        read_baseline({**files("drift"), "served.json": content}.__getitem__)


def test_a_damaged_array_file_is_refused():
    with pytest.raises(CorruptFileError):
        read_baseline({**files("drift"), "served.safetensors": b"pickle"}.__getitem__)


def test_trees_are_stored_as_the_text_of_lightgbm():
    import lightgbm

    texts = [each for file, each in files("lightgbm").items() if file.endswith(".txt")]

    assert 7 == len(texts)
    for text, trees in zip(texts, fitted("lightgbm").boosters, strict=True):
        assert text.decode() == trees.text
        assert 60 == lightgbm.Booster(model_str=text.decode()).num_trees()
