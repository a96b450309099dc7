"""The ledger of a search: a line a step or a decision, written so that a kill loses none."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Annotated, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError

from pregao.errors import CorruptFileError
from pregao.registry._atomic import write_file
from pregao.training.search import Plain, Step, Stepped, TrialRecord, check_replay
from pregao.values import Value


class StepLine(Value):
    """A step that was made."""

    kind: Literal["step"] = "step"
    entry: str
    trial: int
    until: int
    digest: str
    """Of the trial's experiment."""
    params: dict[str, Plain]
    stepped: Stepped
    file: str | None
    """The checkpoint, deleted once it serves for nothing any more."""
    sha256: str | None


class FateLine(Value):
    """A trial that was decided."""

    kind: Literal["fate"] = "fate"
    record: TrialRecord


Line = StepLine | FateLine
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="kind")])


@dataclass(eq=False)
class Ledger:
    """All lines of a ledger, found by what they are about."""

    steps: dict[tuple[str, int, int], StepLine] = field(default_factory=dict)
    latest: dict[tuple[str, int], StepLine] = field(default_factory=dict)
    """The last step of each trial."""
    fates: dict[tuple[str, int], TrialRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Self:
        ledger = cls()
        for line in lines:
            ledger.add(line)
        return ledger

    def add(self, line: Line) -> None:
        match line:
            case StepLine():
                self.steps[line.entry, line.trial, line.until] = line
                self.latest[line.entry, line.trial] = line
            case FateLine(record=record):
                self.fates[record.entry, record.trial] = record

    @property
    def files(self) -> set[str]:
        """The checkpoints of the last steps."""
        return {each.file for each in self.latest.values() if each.file is not None}


class SearchJournal:
    """The journal of a running search: what it has written survives a kill at any moment."""

    def __init__(
        self, folder: Path, entries: tuple[str, ...], ledger: Ledger, file: IO[bytes]
    ) -> None:
        self._folder, self._ledger, self._file = folder, ledger, file
        self._places = {entry: place for place, entry in enumerate(entries)}
        checkpoints = folder / "checkpoints"
        checkpoints.mkdir(exist_ok=True)
        # A kill between two writes leaves a checkpoint that no line knows, or not the last.
        for path in checkpoints.iterdir():
            if path.name not in ledger.files:
                path.unlink()

    def known(self, step: Step) -> Stepped | None:
        """Give what an earlier run found, or None.

        Raises
        ------
        ReplayError
            If the trial had other parameters then.
        """
        line = self._ledger.steps.get(step.key)
        if line is None:
            return None
        check_replay(step, digest=line.digest, params=line.params)
        return line.stepped

    def record(self, step: Step, stepped: Stepped, checkpoint: bytes | None) -> None:
        """Write down what a step found, its checkpoint first."""
        before = self._ledger.latest.get((step.entry, step.trial))
        name = None
        if checkpoint is not None:
            name = f"{self._places[step.entry]:02}-{step.trial:04}-{step.until}.safetensors"
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
        """Give the checkpoint of a trial's last step.

        Raises
        ------
        CorruptFileError
            If it is not what was written.
        """
        return checkpoint_of(self._folder, self._ledger, entry, trial)

    def forget(self, entry: str, trial: int) -> None:
        """Delete the checkpoint of a trial."""
        line = self._ledger.latest.get((entry, trial))
        if line is not None:
            self._delete(line)

    def settle(self, records: Sequence[TrialRecord]) -> None:
        """Write down what became of some trials; the same again is nothing."""
        fates = self._ledger.fates
        new = [each for each in records if fates.get((each.entry, each.trial)) != each]
        if new:
            self._append(*(FateLine(record=each) for each in new))

    def _append(self, *lines: Line) -> None:
        self._file.write(b"".join(each.model_dump_json().encode() + b"\n" for each in lines))
        self._file.flush()
        os.fsync(self._file.fileno())
        for each in lines:
            self._ledger.add(each)

    def _delete(self, line: StepLine) -> None:
        if line.file is not None:
            (self._folder / "checkpoints" / line.file).unlink(missing_ok=True)


def read_lines(path: Path) -> tuple[list[Line], int]:
    """Give the lines of a ledger and how many bytes they are; a torn last line is left out."""
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
            reason = f"line {number}: {error.errors()[0]['msg']}"
            raise CorruptFileError(str(path), reason) from None
        length += len(text) + 1
    return lines, length


def checkpoint_of(folder: Path, ledger: Ledger, entry: str, trial: int) -> bytes:
    line = ledger.latest.get((entry, trial))
    if line is None or line.file is None:
        path = folder / "trials.jsonl"
        raise CorruptFileError(str(path), f"trial {trial} of {entry} has no checkpoint")
    path = folder / "checkpoints" / line.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CorruptFileError(str(path), str(error)) from None
    if sha256(content).hexdigest() != line.sha256:
        raise CorruptFileError(str(path), "its digest is not what was written")
    return content
