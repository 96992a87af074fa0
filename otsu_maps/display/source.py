"""Where the display gets the public status: one file or one address, read once for all screens, kept up in a thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from otsu_maps import config, http
from otsu_maps.errors import DownloadFailed
from otsu_maps.public import record
from otsu_maps.public.record import Status

MAX_BYTES = 8 * 1024 * 1024
FILE_EVERY_S, ADDRESS_EVERY_S = 2.0, 5.0
ANSWER_S = 4.0
MISSING, BROKEN, UNREACHABLE = "missing", "broken", "unreachable"


@dataclass(frozen=True)
class Seen:
    """The last status that could be read, and why no newer one could be: a code, None: all is well."""

    status: Status | None = None
    problem: str | None = None


class Source:
    """A status by file path or http address. `seen` never waits; `look` reads when something changed."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.is_address = where.startswith(("http://", "https://"))
        self.seen = Seen()
        self._mark: Any = None

    def look(self) -> None:
        """Read once; what was read before stays until there is something better."""
        try:
            text, mark = self._fetched() if self.is_address else self._changed()
            self.seen = Seen(record.load(text) if text is not None else self.seen.status)
            self._mark = mark
        except DownloadFailed:
            self.seen = replace(self.seen, problem=UNREACHABLE)
        except OSError:
            self.seen = replace(self.seen, problem=MISSING)
        except ValueError:
            self.seen = replace(self.seen, problem=BROKEN)

    def keep_looking(self) -> None:
        """Look again and again, beside whatever the screens do."""
        pause = threading.Event()
        every = ADDRESS_EVERY_S if self.is_address else FILE_EVERY_S

        def looking() -> None:
            while not pause.wait(every):
                self.look()

        threading.Thread(target=looking, name="status", daemon=True).start()

    def _changed(self) -> tuple[bytes | None, Any]:
        """The file, None: it is as it was read before; and what to know it by."""
        path = Path(self.where)
        about = path.stat()
        mark = (about.st_mtime_ns, about.st_size, about.st_ino)
        if mark == self._mark:
            return None, mark
        if not path.is_file():
            raise FileNotFoundError
        if about.st_size > MAX_BYTES:
            raise ValueError
        return path.read_bytes(), mark

    def _fetched(self) -> tuple[bytes | None, Any]:
        """What the address answers, None: it is as it was read before; and what to know it by."""
        host = urlsplit(self.where).hostname
        got = http.get(
            self.where,
            held=self._mark or http.Validators(),
            max_bytes=MAX_BYTES,
            timeout_s=ANSWER_S,
            total_s=ANSWER_S,
            tries=1,
            hosts=frozenset({host} if host else ()),
        )
        return got.data, got.validators


_asked: list[str] = []


def use(where: str) -> None:
    """Read from here from now on."""
    _asked[:] = [where]


def current() -> Source:
    """The source that all screens of this process share."""
    return _of(_asked[0] if _asked else str(standard()))


def standard() -> Path:
    """Where the publisher of this installation writes."""
    return config.data_dir() / "public" / "status.json"


@cache
def _of(where: str) -> Source:
    source = Source(where)
    source.look()
    source.keep_looking()
    return source
