"""The invented part of the demo: what the repository holds is what its generator writes, it hangs together, and it says
that it is invented."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path

import pytest
from shapely.geometry import Point, box, shape
from shapely.geometry.base import BaseGeometry

from otsu_maps import mesh

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "geodata" / "demo"
ZONES = ("flood", "flood_design", "landslide", "inland")
FILES = (
    *(f"{name}.geojson" for name in ZONES),
    *("gtfs.zip", "population_500m.csv", "flow_mesh.csv", "flow_fromto.csv", "events.csv"),
    *("mesh_hour.csv", "od_hour.csv", "counters.csv"),
)
MARK = "訓練用"
AROUND = 0.005
"""Degrees that a zone may stand over the coarse outline."""

TINY = 1e-8
"""Square degrees: some 100 square metres."""

Rows = list[dict[str, str]]


@cache
def features(name: str) -> list[tuple[BaseGeometry, dict]]:
    loaded = json.loads((DEMO / f"{name}.geojson").read_text("utf-8"))
    return [(shape(each["geometry"]), each["properties"]) for each in loaded["features"]]


@cache
def rows(name: str, encoding: str = "utf-8") -> Rows:
    return list(csv.DictReader(io.StringIO((DEMO / name).read_bytes().decode(encoding))))


@cache
def gtfs() -> dict[str, Rows]:
    with zipfile.ZipFile(DEMO / "gtfs.zip") as feed:
        return {
            name.removesuffix(".txt"): list(csv.DictReader(io.StringIO(feed.read(name).decode())))
            for name in feed.namelist()
        }


@cache
def outline() -> BaseGeometry:
    loaded = json.loads((ROOT / "geodata" / "basemap" / "outline.geojson").read_text("utf-8"))
    return shape(loaded["features"][0]["geometry"])


def place(row: dict[str, str], lon: str = "経度", lat: str = "緯度") -> Point:
    return Point(float(row[lon]), float(row[lat]))


def deepest(site: dict[str, str], name: str, field: str) -> float:
    return max((values[field] for zone, values in features(name) if zone.contains(place(site))), default=0)


# --- the files -------------------------------------------------------------------------------------------------------


def test_the_generator_writes_what_the_repository_holds(tmp_path: Path) -> None:
    command = [sys.executable, "-B", str(DEMO / "generate.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    assert [name for name in FILES if (tmp_path / name).read_bytes() != (DEMO / name).read_bytes()] == []


def test_the_files_stay_small() -> None:
    assert sum((DEMO / name).stat().st_size for name in FILES) < 3_000_000
    assert (DEMO / "flow_mesh.csv").stat().st_size < 1_500_000


@pytest.mark.parametrize("name", FILES)
def test_every_file_says_that_it_is_for_drills(name: str) -> None:
    """In itself, or, where its form has no room for a word, in the README beside it; on its card once it has one."""
    readme = (ROOT / "geodata" / "README.md").read_text("utf-8")
    assert f"`demo/{name}`" in readme
    numbers_only = {"population_500m.csv", "flow_mesh.csv", "flow_fromto.csv", "mesh_hour.csv", "od_hour.csv"}
    assert name in numbers_only or MARK.encode() in (DEMO / name).read_bytes()
    cards = tomllib.loads((DEMO / "sources.toml").read_text("utf-8"))
    for card in (card for card in cards.values() if name in card.get("paths", [])):
        assert MARK in card["title_ja"] + card.get("attribution", "")


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".zip")])
def test_lines_end_in_one_way(name: str) -> None:
    data = (DEMO / name).read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\n")


# --- zones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ZONES)
def test_zones_are_valid_and_lie_around_the_city(name: str) -> None:
    around = outline().buffer(AROUND)
    assert all(zone.is_valid and not zone.is_empty and around.contains(zone) for zone, _ in features(name))


@pytest.mark.parametrize(("name", "field"), [("flood", "A31a_2"), ("flood_design", "A31a_1")])
def test_depths_of_one_river_lie_side_by_side(name: str, field: str) -> None:
    by_river = defaultdict(list)
    for zone, values in features(name):
        assert values[f"{field}05"] in range(1, 6)
        by_river[values[f"{field}02"]].append(zone)
    assert {"瀬田川", "大戸川", "真野川", "和邇川", "天神川", "吾妻川", "琵琶湖"} <= set(by_river)
    for zones in by_river.values():
        assert all(a.intersection(b).area < TINY for i, a in enumerate(zones) for b in zones[:i])


def test_the_design_scale_floods_less() -> None:
    area = {name: sum(zone.area for zone, _ in features(name)) for name in ("flood", "flood_design")}
    assert 0 < area["flood_design"] < area["flood"]


def test_each_red_zone_lies_in_a_yellow_one() -> None:
    yellow = [(zone, values["A33_001"]) for zone, values in features("landslide") if values["A33_002"] == 1]
    red = [(zone, values["A33_001"]) for zone, values in features("landslide") if values["A33_002"] == 2]
    assert {kind for _, kind in yellow} == {1, 2, 3}
    assert 40 <= len(red) < len(yellow)
    assert all(any(kind == k and zone.intersects(y) for y, k in yellow) for zone, kind in red)


def test_inland_zones_have_a_depth_each() -> None:
    assert all(values["depth_min_m"] < values["depth_max_m"] for _, values in features("inland"))


def test_the_register_and_the_zones_tell_one_story() -> None:
    """Sites called safe lie outside, or in shallow water; some of the others lie in the zones of their hazard."""
    sites = rows("sites.csv")
    safe = Counter(deepest(site, "flood", "A31a_205") for site in sites if site["洪水"] == "1")
    assert max(safe) <= 2
    assert safe[0] >= 0.8 * sum(safe.values())
    assert sum(deepest(site, "flood", "A31a_205") > 0 for site in sites if site["洪水"] != "1") >= 15
    slopes = {flag: [s for s in sites if s["崖崩れ、土石流及び地滑り"] == flag] for flag in ("1", "")}
    assert all(deepest(site, "landslide", "A33_002") == 0 for site in slopes["1"])
    assert {deepest(site, "landslide", "A33_002") for site in slopes[""]} == {0, 1, 2}


# --- people ----------------------------------------------------------------------------------------------------------


def mesh_centre(code: str) -> Point:
    return box(*mesh.bounds(int(code))).centroid


def test_the_census_counts_the_city() -> None:
    labels, *cells = rows("population_500m.csv", "cp932")
    assert labels["KEY_CODE"] == ""
    assert labels["T001141001"] == "　人口（総数）"
    assert 330_000 < sum(int(cell["T001141001"]) for cell in cells) < 350_000
    assert all(outline().contains(mesh_centre(cell["KEY_CODE"])) for cell in cells)
    assert len({cell["KEY_CODE"] for cell in cells}) == len(cells)


def test_suppressed_cells_and_those_that_count_them_name_each_other() -> None:
    cells = {cell["KEY_CODE"]: cell for cell in rows("population_500m.csv", "cp932")[1:]}
    named = {(code, cell["HTKSAKI"]) for code, cell in cells.items() if cell["HTKSYORI"] == "2"}
    gathered = {
        (other, code) for code, cell in cells.items() if cell["HTKSYORI"] == "1" for other in cell["GASSAN"].split(";")
    }
    assert named == gathered
    assert len(named) >= 10
    for cell in cells.values():
        assert (cell["T001141002"] == "*") == (cell["HTKSYORI"] == "2")


def test_ages_fit_into_the_people() -> None:
    for cell in rows("population_500m.csv", "cp932")[1:]:
        if cell["HTKSYORI"] == "0":
            total, men, women, children, adults, old, oldest, households = (
                int(value) for key, value in cell.items() if key.startswith("T001141")
            )
            assert men + women == total
            assert min(men, women, children, adults, old, oldest) >= 0
            assert children + adults + old <= total
            assert oldest <= old
            assert 1 <= households <= total


def flow_sums() -> dict[tuple[str, ...], int]:
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    for row in rows("flow_mesh.csv"):
        sums[row["year"], row["month"], row["dayflag"], row["timezone"]] += int(row["population"])
    return sums


def test_people_flow_has_every_month_and_leaves_few_people_out() -> None:
    assert min(int(row["population"]) for row in rows("flow_mesh.csv")) >= 10
    assert len(flow_sums()) == 2 * 12 * 3 * 3
    assert all(
        outline().buffer(0.01).contains(mesh_centre(code)) for code in {r["mesh1kmid"] for r in rows("flow_mesh.csv")}
    )


def test_people_flow_knows_day_night_season_and_year() -> None:
    def at(code: str, year: str, month: str, day: str, time: str) -> int:
        found = [
            int(row["population"])
            for row in rows("flow_mesh.csv")
            if [row[k] for k in ("mesh1kmid", "year", "month", "dayflag", "timezone")] == [code, year, month, day, time]
        ]
        return sum(found)

    station, homes, beach = "52354609", "52355721", "52356786"  # 大津駅, 仰木の里, 近江舞子
    assert at(station, "2019", "5", "1", "0") > at(station, "2019", "5", "1", "1")
    assert at(homes, "2019", "5", "1", "0") < at(homes, "2019", "5", "1", "1")
    assert at(beach, "2019", "8", "0", "0") > 1.3 * at(beach, "2019", "2", "0", "0")
    assert all(
        flow_sums()["2021", str(month), "1", "0"] < flow_sums()["2019", str(month), "1", "0"] for month in range(1, 13)
    )


def test_people_by_home_sum_to_those_in_the_meshes() -> None:
    sums: dict[tuple[str, ...], int] = defaultdict(int)
    for row in rows("flow_fromto.csv"):
        sums[row["year"], row["month"], row["dayflag"], row["timezone"]] += int(row["population"])
    assert sums.keys() == flow_sums().keys()
    assert all(abs(sums[key] - total) <= 2 for key, total in flow_sums().items())


# --- bus -------------------------------------------------------------------------------------------------------------

KEYS = (
    ("routes", "agency_id", "agency", "agency_id"),
    ("agency_jp", "agency_id", "agency", "agency_id"),
    ("routes_jp", "route_id", "routes", "route_id"),
    ("trips", "route_id", "routes", "route_id"),
    ("trips", "service_id", "calendar", "service_id"),
    ("trips", "shape_id", "shapes", "shape_id"),
    ("trips", "jp_office_id", "office_jp", "office_id"),
    ("stop_times", "trip_id", "trips", "trip_id"),
    ("stop_times", "stop_id", "stops", "stop_id"),
    ("calendar_dates", "service_id", "calendar", "service_id"),
    ("fare_rules", "fare_id", "fare_attributes", "fare_id"),
    ("fare_rules", "route_id", "routes", "route_id"),
)


@pytest.mark.parametrize(("table", "column", "parent", "key"), KEYS)
def test_bus_tables_refer_to_each_other(table: str, column: str, parent: str, key: str) -> None:
    known = {row[key] for row in gtfs()[parent]}
    assert {row[column] for row in gtfs()[table]} <= known


def test_bus_tables_have_one_row_a_key_and_none_is_idle() -> None:
    for table, key in (("stops", "stop_id"), ("trips", "trip_id"), ("routes", "route_id"), ("stops", "stop_name")):
        assert len({row[key] for row in gtfs()[table]}) == len(gtfs()[table])
    assert {row["stop_id"] for row in gtfs()["stop_times"]} == {row["stop_id"] for row in gtfs()["stops"]}
    assert len(gtfs()["routes"]) == 8
    assert 80 <= len(gtfs()["stops"]) <= 100
    assert 380 <= len(gtfs()["trips"]) <= 440


def test_every_stop_lies_in_the_city_and_has_its_name_in_english() -> None:
    assert all(outline().contains(place(stop, "stop_lon", "stop_lat")) for stop in gtfs()["stops"])
    english = {row["field_value"] for row in gtfs()["translations"] if row["language"] == "en"}
    assert {stop["stop_name"] for stop in gtfs()["stops"]} <= english


def seconds(text: str) -> int:
    hours, minutes, rest = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def shape_km() -> dict[str, float]:
    lengths: dict[str, float] = defaultdict(float)
    last: dict[str, tuple[float, float]] = {}
    for row in gtfs()["shapes"]:
        here = float(row["shape_pt_lon"]) * 111.2 * cos(radians(35.05)), float(row["shape_pt_lat"]) * 110.95
        before = last.get(row["shape_id"], here)
        lengths[row["shape_id"]] += hypot(here[0] - before[0], here[1] - before[1])
        last[row["shape_id"]] = here
    return lengths


def test_buses_run_forward_at_the_speed_of_a_bus() -> None:
    times = defaultdict(list)
    for row in gtfs()["stop_times"]:
        times[row["trip_id"]].append(seconds(row["arrival_time"]))
    for trip in gtfs()["trips"]:
        calls = times[trip["trip_id"]]
        assert all(a < b for a, b in pairwise(calls))
        assert 16 <= shape_km()[trip["shape_id"]] / (calls[-1] - calls[0]) * 3600 <= 26


def test_one_route_runs_past_midnight_and_the_valley_has_three_buses_a_day() -> None:
    route = {trip["trip_id"]: trip["route_id"] for trip in gtfs()["trips"]}
    assert len({route[row["trip_id"]] for row in gtfs()["stop_times"] if row["arrival_time"] >= "24:00:00"}) == 1
    valley = next(row["route_id"] for row in gtfs()["routes"] if row["route_short_name"] == "葛川線")
    count = Counter((t["service_id"], t["direction_id"]) for t in gtfs()["trips"] if t["route_id"] == valley)
    assert set(count.values()) == {3}
    assert len(count) == 6


def test_exactly_one_timetable_runs_each_day_and_holidays_have_their_own() -> None:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    changes = {(row["date"], row["service_id"]): row["exception_type"] for row in gtfs()["calendar_dates"]}
    day, running = date(2026, 4, 1), {}
    while day <= date(2027, 3, 31):
        for service in gtfs()["calendar"]:
            assert (service["start_date"], service["end_date"]) == ("20260401", "20270331")
            usual = service[names[day.weekday()]] == "1"
            if {"1": True, "2": False}.get(changes.get((f"{day:%Y%m%d}", service["service_id"]), ""), usual):
                running.setdefault(day, []).append(service["service_id"])
        day += timedelta(days=1)
    assert len(running) == 365
    assert all(len(services) == 1 for services in running.values())
    for holiday in ("2026-05-06", "2026-09-22", "2027-01-11", "2027-03-22"):
        assert running[date.fromisoformat(holiday)] == ["日祝"]


# --- events ----------------------------------------------------------------------------------------------------------


def test_events_are_in_the_city_in_one_year_but_for_one_and_invented() -> None:
    events = rows("events.csv")
    assert 20 <= len(events) <= 30
    assert len({event["ID"] for event in events}) == len(events)
    for event in events:
        assert event["備考"] == "訓練用の架空の予定"
        assert event["主催者"] == ""
        first, last = (date.fromisoformat(event[name]) for name in ("開始日", "終了日"))
        assert first <= last
        assert date(2026, 10, 1) <= first <= last <= date(2027, 9, 30) or event is fireworks()
        assert outline().contains(place(event))


def fireworks() -> dict[str, str]:
    """The one event that is past, of which something was measured."""
    [event] = (event for event in rows("events.csv") if event["開始日"] < "2026-10-01")
    return event


# --- devices and counters --------------------------------------------------------------------------------------------

EXTRA = ("2025-07-12", "2025-07-19", "2025-07-26")
"""Three Saturdays from noon; fireworks on the last."""


def port_cells() -> set[str]:
    """Cells of 1 km around the port."""
    here = place(fireworks())
    lon, lat = [here.x + dx / 80 for dx in (-1, 0, 1) for _ in range(3)], [here.y + dy / 120 for dy in (-1, 0, 1)] * 3
    return {str(code) for code in mesh.codes(lon, lat, 1000)}


def at_port(day: str) -> dict[int, int]:
    """Devices around the port by hour."""
    found: dict[int, int] = defaultdict(int)
    for row in rows("mesh_hour.csv"):
        if row["on_date"] == day and row["mesh_code"][:8] in port_cells():
            found[int(row["hour"])] += int(row["devices"])
    return found


def test_days_of_devices_are_two_whole_ones_and_the_afternoons_of_three_saturdays() -> None:
    hours = defaultdict(set)
    for row in rows("mesh_hour.csv"):
        hours[row["on_date"]].add(int(row["hour"]))
        assert int(row["devices"]) >= 10
    assert dict(hours) == {
        **{day: set(range(24)) for day in ("2025-06-06", "2025-06-07")},
        **{day: set(range(12, 24)) for day in EXTRA},
    }
    assert all(date.fromisoformat(day).weekday() == 5 for day in EXTRA)
    assert {row["time"][:10] for row in rows("counters.csv")} == set(hours)


def test_fireworks_fill_the_port_in_the_evening_alone() -> None:
    event = fireworks()
    assert (event["開始日"], event["終了日"], event["開始時間"], event["終了時間"]) == (
        EXTRA[2],
        EXTRA[2],
        "19:30",
        "20:30",
    )
    assert event["場所名称"] == "大津港" and MARK in event["イベント名"]
    usual, evening = at_port(EXTRA[1]), at_port(EXTRA[2])
    assert all(4 < evening[hour] / usual[hour] < 15 for hour in (19, 20))
    assert all(0.8 < evening[hour] / usual[hour] < 1.25 for hour in (12, 13, 14, 23))
    assert all(0.8 < at_port(EXTRA[0])[hour] / usual[hour] < 1.25 for hour in range(12, 24))


def test_visitors_of_the_fireworks_stand_on_land_near_the_port() -> None:
    lake = json.loads((ROOT / "geodata" / "basemap" / "lake.geojson").read_text("utf-8"))
    water = shape(lake["features"][0]["geometry"])
    counts = {
        day: {
            row["mesh_code"]: int(row["devices"])
            for row in rows("mesh_hour.csv")
            if (row["on_date"], row["hour"]) == (day, "20")
        }
        for day in EXTRA[1:]
    }
    usual, evening = counts[EXTRA[1]], counts[EXTRA[2]]
    fullest = sorted(set(usual) & set(evening), key=lambda code: usual[code] - evening[code])[:5]
    assert all(evening[code] > 3 * usual[code] for code in fullest)
    for code in fullest:
        cell = box(*mesh.bounds(int(code)))
        assert not water.contains(cell)
        assert cell.distance(place(fireworks())) < 0.009, "800 metres"


def test_counters_near_the_fireworks_count_those_who_come_and_those_who_go() -> None:
    def passed(day: str, direction: str, hours: range) -> int:
        return sum(
            int(row["count"])
            for row in rows("counters.csv")
            if row["site"] == "大津駅前（訓練用）" and row["direction"] == direction
            if row["time"].startswith(day) and int(row["time"][11:13]) in hours
        )

    for direction, hours in (("駅から", range(16, 20)), ("駅へ", range(20, 23))):
        assert passed(EXTRA[2], direction, hours) > 2 * passed(EXTRA[1], direction, hours)
