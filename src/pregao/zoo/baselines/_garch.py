"""GJR-GARCH(1,1) with Student t innovations, and filtered historical simulation."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.values import Text
from pregao.zoo.baselines._forecaster import Acquaintances, Levels, Rows, SymbolRows, taught_symbols
from pregao.zoo.baselines._history import Float, Past, Taught

NUM_PATHS = 2000
FEWEST_RETURNS = 250
MOST_WINDOWS = 100_000
# Nine percent of variance apart: 0.005 % of the width of the 90 % interval off, on average.
_NODES_PER_OCTAVE = 8
# So many paths at a time stay in the processor's cache: it is twice as fast as all at once.
_CUTOFFS_AT_ONCE = 32


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
    """The variance of the first return, in scaled units."""
    scale: float

    @property
    def persistence(self) -> float:
        """How much of a variance shock is left one session later, on average."""
        return self.alpha + self.gamma / 2 + self.beta


# What daily indices and liquid shares give, about: for a symbol whose own fit cannot be had.
_TYPICAL = GjrParameters(0.0, 0.02, 0.02, 0.1, 0.91, 1.0, 1.0)
_MOST_PERSISTENCE = 0.999


@dataclass(frozen=True, eq=False)
class FittedSymbol:
    """Parameters of one symbol and the standardised residuals of its training part."""

    parameters: GjrParameters
    residuals: Float


@dataclass(frozen=True, eq=False)
class GjrGarch:
    """Variance filtered with fixed parameters up to each cutoff, then simulated from there.

    A symbol unseen in training takes the medians of the parameters, the residuals of all, and as
    its unconditional variance the one of its own past up to the cutoff.

    After a large training part, paths start from the variances of a fixed grid alone, and each
    cutoff's quantiles lie between those of its two neighbours there.
    """

    symbols: Acquaintances
    known: tuple[FittedSymbol, ...]
    pooled: FittedSymbol
    levels: Levels
    seed: int
    has_grid: bool = False
    findings: tuple[Finding, ...] = ()

    def quantiles(self, past: Past) -> Float:
        """Forecast the quantiles of 2,000 paths; every cutoff sees the same random numbers."""
        forecast = np.empty((len(past.cutoff_rows), past.horizon, len(self.levels)))
        for chosen, number in self._groups(past):
            symbol = self.pooled if number < 0 else self.known[number]
            start = _stranger_start if number < 0 else _known_start
            scale, variance = start(symbol.parameters, past, chosen)
            draws = stratified_draws(symbol.residuals, past.horizon, self.seed)
            simulate = interpolated_quantiles if self.has_grid else simulated_quantiles
            simulated = simulate(symbol.parameters, variance, draws, levels=self.levels)
            forecast[chosen] = scale[:, None, None] * simulated
        return forecast

    def _groups(self, past: Past) -> Iterator[tuple[Rows, int]]:
        """Give the cutoffs of one history that are forecast with one set of parameters."""
        numbers = self.symbols.recognise(past)
        for first, number in np.unique(np.stack([past.first_rows, numbers], axis=1), axis=0):
            yield np.flatnonzero((past.first_rows == first) & (numbers == number)), int(number)


def fit_gjr_garch(taught: Taught, levels: Levels, seed: int) -> GjrGarch:
    """Fit per symbol by maximum likelihood, on the returns that the training part knows.

    The returns of the last `horizon` training targets are left unused. A symbol with fewer than
    250 returns, or whose optimiser does not converge, takes typical parameters, with a finding.
    With more than 100,000 training windows, forecasts are interpolated between simulations.

    References
    ----------
    Glosten, Jagannathan, Runkle (1993), On the relation between the expected value and the
    volatility of the nominal excess return on stocks, Journal of Finance 48(5).
    Barone-Adesi, Giannopoulos, Vosper (1999), VaR without correlations for portfolios of
    derivative securities, Journal of Futures Markets 19(5).
    """
    known, findings = [], []
    for symbol in taught_symbols(taught):
        returns = symbol.returns(taught)
        parameters = fitted_parameters(returns)
        if parameters is None:
            parameters = replace(_TYPICAL, scale=_scale(returns))
            findings.append(_not_fitted(symbol, len(returns)))
        known.append(FittedSymbol(parameters, _residuals(parameters, returns)))
    return GjrGarch(
        Acquaintances.made(taught),
        tuple(known),
        pooled_symbol(known),
        levels,
        seed,
        len(taught.cutoff_rows) > MOST_WINDOWS,
        tuple(findings),
    )


def fitted_parameters(returns: Float) -> GjrParameters | None:
    """Fit by maximum likelihood; None where returns are too few or the optimiser gives up."""
    if len(returns) < FEWEST_RETURNS or not returns.std() > 0:
        return None
    from arch import arch_model

    scale = _scale(returns)
    # Returns of unit variance keep the optimiser well conditioned, whatever the market.
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
    """Give (1 + returns,): the scaled variance of the session after each number of returns."""
    shocks = returns / parameters.scale - parameters.mean
    weight = parameters.alpha + parameters.gamma * (shocks < 0)
    news = parameters.omega + weight * shocks**2
    return _recursion(parameters.beta, np.append(parameters.first_variance, news))


def pooled_symbol(known: Sequence[FittedSymbol]) -> FittedSymbol:
    """Give the medians of the parameters, in units of each symbol's own scale, and no drift.

    Each symbol forgets its shocks, but medians taken one by one need not: beta gives way.
    """
    medians = np.median([astuple(each.parameters) for each in known], axis=0)
    parameters = replace(GjrParameters(*medians.tolist()), mean=0.0, scale=1.0)
    excess = max(parameters.persistence - _MOST_PERSISTENCE, 0.0)
    parameters = replace(parameters, beta=parameters.beta - excess)
    return FittedSymbol(parameters, np.concatenate([each.residuals for each in known]))


def stratified_draws(residuals: Float, horizon: int, seed: int) -> Float:
    """Draw (horizon, paths) residuals, every step from evenly spaced quantiles, shuffled."""
    generator = np.random.default_rng(seed)
    even = np.quantile(residuals, (np.arange(NUM_PATHS) + 0.5) / NUM_PATHS)
    return np.stack([generator.permutation(even) for _ in range(horizon)])


def simulated_quantiles(
    parameters: GjrParameters, variances: Float, draws: Float, *, levels: Levels
) -> Float:
    """Simulate from each next-session variance (n,): (n, horizon, levels), in scaled units."""
    parts = [
        _simulated(parameters, variances[start : start + _CUTOFFS_AT_ONCE], draws, levels)
        for start in range(0, len(variances), _CUTOFFS_AT_ONCE)
    ]
    return np.concatenate(parts)


def interpolated_quantiles(
    parameters: GjrParameters, variances: Float, draws: Float, *, levels: Levels
) -> Float:
    """Give `simulated_quantiles`, nearly, from as many simulations as the variances have octaves.

    The quantiles of one session are proportional to the deviation that it begins with, those of
    several almost: they are interpolated in it. The grid is the same for every batch of cutoffs.
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


