"""The published folder over HTTP, where there is no nginx and no CDN: plain ASGI, reads files, knows nothing else.

It serves names that the publisher gives and nothing else: known kinds of files, no dot file, no listing, nothing that a
link leads to. While `status.json` is missing, cannot be read or is not for the public, every answer is 503.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import socket
from asyncio import Transport
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from otsu_maps import clock
from otsu_maps.access.headers import Receive, Scope, Send, script_hashes
from otsu_maps.errors import PublicRefused
from otsu_maps.public import record

STATUS = "status.json"
MAX_AGE_S = 15
RETRY_S = 10
SMALL_BYTES = 1024
LARGEST_BYTES = 32 * 1024 * 1024
KEPT_BYTES = 64 * 1024 * 1024

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".geojson": "application/geo+json; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".pdf": "application/pdf",
}
"""Suffix to content type. A file of any other kind is not there: half-written ones have another suffix."""

DATA = (".json", ".geojson", ".csv", ".atom", ".xml")
"""Open data: pages of others may read it."""

PACKED = (".png", ".ico", ".pdf")

NAME = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9._-]*/)*(?:[A-Za-z0-9][A-Za-z0-9._-]*)?", re.ASCII)
"""Paths that may be asked for: no name begins with a dot, none is empty."""

FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "vary": "Accept-Encoding",
}

LONGEST = 200
MOST_CONNECTIONS = 900
IDLE_S = 2
SILENT_S = 10
PATIENCE_S = 120
"""A connection ends after so long, whatever it does: 50 kB at 4 kbit/s take less, and whoever sends or reads a byte now
and then must not hold the place of somebody else."""

Headers = dict[str, str]


@dataclass(frozen=True)
class Sent:
    """A file as it goes out. `key` tells whether it is still the same file."""

    key: tuple[int, ...]
    body: bytes
    packed: bytes | None
    etag: str
    headers: Headers

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed or b"")


@dataclass(frozen=True)
class Standing:
    """What status.json says of the folder. `mark`: the mode (or demo) where it is not for the public, else None."""

    mark: str | None
    valid_until: datetime

    @property
    def fresh_s(self) -> int:
        """How long an answer may be kept: never past its validity."""
        left = (self.valid_until - clock.now()).total_seconds()
        return max(0, min(MAX_AGE_S, int(left)))


class PublicFolder:
    """An ASGI app over one folder. With `is_drill` it also serves what is not for the public, marked by a header."""

    def __init__(self, folder: Path, is_drill: bool = False, kept_bytes: int = KEPT_BYTES) -> None:
        self.folder, self.is_drill, self.kept_bytes = folder.resolve(), is_drill, kept_bytes
        self.kept: OrderedDict[str, Sent] = OrderedDict()
        self._standing: tuple[str, Standing] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status, headers, body = self.answer(scope["method"], scope["path"], _asked(scope["headers"]))
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": int(status), "headers": pairs})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def answer(self, method: str, path: str, asked: Headers) -> tuple[HTTPStatus, Headers, bytes]:
        """Status, headers and body of one request; the body of HEAD is what GET would send."""
        if method not in ("GET", "HEAD"):
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, allow="GET, HEAD")
        try:
            standing = self.standing()
        except PublicRefused:
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE, **{"retry-after": str(RETRY_S)})
        if len(path) > LONGEST or not NAME.fullmatch(path):
            return _plain(HTTPStatus.NOT_FOUND)
        found = self.file(path + "index.html" if path.endswith("/") else path)
        if found:
            return _file(found, standing, asked)
        if not path.endswith("/") and self._is_folder(path):
            return _plain(HTTPStatus.MOVED_PERMANENTLY, location=f"{path}/")
        return _plain(HTTPStatus.NOT_FOUND)

    def standing(self) -> Standing:
        """For whom the folder is. Raises PublicRefused where that is unknown, or nobody's business."""
        status = self.file(f"/{STATUS}")
        if status is None:
            raise PublicRefused("public_none", folder=self.folder, file=STATUS)
        if self._standing is None or self._standing[0] != status.etag:
            self._standing = status.etag, self._read(status.body)
        standing = self._standing[1]
        if standing.mark and not self.is_drill:
            raise PublicRefused("public_not_real", folder=self.folder, mode=standing.mark)
        return standing

    def file(self, path: str) -> Sent | None:
        """A file by its path, None where there is none that may be served. Read again when it was replaced."""
        try:
            stat = (self.folder / path[1:]).stat()
        except OSError:
            self.kept.pop(path, None)
            return None
        key = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        held = self.kept.get(path)
        if held and held.key == key:
            self.kept.move_to_end(path)
            return held
        self.kept.pop(path, None)
        return self._keep(path, _load(self.folder / path[1:], key))

    def _keep(self, path: str, found: Sent | None) -> Sent | None:
        if found is not None:
            self.kept[path] = found
            while sum(each.size for each in self.kept.values()) > self.kept_bytes:
                self.kept.popitem(last=False)
        return found

    def _read(self, text: bytes) -> Standing:
        try:
            status = record.load(text)
        except ValueError as error:
            raise PublicRefused("public_unreadable", folder=self.folder, file=STATUS) from error
        mark = None if status.is_for_public else "demo" if status.mode == "real" else status.mode
        return Standing(mark, status.valid_until)

    def _is_folder(self, path: str) -> bool:
        inside = self.folder / path[1:]
        return inside.is_dir() and inside.resolve() == inside


