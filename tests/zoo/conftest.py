"""A synthetic market for the baselines: two symbols, cut into a training part and a later one."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

HORIZON = 5
LOOKBACK = 30


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a synthetic market, with the attributes that a forecaster may read."""

    horizon: int
    lookback: int
    returns: np.ndarray
    sigma: np.ndarray
    realised_variance: np.ndarray
    table: np.ndarray
    cutoff_rows: np.ndarray
    first_rows: np.ndarray
    targets: np.ndarray

    def take(self, chosen):
        return replace(
            self,
            cutoff_rows=self.cutoff_rows[chosen],
            first_rows=self.first_rows[chosen],
            targets=self.targets[chosen],
        )

    def up_to(self, row):
        """Give the same with every table cut off after a row."""
        return self.with_tables(lambda values: values[: row + 1])

    def with_tables(self, change):
        tables = ("returns", "sigma", "realised_variance", "table")
        return replace(self, **{name: change(getattr(self, name)) for name in tables})


def simulated_returns(generator, sessions, volatility=0.012):
    """Simulate a GJR-GARCH with fat tails, and a first row without a return."""
    returns, variance = np.zeros(sessions), 1.0
    for row in range(1, sessions):
        shock = np.sqrt(variance) * generator.standard_t(6) / np.sqrt(1.5)
        returns[row] = volatility * (shock + 0.03)
        variance = 0.04 + (0.03 + 0.12 * (shock < 0)) * shock**2 + 0.87 * variance
    return returns


def ewma_sigma(returns):
    decay, variance = 0.5 ** (1 / 11), np.full(len(returns), np.mean(returns[1:21] ** 2))
    for row in range(1, len(returns)):
        variance[row] = decay * variance[row - 1] + (1 - decay) * returns[row] ** 2
    return np.sqrt(variance)


def made_market(*returns_of_symbols, seed=0):
    """Put symbols one after the other, with every possible cutoff after a lookback."""
    generator = np.random.default_rng(seed)
    steps = np.arange(1, HORIZON + 1)
    sigmas = [ewma_sigma(each) for each in returns_of_symbols]
    returns, sigma = np.concatenate(returns_of_symbols), np.concatenate(sigmas)
    lengths = [len(each) for each in returns_of_symbols]
    firsts = np.cumsum([0, *lengths[:-1]])
    cutoffs = [
        np.arange(first + LOOKBACK, first + length - HORIZON)
        for first, length in zip(firsts, lengths, strict=True)
    ]
    rows = np.concatenate(cutoffs)
    total = np.cumsum(returns)
    ahead = total[rows[:, None] + steps] - total[rows, None]
    features = [returns / sigma, np.abs(returns) / sigma, generator.normal(size=len(returns))]
    return Part(
        horizon=HORIZON,
        lookback=LOOKBACK,
        returns=returns,
        sigma=sigma,
        realised_variance=sigma**2 * generator.gamma(2, 0.5, len(returns)),
        table=np.stack(features, axis=1).astype(np.float32),
        cutoff_rows=rows,
        first_rows=np.repeat(firsts, [len(each) for each in cutoffs]),
        targets=ahead / (sigma[rows, None] * np.sqrt(steps)),
    )


@pytest.fixture(scope="session")
def simulated():
    """The simulator: generator, sessions, volatility -> returns."""
    return simulated_returns


@pytest.fixture(scope="session")
def market():
    """The builder: returns of each symbol -> a part with every possible cutoff."""
    return made_market


@pytest.fixture(scope="session")
def whole():
    generator = np.random.default_rng(7)
    return made_market(simulated_returns(generator, 900), simulated_returns(generator, 800, 0.02))


@pytest.fixture(scope="session")
def training(whole):
    own_age = whole.cutoff_rows - whole.first_rows
    return whole.take(own_age < 600)


@pytest.fixture(scope="session")
def later(whole):
    own_age = whole.cutoff_rows - whole.first_rows
    return whole.take(own_age >= 600 + HORIZON)
