"""GJR-GARCH(1,1) with Student t innovations, and filtered historical simulation."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.values import bilingual
from pregao.zoo.baselines._forecaster import (
    KnownSymbols,
    Levels,
    Rows,
    SymbolRows,
    training_symbols,
)
from pregao.zoo.baselines._history import Float, History, LabelledHistory

NUM_PATHS = 2000
MIN_RETURNS = 250
MAX_WINDOWS = 100_000
# Nodes are 9 % of variance apart: the mean error is 0.005 % of the width of the 90 % interval.
_NODES_PER_OCTAVE = 8
# The paths of this many cutoffs fit in the cache, which is twice as fast as all at once.
_BLOCK_CUTOFFS = 32


@dataclass(frozen=True)
class GjrParameters:
    """A variance recursion for returns divided by `scale`.

    ``h[t+1] = omega + (alpha + gamma [e[t] < 0]) e[t]^2 + beta h[t]``, with the shock
    ``e = return / scale - mean``.
    """

    mean: float
    omega: float
    alpha: float
    gamma: float
    beta: float
    first_variance: float
    """Variance of the first return, in scaled units."""
    scale: float

    @property
    def persistence(self) -> float:
        """The mean share of a variance shock that remains one session later."""
        return self.alpha + self.gamma / 2 + self.beta


# Typical of daily indices and liquid shares: for a symbol that cannot be fitted.
_TYPICAL = GjrParameters(0.0, 0.02, 0.02, 0.1, 0.91, 1.0, 1.0)
_MAX_PERSISTENCE = 0.999


@dataclass(frozen=True, eq=False)
class FittedSymbol:
    """The parameters of one symbol, and the standardised residuals of its training part."""

    parameters: GjrParameters
    residuals: Float


@dataclass(frozen=True, eq=False)
class GjrGarch:
    """Variance filtered with fixed parameters up to each cutoff, then simulated from there.

    A symbol unseen in training takes the medians of the parameters, the residuals of all symbols,
    and the unconditional variance of its own history up to the cutoff.

    With a grid (after a large training part), paths start only from the variances of a fixed grid,
    and the quantiles of a cutoff are interpolated between its two neighbours in the grid.
    """

    symbols: KnownSymbols
    known: tuple[FittedSymbol, ...]
    pooled: FittedSymbol
    levels: Levels
    seed: int
    has_grid: bool = False
    findings: tuple[Finding, ...] = ()

    def quantiles(self, history: History) -> Float:
        """Return the quantiles of 2,000 paths; all cutoffs share the same random numbers."""
        forecast = np.empty((len(history.cutoff_rows), history.horizon, len(self.levels)))
        for chosen, number in self._groups(history):
            symbol = self.pooled if number < 0 else self.known[number]
            start = _unseen_start if number < 0 else _known_start
            scale, variance = start(symbol.parameters, history, chosen)
            draws = stratified_draws(symbol.residuals, history.horizon, self.seed)
            simulate = interpolated_quantiles if self.has_grid else simulated_quantiles
            simulated = simulate(symbol.parameters, variance, draws, levels=self.levels)
            forecast[chosen] = scale[:, None, None] * simulated
        return forecast

    def _groups(self, history: History) -> Iterator[tuple[Rows, int]]:
        """Yield the cutoffs of each symbol with the index of its parameters, -1 if unseen."""
        numbers = self.symbols.indices(history)
        for first, number in np.unique(np.stack([history.first_rows, numbers], axis=1), axis=0):
            yield np.flatnonzero((history.first_rows == first) & (numbers == number)), int(number)


def fit_gjr_garch(history: LabelledHistory, levels: Levels, seed: int) -> GjrGarch:
    """Fit each symbol by maximum likelihood on the returns up to its last training cutoff.

    The returns of the last `horizon` training targets are not used. A symbol with fewer than 250
    returns, or whose optimiser does not converge, takes typical parameters, with a finding.
    With more than 100,000 training windows, forecasts are interpolated between simulations.

    References
    ----------
    Glosten, Jagannathan, Runkle (1993), On the relation between the expected value and the
    volatility of the nominal excess return on stocks, Journal of Finance 48(5).
    Barone-Adesi, Giannopoulos, Vosper (1999), VaR without correlations for portfolios of
    derivative securities, Journal of Futures Markets 19(5).
    """
    known, findings = [], []
    for symbol in training_symbols(history):
        returns = symbol.returns(history)
        parameters = fit_parameters(returns)
        if parameters is None:
            parameters = replace(_TYPICAL, scale=_scale(returns))
            findings.append(_not_fitted(symbol, len(returns)))
        known.append(FittedSymbol(parameters, _residuals(parameters, returns)))
    return GjrGarch(
        KnownSymbols.from_training(history),
        tuple(known),
        pooled_symbol(known),
        levels,
        seed,
        len(history.cutoff_rows) > MAX_WINDOWS,
        tuple(findings),
    )


def fit_parameters(returns: Float) -> GjrParameters | None:
    """Fit by maximum likelihood; None if there are too few returns or no convergence."""
    if len(returns) < MIN_RETURNS or not returns.std() > 0:
        return None
    from arch import arch_model

    scale = _scale(returns)
    # Returns of unit variance keep the optimisation well conditioned in any market.
    model = arch_model(
        returns / scale, mean="Constant", vol="GARCH", p=1, o=1, q=1, dist="t", rescale=False
    )
    fitted = model.fit(disp="off", show_warning=False)
    if fitted.convergence_flag != 0:
        return None
    mean, omega, alpha, gamma, beta, _ = (float(each) for each in fitted.params)
    first_variance = float(fitted.conditional_volatility[0]) ** 2
    return GjrParameters(mean, omega, alpha, gamma, beta, first_variance, scale)


def filtered_variances(parameters: GjrParameters, returns: Float) -> Float:
    """Return (1 + returns,): the scaled variance of the next session after 0, 1, ... returns."""
    shocks = returns / parameters.scale - parameters.mean
    weight = parameters.alpha + parameters.gamma * (shocks < 0)
    news = parameters.omega + weight * shocks**2
    return _recursion(parameters.beta, np.append(parameters.first_variance, news))


def pooled_symbol(known: Sequence[FittedSymbol]) -> FittedSymbol:
    """Return the medians of the parameters, in units of each symbol's own scale, without drift.

    Every symbol is stationary, but the medians of its parameters taken one by one need not be:
    beta is lowered where persistence would exceed 0.999.
    """
    medians = np.median([astuple(each.parameters) for each in known], axis=0)
    parameters = replace(GjrParameters(*medians.tolist()), mean=0.0, scale=1.0)
    excess = max(parameters.persistence - _MAX_PERSISTENCE, 0.0)
    parameters = replace(parameters, beta=parameters.beta - excess)
    return FittedSymbol(parameters, np.concatenate([each.residuals for each in known]))


def stratified_draws(residuals: Float, horizon: int, seed: int) -> Float:
    """Return (horizon, paths) residuals: each step is a shuffle of evenly spaced quantiles."""
    generator = np.random.default_rng(seed)
    even = np.quantile(residuals, (np.arange(NUM_PATHS) + 0.5) / NUM_PATHS)
    return np.stack([generator.permutation(even) for _ in range(horizon)])


def simulated_quantiles(
    parameters: GjrParameters, variances: Float, draws: Float, *, levels: Levels
) -> Float:
    """Return quantiles simulated from the next-session variances (n,): (n, horizon, levels).

    Quantiles are in scaled units.
    """
    parts = [
        _simulate_block(parameters, variances[start : start + _BLOCK_CUTOFFS], draws, levels)
        for start in range(0, len(variances), _BLOCK_CUTOFFS)
    ]
    return np.concatenate(parts)


def interpolated_quantiles(
    parameters: GjrParameters, variances: Float, draws: Float, *, levels: Levels
) -> Float:
    """Return `simulated_quantiles` approximately, interpolated on a grid of variances.

    The number of simulations grows with the octaves that the variances span. Quantiles of one
    session are proportional to the initial deviation, those of several sessions almost: they are
    interpolated linearly in it. The grid is the same for every batch of cutoffs.
    """
    deviations = np.sqrt(np.maximum(variances, np.finfo(np.float64).tiny))
    places = np.floor(2 * _NODES_PER_OCTAVE * np.log2(deviations)).astype(np.intp)
    nodes = np.unique([places, places + 1])
    grid = np.exp2(nodes / (2 * _NODES_PER_OCTAVE))
    simulated = simulated_quantiles(parameters, grid**2, draws, levels=levels)
    low = np.searchsorted(nodes, places)
    share = np.clip((deviations - grid[low]) / (grid[low + 1] - grid[low]), 0, 1)[:, None, None]
    interpolated: Float = (1 - share) * simulated[low] + share * simulated[low + 1]
    return interpolated


def _simulate_block(
    parameters: GjrParameters, variances: Float, draws: Float, levels: Sequence[float]
) -> Float:
    variance = np.repeat(variances[:, None], draws.shape[1], axis=1)
    total = np.zeros_like(variance)
    forecast = []
    for drawn in draws:
        shock = np.sqrt(variance) * drawn
        total += shock + parameters.mean
        forecast.append(_sorted_quantiles(np.sort(total, axis=1), levels))
        weight = parameters.alpha + parameters.gamma * (drawn < 0)
        variance = parameters.omega + weight * shock**2 + parameters.beta * variance
    return np.stack(forecast, axis=1)


def _sorted_quantiles(ascending: Float, levels: Sequence[float]) -> Float:
    """Return linearly interpolated quantiles of sorted rows, as `numpy.quantile` does."""
    position = np.asarray(levels) * (ascending.shape[1] - 1)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, ascending.shape[1] - 1)
    low, high = ascending[:, below], ascending[:, above]
    interpolated: Float = low + (position - below) * (high - low)
    return interpolated


def _known_start(parameters: GjrParameters, history: History, chosen: Rows) -> tuple[Float, Float]:
    """Return the scale, and the scaled variance of the session after each chosen cutoff."""
    returns, ages = _known_returns(history, chosen)
    return np.full(len(chosen), parameters.scale), filtered_variances(parameters, returns)[ages]


def _unseen_start(parameters: GjrParameters, history: History, chosen: Rows) -> tuple[Float, Float]:
    """Return the same for an unseen symbol, with the scale of its returns up to each cutoff.

    The variance is linear in omega and in squared returns, so one filter serves every scale. The
    sigma at the cutoff counts as one more return, so that a scale always exists.
    """
    returns, ages = _known_returns(history, chosen)
    squares = np.append(0.0, np.cumsum(returns**2))[ages]
    scale = np.sqrt((squares + history.sigma[history.cutoff_rows[chosen]] ** 2) / (ages + 1))
    weight = parameters.alpha + parameters.gamma * (returns < 0)
    news = _recursion(parameters.beta, np.append(0.0, weight * returns**2))[ages]
    memory = parameters.beta**ages
    level = (1 - parameters.persistence) * (1 - memory) / (1 - parameters.beta) + memory
    return scale, level + news / np.maximum(scale**2, np.finfo(np.float64).tiny)


def _known_returns(history: History, chosen: Rows) -> tuple[Float, NDArray[np.intp]]:
    """Return the returns of one symbol up to its last chosen cutoff, and their count per cutoff."""
    first = history.first_rows[chosen[0]]
    cutoffs = history.cutoff_rows[chosen]
    return history.returns[first + 1 : cutoffs.max() + 1], cutoffs - first


def _recursion(decay: float, news: Float) -> Float:
    """Return h with ``h[t] = decay h[t-1] + news[t]``."""
    # Imported here so that listing the zoo does not load scipy.
    from scipy.signal import lfilter

    accumulated: Float = lfilter([1.0], [1.0, -decay], news)
    return accumulated


def _residuals(parameters: GjrParameters, returns: Float) -> Float:
    variances = filtered_variances(parameters, returns)[:-1]
    return (returns / parameters.scale - parameters.mean) / np.sqrt(variances)


def _scale(returns: Float) -> float:
    """Return the standard deviation, or 1 for constant prices, where it would be 0."""
    deviation = float(returns.std()) if len(returns) else 0.0
    return deviation if deviation > 0 else 1.0


def _not_fitted(symbol: SymbolRows, num_returns: int) -> Finding:
    return Finding.from_code(
        "LRN010",
        bilingual(
            "{count} returns in rows {first} to {last} gave no estimate",
            count=num_returns,
            first=symbol.first,
            last=symbol.last,
        ),
        do=bilingual(
            "give at least {fewest} returns that move; typical parameters stand in",
            fewest=MIN_RETURNS,
        ),
    )