def _load(path: Path, key: tuple[int, ...]) -> Sent | None:
    if path.suffix not in TYPES or path.resolve() != path or not path.is_file() or key[-1] > LARGEST_BYTES:
        return None
    try:
        body = path.read_bytes()
    except OSError:
        return None
    packed = None
    if len(body) > SMALL_BYTES and path.suffix not in PACKED:
        packed = gzip.compress(body, 6, mtime=0)
    headers = {**FIXED, "content-type": TYPES[path.suffix]}
    headers["content-security-policy"] = _policy(body if path.suffix == ".html" else b"")
    if path.suffix in DATA:
        headers["access-control-allow-origin"] = "*"
    return Sent(key, body, packed, hashlib.sha256(body).hexdigest(), headers)


def _policy(page: bytes) -> str:
    """Nothing from anywhere; the inline scripts that the page was published with, by their hashes."""
    scripts = " ".join(script_hashes(page.decode("utf-8", "replace"))) or "'none'"
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )


def _file(found: Sent, standing: Standing, asked: Headers) -> tuple[HTTPStatus, Headers, bytes]:
    is_packed = found.packed is not None and takes_gzip(asked.get("accept-encoding", ""))
    etag = f'"{found.etag}-gzip"' if is_packed else f'"{found.etag}"'
    headers = {**found.headers, "etag": etag, "cache-control": f"max-age={standing.fresh_s}, must-revalidate"}
    if standing.mark:
        headers["x-drill"] = standing.mark
    if is_known(asked.get("if-none-match", ""), etag):
        return HTTPStatus.NOT_MODIFIED, headers, b""
    body = found.packed if is_packed and found.packed else found.body
    if is_packed:
        headers["content-encoding"] = "gzip"
    return HTTPStatus.OK, {**headers, "content-length": str(len(body))}, body


def _plain(status: HTTPStatus, **headers: str) -> tuple[HTTPStatus, Headers, bytes]:
    body = f"{status.value} {status.phrase}\n".encode()
    about = {"content-type": TYPES[".txt"], "content-length": str(len(body)), "cache-control": "no-store"}
    return status, {**FIXED, **about, **headers}, body


def _asked(pairs: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers of a request by lower-case name; of one that came twice both values."""
    found: Headers = {}
    for name, value in pairs:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header allows gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        weights[name.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return weights.get("gzip", weights.get("*", False))


def is_known(given: str, etag: str) -> bool:
    """Whether an If-None-Match header names this tag (RFC 9110, 13.1.2: weak comparison)."""
    return given.strip() == "*" or etag in re.findall(r'"[^"]*"', given)


class Impatient(H11Protocol):
    """HTTP that hangs up on who never asks, asks without end, or does not take the answer."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.patience = self.loop.call_later(PATIENCE_S, transport.abort)
        self.timeout_keep_alive_task = self.loop.call_later(SILENT_S, self.timeout_keep_alive_handler)

    def connection_lost(self, exc: Exception | None) -> None:
        self.patience.cancel()
        super().connection_lost(exc)


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on. Raises PublicRefused where the address is taken or not of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise PublicRefused("public_address", host=host, port=port, error=error.strerror) from error


def options() -> dict[str, Any]:
    """How uvicorn serves it: nobody's address is written down, nothing but HTTP, no connection for long."""
    quiet: dict[str, Any] = {"log_level": "critical", "access_log": False, "server_header": False}
    spare: dict[str, Any] = {"http": Impatient, "ws": "none", "lifespan": "off", "proxy_headers": False}
    limits = {"limit_concurrency": MOST_CONNECTIONS, "timeout_keep_alive": IDLE_S, "timeout_graceful_shutdown": IDLE_S}
    return {**quiet, **spare, **limits}


def run(app: PublicFolder, at: socket.socket) -> None:
    """Serve until stopped."""
    uvicorn.Server(uvicorn.Config(app, **options())).run(sockets=[at])
