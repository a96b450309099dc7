"""The registry of baselines, with which every network is compared."""

from pregao.zoo.baselines._autoregression import fit_autoregression
from pregao.zoo.baselines._boosting import fit_boosting
from pregao.zoo.baselines._empirical import fit_anchor, fit_drift, fit_random_walk, fit_rolling
from pregao.zoo.baselines._forecaster import Baseline
from pregao.zoo.baselines._garch import fit_gjr_garch
from pregao.zoo.baselines._har import fit_har

BASELINES: dict[str, Baseline] = {
    each.name: each
    for each in (
        Baseline(
            "random_walk",
            "Random walk",
            "The last price, with the constant Gaussian volatility of the training part.",
            fit_random_walk,
        ),
        Baseline(
            "drift",
            "Random walk with drift",
            "The random walk with the mean training return of each symbol as drift.",
            fit_drift,
        ),
        Baseline(
            "rolling_250",
            "Rolling quantiles, 250 sessions",
            "Empirical quantiles of the returns over 1 to h sessions within the last 250.",
            fit_rolling,
        ),
        Baseline(
            "anchor",
            "Anchor (EWMA-scaled quantiles)",
            "The last price, with training quantiles scaled by the EWMA volatility of the day; "
            "the forecast of every untrained network.",
            fit_anchor,
        ),
        Baseline(
            "har",
            "HAR volatility",
            "Volatility from its daily, weekly and monthly averages (Corsi, 2009).",
            fit_har,
        ),
        Baseline(
            "gjr_garch",
            "GJR-GARCH-t, filtered historical simulation",
            "GJR-GARCH(1,1) with Student t innovations (Glosten, Jagannathan, Runkle, 1993), "
            "simulated with its own residuals (Barone-Adesi et al., 1999).",
            fit_gjr_garch,
        ),
        Baseline(
            "autoregression",
            "Autoregression",
            "Least squares on the last standardised returns, with the quantiles of the residuals.",
            fit_autoregression,
        ),
        Baseline(
            "lightgbm",
            "Gradient boosting (LightGBM)",
            "Quantile regression trees that start at the anchor.",
            fit_boosting,
        ),
    )
}
