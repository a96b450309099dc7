"""What was trained, from what, and how good it is."""

from pregao.registry._chain import LedgerBreak as LedgerBreak
from pregao.registry._openings import Look as Look
from pregao.registry._openings import Opened as Opened
from pregao.registry._openings import Opening as Opening
from pregao.registry._openings import Openings as Openings
from pregao.registry._openings import SealedWindows as SealedWindows
from pregao.registry._openings import open_test as open_test
from pregao.registry._openings import open_tests as open_tests
from pregao.registry._openings import openings_of as openings_of
from pregao.registry._runs import DataRecord as DataRecord
from pregao.registry._runs import Provenance as Provenance
from pregao.registry._runs import Run as Run
from pregao.registry._runs import load_run as load_run
from pregao.registry._runs import run_id as run_id
from pregao.registry._runs import save_run as save_run
from pregao.registry._runs import stored_runs as stored_runs
from pregao.registry._searches import SearchRecord as SearchRecord
from pregao.registry._searches import StoredSearch as StoredSearch
from pregao.registry._searches import begin_search as begin_search
from pregao.registry._searches import count_trials as count_trials
from pregao.registry._searches import load_search as load_search
from pregao.registry._searches import stored_searches as stored_searches
