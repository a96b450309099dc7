"""How fast Pregao trains beside its peers, in one run, as ratios.

The peers live in an environment of their own, `.venv-peers`, made on the first run (minutes, and 3
GB); `--python` names another one. What is measured is in `bench/peers/`: every contestant trains an
LSTM of 64 and one of 32 on 1,500 windows of 60 steps and one feature, in batches of 32. Its
processes start, import and warm up before the clock does, and contestants take turns, since
machines are noisy.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from _figures import run, show
from speed import FAST_SWEEP, THIRTY

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "bench" / "peers"
CORES = 2
"""More would measure the machine's memory; every arrangement uses two."""
THREADS = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)
SETTINGS = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RAY_USAGE_STATS_ENABLED": "0",
}


@dataclass(frozen=True)
class Contestant:
    """One way to train, in one process of two threads or in two of one."""

    library: str
    script: str
    variant: str
    processes: int
    epochs: int
    """How many make one or two seconds: the turns are short, for the machine changes its mind."""

    @property
    def name(self) -> str:
        """Say what it is, for the table."""
        shape = "two processes" if self.processes == 2 else "two threads"
        return f"{self.library} {self.variant}, {shape}"


def _both_ways(library: str, script: str, variant: str, epochs: int) -> tuple[Contestant, ...]:
    return tuple(Contestant(library, script, variant, each, epochs) for each in (CORES, 1))


BARE = Contestant("bare loop", "bare.py", "LSTM", CORES, 6)
MSE, PINBALL, MSE_VALIDATED, PINBALL_VALIDATED, GRU = (
    Contestant("pregao", "with_pregao.py", variant, CORES, 6)
    for variant in ("mse", "pinball", "mse+validation", "pinball+validation", "gru")
)
PEERS = {
    "darts": (
        *_both_ways("darts", "with_darts.py", "64/32", 3),
        *_both_ways("darts", "with_darts.py", "64/64", 3),
    ),
    "neuralforecast": (
        *_both_ways("neuralforecast", "with_neuralforecast.py", "64/32", 2),
        *_both_ways("neuralforecast", "with_neuralforecast.py", "64/64", 2),
    ),
    "keras": (
        *_both_ways("keras", "with_keras.py", "default", 1),
        *_both_ways("keras", "with_keras.py", "compiled", 2),
    ),
}


@dataclass(frozen=True)
class Crew:
    """The processes of one script; warmed up and waiting once each has said so."""

    processes: tuple["subprocess.Popen[str]", ...]
    errors: Path

    def rate(self, contestant: Contestant) -> float:
        """Let all processes train at once; give the windows a second of them together."""
        for process in self.processes:
            assert process.stdin is not None, "a pipe"
            process.stdin.write(f"{contestant.variant} {contestant.epochs}\n")
            process.stdin.flush()
        return sum(float(self.answer(process)) for process in self.processes)

    def answer(self, process: "subprocess.Popen[str]") -> str:
        """Wait for one line."""
        assert process.stdout is not None, "a pipe"
        line = process.stdout.readline()
        if not line:
            sys.exit(f"{process.args!r} ended:\n{self.errors.read_text(encoding='utf-8')[-3000:]}")
        return line.strip()


