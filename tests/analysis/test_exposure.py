"""People inside the zones: the same as counted square by square, nobody lost, nobody twice, unknown never outside."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import subcells
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real
from subcells import PLANE, SIDE, Rectangle, Town

from otsu_maps import config, mesh
from otsu_maps.analysis.exposure import CITY, DISTRICT, NO_DISTRICT, STEPS, drawable, exposure, shortfall, steps
from otsu_maps.analysis.residents import Residents, residents
from otsu_maps.db.reader import Snapshot
from otsu_maps.queries import areas
from otsu_maps.queries import exposure as asked

CLOSE, MOST = 5e-4, 5000
"""Squares of one cell differ by less in metres, where parallels are bent and edges straight; the emptiest square drawn
here, of a cell with 1,000 people, holds far more than that share of the fullest cell."""


@st.composite
def rectangles(draw: st.DrawFn) -> Rectangle:
    west, east = sorted(draw(st.tuples(st.integers(0, SIDE), st.integers(0, SIDE)).filter(lambda p: p[0] != p[1])))
    south, north = sorted(draw(st.tuples(st.integers(0, SIDE), st.integers(0, SIDE)).filter(lambda p: p[0] != p[1])))
    return west, south, east, north


towns = st.builds(
    Town,
    people=st.lists(st.none() | st.just(0) | st.integers(1000, MOST), min_size=9, max_size=9),
    districts=st.lists(rectangles(), max_size=4),
    zones=st.lists(st.tuples(st.sampled_from(STEPS), rectangles()), max_size=8),
    coverage=st.lists(rectangles(), max_size=3),
    water=st.lists(rectangles(), max_size=2),
    outline=st.none() | rectangles(),
)


def living(town: Town) -> Residents:
    outline = subcells.wkb(town.outline) if town.outline else None
    water = [subcells.wkb(rectangle) for rectangle in town.water]
    return residents(subcells.cells(town), subcells.districts(town), PLANE, water, outline)


def exposed(town: Town) -> pd.DataFrame:
    return exposure(living(town), subcells.zones(town), subcells.coverage(town))


def row(frame: pd.DataFrame, kind: str, number: int | None = None) -> dict[str, Any]:
    of_kind = frame[frame["row"] == kind]
    found = of_kind if number is None else of_kind[of_kind["district_id"] == f"D{number}"]
    return {str(name): value for name, value in found.iloc[0].items()}


@settings(max_examples=150, deadline=None)
@given(towns)
def test_every_figure_is_what_counting_square_by_square_gives(town: Town) -> None:
    frame, counts = exposed(town), subcells.counted(town)
    seen = 0.0
    for found in frame.to_dict("records"):
        if found["row"] == CITY or np.isnan(found["population_persons"]):
            continue
        district = int(found["district_id"][1:]) if found["row"] == DISTRICT else None
        for step in (*STEPS, "outside", "uncovered"):
            right = counts.get((district, step), 0.0)
            shown = found.get(f"{step}_persons", 0.0)
            assert shown == pytest.approx(right, rel=CLOSE, abs=CLOSE * MOST), (district, step)
            seen += shown
    assert seen == pytest.approx(sum(counts.values()), rel=CLOSE)


@settings(max_examples=150, deadline=None)
@given(towns)
def test_nobody_is_lost_and_nobody_counts_twice(town: Town) -> None:
    ground, frame = living(town), exposed(town)
    parts = frame["inside_persons"] + frame["outside_persons"] + frame["uncovered_persons"]
    assert np.allclose(parts, frame["population_persons"], rtol=1e-9, atol=1e-6, equal_nan=True)
    by_step = sum((frame[f"{step}_persons"] for step in steps(frame)), start=frame["inside_persons"] * 0)
    assert np.allclose(by_step, frame["inside_persons"], rtol=1e-9, atol=1e-6, equal_nan=True)
    people = ground.counts["population_persons"]
    here = np.nansum(people * (1 - ground.beyond) if town.outline else people)
    city = row(frame, CITY)["population_persons"]
    assert np.isnan(city) or city == pytest.approx(here, rel=1e-9, abs=1e-3)
    assert np.nansum(frame.loc[frame["row"] != CITY, "population_persons"]) == pytest.approx(here, rel=1e-9, abs=1e-3)
    assert (frame[[name for name in frame if name.endswith("_persons")]].fillna(0) >= 0).all(axis=None)


@settings(max_examples=100, deadline=None)
@given(towns, st.sampled_from(STEPS), rectangles())
def test_another_zone_never_lowers_how_many_are_inside(town: Town, step: str, zone: Rectangle) -> None:
    before, ground = exposed(town), living(town)
    town.zones.append((step, zone))
    after = exposure(ground, subcells.zones(town), subcells.coverage(town))
    graver_before, graver_after = before["inside_persons"] * 0, before["inside_persons"] * 0
    for name in reversed(STEPS):  # as many or more are in this step or a graver one, for every step
        graver_before = graver_before + before.get(f"{name}_persons", 0.0)
        graver_after = graver_after + after.get(f"{name}_persons", 0.0)
        assert (graver_after.fillna(0) >= graver_before.fillna(0) - 1e-3).all()
    assert (after["uncovered_persons"].fillna(0) <= before["uncovered_persons"].fillna(0) + 1e-3).all()


def test_a_zone_drawn_twice_counts_once_and_the_deeper_of_two_counts() -> None:
    whole, half = (0, 0, 4, 4), (0, 0, 2, 4)
    town = Town([1600] + [0] * 8, zones=[("step_1", whole), ("step_1", whole), ("step_4", half)], coverage=[whole])
    found = row(exposed(town), CITY)
    assert (found["step_4_persons"], found["step_1_persons"]) == pytest.approx((800, 800), abs=0.1)
    assert found["inside_persons"] == pytest.approx(1600, abs=0.1)


def test_a_special_zone_stands_above_the_warning_zone_around_it() -> None:
    town = Town([1600] + [0] * 8, zones=[("special", (0, 0, 1, 4)), ("warning", (0, 0, 3, 4))], coverage=[(0, 0, 4, 4)])
    found = row(exposed(town), CITY)
    shown = found["special_persons"], found["warning_persons"], found["outside_persons"]
    assert shown == pytest.approx((400, 800, 400), abs=0.1)


def test_a_zone_of_known_depth_stands_above_one_of_unknown_depth() -> None:
    town = Town([1600] + [0] * 8, zones=[("depth_unknown", (0, 0, 4, 4)), ("step_0", (0, 0, 1, 4))])
    found = row(exposed(town), CITY)
    assert (found["step_0_persons"], found["depth_unknown_persons"]) == pytest.approx((400, 1200), abs=0.1)


def test_where_no_map_speaks_people_are_uncovered_and_never_outside() -> None:
    town = Town([1600] * 9, zones=[("step_0", (0, 0, 4, 4))], coverage=[(0, 0, 8, 4)])
    found = row(exposed(town), CITY)
    shown = found["inside_persons"], found["outside_persons"], found["uncovered_persons"]
    assert shown == pytest.approx((1600, 1600, 7 * 1600), abs=0.5)


def test_a_source_that_covers_only_its_zones_puts_nobody_outside() -> None:
    town = Town([1600] * 9, zones=[("step_0", (0, 0, 4, 4))], coverage=[(0, 0, 8, 4)])
    only_zones = subcells.coverage(town).assign(basis="zones")
    found = row(exposure(living(town), subcells.zones(town), only_zones), CITY)
    assert found["inside_persons"] == pytest.approx(1600, abs=0.1)
    assert found["outside_persons"] == 0


def test_without_a_map_everybody_is_uncovered() -> None:
    found = row(exposed(Town([10] * 9)), CITY)
    assert (found["inside_persons"], found["outside_persons"], found["uncovered_persons"]) == pytest.approx((0, 0, 90))


def test_a_cell_of_unknown_population_is_an_unknown_cell_and_not_zero() -> None:
    town = Town([None, 100, *[None] * 7], districts=[(0, 0, 8, 4), (8, 0, 12, 12)], zones=[("special", (0, 0, 2, 4))])
    frame = exposed(town)
    partly, unknown = row(frame, DISTRICT, 0), row(frame, DISTRICT, 1)
    assert partly["population_persons"] == pytest.approx(100, rel=CLOSE)
    assert (partly["cell_count"], partly["unknown_cell_count"], partly["inside_unknown_cell_count"]) == (2, 1, 1)
    assert unknown["cell_count"] == unknown["unknown_cell_count"] == 3
    assert unknown["inside_unknown_cell_count"] == 0
    people = ("population_persons", "inside_persons", "outside_persons", "uncovered_persons", "special_persons")
    assert all(np.isnan(unknown[name]) for name in people)
    assert row(frame, CITY)["unknown_cell_count"] == 8


def test_a_district_without_any_cell_is_unknown() -> None:
    town = Town([10] * 9)
    far = pd.DataFrame(
        {"district_id": ["D0"], "name_ja": ["D0"], "name_en": [None], "geom": [subcells.wkb((40, 40, 44, 44))]}
    )
    frame = exposure(residents(subcells.cells(town), far, PLANE), subcells.zones(town), subcells.coverage(town))
    assert np.isnan(row(frame, DISTRICT, 0)["population_persons"])
    assert row(frame, NO_DISTRICT)["population_persons"] == pytest.approx(90)


def test_the_old_are_counted_like_everybody() -> None:
    town = Town([1600] * 9, zones=[("step_2", (0, 0, 4, 4))])
    found = row(exposed(town), CITY)
    assert found["age_65_over_persons"] == pytest.approx(9 * 400)
    assert found["inside_age_65_over_persons"] == pytest.approx(400, abs=0.1)
    assert np.isnan(found["inside_age_75_over_persons"])


def test_a_shortfall_is_people_inside_without_a_place() -> None:
    town = Town([1000] * 9, districts=[(0, 0, 4, 12), (4, 0, 8, 12), (8, 0, 12, 12)], coverage=[(0, 0, 12, 12)])
    town.zones.append(("step_3", (0, 0, 8, 12)))
    found = shortfall(exposed(town), {"D0": 2400, "D1": 4000, "D2": 0})
    assert list(found["shortfall_persons"]) == pytest.approx([600, 0, 0, 0], abs=0.5)
    assert list(found["capacity_persons"]) == [2400, 4000, 0, 6400]
    assert not found["is_at_least"].any()


def test_an_unknown_capacity_is_no_capacity_of_zero_and_makes_the_city_unknown() -> None:
    town = Town(
        [1000] * 9, districts=[(0, 0, 4, 12), (4, 0, 8, 12), (8, 0, 12, 12)], zones=[("step_3", (0, 0, 12, 12))]
    )
    found = shortfall(exposed(town), {"D0": None, "D2": 10})
    assert found["shortfall_persons"].isna().tolist() == [True, True, False, True]
    assert found["capacity_persons"].isna().tolist() == [True, True, False, True]


def test_shelters_in_no_district_help_the_city() -> None:
    town = Town([1000] * 9, districts=[(0, 0, 4, 12)], zones=[("step_3", (0, 0, 12, 12))])
    found = shortfall(exposed(town), {"D0": 100, None: 50}).set_index("row")
    assert found["capacity_persons"].to_dict() == {DISTRICT: 100, NO_DISTRICT: 50, CITY: 150}
    assert np.isnan(shortfall(exposed(town), {"D0": 100, None: None}).set_index("row").loc[CITY, "shortfall_persons"])


def test_a_shortfall_says_where_it_is_only_the_least() -> None:
    town = Town([1000] * 8 + [None], districts=[(0, 0, 4, 12), (4, 0, 8, 12), (8, 0, 12, 12)])
    town.coverage = [(0, 0, 4, 12), (8, 0, 12, 12)]
    found = shortfall(exposed(town), {})
    assert found["is_at_least"].tolist() == [False, True, True, True]


def test_a_map_gets_each_district_with_its_shape_and_shares() -> None:
    town = Town([1000] * 8 + [None], districts=[(0, 0, 4, 12), (8, 8, 12, 12)], zones=[("step_3", (0, 0, 4, 6))])
    first, unknown = drawable(exposed(town), subcells.districts(town))
    assert (first["geom"], unknown["geom"]) == (subcells.wkb((0, 0, 4, 12)), subcells.wkb((8, 8, 12, 12)))
    assert (first["inside_share"], first["uncovered_share"]) == pytest.approx((0.5, 0.5), abs=1e-4)
    assert unknown["inside_persons"] is None and unknown["inside_share"] is None


def test_the_demo_counts_the_people_of_its_districts_as_the_build_does(demo: Snapshot) -> None:
    """Over whole cells they are those of district_population to 0.01 %, the slivers that nobody is left in.

    On land the sum stays within 0.1 %, and a district on the shore passes at most 2 % to the one across the water.
    """
    built = demo.frame("SELECT * FROM district_population ORDER BY district_id").set_index("district_id")
    cells, districts = asked.cells(demo), asked.districts(demo)
    zones, coverage = asked.zones(demo, "flood", "maximum"), asked.coverage(demo, "flood", "maximum")
    plane = config.city().plane_epsg
    whole = exposure(residents(cells, districts, plane), zones, coverage)
    mine = whole[whole["row"] == DISTRICT].set_index("district_id")
    for name in ("population_persons", "age_65_over_persons"):
        assert np.allclose(mine[name], built[name].reindex(mine.index), rtol=1e-4), name
    assert (built["cell_count"] - mine["cell_count"]).isin([0, 1]).all()  # a cell in a corner by a sliver
    assert row(whole, CITY)["population_persons"] == pytest.approx(cells["population_persons"].sum())
    dry = exposure(residents(cells, districts, plane, areas.water(demo), areas.boundary(demo)), zones, coverage)
    land = dry[dry["row"] == DISTRICT].set_index("district_id")
    assert np.allclose(land["population_persons"], built["population_persons"].reindex(land.index), rtol=0.02)
    assert land["population_persons"].sum() == pytest.approx(built["population_persons"].sum(), rel=1e-3)


def test_the_demo_puts_nobody_outside_a_map_that_covers_only_its_zones(demo: Snapshot) -> None:
    ground = residents(asked.cells(demo), asked.districts(demo), config.city().plane_epsg, areas.water(demo))
    inland = exposure(ground, asked.zones(demo, "inland_flood", None), asked.coverage(demo, "inland_flood", None))
    assert (inland["outside_persons"] == 0).all()
    assert (inland["uncovered_persons"] > 0).sum() > len(inland) / 2
    landslide = exposure(ground, asked.zones(demo, "landslide", None), asked.coverage(demo, "landslide", None))
    assert steps(landslide) == ["special", "warning"]
    found = row(landslide, CITY)
    assert found["inside_persons"] > 0 and found["outside_persons"] > found["inside_persons"]


@needs_real
@pytest.mark.real
def test_real_flood_zones_hold_the_people_that_sampled_points_say() -> None:
    """3,515 published polygons of Tokyo, some invalid; people are made up, as no city here has both of them."""
    zones = gpd.read_file(REAL / "hazard" / "tokyo_flood_a31_derived.geojson")
    west, south, east, north = 139.70, 35.70, 139.80, 35.78
    lon, lat = np.meshgrid(np.arange(west, east, 4 * subcells.WIDE), np.arange(south, north, 4 * subcells.HIGH))
    codes = np.unique(mesh.codes(lon.ravel(), lat.ravel(), 500))
    people = np.arange(len(codes)) % 700 + 100.0
    cells = pd.DataFrame({"mesh_code": codes, "population_persons": people, "is_suppressed": False})
    cells = cells.assign(age_65_over_persons=people / 4, age_75_over_persons=people / 8)
    none = pd.DataFrame({"district_id": [], "name_ja": [], "name_en": [], "geom": []}, dtype=object)
    table = pd.DataFrame({**subcells.says("step_1"), "geom": shapely.to_wkb(zones.geometry.to_numpy())})
    ground = residents(cells, none, 6677)
    found = row(exposure(ground, table, subcells.coverage(Town([]))), CITY)
    assert found["inside_persons"] + found["uncovered_persons"] == pytest.approx(people.sum(), rel=1e-9)
    edges = mesh.bounds_of(codes)
    dice = np.random.default_rng(25201)
    across, up = dice.random((2, 400, len(codes)))
    x = (edges[0] + across * (edges[2] - edges[0])).ravel()
    y = (edges[1] + up * (edges[3] - edges[1])).ravel()
    held = np.zeros(len(x), dtype=bool)
    held[
        np.unique(
            shapely.STRtree(shapely.points(x, y)).query(shapely.make_valid(zones.geometry.to_numpy()), "intersects")[1]
        )
    ] = True
    sampled = (held.reshape(400, -1).mean(axis=0) * people).sum()
    assert found["inside_persons"] == pytest.approx(sampled, rel=0.01)
