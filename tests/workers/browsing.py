"""A real browser on a real server, and every sign that something is wrong on a page."""

import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)  # fmt: skip

_PATIENCE_MS = 30_000
"""A page may wait for a machine that does other work too."""
expect.set_options(timeout=_PATIENCE_MS)


@contextmanager
def chromium():
    """Start the system's browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serving(home: Path, *arguments: str, **environment: str):
    """Run `pregao serve` on a free port, with its worker; gives its address."""
    server = subprocess.Popen(
        [sys.executable, "-m", "pregao", "serve", "--port", "0", *arguments],
        env={
            **os.environ,
            "PREGAO_HOME": str(home),
            "PREGAO_SOURCES": "store,sample",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    try:
        address = address_of(server, said)
        # Nobody reads on from here but this thread: a full pipe would stop the server.
        reader = threading.Thread(target=lambda: said.extend(server.stdout), daemon=True)
        reader.start()
        yield address
    finally:
        server.terminate()
        server.wait(60)
    reader.join(60)
    server.stdout.close()
    assert not [line for line in said if '"level": "error"' in line]


def address_of(
    server: subprocess.Popen, said: list[str], pattern: str = r"http://[0-9.]+:\d+"
) -> str:
    """Read on until a server, or a browser, tells its address; what it said comes into the list."""
    for line in server.stdout:
        said.append(line)
        if found := re.search(pattern, line):
            return found[0]
    raise AssertionError(f"it did not start: {''.join(said)}")


@dataclass
class Visit:
    """One visitor: a page, and whatever went wrong on it."""

    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    @classmethod
    @contextmanager
    def begun(cls, browser: Browser, url: str, *, language="en-US", dark=False, width=1280):
        context = browser.new_context(
            locale=language,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(_PATIENCE_MS)
        visit = cls(context.new_page(), url)
        visit.watch()
        try:
            yield visit
        finally:
            context.close()
        assert [] == visit.troubles

    def watch(self) -> None:
        """Take down console errors, uncaught errors, dialogs, and requests to anybody else."""
        page = self.page
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on("dialog", self._refuse)
        page.on("request", self._asked)

    def _heard(self, message) -> None:
        # A refused request is told by the page itself; the browser's own line says it again.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.troubles.append(f"{message.type}: {message.text}")

    def _refuse(self, dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.troubles.append(f"request to {request.url}")

    def open(self, path: str) -> Page:
        """Go to a page of the server."""
        self.page.goto(f"{self.url}{path}")
        return self.page
