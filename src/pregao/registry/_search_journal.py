"""The journal of a search: one line per step or decision, durable against kills."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Annotated, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError

from pregao.errors import CorruptFileError
from pregao.registry._atomic_writes import write_file
from pregao.texts import gettext_lazy as _
from pregao.training.search import Plain, Step, StepResult, TrialRecord, check_replay
from pregao.values import Value


class StepLine(Value):
    """A training step of a trial."""

    kind: Literal["step"] = "step"
    entry: str
    trial: int
    until: int
    digest: str
    """Digest of the trial's experiment."""
    params: dict[str, Plain]
    stepped: StepResult
    file: str | None
    """The checkpoint, which the trial's next step replaces."""
    sha256: str | None


class FinishedLine(Value):
    """The final record of a trial."""

    kind: Literal["fate"] = "fate"
    record: TrialRecord


Line = StepLine | FinishedLine
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="kind")])


@dataclass(eq=False)
class JournalIndex:
    """The lines of a journal, by entry and trial."""

    steps: dict[tuple[str, int, int], StepLine] = field(default_factory=dict)
    latest: dict[tuple[str, int], StepLine] = field(default_factory=dict)
    """The last step of each trial."""
    finished: dict[tuple[str, int], TrialRecord] = field(default_factory=dict)
    """The records of trials with an outcome."""

    @classmethod
    def from_lines(cls, lines: Sequence[Line]) -> Self:
        """Index the lines of a journal."""
        index = cls()
        for line in lines:
            index.add(line)
        return index

    def add(self, line: Line) -> None:
        """Index one more line."""
        match line:
            case StepLine():
                self.steps[line.entry, line.trial, line.until] = line
                self.latest[line.entry, line.trial] = line
            case FinishedLine(record=record):
                self.finished[record.entry, record.trial] = record

    @property
    def files(self) -> set[str]:
        """The checkpoint files of the last steps."""
        return {each.file for each in self.latest.values() if each.file is not None}


class SearchJournal:
    """The journal of a running search; a kill at any moment loses no line."""

    def __init__(
        self, folder: Path, entries: tuple[str, ...], index: JournalIndex, file: IO[bytes]
    ) -> None:
        self._folder, self._index, self._file = folder, index, file
        self._numbers = {entry: number for number, entry in enumerate(entries)}
        checkpoints = folder / "checkpoints"
        checkpoints.mkdir(exist_ok=True)
        # A kill between two writes leaves a checkpoint that no line names, or an outdated one.
        for path in checkpoints.iterdir():
            if path.name not in index.files:
                path.unlink()

    def known(self, step: Step) -> StepResult | None:
        """Return the outcome of a step that an earlier process made; None without one.

        Raises
        ------
        ReplayError
            If the trial had other parameters.
        """
        line = self._index.steps.get(step.key)
        if line is None:
            return None
        check_replay(step, digest=line.digest, params=line.params)
        return line.stepped

    def record(self, step: Step, stepped: StepResult, checkpoint: bytes | None) -> None:
        """Record the outcome of a step, its checkpoint first."""
        before = self._index.latest.get((step.entry, step.trial))
        name = None
        if checkpoint is not None:
            name = f"{self._numbers[step.entry]:02}-{step.trial:04}-{step.until}.safetensors"
            write_file(self._folder / "checkpoints" / name, checkpoint)
        self._append(
            StepLine(
                entry=step.entry,
                trial=step.trial,
                until=step.until,
                digest=step.digest,
                params=step.params,
                stepped=stepped,
                file=name,
                sha256=None if checkpoint is None else sha256(checkpoint).hexdigest(),
            )
        )
        if before is not None:
            self._delete(before)

    def checkpoint(self, entry: str, trial: int) -> bytes:
        """Load the checkpoint of a trial's last step.

        Raises
        ------
        CorruptFileError
            If it is missing or differs from what was written.
        """
        return load_checkpoint(self._folder, self._index, entry, trial)

    def forget(self, entry: str, trial: int) -> None:
        """Delete the checkpoint of a trial."""
        line = self._index.latest.get((entry, trial))
        if line is not None:
            self._delete(line)

    def settle(self, records: Sequence[TrialRecord]) -> None:
        """Record the outcome of trials; recorded ones are not repeated."""
        finished = self._index.finished
        new = [each for each in records if finished.get((each.entry, each.trial)) != each]
        if new:
            self._append(*(FinishedLine(record=each) for each in new))

    def _append(self, *lines: Line) -> None:
        self._file.write(b"".join(each.model_dump_json().encode() + b"\n" for each in lines))
        self._file.flush()
        os.fsync(self._file.fileno())
        for each in lines:
            self._index.add(each)

    def _delete(self, line: StepLine) -> None:
        if line.file is not None:
            (self._folder / "checkpoints" / line.file).unlink(missing_ok=True)


def read_lines(path: Path) -> tuple[list[Line], int]:
    """Return the lines of a journal and their length in bytes, without a torn last line.

    Raises
    ------
    CorruptFileError
        If a complete line cannot be parsed.
    """
    if not path.exists():
        return [], 0
    *whole, torn = path.read_bytes().split(b"\n")
    lines: list[Line] = []
    length = 0
    for number, text in enumerate(whole, start=1):
        try:
            lines.append(_LINE.validate_json(text))
        except ValidationError as error:
            if number == len(whole) and not torn:
                break
            reason = _("line {number}: {errors}", number=number, errors=error.errors()[0]["msg"])
            raise CorruptFileError(str(path), reason) from None
        length += len(text) + 1
    return lines, length


def load_checkpoint(folder: Path, index: JournalIndex, entry: str, trial: int) -> bytes:
    """Load the checkpoint of a trial, its digest verified.

    Raises
    ------
    CorruptFileError
        If it is missing or differs from what was written.
    """
    line = index.latest.get((entry, trial))
    if line is None or line.file is None:
        path = folder / "trials.jsonl"
        raise CorruptFileError(
            str(path), _("trial {trial} of {entry} has no checkpoint", trial=trial, entry=entry)
        )
    path = folder / "checkpoints" / line.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorruptFileError(str(path), str(error)) from None
    if sha256(content).hexdigest() != line.sha256:
        raise CorruptFileError(str(path), _("its digest is not what was written"))
    return content
