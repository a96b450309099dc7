"""Evaluation of candidates beside baselines: comparison, diagnostics, verdict, report."""

from pregao.evaluation._checks import findings_of_trials as findings_of_trials
from pregao.evaluation._checks import folds_disagree as folds_disagree
from pregao.evaluation._comparison import Comparison as Comparison
from pregao.evaluation._comparison import compare as compare
from pregao.evaluation._diagnostics import Account as Account
from pregao.evaluation._diagnostics import Dossier as Dossier
from pregao.evaluation._diagnostics import Examined as Examined
from pregao.evaluation._diagnostics import examine as examine
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
from pregao.evaluation._walk_forward import Walk as Walk
