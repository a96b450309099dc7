"""What holds for every request, whatever route it asks for."""

import asyncio
import json
import random

import pytest
from fastapi import Request
from starlette.testclient import TestClient

from pregao.api import PROBLEM_KINDS, HttpLimits
from pregao.api._access import Access, UnprotectedAddressError, is_loopback
from pregao.server import create_app


def _echoing(services):
    app = create_app(services)

    async def echo(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    async def fail() -> None:
        raise RuntimeError("a secret path: /home/someone")

    app.add_api_route("/echo", echo, methods=["POST"])
    app.add_api_route("/fail", fail, methods=["GET"])
    headers = {"content-type": "application/json"}
    return TestClient(
        app, base_url="http://localhost", raise_server_exceptions=False, headers=headers
    )


def _kind(response):
    assert "application/problem+json" == response.headers["content-type"]
    body = response.json()
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["status"] == response.status_code
    name = body["type"].removeprefix("urn:pregao:problem:")
    assert PROBLEM_KINDS[name].status == response.status_code
    return name


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:80", "LOCALHOST:1"])
def test_loopback_names_are_served(client, host):
    assert 200 == client.get("/livez", headers={"host": host}).status_code


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil", "", "a:b", "localhost:x"]
)
def test_other_hosts_are_refused_so_that_a_rebound_name_reaches_nothing(client, host):
    response = client.get("/livez", headers={"host": host})

    assert "host-not-allowed" == _kind(response)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil"])
def test_a_page_elsewhere_cannot_change_anything(make_services, origin):
    client = _echoing(make_services())

    assert "origin-not-allowed" == _kind(client.post("/echo", headers={"origin": origin}))
    assert 200 == client.post("/echo", headers={"origin": "http://localhost:8000"}).status_code


def test_what_changes_something_needs_a_key_where_keys_are_set(make_services):
    client = _echoing(make_services(keys=("first-key", "second-key")))

    assert "key-required" == _kind(client.post("/echo"))
    assert "key-required" == _kind(client.post("/echo", headers={"x-api-key": "first"}))
    assert 200 == client.post("/echo", headers={"x-api-key": "second-key"}).status_code
    bearer = {"authorization": "Bearer first-key"}
    assert 200 == client.post("/echo", headers=bearer).status_code
    assert 200 == client.get("/livez").status_code


def test_an_address_that_others_reach_needs_a_key():
    with pytest.raises(UnprotectedAddressError, match="PREGAO_API_KEYS"):
        Access.for_host(host="0.0.0.0", allowed_hosts=(), keys=())

    assert Access.for_host(
        host="0.0.0.0", allowed_hosts=("pregao.example",), keys=("k",)
    ).key_digests


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.2", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("x", False)],
)
def test_loopback_is_known(host, expected):
    assert expected == is_loopback(host)


def test_a_body_over_the_limit_is_refused_before_it_is_parsed(make_services):
    client = _echoing(make_services(limits=HttpLimits(body_bytes=100)))

    assert {"bytes": 100} == client.post("/echo", content=b"x" * 100).json()
    assert "too-large" == _kind(client.post("/echo", content=b"x" * 101))
    parts = (b"x" * 60 for _ in range(2))
    assert "too-large" == _kind(client.post("/echo", content=parts))
    wrong = {"content-length": "-1"}
    assert "too-large" == _kind(client.post("/echo", headers=wrong))


def test_a_compressed_body_is_refused(make_services):
    client = _echoing(make_services())

    response = client.post("/echo", content=b"x", headers={"content-encoding": "gzip"})

    assert "unsupported-media" == _kind(response)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "a, b"])
def test_a_body_that_does_not_say_that_it_is_json_is_refused(make_services, kind):
    client = _echoing(make_services())

    response = client.post("/echo", content=b"{}", headers={"content-type": kind})

    assert "unsupported-media" == _kind(response)
    assert "application/json" in response.json()["detail"]


def test_json_that_nests_too_deeply_is_refused_and_brackets_in_texts_do_not_count(make_services):
    client = _echoing(make_services())

    assert "invalid-request" == _kind(client.post("/echo", content=b"[" * 100_000))
    flat = json.dumps({"text": "[" * 1000, "rows": [[1]] * 100}).encode()
    assert {"bytes": len(flat)} == client.post("/echo", content=flat).json()


def test_what_fails_inside_is_said_without_its_words(make_services):
    response = _echoing(make_services()).get("/fail")

    assert "internal" == _kind(response)
    assert "secret" not in response.text


@pytest.mark.parametrize("path", ["/nope", "/v1/nope", "/livez/", "/..%2f..%2fetc/passwd"])
def test_a_path_that_is_none_is_a_problem(client, path):
    assert _kind(client.get(path)) == "not-found"


def test_a_path_that_is_none_is_named_with_where_all_others_are(client):
    detail = client.get("/v1/nope").json()["detail"]

    assert "nothing is at /v1/nope: see /openapi.json" == detail


def test_a_method_that_a_path_is_not_for_is_told_which_one_is(client):
    answer = client.post("/livez")

    assert "method-not-allowed" == _kind(answer)
    assert f"POST is not for /livez: use {answer.headers['allow']}" == answer.json()["detail"]


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "CONNECT", "BREW", "OPTIONS"])
def test_other_methods_are_refused(client, method):
    assert "method-not-allowed" == _kind(client.request(method, "/livez"))


def test_every_answer_carries_the_headers_that_protect_a_reader(client):
    for path in ("/livez", "/nope", "/metrics"):
        headers = client.get(path).headers
        assert "nosniff" == headers["x-content-type-options"]
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "DENY" == headers["x-frame-options"]


_METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "PROPFIND", "X" * 30)
_FAMILIES = (
    "/{}", "/v1/{}", "/v1/jobs/{}", "/v1/runs/{}", "/v1/champions/{}", "/v1/symbols/{}/prices",
    "/assets/{}", "/symbols/{}", "/runs/{}",
)  # fmt: skip
_PAGES = {"/symbols/{symbol}", "/runs/{name}"}


async def _answered(app, method, path):
    """Ask the application itself: ten thousand requests through a client take a minute."""
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "headers": [(b"host", b"localhost")], "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }  # fmt: skip
    statuses = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(scope, receive, send)
    return statuses[0]


def _series(services):
    return {
        (sample.name, *sorted(sample.labels.items()))
        for family in services.metrics.registry.collect()
        for sample in family.samples
        if not sample.name.startswith(("python_", "process_"))
    }


@pytest.mark.parametrize("count", [10_000, pytest.param(1_000_000, marks=pytest.mark.soak)])
def test_random_paths_and_tickers_add_no_series(make_services, count):
    services = make_services()
    app = create_app(services)
    dice = random.Random(7)

    def word():
        return "".join(chr(dice.choice((dice.randrange(33, 127), dice.randrange(160, 400))))
                       for _ in range(dice.randrange(1, 20)))  # fmt: skip

    async def asked(count):
        for _ in range(count):
            path = dice.choice(_FAMILIES).format(word())
            assert await _answered(app, dice.choice(_METHODS), path) < 500, path

    for family in _FAMILIES:
        for method in _METHODS:
            for text in ("x", "SP500", "A" * 200, "a\0b", "x/y"):
                asyncio.run(_answered(app, method, family.format(text)))
    before = _series(services)
    asyncio.run(asked(count))

    assert _series(services) == before
    routes = {dict(each[1:])["route"] for each in before if "route" in dict(each[1:])}
    assert routes <= {"unmatched", "/assets/{name}", *_PAGES, *app.openapi()["paths"]}
