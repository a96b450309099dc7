"""Extraction of messages for translators: those of Python code, and the docstrings of commands."""

import ast
from collections.abc import Collection, Iterator, Mapping
from inspect import cleandoc
from io import BytesIO
from typing import Any, BinaryIO

Found = tuple[int, str | None, str | tuple[str | None, ...], list[str]]
"""Line, function, message or messages, comments: as Babel's extractors give them."""


def extract_python(
    file: BinaryIO,
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Found]:
    """Yield the messages of a Python file, the docstrings of commands among them.

    A command of the command line is a function with a ``command`` or ``callback`` decorator; its
    docstring is its help.
    """
    from babel.messages.extract import extract_python as extract

    source = file.read()
    yield from extract(BytesIO(source), keywords, comment_tags, options)  # type: ignore[arg-type]  # bytes
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
