"""Writers take turns without polling. SQLite alone is right, but lets a writer that waits sleep up to 100 ms a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: threads take turns here, processes by SQLite's own waiting
    fcntl = None  # type: ignore[assignment]

SUFFIX = ".turn"


def turnstile(database: Path | None) -> Callable[[], AbstractContextManager[None]]:
    """A lock for the threads of this process and, beside a SQLite file, for all processes of this machine."""
    lock = threading.Lock()

    @contextmanager
    def turn() -> Iterator[None]:
        with lock:
            if fcntl is None or database is None:
                yield
                return
            with database.with_name(database.name + SUFFIX).open("a") as held:
                fcntl.flock(held, fcntl.LOCK_EX)  # released when the file is closed, also by a kill
                yield

    return turn
