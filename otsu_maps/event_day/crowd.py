"""Where the crowd stands: on the land within the radius of the plan, and on the platforms where people wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from otsu_maps import geo, mesh
from otsu_maps.event_day.outcome import GO, Outcome
from otsu_maps.event_day.plan import STEPS_H

Cells = Mapping[int, float]
"""Mesh code (JIS X 0410) to square metres of land on which the crowd can stand."""

CIRCLE = 32
"""Points of a quarter circle."""


def cells(lon: float, lat: float, radius_m: int, water: Sequence[bytes], plane_epsg: int, size_m: int) -> Cells:
    """The cells in which the crowd stands; empty where there is only water. `water`: WKB, lon/lat."""
    [(x, y)] = geo.to_metres([lon], [lat], plane_epsg)
    circle = shapely.Point(x, y).buffer(radius_m, quad_segs=CIRCLE)
    wet = geo.shapes_in_metres(water, plane_epsg) if water else np.empty(0, object)
    near = wet[shapely.intersects(wet, circle)] if len(wet) else wet
    land = circle.difference(shapely.union_all(shapely.make_valid(near))) if len(near) else circle
    if land.is_empty:
        return {}
    [outline] = geo.in_degrees(np.array([circle], dtype=object), plane_epsg)
    codes = _touched(outline.bounds, size_m)
    boxes = shapely.box(*mesh.bounds_of(codes))
    squares = geo.shapes_in_metres(shapely.to_wkb(boxes), plane_epsg)
    areas = shapely.area(shapely.intersection(squares, land))
    return {int(code): float(area) for code, area in zip(codes, areas, strict=True) if area >= 1}


def by_hour(found: Outcome, where: Cells, size_m: int) -> pd.DataFrame:
    """By hour and cell: hour, mesh_code, persons (at the place, and waiting to leave; when most are there), m2 (of land
    where the crowd stands, NaN where people only wait). Hours without anybody are left out."""
    at_place = _most(found.present)
    area = sum(where.values())
    held = {(hour, code): at_place[hour] * m2 / area for code, m2 in where.items() for hour in np.flatnonzero(at_place)}
    if found.loads:
        lon, lat = (np.array([getattr(each.exit, axis) for each in found.loads]) for axis in ("lon", "lat"))
        for each, code in zip(found.loads, mesh.codes(lon, lat, size_m).tolist(), strict=True):
            waiting = _most(each.queues[GO].waiting)
            for hour in np.flatnonzero(waiting):
                held[hour, code] = held.get((hour, code), 0.0) + waiting[hour]
    rows = [
        {"hour": int(hour), "mesh_code": code, "persons": persons, "m2": where.get(code, np.nan)}
        for (hour, code), persons in sorted(held.items())
        if persons >= 1
    ]
    return pd.DataFrame(rows, columns=["hour", "mesh_code", "persons", "m2"])


def _touched(bounds: tuple[float, float, float, float], size_m: int) -> list[int]:
    """All cells that a box in degrees touches."""
    west, south, east, north = bounds
    [corner] = mesh.codes([west], [south], size_m).tolist()
    left, below, right, above = mesh.bounds(corner)
    across, up = right - left, above - below
    lon = np.arange(left + across / 2, east + across, across)
    lat = np.arange(below + up / 2, north + up, up)
    grid = np.meshgrid(lon, lat)
    return sorted(set(mesh.codes(grid[0].ravel(), grid[1].ravel(), size_m).tolist()))


def _most(course: np.ndarray) -> np.ndarray:
    """[hour] the most of a course in each hour; less than one person is nobody."""
    most: np.ndarray = course.reshape(-1, STEPS_H).max(axis=1)
    return np.where(most >= 1, most, 0.0)
