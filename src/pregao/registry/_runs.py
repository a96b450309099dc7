"""Runs: a readable folder each, published whole or not at all."""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

import numpy as np
from pydantic import Field, ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from pregao.dataset import Borders, Scaler
from pregao.errors import CorruptFileError, UnknownRunError
from pregao.evaluation import Report
from pregao.registry._atomic import sync_folder
from pregao.training import Combination, Ensemble, Epoch, Experiment, Fitted, Model, Outcome, State
from pregao.values import Value

_LIBRARIES = ("numpy", "torch", "arch", "lightgbm")


class DataRecord(Value):
    """The prices of one symbol that a run was made from."""

    symbol: str
    provider: str
    sessions: int
    first: str
    last: str
    digest: str


class Provenance(Value):
    """What a run was made from and by."""

    data: tuple[DataRecord, ...]
    forecaster: str
    """The network's name."""
    overridden: tuple[str, ...]
    """Data-quality findings that were trained on all the same."""
    pregao: str
    libraries: dict[str, str]
    files: dict[str, str]
    """SHA-256 of each file, verified when the run is loaded."""


class Member(Value):
    """One network's scaler, anchor and learning curve beside its weights."""

    experiment: Experiment
    weight: float
    scaler: Scaler
    borders: Borders
    anchor: tuple[tuple[float, ...], ...]
    epochs: tuple[Epoch, ...]
    outcome: Outcome
    seconds: float

    @classmethod
    def of(cls, fitted: Fitted, weight: float) -> Self:
        """Describe a network of an ensemble, or the only one."""
        return cls(
            experiment=fitted.experiment,
            weight=weight,
            scaler=fitted.scaler,
            borders=fitted.borders,
            anchor=tuple(tuple(row) for row in fitted.anchor.astype(float).tolist()),
            epochs=fitted.epochs,
            outcome=fitted.outcome,
            seconds=fitted.seconds,
        )

    def fitted(self, state: State) -> Fitted:
        """Put the weights back."""
        return Fitted(
            experiment=self.experiment,
            scaler=self.scaler,
            borders=self.borders,
            anchor=np.array(self.anchor, np.float32),
            state=state,
            epochs=self.epochs,
            outcome=self.outcome,
            seconds=self.seconds,
        )


class Learning(Value):
    """What a run learnt: one network, or several that are averaged."""

    combination: Combination
    members: tuple[Member, ...] = Field(min_length=1)

    @classmethod
    def of(cls, model: Model) -> Self:
        """Describe a network or an ensemble."""
        if isinstance(model, Fitted):
            return cls(combination="uniform", members=(Member.of(model, 1.0),))
        pairs = zip(model.members, model.weights, strict=True)
        return cls(
            combination=model.combination,
            members=tuple(Member.of(fitted, weight) for fitted, weight in pairs),
        )

    def model(self, state: State) -> Model:
        """Put the weights back."""
        fitted = tuple(
            member.fitted(_under(number, state)) for number, member in enumerate(self.members)
        )
        if len(fitted) == 1:
            return fitted[0]
        return Ensemble(fitted, tuple(each.weight for each in self.members), self.combination)


@dataclass(frozen=True)
class Run:
    """A stored run; its parts are read, and their digests verified, when they are asked for."""

    folder: Path

    @property
    def id(self) -> str:
        """The name of the run's folder."""
        return self.folder.name

    @cached_property
    def provenance(self) -> Provenance:
        """What the run was made from."""
        return Provenance.model_validate_json(self._text("provenance.json"))

    @cached_property
    def experiment(self) -> Experiment:
        """What was asked for."""
        return Experiment.model_validate_json(self._verified("experiment.json"))

    @cached_property
    def report(self) -> Report:
        """What it is worth."""
        return Report.model_validate_json(self._verified("report.json"))

    @cached_property
    def model(self) -> Model:
        """The network or the ensemble, ready to forecast.

        Raises
        ------
        CorruptFileError
            If a file is not what was written.
        """
        learning = Learning.model_validate_json(self._verified("scaler.json"))
        try:
            state = load(self._verified("weights.safetensors"))
        except SafetensorError as error:
            raise CorruptFileError(str(self.folder / "weights.safetensors"), str(error)) from None
        return learning.model(state)

    def _text(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise CorruptFileError(str(self.folder / name), str(error)) from None

    def _verified(self, name: str) -> bytes:
        content = self._text(name)
        try:
            written = self.provenance.files[name]
        except (ValidationError, KeyError) as error:
            raise CorruptFileError(str(self.folder / "provenance.json"), str(error)) from None
        if sha256(content).hexdigest() != written:
            raise CorruptFileError(str(self.folder / name), "its digest is not what was written")
        return content


def run_id(made_from: Sequence[Experiment], data: tuple[DataRecord, ...], forecaster: str) -> str:
    """Name a run by what it is made from: the same again is the same run."""
    digests = [each.digest for each in made_from]
    content = json.dumps([digests, [d.model_dump() for d in data], version("pregao")])
    return f"{forecaster}-{sha256(content.encode()).hexdigest()[:12]}"


def save_run(
    home: Path,
    model: Model,
    report: Report,
    *,
    made_from: Sequence[Experiment],
    forecaster: str,
    data: tuple[DataRecord, ...],
    overridden: tuple[str, ...] = (),
) -> Run:
    """Publish a run: written beside, synced, then renamed into place. Saving twice is once.

    `made_from` is what was asked for: an experiment, or those of an ensemble's members.
    """
    folder = home / "runs" / run_id(made_from, data, forecaster)
    if folder.exists():
        return Run(folder)
    files = {
        "experiment.json": made_from[0].to_json().encode(),
        "report.json": report.model_dump_json(indent=2).encode(),
        "scaler.json": Learning.of(model).model_dump_json(indent=2).encode(),
        "weights.safetensors": save(_state_of(model)),
    }
    provenance = Provenance(
        data=data,
        forecaster=forecaster,
        overridden=overridden,
        pregao=version("pregao"),
        libraries=_installed(),
        files={name: sha256(content).hexdigest() for name, content in files.items()},
    )
    files["provenance.json"] = provenance.model_dump_json(indent=2).encode()
    _publish(folder, files)
    return Run(folder)


def _state_of(model: Model) -> State:
    """Give the weights of all members under one roof, numbered."""
    members = (model,) if isinstance(model, Fitted) else model.members
    return {
        f"{number}/{name}": np.asarray(value)
        for number, member in enumerate(members)
        for name, value in member.state.items()
    }


def _under(number: int, state: State) -> State:
    prefix = f"{number}/"
    return {
        name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)
    }


def load_run(home: Path, name: str) -> Run:
    """Find a stored run by its id.

    Raises
    ------
    UnknownRunError
        With the newest ones.
    """
    stored = stored_runs(home)
    for run in stored:
        if run.id == name:
            return run
    raise UnknownRunError(name, [run.id for run in stored])


def stored_runs(home: Path) -> list[Run]:
    """List the stored runs, newest first."""
    folder = home / "runs"
    if not folder.is_dir():
        return []
    published = [each for each in folder.iterdir() if (each / "provenance.json").is_file()]
    return [Run(each) for each in sorted(published, key=lambda p: -p.stat().st_mtime_ns)]


def _installed() -> dict[str, str]:
    """Give the versions of the libraries that scores depend on, where they are there at all."""
    versions = {}
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def _publish(folder: Path, files: dict[str, bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for name, content in files.items():
            with (draft / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(draft)
        try:
            draft.rename(folder)
        except OSError:
            # Another process published the same run in between: its content is the same.
            if not (folder / "provenance.json").is_file():
                raise
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
