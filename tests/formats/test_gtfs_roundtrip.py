"""A timetable in whatever dress reads back as it was meant, and a broken row takes only what depends on it along."""

from __future__ import annotations

import copy
import csv
import io
import random
import zipfile
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from otsu_maps.errors import OtsuMapsError
from otsu_maps.formats import gtfs, gtfs_cells, gtfs_quick
from otsu_maps.formats.gtfs_tables import TABLES
from otsu_maps.formats.reading import Payload

MOST = 10**8
MORE = "more than the header"
"""Not a column: the cells of a row beyond its last one."""

Tables = dict[str, list[dict[str, Any]]]

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TIMES = ["arrival_time", "departure_time", "start_time", "end_time"]
COLOURS = ["route_color", "route_text_color"]
REQUIRED = {
    "agency": ["agency_name", "agency_url", "agency_timezone"],
    "stops": ["stop_id", "stop_name", "stop_lat", "stop_lon"],
    "calendar": ["service_id", *DAYS, "start_date", "end_date"],
    "calendar_dates": ["service_id", "date", "exception_type"],
    "routes": ["route_id", "route_type"],
    "trips": ["route_id", "service_id", "trip_id"],
    "stop_times": ["trip_id", "stop_id", "stop_sequence"],
    "shapes": ["shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"],
    "frequencies": ["trip_id", "start_time", "end_time", "headway_secs"],
    "feed_info": ["feed_publisher_name", "feed_publisher_url", "feed_lang"],
    "translations": ["translation"],
}
"""Tables of the feeds made here, and what the GTFS reference wants of each row (a node may lack name and position)."""

MUST_BE = ["agency", "stops", "routes", "trips", "stop_times"]


# --- a valid feed ----------------------------------------------------------------------------------------------------

LETTERS = "大津浜町一二丁目ヶノ駅前ーソ表Aa1_,\"' \u3000-"
words = st.text(LETTERS, max_size=8).map(str.strip).filter(bool)
words |= st.sampled_from(["NA", "nan", "NULL", "None", "007", "1e5", "#1", "二行の\n名前", "-"])
lats, lons = (st.floats(-most, most).map(lambda value: round(value, 6)) for most in (90, 180))
places = st.tuples(lats, lons).filter(lambda place: any(place))
dates = st.dates(date(2000, 1, 1), date(2049, 12, 31))


def maybe(*values: Any) -> st.SearchStrategy[Any]:
    return st.none() | st.one_of(*(v if isinstance(v, st.SearchStrategy) else st.just(v) for v in values))


