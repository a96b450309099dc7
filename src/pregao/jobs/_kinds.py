"""The kinds of jobs: one request class and one line of `JOB_KINDS` each.

A new kind adds its class and its line here, and its work to `WORK` in `pregao.worker`; parsing, the
OpenAPI document, the limits and the job pages derive from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from pregao.instruments import Symbol
from pregao.jobs._request import JobRequest
from pregao.jobs._size_limits import Size, SizeLimits, experiment_sizes
from pregao.training import Experiment
from pregao.training.search import Search
from pregao.values import Text, bilingual
from pregao.zoo.networks import ZOO, find_network, network_name


class TrainRequest(JobRequest):
    """Train one experiment, score it beside every baseline, and store the run."""

    kind: Literal["train"] = "train"
    experiment: Experiment
    recipe: str | None = Field(default=None, description="stand beside the default experiment too")
    allow_findings: bool = Field(default=False, description="train on quarantined prices")
    promote: bool = Field(default=True, description="let it serve its symbols afterwards")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that are pooled into the network."""
        return self.experiment.symbols

    @property
    def network(self) -> str:
        """The name of the network."""
        return network_name(self.experiment.network)

    def sizes(self, limits: SizeLimits) -> Iterator[Size]:
        """Yield the sizes of the experiment."""
        return experiment_sizes(self.experiment, limits)


class SweepRequest(JobRequest):
    """Rank networks beside every baseline, and store the champion."""

    kind: Literal["sweep"] = "sweep"
    experiment: Experiment
    networks: tuple[str, ...] = Field(default=(), max_length=100, description="none is the zoo")
    ensemble: int = Field(default=5, ge=0, le=20, description="how many of the best are averaged")
    folds: int | None = Field(
        default=None, ge=0, le=50, description="stretches of the test part; 0 is a single fit"
    )
    allow_findings: bool = False
    promote: bool = True

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that are pooled into each network."""
        return self.experiment.symbols

    @property
    def num_networks(self) -> int:
        """How many networks are ranked: the whole zoo if none is named."""
        return len(self.networks or ZOO)

    def sizes(self, limits: SizeLimits) -> Iterator[Size]:
        """Yield the sizes of the experiment with each network."""
        for name in self.networks:
            yield from experiment_sizes(self.experiment.replace(network=find_network(name)), limits)
        yield from experiment_sizes(self.experiment, limits)


class SearchRequest(JobRequest):
    """Search settings for each network, and rank the best of each."""

    kind: Literal["search"] = "search"
    search: Search
    budget_seconds: float | None = Field(default=None, ge=0, le=7 * 86_400)
    ensemble: int = Field(default=5, ge=0, le=20)
    folds: int | None = Field(default=None, ge=0, le=50)
    allow_findings: bool = False
    promote: bool = True

    @property
    def experiment(self) -> Experiment:
        """The experiment whose fields the search varies."""
        return self.search.experiment

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbols that are pooled into each network."""
        return self.experiment.symbols

    @property
    def num_networks(self) -> int:
        """How many networks are searched."""
        return len(self.search.entries)

    @property
    def extra_seconds(self) -> float:
        """The budget of the search; 0 without one."""
        return self.budget_seconds or 0.0

    def sizes(self, limits: SizeLimits) -> Iterator[Size]:
        """Yield the sizes of the search, then those of the experiment with each network."""
        entries = self.search.entries
        yield Size("trials", self.search.num_trials * len(entries), limits.trials)
        yield Size("networks", len(entries), limits.networks)
        for network in entries.values():
            yield from experiment_sizes(self.experiment.replace(network=network), limits)


def _canonical_ticker(text: str) -> str:
    return str(Symbol.parse(text))


class FetchRequest(JobRequest):
    """Download a symbol's bars and append them to the store."""

    kind: Literal["fetch"] = "fetch"
    symbol: Annotated[str, Field(max_length=40), AfterValidator(_canonical_ticker)]
    source: str = Field(default="live", max_length=40)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The symbol whose bars are downloaded."""
        return (self.symbol,)


@dataclass(frozen=True)
class JobKind:
    """A kind of job: how its requests are parsed and its jobs are shown."""

    name: str
    request: type[JobRequest]
    title: Text
    """A noun for lists of jobs."""
    heading: Text
    """The heading of a job's page, with a blank for ``symbols``."""
    result_page: Literal["run", "prices"] = "run"
    """The page that a finished job leads to: its run, or the prices of its symbol."""


JOB_KINDS: dict[str, JobKind] = {
    kind.name: kind
    for kind in (
        JobKind(
            "train",
            TrainRequest,
            title=bilingual("training"),
            heading=bilingual("Training of {symbols}"),
        ),
        JobKind(
            "sweep",
            SweepRequest,
            title=bilingual("sweep"),
            heading=bilingual("Sweep of {symbols}"),
        ),
        JobKind(
            "search",
            SearchRequest,
            title=bilingual("search"),
            heading=bilingual("Search of {symbols}"),
        ),
        JobKind(
            "fetch",
            FetchRequest,
            title=bilingual("download"),
            heading=bilingual("Download of {symbols}"),
            result_page="prices",
        ),
    )
}
"""Every kind of job by name, in the order of the documentation."""

TrainingRequest = TrainRequest | SweepRequest | SearchRequest
"""The requests that train networks: each has an `experiment` and stores a run."""

if TYPE_CHECKING:
    JobKindName = str
    AnyRequest = JobRequest
else:  # pydantic reads the names and the discriminated union out of the registry
    JobKindName = Literal[tuple(JOB_KINDS)]
    AnyRequest = Annotated[
        reduce(or_, (each.request for each in JOB_KINDS.values())), Field(discriminator="kind")
    ]

_ADAPTER: TypeAdapter[JobRequest] = TypeAdapter(AnyRequest)


def parse_request(text: str | bytes) -> JobRequest:
    """Parse a request of any kind from its JSON.

    >>> request = FetchRequest(symbol="petr4.sa")
    >>> parse_request(request.model_dump_json()) == request
    True
    """
    return _ADAPTER.validate_json(text)
