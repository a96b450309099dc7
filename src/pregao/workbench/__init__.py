"""The use cases, one method each, and their results."""

from pregao.workbench._doctor import DoctorReport as DoctorReport
from pregao.workbench._doctor import HomeFault as HomeFault
from pregao.workbench._explaining import explain_forecast as explain_forecast
from pregao.workbench._explaining import explain_run as explain_run
from pregao.workbench._fallback import Fallback as Fallback
from pregao.workbench._models import Models as Models
from pregao.workbench._prices import SOURCES as SOURCES
from pregao.workbench._prices import Checked as Checked
from pregao.workbench._prices import usual_source as usual_source
from pregao.workbench._reproduction import PricesAgain as PricesAgain
from pregao.workbench._reproduction import Reproduction as Reproduction
from pregao.workbench._results import Fetched as Fetched
from pregao.workbench._results import Result as Result
from pregao.workbench._settings import BenchmarkSettings as BenchmarkSettings
from pregao.workbench._settings import Progress as Progress
from pregao.workbench._tickers import TickerResult as TickerResult
from pregao.workbench._tickers import Tickers as Tickers
from pregao.workbench._workbench import MODES as MODES
from pregao.workbench._workbench import Workbench as Workbench
