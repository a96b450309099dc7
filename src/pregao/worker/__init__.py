"""The worker: a loop that claims jobs, and a child process for each."""

from pregao.worker._child import run_child as run_child
from pregao.worker._loop import WorkerSettings as WorkerSettings
from pregao.worker._loop import run_worker as run_worker
