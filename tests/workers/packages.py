"""Packages as pip leaves them, in a folder that is then put on the path."""

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "plugin"


def install(
    folder: Path,
    name: str,
    entry_points: Mapping[str, Mapping[str, str]],
    code: str = "",
    *,
    version: str = "1.0",
) -> None:
    """Lay down a package of one module, named as the package with underscores."""
    folder.mkdir(exist_ok=True)
    if code:
        (folder / f"{name.replace('-', '_')}.py").write_text(code, encoding="utf-8")
    described = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    described.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (described / "METADATA").write_text(metadata, encoding="utf-8")
    lines = [
        line
        for group, entries in entry_points.items()
        for line in (f"[{group}]", *(f"{key} = {value}" for key, value in entries.items()), "")
    ]
    (described / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")


def install_example(folder: Path) -> None:
    """Install the example of the documentation, by what its own `pyproject.toml` says."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    install(folder, project["name"], project["entry-points"], version=project["version"])
    ignore = shutil.ignore_patterns("__pycache__")
    for package in (EXAMPLE / "src").iterdir():
        if package.is_dir() and not package.name.endswith(".egg-info"):
            shutil.copytree(package, folder / package.name, ignore=ignore)
