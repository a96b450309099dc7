"""The server beside bare onnxruntime: latency, rate, equal answers, start, memory, hot swaps."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Self

import numpy as np
import psutil

from _figures import PREGAO, show
from _load import Load, generate
from pregao.calibration import score_as_served
from pregao.instruments import Symbol
from pregao.prices import PROVIDERS, validate_download
from pregao.registry import Run, ServedModel, save_run
from pregao.training import LEVELS, Experiment, datasets_for, finish, train
from pregao.workbench import Workbench

BODY = json.dumps({"symbols": ["SP500"]})
NUM_SWAPS = 1_000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        runs = [served_network(home, seed) for seed in (0, 1)]
        bench = Workbench(home)
        for each in runs:
            bench.models.promote(each.id, by="bench")
        bare = Bare(runs[1])
        with Server(home) as server:
            show("from start to ready", server.ready_seconds, 2, "s")
            answers_equal(server, bare)
            show("memory with one champion loaded", server.memory_mb, 250, "MB")
            time.sleep(5)  # what is done once after the start is no idling
            show("processor time while idle", server.idle_percent(20), 1, "%")
            one_client(server, bare)
            many_clients(server, bare)
            hot_swaps(server, bench, runs)


def served_network(home: Path, seed: int) -> Run:
    """Store a run that serves its network, whether it has earned that or not."""
    prices, _ = validate_download(PROVIDERS["sample"]().download(Symbol.parse("SP500")))
    experiment = Experiment(symbols=("SP500",), epochs=2, seed=seed)
    bench = Workbench(home / "trained")
    report = bench.train(experiment).report
    dataset = datasets_for([prices], [experiment])[experiment.window_settings]
    fitted = finish(train(experiment, dataset))
    _, serving = score_as_served(fitted, dataset, levels=LEVELS)
    return save_run(
        home,
        fitted,
        report,
        member_experiments=[experiment],
        forecaster="lstm_small",
        data=(),
        serving=serving,
        prices=[prices],
    )


class Bare:
    """The same network, window and arithmetic, without a server around it."""

    def __init__(self, run: Run) -> None:
        model = ServedModel.load(run)
        prices, _ = validate_download(PROVIDERS["sample"]().download(Symbol.parse("SP500")))
        self.prepared = model.prepare(prices)
        self.last = float(prices.bars.close[-1])
        self.session = model.network.session
        self.window = np.ascontiguousarray(self.prepared.window.inputs)

    @property
    def expected(self) -> np.ndarray:
        """The prices that the server has to answer with."""
        return self.last * np.exp(self.prepared.quantiles())

    def latencies_ms(self, count: int) -> list[float]:
        """Time the runtime alone."""
        taken = []
        for _ in range(count):
            started = time.perf_counter()
            self.session.run(None, {"x": self.window})
            taken.append(1000 * (time.perf_counter() - started))
        return sorted(taken)


class Server:
    """A `pregao serve` in a process of its own."""

    def __init__(self, home: Path) -> None:
        environment = {
            **os.environ,
            "PREGAO_HOME": str(home),
            "PREGAO_SOURCES": "store,sample",
        }
        self.log = (home / "serve.log").open("w+")
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [*PREGAO, "serve", "--port", "0", "--no-worker"], env=environment, stderr=self.log
        )
        self.port = self._port(home / "serve.log")
        self.ready_seconds = time.perf_counter() - started
        self.seen = psutil.Process(self.process.pid)

    def _port(self, log: Path) -> int:
        while self.process.poll() is None:
            for line in log.read_text().splitlines():
                if line.startswith("listening on "):
                    return int(line.rpartition(":")[2])
            time.sleep(0.005)
        sys.exit(log.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self.log.close()

    @property
    def memory_mb(self) -> float:
        """Give what it holds in memory."""
        return self.seen.memory_info().rss / 2**20

    def idle_percent(self, seconds: float) -> float:
        """Give the share of a core that it takes while nobody asks."""
        before = sum(self.seen.cpu_times()[:2])
        time.sleep(seconds)
        return 100 * (sum(self.seen.cpu_times()[:2]) - before) / seconds

    def asked(self) -> dict[str, object]:
        """Give one answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/forecasts",
            data=BODY.encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - on this machine
            shown: dict[str, object] = json.load(answer)["forecasts"][0]
        return shown


def answers_equal(server: Server, bare: Bare) -> None:
    """Compare one answer with the same arithmetic without a server."""
    difference = np.abs(np.array(server.asked()["prices"]) / bare.expected - 1).max()
    show("answer apart from bare onnxruntime's (relative)", float(difference), 1e-6, "")


def one_client(server: Server, bare: Bare) -> None:
    """Ask one after the other."""
    alone = bare.latencies_ms(3_000)
    found = generate(Load(server.port, 1, 3_000, body=BODY))
    middle = statistics.median(alone)
    late = alone[int(0.99 * len(alone))]
    print(f"bare onnxruntime: p50 {middle:.3f} ms, p99 {late:.3f} ms")
    show("one client, p50 beyond bare onnxruntime's", found["p50_ms"] - middle, 2, "ms")
    show("one client, p99 beyond bare onnxruntime's", found["p99_ms"] - late, 5, "ms")


def many_clients(server: Server, bare: Bare) -> None:
    """Ask 64 at a time, 100,000 times in all."""
    found = generate(Load(server.port, 64, 100_000, body=BODY))
    show("64 clients, forecasts a second", found["rate"], 800, "1/s", at_least=True)
    wrong = sum(count for status, count in found["statuses"].items() if status != "200")
    show("64 clients, answers other than 200, or lost", wrong + found["lost"], 0, "")
    apart = max(
        np.abs(np.array(json.loads(body)["forecasts"][0]["prices"]) / bare.expected - 1).max()
        for body in found["bodies"]
    )
    show("64 clients, answers apart from bare (relative)", float(apart), 1e-6, "")


def hot_swaps(server: Server, bench: Workbench, runs: list[Run]) -> None:
    """Change the champion while 16 clients ask."""
    script = Path(__file__).with_name("_load.py")
    load = {"port": server.port, "clients": 16, "requests": 60_000, "path": "/v1/forecasts"}
    process = subprocess.Popen(
        [sys.executable, str(script), json.dumps({**load, "body": BODY})],
        stdout=subprocess.PIPE,
    )
    swaps = 0
    while process.poll() is None and swaps < NUM_SWAPS:
        bench.models.promote(runs[swaps % 2].id, by="bench")
        swaps += 1
    found = json.loads(process.communicate(timeout=600)[0])
    wrong = sum(count for status, count in found["statuses"].items() if status != "200")
    show("hot swaps under load", swaps, NUM_SWAPS, "", at_least=True)
    show("requests that failed meanwhile", wrong + found["lost"], 0, "")


if __name__ == "__main__":
    main()