def ids(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(words, min_size=least, max_size=most, unique=True)


@st.composite
def feeds(draw: st.DrawFn) -> Tables:
    """A small valid feed: each table by name, each row by column as gtfs.Feed types it, None where it is blank."""
    agencies, routes, services, trips, shapes, stops = (
        draw(ids(least, most)) for least, most in ((1, 2), (1, 2), (1, 3), (1, 3), (0, 2), (2, 5))
    )
    known_agencies: list[str | None] = [*agencies] if len(agencies) > 1 or draw(st.booleans()) else [None]
    feed: Tables = {
        "agency": [
            {
                "agency_id": agency,
                "agency_name": draw(words),
                "agency_url": "https://example.jp/",
                "agency_timezone": "Asia/Tokyo",
                "agency_lang": draw(maybe("ja")),
            }
            for agency in known_agencies
        ],
        "routes": [
            {
                "route_id": route,
                "agency_id": draw(st.sampled_from(known_agencies)),
                "route_type": draw(st.sampled_from([0, 1, 3, 4, 7, 200, 1702])),
                "route_short_name": draw(maybe(words)),
                "route_color": draw(maybe(st.integers(0, 0xFFFFFF).map("{:06X}".format))),
            }
            for route in routes
        ],
        "stops": [_stop(draw, stop, stops[:number]) for number, stop in enumerate(stops)],
        "calendar": [],
        "calendar_dates": [],
        "trips": [
            {
                "route_id": draw(st.sampled_from(routes)),
                "service_id": draw(st.sampled_from(services)),
                "trip_id": trip,
                "trip_headsign": draw(maybe(words)),
                "direction_id": draw(maybe(0, 1)),
                "shape_id": draw(st.sampled_from([None, *shapes])),
            }
            for trip in trips
        ],
        "stop_times": [line for trip in trips for line in _journey(draw, trip, stops)],
        "shapes": [line for shape in shapes for line in _shape(draw, shape)],
        "frequencies": [
            {"trip_id": trip, "start_time": start, "end_time": start + 3600, "headway_secs": 600}
            for trip in trips
            for start in draw(st.lists(st.integers(0, 100_000), max_size=2, unique=True))
        ],
        "feed_info": [],
        "translations": [
            {
                "table_name": draw(maybe("stops")),
                "field_name": "stop_name",
                "language": "en",
                "record_id": record,
                "translation": draw(words),
            }
            for record in draw(ids(0, 2))
        ],
    }
    for service in services:
        how = draw(st.sampled_from(["week", "days", "both"]))
        if how != "days":
            first = draw(dates)
            week = {day: draw(st.integers(0, 1)) for day in DAYS}
            last = first + timedelta(draw(st.integers(0, 400)))
            feed["calendar"].append({"service_id": service, **week, "start_date": first, "end_date": last})
        for day in draw(st.lists(dates, min_size=how != "week", max_size=3, unique=True)):
            kind = draw(st.sampled_from([1, 2]))
            feed["calendar_dates"].append({"service_id": service, "date": day, "exception_type": kind})
    if draw(st.booleans()):
        info = {"feed_publisher_name": draw(words), "feed_publisher_url": "https://example.jp/", "feed_lang": "ja"}
        feed["feed_info"].append(info | {"feed_start_date": draw(maybe(dates)), "feed_end_date": draw(maybe(dates))})
    for table in ("stop_times", "shapes", "trips"):
        feed[table] = draw(st.permutations(feed[table]))
    return feed


def _stop(draw: st.DrawFn, stop: str, before: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from([None, 0, 1, 2, 3, 4]))
    lat, lon = draw(places)
    is_node = kind in (3, 4)
    return {
        "stop_id": stop,
        "stop_name": draw(maybe(words) if is_node else words),
        "stop_lat": None if is_node and draw(st.booleans()) else lat,
        "stop_lon": None if is_node and draw(st.booleans()) else lon,
        "location_type": kind,
        "parent_station": draw(st.sampled_from([None, *before])) if kind != 1 else None,
        "platform_code": draw(maybe(words)),
        "wheelchair_boarding": draw(maybe(0, 1, 2)),
    }


def _journey(draw: st.DrawFn, trip: str, stops: list[str]) -> list[dict[str, Any]]:
    numbers = draw(st.lists(st.integers(0, 200), min_size=1, max_size=4, unique=True))
    return [
        {
            "trip_id": trip,
            "arrival_time": draw(maybe(st.integers(0, 200_000))),  # up to 55:33:20
            "departure_time": draw(maybe(st.integers(0, 200_000))),
            "stop_id": draw(st.sampled_from(stops)),
            "stop_sequence": number,
            "stop_headsign": draw(maybe(words)),
            "pickup_type": draw(maybe(0, 1, 2, 3)),
            "shape_dist_traveled": draw(maybe(0.0, 12.5, 1e-05)),
        }
        for number in sorted(numbers)
    ]


def _shape(draw: st.DrawFn, shape: str) -> list[dict[str, Any]]:
    points = draw(st.lists(places, min_size=1, max_size=3))
    return [
        {"shape_id": shape, "shape_pt_lat": lat, "shape_pt_lon": lon, "shape_pt_sequence": number}
        for number, (lat, lon) in enumerate(points)
    ]


# --- and its dresses -------------------------------------------------------------------------------------------------


def cell(column: str, value: Any, chance: random.Random) -> str:
    """A value as some feed would write it."""
    if value is None:
        return ""
    if column in TIMES:
        return f"{value // 3600:{chance.choice(['', '02'])}}:{value // 60 % 60:02}:{value % 60:02}"
    if column in COLOURS:
        return chance.choice(["", "#"]) + chance.choice([value, value.lower()])
    if isinstance(value, date):
        return f"{value:%Y%m%d}"
    if isinstance(value, float) and value.is_integer():
        return chance.choice([repr(value), str(int(value))])
    return str(value)


def as_cells(feed: Tables, chance: random.Random) -> Tables:
    return {
        table: [{column: cell(column, value, chance) for column, value in row.items()} for row in rows]
        for table, rows in feed.items()
    }


def as_file(table: str, rows: list[dict[str, Any]], chance: random.Random) -> tuple[bytes, list[int]]:
    """A table as one of many hands would have written it, and the number of each of its rows."""
    filled = {column for row in rows for column, text in row.items() if text} - {MORE}
    possible = {column for row in rows for column in row} - {MORE}
    some = {column for column in possible if chance.random() < 0.5}
    columns = sorted({*REQUIRED[table]} | filled | some)
    chance.shuffle(columns)
    if chance.random() < 0.3:
        columns.insert(chance.randrange(len(columns) + 1), "x_unknown")
    if chance.random() < 0.1:
        columns.append("")
    lines: list[list[str]] = []
    numbers: list[int] = []
    is_short, blanks = chance.random() < 0.5, chance.choice([[0], [0], [0, 0, 1, 2]])
    commas = chance.choice([0, 0, 0, 1, 3])
    for row in [dict(zip(columns, columns, strict=True)), *rows]:
        for _ in range(chance.choice(blanks)):
            lines.append(chance.choice([[], [" "], [""] * len(columns), [""] * (len(columns) + 3)]))
        line = [str(row.get(column, "?" if column.startswith("x_") else "")) for column in columns]
        while is_short and MORE not in row and numbers and line and not line[-1]:
            line.pop()
        lines.append(line + row.get(MORE, [""] * (commas if row in rows else 0)))
        numbers.append(len(lines))
    how: dict[str, Any] = {
        "quoting": chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        "lineterminator": chance.choice(["\n", "\r\n"]),
    }
    text = as_text(lines, is_spaced=chance.random() < 0.3, **how)
    text = text.rstrip("\r\n") if chance.random() < 0.2 else text
    encoding = chance.choice(["utf-8", "utf-8-sig", "utf-8-sig", "cp932"])
    text = "\ufeff" + text if encoding == "utf-8-sig" and chance.random() < 0.2 else text  # a second mark
    return text.encode(encoding), numbers[1:]


def as_text(lines: list[list[str]], is_spaced: bool, lineterminator: str, **how: Any) -> str:
    """CSV, with a space before every cell where it is spaced, before the quotation mark of a quoted cell too."""
    if is_spaced:
        spaced = [
            [" " + as_text([[cell]], False, "\r\n", **how).removesuffix("\r\n") for cell in line] for line in lines
        ]
        return "".join(",".join(line) + lineterminator for line in spaced)
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=lineterminator, **how).writerows(lines)
    return buffer.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def as_zip(cells: Tables, chance: random.Random) -> tuple[bytes, dict[str, list[int]]]:
    """A feed as a zip, and for each table the numbers of its rows."""
    folder = chance.choice(["", "feed/", "時刻表/2026/"])
    is_loud = chance.random() < 0.2
    members = {f"{folder}{name}": b"x" for name in ("README.md", "license.txt") if chance.random() < 0.3}
    numbers: dict[str, list[int]] = {}
    for table, rows in chance.sample(sorted(cells.items()), len(cells)):
        numbers[table] = []
        if rows or chance.random() < 0.5:
            data, numbers[table] = as_file(table, rows, chance)
            if not rows and chance.random() < 0.5:
                data = chance.choice([b"", b"\xef\xbb\xbf", b"\r\n\r\n", b",,\r\n"])
            name = f"{table}.txt"
            members[folder + (name.upper() if is_loud else name)] = data
    data = zipped(members)
    return zipped({"feed.zip": data}) if chance.random() < 0.2 else data, numbers


