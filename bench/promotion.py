"""How often luck is promoted, how often a real edge is, and how long a confidence set takes.

Each market is simulated, cut and split; networks are trained on it, chosen on validation, and put
to the promotion rule beside every baseline but LightGBM. That one reads the features of the
networks, so it would find the planted edge too, and it wants a process without torch.

Half of the markets have a constant volatility and half a GARCH(1, 1), so the best forecast of a
market of chance is among the baselines. The planted edge is in the overnight gap, which has nothing
to do with the session's own return, so the autoregression does not see it.

On short histories validation often takes a baseline for the best that is not. A network may beat
that one in earnest, by its better volatility, without any edge over the baselines together: "by DM"
says how many beat it, "of all" how many beat every baseline, as the rule demands.

Histories of an edge are long, and have to be: who knows all of 2 % of the variance saves 1 % of the
CRPS, with a deviation of 14 % a window. To be seen at 5 % in nine cases of ten that takes 1,800
test windows, and a network knows less than all. Symbols that err apart count as that many windows.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from _figures import show
from pregao.dataset import Dataset, Split, make_dataset
from pregao.inference import Promotion, confidence_set, decide_promotion
from pregao.instruments import Symbol
from pregao.prices import Bars, Prices
from pregao.scores import ScoredForecasts, score_forecasters
from pregao.training import LEVELS, Experiment, combine
from pregao.training.engines import Local, run
from pregao.zoo.baselines import BASELINES, Forecaster
from pregao.zoo.networks import DLinear, Network, Recurrent, Stack

CORES = 2
NUM_MARKETS = 200
CHANCE_SESSIONS = 2_000
EDGE_SESSIONS = 10_000
EDGE_R2 = 0.02
SHORTER_TESTS = (1_000, 2_000)
"""The same forecasts judged on the first of their test windows alone."""

NETWORKS: dict[str, Network] = {
    "dlinear": DLinear(trend_sessions=3),
    "rnn": Stack(layers=(Recurrent(cell="rnn", width=8),)),
    "gru": Stack(layers=(Recurrent(cell="gru", width=8),)),
}
EXPERIMENT = Experiment(
    symbols=("TEST3",),
    features=("return", "gap", "log_sigma"),
    lookback=2,
    horizon=1,
    split=Split(train_fraction=0.40, validation_fraction=0.20),
    learning_rate=7e-3,
    weight_decay=0.1,
    dropout=0.1,
    batch_size=128,
    epochs=12,
    patience=4,
)


@dataclass(frozen=True)
class Simulated:
    """A market to be made."""

    seed: int
    sessions: int
    r2: float
    """The share of the next return's variance that the overnight gap foretells."""

    @property
    def is_clustered(self) -> bool:
        """Whether its volatility comes in clusters."""
        return self.seed % 2 == 1


def main() -> None:
    """Simulate, promote and print."""
    the_set()
    chance = promotions(CHANCE_SESSIONS, r2=0.0)
    show(
        "falsely promoted on markets of chance",
        share(each[-1].promoted for each in chance),
        5,
        "%",
    )
    told(chance)
    edge = promotions(EDGE_SESSIONS, r2=EDGE_R2)
    found = share(each[-1].promoted for each in edge)
    show("promoted where the edge is 2 % of variance", found, 90, "%", at_least=True)
    told(edge)


def the_set() -> None:
    """Time the confidence set of forty candidates on a thousand windows."""
    draw = np.random.default_rng(0)
    hard = draw.gamma(2, 1, 1_000)
    losses = {f"{n}": hard + 0.01 * n + draw.normal(0, 0.5, 1_000) for n in range(40)}
    sessions = np.datetime64("2020-01-01") + np.arange(1_000)
    started = time.perf_counter()
    members = confidence_set(losses, sessions=sessions, horizon=10).members
    seconds = time.perf_counter() - started
    show(f"confidence set of 40 on 1,000 windows ({len(members)} stay)", seconds, 5, "s")


def promotions(sessions: int, *, r2: float) -> list[tuple[Promotion, ...]]:
    """Put the networks of every market to the rule, on ever longer test parts."""
    started = time.perf_counter()
    markets = [Simulated(seed, sessions, r2) for seed in range(NUM_MARKETS)]
    windows = dataset_of(markets[0]).num_windows
    print(f"\n{NUM_MARKETS} markets of {sessions:,} sessions, windows {windows}")
    found = [each for _, each in run(promoted_on, markets, data=None, engine=Local(CORES))]
    print(f"networks trained, judged and put to the rule in {time.perf_counter() - started:.0f} s")
    return found


