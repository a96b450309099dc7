"""Where prices come from, what is wrong with them, and where they stay."""

from pregao.prices._access import Access as Access
from pregao.prices._access import Clock as Clock
from pregao.prices._access import Patience as Patience
from pregao.prices._alphavantage import known_of as known_of
from pregao.prices._breaker import Health as Health
from pregao.prices._checks import CHECKS as CHECKS
from pregao.prices._checks import Check as Check
from pregao.prices._feed import LIVE_SOURCES as LIVE_SOURCES
from pregao.prices._feed import Answer as Answer
from pregao.prices._feed import Feed as Feed
from pregao.prices._feed import ProviderFailure as ProviderFailure
from pregao.prices._feed import open_feed as open_feed
from pregao.prices._history import Snapshot as Snapshot
from pregao.prices._inspection import inspect as inspect
from pregao.prices._inspection import validated as validated
from pregao.prices._prices import COLUMNS as COLUMNS
from pregao.prices._prices import Bars as Bars
from pregao.prices._prices import Prices as Prices
from pregao.prices._provider import Download as Download
from pregao.prices._provider import Provider as Provider
from pregao.prices._provider import ProviderFactory as ProviderFactory
from pregao.prices._providers import NETWORK as NETWORK
from pregao.prices._providers import PROVIDERS as PROVIDERS
from pregao.prices._sample import BUNDLED as BUNDLED
from pregao.prices._store import PriceStore as PriceStore
