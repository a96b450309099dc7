"""Searches over the settings of an experiment: spaces, strategies, successive halving."""

from pregao.training.search._plan import EntryTrials as EntryTrials
from pregao.training.search._plan import Search as Search
from pregao.training.search._plan import SearchResult as SearchResult
from pregao.training.search._plan import Step as Step
from pregao.training.search._plan import StepResult as StepResult
from pregao.training.search._plan import TrialRecord as TrialRecord
from pregao.training.search._search import SearchProgress as SearchProgress
from pregao.training.search._search import check_replay as check_replay
from pregao.training.search._search import run_step as run_step
from pregao.training.search._search import search as search
from pregao.training.search._space import Plain as Plain
from pregao.training.search._space import Space as Space
from pregao.training.search._space import default_space as default_space
from pregao.training.search._strategies import STRATEGIES as STRATEGIES
