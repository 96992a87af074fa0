"""Gaps: everybody is counted once, unknown is not zero, and more service never makes a gap larger."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps import geo, mesh
from otsu_maps.analysis.by_district import CITY, DISTRICT, NO_DISTRICT
from otsu_maps.analysis.residents import COUNTS, Residents, residents
from otsu_maps.transit import gaps
from otsu_maps.transit.gaps import Rule

PLANE = 6674
CODES = [5235_3600 + number for number in (0, 1, 2, 10, 11, 12)]
"""Six cells of 1 km: three columns, of which the last lies in no district."""


def bounds(codes: list[int]) -> list[np.ndarray]:
    return [np.array(edge) for edge in mesh.bounds_of(np.array(codes))]


@pytest.fixture(scope="module")
def people() -> Residents:
    west, south, _, north = bounds(CODES)
    cells = pd.DataFrame(
        {
            "mesh_code": CODES,
            "population_persons": [100.0, 200.0, 30.0, np.nan, 400.0, 0.0],
            "age_65_over_persons": [40.0, np.nan, 10.0, np.nan, 100.0, 0.0],
            "age_75_over_persons": [20.0, np.nan, 5.0, np.nan, 60.0, 0.0],
            "is_suppressed": [False, True, False, False, False, False],
        }
    )
    edges = sorted(set(west.round(9)))
    left, right = (shapely.box(low, south.min(), high, north.max()).wkb for low, high in pairwise(edges))
    districts = pd.DataFrame({"district_id": ["L", "R"], "name_ja": "", "name_en": None, "geom": [left, right]})
    return residents(cells, districts, PLANE)


def middle(code: int) -> tuple[float, float]:
    west, south, east, north = (float(edge[0]) for edge in bounds([code]))
    return (west + east) / 2, (south + north) / 2


def stops(*rows: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lon", "lat", "departures"], dtype=float)


def by_row(found: gaps.Gaps, column: str) -> dict[str, float]:
    return {str(row["district_id"] or row["row"]): row[column] for _, row in found.table.iterrows()}


def test_without_a_stop_everybody_known_is_in_a_gap_and_the_unknown_are_told_apart(people: Residents) -> None:
    found = gaps.gaps(people, stops(), [])
    assert by_row(found, "gap_population_persons") == pytest.approx({"L": 100, "R": 600, NO_DISTRICT: 30, CITY: 730})
    assert by_row(found, "gap_unknown_cell_count") == {"L": 1, "R": 0, NO_DISTRICT: 0, CITY: 1}
    assert by_row(found, "gap_age_75_over_persons") == pytest.approx({"L": 20, "R": 60, NO_DISTRICT: 5, CITY: 85})
    assert by_row(found, "age_unknown_cell_count")[CITY] == 1, "ages of the suppressed cell stand in another one"


def test_a_stop_serves_its_cell_only_with_departures_enough(people: Residents) -> None:
    one = stops((*middle(CODES[1]), 2))
    assert by_row(gaps.gaps(people, one, [], Rule(departures=2)), "gap_population_persons")["R"] == pytest.approx(400)
    assert by_row(gaps.gaps(people, one, [], Rule(departures=3)), "gap_population_persons")["R"] == pytest.approx(600)


def test_a_station_serves_without_a_timetable_and_by_its_own_distance(people: Residents) -> None:
    lon, lat = middle(CODES[0])
    station = [(lon + 0.006, lat)]  # some 550 m east
    assert by_row(gaps.gaps(people, stops(), station), "gap_population_persons")["L"] == pytest.approx(0)
    near = gaps.gaps(people, stops(), station, Rule(station_m=300))
    assert by_row(near, "gap_population_persons")["L"] == pytest.approx(100)


def test_a_stop_without_a_position_serves_nobody_and_is_listed(people: Residents) -> None:
    lost = stops((np.nan, np.nan, 5), (np.nan, np.nan, 0), (*middle(CODES[0]), 5)).assign(stop_id=["a", "b", "c"])
    found = gaps.gaps(people, lost, [])
    assert list(found.unplaced["stop_id"]) == ["a"]
    assert by_row(found, "gap_population_persons")["L"] == pytest.approx(0)


def test_the_map_tells_served_gap_unknown_and_empty_apart(people: Residents) -> None:
    found = gaps.gaps(people, stops((*middle(CODES[0]), 1)), [])
    of_cell = dict(zip(people.cell.tolist(), gaps.states(people, found.is_served), strict=True))
    assert [of_cell[cell] for cell in range(6)] == ["served", "gap", "gap", "unknown", "gap", "empty"]
    aged = dict(zip(people.cell.tolist(), gaps.states(people, found.is_served, COUNTS[2]), strict=True))
    assert [aged[cell] for cell in range(6)] == ["served", "empty", "gap", "unknown", "gap", "empty"]


def test_a_share_is_of_the_known_people_and_none_where_nobody_lives() -> None:
    row = pd.Series({"population_persons": 200.0, "gap_population_persons": 50.0})
    assert gaps.share_in_gap(row) == 0.25
    assert gaps.share_in_gap(row * 0) is None and gaps.share_in_gap(row * np.nan) is None


west, south, east, north = bounds(CODES)
lons = st.floats(float(west.min()) - 0.01, float(east.max()) + 0.01)
lats = st.floats(float(south.min()) - 0.01, float(north.max()) + 0.01)
places = st.lists(st.tuples(lons, lats, st.integers(0, 4)), max_size=6)
rules = st.builds(Rule, stop_m=st.floats(1, 3000), station_m=st.floats(1, 3000), departures=st.integers(1, 4))


@settings(max_examples=80, deadline=None)
@given(places, st.lists(st.tuples(lons, lats), max_size=3), rules, st.floats(0, 2000), st.integers(0, 3))
def test_a_longer_reach_never_adds_people_to_a_gap_and_more_departures_never_take_any_out(
    people: Residents,
    rows: list[tuple[float, float, int]],
    stations: list[tuple[float, float]],
    rule: Rule,
    metres: float,
    more: int,
) -> None:
    found = gaps.gaps(people, stops(*rows), stations, rule)
    wider = gaps.gaps(people, stops(*rows), stations, Rule(rule.stop_m + metres, rule.station_m, rule.departures))
    farther = gaps.gaps(people, stops(*rows), stations, Rule(rule.stop_m, rule.station_m + metres, rule.departures))
    stricter = gaps.gaps(people, stops(*rows), stations, Rule(rule.stop_m, rule.station_m, rule.departures + more))
    for counted in COUNTS:
        column = f"gap_{counted}"
        assert (wider.table[column] <= found.table[column] + 1e-9).all()
        assert (farther.table[column] <= found.table[column] + 1e-9).all()
        assert (stricter.table[column] >= found.table[column] - 1e-9).all()
        assert (found.table[column] <= found.table[counted] + 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(places, st.lists(st.tuples(lons, lats), max_size=3), rules)
def test_it_agrees_with_measuring_each_distance_and_districts_add_up(
    people: Residents, rows: list[tuple[float, float, int]], stations: list[tuple[float, float]], rule: Rule
) -> None:
    found = gaps.gaps(people, stops(*rows), stations, rule)
    told = {DISTRICT: 0.0, NO_DISTRICT: 0.0, CITY: 0.0}
    for kind, number in zip(found.table["row"], found.table["gap_population_persons"], strict=True):
        told[kind] += number
    often = [(lon, lat, rule.stop_m) for lon, lat, departures in rows if departures >= rule.departures]
    allowed = [*often, *((lon, lat, rule.station_m) for lon, lat in stations)]
    expected = 0.0
    for shape, cell, share in zip(people.shapes, people.cell, people.share, strict=True):
        number = people.counts["population_persons"][cell] * share
        reached = False
        for lon, lat, metres in allowed:
            point = gpd.GeoSeries.from_xy([lon], [lat], crs=geo.LON_LAT).to_crs(PLANE)[0]
            reached |= shape.centroid.distance(point) <= metres
        expected += 0.0 if reached or np.isnan(number) else number
    assert told[CITY] == pytest.approx(expected) == pytest.approx(told[DISTRICT] + told[NO_DISTRICT])
