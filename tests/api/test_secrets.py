"""Secrets: what a server was given to keep appears nowhere, however it is asked."""

import os
import subprocess
import sys
from contextlib import contextmanager

import httpx2

KEYS = ("canary-first-7f3a", "canary-second-91bc")
CANARIES = (*KEYS, "canary-vantage-55e1", "canary-password-c0de")


@contextmanager
def _server(home, **more):
    """Start the real program; gives what it says first and its address, if it comes up."""
    environment = {
        **os.environ,
        "PREGAO_HOME": str(home),
        "PREGAO_SOURCES": "store,sample",
        "PREGAO_API_KEYS": ",".join(KEYS),
        "ALPHAVANTAGE_API_KEY": CANARIES[2],
        **more,
    }
    with (home / "stderr.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pregao", "serve", "--port", "0", "--no-worker"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.PIPE,
        )
    lines = []
    try:
        for line in process.stderr:
            lines.append(line.decode())
            if "listening on " in lines[-1]:
                break
        yield lines
        process.terminate()
        lines += [line.decode() for line in process.stderr]
        process.wait(60)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def _asked(url):
    answers = []
    with httpx2.Client(base_url=url, timeout=60) as client:
        for key in (*KEYS, "wrong"):
            for headers in ({"x-api-key": key}, {"authorization": f"Bearer {key}"}):
                for path, body in (
                    ("/v1/trainings", {"experiment": {"symbols": ["SP500"], "source": "sample"}}),
                    ("/v1/trainings", "{"),
                    ("/nope", {}),
                ):
                    answers.append(client.post(path, json=body, headers=headers))
        shown = ("/metrics", "/openapi.json", "/docs", "/v1/providers", "/v1/jobs", "/nope")
        answers += [client.get(path, headers={"x-api-key": KEYS[0]}) for path in shown]
        answers.append(client.post("/v1/forecasts", json={"symbols": ["NSCH3", "SP500"]}))
    return answers


def _leaks(text):
    return [each for each in CANARIES if each in text]


def test_keys_are_in_no_answer_no_log_and_no_file(tmp_path):
    with _server(tmp_path) as said:
        answers = _asked(said[-1].split()[-1])

    assert {200, 202, 401, 404, 422} <= {each.status_code for each in answers}
    for each in answers:
        assert [] == _leaks(each.text + str(each.headers)), each.request.url
    assert [] == _leaks("".join(said))
    assert any('"status": 401' in each for each in said), "requests were logged"
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert [] == _leaks(path.read_bytes().decode("latin-1")), path


def test_a_database_that_cannot_be_reached_is_told_of_without_its_password(tmp_path):
    url = f"postgresql://reader:{CANARIES[3]}@127.0.0.1:9/none"

    with _server(tmp_path, PREGAO_DATABASE_URL=url) as said:
        answers = []
        if "listening on" in said[-1]:
            with httpx2.Client(base_url=said[-1].split()[-1], timeout=60) as client:
                answers = [client.get(path) for path in ("/readyz", "/v1/jobs", "/v1/champions")]

    assert said
    assert [] == _leaks("".join(said))
    for each in answers:
        assert 503 == each.status_code
        assert [] == _leaks(each.text)
