"""Telegrams of the Japan Meteorological Agency that concern the city: what of them the ledger keeps.

A message belongs to the standing incident of its mode, never to an incident that was opened.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from otsu_maps.config import City
from otsu_maps.formats import jma_codes, jma_xml
from otsu_maps.formats.jma_telegram import Area, Telegram
from otsu_maps.ledger import alerts
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger

SOURCE = "jma"
"""Name of the source in table `contact` and in messages."""

MODES = {jma_xml.REAL: "real", jma_xml.DRILL: "drill", jma_xml.TEST: "test"}
"""By Control/Status."""

INFO_TYPES = {
    jma_xml.ISSUED: "issued",
    jma_xml.DELAYED: "issued",
    jma_xml.CORRECTED: "corrected",
    jma_xml.CANCELLED: "cancelled",
}
_RANK = {"issued": timedelta(0), "corrected": timedelta(microseconds=1), "cancelled": timedelta(microseconds=2)}

MAY_CONCERN = frozenset(jma_codes.SUPPORTED) - {"VXSE52"}
"""Kinds worth reading: VXSE52 tells where an earthquake was and not how it was felt."""

RECORDED, KNOWN, ELSEWHERE, LOOSE = "recorded", "known", "elsewhere", "loose"
_BOM = b"\xef\xbb\xbf"
_MOST = 200
"""Characters of a text in an event."""


@dataclass(frozen=True)
class Taken:
    """What became of a telegram: `recorded` (as `event`), `known` (it was here), `elsewhere` (it concerns other
    places), or `loose`: it changes an earlier message that is not here.
    """

    outcome: str
    event: Event | None = None


def alert_id(data: bytes) -> str:
    """The same for the same telegram by any way: 32 hex digits of SHA-256, line ends and a BOM left out."""
    return hashlib.sha256(data.removeprefix(_BOM).replace(b"\r\n", b"\n").strip()).hexdigest()[:32]


def moment_of(telegram: Telegram) -> datetime:
    """When it was issued (naive UTC), as it stands in the order of events.

    A correction may have the time of what it corrects, to the minute: it comes a microsecond later, a cancellation two.
    """
    return telegram.reported_at + _RANK[INFO_TYPES[telegram.info_type]]


def series_of(telegram: Telegram, city: City) -> str:
    """Telegram.series; a warning of the city's own office that names no area is of the city's series."""
    is_ours = telegram.kind not in jma_codes.QUAKE_KINDS and telegram.office == city.office_ja
    if is_ours and city.forecast_office and telegram.kind != jma_codes.RIVER_KIND and not telegram.issued_for:
        return f"{telegram.kind}|{city.forecast_office}"
    return telegram.series[:_MOST]


def concerns(telegram: Telegram, city: City) -> bool:
    """Whether a telegram by itself speaks of the city.

    Warnings and landslide alerts by the city's warning areas, intensities by its area of earthquakes (VXSE51: by its
    regions), river forecasts by the municipalities named, or by the forecast office where none is named.
    """
    if telegram.kind == jma_codes.RIVER_KIND:
        if telegram.cities:
            return any(code.startswith(city.code5) or code == city.quake_area for code in telegram.cities)
        return bool(city.forecast_office) and city.forecast_office in telegram.offices
    if _own(telegram, city):
        return True
    is_cancelled = telegram.info_type == jma_xml.CANCELLED
    office = city.forecast_office
    return is_cancelled and bool(office) and series_of(telegram, city) == f"{telegram.kind}|{office}"


def payload_of(telegram: Telegram, city: City, alert_id: str) -> dict[str, Any] | None:
    """What an `alert_received` holds, the city's own areas alone; None where the telegram can't matter here.

    A cancellation, a correction and a river forecast that do not name the city may still change what an earlier message
    said of it: they have a payload, and count where the ledger holds their series (`take`).
    """
    is_river = telegram.kind == jma_codes.RIVER_KIND
    may_follow = is_river or telegram.info_type in (jma_xml.CORRECTED, jma_xml.CANCELLED)
    if telegram.kind not in MAY_CONCERN or not (may_follow or concerns(telegram, city)):
        return None
    areas = telegram.areas if is_river else _own(telegram, city)
    if not areas and telegram.info_type == jma_xml.CORRECTED:
        areas = tuple(Area(code, city.name_ja, ()) for code in _codes(telegram, city))
    return {
        "alert_id": alert_id,
        "series": series_of(telegram, city),
        "source": SOURCE,
        "kind": telegram.kind,
        "title": telegram.title[:_MOST],
        "info_type": INFO_TYPES[telegram.info_type],
        "areas": [_area(area) for area in areas],
    }


def take(ledger: Ledger, telegram: Telegram, city: City, alert_id: str, actor: str) -> Taken:
    """Record a telegram where it concerns the city, once. Raises EventRefused, LedgerBusy, LedgerMissing."""
    payload = payload_of(telegram, city, alert_id)
    if payload is None:
        return Taken(ELSEWHERE)
    mode, is_own = MODES[telegram.status], concerns(telegram, city)
    event = alerts.record(ledger, mode, payload, moment_of(telegram), actor, only_if_held=not is_own)
    if event is not None:
        return Taken(RECORDED, event)
    return Taken(KNOWN if is_own or alerts.is_known(ledger, mode, payload) else LOOSE)


def _codes(telegram: Telegram, city: City) -> tuple[str, ...]:
    """Codes under which telegrams of this kind name the city."""
    if telegram.kind == "VXSE51":
        return city.quake_regions
    return (city.quake_area,) if telegram.kind in jma_codes.QUAKE_KINDS else city.warning_areas


def _own(telegram: Telegram, city: City) -> tuple[Area, ...]:
    codes = _codes(telegram, city)
    return tuple(area for area in telegram.areas if area.code in codes)


def _area(area: Area) -> dict[str, Any]:
    warnings = [
        {
            "code": warned.code or warned.name,
            "name": warned.name or warned.code,
            "level": warned.level,
            "hazards": list(warned.hazards),
            "is_known": warned.is_known,
        }
        for warned in area.warnings
    ]
    return {"code": area.code, "name": area.name[:_MOST] or area.code, "warnings": warnings}
