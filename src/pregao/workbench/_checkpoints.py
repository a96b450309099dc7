"""Checkpoints of a training: one file, named by the experiment and its prices."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from pregao.registry import write_file
from pregao.training import Experiment
from pregao.workbench._prices import Checked


def read_checkpoint(
    folder: Path | None, experiment: Experiment, prices: Sequence[Checked]
) -> bytes | None:
    """Return the checkpoint of this training, on these prices; None if there is none."""
    file = None if folder is None else _file(folder, experiment, prices)
    return file.read_bytes() if file is not None and file.is_file() else None


def checkpoint_writer(
    folder: Path | None, experiment: Experiment, prices: Sequence[Checked]
) -> Callable[[bytes], None] | None:
    """Return a function that replaces the checkpoint, atomically; None without a folder."""
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    file = _file(folder, experiment, prices)
    return lambda content: write_file(file, content)


def _file(folder: Path, experiment: Experiment, prices: Sequence[Checked]) -> Path:
    parts = [experiment.digest, [each.prices.digest for each in prices]]
    name = sha256(json.dumps(parts).encode()).hexdigest()[:16]
    return folder / f"checkpoint-{name}.safetensors"
