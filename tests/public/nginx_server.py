"""A real nginx on a free port with docs/nginx/public.conf as it stands, everything of it in one folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CONF = Path(__file__).parents[2] / "docs" / "nginx" / "public.conf"
AROUND = "worker_processes auto; worker_priority 10; worker_rlimit_nofile 16384; events { worker_connections 8192; }"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens on that port of this machine."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on port {port}")


@contextmanager
def nginx(folder: Path, public: Path, conf: str | None = None) -> Iterator[int]:
    """Its port, while it serves `public`. `folder`: for its own files."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        pytest.fail("The tests of docs/nginx/public.conf need nginx: apt-get install nginx-light")
    port, text = free_port(), conf or CONF.read_text("utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("/var/lib/otsu_maps/public", str(public)),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert old in text
        text = text.replace(old, new)
    places = "".join(f"{place}_temp_path {folder}/{place};" for place in TEMPORARY)
    user = "user root;" if Path("/proc/self").owner() == "root" else ""  # its workers must see the folder of a test
    whole = f"{user} pid {folder}/pid; error_log {folder}/error.log; {AROUND} http {{ {places}\n{text} }}\n"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)
