"""Files that are there whole or not at all."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that a crash at any moment leaves none of it, or all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes], *, sign: str) -> None:
    """Write a folder so that a crash at any moment leaves none of it, or all.

    Parameters
    ----------
    sign
        The file that a whole one has. Where another process wrote the folder in between, its
        content is as good.
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
            if not (folder / sign).is_file():
                raise
        sync_folder(folder.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut, where folders can be synced at all."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
