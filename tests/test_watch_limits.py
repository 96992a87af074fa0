"""What the watcher never does: ask strangers, let one trouble hold up the rest, pile up, or take silence for calm."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jma_samples import NOTHING, TITLES, quake, river, telegram, warnings
from jma_site import BROKEN, DOWN, GONE, SLOW, TORN, Site
from real import REAL
from scripted_server import Answer, Server, running, status

from otsu_maps import alerts, clock, config, http, watch, watch_state
from otsu_maps.formats import jma_xml
from otsu_maps.formats.reading import Payload
from otsu_maps.ledger import contact, read
from otsu_maps.ledger.events import STANDING, Event
from otsu_maps.ledger.store import Ledger
from otsu_maps.watch import Round, Watcher

CITY = config.read_city("otsu")
START = datetime(2026, 6, 1, 1, 30)
LIMIT = timedelta(minutes=10)
RAIN2 = ("10", "レベル２大雨注意報", "発表")
RAIN3 = ("03", "レベル３大雨警報", "発表")
RAIN4 = ("43", "レベル４大雨危険警報", "発表")
QUAKES = REAL / "jma_xml" / "live_quake"


def japan(at: datetime) -> str:
    return f"{at + timedelta(hours=9):%Y-%m-%dT%H:%M:%S}+09:00"


class World:
    """A site, a ledger, a watcher, and a clock that goes only when told."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.site, self.now = server, Site(server), START
        self.ledger = Ledger(f"sqlite:///{folder / 'ledger.sqlite'}")
        self.feeds: tuple[str, ...] = (self.site.feed,)
        self.start()

    def start(self) -> None:
        """The watcher begins anew, as after a restart."""
        self.watcher = Watcher(self.ledger, CITY, self.feeds, LIMIT)

    def round(self, minutes: float = 1) -> Round:
        self.now += timedelta(minutes=minutes)
        self.site.roll(self.now)
        return self.watcher.round()

    def warn(self, *kinds: tuple[str, str, str]) -> str:
        """Publish what is in force in the south, as of now."""
        return self.site.publish(warnings("VPWW55", kinds or (NOTHING,), at=japan(self.now)), self.now)

    def breaks(self, path: str, answer: Answer = GONE) -> Callable[[], None]:
        """A telegram that can't be had until the function given back is called."""
        good = self.server.script[path]
        self.server.plays(path, answer)
        return lambda: self.server.script.update({path: good})

    def events(self, mode: str = "real") -> list[Event]:
        found = read.events(self.ledger, incident_id=STANDING[mode], most=10_000)
        return [event for event in found if event.kind == "alert_received"]

    def heard_at(self) -> datetime | None:
        return next((each["heard_at"] for each in contact.sources(self.ledger)), None)


