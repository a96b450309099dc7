"""The HTTP API: routes, access, limits, problems."""

from pregao.api._access import Access as Access
from pregao.api._catalogue import NetworkSize as NetworkSize
from pregao.api._guard import Guard as Guard
from pregao.api._jobs import SearchJobRequest as SearchJobRequest
from pregao.api._limits import HttpLimits as HttpLimits
from pregao.api._mount import mount as mount
from pregao.api._openapi import ApiApp as ApiApp
from pregao.api._openapi import examples as examples
from pregao.api._openapi import problems as problems
from pregao.api._problems import LANGUAGE_COOKIE as LANGUAGE_COOKIE
from pregao.api._problems import PROBLEM_KINDS as PROBLEM_KINDS
from pregao.api._problems import Problem as Problem
from pregao.api._problems import Reason as Reason
from pregao.api._problems import RequestRefusedError as RequestRefusedError
from pregao.api._problems import faults_from_validation as faults_from_validation
from pregao.api._problems import request_language as request_language
from pregao.api._services import Services as Services
from pregao.api._services import ServicesDep as ServicesDep
from pregao.api._symbols import PriceQuality as PriceQuality
