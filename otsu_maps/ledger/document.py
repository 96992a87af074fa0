"""States of topics as one document, for people and programs: an incident and all its shelters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from otsu_maps.errors import EventRefused
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.replay import Key
from otsu_maps.ledger.topics import State

UNKNOWN, DISPUTED = "unknown", "disputed"

_BY_SHELTER = ("status", "capacity", "damage", "count", "confirmed", "provisional")
_LISTS = {
    "outside": "outside",
    "alert": "alerts",
    "contact": "contacts",
    "hazard": "hazards",
    "order": "orders",
    "service": "services",
    "callout": "callouts",
    "task": "tasks",
}


def assembled(incident_id: str, states: dict[Key, State], people: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The whole state of an incident. Raises EventRefused for one that is not here.

    incident_id, mode, name, is_open, opened_at, closed_at, snapshot_id, settings; `shelters` by id: status (open,
    closed, paused, unknown, or disputed: two installations disagree, a person must decide), since, by, building, heads,
    head_count, checked_in (never added together), capacity, damage, stock by item, confirmed_at, heard_at, provisional;
    outside, alerts, contacts, hazards, orders, services (out of service, or running again), callouts, tasks: lists;
    flags: codes of what cannot be, by event id.
    """
    opened = states.get((incident_id, "incident", ""))
    if opened is None and incident_id not in STANDING.values():
        raise EventRefused("event_no_such_incident", incident=incident_id)
    whole = about(incident_id, opened)
    shelters: dict[str, dict[str, Any]] = {}
    flags: dict[str, str] = {}
    lists: dict[str, list[State]] = {name: [] for name in _LISTS.values()}
    shown = {key: state for key, state in states.items() if key[1] != "person" or "flags" in state}
    for (_, topic, key), state in sorted(shown.items(), key=by_name):
        flags |= state.get("flags", {})
        shelter, _, item = key.partition("|")
        if topic in _BY_SHELTER:
            _shelter(shelters, shelter)[topic] = state
        elif topic == "stock":
            _shelter(shelters, shelter)["stock"][item] = _without(state, "flags")
        elif topic in _LISTS:
            lists[_LISTS[topic]].append({"key": key, **(_without(state, "flags") or {})})
    for shelter, row in people.items():
        _shelter(shelters, shelter)["person"] = row
    done = {shelter: _finished(parts) for shelter, parts in sorted(shelters.items())}
    return {**whole, "shelters": done, **lists, "flags": flags}


def by_name(item: tuple[Key, State]) -> str:
    """The order in which states are listed."""
    return str(item[0])


def about(incident_id: str, state: State | None) -> dict[str, Any]:
    """An incident as it is listed; None: not known."""
    names = ("name", "is_open", "opened_at", "opened_by", "closed_at", "snapshot_id", "is_demo", "settings")
    mode = incident_id.partition("-")[0]
    return {"incident_id": incident_id, "mode": mode, **{name: (state or {}).get(name) for name in names}}


def _shelter(shelters: dict[str, dict[str, Any]], shelter_id: str) -> dict[str, Any]:
    return shelters.setdefault(shelter_id, {"stock": {}})


def _finished(parts: dict[str, Any]) -> dict[str, Any]:
    heads = sorted(parts.get("status", {}).get("heads", {}).values(), key=lambda head: str(head["at"]))
    newest = heads[-1] if heads else {}
    person = parts.get("person")
    head_count = _without(parts.get("count"), "kind", "flags") or None
    stock = parts["stock"]
    heard = [
        *(head["at"] for head in heads),
        *(part["at"] for part in (parts.get(name) for name in ("count", "capacity", "damage", "confirmed")) if part),
        *(item["at"] for item in stock.values() if "at" in item),
        *([person["last_at"]] if person else []),
    ]
    return {
        "status": agreed(heads),
        "since": newest.get("at"),
        "by": newest.get("by"),
        "decided_by": newest.get("decided_by"),
        "reason": newest.get("reason"),
        "building": newest.get("building", "unknown"),
        "heads": heads,
        "head_count": head_count,
        "checked_in": {"people": person["people"], "away": person["away"], "at": person["last_at"]} if person else None,
        "capacity": _without(parts.get("capacity"), "kind", "flags"),
        "damage": _without(parts.get("damage"), "kind", "flags"),
        "stock": stock,
        "confirmed_at": parts.get("confirmed", {}).get("at"),
        "heard_at": max(heard, default=None),
        "provisional": parts.get("provisional"),
    }


def agreed(heads: Iterable[State]) -> str:
    """What all decisions say that no later one knew of."""
    said = {str(head["status"]) for head in heads}
    return said.pop() if len(said) == 1 else DISPUTED if said else UNKNOWN


def _without(state: State | None, *names: str) -> State | None:
    return None if state is None else {name: value for name, value in state.items() if name not in names}
