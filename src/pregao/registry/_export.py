"""A run as a folder for other programs: its files, its networks as ONNX, and how to use them."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from pregao.errors import FolderInUseError, NotRegisteredError
from pregao.registry._atomic import write_file
from pregao.registry._readme import readmes_of
from pregao.registry._registration import exported_of
from pregao.registry._runs import Run
from pregao.training import export_fitted, members_of


def export_run(run: Run, folder: Path) -> tuple[Path, ...]:
    """Copy a run, verified, into a new folder, with the candidate's networks as ONNX.

    Where a baseline is served in its place, the network is there all the same.

    Raises
    ------
    FolderInUseError
        If something is in the folder already.
    CorruptFileError
        If a file of the run is not what was written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUseError(str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    files = export_files(run)
    draft = Path(mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for name, content in files.items():
            write_file(draft / name, content)
        draft.chmod(0o755)  # others are meant to read it
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return tuple(folder / name for name in files)


def export_files(run: Run) -> dict[str, bytes]:
    """Give what an exported run consists of: the content of each file by its name."""
    own = {name: run.content(name) for name in run.provenance.files}
    own["provenance.json"] = (run.folder / "provenance.json").read_bytes()
    return {**own, **_networks(run), **readmes_of(run)}


def _networks(run: Run) -> dict[str, bytes]:
    """Give the candidate's networks: those that were registered, or exported now."""
    try:
        contents = [each.content for each in exported_of(run)]
    except NotRegisteredError:
        contents = []
    if not contents:
        contents = [export_fitted(each) for each in members_of(run.model)]
    return {f"model-{number}.onnx": content for number, content in enumerate(contents)}