# --- what must come out ----------------------------------------------------------------------------------------------


def read(data: bytes) -> gtfs.Feed:
    (feed,) = gtfs.read(Payload("a.zip", data), MOST)
    assert feed.name == "a.zip"
    assert_whole(feed)
    return feed


def assert_whole(feed: gtfs.Feed) -> None:
    """Every row is in its frame or refused, and the keys and references of what is left hold."""
    frames = {name: table.frame for name, table in feed.tables.items()}
    assert set(frames) == {spec.name for spec in TABLES}
    for spec in TABLES:
        table, frame = feed.tables[spec.name], frames[spec.name]
        refused = [each.row for each in table.refused]
        kept = frame["source_row"].tolist()
        assert refused == sorted(set(refused)) and kept == sorted(set(kept))
        assert not set(refused) & set(kept)
        assert table.rows_in == table.rows_out + len(refused)
        assert list(frame.columns) == ["source_row", *(column.name for column in spec.columns)]
        for each in table.refused:
            assert each.reason.params["file"] == spec.file and each.reason.params["row"] == each.row
        if len(frame):
            assert not spec.key or not frame.duplicated(list(spec.key)).any()
            frame.to_csv().encode()
    for each in (*feed.refused, *feed.warnings):
        (each.value + each.reason.params_json() + each.reason.sentence("en")).encode()
    trips, times = frames["trips"], frames["stop_times"]
    services = {*frames["calendar"]["service_id"], *frames["calendar_dates"]["service_id"]}
    assert {*trips["route_id"]} <= {*frames["routes"]["route_id"]} and {*trips["service_id"]} <= services
    assert {*times["trip_id"]} <= {*trips["trip_id"]} and {*times["stop_id"]} <= {*frames["stops"]["stop_id"]}


