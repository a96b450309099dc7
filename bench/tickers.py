"""Four hundred tickers of twenty years: the memory of all processes, and how long they take.

The histories are synthetic and written as CSV files first, which is not measured.
"""

import json
import os
import tempfile
from pathlib import Path

from _figures import run, show
from pregao.testing import synthetic_prices

NUM_TICKERS = 400
NUM_SESSIONS = 5_000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PREGAO_HOME"] = str(Path(folder) / "home")
        tickers = write(Path(folder))
        for kind, networks in (("apart", "lstm_small,dlinear"), ("pooled", "lstm_small")):
            swept = run(
                "sweep", "--symbols-file", str(tickers), f"--{kind}", "--path", folder,
                "--networks", networks, "--allow-findings", "--json",
            )  # fmt: skip
            found = json.loads(swept.output)
            told = len(found["rows"]) if kind == "apart" else len(found["data"]["symbols"])
            show(f"{told} tickers {kind}: memory of all processes", swept.peak_total_mb, 2048, "MB")
            print(f"  in {swept.seconds:.0f} s; the largest process {swept.peak_process_mb:.0f} MB")


def write(folder: Path) -> Path:
    """Write the histories, and the file that names them."""
    names = [f"T{number:03}3" for number in range(NUM_TICKERS)]
    for seed, name in enumerate(names):
        prices = synthetic_prices(name, sessions=NUM_SESSIONS, seed=seed)
        prices.frame.rename_axis("date").to_csv(folder / f"{name}.csv")
    tickers = folder / "tickers.txt"
    tickers.write_text("\n".join(names), encoding="utf-8")
    return tickers


if __name__ == "__main__":
    main()
