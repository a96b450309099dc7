"""The default experiment beside every baseline on six long series, where they are at hand.

Pooled, fitted anew for each of the years 2019 to 2024: trained to three years before, validated on
the two years before, scored as it would be served, horizons 1 to 10. The series are read from
../shared/data/ohlcv and are no part of the project.
"""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from _figures import show
from pregao.calibration import MarketConditions, score_as_served
from pregao.calibration._reliability import Reliability, reliability
from pregao.dataset import Borders, Dataset, make_dataset
from pregao.inference import diebold_mariano
from pregao.instruments import Symbol
from pregao.prices import PROVIDERS, Prices, validate_download
from pregao.scores import NAIVE, ScoredForecasts, observed_outcomes, pool_folds
from pregao.training import LEVELS, Experiment, find_recipe
from pregao.training.engines import run
from pregao.workbench import Workbench
from pregao.zoo.baselines import BASELINES, Forecaster

FOLDER = Path(__file__).parents[2] / "shared" / "data" / "ohlcv"
SERIES = {
    "PETR4": "PETR4.SA.fulladj.csv",
    "VALE3": "VALE3.SA.fulladj.csv",
    "ITUB4": "ITUB4.SA.fulladj.csv",
    "NVDA": "NVDA.csv",
    "AAPL": "AAPL.csv",
    "^BVSP": "^BVSP.csv",
}
YEARS = range(2019, 2025)
DEFAULT = Experiment(symbols=tuple(SERIES), source="csv")
OWN = "default"
RIVALS = {"rolling_250": 2.5, "gjr_garch": 0.6, "anchor": 0.8}
EARLIER = {"petr4-60d": "PETR4", "vale3-multistep": "VALE3"}


def read(ticker: str, name: str) -> Prices:
    """Read one series as a user would."""
    provider = PROVIDERS["csv"](path=FOLDER / name)
    return validate_download(provider.download(Symbol.parse(ticker)))[0]


def folds() -> tuple[Dataset, ...]:
    """Cut the windows of each year."""
    prices = [read(ticker, name) for ticker, name in SERIES.items()]
    return tuple(
        make_dataset(
            prices,
            features=DEFAULT.features,
            lookback=DEFAULT.lookback,
            horizon=DEFAULT.horizon,
            split=Borders(
                train_last=date(year - 3, 12, 31),
                validation_last=date(year - 1, 12, 31),
                test_last=date(year, 12, 31),
            ),
        )
        for year in YEARS
    )


@dataclass(frozen=True)
class Fit:
    """One forecaster for one year."""

    fold: int
    name: str


def judged(data: tuple[Dataset, ...], fit: Fit) -> tuple[ScoredForecasts, np.ndarray]:
    """Fit a forecaster, and score the year as it would be served."""
    from pregao.calibration import make_served_forecaster

    dataset = data[fit.fold]
    forecaster = fitted(dataset, fit.name)
    found, serving = score_as_served(forecaster, dataset, levels=LEVELS)
    said = make_served_forecaster(forecaster, serving.offsets).quantiles(dataset.sealed_test)
    return found, said.astype(np.float32)


def fitted(dataset: Dataset, name: str) -> Forecaster:
    """Fit a baseline by its name, or the default experiment."""
    if name in BASELINES:
        return BASELINES[name].fit(dataset.train, LEVELS, 0)
    from pregao.training import finish, train

    return finish(train(DEFAULT, dataset))


def main() -> None:
    """Fit, score and print."""
    if not FOLDER.is_dir():
        sys.exit("the six series are not at hand: nothing was measured")
    data = folds()
    tasks = [Fit(fold, name) for fold in range(len(data)) for name in BASELINES]
    found = {(task.name, task.fold): each for task, each in run(judged, tasks, data=data)}
    own = [Fit(fold, OWN) for fold in range(len(data))]
    found |= {(task.name, task.fold): each for task, each in run(judged, own, data=data)}
    tests = [each.sealed_test for each in data]
    truth = observed_outcomes(tests)
    every = {
        name: pool_folds([found[name, fold][0] for fold in range(len(data))], truth)
        for name in (*BASELINES, OWN)
    }
    crps = {name: by_series(each.loss, truth.symbols) for name, each in every.items()}
    table(crps)
    against_rivals(every, crps)
    said = np.concatenate([found[OWN, fold][1] for fold in range(len(data))]).astype(np.float64)
    ranges(reliability(said, LEVELS, truth, MarketConditions.from_windows(tests)))
    errors(said, truth)
    earlier_systems()


