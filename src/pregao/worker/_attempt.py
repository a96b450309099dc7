"""One attempt at a job: a child process group and the messages that it sends."""

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
from pregao.worker._messages import Message, parse_message

_LOG_TAIL_BYTES = 8_000


@dataclass(eq=False)
class Attempt:
    """A running child process."""

    process: "subprocess.Popen[bytes]"
    messages: "queue.Queue[Message | None]"
    """What the child sends; None at the end of its output."""
    log: Path

    @classmethod
    def start(cls, job: Job, command: Sequence[str], folder: Path) -> "Attempt":
        """Start the child in a process group of its own and send it the request."""
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
        with suppress(OSError):  # the child has died: its output ends at once
            process.stdin.write(job.request.model_dump_json().encode() + b"\n")
            process.stdin.flush()
        Thread(target=attempt._read_messages, daemon=True).start()
        return attempt

    def terminate(self, *, grace_seconds: float) -> None:
        """Terminate the process group, and kill it after the grace period."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(grace_seconds)
        self.kill()

    def kill(self) -> None:
        """Kill every process that is left in the group."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        assert self.process.stdin is not None, "it has a pipe"
        with suppress(OSError):
            self.process.stdin.close()

    def describe_exit(self) -> str:
        """Wait for the child and describe its exit code or signal."""
        code = self.process.wait()
        if code >= 0:
            return f"its process ended with code {code}"
        name = signal.Signals(-code).name
        usual = ", perhaps for want of memory" if -code == signal.SIGKILL else ""
        return f"its process was ended by {name}{usual}"

    def log_tail(self) -> str:
        """Return the last lines of the child's standard error."""
        with self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _LOG_TAIL_BYTES))
            return log.read(_LOG_TAIL_BYTES).decode(errors="replace")

    def _read_messages(self) -> None:
        assert self.process.stdout is not None, "it has a pipe"
        with self.process.stdout as lines:
            for line in lines:
                with suppress(ValueError):  # a kill may cut the last line
                    self.messages.put(parse_message(line))
        self.messages.put(None)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)
