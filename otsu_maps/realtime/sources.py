"""What OTSU_REALTIME names, and one question to it: over HTTP, or to a file that something else writes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from otsu_maps import clock, http
from otsu_maps.errors import SourceMissing, UnsafeFile
from otsu_maps.formats.gtfs_rt import MAX_BYTES, MAX_ENTITIES
from otsu_maps.formats.reading import Payload
from otsu_maps.http import Validators

TIMEOUT_S, TOTAL_S = 5.0, 12.0
"""Less than the shortest time from one question to the next."""

_NAMED = re.compile(r"([^/:?=\s]+)=(\S+)")


@dataclass(frozen=True)
class Source:
    """`name` may be shown: keys in the address are masked. `feed_id`: the feed of the timetable whose ids it uses."""

    name: str
    address: str
    feed_id: str | None = None

    @property
    def is_web(self) -> bool:
        return urlsplit(self.address).scheme in ("http", "https")


@dataclass(frozen=True)
class Held:
    """What is held of a source: what its server said of it, SHA-256 of its bytes."""

    validators: Validators = field(default_factory=Validators)
    sha256: str = ""


@dataclass(frozen=True)
class Answer:
    """`payload` is None where nothing has changed; `heard_at`: when it was given (of a file: when it was written)."""

    payload: Payload | None
    held: Held
    heard_at: datetime


def source(text: str) -> Source:
    """A word of the setting: an address or a path, before it perhaps `FEED=`."""
    named = _NAMED.fullmatch(text)
    feed_id, address = (named[1], named[2]) if named else (None, text)
    return Source(http.masked(address), address, feed_id)


def ask(source: Source, held: Held | None = None) -> Answer:
    """Ask once; `held`: what is here already. Raises DownloadFailed, SourceMissing, UnsafeFile (`rt_too_large`)."""
    held = held or Held()
    if not source.is_web:
        return _file(source, held)
    at = clock.now()
    host = urlsplit(source.address).hostname or ""
    got = http.get(
        source.address,
        held=held.validators,
        max_bytes=MAX_BYTES,
        timeout_s=TIMEOUT_S,
        total_s=TOTAL_S,
        tries=1,
        hosts=frozenset({host}),
    )
    data = None if got.sha256 == held.sha256 else got.data
    name = PurePosixPath(urlsplit(source.address).path).name or source.name
    payload = None if data is None else Payload(name, data)
    return Answer(payload, Held(got.validators, got.sha256 or held.sha256), at)


def fetch(source: Source) -> Payload:
    """What it holds now, as nothing were held. Raises as `ask`."""
    payload = ask(source).payload
    return payload if payload is not None else Payload(source.name, b"")


def _file(source: Source, held: Held) -> Answer:
    path = Path(source.address)
    try:
        if not path.is_file():  # a pipe would wait for its writer
            raise SourceMissing("file_missing", file=source.name)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        written_at = clock.from_timestamp(path.stat().st_mtime)
    except OSError as error:
        raise SourceMissing("file_missing", file=source.name) from error
    if len(data) > MAX_BYTES:
        raise UnsafeFile("rt_too_large", file=source.name, most_mb=MAX_BYTES // 1024**2, most=MAX_ENTITIES)
    sha256 = hashlib.sha256(data).hexdigest()
    payload = None if sha256 == held.sha256 else Payload(path.name, data)
    return Answer(payload, Held(sha256=sha256), min(written_at, clock.now()))
