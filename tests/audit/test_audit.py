"""The leak audit detects planted leaks and names their stage."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from textwrap import dedent
from typing import get_args

import numpy as np
import pytest
from packages import install

from pregao.audit import (
    NOISES,
    Audit,
    Check,
    Difference,
    Pipeline,
    find_leaks,
    find_leaks_in_features,
)
from pregao.audit._noise import replace_future
from pregao.audit._result import Kind
from pregao.dataset import (
    FEATURES,
    AdjustedBars,
    Dataset,
    Feature,
    Scaler,
    Split,
    Windows,
    plugin_features,
)
from pregao.errors import HistoryTooShortError
from pregao.presentation import AUDIT_TEXTS
from pregao.prices import Bars, Prices
from pregao.terminal import print_audit
from pregao.testing import synthetic_prices
from pregao.training import LEVELS, Experiment, FittedNetwork, finish, train
from pregao.zoo.baselines import BASELINES
from pregao.zoo.networks import plugin_networks

PRICES = synthetic_prices(sessions=420, seed=31)
EXPERIMENT = Experiment(
    symbols=("TEST3",),
    features=("return", "log_sigma"),
    network="dlinear",
    lookback=12,
    horizon=3,
    epochs=1,
    split=Split(train_fraction=0.6, validation_fraction=0.2),
)
ALONE = Pipeline(baselines={})


def leaks(pipeline: Pipeline = ALONE, **changes: object) -> Audit:
    return find_leaks([PRICES], EXPERIMENT.replace(**changes), pipeline=pipeline, num_spread=4)


def check_feature(compute: Callable[[AdjustedBars], object], prices: Prices = PRICES) -> Check:
    [check] = find_leaks_in_features([Feature("planted", "", 22, compute)], [prices])
    return check


def first(audit: Audit) -> tuple[str, str | None]:
    assert not audit.is_clean
    return audit.failed[0].name, audit.failed[0].problem


def centred_average(market: AdjustedBars) -> np.ndarray:
    return np.convolve(market.returns, np.ones(5) / 5, mode="same")


def tomorrows_open(market: AdjustedBars) -> np.ndarray:
    return np.append(np.log(market.open[1:] / market.close[:-1]), 0.0)


def filled_from_behind(market: AdjustedBars) -> np.ndarray:
    column = np.where(market.volume > 0, np.log1p(market.volume), np.nan)
    for row in range(len(column) - 2, -1, -1):
        column[row] = column[row + 1] if np.isnan(column[row]) else column[row]
    return np.nan_to_num(column)


def by_the_mean_of_everything(market: AdjustedBars) -> np.ndarray:
    return market.returns - market.returns.mean()


def by_the_volume_of_everything(market: AdjustedBars) -> np.ndarray:
    return market.volume / market.volume.max()


def only_in_wild_markets(market: AdjustedBars) -> np.ndarray:
    ahead = np.append(market.returns[1:], 0.0)
    return np.where(market.sigma > 0.025, ahead, market.returns)


def only_after_a_crash(market: AdjustedBars) -> np.ndarray:
    ahead = np.append(market.returns[1:], 0.0)
    return np.where(market.returns < -0.05, ahead, market.returns)


PLANTED = (
    centred_average,
    tomorrows_open,
    filled_from_behind,
    by_the_mean_of_everything,
    by_the_volume_of_everything,
    only_in_wild_markets,
    only_after_a_crash,
)


def with_silent_days(prices: Prices) -> Prices:
    """Return prices with one session in fifteen without volume."""
    columns = dict(prices.bars.columns)
    columns["volume"] = np.where(np.arange(len(prices)) % 15 == 7, 0.0, columns["volume"])
    return replace(prices, bars=Bars.from_columns(prices.sessions, columns))


@pytest.mark.parametrize("compute", PLANTED, ids=lambda compute: compute.__name__)
def test_a_leaking_feature_is_reported_with_the_first_row_that_changes(compute):
    check = check_feature(compute, with_silent_days(PRICES))

    assert ("planted", "moved") == (check.name, check.problem)
    assert check.first is not None
    assert check.first.session <= check.first.cutoff
    assert check.first.by > 0


def test_the_first_row_that_changes_is_within_the_reach_of_the_leak():
    check = check_feature(tomorrows_open)

    assert check.first.session == check.first.cutoff


@pytest.mark.parametrize("name", FEATURES)
def test_features_of_pregao_do_not_leak(name):
    columns = dict(PRICES.bars.columns)
    columns |= {"best_bid": 0.999 * columns["close"], "best_ask": 1.001 * columns["close"]}
    prices = replace(PRICES, bars=Bars.from_columns(PRICES.sessions, columns))

    [check] = find_leaks_in_features([FEATURES[name]], [prices])

    assert check.passed
    assert check.cutoffs >= 20
    assert tuple(NOISES) == check.noises


def test_some_leak_is_invisible_to_a_single_kind_of_noise():
    cutoff = PRICES.sessions[200]
    market = AdjustedBars.from_prices(replace_future(PRICES, cutoff, "reversed"))

    before, after = (
        by_the_volume_of_everything(each) for each in (AdjustedBars.from_prices(PRICES), market)
    )

    np.testing.assert_array_equal(before[:201], after[:201])
    assert "moved" == check_feature(by_the_volume_of_everything).problem


@pytest.mark.parametrize("noise", [each for each in NOISES if each != "truncated"])
@pytest.mark.parametrize("row", [0, 1, 200, 418])
def test_noise_gives_valid_bars_and_leaves_earlier_ones_unchanged(noise, row):
    bars = replace_future(PRICES, PRICES.sessions[row], noise).bars

    for name, column in PRICES.bars.columns.items():
        np.testing.assert_array_equal(column[: row + 1], bars.columns[name][: row + 1])
        if row < 400:
            assert not np.array_equal(column, bars.columns[name]), name
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()


def test_random_and_stateful_features_are_not_reproducible():
    generator, calls = np.random.default_rng(0), count()

    random = check_feature(lambda market: generator.standard_normal(len(market)))
    counting = check_feature(lambda market: market.returns + next(calls))

    assert ["not_reproducible"] * 2 == [random.problem, counting.problem]


def test_a_failing_feature_is_a_failed_check_and_no_error_of_the_audit():
    checks = {
        "raises": check_feature(lambda market: market.no_such_column),
        "shape": check_feature(lambda market: market.returns[1:]),
        "writes": check_feature(lambda market: np.add(market.close, 1.0, out=market.close)),
        "divides": check_feature(lambda market: market.returns / market.volume),
        "is infinite": check_feature(lambda market: np.log(market.returns - market.returns)),
    }

    assert {
        "raises": "failed",
        "shape": "failed",
        "writes": "failed",
        "divides": "not_finite",
        "is infinite": "not_finite",
    } == {name: check.problem for name, check in checks.items()}
    assert "AttributeError" in checks["raises"].reason
    assert "(419,)" in checks["shape"].reason
    assert "read-only" in checks["writes"].reason


def test_cutoffs_are_divided_among_symbols_and_each_is_audited():
    others = [
        synthetic_prices(name, 300, seed=seed) for seed, name in enumerate(("AAAA3", "BBBB3"))
    ]
    own_close = PRICES.bars.close[0]
    leaks_in_others = Feature(
        "planted", "", 22, lambda m: centred_average(m) * (m.quoted_close[0] != own_close)
    )

    [check] = find_leaks_in_features([leaks_in_others], [PRICES, *others])

    assert check.first.symbol in {"AAAA3", "BBBB3"}


@pytest.fixture(scope="module")
def clean() -> Audit:
    few = {name: BASELINES[name] for name in ("random_walk", "rolling_250", "har")}
    return find_leaks([PRICES], EXPERIMENT, pipeline=Pipeline(baselines=few))


def test_the_pipeline_of_pregao_has_no_leak(clean: Audit):
    assert () == clean.failed
    assert len(clean.cutoffs) >= 20


def test_an_audit_checks_every_stage_between_prices_and_forecast(clean: Audit):
    kinds = [
        "feature", "market", "split", "scaler", "target", "anchor", "baseline", "training",
        "forecast",
    ]  # fmt: skip

    assert kinds == list(dict.fromkeys(each.kind for each in clean.checks))
    assert all(each.cutoffs >= 2 for each in clean.checks)
    assert all(each.cutoffs >= 20 for each in clean.checks if each.kind in {"market", "forecast"})


def test_an_audit_equals_its_own_json(clean: Audit):
    assert clean == Audit.model_validate_json(clean.model_dump_json())


def test_a_scaler_fitted_on_all_parts_is_detected():
    def make(prices, experiment, split):
        data = ALONE.make_dataset(prices, experiment, split)
        columns = [
            FEATURES[name].compute(AdjustedBars.from_prices(prices[0]))
            for name in experiment.features
        ]
        scaler = Scaler.fit(experiment.features, np.stack(columns, axis=1)[60:])
        return replace(data, train=replace(data.train, scaler=scaler))

    assert ("scaler", "moved") == first(leaks(replace(ALONE, make_dataset=make)))


def test_a_scaler_fitted_on_the_purge_is_detected():
    def make(prices, experiment, split):
        data = ALONE.make_dataset(prices, experiment, split)
        rows = data.train.cutoff_rows
        seen = FEATURES["return"].compute(AdjustedBars.from_prices(prices[0]))[60 : rows[-1] + 2]
        scaler = Scaler.fit(("return", "log_sigma"), np.stack([seen, seen], axis=1))
        return replace(data, train=replace(data.train, scaler=scaler))

    assert ("scaler", "moved") == first(leaks(replace(ALONE, make_dataset=make)))


def test_a_two_sided_sigma_is_detected():
    def make(prices, experiment, split):
        data = ALONE.make_dataset(prices, experiment, split)
        smooth = np.convolve(data.live.sigma, np.ones(3) / 3, mode="same")
        source = replace(data.live.source, sigma=smooth)
        return replace(data, live=replace(data.live, source=source))

    assert ("sigma", "moved") == first(leaks(replace(ALONE, make_dataset=make)))


def test_split_borders_that_depend_on_prices_are_detected():
    def make(prices, experiment, split):
        if isinstance(split, Split):
            calm = (
                int(np.argmin(np.abs(AdjustedBars.from_prices(prices[0]).returns[200:300]))) + 200
            )
            days = [day.astype(object) for day in prices[0].sessions[[calm, calm + 60]]]
            split = Split(train_last=days[0], validation_last=days[1])
        return ALONE.make_dataset(prices, experiment, split)

    assert ("split", "moved") == first(leaks(replace(ALONE, make_dataset=make)))


def shifted(by: int) -> Callable[[Experiment, Windows], np.ndarray]:
    def targets(_: Experiment, windows: Windows) -> np.ndarray:
        rows = windows.cutoff_rows[:, None] + np.arange(1, windows.horizon + 1) + by
        return windows.returns[np.minimum(rows, len(windows.returns) - 1)]

    return targets


def test_a_target_shifted_into_the_future_is_detected():
    assert ("targets", "moved") == first(leaks(replace(ALONE, targets=shifted(1))))


def test_a_target_shifted_into_the_past_is_detected():
    audit = leaks(replace(ALONE, targets=shifted(-1)))

    assert ("targets_come_after", "known") == first(audit)
    assert "0" == audit.failed[0].first.place


def test_an_anchor_fitted_on_validation_is_detected():
    def fit(experiment: Experiment, data: Dataset) -> FittedNetwork:
        fitted = finish(train(experiment, data))
        levels = np.quantile(data.validation.targets, LEVELS, axis=0).T
        return replace(fitted, anchor=levels.astype(np.float32))

    assert ("anchor", "moved") == first(leaks(replace(ALONE, train=fit)))


def test_early_stopping_on_the_test_part_is_detected():
    def fit(experiment: Experiment, data: Dataset) -> FittedNetwork:
        return finish(train(experiment, replace(data, validation=data.sealed_test)))

    audit = leaks(replace(ALONE, train=fit))

    assert ("training", "moved") == first(audit)
    assert "losses of epoch 0" in audit.failed[0].first.place


def test_selecting_the_epoch_on_the_test_part_is_detected_even_with_correct_losses():
    def fit(experiment: Experiment, data: Dataset) -> FittedNetwork:
        honest, test = finish(train(experiment, data)), data.sealed_test
        learning = replace(data, validation=data.train)  # every epoch then gains a little
        each = [finish(train(experiment.replace(epochs=n), learning)) for n in range(4)]

        def regret(fitted: FittedNetwork) -> float:
            return float(np.abs(test.future_returns - fitted.quantiles(test)[..., 4]).sum())

        return replace(honest, state=min(each, key=regret).state)

    audit = leaks(replace(ALONE, train=fit), learning_rate=0.01)

    assert ("training", "moved") == first(audit)
    assert "weight" in audit.failed[0].first.place


def test_a_baseline_that_reads_later_rows_is_detected():
    class Prophet:
        findings = ()

        def quantiles(self, past):
            ahead = past.returns[np.minimum(past.cutoff_rows + 1, len(past.returns) - 1)]
            return ahead[:, None, None] + np.zeros((1, past.horizon, len(LEVELS)))

    prophet = replace(BASELINES["anchor"], name="prophet", fit=lambda *_: Prophet())

    assert ("prophet", "moved") == first(leaks(Pipeline(baselines={"prophet": prophet})))


def test_a_baseline_fitted_on_all_parts_is_detected():
    def fit(taught, levels, seed):
        everything = replace(taught, cutoff_rows=np.arange(60, len(taught.returns) - 4))
        return BASELINES["random_walk"].fit(everything, levels, seed)

    greedy = replace(BASELINES["random_walk"], name="greedy", fit=fit)

    assert ("greedy_fit", "moved") == first(leaks(Pipeline(baselines={"greedy": greedy})))


NETWORK = """
    from pregao.values import Value
    from pregao.zoo.networks import CustomNetwork, Size

    class Nothing(Value):
        pass

    def size(parameters, *, num_features, lookback):
        return Size(num_features, 0)

    def body(parameters, **window):
        from torch import nn, randn_like, rand

        class Body(nn.Module):
            def forward(self, x):
                last = x[:, -1]
                return {said}

        return Body()

    PLANTED = CustomNetwork("planted", Nothing(), size, body)
