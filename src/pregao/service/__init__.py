"""The forecast service: loaded champions, cached prices, fallbacks."""

from pregao.service._explanations import Explanations as Explanations
from pregao.service._forecasts import ForecastService as ForecastService
from pregao.service._forecasts import LoadedChampion as LoadedChampion
from pregao.service._lru_cache import LruCache as LruCache
from pregao.service._metrics import Metrics as Metrics
from pregao.service._quotes import Quote as Quote
from pregao.service._quotes import Quotes as Quotes
from pregao.service._registration import register_in_subprocess as register_in_subprocess
from pregao.service._schemas import MAX_ROWS as MAX_ROWS
from pregao.service._schemas import MAX_SYMBOL_CHARACTERS as MAX_SYMBOL_CHARACTERS
from pregao.service._schemas import MIN_ROWS as MIN_ROWS
from pregao.service._schemas import ForecastRequest as ForecastRequest
from pregao.service._schemas import ForecastResponse as ForecastResponse
from pregao.service._schemas import OwnPrices as OwnPrices
from pregao.service._schemas import Price as Price
from pregao.service._schemas import StatedCurrency as StatedCurrency
from pregao.service._schemas import StatedExchange as StatedExchange
from pregao.service._schemas import SymbolForecast as SymbolForecast
from pregao.service._schemas import Ticker as Ticker
from pregao.service._schemas import spell_symbols as spell_symbols
