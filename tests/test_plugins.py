"""Plug-ins: features and networks of other packages, and errors that name the package."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
import torch
from packages import EXAMPLE, install, install_example

from pregao.audit import find_leaks_in_features
from pregao.dataset import AdjustedBars, Split, find_feature, make_dataset, plugin_features
from pregao.errors import (
    InvalidExperimentError,
    InvalidNetworkError,
    MissingPluginError,
    PluginError,
    UnknownNameError,
)
from pregao.registry import Run
from pregao.testing import synthetic_prices
from pregao.training import Experiment, broken_networks, finish, list_networks, train
from pregao.zoo.networks import (
    NETWORK_SCHEMA,
    Plugin,
    build,
    find_network,
    network_name,
    num_parameters,
    plugin_networks,
)

PRICES = synthetic_prices(sessions=400, seed=3)
SIZES = {"num_features": 4, "lookback": 10, "num_outputs": 5}

Install = Callable[[str, Mapping[str, Mapping[str, str]], str], None]


def _unload(*modules: str) -> None:
    for name in [each for each in sys.modules if each.split(".")[0] in modules]:
        del sys.modules[name]
    plugin_features.cache_clear()
    plugin_networks.cache_clear()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install packages of one module for one test."""
    site, modules = tmp_path / "site", []

    def install_module(name: str, entry_points: Mapping[str, Mapping[str, str]], code: str) -> None:
        install(site, name, entry_points, dedent(code))
        modules.append(name.replace("-", "_"))
        _unload(*modules)

    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    yield install_module
    _unload(*modules)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the example is installed."""
    folder = Path(tmp_path_factory.mktemp("example")) / "site"
    install_example(folder)
    return folder


@pytest.fixture
def example(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the example importable in this process."""
    monkeypatch.syspath_prepend(str(site))
    _unload("pregao_wicks")
    yield
    _unload("pregao_wicks")


def experiment(**changes: object) -> Experiment:
    fields = {
        "symbols": ("TEST3",),
        "features": ("return", "log_sigma", "upper_wick", "lower_wick"),
        "network": "mixer",
        "lookback": 10,
        "horizon": 3,
        "epochs": 1,
        "split": Split(train_fraction=0.6, validation_fraction=0.2),
    }
    return Experiment.parse({**fields, **changes})


def test_a_plugins_features_and_network_train_and_forecast(example: None):
    chosen = experiment()
    data = make_dataset(
        [PRICES], features=chosen.features, lookback=10, horizon=3, split=chosen.split
    )

    fitted = finish(train(chosen, data))

    assert chosen.features == fitted.scaler.features
    assert (len(data.validation), 3, 23) == fitted.quantiles(data.validation).shape


def test_an_experiment_with_plugins_equals_its_own_json_and_toml(example: None, tmp_path: Path):
    chosen = experiment(network={"kind": "plugin", "name": "mixer", "parameters": {"width": 8}})
    file = tmp_path / "experiment.toml"
    file.write_text(chosen.to_toml(), encoding="utf-8")

    assert chosen == Experiment.from_json(chosen.to_json()) == Experiment.from_toml(file)
    assert {"width": 8} == json.loads(chosen.to_json())["network"]["parameters"]


def test_a_network_is_the_same_with_its_defaults_written_out(example: None):
    short, long = Plugin(name="mixer"), Plugin(name="mixer", parameters={"width": 32})

    assert short == long == find_network("mixer")
    assert hash(short) == hash(long)
    assert "mixer" == network_name(long)
    assert "custom" == network_name(Plugin(name="mixer", parameters={"width": 8}))
    assert long == NETWORK_SCHEMA.validate_json(long.model_dump_json())


def test_the_size_of_a_plugins_network_is_known_without_building_it(example: None):
    network = Plugin(name="mixer", parameters={"width": 7})
    module = build(network, **SIZES, seed=1)

    assert sum(each.numel() for each in module.parameters()) == num_parameters(network, **SIZES)
    assert 0.0 == module(torch.randn(3, 10, 4)).abs().sum().item()


def test_the_same_seed_builds_the_same_body(example: None):
    def weights(seed: int) -> bytes:
        module = build(find_network("mixer"), **SIZES, seed=seed)
        return b"".join(each.detach().numpy().tobytes() for each in module.parameters())

    assert weights(1) == weights(1)
    assert weights(1) != weights(2)


