"""Polygons and lines: 国土数値情報 N03, A32, A27, W09, N02, JMA warning areas, and plain named GeoJSON or Shapefile.

Every reader here returns the rows that touch one city; a national file has thousands of others, counted as elsewhere.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.errors import FileRefused
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.text import is_storable
from otsu_maps.geo import JAPAN, LON_LAT

POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")

Wanted = Callable[[Mapping[str, Any], BaseGeometry], bool]


@dataclass(frozen=True)
class Feature:
    """A GeoJSON feature or a Shapefile record. `row` counts from 1."""

    row: int
    properties: Mapping[str, Any]
    geometry: BaseGeometry | None


def boundary(payload: Payload, code5: str, name_ja: str) -> Reading:
    """The outline of one municipality as one row: code5, name_ja, geometry.

    N03 gives code in N03_007 and one feature a piece of land; a file of one city may have a `name` only, which must end
    with the name of the city.
    """

    def ours(p: Mapping[str, Any], _: BaseGeometry) -> bool:
        code = text_of(p, "N03_007", "code5", "code")
        return code == code5 if code else text_of(p, "name", "N03_004", "name_ja").endswith(name_ja)

    rows, elsewhere, count = _select(payload, "boundary", POLYGONS, ours)
    if rows.entries:
        parts = [entry["geometry"] for entry in rows.entries]
        whole = shapely.union_all(parts)
        for entry in rows.entries:
            entry.update(code5=code5, name_ja=name_ja, geometry=whole)
    rows.columns = ("code5", "name_ja", "geometry")
    return rows.reading("boundary", "utf-8", count, elsewhere)


def warning_areas(payload: Payload, codes: tuple[str, ...]) -> Reading:
    """JMA warning areas of one city: area_code, name_ja, geometry."""
    names = ("code", "regioncode", "area_code")
    wanted: Wanted = lambda p, _: text_of(p, *names) in codes  # noqa: E731
    rows, elsewhere, count = _select(payload, "warning_areas", POLYGONS, wanted)
    for entry in rows.entries:
        p = entry["properties"]
        entry.update(area_code=text_of(p, *names), name_ja=text_of(p, "name", "regionname", "name_ja"))
    rows.columns = ("area_code", "name_ja", "geometry")
    return rows.reading("warning_areas", "utf-8", count, elsewhere)


def districts(payload: Payload, code5: str, near: BaseGeometry, kind_ja: str) -> Reading:
    """Districts that lie in one city: district_id, kind, name_ja, name_en, geometry.

    A27 (小学校区) and A32 (中学校区) carry the city code in their fifth or sixth field; any other file gives those
    features whose inner point lies in the city.
    """

    def ours(p: Mapping[str, Any], shape: BaseGeometry) -> bool:
        code = text_of(p, "A32_006", "A27_005", "A27_001", "city_code5")
        return code == code5 if code else near.intersects(shape.representative_point())

    rows, elsewhere, count = _select(payload, "districts", POLYGONS, ours)
    kept = []
    for entry in rows.entries:
        p = entry["properties"]
        name = text_of(p, "name_ja", "A32_008", "A27_007", "A27_003", "name")
        if not name:
            rows.refuse(entry["source_row"], dict(p), "row_no_name", column="name")
            continue
        entry.update(
            district_id=text_of(p, "district_id", "id") or name,
            kind=text_of(p, "kind") or kind_ja,
            name_ja=name,
            name_en=text_of(p, "name_en") or None,
        )
        kept.append(entry)
    rows.entries = kept
    rows.columns = ("district_id", "kind", "name_ja", "name_en", "geometry")
    return rows.reading("districts", "utf-8", count, elsewhere)


def lakes(payload: Payload, near: BaseGeometry) -> Reading:
    """Lakes that touch the surroundings of one city: name_ja, geometry. A lake without geometry cannot lie here."""
    rows, elsewhere, count = _select(payload, "lakes", POLYGONS, lambda _, shape: near.intersects(shape))
    for entry in rows.entries:
        entry["name_ja"] = text_of(entry["properties"], "W09_001", "name_ja", "name") or "湖沼"
    rows.columns = ("name_ja", "geometry")
    return rows.reading("lakes", "utf-8", count, elsewhere)


def rail_lines(payload: Payload, near: BaseGeometry) -> Reading:
    """Railway lines that touch the surroundings of one city: name_ja, operator_ja, geometry.

    N02 names line and operator in N02_003 and N02_004; other files in `name` and `operator`, else the collection's own
    name, else the file's.
    """

    def is_line(p: Mapping[str, Any], shape: BaseGeometry) -> bool:
        return "N02_005" not in p and near.intersects(shape)  # N02 draws stations as short lines too

    rows, elsewhere, count = _select(payload, "rail_lines", LINES, is_line)
    for entry in rows.entries:
        p = entry["properties"]
        entry["name_ja"] = text_of(p, "name_ja", "N02_003", "name") or payload.name.split("/")[-1].split(".")[0]
        entry["operator_ja"] = text_of(p, "operator_ja", "N02_004", "operator") or None
    rows.columns = ("name_ja", "operator_ja", "geometry")
    return rows.reading("rail_lines", "utf-8", count, elsewhere)


def features(payload: Payload) -> list[Feature]:
    """Every feature of a GeoJSON (collection, or one feature alone) or of a zipped Shapefile, in lon/lat.

    Raises FileRefused where the file is neither.
    """
    if payload.data[:2] == b"PK":
        return _shapefile(payload)
    try:
        document = json.loads(payload.data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefused("file_not_geojson", file=payload.name) from error
    kind = document.get("type") if isinstance(document, dict) else None
    raw = document.get("features") if kind == "FeatureCollection" else [document] if kind == "Feature" else None
    if not isinstance(raw, list):
        raise FileRefused("file_not_geojson", file=payload.name)
    return [_feature(row, item) for row, item in enumerate(raw, 1)]


def _feature(row: int, item: Any) -> Feature:
    item = item if isinstance(item, dict) else {}
    properties = item.get("properties")
    try:
        shape = shapely.from_geojson(json.dumps(item.get("geometry"))) if item.get("geometry") else None
    except (shapely.errors.ShapelyError, ValueError, TypeError, RecursionError):
        shape = None
    return Feature(row, properties if isinstance(properties, dict) else {}, shape)


def _shapefile(payload: Payload) -> list[Feature]:
    try:
        frame = gpd.read_file(io.BytesIO(payload.data))
    except Exception as error:  # pyogrio and GDAL raise many kinds
        raise FileRefused("file_not_shapefile", file=payload.name, error=str(error)[:200]) from error
    if frame.crs is not None:
        frame = frame.to_crs(LON_LAT)
    tables = frame.drop(columns=frame.geometry.name).to_dict("records")
    return [Feature(i, row, shape) for i, (row, shape) in enumerate(zip(tables, frame.geometry, strict=True), 1)]


def _select(payload: Payload, format: str, kinds: tuple[str, ...], wanted: Wanted) -> tuple[Rows, int, int]:
    found = features(payload)
    rows, elsewhere = Rows(()), 0
    for feature in found:
        shape = feature.geometry
        if shape is None or shape.is_empty:
            elsewhere += 1
        elif shape.geom_type not in kinds:
            rows.refuse(feature.row, dict(feature.properties), "row_wrong_geometry", geometry=shape.geom_type)
        elif not in_japan(shape):
            rows.refuse(feature.row, dict(feature.properties), "row_outside_japan", bounds=bounds_text(shape))
        elif wanted(feature.properties, shape):
            valid = shape if shape.is_valid else _mended(shape)
            if valid.geom_type in kinds and not valid.is_empty:
                rows.take(feature.row, properties=feature.properties, geometry=valid)
            else:
                rows.refuse(feature.row, dict(feature.properties), "row_wrong_geometry", geometry=shape.geom_type)
        else:
            elsewhere += 1
    return rows, elsewhere, len(found)


def _mended(shape: BaseGeometry) -> BaseGeometry:
    """A valid shape of the same kind, empty where nothing is left: a polygon never turns into lines or a mixture."""
    return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def in_japan(shape: BaseGeometry) -> bool:
    """Whether a shape lies in Japan, degrees: metres and swapped axes do not."""
    west, south, east, north = shape.bounds
    return JAPAN[0] <= west and JAPAN[1] <= south and east <= JAPAN[2] and north <= JAPAN[3]


def bounds_text(shape: BaseGeometry) -> str:
    """West, south, east, north for a message."""
    return ", ".join(f"{value:.3f}" for value in shape.bounds)


def text_of(properties: Mapping[str, Any], *names: str) -> str:
    """The first of these properties that is given, NFKC, '' where none is."""
    for name in names:
        value = properties.get(name)
        if value not in (None, ""):
            text = unicodedata.normalize("NFKC", str(value)).strip()
            return text if is_storable(text) else ""
    return ""
