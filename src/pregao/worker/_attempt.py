"""One attempt at a job: a child process group, watched from outside."""

import os
import queue
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from pregao.jobs import Job
from pregao.worker._messages import Done, Refused, Went, heard

_TAIL_BYTES = 8_000


@dataclass(eq=False)
class Attempt:
    """A child at work; what it says comes out of `said`, None once it says nothing more."""

    process: "subprocess.Popen[bytes]"
    said: "queue.Queue[Went | Done | Refused | None]"
    log: Path

    @classmethod
    def begun(cls, job: Job, command: Sequence[str], folder: Path) -> "Attempt":
        """Start the child, in a process group of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / "log.txt"
        with log.open("ab") as errors:
            process = subprocess.Popen(
                [*command, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        attempt = cls(process, queue.Queue(), log)
        assert process.stdin is not None, "it has a pipe"
        with suppress(OSError):  # it died: that is heard at once
            process.stdin.write(job.request.model_dump_json().encode() + b"\n")
            process.stdin.flush()
        Thread(target=attempt._listen, daemon=True).start()
        return attempt

    def end(self, *, grace_seconds: float) -> None:
        """Ask the group to end, then make it."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(grace_seconds)
        self.kill()

    def kill(self) -> None:
        """End the group at once, and whoever is left of it."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdin is not None, "it has a pipe"
        with suppress(OSError):
            self.process.stdin.close()

    def how_it_ended(self) -> str:
        """Say how the child ended, in a few words."""
        code = self.process.wait()
        if code >= 0:
            return f"its process ended with code {code}"
        name = signal.Signals(-code).name
        usual = ", perhaps for want of memory" if -code == signal.SIGKILL else ""
        return f"its process was ended by {name}{usual}"

    def log_tail(self) -> str:
        """Give the last lines of what it wrote to standard error."""
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return log.read(_TAIL_BYTES).decode(errors="replace")

    def _listen(self) -> None:
        assert self.process.stdout is not None, "it has a pipe"
        with self.process.stdout as lines:
            for line in lines:
                with suppress(ValueError):  # a last line may be cut off
                    self.said.put(heard(line))
        self.said.put(None)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)
