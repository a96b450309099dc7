"""A bounded load generator: keeps so many connections busy, and tells what came back.

Run as a program, so that it has a process of its own: python bench/_load.py '{"port": 8000, ...}'.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Load:
    """What to ask, by how many at a time, how often."""

    port: int
    clients: int
    requests: int
    path: str = "/v1/forecasts"
    method: str = "POST"
    body: str = ""

    @property
    def message(self) -> bytes:
        """The request as it goes over the wire."""
        body = self.body.encode()
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class _Client(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, load: Load, left: list[int], found: "Found") -> None:
        self.load, self.left, self.found = load, left, found
        self.done = asyncio.get_running_loop().create_future()
        self.buffer = bytearray()
        self.message = load.message

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        if self.left[0] == 0:
            self.transport.close()
            self.done.set_result(None)
            return
        self.left[0] -= 1
        self.asked = time.perf_counter()
        self.transport.write(self.message)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(self.buffer) < end + 4 + length:
            return
        body = bytes(self.buffer[end + 4 : end + 4 + length])
        del self.buffer[: end + 4 + length]
        self.found.take(int(head[9:12]), time.perf_counter() - self.asked, body)
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        if not self.done.done():
            self.found.lost += 1
            self.done.set_result(None)


class Found:
    """What came back."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self.bodies: Counter[bytes] = Counter()
        self.lost = 0

    def take(self, status: int, seconds: float, body: bytes) -> None:
        self.statuses[status] += 1
        self.seconds.append(seconds)
        if len(self.bodies) < 50 or body in self.bodies:
            self.bodies[body] += 1


async def _run(load: Load) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    found, left = Found(), [load.requests]
    started = time.perf_counter()
    clients = [
        (await loop.create_connection(lambda: _Client(load, left, found), "127.0.0.1", load.port))[
            1
        ]
        for _ in range(load.clients)
    ]
    await asyncio.gather(*(each.done for each in clients))
    took = time.perf_counter() - started
    ordered = sorted(found.seconds)
    return {
        "rate": len(ordered) / took,
        "p50_ms": 1000 * ordered[len(ordered) // 2],
        "p99_ms": 1000 * ordered[int(len(ordered) * 0.99)],
        "statuses": {str(status): count for status, count in found.statuses.items()},
        "lost": found.lost,
        "bodies": [body.decode() for body in found.bodies],
    }


def generate(load: Load) -> dict[str, object]:
    """Run a load in a process of its own."""
    import subprocess

    done = subprocess.run(
        [sys.executable, __file__, json.dumps(asdict(load))],
        check=True,
        capture_output=True,
        timeout=900,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(Load(**json.loads(sys.argv[1]))))))
