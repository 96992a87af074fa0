"""Where the crowd stands: on land, all of it, and at the stations where it waits."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from otsu_maps import geo, mesh
from otsu_maps.event_day import crowd, outcome
from otsu_maps.event_day.exits import Exit
from otsu_maps.event_day.outcome import GO
from otsu_maps.event_day.plan import RAIL, STEPS, Plan

LON, LAT, PLANE, H = 135.8655, 35.0128, 6674, 3600
PLAN = Plan("花火", LON, LAT, 19 * H, 20 * H, 10_000, rail_percent=100, bus_percent=0)


def lake() -> bytes:
    """What lies north of the place."""
    return bytes(shapely.to_wkb(shapely.box(LON - 0.05, LAT, LON + 0.05, LAT + 0.2)))


@pytest.mark.parametrize("size_m", [250, 500, 1000])
def test_the_cells_hold_the_whole_circle(size_m: int) -> None:
    where = crowd.cells(LON, LAT, 800, (), PLANE, size_m)
    assert sum(where.values()) == pytest.approx(math.pi * 800**2, rel=0.001)
    assert set(mesh.sizes_m(list(where)).tolist()) == {size_m}
    [(x, y)] = geo.to_metres([LON], [LAT], PLANE)
    west, south, east, north = mesh.bounds_of(list(where))
    circle = shapely.Point(x, y).buffer(800)
    assert shapely.intersects(
        geo.shapes_in_metres(shapely.to_wkb(shapely.box(west, south, east, north)), PLANE), circle
    ).all()


def test_nobody_stands_in_the_lake() -> None:
    dry = crowd.cells(LON, LAT, 800, [lake()], PLANE, 250)
    assert sum(dry.values()) == pytest.approx(math.pi * 800**2 / 2, rel=0.002)
    assert mesh.bounds_of(list(dry))[1].max() < LAT
    assert crowd.cells(LON, LAT + 0.1, 800, [lake()], PLANE, 250) == {}


def test_an_hour_holds_everybody_who_is_there_or_waits() -> None:
    none = np.zeros(STEPS)
    station = Exit(RAIL, "大津", "", 135.8646, 35.0029, 1000.0, none, none, none, 100.0, 0, None, False)
    told = outcome.outcome(PLAN, [station])
    where = crowd.cells(LON, LAT, 500, (), PLANE, 500)
    table = crowd.by_hour(told, where, 500)
    fullest = table[table["hour"] == 19]
    assert fullest["persons"].sum() == pytest.approx(10_000)
    after = table[table["hour"] == 25]
    [cell] = mesh.codes([station.lon], [station.lat], 500).tolist()
    assert after["mesh_code"].tolist() == [cell] and after["persons"].sum() == pytest.approx(told.most(GO))
    assert after["m2"].isna().all() and table["hour"].min() >= 15
