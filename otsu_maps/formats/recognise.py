"""Which format a file has, by what is in it: never by its name, its encoding or how it is packed.

The readers are those of a build; here they are asked for every row, whichever city it speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats import (
    address_points,
    areas,
    census_mesh,
    city_facts,
    counters,
    evacuation_space,
    events,
    flow_result,
    gsi_shelters,
    gtfs,
    hazards,
    jma_xml,
    landmarks,
    people_flow,
    stations,
    town_population,
)
from otsu_maps.formats.archive import unpack
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.table import clean, pick, read_table
from otsu_maps.formats.text import is_json
from otsu_maps.geo import JAPAN

UNKNOWN = "unknown"
ANYWHERE = shapely.box(*JAPAN)

AREAS = {
    "boundary": ("N03_007",),
    "districts": ("A32_006", "A27_005"),
    "lakes": ("W09_001",),
    "rail_lines": ("N02_003",),
    "warning_areas": ("distlictCode", "regioncode"),
}
"""Formats of areas and lines by a property that only they have."""

FORMATS = (
    "gsi_sites",
    "gsi_shelters",
    "evacuation_space",
    "city_facts",
    "address_points",
    *AREAS,
    stations.FORMAT,
    "ksj_a31",
    "ksj_a31a",
    "ksj_a31b",
    "ksj_a33",
    "ksj_a51",
    "plateau_gml",
    "hazard_polygons",
    "gtfs",
    "estat_mesh",
    "mesh_density_json",
    "town_population",
    "mlit_mesh",
    "mlit_fromto",
    "guide_mesh",
    "guide_od",
    "guide_area",
    flow_result.CELLS,
    flow_result.MOVES,
    counters.FORMAT,
    "events",
    landmarks.FORMAT,
    jma_xml.FORMAT,
    UNKNOWN,
)
"""Every answer that `recognise` can give."""


_MUNICIPALITY = re.compile(r"[都道府県].*[市区町村]$")
"""Some outlines carry nothing but the name of a prefecture and a municipality."""


@dataclass(frozen=True)
class Found:
    """What a file turned out to hold: one reading a member that was understood, with the member's name.

    A file of telegrams has no rows: `telegrams` are those that were read, `unread` why the others were not.
    """

    format: str
    readings: tuple[tuple[str, Reading], ...]
    refusal: FileRefused | None = None
    telegrams: tuple[jma_xml.Telegram, ...] = ()
    unread: tuple[FileRefused, ...] = ()

    @property
    def encoding(self) -> str:
        return ", ".join(dict.fromkeys(reading.encoding for _, reading in self.readings))


def recognise(payload: Payload, max_bytes: int) -> Found:
    """The format of a file and all its rows. `format` is one of FORMATS.

    A zip is looked at member by member, then whole (a Shapefile lives in several). Where nothing is understood,
    `refusal` is the most telling reason. Raises UnsafeFile for a file that must not be opened.
    """
    members = unpack(payload, max_bytes)
    if gtfs.looks_like(member.name for member in members):
        return _timetable(payload, max_bytes)
    if members and all(jma_xml.looks_like(member.data) for member in members):
        return _telegrams(members)
    readings: list[tuple[str, Reading]] = []
    refusal: FileRefused | None = None
    for member in members if len(members) == 1 else [*members, payload]:
        if member is payload and readings:
            break
        try:
            readings.append((member.name, _read(member)))
        except UnsafeFile:
            raise
        except FileRefused as error:
            refusal = refusal or error
    if not readings:
        return Found(UNKNOWN, (), refusal or FileRefused("file_empty", file=payload.name))
    names = list(dict.fromkeys(reading.format for _, reading in readings))
    return Found(names[0], tuple(pair for pair in readings if pair[1].format == names[0]))


def _timetable(payload: Payload, max_bytes: int) -> Found:
    try:
        feeds = gtfs.read(payload, max_bytes)
    except UnsafeFile:
        raise
    except FileRefused as error:
        return Found(UNKNOWN, (), error)
    tables = ((f"{feed.name}/{name}.txt", reading) for feed in feeds for name, reading in feed.tables.items())
    return Found("gtfs", tuple((file, reading) for file, reading in tables if reading.rows_in))


def _telegrams(members: list[Payload]) -> Found:
    read: list[jma_xml.Telegram] = []
    unread: list[FileRefused] = []
    for member in members:
        try:
            read.append(jma_xml.read(member))
        except FileRefused as error:
            unread.append(error)
    refusal = None if read else unread[0]
    return Found(jma_xml.FORMAT, (), refusal, tuple(read), tuple(unread))


def _read(payload: Payload) -> Reading:
    """The first reader that understands the file. Raises the refusal of the first that knew it but could not use it."""
    told: FileRefused | None = None
    for is_it, read in _READERS:
        try:
            if is_it(payload):
                return read(payload)
        except UnsafeFile:
            raise
        except FileRefused as error:
            told = told or error
    raise told or FileRefused("file_unknown", file=payload.name)


def _is_list(payload: Payload) -> bool:
    return payload.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["


def _is_mesh_json(payload: Payload) -> bool:
    return is_json(payload.data) and b"meshId" in payload.data[:1000]


def _has_columns(*any_of: str) -> Callable[[Payload], bool]:
    """Whether a table has a column whose name holds one of these words."""

    def is_it(payload: Payload) -> bool:
        if is_json(payload.data) or hazards.is_xml(payload.data):
            return False
        columns = [clean(column) for column in read_table(payload).columns]
        return any(word in column for word in any_of for column in columns)

    return is_it


def _has_names(names: Mapping[str, tuple[str, ...]], *needed: str) -> Callable[[Payload], bool]:
    """Whether a table has a column for each of some meanings."""
    return lambda payload: set(needed) <= set(pick(read_table(payload), names))


def _is_gsi_json(payload: Payload) -> bool:
    return is_json(payload.data) and any(
        key.encode() in payload.data for key in ("共通ID", '"unavailable"', "\\u5171\\u901aID")
    )


def _is_stations(payload: Payload) -> bool:
    if is_json(payload.data) or payload.data[:2] == b"PK":
        return not _is_list(payload) and stations.are_stations(areas.features(payload)[:50])
    return not hazards.is_xml(payload.data) and set(read_table(payload).columns) >= stations.CSV_COLUMNS


def _is_areas(payload: Payload) -> bool:
    return (
        not _is_list(payload)
        and (is_json(payload.data) or payload.data[:2] == b"PK")
        and _kind_of_areas(payload) is not None
    )


def _kind_of_areas(payload: Payload) -> str | None:
    found = areas.features(payload)[:50]
    names = {name for feature in found for name in feature.properties}
    kind = next((kind for kind, keys in AREAS.items() if names & set(keys)), None)
    if (
        kind is None
        and names == {"name"}
        and all(_MUNICIPALITY.search(_label(feature.properties)) for feature in found)
    ):
        return "boundary"
    if kind is None and found and all(_is_line(feature.geometry) for feature in found):
        return "rail_lines"
    return kind


def _is_line(shape: BaseGeometry | None) -> bool:
    return shape is not None and shape.geom_type in areas.LINES


def _areas(payload: Payload) -> Reading:
    """Areas or lines as they are, without asking whose they are."""
    kind = _kind_of_areas(payload) or UNKNOWN
    found = areas.features(payload)
    rows = Rows(("name_ja", "geometry"))
    for feature in found:
        shape, about = feature.geometry, dict(feature.properties)
        if shape is None or shape.is_empty:
            rows.refuse(feature.row, about, "row_no_geometry", file=payload.name)
        elif not areas.in_japan(shape):
            rows.refuse(feature.row, about, "row_outside_japan", bounds=areas.bounds_text(shape))
        else:
            rows.take(feature.row, name_ja=_label(about), geometry=shape)
    return rows.reading(kind, "utf-8", len(found))


def _label(properties: Mapping[str, Any]) -> str:
    return next((str(value) for value in properties.values() if isinstance(value, str) and value), "")


_READERS: tuple[tuple[Callable[[Payload], bool], Callable[[Payload], Reading]], ...] = (
    (lambda payload: payload.data[:4] == flow_result.PARQUET, flow_result.read),
    (lambda payload: hazards.is_xml(payload.data), lambda payload: hazards.read(payload, ANYWHERE)),
    (_is_gsi_json, lambda payload: gsi_shelters.read(payload, None)),
    (_is_mesh_json, lambda payload: census_mesh.read(payload, ANYWHERE)),
    (_is_list, address_points.read),
    (_is_stations, lambda payload: stations.read(payload, ANYWHERE)),
    (_is_areas, _areas),
    (
        lambda payload: is_json(payload.data) or payload.data[:2] == b"PK",
        lambda payload: hazards.read(payload, ANYWHERE),
    ),
    (_has_columns("KEY_CODE"), lambda payload: census_mesh.read(payload, ANYWHERE)),
    (_has_columns("dayflag", "meshcode", "mesh1kmid", "from_area", "option1", "time_o"), people_flow.read),
    (_has_columns("避難収容人数", "滞在収容人数", "capacity_refuge_persons"), city_facts.read),
    (_has_columns("共通ID"), lambda payload: gsi_shelters.read(payload, None)),
    (_has_columns("イベント名", "行事名", "開催日"), events.read),
    (
        _has_columns("避難", "災害種別", "想定収容", "evacuationSpace"),
        lambda payload: evacuation_space.read(payload, None),
    ),
    (_has_columns("人口", "totalPopulation"), town_population.read),
    (_has_columns("POIコード"), landmarks.read),
    (_has_names(flow_result.NAMES, "origin", "destination", "trips"), flow_result.read),
    (_has_names(flow_result.NAMES, "mesh_code", "devices", "hour"), flow_result.read),
    (_has_names(counters.NAMES, "site_id", "counted_at", "passages"), counters.read),
    (lambda payload: read_table(payload).columns == counters.OF_SENSOR, counters.read),
)
"""Whether a file may be of a format, and its reader; the more special first."""
