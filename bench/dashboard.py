"""How soon pages are there and usable, how heavy they are, and what visits leave behind.

A real server on this machine, a real browser beside it. "Painted" is the browser's first contentful
paint; "usable" is when the last script of the page has run and every figure in view is drawn,
and "again" is the same for a browser that has been there before: what it compiled once it keeps.
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

import psutil

from _figures import show
from _load import Load, generate

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "workers"))
from browsing import serving

from _browser import Browser, unwatched

PAGES = ("/", "/symbols/SP500", "/training", "/custom-network", "/runs", "/operations")
NUM_VISITS = 10_000
_TIMES = """() => new Promise((resolve) => {
  const inView = (each) => each.offsetParent !== null
    && each.getBoundingClientRect().top < innerHeight;
  const drawn = () => [...document.querySelectorAll(".drawing:not([hidden]) .plot")]
    .filter(inView).every((each) => each.querySelector("svg"));
  const told = () => {
    const isLoaded = performance.getEntriesByType("navigation")[0].loadEventEnd > 0;
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (!paint || !isLoaded || !drawn()) { requestAnimationFrame(told); return; }
    const files = performance.getEntriesByType("resource");
    const bytes = [...files, performance.getEntriesByType("navigation")[0]]
      .filter((each) => !each.name.includes("plotly"))
      .reduce((sum, each) => sum + each.decodedBodySize, 0);
    resolve({ painted: paint.startTime, usable: performance.now(), bytes });
  };
  told();
})"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home, serving(Path(home), "--no-worker") as url:
        with unwatched() as browser:
            for path in PAGES:
                first, *others = [_visited(browser, url + path) for _ in range(6)]
                seen = {name: statistics.median(each[name] for each in others) for name in first}
                show(f"{path} painted", seen["painted"] / 1000, 0.5, "s")
                show(f"{path} usable", seen["usable"] / 1000, 1.0, "s")
                show(f"{path} usable again", seen["again"] / 1000, 1.0, "s")
                show(f"{path} without Plotly", seen["bytes"] / 1000, 300, "kB")
        _visits(url)


def _visited(browser: Browser, address: str) -> dict[str, float]:
    with browser.page() as page:
        page.visit(address)
        seen = page.ask(_TIMES)
        page.visit(address)
        return {**seen, "again": page.ask(_TIMES)["usable"]}


def _visits(url: str) -> None:
    """Visit every page again and again, and see what the server holds afterwards."""
    children = psutil.Process(os.getpid()).children()
    server = next(each for each in children if "serve" in each.cmdline())
    _ask(url, NUM_VISITS // 10)
    before = server.memory_info().rss
    _ask(url, NUM_VISITS)
    grown = (server.memory_info().rss - before) / 2**20
    show(f"memory after {NUM_VISITS:,} visits more", grown, 10, "MB")


def _ask(url: str, count: int) -> None:
    port = int(url.rpartition(":")[2])
    for path in PAGES:
        load = Load(port, clients=4, requests=count // len(PAGES), path=path, method="GET")
        found = generate(load)
        assert list(found["statuses"]) == ["200"], f"{path}: {found['statuses']}"
        assert found["lost"] == 0


if __name__ == "__main__":
    main()