"""


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a network whose body returns a given expression."""

    def plant(said: str) -> None:
        code = dedent(NETWORK).format(said=said)
        entry = {"pregao.networks": {"planted": "planted_network:PLANTED"}}
        install(tmp_path / "site", "planted-network", entry, code)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))
        plugin_networks.cache_clear()

    yield plant
    sys.modules.pop("planted_network", None)
    plugin_networks.cache_clear()
    plugin_features.cache_clear()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("last - last.mean(0, keepdim=True)", id="batch normalisation at inference"),
        pytest.param("(last + last.roll(-1, 0)) / 2", id="convolution over the windows of a batch"),
    ],
)
def test_a_network_that_mixes_windows_of_a_batch_is_detected(planted, said):
    planted(said)

    audit = leaks(network="planted", epochs=0)

    assert ("network_at_random", "moved") == first(audit)
    assert ("planted-network 1.0",) == audit.plugins


def test_a_network_of_independent_windows_has_no_leak(planted):
    planted("last * 2")

    assert leaks(network="planted", epochs=0).is_clean


def test_a_network_that_draws_at_inference_is_not_reproducible(planted):
    planted("last + randn_like(last)")

    assert ("network_at_random", "not_reproducible") == first(leaks(network="planted", epochs=0))


def test_a_failing_network_is_a_failed_check(planted):
    planted("last if float(last.abs().sum()) == 0 else last.no_such_thing")

    name, problem = first(leaks(network="planted"))

    assert "failed" == problem
    assert "windows" == name


