"""Many trials over one pool of workers, written down step by step, so that a search can go on.

The coordinator runs the races of all entries at once. A race decides by results alone, so the same
search comes to the same end with one worker or sixteen, here or on a cluster, interrupted or not.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING, Any, Protocol

from pregao.dataset import Dataset
from pregao.errors import CorruptFileError, InputError, ReplayError, WorkerLostError
from pregao.training import DeviceName, PartialTraining, WindowSettings
from pregao.training.search._halving import Race, Trial
from pregao.training.search._plan import (
    Search,
    SearchResult,
    Step,
    StepResult,
    TrialRecord,
    TrialStatus,
)
from pregao.training.search._space import Params

if TYPE_CHECKING:
    from pregao.training.engines import WorkerPool

Work = Callable[[Any, Step], PartialTraining]
"""A function at the top of a module: it takes the pool's data and makes a step."""


class Journal(Protocol):
    """What is known of a search; one that lasts makes the search able to go on."""

    def known(self, step: Step) -> StepResult | None:
        """Return a recorded result, or None.

        Raises
        ------
        ReplayError
            If the trial had other parameters then.
        """

    def record(self, step: Step, stepped: StepResult, checkpoint: bytes | None) -> None:
        """Write down what a step found, its checkpoint first."""

    def checkpoint(self, entry: str, trial: int) -> bytes:
        """Return the checkpoint of a trial's last step.

        Raises
        ------
        CorruptFileError
            If it is lost or damaged.
        """

    def forget(self, entry: str, trial: int) -> None:
        """Delete the checkpoint of a trial; once deleted, it may be again."""

    def settle(self, records: Sequence[TrialRecord]) -> None:
        """Write down what became of some trials; the same again is nothing."""


class InMemoryJournal:
    """A journal that lasts as long as its process."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, int], TrialRecord] = {}
        self._steps: dict[tuple[str, int, int], tuple[Step, StepResult]] = {}
        self._checkpoints: dict[tuple[str, int], bytes] = {}

    def known(self, step: Step) -> StepResult | None:
        """Return a recorded result, or None."""
        recorded = self._steps.get(step.key)
        if recorded is None:
            return None
        check_replay(step, digest=recorded[0].digest, params=recorded[0].params)
        return recorded[1]

    def record(self, step: Step, stepped: StepResult, checkpoint: bytes | None) -> None:
        """Keep what a step found."""
        self._steps[step.key] = replace(step, checkpoint=None), stepped
        if checkpoint is not None:
            self._checkpoints[step.entry, step.trial] = checkpoint

    def checkpoint(self, entry: str, trial: int) -> bytes:
        """Return the checkpoint of a trial's last step."""
        return self._checkpoints[entry, trial]

    def forget(self, entry: str, trial: int) -> None:
        """Drop the checkpoint of a trial."""
        self._checkpoints.pop((entry, trial), None)

    def settle(self, records: Sequence[TrialRecord]) -> None:
        """Keep what became of some trials."""
        self.records.update({(each.entry, each.trial): each for each in records})


@dataclass(frozen=True)
class SearchProgress:
    """Something became known of a trial; the last of an entry is about its best."""

    entry: str
    trial: int
    fate: TrialStatus | None
    """None: it goes on, or waits for others to be compared with."""
    epochs: int
    """Trained so far."""
    loss: float | None
    """On validation, of its best epoch."""
    best: float | None
    """The least loss of the entry so far."""
    best_overall: float | None
    done_epochs: int
    total_epochs: int
    """An estimate: nobody knows before how many trials stop early."""
    done_trials: int
    total_trials: int
    is_entry_complete: bool


def run_step(
    datasets: Mapping[WindowSettings, Dataset], step: Step, *, device: DeviceName = "cpu"
) -> PartialTraining:
    """Make one step of a trial in a worker; `functools.partial` chooses another device."""
    from pregao.training import train_until

    experiment = step.experiment
    return train_until(
        experiment,
        datasets[experiment.window_settings],
        until=step.until,
        checkpoint=step.checkpoint,
        device=device,
    )


