"""Checkpoints of a training: one file, and whose it is beside it in its name."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from pregao.registry import write_file
from pregao.training import Experiment
from pregao.workbench._prices import Checked


def found_at(
    folder: Path | None, experiment: Experiment, prices: Sequence[Checked]
) -> bytes | None:
    """Read the checkpoint of just this training: of other prices it would be another's."""
    file = None if folder is None else _file(folder, experiment, prices)
    return file.read_bytes() if file is not None and file.is_file() else None


def kept_at(
    folder: Path | None, experiment: Experiment, prices: Sequence[Checked]
) -> Callable[[bytes], None] | None:
    """Give what writes a checkpoint in place of the one before, whole or not at all."""
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(folder, experiment, prices)
    return lambda content: write_file(file, content)


def _file(folder: Path, experiment: Experiment, prices: Sequence[Checked]) -> Path:
    parts = [experiment.digest, [each.prices.digest for each in prices]]
    name = sha256(json.dumps(parts).encode()).hexdigest()[:16]
    return folder / f"checkpoint-{name}.safetensors"
