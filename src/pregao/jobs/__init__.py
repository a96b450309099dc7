"""Durable jobs: accepted once they are on disk, done by the worker that holds the lease."""

from pregao.jobs._claim import Claim as Claim
from pregao.jobs._kinds import JOB_KINDS as JOB_KINDS
from pregao.jobs._kinds import FetchRequest as FetchRequest
from pregao.jobs._kinds import JobKindName as JobKindName
from pregao.jobs._kinds import SearchRequest as SearchRequest
from pregao.jobs._kinds import SweepRequest as SweepRequest
from pregao.jobs._kinds import TrainingRequest as TrainingRequest
from pregao.jobs._kinds import TrainRequest as TrainRequest
from pregao.jobs._kinds import parse_request as parse_request
from pregao.jobs._queue import JobLimits as JobLimits
from pregao.jobs._queue import Jobs as Jobs
from pregao.jobs._request import JobRequest as JobRequest
from pregao.jobs._size_limits import SIZE_LIMITS as SIZE_LIMITS
from pregao.jobs._size_limits import SizeLimits as SizeLimits
from pregao.jobs._values import FINAL_STATES as FINAL_STATES
from pregao.jobs._values import Job as Job
from pregao.jobs._values import JobEvent as JobEvent
from pregao.jobs._values import JobProblem as JobProblem
from pregao.jobs._values import JobProgress as JobProgress
from pregao.jobs._values import JobResult as JobResult
from pregao.jobs._values import JobState as JobState
from pregao.jobs._values import WorkerShown as WorkerShown
