"""The limits of the API, published under /v1/limits and enforced before parsing."""

from pydantic import Field

from pregao.jobs import JobLimits, SizeLimits
from pregao.values import Value


class HttpLimits(Value):
    """The limits of HTTP requests."""

    body_bytes: int = Field(default=4 * 2**20, description="of a request; more is 413")
    header_bytes: int = Field(default=32 * 2**10, description="of a request's head; more is 431")
    header_seconds: float = Field(default=10.0, description="until the head is there")
    body_seconds: float = Field(default=30.0, description="until the body is there; later is 408")
    nesting: int = Field(default=64, description="of JSON, in levels; deeper is 422")
    symbols: int = Field(default=50, description="of one forecast request")
    price_rows: int = Field(default=20_000, description="of prices in a body")
    page_rows: int = Field(default=200, description="of a page of jobs, runs and the like")
    history_rows: int = Field(default=20_000, description="of one answer of prices")
    event_streams: int = Field(default=64, description="open at a time; more is 503")
    key_characters: int = Field(default=200, description="of an Idempotency-Key")


class Limits(Value):
    """All published limits."""

    requests: HttpLimits = Field(description="of any request")
    jobs: JobLimits = Field(description="of the queue, and of one job in it")
    sizes: SizeLimits = Field(description="of one job; more is 422")
