"""Geolonia 住所データ: a JSON list of towns, one point each (`town`, `koaza`, `lat`, `lng`)."""

from __future__ import annotations

import json
import math
from typing import Any

from otsu_maps.errors import FileRefused
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.text import is_storable
from otsu_maps.reasons import whole_characters

COLUMNS = ("town_ja", "koaza_ja", "lon", "lat")


def read(payload: Payload) -> Reading:
    """Towns of one city: town_ja, koaza_ja, lon, lat (degrees). Raises FileRefused."""
    try:
        towns = json.loads(payload.data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefused("file_not_json", file=payload.name) from error
    if not isinstance(towns, list) or not any(isinstance(town, dict) and "town" in town for town in towns):
        raise FileRefused("file_not_address_points", file=payload.name)
    rows = Rows(COLUMNS)
    for number, town in enumerate(towns, 1):
        if not isinstance(town, dict) or not _text(town, "town"):
            rows.refuse(number, town, "row_no_name", file=payload.name)
            continue
        lon, lat = _degrees(town.get("lng")), _degrees(town.get("lat"))
        if lon is None or lat is None:
            place = whole_characters(f"{town.get('lng')}, {town.get('lat')}")
            rows.refuse(number, town, "row_no_position", file=payload.name, value=place)
            continue
        rows.take(number, town_ja=_text(town, "town"), koaza_ja=_text(town, "koaza"), lon=lon, lat=lat)
    return rows.reading("address_points", "utf-8", len(towns))


def _degrees(value: object) -> float | None:
    try:
        degrees = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return None
    return degrees if math.isfinite(degrees) else None


def _text(town: dict[str, Any], name: str) -> str | None:
    value = town.get(name)
    return value if isinstance(value, str) and value and is_storable(value) else None
