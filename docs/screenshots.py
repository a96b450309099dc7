"""Take a picture of every page of the dashboard: both languages, both themes, wide and narrow.

Called by `make screenshots`. A server of its own trains on the bundled prices first, so that every
page has something to show.
"""

import json
import sys
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "workers"))
from browsing import chromium, serving  # noqa: E402 - it lies beside the tests

FOLDER = ROOT / "reports" / "screenshots"
WIDTHS = (360, 1440)
SWEEP = {
    "experiment": {"symbols": ["SP500"], "source": "sample", "epochs": 4},
    "networks": ["lstm_small", "gru_classic", "dlinear", "lstm_self_attention"],
    "mode": "full",
    "folds": 2,
}
TRAINING = {"experiment": {"symbols": ["SP500"], "source": "sample", "epochs": 4}}


def main() -> None:
    """Train, look, and write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, serving(Path(home)) as url, chromium() as browser:
        _shoot(browser, url, {"overview-first": "/"})
        jobs = [_trained(url, "/v1/sweeps", SWEEP), _trained(url, "/v1/trainings", TRAINING)]
        runs = [each["result"]["run"] for each in jobs]
        compared = "&".join(f"run={run}" for run in runs)
        _shoot(
            browser,
            url,
            {
                "overview": "/",
                "symbol": "/symbols/SP500",
                "training": "/training",
                "job": f"/training/jobs/{jobs[0]['id']}",
                "network": "/custom-network",
                "runs": "/runs",
                "run": f"/runs/{runs[0]}",
                "compare": f"/runs/compare?{compared}",
                "operations": "/operations",
                "problem": "/symbols?symbol=%3F",
            },
        )
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER}")


def _shoot(browser, url: str, pages: dict[str, str]) -> None:
    for width in WIDTHS:
        for theme in ("light", "dark"):
            for language in ("en", "pt-BR"):
                context = browser.new_context(
                    viewport={"width": width, "height": 900}, color_scheme=theme, locale=language
                )
                page = context.new_page()
                for name, path in pages.items():
                    page.goto(url + path, wait_until="load")
                    file = FOLDER / f"{name}-{width}-{theme}-{language[:2]}.png"
                    page.screenshot(path=file, full_page=True)
                context.close()


def _trained(url: str, path: str, body: dict) -> dict:
    job = _asked(url + path, body)
    # The stream ends with the job.
    with urllib.request.urlopen(f"{url}/v1/jobs/{job['id']}/events", timeout=900) as events:
        events.read()
    return _asked(f"{url}/v1/jobs/{job['id']}")


def _asked(address: str, body: dict | None = None) -> dict:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
