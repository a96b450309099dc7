"""The fallback baseline without a champion: calibrated as in a benchmark."""

import numpy as np
import pytest

from pregao.calibration import score_as_served
from pregao.dataset import Split, make_dataset
from pregao.errors import PregaoError
from pregao.instruments import Symbol
from pregao.prices import PROVIDERS, Bars, Prices, validate_download
from pregao.training import LEVELS
from pregao.workbench import Fallback
from pregao.zoo.baselines import BASELINES


@pytest.fixture(scope="module")
def prices():
    prices, _ = validate_download(PROVIDERS["sample"]().download(Symbol.parse("SP500")))
    return prices.up_to("2006-12-29")


def test_it_forecasts_as_the_same_baseline_was_scored(prices):
    stand_in = Fallback.fit(prices, horizon=5)

    dataset = make_dataset([prices], features=("return",), lookback=2, horizon=5, split=Split())
    fitted = BASELINES[stand_in.name].fit(dataset.train, LEVELS, 0)
    _, serving = score_as_served(fitted, dataset, levels=LEVELS)
    assert serving == stand_in.serving


def test_it_forecasts_sixty_closes_without_any_range(prices):
    closes = prices.bars.close[-60:]
    columns = dict.fromkeys(("open", "high", "low", "close", "adj_close"), closes)
    bars = Bars.from_columns(prices.sessions[-60:], {**columns, "volume": np.zeros(60)})
    own = Prices(prices.symbol, bars, "request")
    stand_in = Fallback.fit(prices, horizon=5)

    quantiles = stand_in.forecaster.quantiles(stand_in.windows(own))

    assert (1, 5, len(LEVELS)) == quantiles.shape
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=2) > 0).all()


def test_too_short_a_history_is_an_error(prices):
    with pytest.raises(PregaoError):
        Fallback.fit(prices.between(None, prices.sessions[100]), horizon=5)
