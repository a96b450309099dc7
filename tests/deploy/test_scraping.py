"""A real Prometheus scrapes a real server, with the deployed configuration."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml

_TIMEOUT_SECONDS = 60


@pytest.fixture
def started(tmp_path):
    """Start programs that log their address to standard error; end them after the test."""
    with ExitStack() as running:

        def start(command: list[str], pattern: str) -> str:
            process = running.enter_context(
                subprocess.Popen(
                    command,
                    env={**os.environ, "PREGAO_SOURCES": "sample"},
                    cwd=tmp_path,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            running.callback(process.terminate)
            timeout = threading.Timer(_TIMEOUT_SECONDS, process.kill)
            timeout.start()
            running.callback(timeout.cancel)
            output = []
            for line in process.stderr:
                output.append(line)
                if found := re.search(pattern, line):
                    timeout.cancel()
                    # A full pipe would block the program.
                    threading.Thread(target=process.stderr.read, daemon=True).start()
                    return found[1]
            pytest.fail(f"{command[0]} ended: {''.join(output)}")

        yield start


def _answer(address: str, path: str, **query: str):
    try:
        with urlopen(f"http://{address}/api/v1/{path}?{urlencode(query)}", timeout=10) as answer:
            return json.load(answer)["data"]
    except HTTPError as error:
        if error.code == 503:  # it listens before it is ready
            return {}
        raise


def _until(function):
    """Call a function until it returns a result, for a minute at most."""
    end = monotonic() + _TIMEOUT_SECONDS
    pause = threading.Event()
    while not (found := function()):
        assert monotonic() < end, "it returned a result in time"
        pause.wait(0.05)
    return found


@pytest.mark.slow
def test_prometheus_scrapes_a_server_and_evaluates_its_alerts(deploy, program, started, tmp_path):
    prometheus = program("prometheus", "prometheus")
    server = started(
        [sys.executable, "-m", "pregao", "serve", "--port", "0", "--no-worker"],
        r"listening on http://(127\.0\.0\.1:\d+)",
    )
    config = yaml.safe_load((deploy / "prometheus" / "prometheus.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["scrape_configs"][0]["static_configs"] = [{"targets": [server]}]
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    shutil.copy(deploy / "prometheus" / "rules.yml", tmp_path)
    address = started(
        [
            prometheus,
            f"--config.file={tmp_path / 'prometheus.yml'}",
            f"--storage.tsdb.path={tmp_path / 'series'}",
            "--web.listen-address=127.0.0.1:0",
        ],
        r'msg="Listening on" address=(127\.0\.0\.1:[1-9]\d*)',
    )

    counted = f'pregao_http_requests_total{{instance="{server}",route="/metrics"}}'
    found = _until(lambda: _answer(address, "query", query=counted).get("result"))
    rules = _until(lambda: _evaluated(address))

    assert {"2xx"} == {each["metric"]["status_class"] for each in found}
    assert {"ok"} == {each["health"] for each in rules}, rules


def _evaluated(address: str):
    groups = _answer(address, "rules").get("groups", ())
    rules = [each for group in groups for each in group["rules"]]
    return rules if rules and all(each["health"] != "unknown" for each in rules) else None
