"""A browser that nobody listens to: a page takes as long in it as for a visitor.

Playwright listens to the console of each page. For each error that is thrown, caught or not, V8
then looks up where every call on the stack stands, and Plotly throws some while it loads: 0.35 s.
"""

import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from browsing import ARGUMENTS, CHROMIUM, address_of
from websockets.sync.client import ClientConnection, connect

WIDTH, HEIGHT = 1280, 720


class Browser:
    """Chromium, spoken to in its own protocol."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._num_asked = 0

    @contextmanager
    def page(self) -> Iterator["Page"]:
        """Open a page of a visitor who was never here: nothing is kept from others."""
        context = self.ask("Target.createBrowserContext")
        size = {"width": WIDTH, "height": HEIGHT}
        target = self.ask("Target.createTarget", url="about:blank", **context, **size)
        attached = self.ask("Target.attachToTarget", **target, flatten=True)
        try:
            yield Page(self, attached["sessionId"])
        finally:
            self.ask("Target.disposeBrowserContext", **context)

    def ask(self, method: str, *, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its result."""
        self._num_asked += 1
        command = {"id": self._num_asked, "method": method, "params": parameters}
        of_the_page = {} if session is None else {"sessionId": session}
        self._connection.send(json.dumps(command | of_the_page))
        while (answer := json.loads(self._connection.recv())).get("id") != self._num_asked:
            pass  # an event
        if "error" in answer or "exceptionDetails" in answer["result"]:
            raise RuntimeError(f"{method} {parameters}: {answer}")
        return answer["result"]


class Page:
    """A tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def visit(self, address: str) -> None:
        """Go to an address; comes back when the document begins to arrive."""
        answer = self._browser.ask("Page.navigate", session=self._session, url=address)
        if "errorText" in answer:
            raise RuntimeError(f"{address}: {answer['errorText']}")

    def ask(self, function: str) -> Any:
        """Call a function of JavaScript in the page, and wait for what it promises."""
        answer = self._browser.ask(
            "Runtime.evaluate",
            session=self._session,
            expression=f"({function})()",
            awaitPromise=True,
            returnByValue=True,
        )
        return answer["result"]["value"]


@contextmanager
def unwatched() -> Iterator[Browser]:
    """Start a browser with nothing in its caches."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        own = ("--headless", "--remote-debugging-port=0", f"--user-data-dir={profile}")
        process = subprocess.Popen(
            [CHROMIUM, *own, *ARGUMENTS],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        said: list[str] = []
        try:
            address = address_of(process, said, r"ws://\S+")
            # Nobody reads on from here but this thread: a full pipe would stop the browser.
            threading.Thread(target=said.extend, args=(process.stdout,), daemon=True).start()
            with connect(address, max_size=None) as connection:
                yield Browser(connection)
        finally:
            process.terminate()
            process.wait()
