"""How long the main job, the fast sweep and the start of the command line take, and their memory.

The machine should be otherwise idle. Start-up times are the best of five: the first run of a fresh
installation also compiles its modules.
"""

import json
import os
import tempfile
from pathlib import Path

from _figures import run, show
from pregao.zoo.networks import ZOO

THIRTY = [name for name, entry in ZOO.items() if entry.number is not None]

# 2,143 cutoffs give 1,500 training windows after the purge of one step.
FAST_SWEEP = """
features = ["close"]
horizon = 1
start = 2010-04-05
"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PREGAO_HOME"] = folder
        for arguments in (("--help",), ("networks",), ("networks", "--json")):
            best = min(run(*arguments).seconds for _ in range(5))
            show(f"pregao {' '.join(arguments)}", best, 0.6, "s")

        toml = Path(folder) / "fast.toml"
        toml.write_text(FAST_SWEEP, encoding="utf-8")
        sweep = run(
            "sweep", "SP500", "--experiment", str(toml), "--networks", ",".join(THIRTY), "--json"
        )
        windows = json.loads(sweep.output)["windows"]["train"]
        show(f"fast sweep of the thirty, {windows} training windows", sweep.seconds, 25, "s")
        show("  largest process", sweep.peak_process_mb, 1536, "MB")

        demo = run("demo", "--report", str(Path(folder) / "demo.html"))
        show("main job of the demo", demo.seconds, 120, "s")
        show("  largest process", demo.peak_process_mb, 1536, "MB")


if __name__ == "__main__":
    main()
