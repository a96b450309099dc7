"""Extraction of messages for translators: from Python, from templates, from help of commands."""

import ast
from collections.abc import Iterator
from inspect import cleandoc
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

Found = tuple[int, str | None, str | tuple[str | None, ...], list[str]]
"""Line, function, message or messages, comments: what Babel's extractors yield."""

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "gettext_lazy": None,
    "bilingual": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "bilingual_plural": (1, 2),
}
"""Functions that take messages, and which of their arguments these are; None is the first."""

_METHODS = [("**.py", "pregao.texts._extraction:extract_python"), ("**.j2", "jinja2")]
_OPTIONS = {"**.j2": {"trimmed": "true", "silent": "false"}}


def extract_messages(package: Path) -> "Catalog":
    """Return every message below the folder of the package, each with the files that have it."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir

    found = Catalog()
    for file, _line, message, _comments, _context in extract_from_dir(
        package, method_map=_METHODS, options_map=_OPTIONS, keywords=KEYWORDS
    ):
        found.add(message, locations=[(f"src/pregao/{file}", 0)])
    return found


def update_catalogue(path: Path, package: Path) -> None:
    """Add new messages to a ``.po`` file, without a translation, and drop those that are gone."""
    from babel.messages.pofile import read_po, write_po

    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parents[1].name)
    catalogue.update(extract_messages(package), no_fuzzy_matching=True, update_creation_date=False)
    for message in catalogue:
        message.locations = sorted(set(message.locations))
    with path.open("wb") as file:
        write_po(
            file,
            catalogue,
            width=0,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )


def extract_python(
    file: BinaryIO, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Found]:
    """Yield the messages of a Python file, the docstrings of commands among them.

    A command of the command line is a function with a ``command`` or ``callback`` decorator; its
    docstring is its help.
    """
    from babel.messages.extract import extract_python as extract

    source = file.read()
    yield from extract(BytesIO(source), keywords, comment_tags, options)  # type: ignore[misc]  # loosely typed there
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(map(_registers, node.decorator_list)):
            help_text = ast.get_docstring(node, clean=False)
            if help_text:
                yield node.lineno, None, cleandoc(help_text), []


def _registers(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"command", "callback"}
    )
