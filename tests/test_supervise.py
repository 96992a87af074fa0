"""Processes that are kept alive: real ones, killed for real."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from otsu_maps import supervise
from otsu_maps.commands import up
from otsu_maps.supervise import Child, Supervisor

ROOT = Path(__file__).parent.parent
STAYS = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
WITHIN_S = 20


def until(found: Callable[[], bool], within_s: float = WITHIN_S) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if found():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Running:
    """A supervisor in a process of its own, over processes that run the given lines of Python."""

    def __init__(self, folder: Path, *lines: str, setup: str = "") -> None:
        children = ", ".join(
            f"Child('c{number}', ({sys.executable!r}, '-c', {line!r}))" for number, line in enumerate(lines)
        )
        code = (
            "from otsu_maps import supervise\nfrom otsu_maps.supervise import *\n"
            f"{setup}\ndef tell(code, **about): print(code, about, flush=True)\n"
            f"raise SystemExit(Supervisor([{children}], tell, stopped_by_signals()).run())"
        )
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=log, stderr=log)

    def said(self, what: str) -> list[str]:
        return re.findall(what, self.log.read_text())

    def pids(self, name: str = r"c\d") -> list[int]:
        return [int(pid) for pid in self.said(rf"started {{'name': '{name}', 'pid': (\d+)}}")]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def begin(*lines: str, setup: str = "") -> Running:
        started.append(Running(tmp_path, *lines, setup=setup))
        return started[-1]

    yield begin
    for each in started:
        each.process.kill()
        each.process.wait()
        for pid in each.pids():
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


def test_a_child_that_is_killed_comes_back_and_the_others_stay(start: Callable[..., Running]) -> None:
    running = start(STAYS, STAYS)
    assert until(lambda: len(running.pids()) == 2)
    other = running.pids("c1")
    os.kill(running.pids("c0")[0], signal.SIGKILL)
    assert until(lambda: len(running.pids("c0")) == 2)
    assert running.said(r"ended {'name': 'c0', 'exit_code': -9, 'seconds': 1}")
    assert is_alive(running.pids("c0")[1]) and running.pids("c1") == other and is_alive(other[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_it_ends_all_and_says_so(start: Callable[..., Running], number: signal.Signals) -> None:
    running = start(STAYS, STAYS, STAYS)
    assert until(lambda: len(running.pids()) == 3)
    running.process.send_signal(number)
    assert running.process.wait(WITHIN_S) == 0
    assert not any(map(is_alive, running.pids()))
    assert running.said("stopping {'count': 3}") and running.said("stopped {}")


def test_a_child_that_does_not_listen_is_killed_and_the_exit_code_says_so(start: Callable[..., Running]) -> None:
    running = start(STUBBORN, STAYS, setup="supervise.LEAVE_S = 0.5")
    assert until(lambda: bool(running.said("deaf")) and len(running.pids()) == 2)
    running.process.terminate()
    assert running.process.wait(WITHIN_S) == 1
    assert running.said("killed {'name': 'c0'") and not running.said("killed {'name': 'c1'")
    assert not any(map(is_alive, running.pids()))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a supervisor that was killed")
def test_when_the_supervisor_is_killed_no_child_stays(start: Callable[..., Running]) -> None:
    running = start(STAYS, STAYS)
    assert until(lambda: len(running.pids()) == 2)
    running.process.kill()
    assert until(lambda: not any(map(is_alive, running.pids())))


def test_what_cannot_run_is_tried_again_later_each_time_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waits = [0.0], []
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now[0])
    child = Child("c", ())
    monkeypatch.setattr(
        Child, "start", lambda self: setattr(self, "process", Ended()) or setattr(self, "started_at", now[0])
    )
    supervisor = Supervisor([child], lambda code, **about: waits.append(about.get("seconds")))
    for _ in range(3000):
        supervisor._look_after(child)
        now[0] += 0.1
    assert [wait for wait in waits if wait] == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]


def test_who_ran_well_for_a_minute_is_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now[0])
    child = Child("c", (), process=Ended(), started_at=30.0, wait_s=32)  # type: ignore[arg-type]
    assert child.end() == 3 and child.due_at == 101.0
    child = Child("c", (), process=Ended(), started_at=99.0, wait_s=32)  # type: ignore[arg-type]
    assert child.end() == 3 and child.due_at == 132.0


class Ended:
    """A process that ended at once."""

    pid = 1

    def poll(self) -> int:
        return 3


def test_the_command_runs_the_staff_server_the_watcher_and_the_publisher(monkeypatch: pytest.MonkeyPatch) -> None:
    from otsu_maps.cli import main

    seen: list[list[str]] = []
    monkeypatch.setattr(up, "stopped_by_signals", lambda: None)
    monkeypatch.setattr(Supervisor, "run", lambda self: seen.append([each.command[-1] for each in self.children]) or 0)
    assert main(["up"]) == main(["up", "--public"]) == 0
    assert seen == [["serve", "watch", "publish"], ["serve", "watch", "publish", "serve-public"]]


@pytest.mark.parametrize("code", up.TOLD)
def test_each_thing_that_happens_has_a_sentence(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    up._tell(code, name="watch", exit_code=2, seconds=4, pid=7, count=3)
    assert re.search(r"警報の見張り|3 つ|すべて", capsys.readouterr().err)
