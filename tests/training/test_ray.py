"""Ray: a small one of this program's own, a real cluster of two nodes, and what is no cluster."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory
from typing import Any

import engine_work
import numpy as np
import psutil
import pytest

from pregao.errors import EngineUnavailableError, InputError, MissingExtraError
from pregao.testing import ENGINE_CONTRACT, synthetic_prices
from pregao.training import Experiment, datasets_for
from pregao.training.engines import Local, Ray, WorkerPool, run
from pregao.training.search import Search, SearchResult, Space, TrialRecord, search
from pregao.training.search._search import InMemoryJournal

DATA = {"values": np.arange(1000.0)}
needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason="the extra [ray] is not installed")


@pytest.fixture(scope="module")
def own_ray() -> dict[str, str]:
    """What came of every promise on one Ray of a process's own: starting it takes longer."""
    done = subprocess.run(
        [sys.executable, Path(engine_work.__file__).with_name("own_ray_work.py")],
        env=environment(),
        capture_output=True,
        check=False,
        text=True,
    )
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@needs_ray
@pytest.mark.parametrize("promise", ENGINE_CONTRACT)
def test_workers_of_ray_keep_every_promise(own_ray: dict[str, str], promise: str):
    assert "kept" == own_ray[promise]


@needs_ray
def test_a_process_that_is_connected_joins_no_other_cluster(own_ray: dict[str, str]):
    assert "this process is connected to" in own_ray["joins another"]


@needs_ray
def test_a_process_that_had_a_ray_of_its_own_joins_no_cluster_later(own_ray: dict[str, str]):
    assert "in a fresh process" in own_ray["joins later"]


@needs_ray
def test_a_ray_without_gpus_is_an_error_before_anything_waits_for_one(own_ray: dict[str, str]):
    assert "no 1000 GPU" in own_ray["asks for GPUs"]