@pytest.mark.parametrize("parameters", [{"width": 0}, {"widht": 8}, {"width": "wide"}])
def test_parameters_are_validated_by_the_plugin(example: None, parameters: dict):
    network = {"kind": "plugin", "name": "mixer", "parameters": parameters}

    with pytest.raises(InvalidExperimentError, match=f"mixer: {next(iter(parameters))}"):
        experiment(network=network)


def test_networks_of_plugins_are_listed_after_the_zoo(example: None):
    listed = [each for each in list_networks() if each.category == "plugin"]

    assert ["mixer", "wick_gru"] == [each.name for each in listed]
    assert listed == list_networks()[-2:]
    assert all(each.parameters > 0 for each in listed)
    assert () == broken_networks()


def test_features_of_the_example_do_not_leak(example: None):
    checks = find_leaks_in_features(
        [find_feature("upper_wick"), find_feature("lower_wick")], [PRICES]
    )

    assert [True, True] == [each.passed for each in checks]


def test_the_upper_wick_equals_its_definition(example: None):
    market = AdjustedBars.from_prices(PRICES)
    top = np.maximum(market.open, market.close)

    np.testing.assert_allclose(
        np.log(market.high / top) / market.sigma, find_feature("upper_wick").compute(market)
    )


def shell(*arguments: object, home: Path, site: Path | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pregao", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=180,
        cwd=home,
        env={
            **os.environ,
            "PREGAO_HOME": str(home / "pregao"),
            "PYTHONPATH": "" if site is None else str(site),
        },
    )


@pytest.fixture(scope="module")
def swept(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The champion of a sweep of the example's networks, trained in spawned workers."""
    home = Path(tmp_path_factory.mktemp("home"))
    file = home / "wicks.toml"
    file.write_text('symbols = ["SP500"]\nfeatures = ["return", "upper_wick"]\n', "utf-8")
    done = shell(
        "sweep", "--experiment", file, "--networks", "mixer,wick_gru", "--ensemble", 0,
        "--start", "2017-01-03", "--lookback", 8, "--horizon", 3, "--epochs", 1,
        "--workers", 2, "--folds", 0, "--json",
        home=home, site=site,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    result = json.loads(done.stdout)
    assert {"mixer", "wick_gru"} == {each["network"] for each in result["ranking"]}
    return Run(home / "pregao" / "runs" / result["run"])


def test_workers_load_plugins_and_the_run_records_them(swept: Run):
    needed = {each.name: each.distribution for each in swept.provenance.plugins}

    assert "pregao-wicks 0.1.0" == needed["upper_wick"]


def test_a_run_without_its_plugin_is_an_error_with_the_missing_package(swept: Run):
    with pytest.raises(MissingPluginError, match=r"pregao-wicks 0\.1\.0 \(for .*upper_wick"):
        _ = Run(swept.folder).experiment
    with pytest.raises(MissingPluginError, match="pregao-wicks"):
        _ = Run(swept.folder).model


def test_a_reloaded_run_with_plugins_has_the_same_forecasts(swept: Run, example: None):
    first, again = Run(swept.folder).model, Run(swept.folder).model
    data = make_dataset(
        [PRICES],
        features=first.scaler.features,
        lookback=first.experiment.lookback,
        horizon=first.experiment.horizon,
        split=Split(train_fraction=0.6, validation_fraction=0.2),
    )

    assert first.quantiles(data.live).tobytes() == again.quantiles(data.live).tobytes()


def test_the_command_line_reports_a_missing_package_in_one_line(swept: Run):
    home = swept.folder.parents[2]

    done = shell("evaluate", swept.id, home=home, site=None)

    assert 2 == done.returncode
    assert 1 == len(done.stderr.strip().splitlines())
    assert "pregao-wicks 0.1.0" in done.stderr


def test_pip_installs_the_example(tmp_path: Path):
    pytest.importorskip("hatchling", reason="the example's build backend")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*command, "--no-build-isolation", "--target", str(tmp_path / "site"), str(EXAMPLE)],
        check=True,
        capture_output=True,
    )

    done = shell("networks", "--json", home=tmp_path, site=tmp_path / "site")

    assert 0 == done.returncode, done.stderr
    assert {"mixer", "wick_gru"} <= {each["name"] for each in json.loads(done.stdout)}


