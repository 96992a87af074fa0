"""Hazard zones: 国土数値情報 A31, A31a, A31b, A33 and A51, PLATEAU, and plain polygons of one hazard.

GeoJSON or zipped Shapefiles of 国土数値情報 (https://nlftp.mlit.go.jp/ksj/, JGD2011). What their attributes and codes
mean, and how well that is known, stands in `hazard_codes`; CityGML in `plateau`.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from otsu_maps.errors import FileRefused, MissingColumn
from otsu_maps.formats import archive, areas
from otsu_maps.formats import hazard_codes as codes
from otsu_maps.formats.areas import Feature
from otsu_maps.formats.hazard_codes import ZONE_COLUMNS, Depth, Zones, code, day, text
from otsu_maps.formats.plateau import is_xml, plateau
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.geo import LON_LAT
from otsu_maps.models import HAZARDS

__all__ = ["ZONE_COLUMNS", "flood", "inland", "landslide", "plateau", "polygons", "read"]

MAX_UNPACKED_BYTES = 2_000_000_000
_SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_FLOOD_FIELD = re.compile(r"(a31[ab]?)_([0-4])([0-9]{2})")
_SCALES = {"0": codes.DESIGN, "1": codes.DESIGN, "2": codes.MAXIMUM}

Properties = Mapping[str, Any]
"""Properties of a feature by their names in lower case."""


def read(payload: Payload, near: BaseGeometry, hazard: str | None = None) -> Reading:
    """The zones of any file known here that touch `near`, as ZONE_COLUMNS; its format is told by its property names.

    `Reading.format` is 'ksj_a31', 'ksj_a31a', 'ksj_a31b', 'ksj_a33', 'ksj_a51', 'plateau_gml' or 'hazard_polygons'.
    `hazard` (one of models.HAZARDS) says what plain polygons show, and is a check on every other format.

    Raises FileRefused: `hazard_kind_unknown` (plain polygons, and `hazard` is None), `hazard_kind_other` (the file
    shows another hazard than `hazard`), and what the reader of the format raises.
    """
    if is_xml(payload.data):
        reading = plateau(payload, near)
    else:
        features = _features(payload)
        format = _format(features)
        reader = _READERS.get(format)
        if reader is not None:
            reading = reader(payload, features, near)
        elif hazard is None and not all(_choice(_lower(f), "hazard", HAZARDS) for f in features):
            raise FileRefused("hazard_kind_unknown", file=payload.name, known=", ".join(HAZARDS))
        else:
            reading = _plain(payload, features, near, hazard, None)
    shown = set(reading.frame["hazard"])
    if hazard is not None and shown - {hazard}:
        raise FileRefused("hazard_kind_other", file=payload.name, expected=hazard, found=", ".join(sorted(shown)))
    return reading


def flood(payload: Payload, near: BaseGeometry) -> Reading:
    """Flood zones of A31, A31a or A31b: depth, scale, and the river and its manager where the edition names them.

    Raises FileRefused: `hazard_layer_unused` (duration, or where houses collapse: no depth), `file_empty`, and what
    `areas.features` raises; MissingColumn `file_no_column`. Rows are refused with `row_no_geometry`,
    `row_wrong_geometry`, `row_outside_japan`.
    """
    return _flood(payload, _features(payload), near)


def landslide(payload: Payload, near: BaseGeometry) -> Reading:
    """Zones of A33: phenomenon, zone_class, name, date of notice. Those before designation say so in their name.

    The old lines of A33 are refused row by row (`row_wrong_geometry`). Raises as `flood`.
    """
    return _landslide(payload, _features(payload), near)


def inland(payload: Payload, near: BaseGeometry) -> Reading:
    """Zones of A51 (water that drains cannot take): depth, and the municipality as publisher. Raises as `flood`."""
    return _inland(payload, _features(payload), near)


def polygons(payload: Payload, near: BaseGeometry, hazard: str, scale: str | None = None) -> Reading:
    """Polygons of one hazard from any GeoJSON or Shapefile.

    Read where present: depth_min_m, depth_max_m, depth_rank (1 to 6 as in A31a), name_ja or name, river_ja or river,
    publisher_ja or publisher, designated_on, and hazard, scale, phenomenon, zone_class with the values of ZONE_COLUMNS.

    Raises FileRefused: `hazard_name_unknown` (not one of models.HAZARDS), and as `flood`.
    """
    return _plain(payload, _features(payload), near, hazard, scale)


def _flood(payload: Payload, features: list[Feature], near: BaseGeometry) -> Reading:
    fields = {name for name in _names(features) if _FLOOD_FIELD.fullmatch(name)}
    if not fields:
        raise MissingColumn("file_no_column", file=payload.name, column="A31a_205")
    # 'a31a_2' for A31a_201 to 205: one family a scale.
    families = {name[:-2]: _SCALES[name[-3]] for name in sorted(fields) if name[-3] in _SCALES}
    if not families:
        raise FileRefused("hazard_layer_unused", file=payload.name, column=min(fields).replace("a31", "A31"))

    def entries(p: Properties) -> Iterable[dict[str, Any]]:
        filled = [start for start in families if any(text(p[name]) for name in p if name[:-2] == start)]
        for start in filled or list(families)[:1]:
            is_2012 = start.endswith("0")
            # The rank stands in x05 beside a river, and in x01 where the edition knows no river.
            has_river = not is_2012 and not fields.isdisjoint(f"{start}{field}" for field in ("02", "03", "04", "05"))
            rank = p.get(f"{start}05" if has_river else f"{start}01")
            depth, unread = _ranked(rank, codes.STEPS_2012 if is_2012 else codes.STEPS)
            yield {
                "hazard": "flood",
                "scale": families[start],
                "depth": depth,
                "river_ja": text(p.get(f"{start}02")) or None if has_river else None,
                "publisher_ja": text(p.get(f"{start}04")) or None if has_river else None,
                "name_ja": unread,
            }

    return _zones(features, near, _format(features), entries)


def _landslide(payload: Payload, features: list[Feature], near: BaseGeometry) -> Reading:
    _need(payload, features, "A33_001", "A33_002")

    def entries(p: Properties) -> Iterable[dict[str, Any]]:
        phenomenon, zone = code(p.get("a33_001")), code(p.get("a33_002"))
        name = text(p.get("a33_005")) or text(p.get("a33_004")) or text(p.get("a33_006"))
        if not name and (phenomenon not in codes.PHENOMENON_CODES or zone not in codes.ZONE_CODES):
            name = f"A33_001={text(p.get('a33_001'))} A33_002={text(p.get('a33_002'))}"
        yield {
            "hazard": "landslide",
            "phenomenon": codes.PHENOMENON_CODES.get(phenomenon or 0),
            "zone_class": codes.ZONE_CODES.get(zone or 0),
            "name_ja": f"{name}（指定前）" if zone in codes.BEFORE_DESIGNATION else name or None,
            "publisher_ja": codes.prefecture(p.get("a33_003")),
            "designated_on": day(p.get("a33_007")),
        }

    return _zones(features, near, "ksj_a33", entries)


def _inland(payload: Payload, features: list[Feature], near: BaseGeometry) -> Reading:
    _need(payload, features, "A51_005")

    def entries(p: Properties) -> Iterable[dict[str, Any]]:
        depth = codes.depth_of_text(p.get("a51_005"))
        yield {
            "hazard": "inland_flood",
            "depth": depth,
            "name_ja": None if depth else text(p.get("a51_005")) or None,
            "publisher_ja": text(p.get("a51_003")) or None,
        }

    return _zones(features, near, "ksj_a51", entries)


def _plain(
    payload: Payload, features: list[Feature], near: BaseGeometry, hazard: str | None, scale: str | None
) -> Reading:
    if hazard is not None and hazard not in HAZARDS:
        raise FileRefused("hazard_name_unknown", file=payload.name, value=hazard, known=", ".join(HAZARDS))

    def entries(p: Properties) -> Iterable[dict[str, Any]]:
        low, high, unread = codes.metres(p.get("depth_min_m")), codes.metres(p.get("depth_max_m")), None
        if low is None and high is None:
            (low, high), unread = _ranked(p.get("depth_rank"), codes.STEPS)
        elif low is None:
            low = 0.0
        elif high is not None and low > high:
            unread, (low, high) = f"{low}–{high} m", codes.UNKNOWN_DEPTH
        yield {
            "hazard": _choice(p, "hazard", HAZARDS) or hazard,
            "scale": _choice(p, "scale", (codes.DESIGN, codes.MAXIMUM)) or scale,
            "phenomenon": _choice(p, "phenomenon", codes.PHENOMENA),
            "zone_class": _choice(p, "zone_class", (codes.WARNING, codes.SPECIAL)),
            "depth": (low, high),
            "river_ja": text(p.get("river_ja")) or text(p.get("river")) or None,
            "name_ja": text(p.get("name_ja")) or text(p.get("name")) or unread,
            "publisher_ja": text(p.get("publisher_ja")) or text(p.get("publisher")) or None,
            "designated_on": day(p.get("designated_on")),
        }

    return _zones(features, near, "hazard_polygons", entries)


def _features(payload: Payload) -> list[Feature]:
    found = _shapefiles(payload) if payload.data[:2] == b"PK" else areas.features(payload)
    if not found:
        raise FileRefused("file_empty", file=payload.name)
    return found


def _shapefiles(payload: Payload) -> list[Feature]:
    """Every Shapefile of a zip, in any folder (areas.features sees only one in the root); rows count through all."""
    layers: dict[str, dict[str, bytes]] = {}
    for member in archive.unpack(payload, MAX_UNPACKED_BYTES):
        path = PurePosixPath(member.name)
        if path.suffix.lower() in _SHAPEFILE:
            layers.setdefault(str(path.with_suffix("")), {})[path.suffix.lower()] = member.data
    shapes = [parts for parts in layers.values() if ".shp" in parts]
    if not shapes:
        raise FileRefused("file_not_shapefile", file=payload.name, error=".shp")
    found: list[Feature] = []
    for parts in shapes:
        found += _layer(payload, parts, len(found))
    return found


def _layer(payload: Payload, parts: Mapping[str, bytes], before: int) -> list[Feature]:
    with tempfile.TemporaryDirectory() as folder:
        for ending, data in parts.items():
            Path(folder, f"layer{ending}").write_bytes(data)
        try:
            frame = gpd.read_file(Path(folder, "layer.shp"))
            frame = frame if frame.crs is None else frame.to_crs(LON_LAT)
            tables = frame.drop(columns=frame.geometry.name).to_dict("records")
        except Exception as error:  # GDAL, pyogrio and pyproj raise many kinds
            problem = str(error).replace(folder, "")[:200]
            raise FileRefused("file_not_shapefile", file=payload.name, error=problem) from error
    undo = _undo_latin1 if ".cpg" not in parts else lambda value: value
    rows = ({str(name): undo(value) for name, value in table.items()} for table in tables)
    return [Feature(before + i, row, shape) for i, (row, shape) in enumerate(zip(rows, frame.geometry, strict=True), 1)]


def _undo_latin1(value: Any) -> Any:
    """GDAL takes a DBF that does not name its encoding for Latin-1; Japanese ones are CP932 or UTF-8."""
    if not isinstance(value, str) or value.isascii():
        return value
    for encoding in ("utf-8", "cp932"):
        try:
            return value.encode("latin-1").decode(encoding)
        except UnicodeError:
            continue
    return value


_READERS: dict[str, Callable[[Payload, list[Feature], BaseGeometry], Reading]] = {
    "ksj_a31a": _flood,
    "ksj_a31b": _flood,
    "ksj_a31": _flood,
    "ksj_a33": _landslide,
    "ksj_a51": _inland,
}


def _format(features: list[Feature]) -> str:
    prefixes = {name.split("_")[0] for name in _names(features) if re.fullmatch(r"a[0-9]{2}[ab]?_[0-9]{3}", name)}
    known = [format for format in _READERS if format.removeprefix("ksj_") in prefixes]
    return known[0] if known else "hazard_polygons"


def _zones(
    features: list[Feature], near: BaseGeometry, format: str, entries: Callable[[Properties], Iterable[dict[str, Any]]]
) -> Reading:
    zones = Zones(near)
    for feature in features:
        shape = zones.place(feature.row, feature.geometry, dict(feature.properties))
        if shape is not None:
            for entry in entries(_lower(feature)):
                zones.take(feature.row, geometry=shape, **entry)
    return zones.reading(format, len(features))


def _ranked(value: object, steps: Mapping[int, Depth]) -> tuple[Depth, str | None]:
    """The depth of a rank, and what to call the zone where the rank is no code of the table."""
    rank = code(value)
    if rank is not None and rank in steps:
        return steps[rank], None
    return codes.UNKNOWN_DEPTH, f"浸水深ランク {text(value)}" if text(value) else None


def _choice(p: Properties, name: str, known: tuple[str, ...]) -> str | None:
    value = text(p.get(name))
    return value if value in known else None


def _lower(feature: Feature) -> Properties:
    return {str(name).strip().lower(): value for name, value in feature.properties.items()}


def _names(features: list[Feature]) -> set[str]:
    return {name for feature in features for name in _lower(feature)}


def _need(payload: Payload, features: list[Feature], *columns: str) -> None:
    names = _names(features)
    for column in columns:
        if column.lower() not in names:
            raise MissingColumn("file_no_column", file=payload.name, column=column)
