"""The registry of providers, by the name that provenance records."""

from pregao.prices._alphavantage import free, paid
from pregao.prices._brapi import Brapi
from pregao.prices._csv_folder import CsvFolder
from pregao.prices._provider import NetworkFactory, ProviderFactory
from pregao.prices._sample import Sample
from pregao.prices._yahoo import Yahoo

NETWORK: dict[str, NetworkFactory] = {
    "yahoo": Yahoo,
    "alphavantage": free,
    "alphavantage_adjusted": paid,
    "brapi": Brapi,
}
"""Those that are asked over the network."""

PROVIDERS: dict[str, ProviderFactory] = {
    "sample": Sample,
    "csv": CsvFolder,
    **NETWORK,
}
