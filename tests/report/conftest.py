"""The report cases of `report_cases`, as fixtures."""

from report_cases import asked_for as asked_for
from report_cases import averaged as averaged
from report_cases import case as case
from report_cases import proven as proven
from report_cases import searched as searched
from report_cases import unproven as unproven
