"""What a job is asked to do: a value a kind, each of which is its own JSON."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from pregao.instruments import Symbol
from pregao.training import Experiment
from pregao.training.search import Search
from pregao.values import Value


def _ticker(text: str) -> str:
    return str(Symbol.parse(text))


class TrainRequest(Value):
    """Train one experiment, score it beside every baseline, and keep the run."""

    kind: Literal["train"] = "train"
    experiment: Experiment
    recipe: str | None = Field(default=None, description="stand beside the default experiment too")
    allow_findings: bool = Field(default=False, description="train on quarantined prices")
    promote: bool = Field(default=True, description="let it serve its symbols afterwards")


class SweepRequest(Value):
    """Rank networks beside every baseline, and keep the champion."""

    kind: Literal["sweep"] = "sweep"
    experiment: Experiment
    networks: tuple[str, ...] = Field(default=(), max_length=100, description="none is the zoo")
    ensemble: int = Field(default=5, ge=0, le=20, description="how many of the best are averaged")
    folds: int | None = Field(
        default=None, ge=0, le=50, description="stretches of the test part; 0 is a single fit"
    )
    allow_findings: bool = False
    promote: bool = True


class SearchRequest(Value):
    """Search settings for each network, and rank what was found."""

    kind: Literal["search"] = "search"
    search: Search
    budget_seconds: float | None = Field(default=None, ge=0, le=7 * 86_400)
    ensemble: int = Field(default=5, ge=0, le=20)
    folds: int | None = Field(default=None, ge=0, le=50)
    allow_findings: bool = False
    promote: bool = True

    @property
    def experiment(self) -> Experiment:
        """What the search varies."""
        return self.search.experiment


class FetchRequest(Value):
    """Download a symbol's bars and append them to the store."""

    kind: Literal["fetch"] = "fetch"
    symbol: Annotated[str, Field(max_length=40), AfterValidator(_ticker)]
    source: str = Field(default="live", max_length=40)


JobRequest = Annotated[
    TrainRequest | SweepRequest | SearchRequest | FetchRequest, Field(discriminator="kind")
]
"""What can be asked for."""

_ADAPTER: TypeAdapter[TrainRequest | SweepRequest | SearchRequest | FetchRequest] = TypeAdapter(
    JobRequest
)


def parse_request(
    text: str | bytes,
) -> TrainRequest | SweepRequest | SearchRequest | FetchRequest:
    """Read a request back from its JSON.

    >>> request = FetchRequest(symbol="petr4.sa")
    >>> parse_request(request.model_dump_json()) == request
    True
    """
    return _ADAPTER.validate_json(text)
