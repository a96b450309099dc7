"""What the terminal shows: results on standard output, progress on standard error.

Importing this package loads rich and nothing heavy.
"""

from pregao.console._listings import print_checked as print_checked
from pregao.console._listings import print_fetched as print_fetched
from pregao.console._listings import print_networks as print_networks
from pregao.console._listings import print_recipes as print_recipes
from pregao.console._progress import epoch_progress as epoch_progress
from pregao.console._progress import sweep_progress as sweep_progress
from pregao.console._progress import working as working
from pregao.console._result import print_forecast as print_forecast
from pregao.console._result import print_result as print_result
from pregao.console._search import print_search as print_search
from pregao.console._searching import search_progress as search_progress
from pregao.console._tickers import print_tickers as print_tickers
from pregao.console._tickers import ticker_progress as ticker_progress
