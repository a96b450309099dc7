"""Plug-ins of other packages, found by their entry points and loaded once, on demand.

A package declares them in its `pyproject.toml`::

    [project.entry-points."pregao.features"]
    upper_wick = "my_package:UPPER_WICK"

Nothing of it is imported before a name is looked up that Pregao itself does not define. A plug-in
that cannot be loaded is kept with the reason, and is an error only when it is looked up by name.
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
from pregao.texts import LocalText
from pregao.texts import gettext_lazy as _

T = TypeVar("T")

_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class PluginOrigin:
    """The package of a plug-in."""

    distribution: str
    """The installed package, with its version."""
    source: str = ""
    """SHA-256 of the package's Python files, first 16 hex digits: it changes with every edit."""

    def __str__(self) -> str:
        return self.distribution


@dataclass(frozen=True)
class BrokenPlugin:
    """A plug-in that cannot be used, with the reason and advice."""

    name: str
    origin: PluginOrigin
    reason: LocalText
    advice: LocalText

    def error(self) -> PluginError:
        """Return the error of looking it up."""
        return PluginError(self.name, str(self.origin), self.reason, self.advice)

    def __str__(self) -> str:
        return str(self.error())


@dataclass(frozen=True)
class Plugins(Generic[T]):
    """The plug-ins of one group of entry points, by name, and the broken ones."""

    values: Mapping[str, T] = field(default_factory=dict)
    origins: Mapping[str, PluginOrigin] = field(default_factory=dict)
    broken: tuple[BrokenPlugin, ...] = ()

    def find(self, name: str) -> T | None:
        """Return the plug-in of this name, or None.

        Raises
        ------
        PluginError
            If it is broken.
        """
        for each in self.broken:
            if each.name == name:
                raise each.error()
        return self.values.get(name)

    @property
    def hints(self) -> tuple[PluginError, ...]:
        """The errors of broken plug-ins, for the error of an unknown name."""
        return tuple(each.error() for each in self.broken)


def load_plugins(
    group: str,
    parse: Callable[[str, object], Mapping[str, T]],
    *,
    built_in: Container[str],
) -> Plugins[T]:
    """Load all plug-ins of a group.

    Parameters
    ----------
    parse
        Return the plug-ins of an entry point by name, from its name and its value; raise a
        TypeError or a ValueError with the reason if it cannot be used.
    built_in
        Names that plug-ins cannot have.
    """
    values: dict[str, T] = {}
    origins: dict[str, PluginOrigin] = {}
    broken: dict[str, BrokenPlugin] = {}
    for entry, distribution in _entry_points(group):
        origin = PluginOrigin(f"{distribution.name} {distribution.version}")
        try:
            found = parse(entry.name, entry.load())
        except Exception as error:  # noqa: BLE001 - the code of plug-ins may raise anything
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            broken[entry.name] = BrokenPlugin(entry.name, origin, reason, _ADVICE)
            continue
        origin = PluginOrigin(origin.distribution, _digest_source(entry.module))
        for name, value in found.items():
            problem = _name_problem(name, origin, origins, built_in)
            if problem is None:
                values[name], origins[name] = value, origin
            else:
                broken[name] = problem
                values.pop(name, None)
    return Plugins(dict(sorted(values.items())), origins, tuple(broken.values()))


_ADVICE = _("correct it, or update or uninstall the package")


def _name_problem(
    name: str,
    origin: PluginOrigin,
    origins: Mapping[str, PluginOrigin],
    built_in: Container[str],
) -> BrokenPlugin | None:
    """Return why a name cannot be used; None if it can."""
    if not _PLAIN_NAME.fullmatch(name):
        return BrokenPlugin(
            name, origin, _("its name is not made of a-z, 0-9 and _"), _("rename it")
        )
    if name in built_in:
        return BrokenPlugin(
            name, origin, _("Pregao has one of this name, which is used"), _("rename it")
        )
    if name in origins:
        reason = _("{origins} has one of this name too", origins=origins[name])
        return BrokenPlugin(name, origin, reason, _("rename it, or uninstall one of the packages"))
    return None


def _entry_points(group: str) -> Iterator[tuple[EntryPoint, Distribution]]:
    """Yield the entry points of a group with their packages; of equal packages the first counts.

    Files without the name of the group are not parsed: in an environment of a hundred packages
    that takes one millisecond rather than eight.
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


def _digest_source(module: str) -> str:
    """Return a digest of the Python files of a module's package."""
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
