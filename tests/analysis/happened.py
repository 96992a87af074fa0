"""Short stories of an incident, as events that no ledger checked."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from otsu_maps.ledger.events import Event
from otsu_maps.ledger.kinds import checked

START = datetime(2026, 11, 24, 3, 0)
INCIDENT = "drill-1"
_numbers = count(1)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def told(minute: float, kind: str, shelter: str | None = None, /, *, late: float = 0, **payload: Any) -> Event:
    """An event of a minute after START, recorded `late` minutes later."""
    number = next(_numbers)
    corrects = payload.pop("corrects", None)
    return Event(
        event_id=f"{number:08}",
        installation_id="here",
        sequence=number,
        incident_id=INCIDENT,
        mode="drill",
        kind=kind,
        shelter_id=shelter,
        place_name=None,
        occurred_at=at(minute),
        recorded_at=at(minute + late),
        received_at=at(minute + late),
        actor="desk",
        corrects=corrects,
        payload=checked(kind, payload),
        previous_hash="",
    )


def opened(minute: float = 0) -> Event:
    return told(minute, "incident_opened", name="大雨", snapshot_id="x", is_demo=True)


def counted(minute: float, shelter: str, people: int) -> Event:
    return told(minute, "head_count", shelter, people=people, method="counted")


def place(place_id: str, capacity: int | None = None, district_id: str | None = None) -> dict[str, Any]:
    """What the figures ask of a row of queries.validity.places."""
    return {
        "place_id": place_id,
        "name_ja": f"学校{place_id}",
        "district_id": district_id,
        "capacity_refuge_persons": capacity,
        "capacity_stay_persons": None,
    }