def promoted_on(_: None, market: Simulated) -> tuple[Promotion, ...]:
    """Train, choose on validation, and promote or not, in a worker."""
    from pregao.training import finish, train

    dataset = dataset_of(market)
    baselines = {
        name: judged(baseline.fit(dataset.train, LEVELS, 0), dataset)
        for name, baseline in BASELINES.items()
        if name != "lightgbm"
    }
    fitted = {
        name: finish(train(EXPERIMENT.replace(network=network), dataset))
        for name, network in NETWORKS.items()
    }
    models: dict[str, Forecaster] = {
        **fitted,
        "ensemble": combine([*fitted.values()], dataset, "uniform"),
    }
    networks = {name: judged(each, dataset) for name, each in models.items()}
    lengths = [each for each in SHORTER_TESTS if each < len(dataset.sealed_test)]
    return tuple(
        promotion(networks, baselines, length) for length in (*lengths, len(dataset.sealed_test))
    )


def judged(forecaster: Forecaster, dataset: Dataset) -> ScoredForecasts:
    """Score one forecaster."""
    return score_forecasters([forecaster], [dataset], levels=LEVELS)


def promotion(
    networks: Mapping[str, ScoredForecasts], baselines: Mapping[str, ScoredForecasts], length: int
) -> Promotion:
    """Ask the first windows of the test part about the best network on validation."""
    candidate = min(networks, key=lambda name: networks[name].validation_crps)
    return decide_promotion(
        {name: each.loss[:length] for name, each in networks.items()},
        {name: each.loss[:length] for name, each in baselines.items()},
        candidate=candidate,
        best_baseline=min(baselines, key=lambda name: baselines[name].validation_crps),
        sessions=networks[candidate].sessions[:length],
        horizon=EXPERIMENT.horizon,
    )


def dataset_of(market: Simulated) -> Dataset:
    """Cut the windows of a market."""
    return make_dataset(
        [prices_of(market)],
        features=EXPERIMENT.features,
        lookback=EXPERIMENT.lookback,
        horizon=EXPERIMENT.horizon,
        split=EXPERIMENT.split,
    )


def prices_of(market: Simulated) -> Prices:
    """Simulate a market whose gaps foretell the next return, or nothing."""
    draw = np.random.default_rng([market.seed, market.sessions])
    gap, noise, above, below = draw.standard_normal((4, market.sessions))
    foretold = np.concatenate([[0.0], gap[:-1]])
    shocks = np.sqrt(market.r2) * foretold + np.sqrt(1 - market.r2) * noise
    volatility = 0.015 * (deviations(shocks) if market.is_clustered else np.ones(len(shocks)))
    close = 100 * np.exp(np.cumsum(volatility * shocks))
    opened = np.concatenate([[100.0], close[:-1]]) * np.exp(0.4 * volatility * gap)
    columns = {
        "open": opened,
        "high": np.maximum(opened, close) * np.exp(0.3 * volatility * np.abs(above)),
        "low": np.minimum(opened, close) * np.exp(-0.3 * volatility * np.abs(below)),
        "close": close,
        "adj_close": close,
        "volume": np.full(market.sessions, 1e6),
    }
    days = np.datetime64("1990-01-01") + np.arange(market.sessions)
    return Prices(Symbol.parse("TEST3"), Bars.from_columns(days, columns), "simulated")


def deviations(shocks: np.ndarray) -> np.ndarray:
    """Give the deviation of each session by its own shocks: alpha 0.08, beta 0.87, mean 1."""
    variances, variance = [], 1.0
    for shock in shocks.tolist():
        variances.append(variance)
        variance = 0.05 + variance * (0.87 + 0.08 * shock**2)
    return np.sqrt(variances)


def told(found: Sequence[tuple[Promotion, ...]]) -> None:
    """Print what the rule is made of, on each length of the test part."""
    print("test windows  promoted  by DM  of all  in the set  by SPA   skill, quartiles")
    for each in zip(*found, strict=True):
        low, middle, high = np.percentile([100 * one.skill.estimate for one in each], [25, 50, 75])
        print(
            f"{each[0].skill.num_observations:12,}"
            f"{share(one.promoted for one in each):9.1f}%"
            f"{share(one.dm_p_value < one.level for one in each):6.1f}%"
            f"{share(one.hardest_p_value < one.level for one in each):7.1f}%"
            f"{share(one.in_confidence_set for one in each):11.1f}%"
            f"{share(one.spa_p_value < one.level for one in each):7.1f}%"
            f"   {low:.2f} {middle:.2f} {high:.2f} %"
        )
    rivals = [each[-1].best_baseline for each in found]
    print(
        "best baseline on validation:",
        ", ".join(f"{name} {rivals.count(name)}" for name in sorted(set(rivals))),
    )


def share(outcomes: Iterable[bool]) -> float:
    """Give how many of these are so, in percent."""
    return 100 * float(np.mean(list(outcomes)))


if __name__ == "__main__":
    main()