def assert_read(table: pd.DataFrame, rows: list[tuple[int, dict[str, Any]]]) -> None:
    """A frame has these rows with their numbers, and nothing in the columns that they do not name."""
    assert table["source_row"].tolist() == [number for number, _ in rows]
    for column in table.columns.drop("source_row"):
        found = [None if pd.isna(value) else value for value in table[column]]
        assert found == [row.get(column) for _, row in rows], column


chances = st.integers(0, 2**32).map(random.Random)


@settings(max_examples=50, deadline=None)
@given(feeds(), chances)
def test_a_feed_written_in_any_of_its_dirty_ways_is_read_back(feed: Tables, chance: random.Random) -> None:
    data, numbers = as_zip(as_cells(feed, chance), chance)
    read_back = read(data)
    assert read_back.refused == ()
    for table, rows in feed.items():
        reading = read_back.tables[table]
        assert reading.encoding in (("utf-8", "utf-8-sig", "cp932") if rows else ("", "utf-8", "utf-8-sig", "cp932"))
        assert_read(reading.frame, list(zip(numbers[table], rows, strict=True)))
    assert all(read_back.tables[spec.name].rows_in == 0 for spec in TABLES if spec.name not in feed)
    harmless = {"gtfs_file_blank", "gtfs_file_unused", "gtfs_columns_unused"}
    assert {warning.reason.code for warning in read_back.warnings} <= harmless
    first = [row["feed_start_date"] for row in feed["feed_info"] if row["feed_start_date"]]
    last = [row["feed_end_date"] for row in feed["feed_info"] if row["feed_end_date"]]
    more = [row["date"] for row in feed["calendar_dates"] if row["exception_type"] == 1]
    assert read_back.valid_from == min(first or [*(row["start_date"] for row in feed["calendar"]), *more], default=None)
    assert read_back.valid_until == max(last or [*(row["end_date"] for row in feed["calendar"]), *more], default=None)


def test_every_value_has_the_type_that_is_promised() -> None:
    tables = read(zipped(SMALL)).tables
    times, stops, days = tables["stop_times"].frame, tables["stops"].frame, tables["calendar_dates"].frame
    assert times["departure_time"].tolist() == [18_180, 90_600]
    assert {str(times[name].dtype) for name in ("arrival_time", "stop_sequence", "pickup_type")} == {"Int64"}
    assert {str(stops[name].dtype) for name in ("stop_lat", "stop_lon")} == {"float64"}
    assert {str(stops[name].dtype) for name in ("stop_id", "stop_name", "zone_id")} == {"str"}
    assert days["date"].tolist() == [date(2026, 5, 5)]


def test_long_tables_keep_each_different_text_once() -> None:
    times = read(zipped(SMALL)).tables["stop_times"].frame
    assert {str(times[name].dtype) for name in ("trip_id", "stop_id", "stop_headsign")} == {"category"}
    assert {str(times[name].cat.categories.dtype) for name in ("trip_id", "stop_id", "stop_headsign")} == {"str"}
    assert times["trip_id"].tolist() == ["T", "T"] and times["stop_headsign"].isna().all()