def never() -> bool:
    """Have no limit of time."""
    return False


def search(
    plan: Search,
    *,
    pool: "WorkerPool",
    journal: Journal,
    work: Work = run_step,
    out_of_time: Callable[[], bool] = never,
) -> Generator[SearchProgress, None, SearchResult]:
    """Run the races of all entries over one pool, and tell of every step.

    Parameters
    ----------
    pool
        Its data must be what `work` needs: for `run_step`, ``datasets_for(prices,
        plan.window_variants())``.
    journal
        What it knows is not trained again. Close the generator at any time and go on later.
    work
        Makes one step; an `InputError` of it, or the loss of its workers again and again, is
        recorded as the failure of the trial.
    out_of_time
        Asked before every step. Once true, steps under way end and none is begun; trials that
        were begun count with what they have, the others are left out.
    """
    coordinator = _Coordinator(plan, pool, journal, work, out_of_time)
    yield from coordinator.run()
    return coordinator.searched()


def check_replay(step: Step, *, digest: str, params: Params) -> None:
    """Make sure that a step that was recorded is the one that would be made again."""
    if step.digest != digest:
        raise ReplayError(step.entry, step.trial, repr(params), repr(step.params))


@dataclass(frozen=True, eq=False)
class _Errand:
    """What a worker is sent."""

    work: Work
    step: Step


@dataclass(frozen=True, eq=False)
class _Answer:
    """What a worker sends back."""

    stepped: StepResult
    checkpoint: bytes | None


def _attempt(data: Any, errand: _Errand) -> _Answer:
    try:
        advanced = errand.work(data, errand.step)
    except InputError as error:
        return _Answer(StepResult.failed(str(error)), None)
    # A network that diverged is never gone on with, nor chosen.
    checkpoint = None if advanced.outcome == "diverged" else advanced.checkpoint
    return _Answer(StepResult.of(advanced), checkpoint)


@dataclass(eq=False)
class _Heat:
    """A race as the coordinator sees it."""

    race: Race
    batches: Iterator[list[Step]]
    expected_epochs: float
    queue: deque[Step] = field(default_factory=deque)
    waiting: set[int] = field(default_factory=set)
    """Trials whose steps of this batch are not known yet."""
    num_submitted: int = 0
    done_epochs: int = 0
    best: float = inf
    settled: set[int] = field(default_factory=set)
    forgotten: set[int] = field(default_factory=set)

    def take(self, step: Step, stepped: StepResult) -> Trial:
        """Update with the result of a step."""
        trial = self.race.trials[step.trial]
        before = trial.stepped.num_epochs if trial.stepped else 0
        trial.take(stepped)
        self.waiting.discard(step.trial)
        self.done_epochs += max(0, stepped.num_epochs - before)
        if stepped.loss is not None and stepped.outcome != "diverged":
            self.best = min(self.best, stepped.loss)
        return trial

    @property
    def total_epochs(self) -> float:
        if self.race.is_complete:
            return self.done_epochs
        return max(self.expected_epochs, self.done_epochs)


