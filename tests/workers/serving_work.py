"""Work for the registry's tests: spawned processes import it by name."""

from pathlib import Path

from pregao.registry import Run, register


def register_at(folder: Path) -> str:
    return register(Run(folder)).model_dump_json()
