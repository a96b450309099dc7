"""The environment, read here only."""

import os
from pathlib import Path

from pregao.values import Language, Value


class Settings(Value):
    """Where Pregao keeps its prices and runs, and which language it speaks."""

    home: Path
    language: Language

    @classmethod
    def read(cls) -> "Settings":
        """Read PREGAO_HOME (else ~/.pregao) and PREGAO_LANGUAGE (else the locale's)."""
        environment = os.environ  # noqa: TID251 - the one place that may
        home = environment.get("PREGAO_HOME")
        names = ("PREGAO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
        locale = next((environment[name] for name in names if environment.get(name)), "en")
        return cls(
            home=Path(home) if home else Path.home() / ".pregao",
            language="pt" if locale.lower().startswith("pt") else "en",
        )