def by_series(loss: np.ndarray, symbols: np.ndarray) -> np.ndarray:
    """Average windows of each series."""
    return np.array([loss[symbols == each].mean() for each in range(len(SERIES))])


def table(crps: dict[str, np.ndarray]) -> None:
    """Print the CRPS of each forecaster on each series, and what it saves over rolling-250."""
    print(f"{'CRPS, % of log return':24}" + "".join(f"{name:>9}" for name in SERIES) + "   vs 250")
    for name, each in crps.items():
        saved = 100 * (1 - each / crps["rolling_250"]).mean()
        print(f"{name:24}" + "".join(f"{value:9.4f}" for value in each) + f"{saved:8.2f}%")


def against_rivals(every: dict[str, ScoredForecasts], crps: dict[str, np.ndarray]) -> None:
    """Print what the default experiment saves over the baselines that it has to beat."""
    for rival, bound in RIVALS.items():
        saved = 100 * (1 - crps[OWN] / crps[rival]).mean()
        show(f"CRPS below {rival}, mean of series", saved, bound, "%", at_least=True)
        better = int((crps[OWN] < crps[rival]).sum())
        show("  series on which it is", better, 5, "of 6", at_least=True)
    for rival in ("anchor", "har", "gjr_garch"):
        test = diebold_mariano(
            every[OWN].loss,
            every[rival].loss,
            horizon=DEFAULT.horizon,
            sessions=every[OWN].sessions,
        )
        if rival == "anchor":
            show("Diebold-Mariano p against the anchor, by date", test.p_value, 0.01, "")
        else:
            print(f"Diebold-Mariano p against {rival}, by date: {test.p_value:.4f}")


def ranges(found: Reliability) -> None:
    """Print how far the ranges are off at the worst step, and in rough markets."""
    for percent in (50, 80, 90, 95):
        shares = 100 * np.array(found.overall.per_step[f"coverage_{percent}"])
        worst = float(np.abs(shares - percent).max())
        show(f"{percent} % coverage, worst step, points off", worst, 1.5, "")
        print("  by step: " + " ".join(f"{share:.1f}" for share in shares))
    volatile = found.volatile.coverage_90 or 0.0
    show("90 % coverage in the top volatility tercile", 100 * volatile, 87, "%", at_least=True)
    print(f"90 % coverage after a break: {100 * (found.after_break.coverage_90 or 0.0):.1f} %")


def errors(said: np.ndarray, truth: object) -> None:
    """Print the absolute error of the first step beside the random walk's, by series."""
    from pregao.scores import Truth

    assert isinstance(truth, Truth)
    median = truth.last_price * np.exp(said[:, 0, LEVELS.index(0.5)])
    error = np.abs(median - truth.future_price[:, 0])
    move = np.abs(truth.last_price - truth.future_price[:, 0])
    for number, name in enumerate(SERIES):
        own = truth.symbols == number
        show(f"MASE at horizon 1, {name}", error[own].mean() / move[own].mean(), 1.005, "")


def earlier_systems() -> None:
    """Print what two earlier systems' recipes are worth beside naive, and the default there."""
    with TemporaryDirectory() as home:
        for recipe, ticker in EARLIER.items():
            experiment = find_recipe(recipe).experiment.replace(symbols=(ticker,), source="csv")
            report = (
                Workbench(Path(home))
                .train(experiment, recipe=recipe, path=FOLDER / SERIES[ticker], allow_findings=True)
                .report
            )
            naive = report.forecaster(NAIVE).metrics
            for each in report.ranking:
                share = 100 * (each.metrics.mape / naive.mape - 1)
                print(
                    f"{recipe} on {ticker}: {each.name:16} MAPE {each.metrics.mape:.2f} %, "
                    f"naive {naive.mape:.2f} % ({share:+.1f} %); CRPS skill over naive "
                    f"{100 * each.versus_random_walk.crps_skill:+.1f} %"
                )


if __name__ == "__main__":
    main()
