"""The default experiment beside every baseline on six long series, where they are at hand.

Pooled, trained to 2018, validated on 2019-2020, scored once on 2021-2024, horizons 1 to 10. The
series are read from ../shared/data/ohlcv and are no part of the project.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np

from _figures import show
from pregao.dataset import Dataset, Split, make_dataset
from pregao.evaluation import diebold_mariano, judge_quantiles, truth_of, window_crps
from pregao.prices import PROVIDERS, Prices, validated
from pregao.symbols import Symbol
from pregao.training import LEVELS, Experiment, run
from pregao.zoo import BASELINES, Forecaster

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "ohlcv"
SERIES = {
    "PETR4": "PETR4.SA.fulladj.csv",
    "VALE3": "VALE3.SA.fulladj.csv",
    "ITUB4": "ITUB4.SA.fulladj.csv",
    "NVDA": "NVDA.csv",
    "AAPL": "AAPL.csv",
    "^BVSP": "^BVSP.csv",
}
SPLIT = Split(train_last=date(2018, 12, 31), validation_last=date(2020, 12, 31))
DEFAULT = Experiment(symbols=tuple(SERIES), source="csv", split=SPLIT)
NUM_SEEDS = 3


def read(ticker: str, name: str) -> Prices:
    """Read one series as a user would."""
    provider = PROVIDERS["csv"](path=FOLDER / name)
    return validated(provider.download(Symbol.parse(ticker)))[0]


def forecasts(dataset: Dataset, name: str) -> tuple[np.ndarray, float]:
    """Fit one forecaster; give its test quantiles and its validation CRPS."""
    forecaster = fitted(dataset, name)
    validation = forecaster.quantiles(dataset.validation)
    crps = window_crps(validation, LEVELS, truth_of([dataset.validation])).mean()
    return forecaster.quantiles(dataset.sealed_test).astype(np.float32), float(crps)


def fitted(dataset: Dataset, name: str) -> Forecaster:
    """Fit a baseline by its name, or the default experiment by its seed."""
    if name in BASELINES:
        return BASELINES[name].fit(dataset.train, LEVELS, 0)
    from pregao.training import finish, train

    return finish(train(DEFAULT.replace(seed=int(name.removeprefix("default seed "))), dataset))


def main() -> None:
    """Fit, score and print."""
    if not FOLDER.is_dir():
        sys.exit("the six series are not at hand: nothing was measured")
    dataset = make_dataset(
        [read(ticker, name) for ticker, name in SERIES.items()],
        features=DEFAULT.features,
        lookback=DEFAULT.lookback,
        horizon=DEFAULT.horizon,
        split=SPLIT,
    )
    print(f"windows: {dataset.num_windows}")
    seeds = [f"default seed {seed}" for seed in range(NUM_SEEDS)]
    said = {name: found[0] for name, found in run(forecasts, [*BASELINES], data=dataset)}
    said |= {name: found[0] for name, found in run(forecasts, seeds, data=dataset)}
    table(dataset, {name: said[name] for name in (*BASELINES, *seeds)})
    for seed in seeds:
        print(f"\n{seed}")
        figures(dataset, said[seed], said)


def by_series(dataset: Dataset, values: np.ndarray) -> np.ndarray:
    """Average windows of each series."""
    index = dataset.sealed_test.symbol_index
    return np.array([values[index == each].mean() for each in range(len(SERIES))])


def table(dataset: Dataset, said: dict[str, np.ndarray]) -> None:
    """Print the CRPS of each forecaster on each series, and what it saves over rolling-250."""
    truth = truth_of([dataset.sealed_test])
    crps = {
        name: by_series(dataset, window_crps(each, LEVELS, truth).mean(axis=1))
        for name, each in said.items()
    }
    print(f"{'CRPS, % of log return':24}" + "".join(f"{name:>9}" for name in SERIES) + "   vs 250")
    for name, each in crps.items():
        saved = 100 * (1 - each / crps["rolling_250"]).mean()
        print(f"{name:24}" + "".join(f"{value:9.4f}" for value in each) + f"{saved:8.2f}%")


def figures(dataset: Dataset, own: np.ndarray, said: dict[str, np.ndarray]) -> None:
    """Print the bounds that the default experiment has to keep."""
    truth = truth_of([dataset.sealed_test])
    loss = {
        name: window_crps(each, LEVELS, truth).mean(axis=1)
        for name, each in {**said, "own": own}.items()
    }
    crps = {name: by_series(dataset, each) for name, each in loss.items()}
    for rival, bound in (("rolling_250", 1.8), ("anchor", 0.0), ("gjr_garch", 0.0), ("har", 0.0)):
        saved = 100 * (1 - crps["own"] / crps[rival]).mean()
        show(f"CRPS below {rival}, mean of series", saved, bound, "%", at_least=True)
    better = int((crps["own"] < crps["anchor"]).sum())
    show("series better than the anchor", better, 4, "of 6", at_least=True)
    returns = dataset.sealed_test.future_returns
    inside = (returns >= own[..., LEVELS.index(0.05)]) & (returns <= own[..., LEVELS.index(0.95)])
    for step in (1, 5, 10):
        share = 100 * inside[:, step - 1].mean()
        show(f"90 % coverage at horizon {step}", share, 88, "%", at_least=True)
        show(f"90 % coverage at horizon {step}", share, 92, "%")
    judged = judge_quantiles(
        np.zeros((len(dataset.validation), *own.shape[1:])),
        own,
        truth_validation=truth_of([dataset.validation]),
        truth_test=truth,
        levels=LEVELS,
    )
    show("MASE at horizon 1", judged.metrics.per_step["mase"][0], 1.005, "")
    test = diebold_mariano(
        loss["own"], loss["anchor"], horizon=DEFAULT.horizon, sessions=truth.sessions
    )
    print(f"Diebold-Mariano against the anchor, errors clustered by date: p = {test.p_value:.4f}")


if __name__ == "__main__":
    main()
