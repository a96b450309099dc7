"""The command line: parse, one Workbench call, print.

Results go to standard output, progress and messages to standard error. Exit codes: 0 done, 1 it
failed or the prices are quarantined, 2 the input cannot be used.
"""

# In the order in which the help lists their commands.
from pregao.cli import (  # noqa: F401, I001 - they register commands
    _learning,
    _searching,
    _forecasting,
    _explaining,
    _auditing,
    _reproducing,
    _registry,
    _prices,
    _serving,
    _working,
    _zoo,
    _findings,
)
from pregao.cli._app import app as app
from pregao.cli._app import run as run
