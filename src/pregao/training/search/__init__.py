"""Searches over the settings of an experiment: spaces, strategies, successive halving."""

from pregao.training.search._plan import Raced as Raced
from pregao.training.search._plan import Search as Search
from pregao.training.search._plan import Searched as Searched
from pregao.training.search._plan import Step as Step
from pregao.training.search._plan import Stepped as Stepped
from pregao.training.search._plan import TrialRecord as TrialRecord
from pregao.training.search._search import Progress as Progress
from pregao.training.search._search import check_replay as check_replay
from pregao.training.search._search import search as search
from pregao.training.search._search import step_work as step_work
from pregao.training.search._space import Plain as Plain
from pregao.training.search._space import Space as Space
from pregao.training.search._space import default_space as default_space
from pregao.training.search._strategies import STRATEGIES as STRATEGIES
