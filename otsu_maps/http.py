"""Download over HTTP: time-outs, retry, conditional GET, size limit. The only user of `requests`."""

from __future__ import annotations

import hashlib
import random
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from otsu_maps import clock
from otsu_maps.errors import DownloadFailed

MAX_REDIRECTS = 5
MAX_PAUSE_S = 30.0
_CHUNK = 64 * 1024
_USERINFO = re.compile(r"(?<=//)[^/?#]*@")
_SECRET = re.compile(r"([?&][^=&#]*(?:key|token|secret|passw|signature)[^=&#]*=)[^&#]*", re.IGNORECASE)

sleep = time.sleep  # a name of this module, so that tests need not wait


@dataclass(frozen=True)
class Validators:
    """What a server said of the copy that we hold."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Fetched:
    """What came. `data` is None where the copy that the caller holds is still good (304); `sha256` is of `data`.

    `url` is the address after redirects, fit to be shown: its credentials are masked.
    """

    data: bytes | None
    validators: Validators
    sha256: str | None
    url: str


def get(
    url: str,
    *,
    held: Validators = Validators(),
    max_bytes: int,
    timeout_s: float = 20.0,
    total_s: float = 300.0,
    tries: int = 4,
    backoff_s: float = 0.5,
    hosts: frozenset[str] | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Fetched:
    """The body at `url`, decoded, or word that the held copy is still good.

    `timeout_s` bounds one connection or read, `total_s` all tries and pauses together, `max_bytes` what is decoded.
    Only `hosts` are spoken to where they are named, redirects too.
    `on_progress` is told the decoded bytes so far and how many there will be (None where not known).
    Raises DownloadFailed.
    """
    with _Deadline(total_s) as deadline, _Session() as session:
        session.mount("http://", deadline)
        session.mount("https://", deadline)
        session.headers.update(_headers(held))
        download = _Download(url, session, deadline, timeout_s, max_bytes, hosts, on_progress)
        attempt = 1
        while True:
            try:
                return download.once(held)
            except _Again as again:
                failed = download.failed(again.code, **again.params)
                pause = max(again.wait_s, backoff_s * 2 ** (attempt - 1) * (0.5 + random.random()))  # noqa: S311
            pause = min(pause, MAX_PAUSE_S)
            if attempt >= tries or pause >= deadline.remaining_s():
                raise failed
            sleep(pause)
            attempt += 1


def masked(url: str) -> str:
    """`url` as it may be shown or logged: no user, no password, no key of an API."""
    return _SECRET.sub(r"\1***", _USERINFO.sub("***@", url))


class _Again(Exception):
    """A failure that may pass: worth another try, after `wait_s` where the server asked for it."""

    def __init__(self, code: str, wait_s: float = 0.0, **params: Any) -> None:
        super().__init__(code)
        self.code, self.wait_s, self.params = code, wait_s, params


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: `Session.send` would read the body of a redirect to its end, however long."""

    def target(self, response: requests.Response) -> str | None:
        return super().get_redirect_target(response)


class _Deadline(HTTPAdapter):
    """Connections that are shut down after `total_s`, whatever they are doing.

    The time-outs of `requests` start afresh with each read: a byte now and then, in the headers or the body, would hold
    the caller for ever.
    """

    def __init__(self, total_s: float) -> None:
        super().__init__(max_retries=0)
        self.total_s = total_s
        self._ends = time.monotonic() + total_s
        self._sockets: list[Any] = []
        self._timer = threading.Timer(total_s, self._shut_all)
        self._timer.daemon = True

    def __enter__(self) -> _Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def remaining_s(self) -> float:
        return self._ends - time.monotonic()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        plain = pool.ConnectionCls
        if not hasattr(plain, "watched"):

            def connect(connection: Any) -> None:
                plain.connect(connection)
                self._sockets.append(connection.sock)
                if self.remaining_s() <= 0:  # the timer may have gone off meanwhile
                    self._shut_all()

            pool.ConnectionCls = type(plain.__name__, (plain,), {"connect": connect, "watched": True})
        return pool

    def _shut_all(self) -> None:
        self._ends = min(self._ends, time.monotonic())  # whoever is cut off must find the deadline passed
        for sock in list(self._sockets):
            with suppress(OSError):  # closed already
                # The plain method for TLS too: that of SSLSocket would drop the cipher under the thread that reads.
                socket.socket.shutdown(getattr(sock, "socket", sock), socket.SHUT_RDWR)


