"""The page of documentation that says what each page of the dashboard shows."""

from pathlib import Path

import pytest

from pregao.dashboard._compare import ComparePage
from pregao.dashboard._job import JobPage
from pregao.dashboard._network import NetworkPage
from pregao.dashboard._operations import OperationsPage
from pregao.dashboard._overview import OverviewPage
from pregao.dashboard._run_page import RunPage
from pregao.dashboard._runs import RunsPage
from pregao.dashboard._symbol import SymbolPage
from pregao.dashboard._training import TrainingPage

PAGES = {
    "/": OverviewPage,
    "/symbols/{symbol}": SymbolPage,
    "/training": TrainingPage,
    "/training/jobs/{job}": JobPage,
    "/custom-network": NetworkPage,
    "/runs": RunsPage,
    "/runs/{name}": RunPage,
    "/runs/compare": ComparePage,
    "/operations": OperationsPage,
}
DOCS = Path(__file__).parents[2] / "docs" / "dashboard.md"


@pytest.mark.parametrize("path", PAGES)
def test_documentation_has_every_field_of_a_page_and_what_it_is(path):
    _, _, rest = DOCS.read_text(encoding="utf-8").partition(f"\n### `{path}`\n")
    rows = [line for line in rest.partition("\n###")[0].splitlines() if line.startswith("| `")]

    expected = [
        f"| `{name}` | {field.description or ''} |"
        for name, field in PAGES[path].model_fields.items()
    ]
    assert expected == rows


@pytest.mark.parametrize("path", PAGES)
def test_page_that_is_documented_is_routed(client, path):
    routes = {getattr(route, "path", "") for route in _flat(client.app.routes)}

    assert path in routes


def _flat(routes):
    for each in routes:
        yield each
        yield from _flat(
            getattr(each, "routes", None)
            or getattr(getattr(each, "original_router", None), "routes", ())
        )
