"""Answers requests of every kind in a process of its own, and prints what it should not have done.

Run as a program: `python audited.py HOME`.
"""

import json
import pickle
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from starlette.testclient import TestClient

from pregao.api import Services
from pregao.api._access import Access
from pregao.prices import Clock, open_feed
from pregao.server import create_app
from pregao.workbench import Workbench

NOW = datetime(2024, 6, 3, 21, tzinfo=UTC)
IMPORTS = "<frozen importlib._bootstrap>"
TEMPLATES = "/jinja2/environment.py"
"""Compiles the pages that come with the program."""
OWN = [round(30 + 0.1 * (day % 7), 2) for day in range(70)]
JSON = "application/json"
EVIL = pickle.dumps({"a": Path("x")})

seen: list[str] = []


def files_of_callers() -> list[str]:
    """Give the files of all who are on the stack."""
    frame, files = sys._getframe(2), []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    return files


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note what answering has no business with."""
    if event == "pickle.find_class":
        seen.append(f"{event} {arguments}")
    elif event == "import" and str(arguments[0]).partition(".")[0] == "torch":
        seen.append(f"{event} {arguments[0]}")
    elif event in {"marshal.loads", "exec", "compile"}:
        files = files_of_callers()
        is_ours = IMPORTS in files or any(each.endswith(TEMPLATES) for each in files)
        if not is_ours:
            seen.append(f"{event} by {files[:4]}")


def documented(client: TestClient, method: str, **names: str) -> list[tuple[str, dict]]:
    """Return the documented paths of a method, those left out that take other names."""
    found = []
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        if method in operations and set(re.findall(r"{(\w+)}", path)) <= set(names):
            found.append((path.format(**names), operations[method]))
    return found


def send_files(told: Callable[..., None], path: str) -> None:
    """Send what a careless server would unpickle."""
    for kind in (JSON, "application/octet-stream", "text/csv", ""):
        told("POST", path, content=EVIL, headers={"content-type": kind})
    told("POST", path, files={"file": ("model.pkl", EVIL, "application/octet-stream")})
    told("POST", path, files={"file": ("model.pt", b"PK\x03\x04" + EVIL)})
    told("POST", path, content=b"\xff\xfe{", headers={"content-type": JSON})


def ask(client: TestClient, runs: list[str]) -> list[int]:
    """Ask for everything that is answered, well and badly."""
    statuses = []

    def told(method: str, path: str, **fields: object) -> None:
        statuses.append(client.request(method, path, **fields).status_code)

    bars = {"open": OWN, "high": OWN, "low": OWN, "close": OWN}
    for body in (
        {"symbols": ["PETR4"]},
        {"symbols": ["SP500", "NSCH3"], "horizon": 20},
        {"prices": {"symbol": "PETR4", **bars}},
        {"prices": {"close": OWN}},
        {"symbols": ["__import__('os')"]},
        {"symbols": "PETR4"},
    ):
        told("POST", "/v1/forecasts", json=body)
    for path, operation in documented(client, "post"):
        for example in operation.get("requestBody", {}).get("content", {JSON: {}}).values():
            for each in example.get("examples", {}).values():
                told("POST", path, json=each["value"], headers={"prefer": "respond-async"})
        send_files(told, path)
    send_files(told, "/nope")
    experiment = {"symbols": ["PETR4"], "source": "csv", "epochs": 1}
    for path in ("trainings", "sweeps"):
        told("POST", f"/v1/{path}", json={"experiment": experiment})
        told("POST", f"/v1/{path}", json={"experiment": {"network": "exec('1')"}})
    told("PUT", "/v1/champions/PETR4", json={"run": runs[0]})
    told("POST", "/v1/forecasts", json={"symbols": ["PETR4"]})
    told("PUT", "/v1/champions/PETR4", json={"run": None})
    read = [path for path, _ in documented(client, "get", run=runs[0], symbol="PETR4")]
    for path in (*read, "/docs", "/openapi.json", "/assets/docs.css"):
        told("GET", path)
        assert 200 == statuses[-1], path
    return statuses


def main(home: Path) -> None:
    """Serve a home, and print what was noted."""
    feed = open_feed(order=("store", "sample"), home=home, clock=Clock(lambda: NOW))
    access = Access.for_host(host="127.0.0.1", allowed_hosts=(), keys=())
    services = Services.create(Workbench(home, feed=feed), access, today=NOW.date)
    runs = [each.id for each in services.workbench.models.runs()]
    services.workbench.models._champions.promote(runs[1], symbol="PETR4", horizon=3, by="a test")
    services.forecasts.refresh_champions()
    client = TestClient(create_app(services), base_url="http://localhost")
    had_torch = "torch" in sys.modules
    sys.addaudithook(watch)
    try:
        statuses = ask(client, runs)
        found = sorted(set(seen))
        pickle.loads(EVIL)
        eval(compile("1", "request", "eval"))
        sees = len(set(seen)) - len(found)
        told = [
            int(status)
            for method in ("get", "post")
            for _, operation in documented(client, method)
            for status in operation["responses"]
        ]
        said = {"had_torch": had_torch, "seen": found, "sees": sees, "statuses": statuses}
        said["documented"] = sorted(set(told))
        sys.stdout.write(json.dumps(said) + "\n")
    finally:
        services.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
