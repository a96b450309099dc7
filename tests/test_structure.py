"""The structure of the package: no circle of files inside a room."""

import ast
from pathlib import Path

import pytest

import pregao

PACKAGE = Path(pregao.__file__).parent
ROOMS = sorted(
    each.parent.relative_to(PACKAGE)
    for each in PACKAGE.rglob("__init__.py")
    if each.parent != PACKAGE and "migrations" not in each.parts
)


def imports_from(path):
    """Every `from X import a, b` of a file, those in functions and for types alone included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [each.name for each in node.names]


def files_imported(room):
    """The files of a room that each of its files imports, by way of the room's names too."""
    name = ".".join(("pregao", *room.parts))
    files = {each.stem: each for each in (PACKAGE / room).glob("*.py") if each.stem != "__init__"}
    offered = {
        each: module.removeprefix(f"{name}.").partition(".")[0]
        for module, names in imports_from(PACKAGE / room / "__init__.py")
        if module.startswith(f"{name}.")
        for each in names
    }
    found = {each: set() for each in files}
    for each, path in files.items():
        for module, names in imports_from(path):
            if module == name:
                found[each] |= {offered.get(part, part) for part in names} & set(files)
            elif module.startswith(f"{name}."):
                found[each] |= {module.removeprefix(f"{name}.").partition(".")[0]} & set(files)
    return found


def circle_in(graph):
    """One circle of a graph, its first node named again at the end; None without any."""
    finished, path = set(), []

    def visit(node):
        if node in path:
            return [*path[path.index(node) :], node]
        if node in finished:
            return None
        path.append(node)
        found = next(filter(None, map(visit, sorted(graph[node]))), None)
        path.pop()
        finished.add(node)
        return found

    return next(filter(None, map(visit, sorted(graph))), None)


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_no_files_of_a_room_import_each_other_in_a_circle(room):
    assert circle_in(files_imported(room)) is None


def test_a_circle_is_found():
    assert ["a", "b", "c", "a"] == circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})
    assert circle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) is None
