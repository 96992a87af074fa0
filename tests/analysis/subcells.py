"""A small town drawn on the 125 m squares of a few 500 m cells: who lives where can be counted on the fingers.

Every area (district, water, zone, coverage) is a rectangle of whole squares, so that the right answer needs no
geometry: each square of land in a cell holds the same part of its people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from otsu_maps import mesh
from otsu_maps.analysis.depth import STEPS_M
from otsu_maps.analysis.exposure import STEPS

WEST, SOUTH = 135.9, 35.0
WIDE, HIGH = 1 / 640, 1 / 960
"""A 125 m square, degrees."""

CELLS, PER_CELL = 3, 4
SIDE = CELLS * PER_CELL
PLANE = 6674

Rectangle = tuple[int, int, int, int]
"""West, south, east, north, in squares from the south-west corner, 0 to SIDE."""


@dataclass
class Town:
    """`people` by cell, row by row from the south-west, None where unknown; zones are pairs of step and rectangle."""

    people: list[int | None]
    districts: list[Rectangle] = field(default_factory=list)
    zones: list[tuple[str, Rectangle]] = field(default_factory=list)
    coverage: list[Rectangle] = field(default_factory=list)
    water: list[Rectangle] = field(default_factory=list)
    outline: Rectangle | None = None


def wkb(rectangle: Rectangle) -> bytes:
    west, south, east, north = rectangle
    box = shapely.box(WEST + west * WIDE, SOUTH + south * HIGH, WEST + east * WIDE, SOUTH + north * HIGH)
    return bytes(shapely.to_wkb(shapely.segmentize(box, HIGH)))  # a long edge would be a straight line in metres too


def cells(town: Town) -> pd.DataFrame:
    numbers = np.arange(CELLS * CELLS)
    lon = WEST + (numbers % CELLS + 0.5) * PER_CELL * WIDE
    lat = SOUTH + (numbers // CELLS + 0.5) * PER_CELL * HIGH
    old = [None if number is None else number // 4 for number in town.people]
    return pd.DataFrame(
        {
            "mesh_code": mesh.codes(lon, lat, 500),
            "population_persons": pd.array(town.people, "Int64"),
            "age_65_over_persons": pd.array(old, "Int64"),
            "age_75_over_persons": pd.array([None] * len(old), "Int64"),
            "is_suppressed": False,
        }
    )


def districts(town: Town) -> pd.DataFrame:
    names = [f"D{number}" for number in range(len(town.districts))]
    geom = [wkb(rectangle) for rectangle in town.districts]
    return pd.DataFrame({"district_id": names, "name_ja": names, "name_en": names, "geom": geom}, dtype=object)


def zones(town: Town) -> pd.DataFrame:
    rows = [{**says(step), "geom": wkb(rectangle)} for step, rectangle in town.zones]
    return pd.DataFrame(rows, columns=["zone_class", "depth_min_m", "depth_max_m", "geom"])


def says(step: str) -> dict[str, Any]:
    """What a zone of a step carries in the snapshot."""
    if not step.startswith("step_"):
        return {"zone_class": None if step == "depth_unknown" else step, "depth_min_m": None, "depth_max_m": None}
    number = int(step[-1])
    upper = STEPS_M[number + 1] if number + 1 < len(STEPS_M) else None
    return {"zone_class": None, "depth_min_m": STEPS_M[number], "depth_max_m": upper}


def coverage(town: Town) -> pd.DataFrame:
    return pd.DataFrame({"basis": "city", "geom": [wkb(rectangle) for rectangle in town.coverage]}, dtype=object)


def counted(town: Town) -> dict[tuple[int | None, str], float]:
    """People by district (None: in none) and by step, 'outside' or 'uncovered', counted square by square."""
    found: dict[tuple[int | None, str], float] = {}
    for cell, people in enumerate(town.people):
        left, low = cell % CELLS * PER_CELL, cell // CELLS * PER_CELL
        squares = [(left + x, low + y) for x in range(PER_CELL) for y in range(PER_CELL)]
        land = [square for square in squares if not _any(town.water, square)] or squares
        for square in land:
            district = next((n for n, area in enumerate(town.districts) if _holds(area, square)), None)
            if people is None or (town.outline and not _holds(town.outline, square)):
                continue
            steps = [STEPS.index(step) for step, area in town.zones if _holds(area, square)]
            covered = "outside" if _any(town.coverage, square) else "uncovered"
            key = (district, STEPS[max(steps)] if steps else covered)
            found[key] = found.get(key, 0.0) + people / len(land)
    return found


def _holds(rectangle: Rectangle, square: tuple[int, int]) -> bool:
    west, south, east, north = rectangle
    return west <= square[0] < east and south <= square[1] < north


def _any(rectangles: list[Rectangle], square: tuple[int, int]) -> bool:
    return any(_holds(rectangle, square) for rectangle in rectangles)
