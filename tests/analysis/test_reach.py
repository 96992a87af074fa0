"""Reach: everybody is counted once, and a place more never takes anybody out of reach."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps import geo, mesh
from otsu_maps.analysis.reach import reach
from otsu_maps.analysis.residents import Residents, residents

PLANE = 6674
CODES = [5235_3600 + number for number in (0, 1, 10, 11)]
"""Four cells of 1 km."""


@pytest.fixture(scope="module")
def people() -> Residents:
    west, south, east, north = (np.array(edge) for edge in mesh.bounds_of(np.array(CODES)))
    cells = pd.DataFrame(
        {
            "mesh_code": CODES,
            "population_persons": [100.0, 200.0, np.nan, 400.0],
            "age_65_over_persons": np.nan,
            "age_75_over_persons": np.nan,
            "is_suppressed": False,
        }
    )
    left, right = (
        shapely.box(low, south.min(), high, north.max()).wkb
        for low, high in ((west.min(), east.min()), (east.min(), 136))
    )
    districts = pd.DataFrame({"district_id": ["L", "R"], "name_ja": "", "name_en": None, "geom": [left, right]})
    return residents(cells, districts, PLANE)


def middle(code: int) -> tuple[float, float]:
    west, south, east, north = (float(edge[0]) for edge in mesh.bounds_of(np.array([code])))
    return (west + east) / 2, (south + north) / 2


def test_without_a_place_everybody_is_far_and_unknown_people_are_not_counted(people: Residents) -> None:
    found = reach(people, [], 1000)
    assert {key: (each.residents, each.far) for key, each in found.items()} == {"L": (100, 100), "R": (600, 600)}


def test_a_place_in_a_cell_is_in_reach_of_its_people_alone_where_the_reach_is_short(people: Residents) -> None:
    found = reach(people, [middle(CODES[1])], 300)
    assert (found["L"].far, found["R"].far) == (100, 400)
    assert found["R"].share_far == pytest.approx(400 / 600)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(135.9, 136.1), st.floats(34.9, 35.1)), max_size=5),
    st.tuples(st.floats(135.9, 136.1), st.floats(34.9, 35.1)),
    st.floats(1, 20000),
)
def test_one_place_more_or_a_longer_reach_leaves_nobody_out(
    people: Residents, places: list[tuple[float, float]], other: tuple[float, float], metres: float
) -> None:
    fewer, more, longer = reach(people, places, metres), reach(people, [*places, other], metres), None
    longer = reach(people, places, metres * 2)
    for key in fewer:
        assert more[key].far <= fewer[key].far and longer[key].far <= fewer[key].far
        assert fewer[key].residents == more[key].residents


def test_it_agrees_with_measuring_each_distance(people: Residents) -> None:
    places, metres = [middle(CODES[0]), middle(CODES[3])], 900.0
    at = gpd.GeoSeries.from_xy(*zip(*places, strict=True), crs=geo.LON_LAT).to_crs(PLANE)
    far = {"L": 0.0, "R": 0.0}
    for shape, cell, district, share in zip(people.shapes, people.cell, people.district, people.share, strict=True):
        number = people.counts["population_persons"][cell] * share
        if min(shape.centroid.distance(point) for point in at) > metres and not np.isnan(number):
            far["LR"[district]] += number
    found = reach(people, places, metres)
    assert {key: each.far for key, each in found.items()} == {key: round(number) for key, number in far.items()}
