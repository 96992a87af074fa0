"""Sessions of staff that watch a live page of the real server, as browsers do: `python board_load.py`.

Each signs in over HTTP, opens the page over Streamlit's own websocket and from then on sends what the frontend sends by
itself: for each `auto_rerun` that the page asked for, a rerun of that fragment at its interval, with the hashes of the
messages that it keeps. Meanwhile another process records events. Figures for people, never an assertion.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / room) for room in ("benchmarks", "ledger", "access"))]

import big_town  # noqa: E402
from staff_server import StaffServer, staff_server  # noqa: E402
from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: E402
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: E402
from websockets.asyncio.client import connect  # noqa: E402

TOO_LONG_S = 60
AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
FINISHED = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}


@dataclass
class Figures:
    """Seconds from request to the end of the script: of opening the page, and of every refresh. `bytes` received."""

    opened_s: list[float] = field(default_factory=list)
    refreshed_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    late: int = 0
    bytes: int = 0


class Browser:
    """One session on one page."""

    def __init__(self, server: StaffServer, name: str, page: str, every_s: float | None, figures: Figures) -> None:
        self.server, self.name, self.page, self.every_s, self.figures = server, name, page, every_s, figures
        self.kept: set[str] = set()
        self.intervals: dict[str, float] = {}
        self.page_hash = ""

    async def watch(self, begin: asyncio.Event, end: asyncio.Event) -> None:
        """Open the page, then refresh it from `begin` to `end`."""
        answer = await asyncio.to_thread(self.server.sign_in, self.name, big_town.PASSWORD)
        headers = {"Cookie": f"otsu_session={answer.cookie}", "Origin": self.server.origin}
        address = self.server.origin.replace("http", "ws") + "/_stcore/stream"
        async with connect(
            address, additional_headers=headers, subprotocols=["streamlit"], max_size=None, compression=None
        ) as self.socket:
            self.figures.opened_s.append(await self._run(None))
            await begin.wait()
            await asyncio.gather(*(self._refresh(*each, end) for each in self._fragments()))

    def _fragments(self) -> list[tuple[str, float]]:
        """With an interval of our own: the one that the page refreshes most often, at that."""
        if self.every_s is None:
            return list(self.intervals.items())
        return [(min(self.intervals, key=self.intervals.__getitem__), self.every_s)]

    async def _refresh(self, fragment: str, every_s: float, end: asyncio.Event) -> None:
        due = time.monotonic() + random.random() * every_s
        while not end.is_set():
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if end.is_set():
                return
            self.figures.late += time.monotonic() > due + every_s
            due = max(due + every_s, time.monotonic())
            async with self.turn:
                self.figures.refreshed_s.append(await self._run(fragment))

    async def _run(self, fragment: str | None) -> float:
        """Ask for a run and follow it to its end; seconds."""
        state = BackMsg().rerun_script
        state.page_script_hash, state.page_name = self.page_hash, "" if self.page_hash else self.page
        state.cached_message_hashes.extend(self.kept)
        state.context_info.timezone = "Asia/Tokyo"
        if fragment:
            state.fragment_id, state.is_auto_rerun = fragment, True
        sent = time.monotonic()
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            data = await asyncio.wait_for(self.socket.recv(decode=False), TOO_LONG_S)
            self.figures.bytes += len(data)
            message = ForwardMsg.FromString(data)
            self._take(message)
            if message.WhichOneof("type") == "script_finished" and message.script_finished != AGAIN:
                if message.script_finished not in FINISHED:
                    self.figures.errors.append(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
                return time.monotonic() - sent

    def _take(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable and message.hash:
            self.kept.add(message.hash)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page_hash = message.new_session.page_script_hash
        elif kind == "auto_rerun":
            self.intervals[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "page_not_found":
            self.figures.errors.append("page not found")
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.figures.errors.append(message.delta.new_element.exception.message)

    @property
    def turn(self) -> asyncio.Lock:
        """One run at a time: a browser's requests of one session wait for each other on the server too."""
        if not hasattr(self, "_turn"):
            self._turn = asyncio.Lock()
        return self._turn


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pid_of(server: StaffServer) -> int:
    """The process that listens on the port of the server."""
    wanted = f"OTSU_PORT={server.port}".encode()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (place / "environ").read_bytes().split(b"\0") and b"serve" in (place / "cmdline").read_bytes():
                return int(place.name)
        except OSError:
            continue
    raise RuntimeError("the server is gone")


