"""Which trips run on a day is what the calendars say, one day at a time, and each feed keeps its own days."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import feeds
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.transit import services, tables
from otsu_maps.transit.services import HOLIDAY, SATURDAY, WEEKDAY

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HEAD = f"service_id,{','.join(DAYS)},start_date,end_date\n"
FIRST = date(2026, 4, 1)  # a Wednesday


@pytest.mark.parametrize(
    ("on", "kind"),
    [
        (date(2026, 4, 1), WEEKDAY),
        (date(2026, 4, 4), SATURDAY),
        (date(2026, 4, 5), HOLIDAY),
        (date(2026, 4, 29), HOLIDAY),  # a Wednesday
        (date(2026, 5, 6), HOLIDAY),  # in place of a Sunday
        (date(2026, 9, 22), HOLIDAY),  # between two holidays
        (date(2027, 1, 2), SATURDAY),
        (date(2026, 12, 31), WEEKDAY),
        (date(2023, 2, 11), HOLIDAY),  # a holiday on a Saturday
    ],
)
def test_the_kind_of_a_day_is_that_of_the_japanese_calendar(on: date, kind: str) -> None:
    assert services.day_type(on) == kind


weeks = st.lists(
    st.tuples(st.lists(st.booleans(), min_size=7, max_size=7), st.integers(0, 40), st.integers(0, 40)), max_size=4
)
extras = st.lists(
    st.tuples(st.integers(0, 5), st.integers(-5, 60), st.booleans()), max_size=12, unique_by=lambda e: e[:2]
)


@settings(max_examples=60, deadline=None)
@given(weeks, extras)
def test_a_service_runs_on_the_days_that_the_calendars_say(
    rows: list[tuple[list[bool], int, int]], more: list[tuple[int, int, bool]]
) -> None:
    week = {f"S{n}": (on, FIRST + timedelta(a), FIRST + timedelta(a + b)) for n, (on, a, b) in enumerate(rows)}
    added = {(f"S{n}", FIRST + timedelta(day)): is_added for n, day, is_added in more}
    known = sorted({*week, *(each for each, _ in added)})
    if not known:
        return
    calendar = HEAD + "".join(
        f"{name},{','.join('1' if each else '0' for each in on)},{a:%Y%m%d},{b:%Y%m%d}\n"
        for name, (on, a, b) in week.items()
    )
    dates = "service_id,date,exception_type\n" + "".join(
        f"{name},{on:%Y%m%d},{1 if is_added else 2}\n" for (name, on), is_added in added.items()
    )
    trips = "route_id,service_id,trip_id\n" + "".join(f"R,{name},T{name}\n" for name in known)
    calls = feeds.times(*((f"T{name}", [("1", "8:00:00"), ("2", "8:10:00")]) for name in known))
    made = feeds.timetable(calendar=calendar, calendar_dates=dates, trips=trips, stop_times=calls)

    def runs(name: str, on: date) -> bool:
        if (name, on) in added:
            return added[name, on]
        return name in week and week[name][1] <= on <= week[name][2] and week[name][0][on.weekday()]

    span = [FIRST + timedelta(n) for n in range(-8, 90)]
    for on in span:
        assert [made.trips["trip_id"][at] for at in services.trips_on(made, on)] == [
            f"a:T{name}" for name in known if runs(name, on)
        ]
    for kind in services.DAY_TYPES:
        sets = Counter(
            key for on in span if services.day_type(on) == kind and (key := tuple(n for n in known if runs(n, on)))
        )
        found = services.typical_days(made, kind)["a"]
        if not sets:
            assert found.on is None and services.plan({"a": found}) == {}
            continue
        assert found.on is not None and services.day_type(found.on) == kind
        mine = tuple(name for name in known if runs(name, found.on))
        assert sets[mine] == found.same == max(sets.values())
        assert found.same + found.idle <= found.days


def test_feeds_of_different_years_stand_side_by_side_each_by_its_own_day() -> None:
    later = feeds.BASE["calendar"].replace("20260401,20270331", "20300401,20310331")
    made = tables.of_feeds([feeds.feed("a.zip"), feeds.feed("b.zip", calendar=later)])
    typical = services.typical_days(made, WEEKDAY)
    assert services.plan(typical) == {"a": date(2026, 4, 1), "b": date(2030, 4, 1)}
    assert services.trips_on(made, services.plan(typical)).tolist() == [0, 1]
    assert services.trips_on(made, date(2026, 4, 1)).tolist() == [0]
    assert services.plan(services.typical_days(made, SATURDAY)) == {}
    assert services.validity(made) == {
        "a": (date(2026, 4, 1), date(2027, 3, 31)),
        "b": (date(2030, 4, 1), date(2031, 3, 31)),
    }


def test_a_day_before_is_the_day_before_in_each_feed() -> None:
    made = feeds.timetable()
    assert services.runs_on(made, date(2026, 4, 4), days_before=1).tolist() == [True]
    assert services.runs_on(made, {"a": date(2026, 4, 6)}, days_before=1).tolist() == [False]
    assert services.runs_on(made, {}).tolist() == [False]


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", ["gtfs_jp/hakodate_shiden.zip", "gtfs_world/bart.zip", "gtfs_jp/donan_bus.zip"])
def test_real_trips_run_on_the_days_on_which_gtfs_kit_says_so(name: str) -> None:
    import gtfs_kit

    path = REAL / name
    made = tables.of_feeds(gtfs.read(Payload(path.name, path.read_bytes()), 2**30))
    other = gtfs_kit.read_feed(path, dist_units="km")
    first, last = services.validity(made)[path.stem]
    prefix = f"{path.stem}:"
    for on in (first + timedelta(n) for n in range(0, (last - first).days + 1, 5)):
        mine = {made.trips["trip_id"][at].removeprefix(prefix) for at in services.trips_on(made, on)}
        assert mine == set(gtfs_kit.get_trips(other, f"{on:%Y%m%d}")["trip_id"]), on
