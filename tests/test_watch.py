"""The watcher against a site on this machine: each telegram once, none missed, contact never claimed without reason."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jma_samples import NOTHING, Kind, quake, telegram, warnings
from jma_site import BROKEN, DOWN, GONE, SLOW, TORN, Site, atom
from real import REAL, needs_real
from scripted_server import Server, running, status

from otsu_maps import alerts, cli, clock, config, http, watch, watch_state
from otsu_maps.errors import LedgerBusy
from otsu_maps.formats import jma_xml
from otsu_maps.formats.reading import Payload
from otsu_maps.ledger import contact, read
from otsu_maps.ledger.events import STANDING, Event
from otsu_maps.ledger.store import Ledger, open_ledger
from otsu_maps.watch import Round, Watcher

CITY = config.read_city("otsu")
START = datetime(2026, 6, 1, 1, 0)
LIMIT = timedelta(minutes=10)
LEVEL: dict[int, Kind] = {
    2: ("10", "レベル２大雨注意報", "発表"),
    3: ("03", "レベル３大雨警報", "発表"),
    4: ("43", "レベル４大雨危険警報", "発表"),
    0: NOTHING,
}


def japan(at: datetime) -> str:
    return f"{at + timedelta(hours=9):%Y-%m-%dT%H:%M:%S}+09:00"


def rain(level: int, at: datetime, **how: str) -> bytes:
    return warnings("VPWW55", [LEVEL[level]], at=japan(at), **how)


def felt(intensity: str, at: datetime, **how: str) -> bytes:
    places = [] if how.get("info_type") == "取消" else [("2520100", "大津市", intensity)]
    return quake("VXSE53", *places, at=japan(at), **how)


class World:
    """A site, a clock that stands still between rounds, a ledger, and a watcher that can be started anew."""

    def __init__(self, site: Site, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site, self.ledger, self.now = site, ledger, START
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.restart()

    def restart(self) -> None:
        self.watcher = Watcher(self.ledger, CITY, (self.site.feed,), LIMIT)

    def round(self, minutes: float = 1) -> Round:
        self.now += timedelta(minutes=minutes)
        return self.watcher.round()

    def publish(self, data: bytes, **more: Any) -> str:
        return self.site.publish(data, self.now, **more)

    def events(self, kind: str = "alert_received") -> list[Event]:
        return [each for each in reversed(read.events(self.ledger, most=5000)) if each.kind == kind]

    def contacts(self) -> list[tuple[str, bool]]:
        """Minutes after START, and whether contact was lost."""
        return [
            (f"{(each.occurred_at - START) / timedelta(minutes=1):g}", each.payload["is_lost"])
            for each in sorted(self.events("contact_changed"), key=lambda each: each.order)
        ]

    def heard(self) -> float | None:
        """When JMA was last heard, in minutes after START."""
        [row] = contact.sources(self.ledger) or [{"heard_at": None}]
        return row["heard_at"] and (row["heard_at"] - START) / timedelta(minutes=1)

    def rain(self, area: str = "2520101") -> dict[str, tuple[str, str | None]]:
        """Codes of the rain, each with since and until as hh:mm (UTC)."""
        for alert in read.state(self.ledger, STANDING["real"])["alerts"]:
            if alert["key"] == "VPWW55|250000":
                held = alert["areas"][area]["warnings"]
                return {
                    code: (each["since"][11:16], each["until"] and each["until"][11:16]) for code, each in held.items()
                }
        return {}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(http, "sleep", lambda _: None)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    with running(Server()) as server:
        yield server


@pytest.fixture
def world(server: Server, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(Site(server), open_ledger(), monkeypatch)


# What comes


def test_rain_rises_and_is_lifted(world: World) -> None:
    for level in (2, 3, 4, 0):
        world.publish(rain(level, world.now))
        assert world.round().is_whole
    assert world.rain() == {"10": ("01:00", "01:01"), "03": ("01:01", "01:02"), "43": ("01:02", "01:03")}
    assert world.rain("2520102") == {}
    assert [each.actor for each in world.events()] == [watch.ACTOR] * 4


def test_a_correction_and_a_cancellation_take_back_what_was_said(world: World) -> None:
    world.publish(rain(3, START))
    world.publish(rain(4, START, info_type="訂正"))
    world.publish(felt("5-", START), kind="VXSE53", office="010000")
    world.round()
    assert world.rain() == {"03": ("01:00", "01:00"), "43": ("01:00", None)}
    world.publish(felt("", world.now, info_type="取消"), kind="VXSE53", office="010000")
    world.round()
    assert [each.payload["info_type"] for each in world.events()] == ["issued", "corrected", "issued", "cancelled"]


def test_a_drill_never_becomes_real(world: World) -> None:
    world.publish(rain(4, START, status="訓練"))
    [event] = world.round().events
    assert (event.mode, event.incident_id) == ("drill", STANDING["drill"])
    assert read.state(world.ledger, STANDING["real"])["alerts"] == []


def test_what_did_not_change_is_not_sent_again_and_no_telegram_is_asked_for_twice(world: World) -> None:
    world.publish(rain(3, START))
    world.round()
    assert len(world.site.fetched()) == 1
    world.site.statuses()
    for _ in range(3):
        assert world.round().is_whole
    assert world.site.statuses() == ["extra.xml 304"] * 3
    assert world.site.fetched() == []
    assert world.heard() == 4


def test_kinds_of_no_concern_are_not_fetched_and_one_without_a_kind_is_read(world: World) -> None:
    world.publish(b"", kind="VPFD51")
    world.publish(b"", kind="VXSE52")
    unnamed = world.publish(rain(3, START), name="/data/a.xml")
    other = world.publish(telegram("記録的短時間大雨情報"), name="/data/b.xml")
    assert world.round().is_whole
    assert world.site.fetched() == [unnamed, other]
    assert len(world.events()) == 1


def test_the_same_telegram_under_two_addresses_is_one_event(world: World) -> None:
    for name in ("/data/1_VPWW55_250000.xml", "/data/2_VPWW55_250000.xml"):
        world.publish(rain(3, START), name=name)
    assert len(world.round().events) == 1
    world.publish(rain(3, START), name="/data/3_VPWW55_250000.xml")
    assert world.round().is_whole
    assert len(world.events()) == 1


def test_entries_out_of_order_are_recorded_the_oldest_first(world: World) -> None:
    for level, minute in ((4, 2), (2, 0), (3, 1)):
        at = START + timedelta(minutes=minute)
        world.site.publish(rain(level, at), at)
    world.round(5)
    assert [each.occurred_at.minute for each in world.events()] == [0, 1, 2]
    assert world.rain()["43"] == ("01:02", None)


def test_a_telegram_that_comes_late_with_an_older_time_is_taken(world: World) -> None:
    world.publish(rain(3, START))
    world.round()
    world.site.publish(rain(2, START - timedelta(minutes=5)), START - timedelta(minutes=5))
    world.round()
    assert world.rain() == {"10": ("00:55", "01:00"), "03": ("01:00", None)}


@needs_real
def test_a_day_of_real_earthquakes_leaves_the_one_that_was_felt_here(world: World) -> None:
    folder = REAL / "jma_xml" / "live_quake"
    for path in sorted(folder.glob("202102*.xml")):
        at = datetime.fromisoformat(f"{path.name[:8]}T{path.name[8:14]}")
        world.site.publish(path.read_bytes(), at, name=f"/data/{path.name}")
    world.now = datetime(2021, 2, 20, 17)
    assert world.round().is_whole
    [event] = world.events()
    assert event.payload["areas"][0]["warnings"][0]["code"] == "1"


# Contact


@pytest.mark.parametrize("trouble", [DOWN, GONE, TORN, BROKEN, SLOW], ids=["500", "404", "torn", "broken", "slow"])
def test_a_feed_that_cannot_be_read_is_no_contact_and_forgets_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, trouble: Any
) -> None:
    monkeypatch.setattr(watch, "TIMEOUT_S", 0.1)
    world.publish(rain(3, START))
    world.round()
    world.site.server.plays("/feed/extra.xml", trouble)
    failed = world.round()
    assert not failed.is_whole
    assert world.heard() == 1
    [row] = contact.sources(world.ledger)
    assert row["failed_at"] == world.now
    assert row["why"].code == failed.problems[0].code
    world.site.heal()
    world.publish(rain(4, world.now))
    assert world.round().is_whole
    assert world.rain()["43"][1] is None


def test_silence_beyond_the_limit_and_its_end_are_events(world: World) -> None:
    world.round()
    world.site.server.plays("/feed/extra.xml", DOWN)
    for _ in range(10):
        world.round()
    assert world.contacts() == [("1", False)]
    world.round()
    assert world.contacts() == [("1", False), ("1", True)]
    world.site.heal()
    world.round()
    assert world.contacts() == [("1", False), ("1", True), ("13", False)]


def test_a_watcher_that_was_off_leaves_the_same_two_events(world: World) -> None:
    world.round()
    world.restart()
    world.round(45)
    assert world.contacts() == [("1", False), ("1", True), ("46", False)]


def test_one_telegram_that_cannot_be_read_is_no_contact_until_it_is(world: World) -> None:
    world.round()
    path = world.publish(rain(4, world.now))
    world.site.server.plays(path, DOWN, DOWN, TORN, TORN, status(200, b"<Report>"), status(200, rain(4, world.now)))
    for code in ("download_status", "download_cut_short", "file_broken"):
        assert [each.code for each in world.round().problems] == [code]
        assert world.heard() == 1
    assert world.round().is_whole
    assert world.heard() == 5
    assert len(world.events()) == 1


def test_a_broken_telegram_leaves_the_last_state_and_the_others(world: World) -> None:
    world.publish(rain(3, START))
    world.round()
    world.publish(b"<a/>")
    world.publish(felt("4", world.now), kind="VXSE53", office="010000")
    done = world.round()
    assert [each.code for each in done.problems] == ["jma_not_telegram"]
    assert world.rain() == {"03": ("01:00", None)}
    assert len(world.events()) == 2


def test_a_telegram_that_never_can_be_read_is_given_up_shown_and_remembered(world: World) -> None:
    path = world.publish(b"<a/>")
    rounds, done = 0, world.round()
    while not done.missed:
        assert not done.is_whole
        rounds, done = rounds + 1, world.round()
        assert rounds < 60
    assert len(world.site.fetched()) == watch.TRIES
    assert rounds > 30, "an hour of trouble at the site must not lose a warning"
    [missed] = done.missed
    assert (missed.url.endswith(path), missed.why.code) == (True, "jma_not_telegram")
    world.restart()
    assert world.round().is_whole
    assert [each.url for each in watch.missed(world.ledger, CITY)] == [missed.url]
    world.now += timedelta(days=8)
    assert watch.missed(world.ledger, CITY) == []


def test_a_kind_that_concerns_us_under_an_unknown_title_is_trouble_and_no_silence(world: World) -> None:
    world.publish(telegram("気象警報・注意報（Ｒ９９）"))
    assert [each.code for each in world.round().problems] == ["jma_unsupported"]


def test_an_entry_that_cannot_be_used_is_shown_once(world: World) -> None:
    world.publish(rain(3, START))
    bad = b"<entry><title>a</title><id>urn:x</id><updated>yesterday</updated></entry></feed>"
    whole = status(200, atom(world.site.short).replace(b"</feed>", bad))
    world.site.server.plays("/feed/extra.xml", whole)
    first, second = world.round(), world.round()
    assert ([each.why.code for each in first.missed], first.is_whole) == (["jma_entry_bad"], False)
    assert (second.missed, second.is_whole) == ([], True)
    assert len(world.events()) == 1


def test_a_cancellation_waits_for_what_it_cancels(world: World) -> None:
    path = world.publish(felt("5-", START), kind="VXSE53", office="010000")
    good = world.site.server.script[path]
    world.site.server.plays(path, DOWN)
    world.now += timedelta(seconds=20)
    world.publish(felt("", world.now, info_type="取消"), kind="VXSE53", office="010000")
    assert not world.round().is_whole
    assert world.events() == []
    world.restart()
    world.site.server.script[path] = good
    for _ in range(2):  # what was tried before comes after what was not
        world.round()
    assert [each.payload["info_type"] for each in world.events()] == ["issued", "cancelled"]


def test_a_server_that_is_away_is_not_asked_for_every_telegram(world: World) -> None:
    for minute in range(20):
        at = START - timedelta(minutes=minute)
        world.site.server.plays(world.site.publish(rain(3, at), at), DOWN)
    world.round()
    assert len(set(world.site.fetched())) == watch.FAILURES_IN_A_ROW


def test_a_ledger_that_cannot_be_written_loses_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish(rain(3, START))

    def busy(*_: Any, **__: Any) -> None:
        raise LedgerBusy("ledger_busy", seconds=30)

    with monkeypatch.context() as patch:
        patch.setattr(alerts, "take", busy)
        with pytest.raises(LedgerBusy):
            world.round()
    assert world.heard() is None
    assert world.round().is_whole
    assert len(world.events()) == 1


# Gaps


def test_what_the_short_feed_no_longer_holds_comes_from_the_long_one(world: World) -> None:
    world.publish(rain(2, START))
    world.round()
    world.site.statuses()
    for level, minute in ((3, 20), (4, 40), (0, 58)):
        at = START + timedelta(minutes=minute)
        world.site.publish(rain(level, at), at)
    world.site.roll(START + timedelta(minutes=60))
    assert len(world.site.short) == 1
    assert world.round(59).is_whole
    assert world.site.statuses() == ["extra.xml 200", "extra_l.xml 200"]
    assert world.rain() == {"10": ("01:00", "01:20"), "03": ("01:20", "01:40"), "43": ("01:40", "01:58")}
    world.publish(rain(2, world.now))
    assert world.round().is_whole
    assert world.site.statuses() == ["extra.xml 200"]


def test_a_gap_is_filled_later_where_the_long_feed_fails_first(world: World) -> None:
    world.publish(rain(2, START))
    world.round()
    for minute in (20, 58):
        at = START + timedelta(minutes=minute)
        world.site.publish(rain(3 if minute == 20 else 4, at), at)
    world.site.roll(START + timedelta(minutes=60))
    world.site.server.plays("/feed/extra_l.xml", DOWN)
    assert not world.round(59).is_whole
    assert world.heard() == 1
    world.restart()
    world.site.heal()
    assert world.round().is_whole
    assert [each.occurred_at.minute for each in sorted(world.events(), key=lambda each: each.order)] == [0, 20, 58]
    assert world.rain()["03"] == ("01:20", "01:58")


def test_a_long_feed_that_never_comes_is_given_up_and_said(world: World) -> None:
    world.site.server.plays("/feed/extra_l.xml", GONE)
    rounds = [world.round() for _ in range(watch.TRIES + 1)]
    assert [each.is_whole for each in rounds] == [False] * (watch.TRIES - 1) + [True] * 2
    assert [each.url.rsplit("/", 1)[1] for each in watch.missed(world.ledger, CITY)] == ["extra_l.xml"]


def test_what_even_the_long_feed_does_not_reach_is_said(world: World) -> None:
    world.publish(rain(2, START))
    world.round()
    world.site.short.clear()
    world.site.long.clear()
    world.now += timedelta(days=20)
    world.publish(rain(0, world.now))
    [missed] = world.round().missed
    assert missed.why.code == "watch_hole"
    assert missed.why.params == {"since": "2026-06-01 10:00", "until": "2026-06-21 10:01"}


def test_a_quiet_feed_without_entries_owes_nothing_and_a_long_pause_does(world: World) -> None:
    world.round()
    world.site.statuses()
    world.publish(rain(3, world.now))
    world.round()
    assert world.site.statuses() == ["extra.xml 200"]
    world.site.short.clear()
    world.round(9)
    assert world.site.statuses() == ["extra.xml 200"]
    world.publish(rain(4, world.now))
    world.site.short.clear()
    world.round(11)  # the feed is as it was: nothing can have come and gone
    world.site.statuses()
    world.restart()
    world.watcher.state.feeds[world.site.feed].held = http.Validators()
    world.round(11)
    assert world.site.statuses() == ["extra.xml 200", "extra_l.xml 200"]


def test_an_entry_from_the_future_hides_no_gap(world: World) -> None:
    world.site.publish(rain(2, START), START + timedelta(days=300))
    world.round()
    for minute in (20, 58):
        at = START + timedelta(minutes=minute)
        world.site.publish(rain(3, at), at)
    world.site.short = world.site.short[:1]
    world.round(59)
    assert len(world.events()) == 3


def test_a_first_start_reads_a_week_of_its_own_office_and_the_rest_only_as_it_comes(world: World) -> None:
    old = START - timedelta(days=2)
    own = world.site.publish(rain(3, old), old)
    world.site.publish(rain(3, old).replace(b"25201", b"26201"), old, office="260000")
    shaken = world.site.publish(felt("3", old), old, kind="VXSE53", office="010000")
    world.site.short.clear()
    now = world.publish(rain(4, START).replace(b"25201", b"26201"), office="260000")
    assert world.round().is_whole
    assert world.site.fetched() == [own, shaken, now]
    world.round()
    assert world.site.fetched() == []


# Restarts, and what is remembered


def test_a_restart_asks_for_nothing_twice(world: World) -> None:
    world.publish(rain(3, START))
    world.round()
    world.site.fetched(), world.site.statuses()
    world.restart()
    assert world.round().is_whole
    assert (world.site.fetched(), world.site.statuses()) == ([], ["extra.xml 304"])


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"version": 1}', "\0"])
def test_a_lost_or_broken_memory_costs_double_work_and_no_double_event(world: World, damage: str) -> None:
    world.publish(rain(3, START))
    world.round()
    watch.path().write_text(damage)
    world.restart()
    world.site.fetched()
    assert world.round().is_whole
    assert len(world.site.fetched()) == 1
    assert len(world.events()) == 1


def test_a_new_ledger_is_filled_from_the_beginning(world: World, tmp_path: Path) -> None:
    world.publish(rain(3, START))
    world.round()
    world.ledger = Ledger(f"sqlite:///{tmp_path / 'other.sqlite'}")
    world.restart()
    world.round()
    assert len(world.events()) == 1


def test_nothing_is_written_where_nothing_can_be_and_the_round_counts(world: World) -> None:
    world.publish(rain(3, START))
    watch.path().mkdir()
    done = world.round()
    assert ([each.why.code for each in done.missed], done.is_whole) == (["watch_no_state"], True)
    assert len(world.events()) == 1


def test_the_memory_stays_small(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_state, "MOST_SEEN", 50)
    sizes = []
    for _ in range(30):
        for number in range(10):
            world.publish(rain(number % 5 if number % 5 != 1 else 0, world.now))
        world.site.roll(world.now)
        world.round()
        sizes.append(watch.path().stat().st_size)
        assert len(world.watcher.state.seen) <= 50
    assert sizes[-1] < 1.1 * max(sizes[8:12])
    world.site.fetched()
    world.watcher.state.feeds.clear()
    world.watcher.state.feeds[world.site.feed] = watch_state.Fed(owed=watch_state.Owed(START))
    world.round()
    assert world.site.fetched() == [], "what was forgotten is not read again"


# All of it at once


@pytest.mark.parametrize("seed", range(6))
def test_whatever_goes_wrong_each_telegram_is_recorded_once_and_the_state_is_that_of_a_calm_day(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    monkeypatch.setattr(watch, "TIMEOUT_S", 0.1)
    expected: dict[str, bytes] = {}
    telegrams = 0
    for _ in range(90):
        world.site.heal()
        if dice.random() < 0.4 and telegrams < 30:
            telegrams += 1
            at = world.now - timedelta(minutes=dice.choice([0, 0, 0, 3]))
            how = {"status": dice.choice(["通常", "通常", "訓練"]), "info_type": dice.choice(["発表", "発表", "訂正"])}
            data = rain(dice.choice([2, 3, 4, 0]), at, **how).replace(b"<Serial>2", b"<Serial>%d" % telegrams)
            expected[alerts.alert_id(data)] = data
            paths = [world.site.publish(data, at) for _ in range(dice.choice([1, 1, 2]))]
            dice.shuffle(world.site.short)
            for path in paths:
                trouble = [dice.choice([DOWN, GONE, TORN, BROKEN]) for _ in range(dice.choice([0, 0, 1, 3]))]
                world.site.server.plays(path, *trouble, status(200, data))
        world.site.roll(world.now)
        if dice.random() < 0.25:
            world.site.server.plays("/feed/extra.xml", dice.choice([DOWN, GONE, TORN, BROKEN]))
        if dice.random() < 0.1:
            world.site.server.plays("/feed/extra_l.xml", DOWN)
        if dice.random() < 0.15:
            world.restart()
        if dice.random() < 0.05:
            watch.path().unlink(missing_ok=True)
        world.round(dice.choice([1, 1, 1, 1, 25]))
    world.site.heal()
    while not world.round().is_whole:
        pass
    assert sorted(each.payload["alert_id"] for each in world.events()) == sorted(expected)
    calm = Ledger(f"sqlite:///{tmp_path / 'calm.sqlite'}")
    for key, data in expected.items():
        alerts.take(calm, jma_xml.read(Payload("a.xml", data)), CITY, key, "calm")
    for mode in ("real", "drill"):
        assert areas(world.ledger, mode) == areas(calm, mode)


def areas(ledger: Ledger, mode: str) -> dict[str, Any]:
    return {each["key"]: each["areas"] for each in read.state(ledger, STANDING[mode])["alerts"]}


def test_two_watchers_at_once_record_each_telegram_once(world: World) -> None:
    """Both read every telegram: each begins before the other has written down what it saw."""
    for minute in range(12):
        world.site.publish(rain((2, 3, 4, 0)[minute % 4], START + timedelta(minutes=minute)), START)
    both = [Watcher(Ledger(world.ledger.url), CITY, (world.site.feed,), LIMIT) for _ in range(2)]
    rounds: list[Round] = []
    threads = [threading.Thread(target=lambda each=each: rounds.append(each.round())) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.is_whole for each in rounds] == [True, True]
    assert len(world.site.fetched()) == 24
    assert len(world.events()) == 12
    assert len(world.events("contact_changed")) == 1


# As a process


@pytest.fixture
def site(server: Server) -> Site:
    """A site whose times are those of today: processes have the real clock."""
    return Site(server)


@pytest.fixture
def start(site: Site, data_dir: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    begun: list[subprocess.Popen[str]] = []

    def begin(*more: str) -> subprocess.Popen[str]:
        environment = os.environ | {"OTSU_DATA_DIR": str(data_dir), "OTSU_FEEDS": site.feed, "OTSU_LANG": "en"}
        command = [sys.executable, "-m", "otsu_maps.cli", "watch", *more]
        begun.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def until(true: Callable[[], Any]) -> None:
    for _ in range(1500):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen")


def recorded(data_dir: Path) -> list[str]:
    ledger = Ledger(f"sqlite:///{data_dir / 'ledger.sqlite'}")
    found = [each.payload["alert_id"] for each in read.events(ledger) if each.kind == "alert_received"]
    ledger.close()
    return found


def test_killed_in_the_middle_of_a_round_nothing_is_missed_and_nothing_doubled(
    site: Site, start: Callable[..., subprocess.Popen[str]], data_dir: Path
) -> None:
    now, expected = clock.now(), []
    gate = threading.Event()
    for number in range(9):
        at = now - timedelta(minutes=9 - number)
        data = rain((2, 3, 4)[number % 3], at)
        expected.append(alerts.alert_id(data))
        path = site.publish(data, at)
        if number in (3, 6):
            site.server.plays(path, lambda handler: gate.wait(30) and None, status(200, data))
    for stage in (3, 6):
        process = start("--once")
        until(lambda stage=stage: len(recorded(data_dir)) >= stage)
        process.kill()
        process.wait(30)
        assert len(recorded(data_dir)) == stage
    assert start("--once").wait(60) == 0
    gate.set()
    assert sorted(recorded(data_dir)) == sorted(expected)


def test_two_processes_share_a_ledger(site: Site, start: Callable[..., subprocess.Popen[str]], data_dir: Path) -> None:
    now = clock.now()
    for number in range(9):
        site.publish(rain((2, 3, 4)[number % 3], now - timedelta(minutes=number)), now)
    both = [start("--once"), start("--once")]
    assert [each.wait(60) for each in both] == [0, 0]
    assert len(recorded(data_dir)) == len(set(recorded(data_dir))) == 9


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_and_says_what_came(
    site: Site, start: Callable[..., subprocess.Popen[str]], data_dir: Path, name: signal.Signals
) -> None:
    now = clock.now()
    site.publish(rain(4, now), now)
    process = start()
    until(lambda: (data_dir / watch_state.FILE).is_file())
    process.send_signal(name)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "レベル４大雨危険警報" in said
    assert said.count("The feeds of the JMA are being read") == 1
    assert said.strip().endswith("Stopped watching.")
    assert json.loads((data_dir / watch_state.FILE).read_text())["waiting"] == []


def test_one_round_tells_by_its_exit_code_whether_it_was_whole(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTSU_FEEDS", world.site.feed)
    world.publish(rain(4, START, status="訓練"))
    assert cli.main(["watch", "--once"]) == 0
    assert "[訓練]" in capsys.readouterr().err
    world.site.server.plays("/feed/extra.xml", DOWN)
    assert cli.main(["watch", "--once"]) == 1
    assert world.site.feed in capsys.readouterr().err
    monkeypatch.setenv("OTSU_WATCH_SECONDS", "5")
    assert cli.main(["watch", "--once"]) == 2
