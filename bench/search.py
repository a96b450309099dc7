"""How long the optimised sweep takes, what pruning saves and costs, what the search itself costs.

The machine should be otherwise idle: the sweep of thirty networks takes twenty minutes.
"""

import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from _figures import show
from pregao.registry import load_search
from pregao.training import Datasets, Experiment, datasets_for, finish
from pregao.training.engines import Local, Ray, WorkerPool
from pregao.training.search import Search
from pregao.workbench import MODES, BenchmarkSettings, Result, Workbench
from pregao.zoo.networks import ZOO

# 2,143 cutoffs give 1,500 training windows after the purge of one step.
BASE = Experiment.parse(
    {
        "symbols": ("SP500",),
        "features": ("close",),
        "horizon": 1,
        "start": date(2010, 4, 5),
        **MODES["optimized"],
    }
)
THIRTY = tuple(name for name, entry in ZOO.items() if entry.number is not None)
FOUR = ("lstm_classic", "gru_classic", "lstm_narrow_deep", "cnn_lstm")
TRIALS = 20
CORES = 2


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        pruned, seconds = timed(home, plan(home, FOUR))
        whole, unpruned_seconds = timed(home, plan(home, FOUR, pruning=False))
        share = 100 * seconds / unpruned_seconds
        show(f"pruned search of {len(FOUR)} networks, of the unpruned", share, 25, "%")
        best, reference = (each.report.ranking[0].validation_crps for each in (pruned, whole))
        show("its champion's validation CRPS above", 100 * (best / reference - 1), 0.5, "%")
        ray_beside_the_pool()
        timed(home, plan(home, THIRTY), told=True)


def plan(home: Path, networks: tuple[str, ...], *, pruning: bool = True) -> Search:
    """Plan twenty trials of each network."""
    return Workbench(home).plan(BASE, networks, trials=TRIALS, pruning=pruning)


def timed(home: Path, search: Search, *, told: bool = False) -> tuple[Result, float]:
    """Run a search; give it, and how long its trials took in all."""
    moments: list[float] = []
    started = time.perf_counter()
    result = Workbench(home).search(
        search,
        settings=BenchmarkSettings(engine=Local(CORES), ensemble=5),
        on_trial=lambda _: moments.append(time.perf_counter()),
    )
    whole, searching = time.perf_counter() - started, moments[-1] - started
    records = load_search(home, result.search or "").trials()
    trained = sum(each.seconds for each in records if each.fate != "duplicate")
    fates = [each.fate for each in records]
    print(
        f"{len(search.entries)} networks, {len(records)} trials, {fates.count('pruned')} pruned: "
        f"{searching:.0f} s of search, {whole:.0f} s in all, {trained:.0f} s of training; "
        f"champion {result.report.champion}, {result.report.ranking[0].validation_crps:.5f}"
    )
    if told:
        show("optimised sweep of thirty networks, 20 trials", whole / 60, 30, "min")
        overhead = 100 * (1 - trained / (CORES * searching))
        show("search outside training", overhead, 3, "%")
    return result, searching


def ray_beside_the_pool() -> None:
    """Train the same on both engines in turns, once they have started."""
    from pregao.instruments import Symbol
    from pregao.prices import PROVIDERS, validate_download

    prices, _ = validate_download(
        PROVIDERS["sample"](path=None).download(Symbol.parse("SP500"), BASE.start)
    )
    datasets = datasets_for([prices], [BASE])
    with Local(CORES).pool(datasets) as pool, Ray(num_workers=CORES).pool(datasets) as cluster:
        turns: dict[str, list[float]] = {"pool": [], "ray": []}
        batch(pool), batch(cluster)
        for _ in range(4):
            turns["pool"].append(batch(pool))
            turns["ray"].append(batch(cluster))
    ratio = median(turns["pool"]) / median(turns["ray"])
    show("Ray with two workers, of the pool's throughput", ratio, 0.9, "", at_least=True)


def batch(pool: WorkerPool) -> float:
    """Train ten networks for an epoch; give the seconds."""
    started = time.perf_counter()
    for seed in range(10):
        pool.submit(trained_losses, BASE.replace(network="lstm_classic", epochs=1, seed=seed))
    assert len(list(pool.results())) == 10
    return time.perf_counter() - started


def trained_losses(datasets: Datasets, experiment: Experiment) -> float:
    """Train in a worker."""
    from pregao.training import train

    return (
        finish(train(experiment, datasets[experiment.window_settings])).epochs[-1].validation_loss
    )


if __name__ == "__main__":
    main()
