"""The chores of the project: `python dev.py CHORE`; without one, they are listed.

Needs nothing but Python 3.11 or newer: makes `.venv` and installs the locked requirements first,
and again only when they change. `make` calls this; on Windows call it directly.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKED = ROOT / "requirements.txt"
LOCKED_DEV = ROOT / "requirements-dev.txt"


def install(*requirements: Path) -> None:
    """Make `.venv` and install what is locked, each file unless just that is there already."""
    if sys.version_info < (3, 11):
        sys.exit(f"Pregao needs Python 3.11 or newer, and this is {sys.version.split()[0]}")
    for locked in requirements:
        inputs = locked.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
        wanted = hashlib.sha256(inputs + sys.version.encode()).hexdigest()
        stamp = VENV / f"{locked.stem}.installed"
        if PYTHON.is_file() and stamp.is_file() and stamp.read_text() == wanted:
            continue
        if not PYTHON.is_file():
            print("making .venv", flush=True)
            venv.create(VENV, with_pip=True)
        print(f"installing {locked.name}: a few minutes the first time", flush=True)
        pip = (PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet")
        run(*pip, "-r", locked)
        if locked == LOCKED:
            run(*pip, "--no-deps", "--editable", ROOT)
        stamp.write_text(wanted)
    compile_catalogues()


def compile_catalogues() -> None:
    """Compile translations that have changed."""
    locale = ROOT / "src" / "pregao" / "texts" / "locale"
    for source in locale.rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.is_file() or compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
            run(PYTHON, "-m", "pregao.texts")


def run(*command: object) -> None:
    """Run a command in the project's folder; stop with its exit code if it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def tool(name: str, *arguments: object) -> None:
    """Run a tool of the virtual environment."""
    run(BIN / name, *arguments)


def demo() -> None:
    """Rank the zoo on twenty years of the S&P 500 and write reports/demo.html."""
    install(LOCKED)
    tool("pregao", "demo")


def test() -> None:
    """Run all tests but the soaks, in parallel."""
    install(LOCKED, LOCKED_DEV)
    tool("pytest", "-n", "auto", "--dist", "loadfile", "-q", "-m", "not soak")


def soak() -> None:
    """Run the tests that take minutes of whole commands."""
    install(LOCKED, LOCKED_DEV)
    tool("pytest", "-n", "auto", "-q", "-m", "soak")


def check() -> None:
    """Check format, lint, types and imports."""
    install(LOCKED, LOCKED_DEV)
    tool("ruff", "format", "--check", ".")
    tool("ruff", "check", ".")
    tool("mypy")
    tool("lint-imports")


def fix() -> None:
    """Format, and mend what the linter can."""
    install(LOCKED, LOCKED_DEV)
    tool("ruff", "check", "--fix", ".")
    tool("ruff", "format", ".")


def screenshots() -> None:
    """Take a picture of every page of the dashboard into reports/screenshots."""
    install(LOCKED, LOCKED_DEV)
    run(PYTHON, ROOT / "docs" / "screenshots.py")


def bench() -> None:
    """Measure what the figures of the README claim."""
    install(LOCKED, LOCKED_DEV)
    for script in sorted((ROOT / "bench").glob("[!_]*.py")):
        print(f"\n== {script.name}", flush=True)
        run(PYTHON, script)


def texts() -> None:
    """Collect the messages of the code into the catalogues, for translation."""
    install(LOCKED, LOCKED_DEV)
    run(PYTHON, "-m", "pregao.texts", "update")


CHORES = {each.__name__: each for each in (demo, test, soak, check, fix, texts, screenshots, bench)}


def main() -> None:
    """Run the chore that is named."""
    if len(sys.argv) != 2 or sys.argv[1] not in CHORES:
        print(__doc__)
        for name, chore in CHORES.items():
            print(f"  {name:11} {chore.__doc__}")
        sys.exit(2)
    CHORES[sys.argv[1]]()


if __name__ == "__main__":
    main()