@needs_ray
def test_a_ray_of_ones_own_is_quiet_and_leaves_nothing_behind(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(
        "import engine_work, signal, sys\n"
        "from pregao.training.engines import Ray, run\n"
        "tasks, engine = [(sys.argv[1], 7)], Ray(num_workers=1)\n"
        "for _, number in run(engine_work.say_and_die_once, tasks, data=None, engine=engine):\n"
        "    print(number)\n"
        "assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL\n",
        encoding="utf-8",
    )
    home = tmp_path / "home"
    home.mkdir()
    with TemporaryDirectory(prefix="t") as folder:
        done = subprocess.run(
            [sys.executable, script, str(tmp_path)],
            env=environment(HOME=str(home), TMPDIR=folder),
            capture_output=True,
            check=False,
            text=True,
        )

        assert ("", "7\n") == (done.stderr, done.stdout)
        assert [] == list(Path(folder).iterdir())
        assert [] == [each for each in processes() if folder in each]
    assert [] == list(home.iterdir())


def processes() -> list[str]:
    lines = []
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            lines.append(" ".join(each.cmdline()))
    return lines


@needs_ray
def test_a_node_that_dies_loses_no_task(tmp_path: Path):
    tasks = [(str(tmp_path), number) for number in range(8)]
    with (
        head() as address,
        node("--address", address) as second,
        Ray(address).pool(DATA) as pool,
    ):
        assert 2 == pool.num_workers
        for task in tasks:
            pool.submit(engine_work.begin_and_wait, task)
        results = pool.results()
        found = dict(next(results) for _ in range(2))
        while len(nodes_at_work(tmp_path)) < 2:
            assert second.poll() is None
        end(second)
        (tmp_path / "go").touch()
        found |= dict(results)

    assert {task: 499500.0 + task[1] for task in tasks} == found
    begun = [file.name.split("-")[0] for file in tmp_path.glob("*-*")]
    assert len(begun) > len(set(begun)), "a task of the dead node began again on the other"


@needs_ray
def test_a_search_whose_node_dies_finds_what_it_finds_anywhere():
    experiment = Experiment(symbols=("TEST3",), lookback=8, horizon=2, network="dlinear")
    plan = Search(
        experiment=experiment,
        entries={"dlinear": "dlinear", "lstm_small": "lstm_small"},
        space=Space.parse({"dropout": [0.1, 0.3], "batch_size": [16, 64], "epochs": [2, 6]}),
        strategy="random",
        trials=6,
    )
    data = datasets_for([synthetic_prices("TEST3", sessions=600, seed=5)], plan.window_variants())
    with Local(2).pool(data) as pool:
        [*_, expected] = events(plan, pool)

    with head() as address, node("--address", address) as second, Ray(address).pool(data) as pool:
        found = events(plan, pool)
        for _ in range(4):
            next(found)
        end(second)
        [*_, survived] = found

    assert fates(expected) == fates(survived)
    assert 12 == len(fates(survived))
    assert expected.best.replace(seconds=0) == survived.best.replace(seconds=0)


def events(plan: Search, pool: WorkerPool) -> Iterator[Any]:
    """Give the news of a search, and then what it found."""
    found = yield from search(plan, pool=pool, journal=InMemoryJournal())
    yield found


def fates(searched: SearchResult) -> list[TrialRecord]:
    """Give what became of every trial."""
    return [
        trial.replace(seconds=0) for raced in searched.entries.values() for trial in raced.trials
    ]


def nodes_at_work(folder: Path) -> set[str]:
    """Find the nodes at which a task that waits has begun."""
    begun = [file.name.split("-") for file in folder.glob("*-*")]
    return {node for number, node in begun if int(number) >= 2}


@contextmanager
def head() -> Iterator[str]:
    """Start the first node of a cluster, in a folder of its own."""
    with TemporaryDirectory(prefix="r", ignore_cleanup_errors=True) as folder:
        address = f"127.0.0.1:{free_port()}"
        port = address.partition(":")[2]
        with node("--head", "--port", port, "--include-dashboard=false", "--temp-dir", folder):
            yield address


@contextmanager
def node(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a node of one processor, and wait until it says that it is up."""
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1"]
    # Two nodes of one machine would give the same ports out of the usual range.
    command += ["--min-worker-port=0", "--max-worker-port=0"]
    process = subprocess.Popen(
        [*command, "--object-store-memory=80000000", *arguments],
        env=environment(RAY_USAGE_STATS_ENABLED="0", PYTHONUNBUFFERED="1", OMP_NUM_THREADS="7"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if "Ray runtime started" in line:
                    break
            else:
                pytest.fail("".join(said))
            yield process
        finally:
            end(process)


def end(process: "subprocess.Popen[str]") -> None:
    """Kill a node and all that it started, by their ids."""
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                child.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(engine_work.__file__).parent), **more}


@pytest.mark.parametrize(
    "address", ["", "nonsense", "host:", ":6379", "host:port", "a:b:c", "ray://host:1", "u@h:1"]
)
def test_an_address_is_host_and_port(address):
    with pytest.raises(EngineUnavailableError, match=r"host:port.*ray start --head --port 6379"):
        Ray(address)


@needs_ray
def test_an_address_where_nothing_listens_is_an_error_that_says_what_to_start():
    address = f"127.0.0.1:{free_port()}"

    with pytest.raises(
        EngineUnavailableError, match=f"'{address}': nothing listens there .*ray start --head"
    ):
        list(run(engine_work.say, [1], data=None, engine=Ray(address)))


@needs_ray
def test_an_address_where_no_ray_answers_is_an_error_that_says_so():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"

        with pytest.raises(EngineUnavailableError, match="something listens there, but no Ray"):
            list(run(engine_work.say, [1], data=None, engine=Ray(address)))


def test_without_the_package_an_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'pregao\[ray\]'"), Ray().pool(None):
        pass


@pytest.mark.parametrize("share", [-1.0, float("nan"), float("inf")])
def test_a_share_of_a_gpu_is_a_number_of_gpus(share):
    with pytest.raises(InputError, match="GPUs per worker"):
        Ray(gpus_per_worker=share)