FEATURE = """
    import numpy as np
    from pregao.dataset import Feature

    PLANTED = Feature("planted", "", 1, lambda market: {})
"""
AS_FEATURE = {"pregao.features": {"planted": "acme_prices:PLANTED"}}


def test_no_plugin_is_loaded_before_a_name_is_looked_up(installed: Install):
    installed("acme-prices", AS_FEATURE, "raise SystemError('loaded')")

    Experiment(symbols=("SP500",))

    assert "acme_prices" not in sys.modules
    assert 0 == plugin_features.cache_info().misses


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise ImportError('no such library')", "ImportError: no such library"),
        ("", "has no attribute 'PLANTED'"),
        ("PLANTED = 42", "int, not Feature"),
        (FEATURE.format("1").replace(", 1,", ", -1,"), "warm-up of planted is -1"),
        (FEATURE.format("1") + "    PLANTED = [PLANTED, PLANTED]", "names planted twice"),
    ],
)
def test_a_broken_feature_fails_only_where_it_is_used(installed: Install, code: str, reason: str):
    installed("acme-prices", AS_FEATURE, code or "pass")

    with pytest.raises(PluginError, match=reason) as error:
        experiment(features=["planted"], network="dlinear")

    assert "acme-prices 1.0" in str(error.value)
    assert experiment(features=["return"], network="dlinear")


def test_the_error_of_an_unknown_name_lists_broken_plugins(installed: Install):
    installed("acme-prices", AS_FEATURE, "raise ImportError('no such library')")

    with pytest.raises(UnknownNameError, match=r"unknown feature 'wnderful'.*acme-prices 1\.0"):
        find_feature("wnderful")


def test_a_plugin_cannot_replace_a_name_of_pregao(installed: Install):
    code = FEATURE.format("market.volume").replace('"planted"', '"return"')
    installed("acme-prices", AS_FEATURE, code)

    market = AdjustedBars.from_prices(PRICES)

    np.testing.assert_array_equal(
        market.returns / market.sigma, find_feature("return").compute(market)
    )
    [broken] = plugin_features().broken
    assert "Pregao has one of this name" in str(broken)
    assert "acme-prices 1.0" in str(broken)


def test_two_packages_with_one_name_are_both_reported(installed: Install):
    installed("acme-prices", AS_FEATURE, FEATURE.format("market.volume"))
    other = {"pregao.features": {"planted": "bolt_prices:PLANTED"}}
    installed("bolt-prices", other, FEATURE.format("market.close"))

    with pytest.raises(PluginError, match=r"(acme|bolt)-prices 1\.0.*(acme|bolt)-prices 1\.0"):
        find_feature("planted")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("market.close[1:]", r"shape is \(399,\)"),
        ("market.close * np.nan", "it is nan on 2015"),
        ("[each for each in 'abc']", "ValueError"),
    ],
)
def test_a_feature_that_fails_on_prices_names_its_package(
    installed: Install, body: str, reason: str
):
    installed("acme-prices", AS_FEATURE, FEATURE.format(body))

    with pytest.raises(PluginError, match=reason) as error:
        make_dataset([PRICES], features=["planted"], lookback=10, horizon=3, split=Split())

    assert "'planted' of acme-prices 1.0" in str(error.value)


NETWORK = """
    from pregao.errors import InvalidNetworkError
    from pregao.values import Value
    from pregao.zoo.networks import CustomNetwork, Size

    class Own(Value):
        steps: tuple[int, ...] = (1, 2)
        name: str = "x"

    def size(parameters, *, num_features, lookback):
        {size}
        return Size(num_features, {parameters})

    def body(parameters, *, num_features, lookback, activation, dropout):
        from torch import nn, float64
        class Body(nn.Module):
            def __init__(self):
                super().__init__()
                {built}
            def forward(self, x):
                return {output}
        return Body()

    PLANTED = CustomNetwork("planted", Own(), size, body)
"""
AS_NETWORK = {"pregao.networks": {"planted": "acme_networks:PLANTED"}}
SOUND = {"size": "", "parameters": "0", "built": "", "output": "x[:, -1]"}


