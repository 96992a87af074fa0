"""A real staff server of its own with an account of every role, asked over HTTP as a browser asks."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from otsu_maps.access.roles import ROLES
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import FILE, Ledger

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
DESKS = count(1)


@dataclass
class Answer:
    """What came back. `cookies` are the whole Set-Cookie lines."""

    status: int
    headers: Mapping[str, str]
    text: str
    cookies: list[str] = field(default_factory=list)

    @property
    def cookie(self) -> str:
        """The value of the session cookie that was set."""
        line = next(line for line in self.cookies if line.startswith("otsu_session="))
        return line.partition("=")[2].partition(";")[0]


@dataclass
class StaffServer:
    """A running server. `log` is everything that it and its libraries wrote."""

    port: int
    folder: Path
    log: Path

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: str = "",
    ) -> Answer:
        """One request, as it is: no redirect is followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        given = dict(headers or {})
        if token:
            given["Cookie"] = f"otsu_session={token}"
        connection.request(method, path, body=body or None, headers=given)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        found = Answer(answer.status, dict(answer.headers.items()), text, answer.headers.get_all("Set-Cookie") or [])
        connection.close()
        return found

    def post(
        self,
        path: str,
        fields: Mapping[str, str],
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """A form of the server's own page."""
        given = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.ask("POST", path, token=token, headers=given, body=urlencode(fields))

    def sign_in(self, name: str, password: str = PASSWORD, address: str = "", **fields: str) -> Answer:
        """Name and password as they are typed, each time at another desk unless one is named."""
        headers = {"X-Forwarded-For": address or f"2001:db8:{next(DESKS):x}::1"}  # as a proxy on this machine says
        return self.post("/sign-in", {"name": name, "password": password, **fields}, headers=headers)

    def ledger(self) -> Ledger:
        """The ledger that the server uses."""
        return Ledger(f"sqlite:///{self.folder / FILE}")


def with_every_role(folder: Path, demo: Path) -> Path:
    """A data folder with the demo and one account a role, named as the role."""
    shutil.copytree(demo / "snapshots", folder / "snapshots")
    ledger = Ledger(f"sqlite:///{folder / FILE}")
    for role in ROLES:
        accounts.add(ledger, role, role, PASSWORD, actor="tests", display_name=f"試験 {role}")
    ledger.close()
    return folder


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def staff_server(folder: Path, **settings: str) -> Iterator[StaffServer]:
    """Start a server on the data in `folder` and stop it afterwards."""
    server = StaffServer(free_port(), folder, folder / "server.log")
    environment = (
        os.environ | {"OTSU_DATA_DIR": str(folder), "OTSU_PORT": str(server.port), "OTSU_LANG": "ja"} | settings
    )
    with server.log.open("w") as log:
        command = [sys.executable, "-m", "otsu_maps.cli", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def _wait(server: StaffServer, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, server.log.read_text("utf-8")
        try:
            if server.ask("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer within 60 s\n{server.log.read_text('utf-8')}")
