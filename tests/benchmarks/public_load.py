"""The crowd on the public page while a member of staff watches the board: `python public_load.py`. Needs wrk and nginx.

The page is the one that `otsu-maps publish` makes of the town. Everything shares one machine: the real staff server
with one session, the server of the pages, and the crowd itself, which stands behind the others (nice). Figures for
people, never an assertion.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / room) for room in ("benchmarks", "ledger", "access", "public"))]

import board_load  # noqa: E402
import nginx_server  # noqa: E402
from staff_server import StaffServer  # noqa: E402

GZIP = "Accept-Encoding: gzip"


def published(town: Path) -> Path:
    """What the publisher makes of a town of the demo."""
    command = [sys.executable, "-m", "otsu_maps.cli", "publish", "--once", "--out", str(town / "site")]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"OTSU_DATA_DIR": str(town)}, check=True, capture_output=True)
    return town / "site" / "public-drill"


@contextmanager
def serve_public(folder: Path) -> Iterator[int]:
    """`otsu-maps serve-public` on that folder; its port."""
    port = nginx_server.free_port()
    command = [
        sys.executable,
        "-m",
        "otsu_maps.cli",
        "serve-public",
        "--drill",
        "--port",
        str(port),
        "--dir",
        str(folder),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        nginx_server.wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def nginx(folder: Path) -> Iterator[int]:
    """nginx as in docs, without its limits of one address: the whole crowd comes from one here."""
    conf = re.sub(r"^ *limit_(?:req|conn).*\n", "", nginx_server.CONF.read_text("utf-8"), flags=re.M)
    with tempfile.TemporaryDirectory() as own, nginx_server.nginx(Path(own), folder, conf) as port:
        yield port


async def crowd(address: str, connections: int, headers: list[str], end: asyncio.Event) -> str:
    """What wrk says when it is told to stop."""
    given = [part for header in headers for part in ("-H", header)]
    command = ["nice", "-n", "10", "wrk", "-t1", f"-c{connections}", "-d600", "--latency", *given, address]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    await end.wait()
    process.send_signal(signal.SIGINT)
    said, _ = await process.communicate()
    return said.decode()


async def staff_with_crowd(
    staff: StaffServer, seconds: float, address: str | None, connections: int, headers: list[str]
) -> tuple[board_load.Figures, str]:
    """One session of staff on the board, every 10 s, with a crowd on an address or without."""
    end = asyncio.Event()
    outside = asyncio.create_task(crowd(address, connections, headers, end)) if address else None
    figures, _ = await board_load.watched(staff, "board", 1, 10, seconds)
    end.set()
    return figures, await outside if outside else ""


def figure(said: str) -> str:
    """Requests a second, latency and errors out of what wrk said."""
    rate = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
    middle, high = (re.findall(rf"^\s+{share}%\s+(\S+)$", said, re.M)[0] for share in (50, 99))
    wrong = re.findall(r"(Socket errors.*|Non-2xx.*)", said)
    return f"{rate:,.0f} requests/s, 50th {middle}, 99th {high}{''.join(f', {each.strip()}' for each in wrong)}"


def tag(port: int) -> str:
    """The tag of the packed page, as a browser keeps it."""
    command = ["curl", "-s", "-D-", "-o", os.devnull, "-H", GZIP, f"http://127.0.0.1:{port}/"]
    head = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.findall(r"(?i)^etag: (.*?)\r?$", head, re.M)[0]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40, help="how long each")
    parser.add_argument("--connections", type=int, default=100, help="connections that are open at once")
    parser.add_argument("--events", type=int, default=20_000, help="events in the ledger")
    asked = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("This needs wrk: apt-get install wrk")
    with board_load.town(asked.events, 1) as (staff, _, _):
        pages = published(staff.folder)
        page = pages / "index.html"
        print(f"page: {page.stat().st_size:,} bytes; load of the machine before: {os.getloadavg()[0]:.1f}")

        def measure(what: str, port: int | None, *headers: str) -> None:
            address = f"http://127.0.0.1:{port}/" if port else None
            found, said = asyncio.run(staff_with_crowd(staff, asked.seconds, address, asked.connections, list(headers)))
            took = [round(each * 1000) for each in found.refreshed_s]
            print(f"{what}: {figure(said) if said else 'nobody'}; staff: refreshes in {took} ms, errors {found.errors}")

        measure("staff alone", None)
        with nginx(pages) as port:
            measure("nginx, a packed copy beside the page", port, GZIP)
            measure("nginx, not packed", port)
            measure("nginx, not changed (304)", port, GZIP, f"If-None-Match: {tag(port)}")
            page.with_name("index.html.gz").unlink()
            measure("nginx packs each time", port, GZIP)
        with serve_public(pages) as port:
            measure("serve-public, packed", port, GZIP)
            measure("serve-public, not changed (304)", port, GZIP, f"If-None-Match: {tag(port)}")


if __name__ == "__main__":
    main()
