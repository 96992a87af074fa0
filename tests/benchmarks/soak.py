"""`make soak`: a busy twenty minutes on the public side, and whether memory and sockets stay flat: `python soak.py`.

The real publisher and the real `serve-public` on the demo in a drill. Every ten seconds a shelter opens, is counted or
closes. All the time clients come and go: with a request, with one that did not change, silent, hanging up half way.
The last line has the figures for the README: memory and sockets first and last, requests, errors. Figures for people,
never an assertion. `SOAK_MINUTES=3 make soak` is a short one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / room) for room in ("benchmarks", "public"))]

from nginx_server import free_port, wait_for  # noqa: E402

CHANGE_S = 10
CLIENTS = 40
PATHS = ("/", "/status.json", "/shelters.geojson", "/shelters.csv", "/nothing.html", "/../secret")


@dataclass
class Sample:
    """A process at one moment: resident memory, open files, sockets among them."""

    kib: int
    files: int
    sockets: int

    @classmethod
    def of(cls, pid: int) -> Sample:
        status = Path(f"/proc/{pid}/status").read_text()
        links = []
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                links.append(str(each.readlink()))
        kib = int(status.split("VmRSS:")[1].split()[0])
        return cls(kib, len(links), sum(link.startswith("socket:") for link in links))


@contextmanager
def command(folder: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """`otsu-maps ...` until it is told to stop."""
    with (folder / f"{words[0]}.log").open("w") as log:
        whole = [sys.executable, "-m", "otsu_maps.cli", *words]
        process = subprocess.Popen(whole, cwd=ROOT, env=around(folder), stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def around(folder: Path) -> dict[str, str]:
    return os.environ | {"OTSU_DATA_DIR": str(folder)}


def once(folder: Path, *words: str) -> None:
    """One command, to its end."""
    subprocess.run([sys.executable, "-m", *words], cwd=ROOT, env=around(folder), check=True, capture_output=True)


async def client(port: int, end: float, counts: dict[str, int]) -> None:
    """Somebody who comes, does one of four things, and comes again."""
    tag = '"x"'
    while time.monotonic() < end:
        habit = random.choices(("asks", "knows", "silent", "hangs up"), (6, 3, 1, 2))[0]
        counts[habit] = counts.get(habit, 0) + 1
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                if habit == "silent":
                    await asyncio.sleep(random.random() * 3)
                    continue
                known = f"If-None-Match: {tag}\r\n" if habit == "knows" else ""
                path = random.choice(PATHS)
                writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n{known}\r\n".encode())
                counts["requests"] = counts.get("requests", 0) + 1
                if habit != "hangs up":
                    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)).decode("latin-1").lower()
                    counts[head.split()[1]] = counts.get(head.split()[1], 0) + 1
                    tag = head.partition("etag: ")[2].partition("\r\n")[0] or tag
                    counts["errors"] = counts.get("errors", 0) + (head.split()[1] >= "500")
            finally:
                writer.close()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            counts["errors"] = counts.get("errors", 0) + 1
        await asyncio.sleep(random.random() * 0.2)


async def changes(incident: str, end: float) -> int:
    """Somebody who records something every ten seconds; how often."""
    from otsu_maps.ledger import append
    from otsu_maps.ledger.store import open_ledger

    done, where = 0, {"incident_id": incident, "mode": "drill", "shelter_id": "prov-1", "actor": "soak"}
    while time.monotonic() < end:
        kind, payload = (("shelter_closed", {}), ("shelter_opened", {}))[done % 2]
        await asyncio.to_thread(append.append, open_ledger(), kind, payload, **where)
        done += 1
        await asyncio.sleep(CHANGE_S)
    return done


async def watched(processes: dict[str, int], minutes: float, every_s: float) -> dict[str, Sample]:
    """Say every so often how large each process is; gives how large each was at first."""
    first: dict[str, Sample] = {}
    for number in range(int(minutes * 60 / every_s) + 1):
        samples = {name: Sample.of(pid) for name, pid in processes.items()}
        first = first or samples
        told = "; ".join(
            f"{name} {each.kib / 1024:,.1f} MiB, {each.files} files, {each.sockets} sockets"
            for name, each in samples.items()
        )
        print(f"{number * every_s / 60:5.1f} min: {told}", flush=True)
        await asyncio.sleep(every_s)
    return first


async def churn(port: int, incident: str, processes: dict[str, int], minutes: float, every_s: float) -> None:
    """All of it at once, then a rest in which sockets must go."""
    end, counts = time.monotonic() + minutes * 60, dict[str, int]()
    clients = [asyncio.create_task(client(port, end, counts)) for _ in range(CLIENTS)]
    recorded = asyncio.create_task(changes(incident, end))
    first = await watched(processes, minutes, every_s)
    await asyncio.gather(*clients)
    print(f"clients: {counts}; changes recorded: {await recorded}")
    await asyncio.sleep(15)
    last = {name: Sample.of(pid) for name, pid in processes.items()}
    sizes = "; ".join(
        f"{name} memory {first[name].kib / 1024:,.1f} -> {last[name].kib / 1024:,.1f} MiB,"
        f" sockets {first[name].sockets} -> {last[name].sockets}, files {first[name].files} -> {last[name].files}"
        for name in processes
    )
    told = f"{counts.get('requests', 0):,} requests, {counts.get('errors', 0):,} errors"
    print(f"soak of {minutes:g} min: {sizes}; {told}")


def begun(folder: Path) -> str:
    """A drill on the demo with a shelter of its own; its id."""
    from otsu_maps import incidents
    from otsu_maps.ledger import append
    from otsu_maps.ledger.store import open_ledger

    where = {"incident_id": append.new_incident_id("drill"), "mode": "drill", "actor": "soak"}
    append.append(open_ledger(), "incident_opened", incidents.opening("公開ページの耐久試験"), **where)
    for kind, payload in (("shelter_created", {"name": "試験避難所"}), ("shelter_opened", {})):
        append.append(open_ledger(), kind, payload, shelter_id="prov-1", **where)
    return where["incident_id"]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    minutes = float(os.environ.get("SOAK_MINUTES") or 20)
    parser.add_argument("--minutes", type=float, default=minutes, help="how long")
    parser.add_argument("--every", type=float, default=60, help="seconds between samples")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["OTSU_DATA_DIR"] = place
        once(folder, "etl", "build", "--sources", "demo")
        incident = begun(folder)
        once(folder, "otsu_maps.cli", "publish", "--once")
        port = free_port()
        serve = ("serve-public", "--drill", "--port", str(port))
        with command(folder, "publish") as publisher, command(folder, *serve) as server:
            wait_for(port)
            processes = {"publish": publisher.pid, "serve-public": server.pid}
            asyncio.run(churn(port, incident, processes, asked.minutes, asked.every))


if __name__ == "__main__":
    main()
