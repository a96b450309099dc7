"""Datasets: from prices to windows of features and targets, with scaler and splits."""

from pregao.dataset._adjusted_bars import SIGMA_WARMUP_SESSIONS as SIGMA_WARMUP_SESSIONS
from pregao.dataset._adjusted_bars import AdjustedBars as AdjustedBars
from pregao.dataset._dataset import Dataset as Dataset
from pregao.dataset._dataset import check_history_length as check_history_length
from pregao.dataset._dataset import check_live_window as check_live_window
from pregao.dataset._dataset import live_windows as live_windows
from pregao.dataset._dataset import make_dataset as make_dataset
from pregao.dataset._dataset import skipped_sessions as skipped_sessions
from pregao.dataset._dataset import walk_forward_folds as walk_forward_folds
from pregao.dataset._features import FEATURE_SETS as FEATURE_SETS
from pregao.dataset._features import FEATURES as FEATURES
from pregao.dataset._features import Feature as Feature
from pregao.dataset._features import column_defect as column_defect
from pregao.dataset._features import find_feature as find_feature
from pregao.dataset._features import plugin_features as plugin_features
from pregao.dataset._labels import ACTIONS as ACTIONS
from pregao.dataset._labels import Labelling as Labelling
from pregao.dataset._labels import action_labels as action_labels
from pregao.dataset._scaler import Scaler as Scaler
from pregao.dataset._scaler import Scaling as Scaling
from pregao.dataset._splits import Borders as Borders
from pregao.dataset._splits import Split as Split
from pregao.dataset._splits import WalkForward as WalkForward
from pregao.dataset._windows import Windows as Windows
