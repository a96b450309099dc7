"""The database of runs, champions, jobs and workers: SQLite or PostgreSQL."""

from pregao.database._database import Database as Database
from pregao.database._schema import SCHEMA_REVISION as SCHEMA_REVISION
from pregao.database._tables import champions as champions
from pregao.database._tables import job_events as job_events
from pregao.database._tables import jobs as jobs
from pregao.database._tables import promotions as promotions
from pregao.database._tables import runs as runs
from pregao.database._tables import workers as workers