def test_a_history_too_short_is_an_error_that_states_the_sessions_needed():
    with pytest.raises(HistoryTooShortError, match="needs at least"):
        find_leaks([synthetic_prices(sessions=100, seed=1)], EXPERIMENT)


def test_an_audit_of_two_symbols_checks_both():
    others = synthetic_prices("AAAA3", 380, seed=5, first="2015-06-01")

    audit = find_leaks(
        [PRICES, others],
        EXPERIMENT.replace(symbols=("TEST3", "AAAA3")),
        pipeline=Pipeline(baselines={"har": BASELINES["har"]}),
    )

    assert () == audit.failed


LEAKY = """
    import numpy as np
    from pregao.dataset import Feature

    LEAKY = Feature("leaky", "", 1, lambda market: np.append(np.diff(np.log(market.close)), 0.0))
    FITTED = []

    def remember(market):
        if not FITTED:
            FITTED.append(market.returns.mean())
        return market.returns - FITTED[0]

    FEATURES = [LEAKY, Feature("remembering", "", 1, remember)]
"""


def shell(*arguments: object, home: Path, site: Path | None = None, **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "pregao", "audit", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=240,
        cwd=home,
        env={
            **os.environ,
            "PREGAO_HOME": str(home / "pregao"),
            "PYTHONPATH": "" if site is None else str(site),
            "PYTHONIOENCODING": "utf-8",
            **environment,
        },
    )