def _simulated(
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
    """Interpolate quantiles of sorted rows, as numpy does by default, without sorting again."""
    position = np.asarray(levels) * (ascending.shape[1] - 1)
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, ascending.shape[1] - 1)
    low, high = ascending[:, below], ascending[:, above]
    interpolated: Float = low + (position - below) * (high - low)
    return interpolated


def _known_start(parameters: GjrParameters, past: Past, chosen: Rows) -> tuple[Float, Float]:
    """Give the scale and the scaled variance of the session after each chosen cutoff."""
    returns, ages = _history(past, chosen)
    return np.full(len(chosen), parameters.scale), filtered_variances(parameters, returns)[ages]


def _stranger_start(parameters: GjrParameters, past: Past, chosen: Rows) -> tuple[Float, Float]:
    """Give the same with the scale that each cutoff knows by itself.

    The variance is linear in omega and in squared returns, so one filter serves every scale. The
    cutoff's own sigma counts as one more return: there is always a scale.
    """
    returns, ages = _history(past, chosen)
    squares = np.append(0.0, np.cumsum(returns**2))[ages]
    scale = np.sqrt((squares + past.sigma[past.cutoff_rows[chosen]] ** 2) / (ages + 1))
    weight = parameters.alpha + parameters.gamma * (returns < 0)
    news = _recursion(parameters.beta, np.append(0.0, weight * returns**2))[ages]
    memory = parameters.beta**ages
    level = (1 - parameters.persistence) * (1 - memory) / (1 - parameters.beta) + memory
    return scale, level + news / np.maximum(scale**2, np.finfo(np.float64).tiny)


def _history(past: Past, chosen: Rows) -> tuple[Float, NDArray[np.intp]]:
    """Give one symbol's returns up to its last chosen cutoff, and how many each cutoff knows."""
    first = past.first_rows[chosen[0]]
    cutoffs = past.cutoff_rows[chosen]
    return past.returns[first + 1 : cutoffs.max() + 1], cutoffs - first


def _recursion(decay: float, news: Float) -> Float:
    """Give ``h[t] = decay h[t-1] + news[t]``."""
    # Loaded here: listing the zoo should not wait for scipy.
    from scipy.signal import lfilter

    accumulated: Float = lfilter([1.0], [1.0, -decay], news)
    return accumulated


def _residuals(parameters: GjrParameters, returns: Float) -> Float:
    variances = filtered_variances(parameters, returns)[:-1]
    return (returns / parameters.scale - parameters.mean) / np.sqrt(variances)


def _scale(returns: Float) -> float:
    """Give the standard deviation, and something to divide by where nothing ever moved."""
    deviation = float(returns.std()) if len(returns) else 0.0
    return deviation if deviation > 0 else 1.0


def _not_fitted(symbol: SymbolRows, num_returns: int) -> Finding:
    return Finding.of(
        "LRN010",
        Text.of(
            "{count} returns in rows {first} to {last} gave no estimate",
            "{count} retornos nas linhas {first} a {last} não deram estimativa",
            count=num_returns,
            first=symbol.first,
            last=symbol.last,
        ),
        do=Text.of(
            "give at least {fewest} returns that move; typical parameters stand in",
            "dê pelo menos {fewest} retornos que se movam; valem parâmetros típicos no lugar",
            fewest=FEWEST_RETURNS,
        ),
    )