def test_a_table_that_is_not_asked_for_is_not_opened_and_nothing_is_said_of_it() -> None:
    trips = SMALL["trips.txt"].replace(b"direction_id", b"shape_id")
    broken = SMALL | {"trips.txt": trips, "shapes.txt": b"shape_id\n" + b'"' * 999, "SHAPES.TXT": b"\0"}
    [feed] = gtfs.read(Payload("a.zip", zipped(broken)), MOST, without=["shapes", "stops"])
    assert_whole(feed)
    assert feed.warnings == () and feed.refused == ()
    assert len(feed.tables["shapes"].frame) == 0
    assert len(feed.tables["stops"].frame) == 2  # every feed must have them
    bomb = zipped(SMALL | {"shapes.txt": b"0" * 50_000_000})
    assert len(gtfs.read(Payload("a.zip", bomb), 10**6, without=["shapes"])) == 1
    with pytest.raises(OtsuMapsError):
        gtfs.read(Payload("a.zip", bomb), 10**6)


def test_a_number_too_large_for_any_program_is_unknown_with_a_warning() -> None:
    giant = SMALL | {"stop_times.txt": SMALL["stop_times.txt"].replace(b"1.5", b"9" * 400)}
    read_back = read(zipped(giant))
    assert read_back.refused == ()
    assert [warning.reason.code for warning in read_back.warnings] == ["gtfs_value_ignored"]
    assert read_back.tables["stop_times"].frame["shape_dist_traveled"].isna().tolist() == [False, True]


# --- one broken row --------------------------------------------------------------------------------------------------

BREAKS: list[tuple[str, dict[str, str], str]] = [
    ("trips", {"route_id": "nowhere"}, "row_gtfs_dangling"),
    ("trips", {"service_id": "nowhere"}, "row_gtfs_dangling"),
    ("stop_times", {"trip_id": "nowhere"}, "row_gtfs_dangling"),
    ("stop_times", {"stop_id": "nowhere"}, "row_gtfs_dangling"),
    ("stop_times", {"arrival_time": "25:60:00"}, "row_gtfs_bad_value"),
    ("stop_times", {"departure_time": "5:3:00"}, "row_gtfs_bad_value"),
    ("stop_times", {"departure_time": "-1:00:00"}, "row_gtfs_bad_value"),
    ("stop_times", {"arrival_time": "noon"}, "row_gtfs_bad_value"),
    ("stop_times", {"stop_sequence": "1.5"}, "row_gtfs_bad_value"),
    ("stop_times", {"pickup_type": "4"}, "row_gtfs_bad_value"),
    ("frequencies", {"end_time": "24:00"}, "row_gtfs_bad_value"),
    ("frequencies", {"headway_secs": "0"}, "row_gtfs_bad_value"),
    ("stops", {"stop_lat": "90.1"}, "row_gtfs_bad_value"),
    ("stops", {"stop_lon": "-180.5"}, "row_gtfs_bad_value"),
    ("stops", {"stop_lat": "北緯35度"}, "row_gtfs_bad_value"),
    ("stops", {"stop_lat": "0", "stop_lon": "0.000"}, "row_gtfs_bad_value"),
    ("stops", {"location_type": "5"}, "row_gtfs_bad_value"),
    ("shapes", {"shape_pt_lat": "-91"}, "row_gtfs_bad_value"),
    ("shapes", {"shape_pt_lat": "0.0", "shape_pt_lon": "0"}, "row_gtfs_bad_value"),
    ("routes", {"route_type": "bus"}, "row_gtfs_bad_value"),
    ("calendar", {"monday": "2"}, "row_gtfs_bad_value"),
    ("calendar", {"end_date": "20260231"}, "row_gtfs_bad_value"),
    ("calendar_dates", {"date": "2026-05-05"}, "row_gtfs_bad_value"),
    ("calendar_dates", {"exception_type": "0"}, "row_gtfs_bad_value"),
]
"""Table, cells of one of its rows, and why the row is refused; the first cell is to blame."""

KEYS = {
    "stops": ["stop_id"],
    "calendar": ["service_id"],
    "calendar_dates": ["service_id", "date"],
    "routes": ["route_id"],
    "trips": ["trip_id"],
    "stop_times": ["trip_id", "stop_sequence"],
    "shapes": ["shape_id", "shape_pt_sequence"],
    "frequencies": ["trip_id", "start_time"],
}

blanks = st.sampled_from([(table, column) for table, columns in REQUIRED.items() for column in columns])
breaks: st.SearchStrategy[tuple[str, dict[str, str], str]] = st.one_of(
    st.sampled_from(BREAKS),
    blanks.map(lambda place: (place[0], {place[1]: ""}, "row_gtfs_missing")),
    st.sampled_from([*KEYS]).map(lambda table: (table, {}, "row_gtfs_duplicate")),
    st.sampled_from([*REQUIRED]).map(lambda table: (table, {}, "row_gtfs_extra")),
)


