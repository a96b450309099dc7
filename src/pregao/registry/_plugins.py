"""The plug-ins that a run was made with, and a check that they are installed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pydantic import ValidationError

from pregao.dataset import FEATURES, plugin_features
from pregao.errors import MissingPluginError
from pregao.plugins import PluginOrigin
from pregao.training import Experiment
from pregao.values import Value
from pregao.zoo.networks import Plugin, plugin_networks


class PluginRecord(Value):
    """A feature or a network of another package that a run needs."""

    name: str
    distribution: str
    """The package, with its version."""
    source: str
    """Digest of the package's Python files: changed code is another plug-in."""


def plugins_of(experiments: Sequence[Experiment]) -> tuple[PluginRecord, ...]:
    """Return the plug-ins of experiments, by name; a spec of built-in layers needs none."""
    origins: dict[str, PluginOrigin] = {}
    for each in experiments:
        used = [name for name in each.features if name not in FEATURES]
        origins |= {name: plugin_features().origins[name] for name in used}
        if isinstance(each.network, Plugin):
            origins[each.network.name] = plugin_networks().origins[each.network.name]
    return tuple(
        PluginRecord(name=name, distribution=origin.distribution, source=origin.source)
        for name, origin in sorted(origins.items())
    )


@contextmanager
def plugins_needed(run: str, needed: Sequence[PluginRecord]) -> Iterator[None]:
    """Name the missing packages if a stored value cannot be validated without them.

    Raises
    ------
    MissingPluginError
        With every package that the run needs and that is not installed.
    """
    try:
        yield
    except ValidationError:
        missing: dict[str, list[str]] = {}
        for each in needed:
            if not (plugin_features().find(each.name) or plugin_networks().find(each.name)):
                missing.setdefault(each.distribution, []).append(each.name)
        if missing:
            named = [f"{package} (for {', '.join(names)})" for package, names in missing.items()]
            raise MissingPluginError(run, named) from None
        raise
