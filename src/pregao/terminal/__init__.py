"""What the terminal shows: results on standard output, progress on standard error.

Importing this package loads rich and nothing heavy.
"""

from pregao.terminal._audit import audit_progress as audit_progress
from pregao.terminal._audit import print_audit as print_audit
from pregao.terminal._explanation import print_explanation as print_explanation
from pregao.terminal._findings import print_kind as print_kind
from pregao.terminal._findings import print_kinds as print_kinds
from pregao.terminal._jobs import print_job as print_job
from pregao.terminal._jobs import print_jobs as print_jobs
from pregao.terminal._listings import print_checked as print_checked
from pregao.terminal._listings import (
    print_corporate_actions as print_corporate_actions,
)
from pregao.terminal._listings import print_fetched as print_fetched
from pregao.terminal._listings import print_networks as print_networks
from pregao.terminal._listings import print_recipes as print_recipes
from pregao.terminal._progress import epoch_progress as epoch_progress
from pregao.terminal._progress import sweep_progress as sweep_progress
from pregao.terminal._progress import working as working
from pregao.terminal._registry import print_champions as print_champions
from pregao.terminal._registry import print_change as print_change
from pregao.terminal._registry import print_deleted as print_deleted
from pregao.terminal._registry import print_examination as print_examination
from pregao.terminal._registry import print_exported as print_exported
from pregao.terminal._registry import print_exported_to_mlflow as print_exported_to_mlflow
from pregao.terminal._registry import print_runs as print_runs
from pregao.terminal._reproduction import print_reproduction as print_reproduction
from pregao.terminal._result import print_forecast as print_forecast
from pregao.terminal._result import print_result as print_result
from pregao.terminal._search import print_search as print_search
from pregao.terminal._searching import search_progress as search_progress
from pregao.terminal._tickers import print_tickers as print_tickers
from pregao.terminal._tickers import ticker_progress as ticker_progress
