"""Evaluation of candidates beside baselines: comparison, diagnostics, verdict, report."""

from pregao.evaluation._checks import findings_of_trials as findings_of_trials
from pregao.evaluation._checks import folds_disagree as folds_disagree
from pregao.evaluation._comparison import Comparison as Comparison
from pregao.evaluation._comparison import compare as compare
from pregao.evaluation._diagnostics import Account as Account
from pregao.evaluation._diagnostics import DiagnosedForecaster as DiagnosedForecaster
from pregao.evaluation._diagnostics import Diagnostics as Diagnostics
from pregao.evaluation._diagnostics import run_diagnostics as run_diagnostics
from pregao.evaluation._forecast import Forecast as Forecast
from pregao.evaluation._report import DataSummary as DataSummary
from pregao.evaluation._report import Mark as Mark
from pregao.evaluation._report import PricesUsed as PricesUsed
from pregao.evaluation._report import Report as Report
from pregao.evaluation._results import COMBINATIONS as COMBINATIONS
from pregao.evaluation._results import EvaluatedForecaster as EvaluatedForecaster
from pregao.evaluation._results import Training as Training
from pregao.evaluation._results import Trials as Trials
from pregao.evaluation._results import WindowCounts as WindowCounts
from pregao.evaluation._walk_forward import Fold as Fold
from pregao.evaluation._walk_forward import WalkForwardResult as WalkForwardResult
