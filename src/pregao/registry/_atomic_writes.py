"""Atomic writes of files and folders."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically: a crash leaves either no file or the whole one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes], *, marker: str) -> None:
    """Write a folder atomically: a crash leaves either no folder or the whole one.

    Parameters
    ----------
    marker
        A file that every complete folder has. A folder that another process has completed in the
        meantime is kept.
    """
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
            if not (folder / marker).is_file():
                raise
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Sync a folder, so that a rename survives a power cut; Windows cannot sync folders."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