@pytest.fixture
def world(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(http, "sleep", lambda _: None)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    with running(Server()) as server:
        made = World(server, data_dir)
        monkeypatch.setattr(clock, "now", lambda: made.now)
        yield made
        made.ledger.close()


# Strangers


def test_a_host_that_is_not_that_of_a_feed_is_never_asked(world: World) -> None:
    data = warnings("VPWW55", [RAIN4])
    elsewhere = world.server.plays("/elsewhere", status(200, data)).replace("127.0.0.1", "localhost")
    assert http.get(elsewhere, max_bytes=10_000).data == data, "it would answer"
    world.server.seen.clear()
    world.site.short.append((world.now, elsewhere, "VPWW55"))
    moved = world.site.publish(data, world.now)
    world.server.plays(moved, status(302, Location=elsewhere))
    assert [problem.code for problem in world.round().problems] == ["download_host"]
    assert [waiting.why and waiting.why.code for waiting in world.watcher.state.waiting.values()] == [
        "download_host",
        "download_host",
    ]
    assert "/elsewhere" not in [asked.path for asked in world.server.seen]
    assert world.events() == []


def test_a_feed_that_moves_to_another_host_is_not_followed(world: World) -> None:
    world.warn(RAIN4)
    other = world.server.url("/other.xml").replace("127.0.0.1", "localhost")
    world.server.plays("/feed/extra.xml", status(302, Location=other))
    done = world.round()
    assert ([problem.code for problem in done.problems], world.heard_at()) == (["download_host"], None)


def test_passwords_of_an_address_are_neither_shown_nor_kept_with_what_was_missed(world: World) -> None:
    world.feeds = (world.site.feed.replace("http://", "http://me:secret@"),)
    world.start()
    world.server.plays("/feed/extra_l.xml", GONE)
    missed = [missed for _ in range(watch.TRIES) for missed in world.round().missed]
    assert [("secret" in each.url, "***@" in each.url) for each in missed] == [(False, True)]


# One trouble and the rest


def test_broken_ones_do_not_hold_up_the_others(world: World) -> None:
    for _ in range(12):
        world.breaks(world.warn(RAIN2))
    world.warn(RAIN4)
    assert len(world.round().events) == 1


def test_a_server_in_trouble_with_the_old_ones_gives_the_new_one_in_the_next_round(world: World) -> None:
    for _ in range(watch.FAILURES_IN_A_ROW):
        world.breaks(world.warn(RAIN2), DOWN)
    world.warn(RAIN4)
    assert world.round().events == []
    assert len(world.round().events) == 1


def test_a_long_feed_that_is_away_holds_up_no_new_telegram(world: World) -> None:
    world.round()
    world.now += timedelta(hours=2)
    world.warn(RAIN4)
    world.server.plays("/feed/extra_l.xml", DOWN)
    done = world.round()
    assert (done.is_whole, len(done.events)) == (False, 1)


def test_one_feed_of_two_is_no_contact_and_its_telegrams_are_recorded(world: World) -> None:
    world.feeds = (world.server.plays("/feed/eqvol.xml", DOWN), world.site.feed)
    world.start()
    world.warn(RAIN4)
    done = world.round()
    assert (done.is_whole, len(done.events), world.heard_at()) == (False, 1, None)


def test_no_answer_for_telegrams_ends_the_round_and_none_is_forgotten(world: World) -> None:
    with running(Server()) as other:
        port = other.server_address[1]
    for number in range(30):
        url = f"http://127.0.0.1:{port}/data/{number}_0_VPWW55_250000.xml"
        world.site.short.append((world.now, url, "VPWW55"))
    assert not world.round().is_whole
    waiting = world.watcher.state.waiting.values()
    assert (len(waiting), sum(each.tries for each in waiting)) == (30, watch.FAILURES_IN_A_ROW)


def test_a_stopped_round_asks_nothing_and_is_no_contact(world: World) -> None:
    world.warn(RAIN4)
    world.watcher.stop.set()
    assert [problem.code for problem in world.round().problems] == ["watch_stopped"]
    assert (world.server.seen, world.heard_at()) == ([], None)


def test_a_round_that_is_stopped_half_way_is_no_contact_and_goes_on_later(world: World) -> None:
    first, second = world.warn(RAIN2), world.warn(RAIN4)
    good = world.server.script[first][0]

    def stops(handler: Any) -> None:
        world.watcher.stop.set()
        good(handler)

    world.server.plays(first, stops)
    done = world.round()
    assert ([problem.code for problem in done.problems], len(done.events)) == (["watch_waiting"], 1)
    assert world.heard_at() is None
    world.start()
    assert len(world.round().events) == 1
    assert world.site.fetched() == [first, second]


def test_a_cancellation_of_the_same_second_waits_for_what_it_cancels_and_comes_in_the_same_round(world: World) -> None:
    felt = quake("VXSE53", ("2520100", "大津市", "5-"), at=japan(world.now))
    mend = world.breaks(world.site.publish(felt, world.now, "VXSE53", "270000"))
    world.site.publish(quake("VXSE53", info_type="取消", at=japan(world.now)), world.now, "VXSE53", "270000")
    assert world.round().events == []
    mend()
    assert [event.payload["info_type"] for event in world.round().events] == ["issued", "cancelled"]


def test_a_second_gap_does_not_hide_the_first(world: World) -> None:
    world.warn(RAIN2)
    world.round()
    first = world.watcher.state.feeds[world.site.feed].newest
    world.server.plays("/feed/extra_l.xml", DOWN)
    for _ in range(2):
        world.now += timedelta(hours=1)
        world.warn(RAIN3)
        assert not world.round().is_whole
    world.site.heal()
    world.site.long = world.site.long[:1]
    [missed] = world.round().missed
    assert first is not None
    assert missed.why.params["since"] == clock.shown(first)


# Bounds


def test_telegrams_that_never_come_do_not_pile_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MOST_WAITING", 10)
    for number in range(30):
        url = world.server.plays(f"/data/{number:02}_0_VPWW55_250000.xml", GONE)
        world.site.short.append((world.now + timedelta(seconds=number), url, "VPWW55"))
    done = world.round()
    assert {missed.at for missed in done.missed} == {START + timedelta(seconds=number) for number in range(20)}
    assert {missed.why.code for missed in done.missed} == {"watch_too_many"}
    assert (done.is_whole, len(world.watcher.state.waiting)) == (False, 10)


def test_the_list_of_what_was_missed_is_bounded(world: World) -> None:
    for _ in range(watch_state.MOST_MISSED + 20):
        world.breaks(world.warn(RAIN2), status(200, b"<a/>"))
    for _ in range(60):
        world.round()
    assert len(watch.missed(world.ledger, CITY)) == watch_state.MOST_MISSED
    assert world.watcher.state.waiting == {}


def test_a_folder_that_cannot_be_written_is_said_once_a_trouble(world: World) -> None:
    good = world.watcher.path
    told = []
    for folder in ("blocked", "blocked", "blocked", "", "blocked"):
        if folder:
            (good.parent / folder).touch()
        world.watcher.path = good.parent / folder / watch_state.FILE
        told.append([missed.why.code for missed in world.round().missed])
    assert told == [["watch_no_state"], [], [], [], ["watch_no_state"]]


def test_more_than_a_round_takes_is_gone_on_with_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MOST_A_ROUND", 4)
    for _ in range(10):
        world.now += timedelta(seconds=1)
        world.warn(RAIN4)
    done = [world.round(0) for _ in range(3)]
    assert [(len(each.events), each.has_more, each.is_whole) for each in done] == [
        (4, True, False),
        (4, True, False),
        (2, False, True),
    ]


# All of it at once


def sequence(chance: random.Random) -> list[tuple[bytes, str, str]]:
    """Telegrams of all kinds: Otsu's own, others', drills, and among them the real earthquakes where they are here."""
    at, made = START, []
    for _ in range(40):
        at += timedelta(minutes=chance.randint(1, 6))
        kinds = chance.choice([[RAIN2], [RAIN3], [RAIN4], [NOTHING], [RAIN2, RAIN4]])
        how = {
            "at": japan(at),
            "info_type": chance.choice(["発表"] * 6 + ["訂正"]),
            "status": chance.choice(["通常"] * 5 + ["訓練"]),
        }
        rain = warnings("VPWW55", kinds, **how)
        cancelled = {"info_type": "取消", "at": japan(at)}
        made.append(
            chance.choice(
                [
                    *[(rain, "VPWW55", "250000")] * 4,
                    (rain.replace(b"25201", b"26100"), "VPWW55", "260000"),
                    (telegram(TITLES["VPWW55"], **cancelled), "VPWW55", "250000"),
                    (river("40", "氾濫危険情報", ["2520100"], **how), "VXKO70", "250000"),
                    (river("10", "氾濫注意情報解除", **how), "VXKO70", "250000"),
                    (quake("VXSE53", ("2520100", "大津市", "4"), **how), "VXSE53", "270000"),
                    (quake("VXSE53", **cancelled), "VXSE53", "270000"),
                ]
            )
        )
    for path in sorted(QUAKES.glob("2021*_VXSE5*.xml")) if QUAKES.is_dir() else ():
        _, _, kind, office = path.stem.split("_")
        made.insert(chance.randint(0, len(made)), (path.read_bytes(), kind, office))
    return made


def in_order(folder: Path, telegrams: list[bytes]) -> Ledger:
    """A ledger that had each telegram once, the oldest first."""
    ledger = Ledger(f"sqlite:///{folder / 'in_order.sqlite'}")
    said = [(jma_xml.read(Payload("a.xml", data)), alerts.alert_id(data)) for data in telegrams]
    for each, key in sorted(said, key=lambda pair: alerts.moment_of(pair[0])):
        alerts.take(ledger, each, CITY, key, "test")
    return ledger


def states(ledger: Ledger) -> dict[str, Any]:
    """Alerts of each mode, without the ids of their events."""
    return {
        mode: [
            {name: value for name, value in alert.items() if name != "event_id"}
            for alert in read.state(ledger, incident)["alerts"]
        ]
        for mode, incident in STANDING.items()
    }


@pytest.mark.parametrize("seed", range(8))
def test_through_any_trouble_the_state_is_that_of_each_telegram_once_and_in_order(
    world: World, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "TIMEOUT_S", 0.05)
    chance = random.Random(seed)
    pending, mends = sequence(chance), []
    telegrams = [data for data, _, _ in pending]
    world.round()
    while pending:
        for _ in range(min(chance.randint(0, 5), len(pending))):
            data, kind, office = pending.pop(0)
            path = world.site.publish(data, world.now, kind, office)
            if chance.random() < 0.1:
                world.site.publish(data, world.now, kind, office)
            if chance.random() < 0.25:
                torn = status(200, data[: len(data) // 2])
                mends.append(world.breaks(path, chance.choice([GONE, DOWN, TORN, BROKEN, torn])))
        chance.shuffle(world.site.short)
        trouble = chance.random()
        if trouble < 0.3:
            world.server.plays("/feed/extra.xml", chance.choice([DOWN, TORN, BROKEN, GONE, SLOW]))
        elif trouble < 0.4:
            world.server.plays("/feed/extra_l.xml", chance.choice([DOWN, TORN, BROKEN]))
        elif trouble < 0.8:
            world.site.heal()
        done = world.round(chance.choice([1, 1, 1, 2, 30]))
        assert done.is_whole is (world.heard_at() == done.at)
        if chance.random() < 0.05:
            watch.path().unlink(missing_ok=True)
            world.start()
        if chance.random() < 0.2:
            world.start()
        if mends and chance.random() < 0.3:
            mends.pop(chance.randrange(len(mends)))()
    world.site.heal()
    for mend in mends:
        mend()
    for _ in range(40):
        world.round()
    assert world.heard_at() == world.now
    assert watch.missed(world.ledger, CITY) == []
    recorded = [event.payload["alert_id"] for mode in STANDING for event in world.events(mode)]
    assert len(recorded) == len(set(recorded)) > 10
    straight = in_order(tmp_path, telegrams)
    assert states(world.ledger) == states(straight)
    straight.close()
