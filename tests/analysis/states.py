"""States of the ledger by hand, through its own steps: warnings, earthquakes, hazards, at so many minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from otsu_maps.ledger import topics
from otsu_maps.ledger.events import written
from otsu_maps.ledger.topics import Seen, State

SOUTH, NORTH, CITY = "2520101", "2520102", "2520100"
AREAS = (SOUTH, NORTH)
START = datetime(2026, 11, 24)
WARNED_OF = ("flood", "inland_flood", "landslide", "storm_surge", "earthquake")
Told = Mapping[str, Sequence[Mapping[str, Any]]]


def at(minutes: float) -> str:
    """A time of the ledger."""
    return written(START + timedelta(minutes=minutes))


def warned(code: str, level: int | None, *hazards: str, is_known: bool = True, name: str = "") -> dict[str, Any]:
    return {"code": code, "name": name, "level": level, "hazards": list(hazards), "is_known": is_known}


SLOPE_3 = warned("09", 3, "landslide", name="土砂災害警報")
SLOPE_4 = warned("49", 4, "landslide", name="土砂災害危険警報")
RAIN_3 = warned("03", 3, "flood", "inland_flood", name="大雨警報")
STRANGE = warned("99", None, is_known=False, name="謎警報")


def alert(*told: tuple[float, Told | None], series: str = "VPWW56|250000") -> State:
    """The state of one series after messages at so many minutes; None: cancelled."""
    state: State = {}
    for number, (minutes, areas) in enumerate(told):
        payload = {
            "alert_id": f"{number}",
            "series": series,
            "source": "jma",
            "kind": series[:6],
            "title": "t",
            "info_type": "cancelled" if areas is None else "issued",
            "areas": [{"code": code, "name": code, "warnings": list(given)} for code, given in (areas or {}).items()],
        }
        state = topics.step("alert", state, _seen("alert_received", payload, minutes))
    return state


def quake(minutes: float, degree: str, area: str = CITY) -> State:
    """The state after one report of how strongly an area was shaken."""
    felt = {"code": degree, "name": f"震度{degree}", "level": None, "hazards": ["earthquake"], "is_known": True}
    return alert((minutes, {area: [felt]}), series=f"VXSE|{minutes}{area}")


def hazard(name: str, *told: tuple[float, str], area: str | None = None) -> State:
    """The state of a hazard that was `declared` and `ended` at so many minutes."""
    state: State = {}
    for minutes, did in told:
        state = topics.step("hazard", state, _seen(f"hazard_{did}", {"hazard": name, "area": area}, minutes))
    return state


def place(**changes: Any) -> dict[str, Any]:
    """A row of queries.validity.places: a general shelter in the south, designated for everything."""
    suits = dict.fromkeys((*WARNED_OF, "tsunami", "large_fire", "volcano"), True)
    return {
        "place_id": "p",
        "premises_id": "P",
        "place_kind": "shelter",
        "name_ja": "学校",
        "name_en": None,
        "lon": 135.9,
        "lat": 35.0,
        "district_id": "D1",
        "warning_area_code": SOUTH,
        **{f"is_for_{name}": flag for name, flag in suits.items()},
        "kind": "general",
        "accepts_ja": None,
        "needs_opening": True,
        "capacity_refuge_persons": 100,
        "capacity_stay_persons": 40,
        **changes,
    }


def shelter(**changes: Any) -> dict[str, Any]:
    """What read.state says of a shelter: opened and checked at the start, ten people in it."""
    return {
        "status": "open",
        "building": "checked",
        "since": at(0),
        "head_count": {"people": 10, "at": at(0), "method": "counted"},
        "checked_in": None,
        "capacity": None,
        "damage": None,
        "heard_at": at(0),
        **changes,
    }


def _seen(kind: str, payload: Mapping[str, Any], minutes: float) -> Seen:
    return Seen(f"{kind}{minutes}", kind, None, None, at(minutes), "hq", "i", payload)
