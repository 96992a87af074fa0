"""What goes on, told plainly for examples: telegrams as JMA sends them, shaking, what headquarters declares and ends.

Minutes count from START; everything comes through the steps of the ledger, as in the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from one_event import one_event

from otsu_maps import alerts, config
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.formats import jma_xml
from otsu_maps.formats.reading import Payload
from otsu_maps.ledger import topics
from otsu_maps.ledger.events import written
from otsu_maps.models import HAZARDS

SOUTH, NORTH = AREAS = ("2520101", "2520102")
CITY = "2520100"
START = datetime(2026, 11, 24)
RULES = Rules(
    contact=timedelta(minutes=10),
    hazard_level=3,
    quake=4,
    aftershock=3,
    quake_lasts=timedelta(hours=168),
    count_lasts=timedelta(minutes=180),
)
OTSU = config.read_city("otsu")


@dataclass(frozen=True)
class Told:
    """One event: minute, kind, topic, key of the topic, payload."""

    minute: float
    kind: str
    topic: str
    key: str
    payload: Mapping[str, Any]


def at(minute: float) -> str:
    """A time as it stands in the ledger."""
    return written(START + timedelta(minutes=minute))


def payload(data: bytes) -> dict[str, Any]:
    """What the ledger keeps of a telegram in Otsu."""
    found = alerts.payload_of(jma_xml.read(Payload("a.xml", data)), OTSU, "a")
    assert found is not None, "the telegram does not concern Otsu"
    return found


def heard(minute: float, data: bytes) -> Told:
    """A telegram comes in."""
    said = payload(data)
    return Told(minute, "alert_received", "alert", said["series"], said)


def warned(minute: float, series: str, area: str, *warnings: Mapping[str, Any]) -> Told:
    """A message on one area, of warnings as the ledger keeps them."""
    about = {"alert_id": "a", "source": "jma", "kind": "K", "title": "T", "info_type": "issued", "series": series}
    areas = [{"code": area, "name": area, "warnings": list(warnings)}]
    return Told(minute, "alert_received", "alert", series, {**about, "areas": areas})


def warning(code: str, level: int | None, *hazards: str, is_known: bool = True) -> dict[str, Any]:
    return {"code": code, "name": f"警報{code}", "level": level, "hazards": list(hazards), "is_known": is_known}


def shaken(minute: float, degree: str, area: str = CITY) -> Told:
    """An earthquake of its own, with one intensity."""
    return warned(minute, f"VXSE|{minute}", area, warning(degree, None, "earthquake"))


def declared(minute: float, hazard: str, area: str | None = None) -> Told:
    return Told(minute, "hazard_declared", "hazard", f"{hazard}|{area or ''}", {"hazard": hazard, "area": area})


def ended(minute: float, hazard: str, area: str | None = None) -> Told:
    return Told(minute, "hazard_ended", "hazard", f"{hazard}|{area or ''}", {"hazard": hazard, "area": area})


def situation(*story: Told, is_heard: bool = True, **more: Any) -> Situation:
    """What is known after a story; at its last minute."""
    states: dict[tuple[str, str], Any] = {}
    for number, told in enumerate(sorted(story, key=lambda told: told.minute)):
        event = one_event(number, told.kind, told.payload, START + timedelta(minutes=told.minute))
        states[told.topic, told.key] = topics.step(told.topic, states.get((told.topic, told.key)), event)
    last = max((told.minute for told in story), default=0)
    return Situation(
        at=START + timedelta(minutes=last),
        alerts=_of(states, "alert"),
        hazards=_of(states, "hazard"),
        is_heard=is_heard,
        **more,
    )


def _of(states: Mapping[tuple[str, str], Any], wanted: str) -> tuple[Any, ...]:
    return tuple(state for (topic, _), state in states.items() if topic == wanted)


def row(place_id: str = "p", *, suits: Iterable[str] = HAZARDS, **more: Any) -> dict[str, Any]:
    """A row of queries.validity.places: a shelter in the south, designated for `suits` and for nothing else."""
    return {
        "place_id": place_id,
        "place_kind": "shelter",
        "name_ja": f"学校{place_id}",
        "name_en": None,
        "lon": 135.9,
        "lat": 35.0,
        "district_id": "D1",
        "warning_area_code": SOUTH,
        **{f"is_for_{hazard}": hazard in suits for hazard in HAZARDS},
        "kind": "general",
        "accepts_ja": None,
        "needs_opening": True,
        "capacity_refuge_persons": 100,
        "capacity_stay_persons": 50,
        **more,
    }


def zone(hazard: str, zone_class: str | None = None, depth: tuple[float | None, float | None] = (None, None)) -> Any:
    """A row of queries.validity.inside for place `p`."""
    low, high = depth
    return {"place_id": "p", "hazard": hazard, "zone_class": zone_class, "depth_min_m": low, "depth_max_m": high}


def shelter(**more: Any) -> dict[str, Any]:
    """The state of a shelter that was opened with its building checked, a minute after START (read.state)."""
    return {
        "status": "open",
        "building": "checked",
        "since": at(1),
        "head_count": None,
        "checked_in": None,
        "capacity": None,
        "damage": None,
        "heard_at": at(1),
        **more,
    }
