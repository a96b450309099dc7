"""The forecast service: loaded champions, cached prices, fallbacks."""

from pregao.service._answers import LEAST_ROWS as LEAST_ROWS
from pregao.service._answers import MOST_ROWS as MOST_ROWS
from pregao.service._answers import ForecastRequest as ForecastRequest
from pregao.service._answers import ForecastShown as ForecastShown
from pregao.service._answers import ForecastsShown as ForecastsShown
from pregao.service._answers import OwnPrices as OwnPrices
from pregao.service._answers import Price as Price
from pregao.service._answers import Ticker as Ticker
from pregao.service._explanations import Explanations as Explanations
from pregao.service._forecasts import ForecastService as ForecastService
from pregao.service._forecasts import LoadedChampion as LoadedChampion
from pregao.service._lru_cache import LruCache as LruCache
from pregao.service._metrics import Metrics as Metrics
from pregao.service._quotes import Quote as Quote
from pregao.service._quotes import Quotes as Quotes
from pregao.service._registration import register_in_subprocess as register_in_subprocess
