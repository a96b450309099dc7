"""The use cases, one method each."""

from pregao.workbench._entrants import Progress as Progress
from pregao.workbench._entrants import Terms as Terms
from pregao.workbench._explaining import explain_forecast as explain_forecast
from pregao.workbench._explaining import explain_run as explain_run
from pregao.workbench._prices import SOURCES as SOURCES
from pregao.workbench._prices import Checked as Checked
from pregao.workbench._reproduced import PricesAgain as PricesAgain
from pregao.workbench._reproduced import Reproduction as Reproduction
from pregao.workbench._results import Fetched as Fetched
from pregao.workbench._results import Result as Result
from pregao.workbench._tickers import Row as Row
from pregao.workbench._tickers import Tickers as Tickers
from pregao.workbench._workbench import MODES as MODES
from pregao.workbench._workbench import Workbench as Workbench
