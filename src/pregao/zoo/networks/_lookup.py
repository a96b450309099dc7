"""Look-up of networks by name, in the zoo and among plug-ins, and of names by spec."""

from typing import Literal

from pregao.errors import UnknownNameError
from pregao.texts import gettext_lazy as _
from pregao.texts import join_messages
from pregao.values import Value
from pregao.zoo.networks._catalogue import ALIASES, ZOO
from pregao.zoo.networks._custom import CustomNetwork, Network, Offered, Plugin, plugin_networks


class PluginEntry(Value):
    """A network of a plug-in, with the fields of an entry of the zoo."""

    name: str
    number: None = None
    category: Literal["plugin"] = "plugin"
    network: Network
    description: str


def find_network(name: str) -> Network:
    """Return the network of a name: of the zoo, by a present or former name, or of a plug-in.

    Raises
    ------
    UnknownNameError
        If there is none; the nearest names are suggested.
    PluginError
        If it is a network of a plug-in that cannot be used.

    Examples
    --------
    >>> find_network("gru_classic").head
    (16,)
    >>> find_network("anchor_lstm") == find_network("lstm_small")
    True
    """
    current = current_name(name)
    if current in ZOO:
        return ZOO[current].network
    plugins = plugin_networks()
    offered = plugins.find(name)
    if offered is None:
        hint = join_messages([_("'pregao networks' shows them all"), *plugins.hints], " ")
        raise UnknownNameError(_("network"), name, (*ZOO, *plugins.values), hint)
    return _plugin_entry(name, offered).network


def current_name(name: str) -> str:
    """Return the present name of a network that may be given by a former one.

    >>> current_name("anchor_lstm"), current_name("dlinear")
    ('lstm_small', 'dlinear')
    """
    return ALIASES.get(name, name)


def network_name(network: Network) -> str:
    """Return the name of a spec in the zoo or among plug-ins, or ``custom``.

    >>> network_name(find_network("dlinear"))
    'dlinear'
    """
    for name, entry in ZOO.items():
        if entry.network == network:
            return name
    named = (name for name, entry in plugin_entries().items() if entry.network == network)
    return next(named, "custom")


def plugin_entries() -> dict[str, PluginEntry]:
    """Return the networks of plug-ins by name, as entries."""
    return {name: _plugin_entry(name, each) for name, each in plugin_networks().values.items()}


def _plugin_entry(name: str, offered: Offered) -> PluginEntry:
    if isinstance(offered, CustomNetwork):
        return PluginEntry(name=name, network=Plugin(name=name), description=offered.description)
    description = f"A network of {plugin_networks().origins[name]}."
    return PluginEntry(name=name, network=offered, description=description)
