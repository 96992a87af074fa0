"""What the parts of the demo generator share: the seed, the coarse base map, metres, and how files are written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).resolve().parent
BASEMAP = HERE.parent / "basemap"
SEED = 25201
MARK = "訓練用の架空の"
"""Every made thing says so: 訓練用の架空の区域, 訓練用の架空の予定 ..."""

CITY_CODE5, CITY_CODE6, CITY = "25201", "252018", "大津市"
ORIGIN = np.array([135.9, 35.05])
METRES_PER_DEGREE = np.array([91_200.0, 110_950.0])
"""Length of a degree of longitude and latitude at Otsu: good to 0.3 % over the city, which is enough for a sketch."""

FLAG_COLUMNS = {"flood": "洪水", "landslide": "崖崩れ、土石流及び地滑り"}

Point = tuple[float, float]


def random(part: str) -> Random:
    """Random numbers of one part, so that a change in one file leaves the others as they are."""
    return Random(f"{SEED} {part}")  # noqa: S311


def in_metres(geometry: BaseGeometry) -> BaseGeometry:
    """From degrees to metres east and north of ORIGIN."""
    return shapely.transform(geometry, lambda xy: (xy - ORIGIN) * METRES_PER_DEGREE)


def in_degrees(geometry: BaseGeometry, decimals: int) -> BaseGeometry:
    """From metres to degrees on a grid of so many decimals; valid, and the same at each run."""
    degrees = shapely.transform(geometry, lambda xy: xy / METRES_PER_DEGREE + ORIGIN)
    return shapely.normalize(shapely.set_precision(degrees, 10.0**-decimals))


def metres(point: Point) -> np.ndarray:
    return (np.array(point) - ORIGIN) * METRES_PER_DEGREE


def degrees(xy: np.ndarray, decimals: int = 5) -> Point:
    lon, lat = xy / METRES_PER_DEGREE + ORIGIN
    return round(float(lon), decimals), round(float(lat), decimals)


def polygons(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons of a geometry, west to east."""
    parts = [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon) and not part.is_empty]
    return sorted(parts, key=lambda part: part.bounds)


@cache
def outline() -> BaseGeometry:
    """The city with its part of the lake, metres."""
    return in_metres(_shapes("outline")[0])


@cache
def lake() -> BaseGeometry:
    return in_metres(_shapes("lake")[0])


@cache
def land() -> BaseGeometry:
    return outline().difference(lake())


def _shapes(name: str) -> list[BaseGeometry]:
    return [shape(feature["geometry"]) for feature in _features(name)]


def _features(name: str) -> list[dict[str, Any]]:
    return json.loads((BASEMAP / f"{name}.geojson").read_text("utf-8"))["features"]


@cache
def stations() -> dict[str, Point]:
    """Name to lon, lat."""
    return {f["properties"]["name_ja"]: tuple(f["geometry"]["coordinates"]) for f in _features("stations")}


@cache
def towns() -> dict[str, Point]:
    """Name to lon, lat."""
    return {t["town"]: (t["lng"], t["lat"]) for t in json.loads((HERE / "towns.json").read_text("utf-8"))}


@cache
def sites() -> dict[str, dict[str, str]]:
    """Name to the row of the register of the demo."""
    with (HERE / "sites.csv").open(encoding="utf-8", newline="") as file:
        return {row["施設・場所名"]: row for row in csv.DictReader(file)}


def position(row: dict[str, str]) -> Point:
    return float(row["経度"]), float(row["緯度"])


def nearest_town(point: Point) -> str:
    here = metres(point)
    return min(towns(), key=lambda name: float(np.hypot(*(metres(towns()[name]) - here))))


def feature(geometry: BaseGeometry, properties: dict[str, Any], decimals: int) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": _rounded(mapping(geometry), decimals)}


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each, decimals) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_rounded(each, decimals) for each in value]
    return round(value, decimals) if isinstance(value, float) else value


def geojson(name: str, features: Sequence[dict[str, Any]]) -> bytes:
    """A feature collection, one feature a line, that carries its name."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False, sort_keys=True) for each in features)
    head = json.dumps(name, ensure_ascii=False)
    return f'{{"type": "FeatureCollection", "name": {head}, "features": [\n{lines}\n]}}\n'.encode()


def records(text: str) -> list[list[str]]:
    """The fields between bars of a table in a program; a line with two spaces in front goes on with the one above."""
    lines = text.strip().replace("\n  ", " ").splitlines()
    return [[field.strip() for field in line.split("|")] for line in lines]


def table(rows: Iterable[Sequence[object]], encoding: str = "utf-8") -> bytes:
    """Comma separated lines; the first row is the header."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(encoding)
