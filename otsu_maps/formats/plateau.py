"""Hazard zones of PLATEAU 3D city models (CityGML 2.0 with i-UR): fld, tnm, htd, ifld and lsld files.

Standard product specification of PLATEAU (国土交通省, https://www.mlit.go.jp/plateaudocument/): a zone of water is a
`wtr:WaterBody` with one `uro:...RiskAttribute`, whose depth is `uro:rank` (national steps) or `uro:rankOrg` (the
municipality's own steps, another list a city: confirmed); a zone of landslides is a `urf:SedimentDisasterProneArea`.
Coordinates are latitude, longitude, height (EPSG:6697) or latitude, longitude (EPSG:6668). Checked with real files of
沼津市. Code lists lie beside the data as files of their own: without them rankOrg stays an unknown depth.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from shapely.geometry.base import BaseGeometry

from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats import hazard_codes as codes
from otsu_maps.formats.hazard_codes import Depth, Zones, code, day, depth_of_text, metres, prefecture, text
from otsu_maps.formats.reading import Payload, Reading

RISKS: Mapping[str, str] = {
    "RiverFloodingRiskAttribute": "flood",
    "TsunamiRiskAttribute": "tsunami",
    "HighTideRiskAttribute": "storm_surge",
    "InlandFloodingRiskAttribute": "inland_flood",
}
"""The element under `uro:floodingRiskAttribute`, without the 'WaterBody' that newer editions put before it."""

SAME_STEPS = ("flood", "tsunami", "storm_surge")
"""Hazards whose `*_rank.xml` is known to be hazard_codes.STEPS. That of inland flooding was not found."""

GRID_DEGREES = 1e-9
"""About 0.1 mm: the corners that triangles share differ in their last digits, and would leave hairline cracks."""

CodeLists = Mapping[str, Mapping[str, str]]
"""File name of a code list to its codes and what they mean, as `codelist` reads them."""

_PRONE_AREA = "SedimentDisasterProneArea"
_MARKS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
_DIMENSIONS = {"6697": 3, "6668": 2}


def is_xml(data: bytes) -> bool:
    """Whether the bytes begin as an XML file does."""
    return data[:200].lstrip().startswith(_MARKS)


def plateau(payload: Payload, near: BaseGeometry, codelists: CodeLists | None = None) -> Reading:
    """Zones as ZONE_COLUMNS; a row is a city object, counted from 1. The format is 'plateau_gml'.

    The triangles of an object are united. A rank that is unknown without its code list keeps the zone, with no depth
    and the code as its name. The scale is that of the attribute, else the '_l1_' or '_l2_' of the file name.

    Raises UnsafeFile: `file_xml_unsafe` (a DTD or entities); FileRefused: `file_broken`, `file_not_citygml`,
    `file_empty`, `hazard_no_zones` (no object is a hazard zone). Rows are refused with `row_no_hazard` (a river, a
    building, a reservoir), `row_no_geometry`, `row_outside_japan`.
    """
    zones, count = Zones(near), 0
    for count, (body, dimension) in enumerate(_city_objects(payload), 1):
        entries = list(_entries(body, payload.name, codelists or {}))
        kind = _local(body)
        if not entries:
            zones.refuse(count, f"{kind} {_id(body)}", "row_no_hazard", kind=kind)
            continue
        shape = zones.place(count, _shape(body, dimension), f"{kind} {_id(body)}")
        for entry in entries if shape is not None else ():
            zones.take(count, geometry=shape, **entry)
    if count == 0:
        raise FileRefused("file_empty", file=payload.name)
    if sum(refused.reason.code == "row_no_hazard" for refused in zones.rows.refused) == count:
        raise FileRefused("hazard_no_zones", file=payload.name)
    return zones.reading("plateau_gml", count)


def codelist(payload: Payload) -> dict[str, str]:
    """A code list of PLATEAU (gml:Dictionary): code to meaning. Raises as `plateau`."""
    found: dict[str, str] = {}
    for _, element in _events(payload, ("end",)):
        if _local(element) == "Definition":
            found[_child(element, "name")] = _child(element, "description")
    return found


def _events(payload: Payload, kinds: tuple[str, ...]) -> Iterator[tuple[str, Element]]:
    try:
        yield from iterparse(io.BytesIO(payload.data), kinds, forbid_dtd=True)
    except DefusedXmlException as error:
        raise UnsafeFile("file_xml_unsafe", file=payload.name) from error
    except (ParseError, ValueError, LookupError) as error:  # the latter two: an encoding that is none
        raise FileRefused("file_broken", file=payload.name) from error


def _city_objects(payload: Payload) -> Iterator[tuple[Element, int]]:
    """Each city object and how many numbers its coordinates have. What has been read is freed at once."""
    root: Element | None = None
    dimension = 3
    for event, element in _events(payload, ("start", "end")):
        if root is None:
            root = element
            if _local(root) != "CityModel":
                raise FileRefused("file_not_citygml", file=payload.name, root=_local(root)[:100])
        elif event == "start":
            if _local(element) == "Envelope":
                dimension = _dimension(element, dimension)
        elif _local(element) == "cityObjectMember":
            yield (element[0] if len(element) else element), dimension
            root.clear()


def _entries(body: Element, file: str, codelists: CodeLists) -> Iterator[dict[str, Any]]:
    if _local(body) == _PRONE_AREA:
        yield _landslide(body)
    for element in body.iter():
        hazard = RISKS.get(_local(element).removeprefix("WaterBody"))
        if hazard is not None:
            yield _water(element, hazard, file, codelists)


def _water(risk: Element, hazard: str, file: str, codelists: CodeLists) -> dict[str, Any]:
    depth, unread = _depth(risk, hazard, codelists)
    named = _meaning(risk, "description", codelists)
    scale = codes.SCALE_CODES.get(_child(risk, "scale").upper())
    if scale is None and hazard == "flood":
        scale = codes.DESIGN if "_l1_" in file else codes.MAXIMUM if "_l2_" in file else None
    return {
        "hazard": hazard,
        "scale": scale,
        "depth": depth,
        "river_ja": named if hazard == "flood" else None,
        "name_ja": (named if hazard != "flood" else None) or unread,
        "publisher_ja": codes.ADMIN_CODES.get(_child(risk, "adminType")),
    }


def _depth(risk: Element, hazard: str, codelists: CodeLists) -> tuple[Depth, str | None]:
    for name in ("rank", "rankOrg"):
        value = _child(risk, name)
        if not value:
            continue
        meaning = _meaning(risk, name, codelists)
        depth = depth_of_text(meaning) if meaning else None
        if depth is None and name == "rank" and hazard in SAME_STEPS:
            depth = codes.STEPS.get(code(value) or 0)
        if depth is not None:
            return depth, None
        break
    else:
        name, value = "", ""
    measured = metres(_child(risk, "depth"))
    if measured is not None:
        return (measured, measured), None
    return codes.UNKNOWN_DEPTH, f"{name} {value}" if value else None


def _meaning(risk: Element, name: str, codelists: CodeLists) -> str | None:
    """What a code means by the list that its codeSpace names, where that list is at hand."""
    for child in risk:
        if _local(child) == name:
            list_name = child.get("codeSpace", "").replace("\\", "/").split("/")[-1]
            return codelists.get(list_name, {}).get(text(child.text))
    return None


def _landslide(body: Element) -> dict[str, Any]:
    phenomenon, zone = code(_child(body, "disasterType")), code(_child(body, "areaType"))
    name = _child(body, "zoneName") or _child(body, "zoneNumber") or _child(body, "location")
    if not name and (phenomenon not in codes.PHENOMENON_CODES or zone not in codes.ZONE_CODES):
        name = f"disasterType {_child(body, 'disasterType')} areaType {_child(body, 'areaType')}"
    return {
        "hazard": "landslide",
        "phenomenon": codes.PHENOMENON_CODES.get(phenomenon or 0),
        "zone_class": codes.ZONE_CODES.get(zone or 0),
        "name_ja": f"{name}（指定前）" if zone in codes.BEFORE_DESIGNATION else name or None,
        "publisher_ja": prefecture(_child(body, "prefecture")),
        "designated_on": day(_child(body, "validFrom")),
    }


def _shape(body: Element, dimension: int) -> BaseGeometry | None:
    """All polygons of an object as one, lon/lat; None where there is none or one of them is broken."""
    try:
        parts = [_polygon(element, dimension) for element in body.iter() if _local(element) == "Polygon"]
        flat = [part for part in parts if part.area > 0]
        sound = [codes.polygonal(part) for part in flat]
        return shapely.union_all(sound, grid_size=GRID_DEGREES) if sound else None
    except (ValueError, shapely.errors.ShapelyError):
        return None


def _polygon(element: Element, dimension: int) -> shapely.Polygon:
    outer: list[np.ndarray] = []
    holes: list[np.ndarray] = []
    for side in element:
        kept = {"exterior": outer, "interior": holes}.get(_local(side))
        if kept is not None:
            kept.append(_ring(side, dimension))
    if len(outer) != 1:
        raise ValueError
    return shapely.Polygon(outer[0], holes)


def _ring(side: Element, dimension: int) -> np.ndarray:
    numbers: list[str] = []
    for element in side.iter():
        if _local(element) in ("posList", "pos"):
            dimension = _dimension(element, dimension)
            numbers += (element.text or "").split()
    points = np.array(numbers, dtype=float).reshape(-1, dimension)
    if not np.isfinite(points).all():
        raise ValueError
    return points[:, 1::-1]


def _dimension(element: Element, otherwise: int) -> int:
    said = element.get("srsDimension", "")
    if said in ("2", "3"):
        return int(said)
    return _DIMENSIONS.get(element.get("srsName", "").rstrip("/").split("/")[-1].split(":")[-1], otherwise)


def _child(element: Element, name: str) -> str:
    return next((text(child.text) for child in element if _local(child) == name), "")


def _local(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _id(body: Element) -> str:
    return next((value for name, value in body.attrib.items() if name.endswith("}id")), "")
