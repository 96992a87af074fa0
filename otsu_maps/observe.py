"""What goes on in the world at one moment, as the ledger knows it: warnings, hazards, orders, shelters, silence.

Warnings and real hazards belong to no incident: they are read from the standing one, and hazards from every real one. A
drill is a world of its own: its own warnings and hazards, and the drill telegrams of JMA since it began.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from otsu_maps import clock
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import REAL, Situation
from otsu_maps.ledger import contact
from otsu_maps.ledger.events import STANDING, read_time
from otsu_maps.ledger.read import Past, Present
from otsu_maps.ledger.store import is_there, open_ledger
from otsu_maps.ledger.topics import State


def now(incident: Mapping[str, Any] | None, rules: Rules, present: Present | None = None) -> Situation:
    """The situation at this moment. `incident`: one of read.incidents, or None: no incident, the real world."""
    at = clock.now()
    held = present or (Present(open_ledger()) if is_there() else None)
    if held is None:
        return Situation(at)
    heard_at = max((each["heard_at"] for each in contact.sources(held.ledger) if each["heard_at"]), default=None)
    is_heard = heard_at is not None and at - heard_at <= rules.contact
    return _situation(held.state, held.of_mode, incident, at, is_heard, heard_at)


def then(past: Past, incident: Mapping[str, Any] | None, at: datetime, known_at: datetime | None = None) -> Situation:
    """As it was at `at` (naive UTC), with all that is known today, or only what was known at `known_at`."""
    contacts = past.of_mode(REAL, ("contact",), at, known_at)
    is_heard = any(not state["is_lost"] for state in contacts)
    heard_at = max((read_time(state["at"]) for state in contacts if state["is_lost"]), default=None)
    heard = at if is_heard else heard_at
    state = partial(past.state, at=at, known_at=known_at)
    of_mode = partial(past.of_mode, at=at, known_at=known_at)
    return _situation(state, of_mode, incident, at, is_heard, heard)


def _situation(
    state: Callable[[str], dict[str, Any]],
    of_mode: Callable[[str, tuple[str, ...]], list[State]],
    incident: Mapping[str, Any] | None,
    at: datetime,
    is_heard: bool,
    heard_at: datetime | None,
) -> Situation:
    mode = incident["mode"] if incident else REAL
    own = state(incident["incident_id"]) if incident else {}
    if mode == REAL:
        alerts = of_mode(REAL, ("alert",))
        hazards = of_mode(REAL, ("hazard",))
    else:
        standing = state(STANDING[mode])
        alerts = [*own["alerts"], *(alert for alert in standing["alerts"] if alert["at"] >= str(own["opened_at"]))]
        hazards, is_heard, heard_at = own["hazards"], True, at
    return Situation(
        at=at,
        mode=mode,
        incident_id=incident["incident_id"] if incident else None,
        alerts=tuple(alerts),
        hazards=tuple(hazards),
        orders=tuple(order for order in own.get("orders", ()) if order["level"] is not None),
        outside=tuple(own.get("outside", ())),
        tasks=tuple(own.get("tasks", ())),
        services=tuple(own.get("services", ())),
        shelters=own.get("shelters", {}),
        is_heard=is_heard,
        heard_at=heard_at,
    )
