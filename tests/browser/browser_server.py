"""A real server, and a page in a real Chromium that may talk to it alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page

from otsu_maps.i18n import say

ROOT = Path(__file__).parents[2]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
"""Of a Chromium that knows no other machine. (Refusing in the tests, request by request, would turn its cache off.)

Without a graphics card pages are put together in memory, and maps alone are drawn by one that is played (SwiftShader).
Were all drawn by that, it would take twice as long, and a picture higher than its 8,192 pixels would begin again from
the top there, or be refused: "Unable to capture screenshot".
"""


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    pytest.fail("The browser tests need Chromium and a Japanese font: apt-get install chromium fonts-noto-cjk")


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """A staff server of its own on the data in `folder`."""
    port = free_port()
    environment = os.environ | {"OTSU_DATA_DIR": str(folder), "OTSU_PORT": str(port), "OTSU_LANG": "ja"}
    command = [sys.executable, "-m", "otsu_maps.cli", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def wait_for(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server stopped"
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer within {seconds} s")


def wait_until(page: Page, script: str, about: Any = None, seconds: float = 60) -> None:
    """Ask the page again and again. (`wait_for_function` evaluates in the page, which its security policy forbids.)"""
    end = time.monotonic() + seconds
    while not page.evaluate(script, about):
        assert time.monotonic() < end, f"not within {seconds} s: {script}"
        page.wait_for_timeout(200)


class Server:
    """A staff server that can be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        settings = {"OTSU_DATA_DIR": str(self.folder), "OTSU_PORT": str(self.port), "OTSU_LANG": "ja"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "otsu_maps.cli", "serve"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(f"{self.address}/healthz", self.process)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


QUIET_S = 0.6
"""When nothing was asked for so long, all that a page loads is there."""


class Watched:
    """A page that writes down every request to another host; Chromium reaches none (ARGS)."""

    def __init__(self, page: Page, server: str) -> None:
        self.page, self.outside, self.server = page, [], server  # type: ignore[var-annotated]
        self.asked_at = time.monotonic()
        self.path: str | None = None
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))

    def _is_ours(self, url: str) -> bool:
        return url.startswith((self.server, self.server.replace("http", "ws"), "data:", "blob:"))

    def _note(self, url: str) -> None:
        self.asked_at = time.monotonic()
        if not self._is_ours(url):
            self.outside.append(url)

    def go(self, path: str) -> Page:
        """Open a page and wait until the app has run to its end."""
        self.path = None
        self.page.goto(self.server + path)
        self.page.locator('[data-testid="stMainBlockContainer"] h1').first.wait_for(timeout=60_000)
        self._end()
        self.path = path
        return self.page

    def stay(self, path: str) -> Page:
        """For tests that only look: the page, opened unless it was the last to be opened, and all of it there."""
        if self.path != path:
            self.go(path)
            self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until nothing is asked of a server any more, and the app has run to its end."""
        end = time.monotonic() + 30
        while time.monotonic() - self.asked_at < QUIET_S:
            assert time.monotonic() < end, "the page asks and asks"
            self.page.wait_for_timeout(100)
        self._end()

    def _end(self) -> None:
        self.page.locator('[data-test-script-state="notRunning"]').first.wait_for(state="attached", timeout=60_000)


GOOD = "correct horse battery"
"""Password of every account that a test makes."""


@contextmanager
def signed_in(browser: Browser, address: str, name: str, width: int, height: int) -> Iterator[Watched]:
    """A person with an account at a server, on a screen of this size."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", color_scheme="light")
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label(say("access.name", "ja")).fill(name)
    page.get_by_label(say("access.password", "ja")).fill(GOOD)
    page.get_by_role("button", name=say("access.sign_in", "ja")).click()
    page.wait_for_url(f"{address}/*")
    yield Watched(page, address)
    context.close()
