"""An event with what a step of a state asks for; the rest is nobody's concern."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from otsu_maps.ledger.events import STANDING, Event


def one_event(
    number: int, kind: str, payload: Mapping[str, Any], at: datetime, shelter_id: str | None = None, by: str = "hq"
) -> Event:
    """The event of this number, recorded when it happened."""
    return Event(
        event_id=str(number),
        installation_id="i",
        sequence=number + 1,
        incident_id=STANDING["real"],
        mode="real",
        kind=kind,
        shelter_id=shelter_id,
        place_name=None,
        occurred_at=at,
        recorded_at=at,
        received_at=at,
        actor=by,
        corrects=None,
        payload=payload,
        previous_hash="",
    )
