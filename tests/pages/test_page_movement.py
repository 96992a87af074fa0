"""The page of movement: each view says what the tables of the snapshot say, and what is not known."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from app_page import alone, opened, texts
from streamlit.testing.v1 import AppTest

from etl import build, cards, publish
from otsu_maps import config, mesh
from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.queries import flow, moves
from otsu_maps.ui import movement_data, movement_files, movement_hours, movement_rooms
from otsu_maps.ui.movement import VIEWS

FRIDAY, SATURDAY = date(2025, 6, 6), date(2025, 6, 7)
SETA = "D18"


def html(app: AppTest) -> str:
    return "".join(str(each.proto.body) for each in app.get("html"))


def layer(app: AppTest, name: str) -> list[dict[str, Any]]:
    drawn = json.loads(app.get("deck_gl_json_chart")[0].proto.json)["layers"]
    found: list[dict[str, Any]] = next(each for each in drawn if each["id"] == name)["data"]
    return found


def whole(column: pd.Series) -> list[int]:
    return [int(each.replace(",", "")) for each in column]


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens_on_the_demo_and_is_marked(demo: Snapshot, view: str, lang: str) -> None:
    app = opened("movement", lang, view=view)
    assert not app.exception and not app.error
    assert say("movement.title", lang) in texts(app)
    assert 'class="otsu-demo"' in html(app)
    if view != "profile":
        assert len(app.dataframe) == 1 and len(app.dataframe[0].value) > 10
    if view != "rooms":
        assert say("movement.smallest", lang, k=10) in texts(app)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_without_data_each_view_says_what_is_missing_and_where_to_look(data_dir: Path, lang: str) -> None:
    city = config.city()
    known = cards.registry(city, cards.DEMO)
    for source in ("flow_hours", "flow_trips", "flow_counters", "flow_mesh"):
        known[source] = replace(known[source], paths=())
    publish.publish(build.build(city, known).snapshot_id)
    missing = {
        "hours": ["movement.no_hours"],
        "difference": ["movement.no_difference"],
        "pairs": ["movement.no_trips"],
        "profile": ["movement.no_hours", "movement.no_trips", "movement.no_counters"],
        "rooms": ["flow.none"],
    }
    assert list(missing) == list(VIEWS)
    for view, keys in missing.items():
        app = opened("movement", lang, view=view)
        assert not app.exception and not app.error and not app.dataframe
        assert [each.value for each in app.warning] == [say(key, lang) for key in keys]


def test_an_hour_on_the_map_is_the_hour_of_the_table_and_of_the_snapshot(demo: Snapshot) -> None:
    app = opened("movement", day="2025-06-06", hour="13")
    rows = {str(row["mesh_code"]): row["devices"] for row in moves.cells(demo, FRIDAY, 13)}
    table = app.dataframe[0].value
    assert dict(zip(table.iloc[:, 0], table.iloc[:, 2], strict=True)) == rows
    assert sorted(each["label"].rpartition("\n")[2] for each in layer(app, "mesh")) == sorted(
        f"{number:,} 台" for number in rows.values()
    )
    sizes = {each["label"].partition("（")[2].partition(" m")[0] for each in layer(app, "mesh")}
    assert sizes == {"500", "1,000"}


def test_colours_mean_the_same_at_every_hour_of_a_day(demo: Snapshot) -> None:
    legends, fills = [], []
    for hour in ("3", "13"):
        app = opened("movement", day="2025-06-06", hour=hour)
        legends.append(next(each.proto.body for each in app.get("html") if "otsu-swatch" in each.proto.body))
        fills.append({each["label"].split("（")[1]: each["fill"] for each in layer(app, "mesh")})
    assert legends[0] == legends[1]
    both = set(fills[0]) & set(fills[1])
    assert len(both) > 10 and all(fills[0][each] == fills[1][each] for each in both)


def test_the_view_of_the_map_does_not_move_with_the_hour(demo: Snapshot) -> None:
    views = [
        json.loads(opened("movement", hour=hour).get("deck_gl_json_chart")[0].proto.json)["initialViewState"]
        for hour in ("3", "13")
    ]
    assert views[0] == views[1]


def test_playing_goes_on_hour_by_hour_and_stops_at_the_end_of_the_day(demo: Snapshot) -> None:
    app = alone("movement", hour="21")
    app.button(key="movement_play").click().run()
    shown = []
    for _ in range(4):
        shown.append(app.select_slider[0].value)
        app.run()
    assert shown[:3] == ["21", "22", "23"] and shown[3] == "23"
    assert not app.session_state[movement_hours.PLAYING]
    assert app.button(key="movement_play").label == say("movement.play", "ja")


def test_stop_stops_and_the_hour_stays(demo: Snapshot) -> None:
    app = alone("movement")
    app.button(key="movement_play").click().run()
    assert app.button(key="movement_play").label == say("movement.stop", "ja")
    app.button(key="movement_play").click().run()
    before = app.select_slider[0].value
    app.run()
    assert app.select_slider[0].value == before


def test_a_difference_is_after_less_before_and_unknown_where_either_is(demo: Snapshot) -> None:
    query = {"before_day": "2025-06-06", "before_hour": "8", "after_day": "2025-06-07", "after_hour": "8"}
    app = opened("movement", view="difference", **query)
    table = app.dataframe[0].value
    sides = [{str(row["mesh_code"]): row["devices"] for row in moves.cells(demo, on, 8)} for on in (FRIDAY, SATURDAY)]
    code, change, _, before, after, summed = range(6)
    same = [row for row in table.itertuples(index=False) if row[code] in sides[0] and row[code] in sides[1]]
    assert len(same) > 100
    for row in same:
        first, second = (side[row[code]] for side in sides)
        assert (row[before], row[after]) == (f"{first:,}", f"{second:,}")
        assert int(row[change].replace(",", "")) == second - first
    unknown = say("app.unknown", "ja")
    assert {
        row[change] == unknown for row in table.itertuples(index=False) if unknown in (row[before], row[after])
    } == {True}
    assert say("movement.yes", "ja") in set(table.iloc[:, summed])
    assert len(layer(app, "differences")) == len(layer(app, "signs")) == len(table)


def test_two_months_of_people_present_compare_too(demo: Snapshot) -> None:
    app = opened("movement", view="difference", of="people", before="2019-07", after="2021-07")
    first, second = (
        {row["mesh_code"]: row["population_persons"] for row in flow.cells(demo, year, 7, "weekday", "noon")}
        for year in (2019, 2021)
    )
    more = sum(second[code] > first[code] for code in set(first) & set(second))
    less = sum(second[code] < first[code] for code in set(first) & set(second))
    unknown = len(set(first) ^ set(second))
    about = {"before": "2019-07", "after": "2021-07", "more": more, "less": less, "unknown": unknown}
    assert say("movement.difference", "ja", **about) in texts(app)
    assert say("movement.devices_are", "ja") not in texts(app), "these are no devices"


@pytest.mark.parametrize("query", [{}, {"zone": SETA, "top": "100"}, {"at": "8"}, {"at": "none", "top": "50"}])
def test_the_arcs_are_the_rows_of_the_table(demo: Snapshot, query: dict[str, str]) -> None:
    app = opened("movement", view="pairs", **query)
    rows = [f"{row[0]} → {row[1]}\n{row[2]} 回（{row[3]}）" for row in app.dataframe[0].value.itertuples(index=False)]
    assert rows and [each["label"] for each in layer(app, "arcs")][::-1] == rows
    numbers = whole(app.dataframe[0].value.iloc[:, 2])
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_zones_that_nobody_can_place_stand_in_the_table_without_a_map(
    demo: Snapshot, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setattr(movement_data, "places", lambda *_: {})
    app = opened("movement", lang, view="pairs")
    assert not app.exception and not app.error and not app.get("deck_gl_json_chart")
    assert say("movement.no_places", lang) in texts(app) and len(app.dataframe[0].value) == 20


def test_mesh_cells_as_zones_lie_in_the_middle_of_their_cells(demo: Snapshot) -> None:
    found = movement_data.places(demo.id, "mesh1000", ("52353684", "outside", "99999999"))
    assert set(found) == {"52353684"}
    assert movement_data.places(demo.id, "named", ("52353684", "A")) == {}
    lon, lat = found["52353684"]
    assert mesh.codes([lon], [lat], 1000).tolist() == [52353684]


def test_into_and_out_of_a_district_are_the_sums_of_the_snapshot(demo: Snapshot) -> None:
    app = opened("movement", view="pairs", zone=SETA, day_type="holiday")
    sql = """
        SELECT sum(trips) FILTER (destination = $1 AND origin <> $1) AS into_it,
          sum(trips) FILTER (origin = $1 AND destination <> $1) AS out_of_it,
          sum(trips) FILTER (origin = $1 AND destination = $1) AS inside
        FROM od_hour WHERE day_type = 'holiday' AND zones = 'district'
    """.replace("$1", f"'{SETA}'")
    [row] = demo.rows(sql)
    about = {"into": row["into_it"], "out": row["out_of_it"], "within": row["inside"]}
    assert say("movement.into_and_out", "ja", name="瀬田学区", **about) in texts(app)
    ends = app.dataframe[0].value.iloc[:, :2]
    assert all("瀬田学区" in row for row in ends.itertuples(index=False))


def test_a_pair_without_hours_says_so_and_is_in_no_hour(demo: Snapshot) -> None:
    without = {(row["origin"], row["destination"]) for row in moves.trips(demo, "district", "weekday", None)}
    app = opened("movement", view="pairs", at="none", top="100")
    assert set(app.dataframe[0].value.iloc[:, 3]) == {say("movement.no_time", "ja")}
    at_eight = opened("movement", view="pairs", at="8", top="100")
    assert set(at_eight.dataframe[0].value.iloc[:, 3]) == {"8:00"}
    assert say("movement.without_hour", "ja", count=len(without)) in texts(at_eight)


def test_a_day_by_hours_says_its_peak_in_words(demo: Snapshot) -> None:
    told = texts(opened("movement", view="profile"))
    most = max(moves.hours(demo, FRIDAY), key=lambda row: row["devices"])
    assert f"2025-06-06：最も多いのは {most['hour']}:00（{most['devices']:,}）" in told
    sites = moves.counters(demo)
    passed = [row for row in moves.passages(demo, sites[0]["site_id"]) if row["on_date"] == SATURDAY]
    for direction in {row["direction"] for row in passed}:
        most = max((row for row in passed if row["direction"] == direction), key=lambda row: row["passages"])
        assert f"{direction}：最も多いのは {most['hour']}:00（{most['passages']:,}）" in told
    without = sum(row["trips"] for row in moves.trips(demo, "district", "weekday", None))
    assert say("movement.trips_without_hour", "ja", day=say("day.weekday", "ja"), trips=without) in told


def test_people_present_are_those_of_the_cells_and_the_sentence_is_of_the_first_row(demo: Snapshot) -> None:
    rooms = movement_rooms.rooms_of("flood", 2021, 12, "weekday")
    assert rooms is not None and len(rooms) == 18
    for name, band in (("day", "noon"), ("night", "night")):
        of_cells = sum(row["population_persons"] for row in flow.cells(demo, 2021, 12, "weekday", band))
        of_districts = sum(getattr(room, name) or 0 for room in rooms)
        assert 0.9 * of_cells < of_districts <= of_cells + 1, "border cells lie in part beyond the city"
    app = opened("movement", view="rooms", hazard="flood")
    first = app.dataframe[0].value.iloc[0]
    worst = min(
        rooms, key=lambda room: min((s for t in ("day", "night") if (s := room.spare(t)) is not None), default=0)
    )
    assert f"{-min(worst.spare('day') or 0, worst.spare('night') or 0):,.0f} 人分足りません" in texts(app)
    assert f"{first.iloc[0]}の" in texts(app)
    unknown = next(room for room in rooms if room.capacity is None)
    assert unknown.spare("day") is None
    for sentence in ("movement.who_counts", "movement.rooms_method", "exposure.synthetic"):
        assert say(sentence, "ja") in texts(app)


def test_where_no_capacity_is_known_nothing_is_said_to_be_enough(
    demo: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(movement_rooms.exposure, "room_against", lambda _: {})
    app = opened("movement", view="rooms", hazard="flood", month="2021-12")
    about = {"hazard": "洪水", "month": "2021-12", "day_type": say("day.weekday", "ja")}
    assert say("movement.nothing_known", "ja", **about) in texts(app)
    assert say("movement.no_lack", "ja", **about) not in texts(app)
    assert set(app.dataframe[0].value.iloc[:, 4]) == {say("app.unknown", "ja")}


def test_the_same_month_of_a_hazard_with_no_limits_has_more_room(demo: Snapshot) -> None:
    held = {
        hazard: sum(room.capacity or 0 for room in movement_rooms.rooms_of(hazard, 2021, 12, "weekday") or ())
        for hazard in ("flood", "earthquake")
    }
    assert held["flood"] != held["earthquake"], "the hazard decides which places count"


def test_files_carry_the_mark_of_the_demo_and_shapes_in_lon_and_lat(demo: Snapshot) -> None:
    table = movement_data.day(demo.id, "2025-06-06")
    cells = gpd.read_parquet(io.BytesIO(movement_files.cells(table, "ja")))
    assert len(cells) == len(table) and set(cells[movement_files.MARK]) == {say("app.demo_mark", "ja")}
    assert cells.crs.to_epsg() == 4326
    west, south, east, north = cells.total_bounds
    assert 135.7 < west < east < 136.1 and 34.7 < south < north < 35.4
    trips = pd.DataFrame(movement_data.trips(demo.id, "district", "weekday", "all"))
    places = movement_data.places(demo.id, "district", ())
    lines = gpd.read_parquet(io.BytesIO(movement_files.arcs(trips, places, "en")))
    assert len(lines) == len(trips) and set(lines[movement_files.MARK]) == {say("app.demo_mark", "en")}
    drawn = lines[~lines.geometry.is_empty]
    assert set(drawn.geom_type) == {"LineString"} and (drawn["origin"] != drawn["destination"]).all()
    first = drawn.iloc[0]
    assert first.geometry.coords[0] == pytest.approx(places[first["origin"]])
    assert first.geometry.coords[-1] == pytest.approx(places[first["destination"]])
    text = movement_files.csv(trips, "ja").decode("utf-8-sig").splitlines()
    assert text[0].startswith(movement_files.MARK) and all(
        line.startswith(say("app.demo_mark", "ja")) for line in text[1:]
    )


def test_a_stated_limit_is_told_as_it_is(demo: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movement_data.moves, "least", lambda _: {"stated": 25, "smallest": 25})
    movement_data._least.clear()
    try:
        assert say("movement.withheld", "ja", k=25) in texts(opened("movement"))
    finally:
        movement_data._least.clear()