def dependents(cells: Tables, table: str, index: int) -> dict[str, set[int]]:
    """Which rows of each table, by index, cannot stay where this one goes."""
    gone: dict[str, set[int]] = {name: set() for name in cells} | {table: {index}}

    def known(name: str, column: str) -> set[str]:
        return {row[column] for number, row in enumerate(cells[name]) if number not in gone[name]}

    services = known("calendar", "service_id") | known("calendar_dates", "service_id")
    for number, row in enumerate(cells["trips"]):
        if row["route_id"] not in known("routes", "route_id") or row["service_id"] not in services:
            gone["trips"].add(number)
    for number, row in enumerate(cells["stop_times"]):
        if row["trip_id"] not in known("trips", "trip_id") or row["stop_id"] not in known("stops", "stop_id"):
            gone["stop_times"].add(number)
    return gone


@settings(max_examples=70, deadline=None)
@given(feeds(), breaks, chances)
def test_a_broken_row_takes_along_only_what_depends_on_it(
    feed: Tables, broken: tuple[str, dict[str, str], str], chance: random.Random
) -> None:
    table, changes, code = broken
    cells = as_cells(feed, chance)
    # What a node may lack is no fault of its own, and is the first one once it is no node any more.
    is_for_places = table == "stops" and (code == "row_gtfs_missing" or "location_type" in changes)
    able = [n for n, row in enumerate(cells[table]) if not (is_for_places and row["location_type"] in ("3", "4"))]
    assume(able)
    index = chance.choice(able)
    column, value = next(iter(changes.items()), ("excess", "x"))
    if code == "row_gtfs_duplicate":
        column = ", ".join(KEYS[table])
        value = ", ".join(cells[table][index][name] for name in KEYS[table])
        cells[table].append(copy.copy(cells[table][index]))
        index = len(cells[table]) - 1
    elif code == "row_gtfs_extra":
        cells[table][index][MORE] = chance.choice([["x"], ["", "x"], ["x", "", ""]])
        value = ",".join(cells[table][index][MORE])
    else:
        cells[table][index] |= changes
    data, numbers = as_zip(cells, chance)
    read_back = read(data)
    gone = dependents(cells, table, index)
    expected = {
        (f"{name}.txt", numbers[name][number]): code if (name, number) == (table, index) else "row_gtfs_dangling"
        for name, rows in gone.items()
        for number in rows
    }
    reasons = [each.reason for each in read_back.refused]
    assert {(each.params["file"], each.params["row"]): each.code for each in reasons} == expected
    place = (f"{table}.txt", numbers[table][index])
    blame = next(each.params for each in reasons if (each.params["file"], each.params["row"]) == place)
    assert (blame["column"], blame["value"]) == (column, value)
    for name, rows in feed.items():
        stay = [(numbers[name][number], row) for number, row in enumerate(rows) if number not in gone[name]]
        assert_read(read_back.tables[name].frame, stay)


# --- mutations -------------------------------------------------------------------------------------------------------

SMALL = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\r\nA,大津バス,https://a.jp/,Asia/Tokyo\r\n".encode(),
    "stops.txt": 'stop_id,stop_name,stop_lat,stop_lon\n1,"大津駅",35.003,135.864\n2,浜大津,35.01,135.866\n'.encode(),
    "routes.txt": "route_id,agency_id,route_short_name,route_type,route_color\nR,A,１,3,0a0B0c\n".encode("cp932"),
    "calendar_dates.txt": b"service_id,date,exception_type\nW,20260505,1\n",
    "trips.txt": b"route_id,service_id,trip_id,direction_id\nR,W,T,0\nR,W,U,1\n",
    "stop_times.txt": (
        b"trip_id, arrival_time, departure_time, stop_id, stop_sequence, shape_dist_traveled\n"
        b"T, 5:03:00, 5:03:00, 1, 1, 0\nT, 25:10:00, 25:10:00, 2, 2, 1.5\n"
    ),
}
PIECES = [b",", b"\n", b'"', b"\r", b" ", b"-", b"9", b":", b"1e9", b"\xff", b"\0", b"\xef\xbb\xbf", b'""', b",,,\n"]


