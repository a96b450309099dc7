"""The registry of providers: to add one, write its file and name its entry here."""

from pregao.prices._access import Service
from pregao.prices._alphavantage import ALPHAVANTAGE, ALPHAVANTAGE_ADJUSTED
from pregao.prices._brapi import BRAPI
from pregao.prices._csv_folder import CSV
from pregao.prices._provider import ProviderEntry
from pregao.prices._sample import SAMPLE
from pregao.prices._yahoo import YAHOO

PROVIDERS: dict[str, ProviderEntry] = {
    entry.name: entry for entry in (SAMPLE, CSV, YAHOO, ALPHAVANTAGE, ALPHAVANTAGE_ADJUSTED, BRAPI)
}
"""All providers, by the name that provenance records."""

NETWORK_PROVIDERS: dict[str, ProviderEntry] = {
    name: entry for name, entry in PROVIDERS.items() if entry.service is not None
}
"""The providers on the network."""

SERVICES: dict[str, Service] = {
    entry.service.name: entry.service for entry in PROVIDERS.values() if entry.service is not None
}
"""The web services that providers read; several providers may share one and its key."""
