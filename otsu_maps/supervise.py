"""Several processes kept alive by one: what ends is started again, later each time; they end when it does."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

FIRST_S, LONGEST_S = 1, 60
LIVED_S = 60
"""Who ran for so long is started again as at first."""

POLL_S = 0.2
LEAVE_S = 15
"""So long a process may take to end by itself."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Say = Callable[..., None]
"""Takes a code of what happened and its parameters: started, ended, stopping, killed, stopped."""


@dataclass
class Child:
    """A process to keep alive. `wait_s`: how long it waits before its next start after it ended."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    wait_s: int = FIRST_S

    def start(self) -> int:
        """The id of the new process."""
        # A session of its own: Ctrl+C in the terminal reaches the supervisor alone, which ends the others in turn.
        binding = _die_with(os.getpid(), _LIBC) if _LIBC else None
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=binding)
        self.started_at = time.monotonic()
        return self.process.pid

    def alive(self) -> subprocess.Popen[bytes] | None:
        """Its process while that runs."""
        return self.process if self.process and self.process.poll() is None else None

    def end(self) -> int | None:
        """The exit code where it ended since it was last asked, else None. Then its next start is set."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        now = time.monotonic()
        if now - self.started_at >= LIVED_S:
            self.wait_s = FIRST_S
        self.process, self.due_at = None, now + self.wait_s
        return int(code)


@dataclass
class Supervisor:
    """Keeps its children alive until `stop` is set."""

    children: Sequence[Child]
    say: Say
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Exit code: 0 all ended when they were told to; 1 one had to be killed."""
        try:
            while not self.stop.is_set():
                for child in self.children:
                    self._look_after(child)
                self.stop.wait(POLL_S)
        finally:
            is_clean = self._end_all()
        return 0 if is_clean else 1

    def _look_after(self, child: Child) -> None:
        code = child.end()
        if code is not None:
            self.say("ended", name=child.name, exit_code=code, seconds=child.wait_s)
            child.wait_s = min(child.wait_s * 2, LONGEST_S)
        if child.process is None and time.monotonic() >= child.due_at:
            self.say("started", name=child.name, pid=child.start())

    def _end_all(self) -> bool:
        running = {child.name: process for child in self.children if (process := child.alive())}
        self.say("stopping", count=len(running))
        for process in running.values():
            process.terminate()
        is_clean, end = True, time.monotonic() + LEAVE_S
        for name, process in running.items():
            try:
                process.wait(max(0.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say("killed", name=name, seconds=LEAVE_S)
                process.kill()
                process.wait()
                is_clean = False
        self.say("stopped")
        return is_clean


def stopped_by_signals() -> threading.Event:
    """An event that Ctrl+C, SIGTERM and a closed terminal set."""
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, lambda *_: stop.set())
    return stop


def _die_with(parent: int, libc: ctypes.CDLL) -> Callable[[], None]:
    """What a new process does first: it asks Linux to end it when the supervisor is gone, however that happened."""

    def bind() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # gone already, between fork and here
            os._exit(1)

    return bind
