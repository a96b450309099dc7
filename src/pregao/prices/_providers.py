"""The registry of providers, by the name that provenance records."""

from pregao.prices._csv_folder import CsvFolder
from pregao.prices._provider import ProviderFactory
from pregao.prices._sample import Sample

PROVIDERS: dict[str, ProviderFactory] = {
    "sample": Sample,
    "csv": CsvFolder,
}
