"""The page about the API, in both languages, held to the code."""

import re
from pathlib import Path

import pytest

from pregao.api import PROBLEM_KINDS, HttpLimits
from pregao.api._limits import Limits
from pregao.jobs import JobLimits, SizeLimits

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("api.md", "pt-BR/api.md")


def _page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def _table(name, heading):
    """Give the rows under one of several headings, without its head."""
    sections = re.split(r"^## ", _page(name), flags=re.MULTILINE)
    [section] = [each for each in sections if each.partition("\n")[0] in heading]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("name", PAGES)
def test_the_table_of_problems_is_that_of_the_code(name):
    rows = _table(name, {"Problems", "Problemas"})

    assert [[each.name, str(each.status), each.title] for each in PROBLEM_KINDS.values()] == rows


@pytest.mark.parametrize("name", PAGES)
def test_the_table_of_limits_is_that_of_the_code(name):
    rows = _table(name, {"Limits", "Limites"})

    limits = Limits(requests=HttpLimits(), jobs=JobLimits(), sizes=SizeLimits())
    expected = {
        f"{part}.{name}": value for part, fields in limits for name, value in dict(fields).items()
    }
    assert expected == {name: float(value.replace(",", "")) for name, value, _ in rows}


def test_both_pages_show_the_same_commands():
    english, portuguese = (
        [
            re.sub(r"@\S+", "@FILE", line.partition("   #")[0].strip())
            for line in _page(name).splitlines()
            if line.startswith("$ ")
        ]
        for name in PAGES
    )

    assert english == portuguese


@pytest.mark.parametrize("name", PAGES)
def test_every_path_of_the_page_is_routed(name, make_client):
    app = make_client().app
    known = {re.sub(r"{\w+}", "X", path) for path in app.openapi()["paths"]}
    shown = {
        re.sub(r"/(JOB|PETR4|SAP@XETR|VUSA)\b", "/X", path)
        for path in re.findall(r"\$API(/[^\s?]+)|`(?:POST )?(/v1/\S+?)`", _page(name))
        for path in path
        if path
    }

    assert shown
    assert shown <= known
