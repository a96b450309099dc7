"""Spans of requests, as a collector of OpenTelemetry takes them."""

import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from browsing import serving
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from pregao.errors import MissingExtraError
from pregao.server._tracing import create_tracer_provider


@contextmanager
def _collector(received):
    """Take spans over HTTP, as a collector does."""

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append((self.path, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _spans(bodies):
    for body in bodies:
        for each in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = {a.key: a.value.string_value for a in each.resource.attributes}
            for scope in each.scope_spans:
                for span in scope.spans:
                    yield service["service.name"], span


def test_every_answer_is_a_span_named_after_its_route_without_secrets(tmp_path):
    received = []
    with (
        _collector(received) as endpoint,
        serving(tmp_path, "--no-worker", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as url,
    ):
        headers = {"X-API-Key": "canary-key"}
        assert 200 == requests.get(f"{url}/v1/networks", headers=headers, timeout=60).status_code
        assert 404 == requests.get(f"{url}/v1/runs/nope", timeout=60).status_code
        assert 200 == requests.get(f"{url}/livez", timeout=60).status_code

    assert {"/v1/traces"} == {path for path, _ in received}
    bodies = [body for _, body in received]
    found = {(service, span.name) for service, span in _spans(bodies)}
    assert {("pregao", "GET /v1/networks"), ("pregao", "GET /v1/runs/{run}")} == found
    assert not any(b"canary-key" in body for body in bodies)


def test_a_collector_that_is_away_costs_no_answer(tmp_path):
    with serving(tmp_path, "--no-worker", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9") as url:
        assert 200 == requests.get(f"{url}/v1/networks", timeout=60).status_code


def test_what_to_install_is_said_where_nothing_traces(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.instrumentation.fastapi", None)
    monkeypatch.delattr("opentelemetry.instrumentation.fastapi", raising=False)

    with pytest.raises(MissingExtraError, match=r"pip install 'pregao\[otel\]'"):
        create_tracer_provider()
