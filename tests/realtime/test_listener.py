"""Listening to operators against a site on this machine: what comes is kept and shown; trouble holds up nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rt_messages import add_alert, add_trip, add_vehicle, message
from scripted_server import Answer, Server, running, status

from otsu_maps import clock, http
from otsu_maps.formats import gtfs_rt
from otsu_maps.realtime import archive, now, sources
from otsu_maps.realtime.archive import Archive
from otsu_maps.realtime.listener import Listener
from otsu_maps.realtime.now import FRESH, SILENT, STALE, Heard, latest
from otsu_maps.realtime.sources import Source, source

START = datetime(2026, 11, 27, 3, 0)
LIMIT = timedelta(minutes=3)
SLOW: Answer = lambda handler: handler.server.stopping.wait(30) and None  # noqa: E731
PATH = "/trips.pb"


def told(at: datetime, *trips: str, delay: int = 60) -> bytes:
    made = message(at)
    for trip_id in trips:
        add_trip(made, trip_id, {"sequence": 1, "stop_id": "a", "arrival": delay})
    return bytes(made.SerializeToString())


class World:
    """A site, a clock that stands between rounds, a folder, and a listener that can be started anew."""

    def __init__(self, server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.folder, self.now = server, folder, START
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.listen(self.server.url(PATH))

    def listen(self, *words: str) -> Listener:
        self.listener = Listener(
            [source(each) for each in words], Archive(self.folder / "archive", 30), self.folder / "latest.json", 0.05
        )
        return self.listener

    def plays(self, data: bytes, code: int = 200, **headers: str) -> None:
        self.server.plays(PATH, status(code, data, **headers))

    def round(self, seconds: float = 30) -> Heard:
        self.now += timedelta(seconds=seconds)
        self.listener.round()
        return latest(self.folder / "latest.json").sources[0]

    def rows(self, kind: str = "trips") -> list[dict[str, Any]]:
        table, broken = archive.read(kind, self.folder / "archive", START, START + timedelta(days=2))
        assert broken == []
        return list(table.to_pylist())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "sleep", lambda _: None)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with running(Server()) as server:
        yield server


@pytest.fixture
def world(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(server, tmp_path, monkeypatch)


def test_what_is_told_is_shown_with_its_age_and_kept(world: World) -> None:
    world.plays(told(START, "t1", "t2"))
    heard = world.round()
    assert (heard.heard_at, heard.told_at, heard.problem) == (world.now, START, None)
    assert (heard.counts, [each.trip_id for each in heard.updates]) == ({"trip_update": 2}, ["t1", "t2"])
    assert heard.state(world.now, LIMIT) == FRESH
    assert [(row["trip_id"], row["arrival_delay_s"], row["heard_at"]) for row in world.rows()] == [
        ("t1", 60, world.now),
        ("t2", 60, world.now),
    ]


def test_a_message_that_has_not_changed_is_kept_once_and_grows_old(world: World) -> None:
    world.plays(told(START, "t1"))
    states = [world.round().state(world.now, LIMIT) for _ in range(8)]
    assert states == [FRESH] * 6 + [STALE] * 2
    assert len(world.rows()) == 1


def test_a_server_that_stands_still_and_tells_no_time_is_old_too(world: World) -> None:
    made = message()
    add_vehicle(made, "bus", 135.87, 35.0)
    world.plays(made.SerializeToString())
    assert [world.round(60).state(world.now, LIMIT) for _ in range(5)] == [FRESH] * 4 + [STALE]
    world.plays(b"", 500)
    world.round()
    world.plays(made.SerializeToString())
    assert world.round().state(world.now, LIMIT) == STALE


def test_conditional_questions(world: World) -> None:
    data = told(START, "t1")
    world.server.plays(PATH, status(200, data, ETag='"1"'), status(304, ETag='"1"'))
    world.round()
    heard = world.round()
    assert world.server.seen[1].headers["If-None-Match"] == '"1"'
    assert (heard.heard_at, [each.trip_id for each in heard.updates]) == (world.now, ["t1"])


@pytest.mark.parametrize(
    ("data", "code", "why"),
    [
        (b"<html>503</html>", 200, "rt_is_text"),
        (told(START, "t1")[:-2], 200, "rt_broken"),
        (b"", 200, "file_empty"),
        (b"gone", 404, "download_status"),
        (b"down", 500, "download_status"),
        (b"\0" * (gtfs_rt.MAX_BYTES + 1), 200, "download_too_large"),
    ],
)
def test_trouble_is_told_and_what_was_known_stays_with_its_age(world: World, data: bytes, code: int, why: str) -> None:
    world.plays(told(START, "t1"))
    world.round()
    world.plays(data, code)
    heard = world.round()
    assert heard.problem and heard.problem.code == why
    assert heard.problem.sentence("ja")
    assert (heard.heard_at, len(heard.updates)) == (START + timedelta(seconds=30), 1)
    assert world.round(180).state(world.now, LIMIT) == STALE
    world.plays(told(world.now, "t1"))
    assert (world.round().problem, len(world.rows())) == (None, 2)


def test_a_source_that_was_never_heard_is_silent(world: World) -> None:
    world.plays(b"", 404)
    heard = world.round()
    assert (heard.state(world.now, LIMIT), heard.updates) == (SILENT, ())


def test_a_redirect_to_another_host_is_not_followed(world: World) -> None:
    world.plays(b"", 302, Location="http://localhost:9/trips.pb")
    heard = world.round()
    assert heard.problem and heard.problem.code == "download_host"


def test_a_key_in_an_address_is_written_nowhere(world: World) -> None:
    world.plays(b"", 404)
    world.listen(f"bus={world.server.url(PATH)}?acl:consumerKey=himitsu")
    heard = world.round()
    assert (heard.feed_id, heard.source.endswith("consumerKey=***")) == ("bus", True)
    assert "himitsu" not in (world.folder / "latest.json").read_text("utf-8")


def test_a_file_that_something_else_writes(world: World, tmp_path: Path) -> None:
    file = tmp_path / "in.pb"
    world.listen(str(file))
    missing = world.round()
    assert missing.problem and missing.problem.code == "file_missing"
    file.write_bytes(told(START, "t1"))
    world.now = datetime(2100, 1, 1)  # later than the real clock, by which files are dated
    assert [each.trip_id for each in world.round().updates] == ["t1"]
    file.write_bytes(b"\0" * (gtfs_rt.MAX_BYTES + 1))
    large = world.round()
    assert large.problem and large.problem.code == "rt_too_large"
    file.unlink()
    file.mkdir()
    assert world.round().problem


def test_what_is_no_address_breaks_nothing(world: World) -> None:
    world.plays(told(START, "t1"))
    world.listen("http://[::1/x.pb", "ftp://127.0.0.1/x.pb", world.server.url(PATH))
    world.round()
    kept = latest(world.folder / "latest.json").sources
    assert [each.problem is None for each in kept] == [False, False, True]


def test_differential_messages_change_and_remove_by_id(world: World) -> None:
    world.plays(told(START, "t1", "t2"))
    world.round()
    made = message(START + timedelta(seconds=60), is_differential=True)
    add_trip(made, "t2", {"sequence": 1, "arrival": 120})
    add_trip(made, "t3")
    gone = made.entity.add()
    gone.id, gone.is_deleted = "trip-t1", True
    world.plays(made.SerializeToString())
    heard = world.round()
    assert [each.trip_id for each in heard.updates] == ["t2", "t3"]
    assert heard.updates[0].stops[0].arrival_delay_s == 120
    later = message(START + timedelta(minutes=20), is_differential=True)
    world.plays(later.SerializeToString())
    world.round(20 * 60)
    # Nobody repeated them for 20 minutes: they are held, and told as now no more.
    found = latest(world.folder / "latest.json")
    assert [len(each.updates) for each in found.sources] == [2]
    assert [*found.trips(world.now, LIMIT)] == []
    world.plays(message(START + timedelta(hours=3), is_differential=True).SerializeToString())
    assert world.round(3 * 3600).updates == ()


def test_a_vehicle_that_has_not_moved_on_and_a_notice_that_stays_are_kept_once(world: World) -> None:
    for number in range(3):
        made = message(START + timedelta(seconds=30 * number))
        add_vehicle(made, "bus", 135.87, 35.0, START)
        add_vehicle(made, "tram", 135.87, 35.0, START + timedelta(seconds=number))
        add_alert(made, "a", ("r",), ja="運休")
        world.plays(made.SerializeToString())
        world.round()
    assert sorted(row["vehicle_id"] for row in world.rows("vehicles")) == ["bus", "tram", "tram", "tram"]
    assert len(world.rows("alerts")) == 1


def test_a_restart_keeps_what_was_told_with_its_age(world: World) -> None:
    world.plays(told(START, "t1"))
    world.round()
    world.listen(world.server.url(PATH))
    world.plays(b"", 500)
    heard = world.round(600)
    assert (len(heard.updates), heard.state(world.now, LIMIT)) == (1, STALE)


def until(true: Callable[[], Any]) -> None:
    for _ in range(1500):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it did not happen")


def test_one_that_hangs_and_one_that_breaks_hold_up_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = sources.ask
    gate = threading.Event()

    def ask(asked: Source, held: Any = None) -> Any:
        if asked.name == "hangs":
            gate.wait(60)  # such as a name that the system looks up for ever: no time limit of ours reaches there
        if asked.name == "breaks":
            raise ZeroDivisionError("a mistake of ours")
        return asks(asked, held)

    monkeypatch.setattr(sources, "ask", ask)
    world.plays(told(START, "t1"))
    listener = world.listen("hangs", "breaks", world.server.url(PATH))
    listener.start()
    until(lambda: len(world.server.seen) >= 5)
    began = time.monotonic()
    listener.stop.set()
    listener.close()
    assert time.monotonic() - began < 3
    hangs, breaks, good = latest(world.folder / "latest.json").sources
    assert (hangs.asked_at, breaks.problem and breaks.problem.code, good.problem) == (None, "rt_failed", None)
    assert len(world.rows()) == 1
    gate.set()


def test_a_slow_server_is_left_after_its_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "TIMEOUT_S", 0.2)
    monkeypatch.setattr(sources, "TOTAL_S", 0.4)
    world.server.plays(PATH, SLOW)
    began = time.monotonic()
    heard = world.round()
    assert time.monotonic() - began < 5
    assert heard.problem and heard.problem.code in ("download_unreachable", "download_too_slow")


def test_a_full_disk_is_told_and_stops_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    world.plays(told(START, "t1"))
    with monkeypatch.context() as patch:
        patch.setattr(now, "save", full)
        patch.setattr(archive.pq, "write_table", full)
        world.now += timedelta(seconds=30)
        world.listener.round()
    assert world.listener.problem and world.listener.problem.code == "rt_not_written"
    assert world.listener.archive.waiting == 1
    world.round()
    assert (world.listener.problem, len(world.rows())) == (None, 1)