def test_parameters_may_be_strings_and_tuples(installed: Install):
    installed("acme-networks", AS_NETWORK, NETWORK.format(**SOUND))
    network = Plugin(name="planted", parameters={"steps": (3,)})

    assert {"steps": [3], "name": "x"} == network.model_dump(mode="json")["parameters"]
    assert network == NETWORK_SCHEMA.validate_json(network.model_dump_json())
    assert 1 == len({network, Plugin(name="planted", parameters={"steps": [3]})})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"size": "1 / 0"}, "its size raised ZeroDivisionError"),
        ({"parameters": "'many'"}, "with many parameters"),
        ({"parameters": "3"}, "its size says 3 parameters, its body learns 0"),
        ({"built": "1 / 0"}, "building its body raised ZeroDivisionError"),
        ({"output": "x"}, r"maps windows of zeros to \(2, 10, 4\)"),
        ({"output": "x[:, -1] / 0"}, "maps windows of zeros"),
        (
            {"built": "self.w = nn.Linear(4, 4, dtype=float64)", "parameters": "20"},
            "not float32",
        ),
    ],
)
def test_a_network_unlike_its_declaration_is_an_error_with_its_package(
    installed: Install, change: dict[str, str], reason: str
):
    installed("acme-networks", AS_NETWORK, NETWORK.format(**{**SOUND, **change}))

    with pytest.raises(PluginError, match=reason) as error:
        build(find_network("planted"), **SIZES, seed=0)

    assert "'planted' of acme-networks 1.0" in str(error.value)


def test_a_network_may_refuse_windows(installed: Install):
    refusal = "raise InvalidNetworkError('too short', 'use more')"
    installed("acme-networks", AS_NETWORK, NETWORK.format(**{**SOUND, "size": refusal}))

    with pytest.raises(InvalidNetworkError, match="too short: use more"):
        num_parameters(find_network("planted"), **SIZES)

    assert "planted" not in [each.name for each in list_networks()]
    assert ["too short: use more"] == [str(each) for each in broken_networks()]


def test_a_broken_network_is_listed_as_broken_and_affects_no_other(
    tmp_path: Path,
):
    install(tmp_path / "site", "acme-networks", AS_NETWORK, "raise ImportError('no library')")
    home, site = tmp_path, tmp_path / "site"

    helped = shell("--help", home=home, site=site)
    listed = shell("networks", "--json", home=home, site=site)
    trained = shell("train", "SP500", "--network", "planted", home=home, site=site)

    assert 0 == helped.returncode
    assert 0 == listed.returncode
    assert "lstm_small" in listed.stdout
    assert "acme-networks 1.0" in listed.stderr
    assert 2 == trained.returncode
    assert "acme-networks 1.0" in trained.stderr
    assert "no library" in trained.stderr


def test_an_unknown_plugin_network_advises_to_install_the_package():
    with pytest.raises(UnknownNameError, match="install the package"):
        experiment(network={"kind": "plugin", "name": "mixer"}, features=["return"])


def test_an_edited_plugin_makes_another_run(installed: Install):
    installed("acme-prices", AS_FEATURE, FEATURE.format("market.volume"))
    before = plugin_features().origins["planted"]
    module = Path(sys.modules["acme_prices"].__file__)
    module.write_text(module.read_text("utf-8").replace("volume", "close"), "utf-8")
    _unload("acme_prices")

    after = plugin_features().origins["planted"]

    assert before.distribution == after.distribution
    assert before.source != after.source


GUIDES = [EXAMPLE.parents[1] / "docs" / each for each in ("extending.md", "pt-BR/extending.md")]


def _blocks(guide: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)


def test_both_guides_show_the_same_code():
    english, portuguese = ([_blocks(each, kind) for kind in ("python", "toml")] for each in GUIDES)

    assert english == portuguese


def test_the_code_of_the_guide_runs_and_is_that_of_the_example(example: None):
    scope: dict[str, object] = {}
    for code in _blocks(GUIDES[0], "python"):
        exec(code, scope)

    scope["test_upper_wick_sees_nothing_of_the_future"]()
    assert find_network("wick_gru") == scope["WICK_GRU"]
    assert find_network("mixer").parameters == tuple(scope["MIXER"].parameters)
