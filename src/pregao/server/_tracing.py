"""A span per request for OpenTelemetry, an optional extra."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pregao.api import ApiApp
from pregao.errors import MissingExtraError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider


def create_tracer_provider() -> "TracerProvider":
    """Create a provider that sends spans to the collector of OTEL_EXPORTER_OTLP_ENDPOINT.

    Spans are named after routes, and hold neither headers nor bodies. They are sent now and then,
    by a thread of their own: a collector that is away costs spans, and no request.

    Raises
    ------
    MissingExtraError
        Without ``pip install 'pregao[otel]'``.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation import fastapi  # noqa: F401 - whether it is there
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        package = "opentelemetry-instrumentation-fastapi"
        raise MissingExtraError("otel", package, str(error)) from None
    from pregao import __version__

    service = {"service.name": "pregao", "service.version": __version__}
    provider = TracerProvider(resource=Resource.create(service), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


@contextmanager
def traced(app: ApiApp, provider: "TracerProvider | None") -> Iterator[None]:
    """Trace requests while the server runs, and flush spans at its end."""
    if provider is None:
        yield
        return
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

    quiet = ",".join(f"{each}$" for each in sorted(app.quiet_routes))
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=provider, excluded_urls=quiet, exclude_spans=["receive", "send"]
    )
    try:
        yield
    finally:
        provider.shutdown()
