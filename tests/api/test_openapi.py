"""The OpenAPI document, held to what is answered: every status, every body, every example."""

import contextlib
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from pregao.api import PROBLEM_KINDS
from pregao.server import create_app

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
WITHOUT_PROVIDERS = {"/v1/symbols/{symbol}/refresh"}
"""They ask providers on the network, of which there are none here: 503 says so."""


@pytest.fixture
def app(make_services):
    services = make_services()
    services.forecasts.refresh_champions()
    return create_app(services)


def _operations(document):
    return [
        (method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def _headers(operation):
    """Ask what would wait for a training not to: no worker trains here."""
    names = {each["name"].lower() for each in operation.get("parameters", [])}
    return {"prefer": "respond-async"} if "prefer" in names else {}


def _asked_at_random(app, *, per_operation):
    """Ask every operation, with what its schema allows and with what it forbids."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.app = app
    count = 0
    with asgi.get_client(app) as client:
        for result in schema.get_all_operations():
            operation = result.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                strategy = operation.as_strategy(generation_mode=mode)
                count += _asked(client, operation, strategy, per_operation)
    return count


def _asked(client, operation, strategy, most):
    count = 0

    @given(case=strategy)
    @settings(max_examples=most, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def ask(case):
        nonlocal count
        count += 1
        headers = _headers(operation.definition.raw)
        response = case.call(base_url="http://localhost", session=client, headers=headers)
        is_told = operation.path in WITHOUT_PROVIDERS and 503 == response.status_code
        case.validate_response(response, checks=CHECKS[1:] if is_told else CHECKS)

    # What takes neither parameters nor a body cannot be asked wrongly.
    with contextlib.suppress(Unsatisfiable):
        ask()
    return count


def test_every_answer_to_whatever_is_asked_is_one_that_the_document_tells_of(app):
    assert _asked_at_random(app, per_operation=5) > 6 * len(_operations(app.openapi()))


@pytest.mark.soak
def test_twenty_thousand_requests_are_answered_as_the_document_tells(app):
    assert _asked_at_random(app, per_operation=600) > 20_000


def _examples(document):
    for method, path, operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for name, example in content.get("examples", {}).items():
                yield method, path, name, example["value"], operation


NEEDS_A_RUN = {"/v1/champions/{symbol}"}
"""Nothing was trained here, so that examples about a run's champion find none."""


def test_every_example_is_answered_as_documented(app):
    client = TestClient(app, base_url="http://localhost")
    for method, path, name, body, operation in _examples(app.openapi()):
        address = path.format(symbol="SP500")

        response = client.request(method, address, json=body, headers=_headers(operation))

        told = operation["responses"][str(response.status_code)]["content"]
        assert response.headers["content-type"] in told, (path, name)
        expected = {404} if path in NEEDS_A_RUN else {200, 202}
        assert response.status_code in expected, (path, name, response.text)


def test_every_body_has_an_example(app):
    told = {(method, path) for method, path, *_ in _examples(app.openapi())}

    asked = {(m, path) for m, path, each in _operations(app.openapi()) if "requestBody" in each}
    assert asked == told


def test_every_problem_of_the_document_is_one_that_there_is(app):
    for _, path, operation in _operations(app.openapi()):
        assert "default" not in operation["responses"], path
        for status, answer in operation["responses"].items():
            names = re.findall(r"\((\S+)\)", answer["description"])
            problems = {PROBLEM_KINDS[name].status for name in names if name in PROBLEM_KINDS}
            assert problems <= {int(status)}, path
            if "application/problem+json" in answer.get("content", {}):
                assert problems, (path, status)


def _methods_by_path(app):
    """Walk everything that is routed, whether the document tells of it or not."""
    for route in app.routes:
        members = route.effective_candidates() if hasattr(route, "original_router") else [route]
        for each in members:
            yield each.path, each.methods or set()


def test_whatever_is_not_read_needs_a_key_but_for_the_forecasts_that_change_nothing(make_services):
    app = create_app(make_services(keys=("a-key",)))
    client = TestClient(app, base_url="http://localhost")
    routed = list(_methods_by_path(app))
    documented = {path for _, path, _ in _operations(app.openapi())}

    assert documented <= {path for path, _ in routed}
    closed = 0
    for path, methods in routed:
        for method in methods - {"GET", "HEAD"}:
            response = client.request(method, path.replace("{", "").replace("}", ""), json={})
            is_refused = 401 == response.status_code
            assert is_refused == (path not in app.keyless_posts), (method, path)
            closed += is_refused
    secured = sum("security" in each for *_, each in _operations(app.openapi()))
    assert closed >= secured >= 7


def test_only_what_needs_a_key_is_documented_to_need_one(app):
    for method, path, operation in _operations(app.openapi()):
        is_closed = method != "get" and path not in app.keyless_posts
        assert is_closed == ("401" in operation["responses"]) == ("security" in operation), path
