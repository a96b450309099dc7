"""Work for the searches' tests: spawned workers import it by name."""

import json
import math
import os
import sys
from pathlib import Path

from pregao.dataset import Split, make_dataset
from pregao.errors import InvalidNetworkError
from pregao.registry import DataRecord
from pregao.registry._searches import open_search
from pregao.testing import synthetic_prices
from pregao.training import Datasets, Epoch, Experiment, PartialTraining
from pregao.training.engines import Local
from pregao.training.search._plan import Search, Step
from pregao.training.search._search import run_step, search

TOO_FAST = 0.5
"""A learning rate from which the bowl diverges, after its second epoch."""
NOT_BUILT = 7
"""A batch size that the bowl refuses."""

RECORD = DataRecord(
    symbol="TEST3", provider="synthetic", sessions=1, first="-", last="-", digest="0" * 16
)


def floor(experiment: Experiment) -> float:
    """Give what a smooth objective comes down to: least at a rate of 1e-3 and a dropout of 0.3."""
    rate = math.log10(experiment.learning_rate) + 3
    return 0.5 + 0.1 * rate**2 + (experiment.dropout - 0.3) ** 2


def bowl(diary: Path | None, step: Step) -> PartialTraining:
    """Roll down the bowl an epoch at a time; each epoch trained is a line in the diary."""
    experiment = step.experiment
    if experiment.batch_size == NOT_BUILT:
        raise InvalidNetworkError("seven is no batch", "ask for eight")
    begun = json.loads(step.checkpoint)["epochs"] if step.checkpoint else 1
    assert step.checkpoint is None or json.loads(step.checkpoint)["of"] == experiment.digest
    end = min(step.until, experiment.epochs)
    diverges = experiment.learning_rate >= TOO_FAST
    for number in range(begun, end + 1):
        if diverges and number == 3:
            break
        if diary is not None:
            with diary.open("a", encoding="ascii") as file:
                file.write(f"{step.entry} {step.trial} {number}\n")
    reached = min(end, 2) if diverges else end
    epochs = tuple(_epoch(experiment, number) for number in range(reached + 1))
    outcome = None
    if reached == experiment.epochs:
        outcome = "finished"
    elif diverges and end > 2:
        outcome = "diverged"
    checkpoint = json.dumps({"of": experiment.digest, "epochs": reached + 1})
    return PartialTraining(epochs, outcome, checkpoint.encode())


def deadly_bowl(diary: Path | None, step: Step) -> PartialTraining:
    """Roll down the bowl, but for the batch that takes its worker with it."""
    if step.experiment.batch_size == NOT_BUILT:
        os.kill(os.getpid(), 9)
    return bowl(diary, step)


def _epoch(experiment: Experiment, number: int) -> Epoch:
    loss = 1.0 if number == 0 else floor(experiment) + math.exp(-number / 2)
    return Epoch(
        number=number,
        train_loss=loss,
        validation_loss=loss,
        learning_rate=experiment.learning_rate,
        seconds=0.25,
        is_best=number == 0 or loss < 1.0,
    )


def dataset_of(experiment: Experiment) -> Datasets:
    prices = synthetic_prices(sessions=600, seed=5)
    cut = experiment.window_settings
    return {
        cut: make_dataset(
            [prices],
            features=cut.features,
            lookback=cut.lookback,
            horizon=cut.horizon,
            split=Split(),
        )
    }


def logged_step(datasets: tuple[Path, Datasets], step: Step) -> PartialTraining:
    """Train in earnest, and write down when a step begins and ends."""
    diary, data = datasets
    _note(diary, f"begin {step.trial} {step.until}")
    advanced = run_step(data, step)
    _note(diary, f"end {step.trial} {step.until}")
    return advanced


def _note(diary: Path, line: str) -> None:
    handle = os.open(diary, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def run_and_tell(home: Path, plan: Search) -> None:
    """Run a search with real trainings in two workers, saying after each step that it is known."""
    stored = open_search(home, plan, data=(RECORD,))
    data = (home / "diary", dataset_of(plan.experiment))
    with stored.journal() as journal, Local(2).pool(data) as pool:
        for progress in search(plan, pool=pool, journal=journal, work=logged_step):
            print(progress.trial, progress.epochs, flush=True)  # noqa: T201 - the test reads it


def main() -> None:
    home = Path(sys.argv[1])
    run_and_tell(home, Search.model_validate_json((home / "plan.json").read_bytes()))