async def watched(
    server: StaffServer, page: str, sessions: int, every_s: float | None, seconds: float
) -> tuple[Figures, float]:
    """The figures of so many sessions for so long, and the share of one processor that the server used meanwhile."""
    figures, begin, end = Figures(), asyncio.Event(), asyncio.Event()
    browsers = [Browser(server, f"staff{number}", page, every_s, figures) for number in range(sessions)]
    tasks = [asyncio.create_task(browser.watch(begin, end)) for browser in browsers]
    while len(figures.opened_s) < sessions and not any(task.done() for task in tasks):
        await asyncio.sleep(0.1)
    pid = pid_of(server)
    figures.bytes, used, began = 0, cpu_s(pid), time.monotonic()
    begin.set()
    await asyncio.sleep(seconds)
    share = (cpu_s(pid) - used) / (time.monotonic() - began)
    end.set()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(found, BaseException):
            figures.errors.append(repr(found))
    return figures, share


@contextmanager
def town(events: int, staff: int) -> Iterator[tuple[StaffServer, str, list[str]]]:
    """A running server on the big town, the id of its drill, its shelters."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shelters = big_town.built(folder)
        incident = big_town.played(folder, shelters, events, staff)
        with staff_server(folder) as server:
            yield server, incident, shelters


def rows(
    server: StaffServer,
    incident: str,
    shelters: list[str],
    page: str,
    sessions: int,
    every_s: float | None,
    seconds: float,
    per_second: float,
) -> Iterator[tuple[str, str]]:
    """What was measured, and the figure."""
    process = big_town.writer(server.folder, incident, shelters, per_second, seconds + 600) if per_second else None
    before = big_town.recorded(server.folder)
    try:
        found, share = asyncio.run(watched(server, page, sessions, every_s, seconds))
    finally:
        if process:
            process.terminate()
            process.wait()
    took = sorted(found.refreshed_s)
    interval = f"every {every_s:g} s" if every_s else "at its own intervals"
    what = f"/{page}, {sessions} session(s) {interval}, {per_second:g} events/s"
    middle, high = statistics.median(took) * 1000, took[int(len(took) * 0.95)] * 1000
    yield f"{what}: refresh, 50th / 95th / max", f"{middle:,.0f} / {high:,.0f} / {took[-1] * 1000:,.0f} ms"
    yield f"{what}: refreshes, errors, late", f"{len(took)}, {len(found.errors)}, {found.late}"
    yield f"{what}: events that came meanwhile", f"{big_town.recorded(server.folder) - before:,}"
    cost = share * seconds / len(took) * 1000
    yield f"{what}: processor time of the server a refresh", f"{cost:,.0f} ms ({share:.0%} of one core)"
    yield f"{what}: sent to a session a refresh", f"{found.bytes / len(took) / 1000:,.0f} kB"
    for error in sorted(set(found.errors))[:3]:
        yield "error", error


def main() -> None:
    """Print the figures of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", default="board", help="page to watch")
    parser.add_argument("--sessions", type=int, default=50, help="how many people watch")
    parser.add_argument("--every", type=float, default=None, help="seconds between refreshes; else as the page asks")
    parser.add_argument("--seconds", type=float, default=60, help="how long")
    parser.add_argument("--events", type=int, default=100_000, help="events in the ledger at first")
    parser.add_argument("--per-second", type=float, default=5, help="events that come meanwhile")
    asked = parser.parse_args()
    with town(asked.events, asked.sessions) as (server, incident, shelters):
        about = (asked.page, asked.sessions, asked.every, asked.seconds, asked.per_second)
        for what, figure in rows(server, incident, shelters, *about):
            print(f"{what}: {figure}")


if __name__ == "__main__":
    main()
