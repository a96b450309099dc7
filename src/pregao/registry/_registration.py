"""Registration: a run's networks as ONNX, verified against torch, with golden windows."""

import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load, save

from pregao.errors import CorruptFileError, NotRegisteredError, RegistrationError
from pregao.registry._atomic_writes import write_folder
from pregao.registry._runs import Run
from pregao.texts import gettext_lazy as _
from pregao.training import (
    FittedNetwork,
    OnnxNetwork,
    export_fitted,
    model_members,
    outputs_with_torch,
)
from pregao.values import Value

FOLDER = "registered"
_RECORD = "registration.json"
_GOLDEN = "golden.safetensors"
BATCHES = (1, 2, 7, 64)
TOLERANCE = 1e-5
"""Largest accepted difference between outputs of ONNX and torch."""

Float32 = NDArray[np.float32]


class Registration(Value):
    """The record of a registration: the exported files and their largest difference from torch."""

    models: tuple[str, ...]
    """The ONNX files, one per member."""
    largest_difference: float
    files: dict[str, str]
    """SHA-256 of each file."""
    left_out: str | None = None
    """Why no network was exported; only with a served baseline, which needs none."""


@dataclass(frozen=True, eq=False)
class Exported:
    """A member's ONNX file and its golden windows."""

    content: bytes
    windows: Float32
    heads: tuple[Float32, ...]

    def check(self, network: OnnxNetwork, name: str) -> None:
        """Check the network's outputs on its golden windows.

        Raises
        ------
        CorruptFileError
            If they differ from those at registration.
        """
        produced = network.outputs(self.windows)
        if [each.shape for each in produced] != [each.shape for each in self.heads] or not all(
            np.allclose(ours, written, rtol=0, atol=TOLERANCE)
            for ours, written in zip(produced, self.heads, strict=True)
        ):
            raise CorruptFileError(name, _("its golden windows come out otherwise"))


def register(run: Run) -> Registration:
    """Export the networks, verify them and publish them in the run's folder; idempotent.

    With a served baseline, the networks are exported for trial forecasts of the candidate.

    Raises
    ------
    RegistrationError
        If a served network cannot be exported, its outputs are not finite, or ONNX differs from
        torch.
    CorruptFileError
        If the run is not what was written.
    """
    if (run.folder / FOLDER).is_dir():
        exported_of(run)  # verifies the files
        return load_registration(run)
    try:
        proven, left_out = _proven(run), None
    except RegistrationError as error:
        if run.served_name is None:
            raise
        proven, left_out = _Proven((), {}, 0.0), str(error.reason)
    record = Registration(
        models=proven.models,
        largest_difference=proven.largest_difference,
        files={name: sha256(content).hexdigest() for name, content in proven.files.items()},
        left_out=left_out,
    )
    files = {**proven.files, _RECORD: record.model_dump_json(indent=2).encode()}
    write_folder(run.folder / FOLDER, files, marker=_RECORD)
    return load_registration(run)


@dataclass(frozen=True)
class _Proven:
    models: tuple[str, ...]
    files: dict[str, bytes]
    largest_difference: float


def _proven(run: Run) -> _Proven:
    models: dict[str, bytes] = {}
    golden: dict[str, Float32] = {}
    largest = 0.0
    for number, member in enumerate(model_members(run.model)):
        content = _exported_now(run, member)
        models[f"model-{number}.onnx"] = content
        largest = max(largest, _difference(run, member, OnnxNetwork(member, content)))
        windows = _windows(member, BATCHES[2])
        golden[f"{number}/windows"] = windows
        for place, produced in enumerate(outputs_with_torch(member, windows)):
            golden[f"{number}/head-{place}"] = produced
    written = save({name: np.ascontiguousarray(each) for name, each in golden.items()})
    return _Proven(tuple(models), {**models, _GOLDEN: written}, largest)


