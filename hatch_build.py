"""Build hook of Hatchling: compile the catalogues of translations."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The package is not installed where it is built; its texts need nothing but Babel.
sys.path.insert(0, str(Path(__file__).parent / "src"))

from pregao.texts._compilation import compile_catalogues


class CompileCatalogues(BuildHookInterface[Any]):
    """Compile every catalogue before a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - Hatchling's
        """Compile, and add the result to the wheel though git ignores it."""
        compile_catalogues()
        build_data["artifacts"].append("src/pregao/texts/locale/**/*.mo")
