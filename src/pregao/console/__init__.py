"""What the terminal shows: results on standard output, progress on standard error.

Importing this package loads rich and nothing heavy.
"""

from pregao.console._audit import audit_progress as audit_progress
from pregao.console._audit import print_audit as print_audit
from pregao.console._explanation import print_explanation as print_explanation
from pregao.console._findings import print_kind as print_kind
from pregao.console._findings import print_kinds as print_kinds
from pregao.console._jobs import print_job as print_job
from pregao.console._jobs import print_jobs as print_jobs
from pregao.console._listings import print_checked as print_checked
from pregao.console._listings import print_fetched as print_fetched
from pregao.console._listings import print_networks as print_networks
from pregao.console._listings import print_recipes as print_recipes
from pregao.console._progress import epoch_progress as epoch_progress
from pregao.console._progress import sweep_progress as sweep_progress
from pregao.console._progress import working as working
from pregao.console._registry import print_champions as print_champions
from pregao.console._registry import print_change as print_change
from pregao.console._registry import print_deleted as print_deleted
from pregao.console._registry import print_examination as print_examination
from pregao.console._registry import print_exported as print_exported
from pregao.console._registry import print_exported_to_mlflow as print_exported_to_mlflow
from pregao.console._registry import print_runs as print_runs
from pregao.console._reproduction import print_reproduction as print_reproduction
from pregao.console._result import print_forecast as print_forecast
from pregao.console._result import print_result as print_result
from pregao.console._search import print_search as print_search
from pregao.console._searching import search_progress as search_progress
from pregao.console._tickers import print_tickers as print_tickers
from pregao.console._tickers import ticker_progress as ticker_progress
