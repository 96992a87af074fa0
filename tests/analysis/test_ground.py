"""Where a point lies, and what lines must not cross, in metres; the Seta River tells its two banks apart."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
import shapely
from real import REAL, needs_real

from otsu_maps import config
from otsu_maps.analysis.ground import Ground, ground
from otsu_maps.analysis.validity import Zone
from otsu_maps.geo import to_metres


def square(west: float, south: float, size: float = 0.01) -> bytes:
    return bytes(shapely.to_wkb(shapely.box(west, south, west + size, south + size)))


def zone(hazard: str, geom: bytes, zone_class: str | None = None, depth_m: float | None = None) -> dict[str, Any]:
    return {"hazard": hazard, "geom": geom, "zone_class": zone_class, "depth_min_m": depth_m, "depth_max_m": depth_m}


@pytest.fixture(scope="module")
def town() -> Ground:
    """Two districts side by side, one warning area, zones over the western one, a lake, a river."""
    return ground(
        6674,
        districts=[
            {"district_id": "west", "geom": square(135.90, 35.0)},
            {"district_id": "east", "geom": square(135.91, 35.0)},
        ],
        areas=[{"area_code": "2520101", "geom": square(135.90, 35.0, 0.015)}],
        zones=[
            zone("landslide", square(135.90, 35.0), "warning"),
            zone("flood", square(135.90, 35.0), None, 2.0),
            zone("landslide", square(135.90, 35.0), "special"),
            zone("flood", square(135.90, 35.0), None, 6.0),
            zone("inland_flood", square(135.95, 35.0)),
        ],
        water=[square(136.0, 35.0), square(136.02, 35.0)],
        rivers=[[(135.905, 34.9), (135.905, 35.1)], [(135.8, 34.9), (135.8, 35.1)]],
    )


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        (135.905, 35.005, ("2520101", "west", {"landslide": Zone("special"), "flood": Zone(None, 3)})),
        (135.913, 35.005, ("2520101", "east", {})),
        (135.918, 35.005, (None, "east", {})),
        (135.903, 35.012, ("2520101", None, {})),
        (135.955, 35.005, (None, None, {"inland_flood": Zone(None, -1)})),
        (136.5, 36.0, (None, None, {})),
    ],
)
def test_a_point_lies_in_its_area_its_district_and_the_gravest_of_its_zones(
    town: Ground, lon: float, lat: float, expected: tuple[str | None, str | None, dict[str, Zone]]
) -> None:
    assert town.lies_in(lon, lat) == expected


def test_barriers_are_in_metres_of_the_plane_and_whole(town: Ground) -> None:
    held = town.barriers
    assert held.plane_epsg == 6674
    assert shapely.area(held.water) == pytest.approx(2 * 912 * 1109, rel=0.01)
    assert shapely.length(held.rivers) == pytest.approx(2 * 22_190, rel=0.01)
    assert {hazard: len(shapes) for hazard, shapes in held.zones.items()} == {
        "flood": 2,
        "inland_flood": 1,
        "landslide": 2,
    }
    assert shapely.area(held.zones["flood"][0]) == pytest.approx(912 * 1109, rel=0.01)


def test_a_city_without_maps_has_ground_without_barriers() -> None:
    bare = ground(6674, districts=[], areas=[], zones=[], water=[], rivers=[])
    assert bare.lies_in(135.9, 35.0) == (None, None, {})
    line = shapely.LineString([(0, 0), (1, 1)])
    assert not shapely.intersects(line, bare.barriers.rivers) and not shapely.intersects(line, bare.barriers.water)
    assert bare.barriers.zones == {}


WEST = ("松原町", "唐橋町", "螢谷", "石山寺三丁目", "平津一丁目", "南郷一丁目", "南郷五丁目")
EAST = (
    *("玉野浦", "瀬田一丁目", "瀬田二丁目", "瀬田四丁目", "瀬田六丁目"),
    *("稲津一丁目", "黒津一丁目", "太子一丁目"),
)
NEAR_M = 1500


@needs_real
def test_the_seta_river_lies_between_the_towns_of_its_two_banks_and_between_no_others() -> None:
    towns = {row["town"]: row for row in json.loads((REAL / "addresses" / "otsu_towns.json").read_text("utf-8"))}
    city = config.city()
    river = ground(city.plane_epsg, districts=[], areas=[], zones=[], water=[], rivers=city.barriers).barriers.rivers
    names = (*WEST, *EAST)
    spots = to_metres([towns[n]["lng"] for n in names], [towns[n]["lat"] for n in names], city.plane_epsg)
    at = dict(zip(names, spots, strict=True))

    def crosses(one: str, other: str) -> bool:
        return bool(shapely.intersects(shapely.LineString([at[one], at[other]]), river))

    def is_near(one: str, other: str) -> bool:
        return bool(shapely.distance(shapely.Point(at[one]), shapely.Point(at[other])) <= NEAR_M)

    assert [pair for pair in itertools.product(WEST, EAST) if not crosses(*pair)] == []
    same = [pair for bank in (WEST, EAST) for pair in itertools.combinations(bank, 2) if is_near(*pair)]
    assert len(same) > 10
    assert [pair for pair in same if crosses(*pair)] == []