SMALL = """
    symbols = ["SP500"]
    start = 2017-09-01
    features = ["return", "log_sigma"]
    network = "dlinear"
    lookback = 8
    horizon = 2
    epochs = 1
"""


@pytest.mark.soak
def test_the_command_finds_leaks_in_plugins_and_exits_with_one(tmp_path: Path):
    entry = {"pregao.features": {"leaky": "leaky_feature:FEATURES"}}
    install(tmp_path / "site", "leaky-feature", entry, dedent(LEAKY))
    file = tmp_path / "small.toml"
    file.write_text(dedent(SMALL), "utf-8")

    done = shell(file, "--json", "--workers", 1, home=tmp_path, site=tmp_path / "site")

    assert 1 == done.returncode, done.stderr
    audit = Audit.model_validate_json(done.stdout)
    problems = {each.name: each.problem for each in audit.failed}
    assert {"leaky": "moved", "remembering": "not_reproducible"} == problems
    assert ("leaky-feature 1.0",) == audit.plugins
    assert ["return", "log_sigma", *problems] == [each.name for each in audit.checks[:4]]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["absent.toml"], "absent.toml"),
        (["SP500", "--network", "lstm_clasic"], "did you mean lstm_classic"),
        (["SP500", "--start", "2018-09-03"], "needs at least"),
        (["a.toml", "b.toml"], "one experiment at a time"),
        (["NONE3"], "NONE3"),
    ],
)
def test_bad_input_exits_with_two_and_one_line(tmp_path: Path, arguments, found):
    done = shell(*arguments, home=tmp_path)

    assert 2 == done.returncode
    assert 1 == len(done.stderr.strip().splitlines()), done.stderr
    assert found in done.stderr


