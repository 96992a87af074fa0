"""How a state grows from events: one pure step a topic. States are plain JSON, equal for equal events.

Events of a topic are taken in their order (Event.order), so that it does not matter how they arrived. What cannot be
(a check-out of somebody who is not in) is kept under `flags` by event id: a local recorder is refused for it, an import
never is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

State = dict[str, Any]

OPEN, CLOSED, PAUSED = "open", "closed", "paused"
STATUS = {"shelter_opened": OPEN, "shelter_closed": CLOSED, "shelter_paused": PAUSED}


@dataclass(frozen=True)
class Seen:
    """An event as a step sees it: corrected where it was corrected. `at` is when it occurred, ISO 8601 with Z."""

    event_id: str
    kind: str
    shelter_id: str | None
    place_name: str | None
    at: str
    actor: str
    installation_id: str
    payload: Mapping[str, Any]


def step(topic: str, state: State | None, seen: Seen) -> State:
    """The state after one more event."""
    return _STEPS[topic](dict(state or {}), seen)


def flags(state: State | None) -> dict[str, str]:
    """Codes of what cannot be, by event id."""
    found: dict[str, str] = (state or {}).get("flags", {})
    return found


def _flag(state: State, seen: Seen, code: str) -> None:
    state["flags"] = {**state.get("flags", {}), seen.event_id: code}


def _incident(state: State, seen: Seen) -> State:
    if seen.kind == "setting_changed":
        changed = {**state.get("settings", {}), seen.payload["name"]: seen.payload["value"]}
        return {**state, "settings": changed}
    if seen.kind == "incident_closed":
        if not state.get("is_open"):
            _flag(state, seen, "event_incident_not_open")
        return {**state, "is_open": False, "closed_at": seen.at}
    if "opened_at" in state:
        _flag(state, seen, "event_incident_open")
        return state
    about = {name: seen.payload[name] for name in ("name", "snapshot_id", "is_demo")}
    settings = {**seen.payload.get("settings", {}), **state.get("settings", {})}
    return {**state, **about, "settings": settings, "is_open": True, "opened_at": seen.at, "opened_by": seen.actor}


def _status(state: State, seen: Seen) -> State:
    """Every decision that no later one knew of is a head; heads that disagree wait for a person."""
    followed = sorted({*state.get("followed", []), *seen.payload.get("follows", [])})
    heads = {key: head for key, head in state.get("heads", {}).items() if key not in followed}
    if seen.event_id not in followed:
        said = {name: seen.payload[name] for name in ("reason", "decided_by") if name in seen.payload}
        heads[seen.event_id] = {
            "status": STATUS[seen.kind],
            "at": seen.at,
            "by": seen.actor,
            "installation_id": seen.installation_id,
            "building": seen.payload.get("building", "unknown"),
            **said,
        }
    return {**state, "heads": heads, "followed": followed}


def _last(*fields: str) -> Callable[[State, Seen], State]:
    """The newest event holds."""

    def newest(state: State, seen: Seen) -> State:
        said = {name: seen.payload[name] for name in fields if name in seen.payload}
        return {**said, "at": seen.at, "by": seen.actor, "event_id": seen.event_id, "kind": seen.kind}

    return newest


def _count(state: State, seen: Seen) -> State:
    """A typed number is a new count; taps change the last one, or begin a tally where nobody has counted yet."""
    if seen.kind == "head_count":
        return {**_last("people", "households", "voluntary", "method", "definition")({}, seen), "flags": flags(state)}
    people = state.get("people", 0) + seen.payload["delta"]
    if people < 0:
        _flag(state, seen, "event_count_negative")
    begun = state or {"method": "tally", "definition": "present"}
    return {**begun, "people": max(people, 0), "at": seen.at, "by": seen.actor, "event_id": seen.event_id}


def _provisional(state: State, seen: Seen) -> State:
    if seen.kind == "shelter_merged":
        return {**state, "merged_into": seen.payload["into"]}
    about = {name: seen.payload.get(name) for name in ("name", "lon", "lat", "district_id")}
    return {**state, **about, "created_at": seen.at}


def _person(state: State, seen: Seen) -> State:
    where, is_away = state.get("where"), state.get("is_away", False)
    people = state.get("people", 1)
    if seen.kind == "check_in":
        if where is not None:
            _flag(state, seen, "event_already_in")
        return _at(state, seen, seen.shelter_id, False, seen.payload["people"])
    if where is None:
        _flag(state, seen, "event_not_in")
    elif where != seen.shelter_id:
        _flag(state, seen, "event_in_elsewhere")
    if seen.kind == "check_out":
        return _at(state, seen, None, False, people)
    if seen.kind == "transferred":
        return _at(state, seen, seen.payload["to"], False, people)
    if seen.kind == "temporary_leave":
        if is_away:
            _flag(state, seen, "event_already_away")
        return _at(state, seen, seen.shelter_id if where is None else where, True, people)
    if where is not None and not is_away:
        _flag(state, seen, "event_not_away")
    return _at(state, seen, seen.shelter_id, False, people)


def _at(state: State, seen: Seen, where: str | None, is_away: bool, people: int) -> State:
    here = {shelter: seen.at for shelter in (seen.shelter_id, where) if shelter is not None}
    been = {**state.get("been", {}), **here}
    return {**state, "where": where, "is_away": is_away, "people": people, "at": seen.at, "been": been}


def _stock(state: State, seen: Seen) -> State:
    """An amount is known from a count onwards; before it, and after an impossible use, it is unknown."""
    amount, given = state.get("amount"), seen.payload["amount"]
    if seen.kind == "supply_counted":
        return {**state, "amount": given, "counted_at": seen.at, "at": seen.at}
    if seen.kind == "supply_received":
        return {**state, "amount": None if amount is None else amount + given, "at": seen.at}
    if seen.kind == "supply_used":
        if amount is not None and given > amount:
            _flag(state, seen, "event_stock_negative")
        left = None if amount is None or given > amount else amount - given
        return {**state, "amount": left, "at": seen.at}
    name = seen.kind.removeprefix("supply_")
    return {**state, name: state.get(name, 0) + given, f"{name}_at": seen.at}


def _alert(state: State, seen: Seen) -> State:
    """Each warning keeps since when, and until when, it was in force last: one that was lifted may not be over yet.

    A cancelled message ends what stood in it; what holds instead is not known before the next one.
    """
    told = seen.payload
    is_cancelled = told["info_type"] == "cancelled"
    before = state.get("areas", {})
    now = {} if is_cancelled else {area["code"]: area for area in told.get("areas", [])}
    areas = {}
    for code in sorted({*before, *now}):
        kept = dict(before.get(code, {}).get("warnings", {}))
        given = {each["code"]: each for each in now.get(code, {}).get("warnings", [])}
        for warned, held in kept.items():
            if warned not in given and held["until"] is None and (is_cancelled or code in now):
                kept[warned] = {**held, "until": seen.at}
        for warned, each in given.items():
            is_on = warned in kept and kept[warned]["until"] is None
            kept[warned] = {"level": None, **each, "since": kept[warned]["since"] if is_on else seen.at, "until": None}
        name = now[code]["name"] if code in now else before[code]["name"]
        areas[code] = {"name": name, "warnings": kept}
    about = {name: told[name] for name in ("alert_id", "series", "source", "kind", "title", "info_type")}
    return {**about, "areas": areas, "at": seen.at, "event_id": seen.event_id}


def _contact(_: State, seen: Seen) -> State:
    return {"source": seen.payload["source"], "is_lost": seen.payload["is_lost"], "at": seen.at}


def _hazard(state: State, seen: Seen) -> State:
    is_on = seen.kind == "hazard_declared"
    since = state.get("since") if is_on and state.get("is_on") else seen.at
    ended_at = state.get("ended_at") if is_on else seen.at
    return {
        **({"ended_at": ended_at} if ended_at else {}),
        "is_on": is_on,
        "since": since,
        "by": seen.actor,
        "hazard": seen.payload["hazard"],
        "area": seen.payload.get("area"),
    }


def _order(state: State, seen: Seen) -> State:
    if seen.payload["confirmed_by"] == seen.actor:
        _flag(state, seen, "event_confirmed_by_self")
    said = {name: seen.payload[name] for name in ("district_id", "authority", "confirmed_by")}
    level = seen.payload["level"] if seen.kind == "order_issued" else None
    return {**state, **said, "level": level, "at": seen.at, "by": seen.actor}


def _task(state: State, seen: Seen) -> State:
    if seen.kind != "task_raised" and "raised_at" not in state:
        _flag(state, seen, "event_no_task")
    if seen.kind == "task_raised":
        return {**state, "title": seen.payload["title"], "raised_at": seen.at, "raised_by": seen.actor}
    if seen.kind == "task_assigned":
        return {**state, "assigned_to": seen.payload["to"], "assigned_at": seen.at}
    name = seen.kind.removeprefix("task_")
    return {**state, f"{name}_at": seen.at, f"{name}_by": seen.actor}


_STEPS: dict[str, Callable[[State, Seen], State]] = {
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
    "callout": _last("district_id", "called", "safe", "need_help"),
    "task": _task,
}

TOPICS = tuple(_STEPS)