class _Coordinator:
    def __init__(
        self,
        plan: Search,
        pool: "WorkerPool",
        journal: Journal,
        work: Work,
        out_of_time: Callable[[], bool],
    ) -> None:
        self.plan, self.pool, self.journal, self.work = plan, pool, journal, work
        self.out_of_time = out_of_time
        self.is_over = False
        self.heats: list[_Heat] = []
        for entry in plan.entries:
            race = Race(plan, entry)
            self.heats.append(_Heat(race, race.batches(), race.expected_epochs()))
        self.under_way: dict[tuple[str, int, int], _Heat] = {}

    def run(self) -> Iterator[SearchProgress]:
        for heat in self.heats:
            yield from self.go_on(heat)
        self.fill()
        answers = self.answers()
        while self.under_way:
            step, answer = next(answers)
            heat = self.under_way.pop(step.key)
            # Others work while this is written down.
            self.fill()
            self.journal.record(step, answer.stepped, answer.checkpoint)
            yield self.reported(heat, heat.take(step, answer.stepped))
            yield from self.go_on(heat)
            self.fill()

    def answers(self) -> Iterator[tuple[Step, _Answer]]:
        """Return the workers' results; a trial whose workers die has failed."""
        while True:
            try:
                for errand, answer in self.pool.results():
                    yield errand.step, answer
            except WorkerLostError as error:
                if not isinstance(error.task, _Errand):
                    raise
                yield error.task.step, _Answer(StepResult.failed(str(error)), None)

    def go_on(self, heat: _Heat) -> Iterator[SearchProgress]:
        """Request the next batch of an entry that waits for nothing; replay recorded results."""
        while not heat.waiting:
            batch = next(heat.batches, None)
            yield from self.settle(heat)
            if batch is None:
                yield self.reported(heat, heat.race.best or heat.race.trials[-1])
                return
            for step in batch:
                stepped = self.journal.known(step)
                if stepped is None:
                    heat.waiting.add(step.trial)
                    heat.queue.append(step)
                else:
                    yield self.reported(heat, heat.take(step, stepped))

    def fill(self) -> None:
        """Keep every worker at work, and the races abreast: an early end is fair to all."""
        while len(self.under_way) < self.pool.num_workers:
            ready = [each for each in self.heats if each.queue]
            self.is_over = self.is_over or bool(ready and self.out_of_time())
            if self.is_over or not ready:
                return
            heat = min(ready, key=lambda each: each.num_submitted)
            step = heat.queue.popleft()
            if heat.race.trials[step.trial].stepped is not None:
                step = replace(step, checkpoint=self.checkpoint(step))
            heat.num_submitted += 1
            self.under_way[step.key] = heat
            self.pool.submit(_attempt, _Errand(self.work, step))

    def checkpoint(self, step: Step) -> bytes | None:
        """Return the checkpoint that the step continues; a lost one costs only time."""
        try:
            return self.journal.checkpoint(step.entry, step.trial)
        except CorruptFileError:
            # From the start, a training comes to the same end as from its checkpoint.
            return None

    def settle(self, heat: _Heat) -> Iterator[SearchProgress]:
        """Write down what was decided, and forget what serves for nothing any more."""
        race = heat.race
        new = [each for each in race.trials if each.number not in heat.settled and each.is_decided]
        heat.settled.update(each.number for each in new)
        if new:
            self.journal.settle([each.record(race.entry) for each in new])
        for each in race.spent():
            if each.number not in heat.forgotten:
                heat.forgotten.add(each.number)
                self.journal.forget(race.entry, each.number)
        for each in new:
            # Of the others a step has told.
            if each.fate in ("pruned", "duplicate") or each.experiment is None:
                yield self.reported(heat, each)

    def reported(self, heat: _Heat, trial: Trial) -> SearchProgress:
        best_overall = min(each.best for each in self.heats)
        stepped = trial.stepped
        return SearchProgress(
            entry=heat.race.entry,
            trial=trial.number,
            fate=trial.fate,
            epochs=stepped.num_epochs if stepped else 0,
            loss=stepped.loss if stepped else None,
            best=None if heat.best == inf else heat.best,
            best_overall=None if best_overall == inf else best_overall,
            done_epochs=sum(each.done_epochs for each in self.heats),
            total_epochs=round(sum(each.total_epochs for each in self.heats)),
            done_trials=sum(len(each.settled) for each in self.heats),
            total_trials=self.plan.num_trials * len(self.heats),
            is_entry_complete=heat.race.is_complete,
        )

    def searched(self) -> SearchResult:
        """Sum up, trials under way being unfinished."""
        races = {each.race.entry: each.race.raced() for each in self.heats}
        for raced in races.values():
            left = [each for each in raced.trials if each.fate == "unfinished"]
            if left:
                self.journal.settle(left)
        return SearchResult(entries=races)