def test_an_unknown_feature_exits_with_two_and_suggests_the_nearest(tmp_path: Path):
    file = tmp_path / "typo.toml"
    file.write_text('symbols = ["SP500"]\nfeatures = ["momentum20"]\n', "utf-8")

    done = shell(file, home=tmp_path)

    assert 2 == done.returncode
    assert "momentum_20" in done.stderr


@pytest.fixture(scope="module")
def dirty() -> Audit:
    """Return an audit with one check of each problem."""
    difference = Difference(
        cutoff=date(2018, 1, 2),
        noise="huge",
        symbol="SP500",
        session=date(2018, 1, 2),
        place="0",
        before=1.5,
        after=1234.5,
    )
    known = {"cutoffs": 3, "noises": ("huge",), "passed": False}
    checks = (
        Check(name="a", kind="feature", problem="moved", first=difference, **known),
        Check(name="b", kind="feature", problem="failed", reason="KeyError: x", **known),
        Check(name="c", kind="feature", problem="not_finite", reason="nan", **known),
        Check(name="d", kind="feature", problem="not_reproducible", reason="1, then 2", **known),
        Check(name="e", kind="target", problem="known", first=difference, **known),
        Check(
            name="f",
            kind="split",
            problem="moved",
            first=difference.replace(before=None, after=None),
            **known,
        ),
        Check(name="g", kind="training", cutoffs=2, noises=("huge",), passed=True),
    )
    return Audit(
        experiment=EXPERIMENT, sessions=420, cutoffs=(date(2018, 1, 2),), checks=checks, seconds=1.5
    )


def test_differences_are_printed_in_english(dirty: Audit, capsys: pytest.CaptureFixture[str]):
    print_audit(dirty, language="en")

    said = capsys.readouterr().out
    assert "6 of 7 checks" in said
    assert "a: SP500 2018-01-02 0 was 1.5 and became 1234, by 1233, as huge values" in said
    assert "not reproducible: 1, then 2" in said


def test_differences_are_printed_in_portuguese(dirty: Audit, capsys: pytest.CaptureFixture[str]):
    print_audit(dirty, language="pt")

    said = capsys.readouterr().out
    assert "6 de 7 verifica" in said
    assert "a: SP500 02/01/2018 0 era 1,5" in said
    assert "KeyError: x" in said


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_clean_audit_is_stated_first(clean: Audit, language, capsys):
    print_audit(clean, language=language)

    assert capsys.readouterr().out.splitlines()[0] in {
        "No leak: nothing that is known at a cutoff moves with what comes after it.",
        "Sem vazamento: nada do que se sabe num corte muda com o que vem depois dele.",
    }


def test_both_languages_have_the_same_texts():
    assert AUDIT_TEXTS["en"].keys() == AUDIT_TEXTS["pt"].keys()
    kinds = {f"kind_{each}" for each in get_args(Kind)} | {f"noise_{each}" for each in NOISES}
    assert kinds <= AUDIT_TEXTS["en"].keys()
