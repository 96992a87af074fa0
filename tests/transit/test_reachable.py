"""What is reached grows with the minutes, nobody is counted twice, and each shape is what its discs make it."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from test_travel import H, M, build, line, net_of
from timetables import BUSY_S, EAST_M, LAT, LON, PLANE, World, worlds

from otsu_maps import geo, mesh
from otsu_maps.analysis.residents import Residents, residents
from otsu_maps.transit import reachable, travel
from otsu_maps.transit.places import at_place, at_stop, places
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.walk import Walking


@pytest.fixture(scope="module")
def people() -> Residents:
    """Cells of 1 km around the stops of the tests; of one nobody knows how many live there."""
    first = int(mesh.codes([LON], [LAT], 1000)[0])
    codes = [first, first + 1, first + 2]
    west, south, east, north = (np.array(edge) for edge in mesh.bounds_of(np.array(codes)))
    numbers = {"population_persons": [100.0, 200.0, np.nan], "age_65_over_persons": [30.0, np.nan, np.nan]}
    cells = pd.DataFrame({"mesh_code": codes, "age_75_over_persons": np.nan, "is_suppressed": False} | numbers)
    box = shapely.box(west.min(), south.min(), east.max(), north.max()).wkb
    districts = pd.DataFrame({"district_id": ["A"], "name_ja": ["東"], "name_en": None, "geom": [box]})
    return residents(cells, districts, PLANE)


def test_people_are_reached_where_they_live_and_unknown_numbers_are_not_counted(people: Residents) -> None:
    middles = shapely.get_coordinates(shapely.centroid(people.shapes))
    lon, lat = geo.to_degrees(*zip(*middles, strict=True), PLANE)[0]  # type: ignore[arg-type]
    net = net_of([0, 9000], line(0, 8 * H, 0, 1))
    homes = reachable.homes(net, people)
    travel_s = travel.earliest(net, at_place(net, lon, lat), 8 * H).places_s(homes)
    found = reachable.people_within(people, travel_s, (1, 30))
    assert found["population_persons_all"].tolist() == [300, 300]
    assert found["population_persons"].tolist()[0] == 100
    assert found["age_65_over_persons"].tolist()[0] == 30
    assert found["age_75_over_persons_all"].isna().all()
    everybody = reachable.people_within(people, np.zeros(len(homes.at), np.int32), (15,))
    assert everybody["population_persons"].tolist() == [300]
    nobody = reachable.people_within(people, np.full(len(homes.at), NEVER, np.int32), (15,))
    assert nobody["population_persons"].tolist() == [0]


def test_residents_of_another_plane_are_refused(people: Residents) -> None:
    net = net_of([0, 1], line(0, 8 * H, 0, 1))
    other = dataclasses.replace(net, plane_epsg=6675)
    with pytest.raises(ValueError, match="6675"):
        reachable.homes(other, people)


def test_facilities_are_counted_by_minutes() -> None:
    net = net_of([0, 5000], line(0, 8 * H, 0, 1))
    schools = places(net, LON + np.array([0, 5000, 5400, 20000]) * EAST_M, np.full(4, LAT))
    travel_s = travel.earliest(net, at_stop(net, 0), 8 * H).places_s(schools)
    found = reachable.places_within(travel_s, (4, 5, 15))
    assert found["places"].tolist() == [1, 2, 3]
    assert found["all"].tolist() == [4, 4, 4]


@settings(max_examples=60, deadline=None)
@given(worlds(), st.data())
def test_areas_are_the_union_of_every_disc_and_grow(world: World, data: st.DataObject) -> None:
    net = build(world, Walking())
    origin = at_stop(net, data.draw(st.integers(0, len(world.places) - 1)))
    reached = travel.earliest(net, origin, BUSY_S)
    minutes = (5, 15, 40)
    shapes = reachable.areas(reached, minutes)
    before = shapely.Polygon()
    for limit, shape in zip(minutes, shapes, strict=True):
        plane = gpd.GeoSeries([shape], crs=geo.LON_LAT).to_crs(PLANE)[0]
        discs = []
        for stop, at in enumerate(net.at):
            left_s = BUSY_S + limit * M - int(reached.arrived_s[stop])
            if left_s > 0 and np.isfinite(at).all():
                metres = min(left_s * net.walking.speed_m_s / net.walking.detour, net.walking.place_m)
                discs.append(shapely.Point(at).buffer(metres, quad_segs=reachable.CORNERS))
        if np.isfinite(origin.at).all():
            metres = min(limit * M * net.walking.speed_m_s / net.walking.detour, net.walking.direct_m)
            discs.append(shapely.Point(origin.at).buffer(metres, quad_segs=reachable.CORNERS))
        whole = shapely.union_all(discs)
        # A disc inside another is left out; its corners may stick out by the flatness of the other's edge.
        assert plane.symmetric_difference(whole).area <= 0.005 * whole.area + 1
        assert before.difference(plane).area <= 0.005 * before.area + 1
        before = plane
    assert all(shape.is_valid for shape in shapes)