def mutated(whole: bytes, chance: random.Random, least: int = 0) -> bytes:
    """The bytes after one to four accidents, which leave the first `least` bytes alone."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(least, len(data) + 1)
        match chance.randrange(9):
            case 0 | 1 | 2:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 3 | 4:
                del data[at : at + chance.randint(1, 8)]
            case 5:
                data[at:at] = chance.choice(PIECES)
            case 6 | 7:
                data[at:at] = data[chance.randrange(len(data)) :][: chance.randint(1, 30)]
            case _:
                del data[max(at, len(data) // 2) :]
    return bytes(data)


def test_no_two_thousand_mutated_tables_raise_anything_but_our_errors() -> None:
    chance = random.Random("tables")
    files = [spec.file for spec in TABLES if spec.file in SMALL]
    outcomes = {"read": 0, "refused": 0}
    count = 0
    while count < 2000:
        members = {}
        for name, data in SMALL.items():
            least = 0 if chance.random() < 0.1 else data.index(b"\n") + 1
            members[name] = mutated(data, chance, least)
        try:
            read(zipped(members, zipfile.ZIP_STORED))
            outcomes["read"] += 1
            count += len(members)
        except OtsuMapsError as error:
            # The tables before the one that stops the reading have been read too.
            name = str(error.reason.params["file"]).rpartition("/")[2]
            count += files.index(name) + 1 if name in files else 1
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


def test_no_two_thousand_mutated_zips_raise_anything_but_our_errors() -> None:
    chance = random.Random("zips")
    outcomes = {"read": 0, "refused": 0}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        plain = zipped({f"feed/{name}": data for name, data in SMALL.items()}, method)
        for whole in (plain, zipped({"feed.zip": plain}, zipfile.ZIP_STORED)):
            for _ in range(500):
                try:
                    read(mutated(whole, chance))
                    outcomes["read"] += 1
                except OtsuMapsError as error:
                    assert error.reason.code
                    outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


def test_a_table_reads_the_same_at_once_as_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random("cells")
    pieces = [
        ",",
        "\n",
        "\r",
        "\r\n",
        " ",
        '"',
        '""',
        ",,,",
        ' "x" ',
        "\n\n",
        ' "a\nb",',
        "\ufeff",
        "\t",
        "\u3000",
        "y",
    ]
    texts = []
    wholes = ['a, "b" ,c\r\n1,"2\n2",3\r\n\r\n4,5\r\n', 'a,b,c\r\n1,"2\n""2",3\r\n4,,5\r\n', "a,b\n1,2\n3,4\n"]
    for _ in range(1500):
        letters = list(chance.choice(wholes))
        for _ in range(chance.randint(1, 6)):
            letters.insert(chance.choice([0, chance.randrange(len(letters) + 1)]), chance.choice(pieces))
        texts.append("".join(letters))

    def cells(text: str) -> Any:
        try:
            return frame_of(gtfs_cells.cells_of(Payload("a.txt", b""), text))
        except OtsuMapsError as error:
            return (error.reason.code, dict(error.reason.params))

    def no_parser(*_: object, **__: object) -> None:
        raise pd.errors.ParserError

    quick = [cells(text) for text in texts]
    read_by_arrow = [gtfs_quick.read(text.encode(), 500, 10**5) is not None for text in texts]
    monkeypatch.setattr(gtfs_quick, "read", lambda *_: None)
    at_once = [cells(text) for text in texts]
    monkeypatch.setattr(pd, "read_csv", no_parser)
    frames = 0
    for text, by_arrow, by_pandas in zip(texts, quick, at_once, strict=True):
        by_line = cells(text)
        for found in (by_arrow, by_pandas):
            if isinstance(by_line, pd.DataFrame):
                pd.testing.assert_frame_equal(found, by_line, obj=repr(text))
            else:
                assert found == by_line, text
        frames += isinstance(by_line, pd.DataFrame)
    assert 50 < frames < len(texts)
    assert 50 < sum(read_by_arrow) < frames


def frame_of(cells: gtfs_cells.Cells) -> pd.DataFrame:
    columns = {name: column.texts[column.codes].astype(str) for name, column in cells.columns.items()}
    excess = cells.excess.texts[cells.excess.codes].astype(str) if cells.excess else ""
    return pd.DataFrame(columns | {"beyond": excess}, index=cells.rows, dtype="str")
