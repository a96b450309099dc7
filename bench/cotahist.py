"""COTAHIST: lines a second of a file of a million quotes, as it is and in an archive."""

import resource
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from _figures import show
from pregao.prices._cotahist import read_cotahist
from pregao.prices._cotahist_layout import FIELDS, NUM_CHARACTERS

NUM_LINES = 1_000_000
SHARE_OF_CASH = 0.04
"""Most quotes of a year are of options."""


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "COTAHIST_A2024.TXT"
        with path.open("wb") as file:
            file.writelines(lines())
        packed = path.with_suffix(".ZIP")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, path.name)
        for name, each, least in (("TXT", path, 1_000_000), ("ZIP", packed, 500_000)):
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            started = perf_counter()
            found = read_cotahist(each)
            seconds = perf_counter() - started
            peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            show(
                f"{name}, {len(found):,} quotes of the cash market",
                NUM_LINES / seconds,
                least,
                "lines/s",
                at_least=True,
            )
            print(f"  peak of memory {peak:+.0f} MiB")
    started = perf_counter()
    total = 0
    for number in range(10_000_000):
        total += number
    print(f"  a bare loop of ten million additions {perf_counter() - started:.2f} s")


def lines() -> Iterator[bytes]:
    """Yield a file of one year, with as many options beside shares as there are."""
    yield b"00COTAHIST.2024BOVESPA 20241230".ljust(NUM_CHARACTERS) + b"\r\n"
    for number in range(NUM_LINES):
        is_cash = number % round(1 / SHARE_OF_CASH) == 0
        day = 20240102 + number * 1_200 // NUM_LINES % 28
        values = {
            "session": day,
            "bdi_code": "02" if is_cash else "78",
            "ticker": f"TES{number % 400:03d}",
            "market": "010" if is_cash else "070",
            "company": "TEST",
            "specification": "ON",
            "currency": "R$",
            "open": 1000 + number % 97,
            "high": 1200,
            "low": 900,
            "close": 1000 + number % 89,
            "best_bid": 1000,
            "best_ask": 1001,
            "shares": 100 * (number % 991),
            "quotation_factor": 1,
            "isin": "BRTESTACNOR1",
            "distribution": 100,
        }
        text = "01" + "".join(
            str(values.get(name, "")).ljust(each.stop - each.start)
            if each.kind == "text"
            else str(values.get(name, 0)).zfill(each.stop - each.start)
            for name, each in list(FIELDS.items())[1:]
        )
        yield text.encode("latin-1") + b"\r\n"
    yield (
        f"99COTAHIST.2024BOVESPA 20241230{NUM_LINES + 2:011d}".encode().ljust(NUM_CHARACTERS)
        + b"\r\n"
    )


if __name__ == "__main__":
    main()
