"""Export of a run: its files, its networks as ONNX, and a README."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from pregao.errors import FolderInUseError, NotRegisteredError
from pregao.registry._atomic_writes import write_file
from pregao.registry._registration import exported_of
from pregao.registry._runs import Run
from pregao.training import export_fitted, model_members


def export_run(run: Run, folder: Path, *, readmes: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Copy a verified run into a new folder, with the candidate's networks as ONNX.

    The networks are exported even if a baseline is served.

    Parameters
    ----------
    readmes
        The content of further files by name, such as those of `render_readmes`.

    Raises
    ------
    FolderInUseError
        If the folder is not empty.
    CorruptFileError
        If a file of the run is not what was written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUseError(str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    files = export_files(run, readmes=readmes)
    draft = Path(mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        for name, content in files.items():
            write_file(draft / name, content)
        draft.chmod(0o755)  # readable by other users
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return tuple(folder / name for name in files)


def export_files(run: Run, *, readmes: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of an exported run: their content by name."""
    own = {name: run.content(name) for name in run.provenance.files}
    own["provenance.json"] = (run.folder / "provenance.json").read_bytes()
    return {**own, **_networks(run), **readmes}


def _networks(run: Run) -> dict[str, bytes]:
    """Return the candidate's networks as ONNX: the registered ones, or else exported now."""
    try:
        contents = [each.content for each in exported_of(run)]
    except NotRegisteredError:
        contents = []
    if not contents:
        contents = [export_fitted(each) for each in model_members(run.model)]
    return {f"model-{number}.onnx": content for number, content in enumerate(contents)}
