"""Two timetables side by side: every departure is counted on its side, and what has no other side stays unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
import shapely
from feeds import feed, times, timetable

from otsu_maps.transit import compare, edits, tables
from otsu_maps.transit.compare import Side
from otsu_maps.transit.served import served, stations
from otsu_maps.transit.timetable import Timetable

PLANE = 6674
DAY = date(2026, 11, 24)

TRIPS = "route_id,service_id,trip_id,trip_headsign,direction_id\n" + "".join(
    f"{line},W,{line}{number},,{way}\n" for line, number, way in (("R", 0, 0), ("R", 1, 0), ("R", 2, 1), ("Q", 0, 0))
)
CALLS = times(
    ("R0", [("1", "08:00:00"), ("2", "08:10:00"), ("3", "08:20:00")]),
    ("R1", [("1", "09:00:00"), ("2", "09:10:00"), ("3", "09:20:00")]),
    ("R2", [("3", "23:50:00"), ("2", "24:10:00"), ("1", "24:20:00")]),
    ("Q0", [("3", "12:00:00"), ("4", "12:15:00")]),
)


def unknown(value: Any) -> bool:
    return bool(pd.isna(value))


def town(**files: str | None) -> Timetable:
    return timetable(**{"trips": TRIPS, "stop_times": CALLS, **files})


def edited(made: Timetable, kind: str, route: str, value: str = "") -> Timetable:
    row = {"change": kind, "route": route, "direction": "", "from": "", "until": "", "value": value}
    found = edits.edited(made, pd.DataFrame([row]), DAY)
    assert not found.refused
    return found.timetable


def by_stop(table: pd.DataFrame, column: str) -> dict[str, float]:
    return dict(zip(table["stop_id"], table[column], strict=True))


def test_a_stop_has_what_departs_in_the_band_by_the_clock() -> None:
    made = town()
    whole = by_stop(served(made, DAY), "departures")
    assert whole == {"a:1": 2, "a:2": 3, "a:3": 2, "a:4": 0}, "0:10 comes from the day before, a last call is none"
    morning = served(made, DAY, 8 * 3600, 9 * 3600).set_index("stop_id")
    assert morning["departures"].to_dict() == {"a:1": 1, "a:2": 1, "a:3": 0, "a:4": 0}
    assert morning.loc["a:1", "first_s"] == 8 * 3600 and unknown(morning.loc["a:3", "first_s"])


def test_platforms_of_a_station_count_together_and_poles_alone() -> None:
    made = town(
        stops=(
            "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
            "S,大津駅,35.003,135.864,1,\n1,大津駅,35.003,135.864,0,S\n2,大津駅,35.0031,135.864,0,S\n"
            "3,膳所,34.999,135.879,0,\n4,石山,34.980,135.900,0,\n"
        )
    )
    found = served(made, DAY).set_index("stop_id")
    assert found["station_departures"].to_dict() == {"a:1": 5, "a:2": 5, "a:3": 2, "a:4": 0}
    assert stations(made).tolist() == [0, 0, 0, 3, 4]


def test_an_edit_shows_who_loses_most_first_and_matches_every_stop() -> None:
    before = town()
    table = compare.stops(Side(before, DAY), Side(edited(before, "remove_route", "10"), DAY), PLANE)
    assert list(table["stop_id"]) == ["a:2", "a:1", "a:3"] and set(table["matched"]) == {"id"}
    assert list(table["change"]) == [-3, -2, -1]
    assert by_stop(table, "departures_after") == {"a:2": 0, "a:1": 0, "a:3": 1}
    assert unknown(by_stop(table, "first_s_after")["a:1"])


def test_a_timetable_against_itself_changes_nothing() -> None:
    made = Side(town(), DAY)
    table, lines = compare.stops(made, made, PLANE), compare.routes(made, made)
    assert set(table["change"]) == {0} and set(lines["change"]) == {0}
    assert set(table["matched"]) | set(lines["matched"]) == {"id"}


def other_edition(stops: str) -> Timetable:
    calls = CALLS.replace(",4,", ",9,")
    return tables.of_feeds([feed("b.zip", trips=TRIPS, stop_times=calls, stops=stops)])


EDITION = (
    "stop_id,stop_name,stop_lat,stop_lon\n"
    "1,大津駅,35.003,135.864\n2,浜大津港,35.011,135.866\n3,膳所,34.999,135.879\n9,石　山,34.9805,135.900\n"
)


def test_another_edition_matches_by_id_and_name_then_by_name_nearby_and_the_rest_is_unknown() -> None:
    table = compare.stops(Side(town(), DAY), Side(other_edition(EDITION), DAY), PLANE)
    found = {row["name_ja"]: row for row in table.to_dict("records")}
    assert found["大津駅"]["matched"] == "id" and found["膳所"]["matched"] == "id"
    assert found["浜大津"]["matched"] == "before_only" and unknown(found["浜大津"]["departures_after"])
    assert found["浜大津港"]["matched"] == "after_only" and unknown(found["浜大津港"]["change"])
    assert set(table["matched"][-2:]) == {"before_only", "after_only"}, "what nobody knows comes last"


@pytest.mark.parametrize(("lat", "matched"), [(34.9805, "name"), (34.982, "after_only")])
def test_a_stop_of_the_same_name_is_the_same_within_100_m(lat: float, matched: str) -> None:
    back = CALLS + "Q0,12:20:00,12:20:00,3,3\n"  # so that something departs at the fourth stop
    old = town(stop_times=back)
    files = {"trips": TRIPS, "stop_times": back.replace(",4,", ",9,")}
    new = tables.of_feeds([feed("b.zip", **files, stops=EDITION.replace("34.9805", str(lat)))])
    table = compare.stops(Side(old, DAY), Side(new, DAY), PLANE)
    assert table[table["name_ja"] == "石　山"]["matched"].tolist() == [matched]


def test_ids_that_two_operators_both_use_match_only_with_the_same_name() -> None:
    strange = EDITION.replace("大津駅", "京都駅").replace("35.003,135.864", "34.985,135.758")
    table = compare.stops(Side(town(), DAY), Side(other_edition(strange), DAY), PLANE)
    assert "京都駅" in set(table[table["matched"] == "after_only"]["name_ja"])


def test_lines_count_trips_of_both_directions_and_the_headway_of_the_better_one() -> None:
    before = town()
    table = compare.routes(Side(before, DAY), Side(edited(before, "add_departures", "20", "13:00 14:00"), DAY))
    found = table.set_index("route_id")
    assert found.loc["a:R", "departures_before"] == 3 and found.loc["a:R", "headway_s_before"] == 3600
    assert (found.loc["a:Q", "departures_before"], found.loc["a:Q", "departures_after"]) == (1, 3)
    assert unknown(found.loc["a:Q", "headway_s_before"]) and found.loc["a:Q", "headway_s_after"] == 3600
    assert list(table["route_id"]) == ["a:R", "a:Q"]
    gone = compare.routes(Side(before, DAY), Side(edited(before, "remove_route", "20"), DAY)).set_index("route_id")
    assert gone.loc["a:Q", "departures_after"] == 0 and unknown(gone.loc["a:Q", "headway_s_after"])


def gap_rows(number: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": ["district", "district", "city"],
            "district_id": ["W", "E", None],
            "name_ja": ["西", "東", None],
            "name_en": None,
            **{
                f"gap_{each}_persons": [number, number, number * 2]
                for each in ("population", "age_65_over", "age_75_over")
            },
        }
    )


OUTLINES = [shapely.box(135.0, 34.0, 135.87, 36.0).wkb, shapely.box(135.87, 34.0, 137.0, 36.0).wkb]


def test_districts_add_up_and_the_one_that_loses_most_comes_first() -> None:
    before = town()
    table = compare.stops(Side(before, DAY), Side(edited(before, "remove_route", "20"), DAY), PLANE)
    found = compare.districts(table, gap_rows(10), gap_rows(12), OUTLINES)
    assert list(found["district_id"][:2]) == ["E", "W"] and list(found["row"])[2] == "city"
    assert list(found["departures_before"]) == [2, 5, 7] and list(found["departures_after"]) == [1, 5, 6]
    assert list(found["gap_population_persons_before"]) == [10, 10, 20]
    assert list(found["gap_population_persons_after"]) == [12, 12, 24]


def test_a_stop_without_another_side_leaves_its_district_unknown_and_no_other() -> None:
    table = compare.stops(Side(town(), DAY), Side(other_edition(EDITION), DAY), PLANE)
    found = compare.districts(table, gap_rows(1), gap_rows(1), OUTLINES).set_index("district_id")
    assert unknown(found.loc["W", "departures_after"]) and found.loc["W", "unmatched"] == 2
    assert found.loc["E", "change"] == 0
