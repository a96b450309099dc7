"""Build hook of Hatchling: compile the catalogues of translations."""

from pathlib import Path
from typing import Any

from babel.messages.frontend import CommandLineInterface
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path(__file__).parent / "src" / "pregao" / "texts" / "locale"


class CompileCatalogues(BuildHookInterface[Any]):
    """Compile every catalogue before a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - Hatchling's
        """Compile, and add the result to the wheel though git ignores it."""
        command = [
            "pybabel",
            "--quiet",
            "compile",
            "--domain",
            "pregao",
            "--directory",
            str(LOCALE),
        ]
        CommandLineInterface().run(command)  # type: ignore[no-untyped-call]  # Babel has no types here
        build_data["artifacts"].append("src/pregao/texts/locale/**/*.mo")
