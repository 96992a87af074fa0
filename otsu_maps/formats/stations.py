"""Railway stations: 国土数値情報 N02 (stations as short lines), the station list of station_database, named points.

N02: https://nlftp.mlit.go.jp/ksj/gml/datalist/KsjTmplt-N02-2024.html (line N02_003, operator N02_004, name N02_005,
code N02_005c). station_database: https://github.com/Seo-4d696b75/station_database (CSV; NULL as text, `closed` 0 or 1).
"""

from __future__ import annotations

import math

import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.errors import FileRefused
from otsu_maps.formats import areas
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.table import read_table
from otsu_maps.formats.text import is_json

FORMAT = "stations"
CSV_COLUMNS = frozenset({"code", "name", "lat", "lng", "closed"})
COLUMNS = ("station_id", "name_ja", "name_kana", "name_en", "line_ja", "operator_ja", "is_closed", "lon", "lat")
CLOSED = {"0": False, "1": True}


def read(payload: Payload, near: BaseGeometry) -> Reading:
    """Stations that lie in `near` (degrees): the columns of COLUMNS; lon and lat degrees; is_closed None: not said.

    A station that N02 draws as a line lies at its middle. Raises FileRefused: `file_not_stations`, and what
    `areas.features` or `table.read_table` raise.
    """
    if is_json(payload.data) or payload.data[:2] == b"PK":
        return _features(payload, near)
    return _list(payload, near)


def are_stations(found: list[areas.Feature]) -> bool:
    """Whether features are stations: those of N02, or points that name their line."""
    return any("N02_005" in feature.properties for feature in found) or (
        bool(found)
        and all(
            "line" in feature.properties and feature.geometry is not None and feature.geometry.geom_type == "Point"
            for feature in found
        )
    )


def _features(payload: Payload, near: BaseGeometry) -> Reading:
    found = areas.features(payload)
    if not are_stations(found):
        raise FileRefused("file_not_stations", file=payload.name)
    rows, elsewhere = Rows(COLUMNS), 0
    for feature in found:
        p, shape = feature.properties, feature.geometry
        name = areas.text_of(p, "name_ja", "N02_005", "name")
        if shape is None or shape.is_empty:
            rows.refuse(feature.row, dict(p), "row_no_geometry")
        elif not name:
            rows.refuse(feature.row, dict(p), "row_no_name", column="N02_005, name_ja")
        elif not areas.in_japan(shape):
            rows.refuse(feature.row, dict(p), "row_outside_japan", bounds=areas.bounds_text(shape))
        elif not near.intersects(at := _middle(shape)):
            elsewhere += 1
        else:
            line = areas.text_of(p, "line_ja", "N02_003", "line") or None
            rows.take(
                feature.row,
                station_id=areas.text_of(p, "station_id", "N02_005c") or f"{line or ''}|{name}",
                name_ja=name,
                name_en=areas.text_of(p, "name_en") or None,
                line_ja=line,
                operator_ja=areas.text_of(p, "operator_ja", "N02_004", "operator") or None,
                lon=at.x,
                lat=at.y,
            )
    return rows.reading(FORMAT, "utf-8", len(found), elsewhere)


def _middle(shape: BaseGeometry) -> shapely.Point:
    if isinstance(shape, shapely.LineString):
        return shape.interpolate(0.5, normalized=True)
    return shape.representative_point()


def _list(payload: Payload, near: BaseGeometry) -> Reading:
    table = read_table(payload)
    if not set(table.columns) >= CSV_COLUMNS:
        raise FileRefused("file_not_stations", file=payload.name)
    rows, elsewhere = Rows(COLUMNS), 0
    for number, cells in table.rows:
        said = {column: "" if cell == "NULL" else cell for column, cell in cells.items()}
        lon, lat = _degrees(said["lng"]), _degrees(said["lat"])
        if not said["code"] or not said["name"]:
            rows.refuse(number, cells, "row_no_name", column="code, name")
        elif lon is None or lat is None:
            rows.refuse(number, cells, "row_bad_value", column="lng, lat", value=f"{said['lng']}, {said['lat']}")
        elif not areas.in_japan(shapely.Point(lon, lat)):
            rows.refuse(number, cells, "row_outside_japan_point", lon=lon, lat=lat)
        elif not near.intersects(shapely.Point(lon, lat)):
            elsewhere += 1
        else:
            rows.take(
                number,
                station_id=said["code"],
                name_ja=said["name"],
                name_kana=said.get("name_kana") or None,
                is_closed=CLOSED.get(said["closed"]),
                lon=lon,
                lat=lat,
            )
    return rows.reading(FORMAT, table.encoding, len(table.rows), elsewhere)


def _degrees(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
