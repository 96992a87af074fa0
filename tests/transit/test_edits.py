"""Changes of a timetable: what is told is done and nothing else, and a row that cannot be made stops no other."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from feeds import times, timetable
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.transit import edits, trips
from otsu_maps.transit.timetable import Timetable

DAY = date(2026, 11, 24)  # a Tuesday
SUNDAY = date(2026, 11, 29)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}:00"


def town(out: list[int], back: list[int], other: list[int], often: str | None = None) -> Timetable:
    """Line R out (1, 2, 3, 4) and back (4, 3, 1), line Q (2, 3); starts in minutes. R runs slower from 9:00 on."""
    rows, calls = ["route_id,service_id,trip_id,trip_headsign,direction_id"], []
    for name, starts, way, stops in (
        ("o", out, 0, "1234"),
        ("b", back, 1, "431"),
        ("q", other, 0, "23"),
    ):
        for number, start in enumerate(starts):
            rows.append(f"{'Q' if name == 'q' else 'R'},W,{name}{number},,{way}")
            step = 5 if start < 540 else 8
            calls.append((f"{name}{number}", [(stop, clock(start + step * at)) for at, stop in enumerate(stops)]))
    return timetable(
        trips="\n".join(rows) + "\n",
        stop_times=times(*calls),
        frequencies=None if often is None else f"trip_id,start_time,end_time,headway_secs,exact_times\n{often}",
    )


def ran(made: Timetable) -> Counter[Any]:
    """Every trip as line, direction, stops and minutes."""
    found: Counter[Any] = Counter()
    for trip, row in enumerate(made.trips.to_dict("records")):
        calls = slice(made.calls.first[trip], made.calls.first[trip + 1])
        stops = tuple(made.stops["stop_id"].iloc[made.calls.stop[calls]].str.removeprefix("a:"))
        line = made.routes["route_id"].iloc[row["route"]].removeprefix("a:")
        found[line, row["direction_id"], stops, tuple((made.calls.departure_s[calls] // 60).tolist())] += 1
    return found


def starts(made: Timetable, line: str, way: int) -> list[int]:
    return sorted(minutes[0] for of, direction, _, minutes in ran(made).elements() if (of, direction) == (line, way))


def change(made: Timetable, *rows: dict[str, object], on: date = DAY) -> edits.Edited:
    return edits.edited(made, pd.DataFrame(list(rows), columns=list(edits.COLUMNS)), on)


def row(
    kind: str, route: str = "10", direction: object = "", since: str = "", until: str = "", value: object = ""
) -> dict[str, object]:
    return {"change": kind, "route": route, "direction": direction, "from": since, "until": until, "value": value}


TOWN = town([420, 450, 480, 560, 600], [430, 490, 550], [425, 485])


def test_a_route_can_go_whole_or_one_way() -> None:
    gone = change(TOWN, row("remove_route"))
    assert starts(gone.timetable, "R", 0) == starts(gone.timetable, "R", 1) == []
    assert starts(gone.timetable, "Q", 0) == [425, 485] and not gone.refused
    one_way = change(TOWN, row("remove_route", direction="1")).timetable
    assert (starts(one_way, "R", 0), starts(one_way, "R", 1)) == ([420, 450, 480, 560, 600], [])


def test_trips_of_a_band_go_and_the_end_of_the_band_is_not_in_it() -> None:
    made = change(TOWN, row("remove_trips", since="7:30", until="8:10")).timetable
    assert (starts(made, "R", 0), starts(made, "R", 1)) == ([420, 560, 600], [430, 490, 550])


def test_a_headway_keeps_first_and_last_and_the_run_times_of_the_hour() -> None:
    made = change(TOWN, row("set_headway", direction=0, since="7:00", until="10:00", value=35.0)).timetable
    assert starts(made, "R", 0) == [420, 455, 490, 525, 560, 600]
    steps = {minutes[0]: minutes[1] - minutes[0] for (_, way, stops, minutes) in ran(made) if stops == tuple("1234")}
    assert steps == {420: 5, 455: 5, 490: 5, 525: 5, 560: 8, 600: 8}
    assert starts(made, "R", 1) == [430, 490, 550], "the other way is as it was"


def test_departures_are_added_as_the_nearest_trip_runs() -> None:
    made = change(TOWN, row("add_departures", direction="0", value="６:00、 9:05")).timetable
    assert starts(made, "R", 0) == [360, 420, 450, 480, 545, 560, 600]
    assert ran(made)["R", 0, tuple("1234"), (545, 553, 561, 569)] == 1
    assert made.trips["trip_id"].is_unique and len(made.trips) == len(TOWN.trips) + 2


def test_a_closed_stop_is_passed_and_a_trip_with_one_stop_left_runs_no_more() -> None:
    made = change(TOWN, row("close_stop", route="", value="浜大津")).timetable
    assert {stops for _, _, stops, _ in ran(made)} == {tuple("134"), tuple("431")}, "line Q had two stops"
    assert ran(made)["R", 0, tuple("134"), (420, 430, 435)] == 1
    limited = change(TOWN, row("close_stop", route="20", value="a:2")).timetable
    assert starts(limited, "Q", 0) == [] and ran(limited)["R", 0, tuple("1234"), (420, 425, 430, 435)] == 1


def test_what_runs_by_headway_is_cut_and_changed_in_the_band_alone() -> None:
    made = town([420], [430], [], often="o0,06:00:00,09:00:00,1200,1\n")
    cut = change(made, row("remove_trips", direction="0", since="7:10", until="8:00")).timetable.frequencies
    assert [
        (low // 60, high // 60, step // 60) for low, high, step in cut[["start_s", "end_s", "headway_s"]].to_numpy()
    ] == [
        (360, 440, 20),
        (480, 540, 20),
    ], "the last departure before the cut is 7:00, and 7:20 is the first that is cut"
    denser = change(
        made, row("set_headway", direction="0", since="7:10", until="8:00", value="10")
    ).timetable.frequencies
    assert (denser["headway_s"] // 60).tolist() == [20, 10, 20]
    none = change(made, row("remove_trips", direction="0", since="0:00", until="24:00")).timetable
    assert starts(none, "R", 0) == [] and none.frequencies.empty and starts(none, "R", 1) == [430]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (row("stop_all"), "edit_change"),
        (row("remove_route", route="99"), "edit_route"),
        (row("remove_route", route=""), "edit_no_route"),
        (row("remove_route", direction="2"), "edit_direction"),
        (row("remove_trips", since="7:60", until="8:00"), "edit_time"),
        (row("remove_trips", since="", until="8:00"), "edit_time"),
        (row("remove_trips", since="8:00", until="8:00"), "edit_band"),
        (row("set_headway", since="7:00", until="9:00", value="0"), "edit_minutes"),
        (row("set_headway", since="7:00", until="9:00", value="often"), "edit_minutes"),
        (row("set_headway", since="2:00", until="3:00", value="10"), "edit_no_trips"),
        (row("add_departures", value=""), "edit_time"),
        (row("add_departures", value="7:00 soon"), "edit_time"),
        (row("close_stop", value="京都"), "edit_stop"),
        (row("close_stop", value=""), "edit_stop"),
        (row("close_stop", route="20", value="石山"), "edit_no_calls"),
    ],
)
def test_a_row_that_cannot_be_made_is_refused_and_the_rest_goes_on(bad: dict[str, object], code: str) -> None:
    found = change(TOWN, bad, row("remove_route", route="20"))
    [refused] = found.refused
    assert refused.reason.code == code and refused.row == 1
    assert "{" not in refused.reason.sentence("ja") and "1 行目" in refused.reason.sentence("ja")
    assert len(found.done) == 1 and starts(found.timetable, "Q", 0) == []


def test_blank_rows_are_passed_over_and_a_name_that_two_lines_have_is_refused() -> None:
    assert change(TOWN, row("", route="")) == edits.Edited(TOWN, (), ())
    same = timetable(routes="route_id,agency_id,route_short_name,route_type\nR,A,10,3\nQ,A,10,3\n")
    assert change(same, row("remove_route", route="10")).refused[0].reason.code == "edit_several_routes"
    assert not change(same, row("remove_route", route="a:R")).refused


def test_ids_and_names_of_a_feed_may_be_full_width() -> None:
    wide = timetable(routes="route_id,agency_id,route_short_name,route_type\nR,A,５Ａ,3\nQ,A,20,3\n")
    for typed in ("５Ａ", "5A"):
        assert not change(wide, row("remove_route", route=typed)).refused


def test_trips_of_another_day_are_left_alone() -> None:
    found = change(TOWN, row("remove_route"), on=SUNDAY)
    assert found.refused[0].reason.code == "edit_no_trips" and ran(found.timetable) == ran(TOWN)


minutes = st.lists(st.integers(300, 1500), max_size=8, unique=True)
bands = st.tuples(st.integers(300, 1400), st.integers(1, 600))


def hm(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


@settings(max_examples=25, deadline=None)
@given(
    minutes,
    minutes,
    minutes,
    bands,
    st.integers(1, 90),
    st.sampled_from(["remove_route", "remove_trips", "set_headway", "close_stop"]),
)
def test_a_change_made_twice_is_the_change_made_once(
    out: list[int], back: list[int], other: list[int], band: tuple[int, int], headway: int, kind: str
) -> None:
    value = "浜大津" if kind == "close_stop" else str(headway)
    asked = row(kind, since=hm(band[0]), until=hm(min(sum(band), 2880)), value=value)
    before = town([*out, 1600], back, other)
    once = change(before, asked).timetable
    assert ran(change(once, asked).timetable) == ran(once)
    assert once.trips["trip_id"].is_unique
    untouched = {key: n for key, n in ran(before).items() if key[0] == "Q"}
    assert {key: n for key, n in ran(once).items() if key[0] == "Q"} == untouched


@settings(max_examples=25, deadline=None)
@given(minutes, st.lists(st.integers(300, 1500), min_size=1, max_size=4, unique=True))
def test_departures_that_were_added_can_be_taken_away_again(out: list[int], more: list[int]) -> None:
    before = town([*out, 1600], [], [])
    more = [minute for minute in more if minute not in out]
    if not more:
        return
    added = change(before, row("add_departures", value=" ".join(map(hm, more))))
    assert starts(added.timetable, "R", 0) == sorted([*out, *more, 1600])
    rows = [row("remove_trips", since=hm(minute), until=hm(minute + 1)) for minute in more]
    assert ran(change(added.timetable, *rows).timetable) == ran(before)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(300, 1500), min_size=1, max_size=10, unique=True), bands, st.integers(1, 60))
def test_a_headway_is_even_keeps_its_ends_and_leaves_what_is_outside(
    out: list[int], band: tuple[int, int], headway: int
) -> None:
    low, high = band[0], sum(band)
    before = town(out, [], [])
    inside = sorted(minute for minute in out if low <= minute < high)
    found = change(before, row("set_headway", since=hm(low), until=hm(high), value=str(headway)))
    after = starts(found.timetable, "R", 0)
    assert sorted(set(after) - set(range(low, high))) == sorted(set(out) - set(inside))
    now = [minute for minute in after if low <= minute < high]
    if not inside:
        assert found.refused and now == []
        return
    assert (now[0], now[-1]) == (inside[0], inside[-1])
    gaps = [later - earlier for earlier, later in pairwise(now)]
    assert all(gap == headway for gap in gaps[:-1]) and all(0 < gap <= headway for gap in gaps[-1:])


def test_cutting_and_copying_keep_the_arrays_in_step() -> None:
    made = trips.with_copies(TOWN, [0, 0], [3600, 3600])
    assert len(made.trips) == len(made.calls.first) - 1 == len(TOWN.trips) + 2
    assert made.trips["trip_id"].is_unique
    assert made.calls.first[-1] == len(made.calls.stop) == len(made.calls.departure_s) == len(made.calls.is_timed)
