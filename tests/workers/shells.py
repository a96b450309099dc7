"""The command line, run as a user would."""

import os
import subprocess
import sys
from pathlib import Path


class Shell:
    """Runs `pregao` in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "pregao"

    def __call__(self, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pregao", *(str(each) for each in arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            cwd=self.home,
            env={
                **{k: v for k, v in os.environ.items() if k not in {"LANG", "LC_ALL"}},
                "HOME": str(self.home),
                "PREGAO_HOME": str(self.folder),
                "PYTHONIOENCODING": "utf-8",
                **environment,
            },
        )
