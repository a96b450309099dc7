"""The HTTP API: routes, access, limits, problems."""

from pregao.api._access import Access as Access
from pregao.api._catalogue import NetworkMeasured as NetworkMeasured
from pregao.api._forecasts import forecast_own as forecast_own
from pregao.api._forecasts import run_in_thread as run_in_thread
from pregao.api._guard import Guard as Guard
from pregao.api._jobs import SearchAsked as SearchAsked
from pregao.api._limits import HttpLimits as HttpLimits
from pregao.api._mount import mount as mount
from pregao.api._openapi import QUOTED as QUOTED
from pregao.api._openapi import STORED as STORED
from pregao.api._openapi import Answers as Answers
from pregao.api._openapi import ApiApp as ApiApp
from pregao.api._openapi import examples as examples
from pregao.api._openapi import problems as problems
from pregao.api._problems import KINDS as KINDS
from pregao.api._problems import Problem as Problem
from pregao.api._problems import Reason as Reason
from pregao.api._problems import RequestRefusedError as RequestRefusedError
from pregao.api._problems import problem_of as problem_of
from pregao.api._problems import reasons_of as reasons_of
from pregao.api._services import Served as Served
from pregao.api._services import Services as Services
from pregao.api._services import services_over as services_over
from pregao.api._symbols import QualityShown as QualityShown
from pregao.api._symbols import certificate_of as certificate_of
