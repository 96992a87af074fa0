"""How a state grows from events: one pure step a topic. States are plain JSON, equal for equal events.

Events of a topic are taken in their order (Event.order), so that it does not matter how they arrived. What cannot be
(a check-out of somebody who is not in) is kept under `flags` by event id: a local recorder is refused for it, an import
never is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from otsu_maps.ledger.events import Event

State = dict[str, Any]

OPEN, CLOSED, PAUSED = "open", "closed", "paused"
# What an event of another installation may leave out (payloads.Warned, AlertReceived).
ABOUT = ("alert_id", "series", "source", "kind", "title", "info_type")
WARNED: State = {"level": None, "hazards": [], "is_known": True}

SERVICE = ("route_id", "stop_id", "name", "reason", "source", "until", "note")
"""What is kept of a line or a stop that is out of service."""

STATUS = {"shelter_opened": OPEN, "shelter_closed": CLOSED, "shelter_paused": PAUSED}


def step(topic: str, state: State | None, event: Event) -> State:
    """The state after one more event, corrected where it was corrected. The state before it stays as it is."""
    return _STEPS[topic](state or {}, event)


def flags(state: State | None) -> dict[str, str]:
    """Codes of what cannot be, by event id."""
    found: dict[str, str] = (state or {}).get("flags", {})
    return found


def _flagged(state: State, event: Event, code: str) -> State:
    return {**state, "flags": {**state.get("flags", {}), event.event_id: code}}


def _incident(state: State, event: Event) -> State:
    if event.kind == "setting_changed":
        changed = {**state.get("settings", {}), event.payload["name"]: event.payload["value"]}
        return {**state, "settings": changed}
    if event.kind == "incident_closed":
        if not state.get("is_open"):
            state = _flagged(state, event, "event_incident_not_open")
        return {**state, "is_open": False, "closed_at": event.at}
    if "opened_at" in state:
        return _flagged(state, event, "event_incident_open")
    about = {name: event.payload[name] for name in ("name", "snapshot_id", "is_demo")}
    settings = {**event.payload.get("settings", {}), **state.get("settings", {})}
    return {**state, **about, "settings": settings, "is_open": True, "opened_at": event.at, "opened_by": event.actor}


def _status(state: State, event: Event) -> State:
    """Every decision that no later one knew of is a head; heads that disagree wait for a person."""
    followed = sorted({*state.get("followed", []), *event.payload.get("follows", [])})
    heads = {key: head for key, head in state.get("heads", {}).items() if key not in followed}
    if event.event_id not in followed:
        said = {name: event.payload[name] for name in ("reason", "decided_by") if name in event.payload}
        heads[event.event_id] = {
            "status": STATUS[event.kind],
            "at": event.at,
            "by": event.actor,
            "installation_id": event.installation_id,
            "building": event.payload.get("building", "unknown"),
            **said,
        }
    return {**state, "heads": heads, "followed": followed}


def _last(*fields: str) -> Callable[[State, Event], State]:
    """The newest event holds."""

    def newest(state: State, event: Event) -> State:
        said = {name: event.payload[name] for name in fields if name in event.payload}
        return {**said, "at": event.at, "by": event.actor, "event_id": event.event_id, "kind": event.kind}

    return newest


def _count(state: State, event: Event) -> State:
    """A typed number is a new count; taps change the last one, or begin a tally where nobody has counted yet."""
    if event.kind == "head_count":
        return {**_last("people", "households", "voluntary", "method", "definition")({}, event), "flags": flags(state)}
    people = state.get("people", 0) + event.payload["delta"]
    if people < 0:
        state = _flagged(state, event, "event_count_negative")
    begun = state or {"method": "tally", "definition": "present"}
    return {**begun, "people": max(people, 0), "at": event.at, "by": event.actor, "event_id": event.event_id}


def _provisional(state: State, event: Event) -> State:
    if event.kind == "shelter_merged":
        return {**state, "merged_into": event.payload["into"]}
    about = {name: event.payload.get(name) for name in ("name", "lon", "lat", "district_id")}
    return {**state, **about, "created_at": event.at}


def _person(state: State, event: Event) -> State:
    where, is_away = state.get("where"), state.get("is_away", False)
    people = state.get("people", 1)
    if event.kind == "check_in":
        if where is not None:
            state = _flagged(state, event, "event_already_in")
        return _at(state, event, event.shelter_id, False, event.payload.get("people", 1))
    if where is None:
        state = _flagged(state, event, "event_not_in")
    elif where != event.shelter_id:
        state = _flagged(state, event, "event_in_elsewhere")
    if event.kind == "check_out":
        return _at(state, event, None, False, people)
    if event.kind == "transferred":
        return _at(state, event, event.payload["to"], False, people)
    if event.kind == "temporary_leave":
        if is_away:
            state = _flagged(state, event, "event_already_away")
        return _at(state, event, event.shelter_id if where is None else where, True, people)
    if where is not None and not is_away:
        state = _flagged(state, event, "event_not_away")
    return _at(state, event, event.shelter_id, False, people)


def _at(state: State, event: Event, where: str | None, is_away: bool, people: int) -> State:
    at = event.at
    been = {**state.get("been", {}), **{shelter: at for shelter in (event.shelter_id, where) if shelter is not None}}
    return {**state, "where": where, "is_away": is_away, "people": people, "at": at, "been": been}


def _stock(state: State, event: Event) -> State:
    """An amount is known from a count onwards; before it, and after an impossible use, it is unknown."""
    amount, given = state.get("amount"), event.payload["amount"]
    if event.kind == "supply_counted":
        return {**state, "amount": given, "counted_at": event.at, "at": event.at}
    if event.kind == "supply_received":
        return {**state, "amount": None if amount is None else amount + given, "at": event.at}
    if event.kind == "supply_used":
        if amount is not None and given > amount:
            state = _flagged(state, event, "event_stock_negative")
        left = None if amount is None or given > amount else amount - given
        return {**state, "amount": left, "at": event.at}
    name = event.kind.removeprefix("supply_")
    return {**state, name: state.get(name, 0) + given, f"{name}_at": event.at}


def _alert(state: State, event: Event) -> State:
    """Each warning keeps since when, and until when, it was in force last: one that was lifted may not be over yet.

    A cancelled message ends what stood in it; what holds instead is not known before the next one.
    """
    told = event.payload
    is_cancelled = told.get("info_type") == "cancelled"
    before = state.get("areas", {})
    now = {} if is_cancelled else {area["code"]: area for area in told.get("areas", [])}
    areas = {}
    for code in sorted({*before, *now}):
        kept = dict(before.get(code, {}).get("warnings", {}))
        given = {each["code"]: each for each in now.get(code, {}).get("warnings", [])}
        for warned, held in kept.items():
            if warned not in given and held["until"] is None and (is_cancelled or code in now):
                kept[warned] = {**held, "until": event.at}
        for warned, each in given.items():
            is_on = warned in kept and kept[warned]["until"] is None
            kept[warned] = {**WARNED, **each, "since": kept[warned]["since"] if is_on else event.at, "until": None}
        name = now[code]["name"] if code in now else before[code]["name"]
        areas[code] = {"name": name, "warnings": kept}
    about = {"info_type": "issued"} | {name: told[name] for name in ABOUT if name in told}
    return {**about, "areas": areas, "at": event.at, "event_id": event.event_id}


def _contact(_: State, event: Event) -> State:
    return {"source": event.payload["source"], "is_lost": event.payload["is_lost"], "at": event.at}


def _hazard(state: State, event: Event) -> State:
    is_on = event.kind == "hazard_declared"
    since = state.get("since") if is_on and state.get("is_on") else event.at
    ended_at = state.get("ended_at") if is_on else event.at
    return {
        **({"ended_at": ended_at} if ended_at else {}),
        "is_on": is_on,
        "since": since,
        "by": event.actor,
        "hazard": event.payload["hazard"],
        "area": event.payload.get("area"),
    }


def _order(state: State, event: Event) -> State:
    if event.payload["confirmed_by"] == event.actor:
        state = _flagged(state, event, "event_confirmed_by_self")
    said = {name: event.payload[name] for name in ("district_id", "authority", "confirmed_by")}
    level = event.payload["level"] if event.kind == "order_issued" else None
    return {**state, **said, "level": level, "at": event.at, "by": event.actor}


def _service(state: State, event: Event) -> State:
    """Out of service until somebody says that it runs again: a time at which it may is a hope."""
    said = {name: event.payload[name] for name in SERVICE if name in event.payload}
    is_off = event.kind == "service_suspended"
    was_off = state.get("is_suspended", False)
    since = state["since"] if is_off and was_off else event.at if is_off else state.get("since")
    ended = {"resumed_at": event.at} if not is_off else {}
    return {**said, **ended, "is_suspended": is_off, "since": since, "at": event.at, "by": event.actor}


def _task(state: State, event: Event) -> State:
    if event.kind != "task_raised" and "raised_at" not in state:
        state = _flagged(state, event, "event_no_task")
    if event.kind == "task_raised":
        return {**state, "title": event.payload["title"], "raised_at": event.at, "raised_by": event.actor}
    if event.kind == "task_assigned":
        return {**state, "assigned_to": event.payload["to"], "assigned_at": event.at}
    name = event.kind.removeprefix("task_")
    return {**state, f"{name}_at": event.at, f"{name}_by": event.actor}


_STEPS: dict[str, Callable[[State, Event], State]] = {
    "incident": _incident,
    "status": _status,
    "provisional": _provisional,
    "capacity": _last("refuge_persons", "stay_persons"),
    "damage": _last("level"),
    "count": _count,
    "confirmed": _last(),
    "person": _person,
    "stock": _stock,
    "outside": _last("place", "place_kind", "people", "households", "method", "district_id", "lon", "lat", "note"),
    "alert": _alert,
    "contact": _contact,
    "hazard": _hazard,
    "order": _order,
    "service": _service,
    "callout": _last("district_id", "called", "safe", "need_help"),
    "task": _task,
}

TOPICS = tuple(_STEPS)
