"""Engines: where training runs, on a pool of processes or on Ray."""

from pregao.training.engines._pool import ENGINES as ENGINES
from pregao.training.engines._pool import Engine as Engine
from pregao.training.engines._pool import Local as Local
from pregao.training.engines._pool import WorkerPool as WorkerPool
from pregao.training.engines._pool import run as run
from pregao.training.engines._ray import Ray as Ray
from pregao.training.engines._sharing import environment as environment