def _exported_now(run: Run, member: FittedNetwork) -> bytes:
    if member.outcome == "diverged" and member.best_epoch == 0:
        raise RegistrationError(run.id, _("its training diverged before it learnt anything"))
    try:
        return export_fitted(member)
    except RuntimeError as error:  # raised by torch's exporter for unsupported operators
        raise RegistrationError(
            run.id, _("it cannot be written as ONNX: {error}", error=error)
        ) from error


def is_registered(run: Run) -> bool:
    """Return whether a run is registered."""
    return (run.folder / FOLDER / _RECORD).is_file()


def load_registration(run: Run) -> Registration:
    """Load the record of a run's registration.

    Raises
    ------
    NotRegisteredError
        If it never was.
    CorruptFileError
        If the record is damaged.
    """
    file = run.folder / FOLDER / _RECORD
    try:
        record = Registration.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise NotRegisteredError(run.id) from None
    except (OSError, ValidationError) as error:
        raise CorruptFileError(str(file), str(error)[:200]) from None
    expected = len(model_members(run.without_weights))
    if len(record.models) != expected and (record.models or run.served_name is None):
        raise CorruptFileError(
            str(file),
            _(
                "{num_models} models, not {expected}",
                num_models=len(record.models),
                expected=expected,
            ),
        )
    return record


def check_registration(run: Run) -> None:
    """Read every registered file and compare it with its digest.

    Raises
    ------
    NotRegisteredError
        If it never was registered.
    CorruptFileError
        If a file is not what was written.
    """
    exported_of(run)


def delete_registration(run: Run) -> None:
    """Delete a registration, so that the run can be registered again; loaded models go on."""
    gone = Path(mkdtemp(prefix=".draft-", dir=run.folder))
    (run.folder / FOLDER).rename(gone / FOLDER)
    shutil.rmtree(gone)


def exported_of(run: Run) -> tuple[Exported, ...]:
    """Load the exported members of a run, their digests verified.

    Raises
    ------
    NotRegisteredError
        If it was never registered.
    CorruptFileError
        If a file differs from what was written.
    """
    record = load_registration(run)
    if not record.models:
        return ()
    try:
        golden = load(_verified(run, record, _GOLDEN))
        return tuple(
            _exported(golden, number, _verified(run, record, name))
            for number, name in enumerate(record.models)
        )
    except (SafetensorError, KeyError) as error:
        raise CorruptFileError(str(run.folder / FOLDER / _GOLDEN), str(error)) from None


def _exported(golden: dict[str, Float32], number: int, content: bytes) -> Exported:
    places = sorted(each for each in golden if each.startswith(f"{number}/head-"))
    return Exported(content, golden[f"{number}/windows"], tuple(golden[each] for each in places))


def _difference(run: Run, member: FittedNetwork, network: OnnxNetwork) -> float:
    largest = 0.0
    for batch in BATCHES:
        windows = _windows(member, batch)
        for ours, theirs in zip(
            network.outputs(windows), outputs_with_torch(member, windows), strict=True
        ):
            if not np.isfinite(theirs).all():
                raise RegistrationError(run.id, _("it says numbers that are not finite"))
            largest = max(largest, float(np.abs(ours - theirs).max(initial=0.0)))
    if not largest <= TOLERANCE:
        raise RegistrationError(
            run.id, _("ONNX and torch differ by {largest:.1e}", largest=largest)
        )
    return largest


def _windows(member: FittedNetwork, count: int) -> Float32:
    """Return random windows like those of scaled features: mean 0 and deviation 1."""
    shape = (count, member.experiment.lookback, len(member.scaler.features))
    return np.random.default_rng(count).standard_normal(shape).astype(np.float32)


def _verified(run: Run, record: Registration, name: str) -> bytes:
    file = run.folder / FOLDER / name
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CorruptFileError(str(file), str(error)) from None
    if sha256(content).hexdigest() != record.files.get(name):
        raise CorruptFileError(str(file), _("its digest is not what was written"))
    return content