@dataclass(frozen=True)
class _Download:
    url: str
    session: _Session
    deadline: _Deadline
    timeout_s: float
    max_bytes: int
    hosts: frozenset[str] | None
    on_progress: Callable[[int, int | None], None] | None

    def failed(self, code: str, **params: Any) -> DownloadFailed:
        return DownloadFailed(code, **{"url": masked(self.url), **params})

    def once(self, held: Validators) -> Fetched:
        """One try, redirects followed. Raises _Again where another try may help."""
        url = self.url
        self._safe(url)
        for _ in range(MAX_REDIRECTS + 1):
            with self._open(url) as response:
                target = self.session.target(response)
                if target is None:
                    return self._answer(response, held)
                url = self._safe(target, response.url)
        raise self.failed("download_redirects")

    def _safe(self, target: str, base: str = "") -> str:
        with suppress(ValueError):  # such as half an IPv6 address
            url = urljoin(base, target)
            parts = urlsplit(url)
            downgraded = parts.scheme == "http" and base.startswith("https:")
            if parts.scheme in ("http", "https") and parts.hostname and not downgraded:
                if self.hosts is not None and parts.hostname not in self.hosts:
                    raise self.failed("download_host", url=masked(target), known=", ".join(sorted(self.hosts)))
                return url
        raise self.failed("download_scheme", url=masked(target))

    def _open(self, url: str) -> requests.Response:
        wait_s = max(0.001, min(self.timeout_s, self.deadline.remaining_s()))
        try:
            return self.session.get(url, stream=True, allow_redirects=False, timeout=wait_s, verify=True)
        except (requests.ConnectionError, requests.Timeout) as error:
            self._refuse_late()
            raise _Again("download_unreachable", cause=_cause(error)) from None
        except (OSError, ValueError) as error:  # an address or a setting that no second try makes right
            raise self.failed("download_unreachable", cause=_cause(error)) from None

    def _answer(self, response: requests.Response, held: Validators) -> Fetched:
        self._refuse_late()
        status, headers = response.status_code, response.headers
        validators = Validators(headers.get("ETag"), headers.get("Last-Modified"))
        if status == 304 and held != Validators():
            kept = Validators(validators.etag or held.etag, validators.last_modified or held.last_modified)
            return Fetched(None, kept, None, masked(response.url))
        if status == 429 or status >= 500:
            raise _Again("download_status", _retry_after_s(headers.get("Retry-After", "")), status=status)
        if status != 200:
            raise self.failed("download_status", status=status)
        data = self._read(response)
        return Fetched(data, validators, hashlib.sha256(data).hexdigest(), masked(response.url))

    def _read(self, response: requests.Response) -> bytes:
        length = response.headers.get("Content-Length", "")
        sent = int(length) if re.fullmatch("[0-9]{1,18}", length) else None
        if sent is not None and sent > self.max_bytes:
            raise self._too_large()
        total = None if "Content-Encoding" in response.headers else sent
        chunks, size = [], 0
        try:
            for chunk in response.iter_content(_CHUNK):
                self._refuse_late()
                size += len(chunk)
                if size > self.max_bytes:
                    raise self._too_large()
                chunks.append(chunk)
                if self.on_progress:
                    self.on_progress(size, total)
        except requests.RequestException:
            self._refuse_late()
            raise _Again("download_cut_short") from None
        self._refuse_late()  # where no length was given, a connection that was shut looks like the end
        return b"".join(chunks)

    def _refuse_late(self) -> None:
        if self.deadline.remaining_s() <= 0:
            raise self.failed("download_too_slow", seconds=f"{self.deadline.total_s:g}")

    def _too_large(self) -> DownloadFailed:
        return self.failed("download_too_large", limit_mb=f"{self.max_bytes / 1024**2:.6g}")


def _headers(held: Validators) -> dict[str, str]:
    try:
        ours = version("otsu-maps")
    except PackageNotFoundError:
        ours = "dev"
    headers = {"User-Agent": f"otsu_maps/{ours}", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
    if held.etag:
        headers["If-None-Match"] = held.etag
    if held.last_modified:
        headers["If-Modified-Since"] = held.last_modified
    return headers


def _retry_after_s(text: str) -> float:
    """Seconds that a Retry-After asks for, as a number or a date; 0 where it says nothing that we understand."""
    if text.isascii() and text.isdigit():
        return min(float(text), MAX_PAUSE_S)
    try:
        until = parsedate_to_datetime(text).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return 0.0
    return min(max((until - clock.now()).total_seconds(), 0.0), MAX_PAUSE_S)


def _cause(error: Exception) -> str:
    """What kind of failure lies below; a name only, since the texts of `requests` repeat the address and its keys."""
    below = error.args[0] if error.args else error
    return type(getattr(below, "reason", error)).__name__