@contextmanager
def pool(python: Path, contestant: Contestant, folder: Path, clock: str) -> Iterator[Crew]:
    """Start the processes of a script, and end them at the end."""
    threads = str(CORES // contestant.processes)
    errors = folder / f"{contestant.script}-{contestant.processes}.log"
    with ExitStack() as running:
        log = running.enter_context(errors.open("w", encoding="utf-8"))
        processes = tuple(
            subprocess.Popen(
                [str(python), str(SCRIPTS / contestant.script), threads, clock],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
                env={**os.environ, **SETTINGS, **dict.fromkeys(THREADS, threads)},
            )
            for _ in range(contestant.processes)
        )
        for process in processes:
            running.callback(process.wait)
            running.callback(process.terminate)
        yield Crew(processes, errors)


Rates = dict[Contestant, list[float]]
"""Windows a second, by round."""


def measured(
    contestants: list[Contestant], peers_python: Path, *, rounds: int, clock: str
) -> Rates:
    """Let the contestants take turns, every other round the other way around."""
    rates: Rates = {each: [] for each in contestants}
    with ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        crews: dict[tuple[str, int], Crew] = {}
        for each in contestants:
            place = (each.script, each.processes)
            if place not in crews:
                ours = each.library in ("pregao", "bare loop")
                python = Path(sys.executable) if ours else peers_python
                crews[place] = running.enter_context(pool(python, each, Path(folder), clock))
        for waiting in crews.values():
            for process in waiting.processes:
                waiting.answer(process)
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
            for each in contestants if number % 2 == 0 else reversed(contestants):
                rates[each].append(crews[each.script, each.processes].rate(each))
    return rates


def table(rates: Rates) -> None:
    """Print what everybody reached."""
    print(f"{'windows a second of training':58} {'median':>9} {'min':>9} {'max':>9}")
    for each, found in rates.items():
        print(f"{each.name:58} {median(found):9,.0f} {min(found):9,.0f} {max(found):9,.0f}")


def show_ratio(rates: Rates, ours: Contestant, theirs: Contestant, bound: float) -> None:
    """Print the median over the rounds: what stood side by side met the same machine."""
    ratios = [a / b for a, b in zip(rates[ours], rates[theirs], strict=True)]
    show(f"{ours.variant} / {theirs.name}", median(ratios), bound, "x", at_least=True)
    print(f"{'':58} {min(ratios):9.2f} to {max(ratios):.2f}")


def show_training(rates: Rates) -> None:
    """Print the ratios and their bounds."""
    table(rates)
    print("\npregao, two processes of one thread each, against:")
    for ours in (MSE, PINBALL):
        show_ratio(rates, ours, BARE, 0.95)
    show_ratio(rates, GRU, PINBALL, 0.7)
    for name, bound in (("darts", 3), ("neuralforecast", 8), ("keras", 5)):
        for theirs in PEERS[name]:
            if theirs in rates:
                show_ratio(rates, MSE, theirs, bound)


def sweep_of_pregao(folder: Path) -> tuple[float, int]:
    """Run the fast sweep of the thirty; give its seconds and its training windows."""
    os.environ["PREGAO_HOME"] = str(folder)
    toml = folder / "fast.toml"
    toml.write_text(FAST_SWEEP, encoding="utf-8")
    names = ",".join(THIRTY)
    sweep = run("sweep", "SP500", "--experiment", str(toml), "--networks", names, "--json")
    return sweep.seconds, json.loads(sweep.output)["windows"]["train"]


def sweep_of_keras(python: Path, folder: Path, num_windows: int) -> float:
    """Train the same thirty in Keras; give the seconds of the whole process."""
    listed = json.loads(run("networks", "--json").output)
    specs = {each["name"]: each["spec"] for each in listed if each["name"] in THIRTY}
    networks = folder / "networks.json"
    networks.write_text(json.dumps(specs), encoding="utf-8")
    started = time.perf_counter()
    done = subprocess.run(
        [str(python), str(SCRIPTS / "sweep_keras.py"), str(networks), str(num_windows)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **SETTINGS},
    )
    if done.returncode:
        sys.exit(f"the sweep in Keras ended with {done.returncode}:\n{done.stderr[-3000:]}")
    assert done.stdout.split() == list(specs), "all of them were trained"
    return time.perf_counter() - started


def show_sweep(python: Path) -> None:
    """Sweep with both, Pregao before and after Keras."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before, num_windows = sweep_of_pregao(folder)
        keras = sweep_of_keras(python, folder, num_windows)
        after, _ = sweep_of_pregao(folder)
    print(f"\nfast sweep of the thirty on {num_windows:,} training windows: pregao {before:.1f} s")
    print(f"and {after:.1f} s (with baselines, scores and a report), keras {keras:.1f} s")
    ours = (before + after) / 2
    show("keras / pregao, wall time of the sweep", keras / ours, 6, "x", at_least=True)


def peers_python() -> Path:
    """Make `.venv-peers` and install the peers, unless just that is there already."""
    home = ROOT / ".venv-peers"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    locked = SCRIPTS / "requirements.txt"
    wanted = hashlib.sha256(locked.read_bytes() + sys.version.encode()).hexdigest()
    stamp = home / "peers.installed"
    if python.is_file() and stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return python
    print("installing the peers into .venv-peers: some minutes, once", flush=True)
    if not python.is_file():
        venv.create(home, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "-r", str(locked)], check=True)
    stamp.write_text(wanted, encoding="ascii")
    return python


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, help="an environment that has the peers")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        default="wall",
        help="cpu measures seconds of processor, for a machine that is busy: without two threads",
    )
    parser.add_argument("--only", choices=("training", "sweep"))
    options = parser.parse_args()
    python = options.python or peers_python()
    if options.only != "sweep":
        ours = [BARE, MSE, PINBALL, MSE_VALIDATED, PINBALL_VALIDATED, GRU]
        everybody = [*ours, *(each for ways in PEERS.values() for each in ways)]
        if options.clock == "cpu":
            everybody = [each for each in everybody if each.processes == CORES]
        show_training(measured(everybody, python, rounds=options.rounds, clock=options.clock))
    if options.only != "training":
        show_sweep(python)


if __name__ == "__main__":
    main()
