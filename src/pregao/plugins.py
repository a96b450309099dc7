"""What other packages bring along, found by their entry points: loaded when it is asked for, once.

A package says what it has in its `pyproject.toml`::

    [project.entry-points."pregao.features"]
    upper_wick = "my_package:UPPER_WICK"

Nothing of it is imported before a name is asked for that Pregao itself has not. What cannot be
loaded is kept with the reason, and is an error only for who asks for it by name.
"""

import hashlib
import re
import sys
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, EntryPoint, distributions
from pathlib import Path
from typing import Generic, TypeVar

from pregao.errors import PluginError

T = TypeVar("T")

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Origin:
    """Where a plug-in comes from."""

    distribution: str
    """The package that was installed, with its version."""
    source: str = ""
    """SHA-256 of the package's Python files, first 16 hex digits: what is edited is another one."""

    def __str__(self) -> str:
        return self.distribution


@dataclass(frozen=True)
class Broken:
    """A plug-in that cannot be used, and why."""

    name: str
    origin: Origin
    reason: str
    advice: str

    def error(self) -> PluginError:
        """Give it as the error of who asks for it."""
        return PluginError(self.name, str(self.origin), self.reason, self.advice)

    def __str__(self) -> str:
        return str(self.error())


@dataclass(frozen=True)
class Plugins(Generic[T]):
    """What the entry points of one group give, by name, and what of it is broken."""

    values: Mapping[str, T] = field(default_factory=dict)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()

    def find(self, name: str) -> T | None:
        """Give what has this name, or None.

        Raises
        ------
        PluginError
            If there is one, and it is broken.
        """
        for each in self.broken:
            if each.name == name:
                raise each.error()
        return self.values.get(name)

    @property
    def hint(self) -> str:
        """Say what else there might be, for an error about a name that nobody has."""
        return " ".join(str(each) for each in self.broken)


def load_plugins(
    group: str,
    named: Callable[[str, object], Mapping[str, T]],
    *,
    built_in: Container[str],
) -> Plugins[T]:
    """Load all plug-ins of a group.

    Parameters
    ----------
    named
        Tells from an entry point's name and its value what it gives, by name; a TypeError or a
        ValueError says why it cannot be used.
    built_in
        Names that are taken.
    """
    values: dict[str, T] = {}
    origins: dict[str, Origin] = {}
    broken: dict[str, Broken] = {}
    for entry, distribution in _entry_points(group):
        origin = Origin(f"{distribution.name} {distribution.version}")
        try:
            found = named(entry.name, entry.load())
        except Exception as error:  # noqa: BLE001 - the code of others may raise anything
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            broken[entry.name] = Broken(entry.name, origin, reason, _MEND)
            continue
        origin = Origin(origin.distribution, _source(entry.module))
        for name, value in found.items():
            problem = _problem(name, origin, origins, built_in)
            if problem is None:
                values[name], origins[name] = value, origin
            else:
                broken[name] = problem
                values.pop(name, None)
    return Plugins(dict(sorted(values.items())), origins, tuple(broken.values()))


_MEND = "mend it, or update or uninstall the package"


def _problem(
    name: str,
    origin: Origin,
    origins: Mapping[str, Origin],
    built_in: Container[str],
) -> Broken | None:
    """Say why a name cannot be had."""
    if not _PLAIN_NAME.fullmatch(name):
        return Broken(name, origin, "its name is not made of a-z, 0-9 and _", "rename it")
    if name in built_in:
        return Broken(name, origin, "Pregao has one of this name, which is used", "rename it")
    if name in origins:
        reason = f"{origins[name]} has one of this name too"
        return Broken(name, origin, reason, "rename it, or uninstall one of the packages")
    return None


def _entry_points(group: str) -> Iterator[tuple[EntryPoint, Distribution]]:
    """Find the entry points of a group, and whose they are; the first of equal packages counts.

    Files that do not name the group are not parsed: in an environment of a hundred packages that
    is one millisecond, and not eight.
    """
    seen = set()
    for distribution in distributions():
        text = distribution.read_text("entry_points.txt")
        if text is None or f"[{group}]" not in text:
            continue
        if distribution.name not in seen:
            seen.add(distribution.name)
            for entry in distribution.entry_points.select(group=group):
                yield entry, distribution


def _source(module: str) -> str:
    """Digest the Python files of a module's package."""
    top = sys.modules[module.partition(".")[0]]
    if top.__file__ is None:
        return ""
    file = Path(top.__file__)
    files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
    content = hashlib.sha256()
    for each in files:
        if each.is_file():
            content.update(each.relative_to(file.parent).as_posix().encode() + each.read_bytes())
    return content.hexdigest()[:16]
