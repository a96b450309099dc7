"""The report: one self-contained HTML file, and tables as HTML for notebooks and pages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pregao.report._html import Html as Html
    from pregao.report._page import check_page_path as check_page_path
    from pregao.report._page import page_html as page_html
    from pregao.report._page import write_page as write_page
    from pregao.report._page import write_result as write_result
    from pregao.report._tables import ranking_html as ranking_html

_LAZY = {
    "Html": "_html",
    "check_page_path": "_page",
    "page_html": "_page",
    "write_page": "_page",
    "write_result": "_page",
    "ranking_html": "_tables",
}


def __getattr__(name: str) -> object:
    """Import what loads a heavy library when it is first used."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"pregao.report.{_LAZY[name]}"), name)
