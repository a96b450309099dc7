"""One race: which trials an entry has, which of them go on, and which is best.

What it decides depends on results alone, never on the order in which they come: trials are asked
for in generations and compared at rungs, and nothing is decided before all of a batch are there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from pregao.errors import InputError
from pregao.training import Experiment
from pregao.training.search._plan import (
    EntryTrials,
    Search,
    Step,
    StepResult,
    TrialRecord,
    TrialStatus,
)
from pregao.training.search._space import Choices, Params
from pregao.training.search._strategies import Verdict

RUNGS = (1, 4, 16)
"""Epochs after which trials are compared."""
REDUCTION = 4
"""One in so many goes on from a rung."""


@dataclass(eq=False)
class Trial:
    """A trial under way."""

    number: int
    params: Params
    experiment: Experiment | None
    """None if its parameters cannot be together."""
    digest: str = ""
    stepped: StepResult | None = None
    fate: TrialStatus | None = None
    reason: str = ""
    duplicate_of: int | None = None

    def take(self, stepped: StepResult) -> None:
        """Update with the result of a step."""
        self.stepped, self.reason = stepped, stepped.reason
        match stepped.outcome:
            case "finished" | "stopped early":
                self.fate = "finished"
            case "diverged" | "failed":
                self.fate = stepped.outcome
            case None:
                self.fate = None

    @property
    def is_decided(self) -> bool:
        """Whether it is known what became of it; of a duplicate, when it is of the first."""
        return self.fate is not None and (self.stepped is not None or self.experiment is None)

    def loss_at(self, rung: int) -> float | None:
        """Return its validation loss at a rung; None if it did not reach it."""
        if self.stepped is None or self.fate in ("failed", "duplicate"):
            return None
        if self.stepped.num_epochs >= rung or self.fate == "finished":
            return self.stepped.trained_loss(rung)
        return inf if self.fate == "diverged" else None

    @property
    def verdict(self) -> Verdict:
        """What a sampler learns from it."""
        if self.stepped is None or self.stepped.outcome in ("failed", "diverged"):
            return Verdict(None, 0, is_complete=False)
        return Verdict(
            self.stepped.trained_loss(),
            self.stepped.num_epochs,
            is_complete=self.stepped.outcome is not None,
        )

    @property
    def rank(self) -> tuple[float, float, int]:
        """Least is best: by the weights kept, then by the trained ones, then the earlier."""
        assert self.stepped is not None, "only trained trials are ranked"
        losses = self.stepped.loss, self.stepped.trained_loss()
        first, second = (inf if each is None else each for each in losses)
        return first, second, self.number

    def record(self, entry: str) -> TrialRecord:
        """Return the record of the trial."""
        stepped = self.stepped or StepResult.failed(self.reason)
        return TrialRecord(
            entry=entry,
            trial=self.number,
            params=self.params,
            fate=self.fate or "unfinished",
            reason=self.reason,
            epochs=stepped.num_epochs,
            best_epoch=stepped.best_epoch,
            loss=stepped.loss,
            trained_loss=stepped.trained_loss(),
            seconds=stepped.seconds,
            duplicate_of=self.duplicate_of,
        )


class Race:
    """The trials of one entry."""

    def __init__(self, plan: Search, entry: str) -> None:
        self.plan = plan
        self.entry = entry
        self.trials: list[Trial] = []
        self.is_complete = False
        self._first: dict[str, Trial] = {}

    def batches(self) -> Iterator[list[Step]]:
        """Return steps that can run concurrently, then continue from their results.

        Before the next batch is asked for, each step's result must be taken in by its trial.
        """
        chooser = self.plan.chooser
        proposer = chooser.proposer(self.plan.space, self.plan.trials, self.plan.seed)
        for size in chooser.generations(self.plan.num_trials):
            numbered = enumerate(proposer.ask(size), start=len(self.trials))
            generation = [self._begun(number, params) for number, params in numbered]
            self.trials += generation
            yield from self._halved([each for each in generation if each.fate is None])
            for trial in generation:
                if trial.duplicate_of is not None:
                    trial.stepped = self.trials[trial.duplicate_of].stepped
                proposer.tell(trial.number, trial.verdict)
        self.is_complete = True

    def _begun(self, number: int, params: Params) -> Trial:
        try:
            experiment = self.plan.trial_experiment(self.entry, params)
        except InputError as error:
            return Trial(number, params, None, fate="failed", reason=str(error))
        trial = Trial(number, params, experiment, experiment.digest)
        first = self._first.setdefault(trial.digest, trial)
        if first is not trial:
            trial.fate, trial.duplicate_of = "duplicate", first.number
        return trial

    def _halved(self, live: list[Trial]) -> Iterator[list[Step]]:
        """Train to each rung in turn those that are among the best there, the last to the end."""
        for rung in (*RUNGS, None) if self.plan.pruning else (None,):
            if not live:
                return
            yield [self._step(each, rung) for each in live]
            live = [each for each in live if each.fate is None]
            if rung is not None:
                live = self._promoted(live, rung)
        assert not live, "a trial ends at its last epoch"

    def _step(self, trial: Trial, rung: int | None) -> Step:
        assert trial.experiment is not None, "a trial that failed has no steps"
        epochs = trial.experiment.epochs
        until = epochs if rung is None else min(rung, epochs)
        return Step(self.entry, trial.number, trial.params, trial.experiment, trial.digest, until)

    def _promoted(self, live: Sequence[Trial], rung: int) -> list[Trial]:
        """Return the trials among the best of all that reached the rung; prune the others.

        Successive halving (Jamieson, Talwalkar, 2016), new trials being compared with old ones as
        in its asynchronous form (Li et al., 2020).
        """
        stood = [(each.loss_at(rung), each.number) for each in self.trials]
        ranked = sorted((loss, number) for loss, number in stood if loss is not None)
        best = {number for _, number in ranked[: max(1, len(ranked) // REDUCTION)]}
        for trial in live:
            if trial.number not in best:
                trial.fate = "pruned"
        return [each for each in live if each.fate is None]

    @property
    def best(self) -> Trial | None:
        """The best trial so far, those under way counting with what they have."""
        return self._best_of("finished", None) or self._best_of("pruned")

    def spent(self) -> list[Trial]:
        """Return the trials whose checkpoints are no longer needed.

        A trial under way may diverge yet, so it beats none that ended.
        """
        kept = self._best_of("finished") or self._best_of("pruned")
        return [
            each
            for each in self.trials
            if each.stepped is not None
            and each.fate not in (None, "duplicate")
            and each is not kept
        ]

    def _best_of(self, *fates: TrialStatus | None) -> Trial | None:
        among = [each for each in self.trials if each.fate in fates and each.stepped]
        return min(among, key=lambda each: each.rank, default=None)

    def raced(self) -> EntryTrials:
        """Sum up; trials that were not begun are left out."""
        best = self.best
        return EntryTrials(
            entry=self.entry,
            trials=tuple(
                each.record(self.entry)
                for each in self.trials
                if each.stepped is not None or each.is_decided
            ),
            best=None if best is None else best.number,
            is_complete=self.is_complete,
        )

    def expected_epochs(self) -> float:
        """Estimate how many epochs all its trials will have been trained for."""
        knob = self.plan.space.knobs.get("epochs")
        match knob:
            case None:
                end = float(self.plan.experiment.epochs)
            case Choices():
                end = sum(knob.values) / len(knob.values)
            case _:
                end = (knob.low + knob.high) / 2
        rungs = (*(each for each in RUNGS if each < end), end) if self.plan.pruning else (end,)
        total, going, before = 0.0, float(self.plan.num_trials), 0.0
        for rung in rungs:
            total += going * (rung - before)
            going, before = max(1.0, going / REDUCTION), rung
        return total
