"""The next departures in the public status: which stops have a board, what is on it, and what it costs the pages."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statuses
from real import REAL, needs_real

sys.path.append(str(Path(__file__).parents[1] / "analysis"))
sys.path.append(str(Path(__file__).parents[1] / "transit"))

from calendars import DAY, on_days
from small_city import CITY, register
from telling import RULES, row, situation
from timetables import Trip, timetable

from otsu_maps import clock, config
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import SettingWrong
from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.incidents import open_incident
from otsu_maps.ledger import append, store
from otsu_maps.ledger.store import open_ledger
from otsu_maps.public import boards, folder, html, record, status
from otsu_maps.public.boards import Stops
from otsu_maps.public.part import Part
from otsu_maps.public.publisher import Publisher
from otsu_maps.public.record import Board, Status
from otsu_maps.public.site import Site
from otsu_maps.queries import transit
from otsu_maps.realtime import now as realtime
from otsu_maps.realtime.now import Heard, Latest
from otsu_maps.realtime.records import StopUpdate, TripUpdate
from otsu_maps.transit import tables
from otsu_maps.transit.next_departures import next_departures
from otsu_maps.transit.timetable import Timetable

H = 3600
AT = datetime(2026, 11, 26, 23, 0)
"""8:00 of DAY here."""

LIMIT = timedelta(minutes=3)
DISTRICTS = {"f:s0": "D1", "f:s1": "D1", "f:s2": "D2", "f:s3": None}


def trip(route: int, minutes: float, *path: int) -> Trip:
    """Leaves so many minutes after eight, and takes ten to each stop."""
    starts = 8 * H + int(minutes * 60)
    return Trip(route, [(stop, starts + 600 * at, starts + 600 * at) for at, stop in enumerate(path)])


def plan(*trips: Trip, metres: Sequence[float] = (0, 5000, 10000, 15000)) -> Timetable:
    return on_days(timetable(metres, list(trips)))


def stops(held: Timetable, districts: dict[str, str | None] = DISTRICTS) -> Stops:
    return Stops(held, districts, {})


LINES = stops(plan(*(trip(0, n, 0, 1, 2) for n in (5, 15, 25)), trip(1, 30, 0, 2), trip(1, 40, 2, 0)))


def update(trip_id: str, *told: StopUpdate, **how: Any) -> TripUpdate:
    about = {"route_id": None, "direction_id": None, "start_date": DAY, "start_time_s": None, "at": None}
    about |= {"relationship": "scheduled", "vehicle_id": None, "delay_s": None, **how}
    return TripUpdate(f"e{trip_id}", trip_id, stops=told, **about)


def heard(*updates: TripUpdate, at: datetime = AT, feed_id: str = "f") -> Latest:
    return Latest(at, (Heard("s", feed_id, at, at, at, counts={"trip_update": 1}, updates=updates),))


def off(**more: Any) -> dict[str, Any]:
    return {"is_suspended": True, "since": "2026-11-26T20:00:00.000000Z", "source": "x", "reason": "hazard"} | more


NOTHING = Latest()


def made(of: Stops, told: Latest = NOTHING, *services: dict[str, Any], minutes: float = 0) -> tuple[Board, ...]:
    return boards.boards(of, AT + timedelta(minutes=minutes), services, told, LIMIT)


def shown(board: Board) -> list[tuple[str | None, float, str]]:
    """Line, minutes after eight at which it is expected, state."""
    return [
        (each.line_ja, (each.expected_at - AT) / timedelta(minutes=1), "off" if each.is_cancelled else each.state)
        for each in board.next
    ]


# Which stops


def test_each_district_has_its_busiest_stop_and_the_busiest_of_all_comes_first() -> None:
    held = plan(*(trip(0, n, 2, 1, 3) for n in range(3)), trip(0, 9, 1, 0), trip(0, 9, 3, 2), trip(0, 9, 3, 2))
    assert [(each.stop_id, each.district_id) for each in boards.busiest(held, DISTRICTS, DAY)] == [
        ("f:s1", "D1"),
        ("f:s2", "D2"),
    ]


def test_a_stop_outside_all_districts_has_a_board_only_where_no_other_one_is() -> None:
    held = plan(*(trip(0, n, 3, 0) for n in range(5)), trip(0, 9, 0, 3))
    assert [each.stop_id for each in boards.busiest(held, DISTRICTS, DAY)] == ["f:s0"]
    assert [each.stop_id for each in boards.busiest(held, {}, DAY)] == ["f:s3"]


def test_the_poles_of_one_name_are_one_stop_and_count_together() -> None:
    held = plan(
        *(trip(0, n, pole, 2) for n in (1, 2) for pole in (0, 1)),
        *(trip(0, n, 2, 0) for n in (1, 2, 3)),
        metres=(0, 30, 9000, 9500),
    )
    held = replace(held, stops=held.stops.assign(name_ja=["北町", "北町", "南町", "南町"]))
    first, second = boards.busiest(held, DISTRICTS, DAY)
    assert (set(first.poles), first.name_ja, second.stop_id) == ({0, 1}, "北町", "f:s2")


def test_weekdays_count_five_times_as_often_as_a_saturday() -> None:
    held = on_days(timetable((0, 5000, 10000), [trip(0, 0, 0, 2), *(trip(0, n, 1, 2) for n in range(4))]), ())
    week = np.zeros((5, 7), bool)
    week[0, :5] = True
    week[1:, 5] = True
    since, until = np.full(5, "2026-11-01", "datetime64[D]"), np.full(5, "2026-12-31", "datetime64[D]")
    held = replace(held, services=replace(held.services, weekdays=week, starts=since, ends=until))
    assert [each.stop_id for each in boards.busiest(held, {"f:s0": "D1", "f:s1": "D1"}, DAY)] == ["f:s0"]


def test_a_feed_whose_calendar_has_ended_hides_no_stop_at_which_something_leaves() -> None:
    ended = on_days(timetable((0, 5000, 10000), [*(trip(0, n, 0, 2) for n in range(5)), trip(0, 5, 1, 2)]), ())
    days = pd.DataFrame({"service": range(6), "on": np.array([DAY - timedelta(30)] * 5 + [DAY], "datetime64[D]")})
    services = replace(ended.services, exceptions=days.assign(is_added=True))
    trips = ended.trips.assign(feed_id=["old"] * 5 + ["f"])
    held = Stops(replace(ended, services=services, trips=trips), dict.fromkeys(("f:s0", "f:s1"), "D1"), {})
    assert [each.stop_id for each in held.busiest(DAY)] == ["f:s1"]
    assert [each.stop_id for each in held.busiest(DAY - timedelta(30))] == ["f:s0"]
    assert [len(board.next) for board in made(held)] == [1]
    assert held.busiest(DAY + timedelta(30)) == ()


def test_without_a_timetable_there_is_no_board() -> None:
    assert boards.busiest(timetable((0, 500), []), DISTRICTS, DAY) == ()
    assert made(stops(timetable((0, 500), []))) == ()


# What is on a board


def test_it_shows_at_most_six_of_the_next_two_hours_and_where_they_end() -> None:
    often = stops(plan(*(trip(0, n, 0, 1, 2) for n in (1, 2, 3, 4, 5, 6, 7, 119, 121))))
    assert [at for _, at, _ in shown(made(often)[0])] == [1, 2, 3, 4, 5, 6]
    assert [at for _, at, _ in shown(made(often, minutes=7.5)[0])] == [119, 121]
    few = stops(plan(*(trip(0, n, 0, 1, 2) for n in (1, 119, 121))))
    assert shown(made(few)[0]) == [("0", 1, "scheduled"), ("0", 119, "scheduled")]
    assert {each.towards_ja for each in made(few)[0].next} == {"停留所2"}


def test_at_night_a_board_is_there_and_empty() -> None:
    assert [each.next for each in made(LINES, minutes=600)] == [(), ()]


def test_a_line_that_does_not_run_is_not_on_it_and_is_counted() -> None:
    before, after = made(LINES)[0], made(LINES, NOTHING, off(route_id="f:r0"))[0]
    assert [line for line, _, _ in shown(before)] == ["0", "0", "0", "1"] and before.suspended == 0
    assert [line for line, _, _ in shown(after)] == ["1"] and after.suspended == 3
    gone = made(LINES, NOTHING, off(stop_id="f:s0"))[0]
    assert (gone.next, gone.suspended) == ((), 4)


def test_a_delay_that_an_operator_tells_moves_a_departure() -> None:
    board = made(LINES, heard(update("t0", StopUpdate(0, None, departure_delay_s=1500))))[0]
    assert shown(board)[:3] == [("0", 15, "scheduled"), ("0", 25, "scheduled"), ("0", 30, "real_time")]
    late = next(each for each in board.next if each.state == "real_time")
    assert late.planned_at == AT + timedelta(minutes=5)


def test_what_comes_so_late_that_it_is_beyond_two_hours_is_not_on_it() -> None:
    far = stops(plan(trip(0, 110, 0, 2), trip(0, 115, 0, 2)))
    late = heard(*(update(trip_id, delay_s=480) for trip_id in ("t0", "t1")))
    assert shown(made(far, late)[0]) == [("0", 118, "real_time")]


def test_what_is_cancelled_stays_on_it_as_that() -> None:
    board = made(LINES, heard(update("t1", relationship="canceled")))[0]
    assert shown(board)[:2] == [("0", 5, "scheduled"), ("0", 15, "off")]


def test_an_operator_that_is_silent_leaves_all_its_departures_unknown() -> None:
    old = heard(update("t0", StopUpdate(0, None, departure_delay_s=0)), at=AT - timedelta(minutes=4))
    assert {state for _, _, state in shown(made(LINES, old)[0])} == {"unknown"}


def test_the_operator_is_named_where_several_depart() -> None:
    held = LINES.names.timetable
    held = replace(held, routes=held.routes.assign(agency_ja=["湖南バス", "湖西バス"]))
    assert {each.operator_ja for each in made(stops(held))[0].next} == {"湖南バス", "湖西バス"}
    assert {each.operator_ja for each in made(LINES)[0].next} == {None}


def test_the_demo_names_its_stops_and_destinations_in_both_languages(demo: Snapshot) -> None:
    where = {each["stop_id"]: each["district_id"] for each in transit.stops(demo)}
    found = boards.read(transit.timetable_tables(demo), where)
    busiest = found.busiest(DAY)
    assert len({each.district_id for each in busiest}) == len(busiest) > 10
    board = boards.boards(found, datetime(2026, 11, 27, 0), (), NOTHING, LIMIT)[0]
    assert len(board.next) == boards.MOST and board.name_en
    assert all(each.towards_ja and each.towards_en and each.line_ja for each in board.next)


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("hour", [7, 12, 20])
def test_a_real_tram_leaves_as_loops_over_its_files_say(hour: int) -> None:
    path = REAL / "gtfs_jp" / "hakodate_shiden.zip"
    feeds = gtfs.read(Payload(path.name, path.read_bytes()), 2**28)
    held = tables.side_by_side(list(zip(tables.feed_ids(feeds), feeds, strict=True)), tables.NEEDED)
    found = boards.read(held, dict.fromkeys(held["stop"]["stop_id"], "D1"))
    since = datetime(2026, 11, 26, 15) + timedelta(hours=hour)
    [board] = boards.boards(found, since, (), NOTHING, LIMIT)
    trams: dict[str, list[dict[str, str]]] = {}
    with zipfile.ZipFile(path) as files:
        stops_there, times = (
            list(csv.DictReader(io.StringIO(files.read(f"{name}.txt").decode("utf-8-sig"))))
            for name in ("stops", "stop_times")
        )
    for each in times:
        if each["trip_id"].startswith("平日"):
            trams.setdefault(each["trip_id"], []).append(each)
    poles = {each["stop_id"] for each in stops_there if each["stop_name"] == board.name_ja}
    leaving: list[tuple[str, str]] = []
    weekly: Counter[str] = Counter()
    names = {each["stop_id"]: each["stop_name"] for each in stops_there}
    for calls in trams.values():
        calls.sort(key=lambda each: int(each["stop_sequence"]))
        at = [(each["departure_time"], each["stop_headsign"]) for each in calls[:-1] if each["stop_id"] in poles]
        leaving += [each for each in at if f"{hour:02}:00:00" <= each[0] < f"{hour + 2:02}:00:00"]
        weekly.update(names[each["stop_id"]] for each in calls[:-1])
    assert len(board.next) == boards.MOST
    shown_times = [clock.to_shown(each.expected_at).strftime("%H:%M:%S") for each in board.next]
    assert shown_times == [time for time, _ in sorted(leaving)[: boards.MOST]]
    assert {(time, each.towards_ja) for time, each in zip(shown_times, board.next, strict=True)} <= set(leaving)
    assert weekly[board.name_ja] == max(weekly.values()), "the busiest on a weekday"


# In the status


def test_a_status_with_boards_comes_back_from_its_file() -> None:
    known = register([row("p")])
    found = status.status(known, status.judged(known, situation(), RULES, CITY), CITY, "大雨", made(LINES))
    assert found.departures == made(LINES) != ()
    assert record.load(record.dump(found)) == found


def test_a_status_of_before_there_were_departures_can_be_read() -> None:
    old = json.loads(record.dump(statuses.leaving(AT)))
    del old["departures"]
    assert record.load(json.dumps(old)).departures == ()


def test_a_change_of_departures_renders_no_page_again(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    whole, district = html.city, html.district
    monkeypatch.setattr(html, "city", lambda *about: drawn.append("city") or whole(*about))
    monkeypatch.setattr(html, "district", lambda *about: drawn.append("district") or district(*about))
    known = register([row("p")])
    site = Site(known, CITY, ("ja", "en"))

    def files(found: tuple[Board, ...], incident: str = "大雨") -> dict[str, bytes]:
        return site.files(
            status.status(known, status.judged(known, situation(), RULES, CITY), CITY, incident, found), ()
        )

    before = files(made(LINES))
    assert drawn.count("city") == 2
    drawn.clear()
    after = files(made(LINES, minutes=10))
    assert drawn == [] and {name for name in after if after[name] != before[name]} == {"status.json"}
    files(made(LINES), "台風")
    assert drawn.count("city") == 2, "what pages do tell renders them again"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_pages_do_not_show_what_leaves_before_they_are_read(lang: str) -> None:
    found = statuses.leaving(AT)
    assert Part(found, lang).content == Part(found.model_copy(update={"departures": ()}), lang).content
    assert "県民会館前" not in html.city(Part(found, lang), "")


# From the publisher


@pytest.fixture
def published(demo_folder: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder on the demo, at nine in the morning."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    store._opened.cache_clear()
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 27, 0))
    return data_dir


def told(root: Path) -> Status:
    return record.load((root / folder.DRILL / "status.json").read_bytes())


def test_the_publisher_writes_what_leaves_next_and_of_a_delay_nothing_but_the_status(published: Path) -> None:
    held = Publisher(published, config.city())
    held.round()
    first = told(published).departures[0].next[0]
    assert first.state == "scheduled"
    [again] = held.round()
    assert again.changed == 0
    realtime.save(heard(_of_first(), at=clock.now(), feed_id="gtfs"))
    [written] = held.round()
    assert written.changed == 2, "the status and its packed copy"
    board = told(published).departures[0]
    assert [each.state for each in board.next if each.planned_at == first.planned_at].count("real_time") == 1


def _of_first() -> TripUpdate:
    """The first trip that departs at the first board is a minute late."""
    with Snapshot.current() as snapshot:
        where = {each["stop_id"]: each["district_id"] for each in transit.stops(snapshot)}
        found = boards.read(transit.timetable_tables(snapshot), where)
    one = next_departures(found.names, found.busiest(DAY)[0].poles, clock.now(), 1).next[0]
    trip_id = str(found.names.timetable.trips["trip_id"].iat[one.trip]).removeprefix("gtfs:")
    return update(trip_id, delay_s=60)


def test_a_drill_that_stops_a_line_takes_it_off_the_board(published: Path) -> None:
    held = Publisher(published, config.city())
    held.round()
    before = {each.line_ja for each in told(published).departures[0].next}
    incident = open_incident(open_ledger(), "大雨", "drill", actor="x")
    about = {"incident_id": incident.incident_id, "mode": "drill", "actor": "x"}
    with Snapshot.current() as snapshot:
        lines = {each["short_name"] or each["long_name"]: each["route_id"] for each in transit.routes(snapshot)}
    stopped = sorted(before)[0]
    append.append(open_ledger(), "service_suspended", {"route_id": lines[stopped], "source": "湖南バス"}, **about)
    held.round()
    board = told(published).departures[0]
    assert stopped not in {each.line_ja for each in board.next} and board.suspended > 0


def test_a_limit_that_is_no_number_is_said_when_the_publisher_starts(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTSU_REALTIME_MINUTES", "soon")
    with pytest.raises(SettingWrong):
        Publisher(published, config.city())
