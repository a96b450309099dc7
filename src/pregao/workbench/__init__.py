"""The use cases, one method each."""

from pregao.workbench._prices import SOURCES as SOURCES
from pregao.workbench._prices import Checked as Checked
from pregao.workbench._sweep import Progress as Progress
from pregao.workbench._workbench import MODES as MODES
from pregao.workbench._workbench import Fetched as Fetched
from pregao.workbench._workbench import Result as Result
from pregao.workbench._workbench import Workbench as Workbench
