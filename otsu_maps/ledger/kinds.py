"""The kinds of events: what each holds, what it says something about, and who may record it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import payloads as p
from otsu_maps.ledger.payloads import Payload


@dataclass(frozen=True)
class Kind:
    """A kind of event. `topic` is None where it changes no state; `action` is what its recorder must be allowed."""

    model: type[Payload]
    topic: str | None
    key: Callable[[str | None, Mapping[str, Any]], str]
    action: str
    needs_shelter: bool = False


def _shelter(shelter_id: str | None, _: Mapping[str, Any]) -> str:
    return str(shelter_id)


def _field(name: str) -> Callable[[str | None, Mapping[str, Any]], str]:
    return lambda _, payload: str(payload[name])


def _stock(shelter_id: str | None, payload: Mapping[str, Any]) -> str:
    return f"{shelter_id}|{payload['item']}"


def _hazard(_: str | None, payload: Mapping[str, Any]) -> str:
    return f"{payload['hazard']}|{payload.get('area') or ''}"


def _service(_: str | None, payload: Mapping[str, Any]) -> str:
    return "|".join(str(payload.get(name) or "") for name in ("route_id", "stop_id", "name"))


def _whole(_: str | None, __: Mapping[str, Any]) -> str:
    return ""


def _at(topic: str | None, model: type[Payload], action: str = "record") -> Kind:
    return Kind(model, topic, _shelter, action, needs_shelter=True)


KINDS: dict[str, Kind] = {
    "incident_opened": Kind(p.IncidentOpened, "incident", _whole, "manage_incident"),
    "incident_closed": Kind(p.Nothing, "incident", _whole, "manage_incident"),
    "setting_changed": Kind(p.SettingChanged, "incident", _whole, "manage_incident"),
    "shelter_opened": _at("status", p.Status, "decide"),
    "shelter_closed": _at("status", p.Status, "decide"),
    "shelter_paused": _at("status", p.Status, "decide"),
    "shelter_created": _at("provisional", p.ShelterCreated),
    "shelter_merged": _at("provisional", p.ShelterMerged, "decide"),
    "capacity_changed": _at("capacity", p.CapacityChanged),
    "damage_reported": _at("damage", p.DamageReported),
    "head_count": _at("count", p.HeadCount),
    "count_changed": _at("count", p.CountChanged),
    "confirmed": _at("confirmed", p.Nothing),
    "check_in": Kind(p.CheckIn, "person", _field("ref"), "record", needs_shelter=True),
    "check_out": Kind(p.OfPerson, "person", _field("ref"), "record", needs_shelter=True),
    "temporary_leave": Kind(p.OfPerson, "person", _field("ref"), "record", needs_shelter=True),
    "returned": Kind(p.OfPerson, "person", _field("ref"), "record", needs_shelter=True),
    "transferred": Kind(p.Transferred, "person", _field("ref"), "record", needs_shelter=True),
    "supply_counted": Kind(p.Supply, "stock", _stock, "record", needs_shelter=True),
    "supply_received": Kind(p.Supply, "stock", _stock, "record", needs_shelter=True),
    "supply_used": Kind(p.Supply, "stock", _stock, "record", needs_shelter=True),
    "supply_requested": Kind(p.Supply, "stock", _stock, "record", needs_shelter=True),
    "supply_promised": Kind(p.Supply, "stock", _stock, "decide", needs_shelter=True),
    "supply_delivered": Kind(p.Supply, "stock", _stock, "decide", needs_shelter=True),
    "people_outside": Kind(p.PeopleOutside, "outside", _field("place"), "record"),
    "alert_received": Kind(p.AlertReceived, "alert", _field("series"), "decide"),
    "contact_changed": Kind(p.ContactChanged, "contact", _field("source"), "decide"),
    "hazard_declared": Kind(p.Hazard, "hazard", _hazard, "decide"),
    "hazard_ended": Kind(p.Hazard, "hazard", _hazard, "decide"),
    "order_issued": Kind(p.Order, "order", _field("district_id"), "decide"),
    "order_lifted": Kind(p.Order, "order", _field("district_id"), "decide"),
    "service_suspended": Kind(p.Service, "service", _service, "decide"),
    "service_resumed": Kind(p.Service, "service", _service, "decide"),
    "callout": Kind(p.CallOut, "callout", _field("district_id"), "record"),
    "task_raised": Kind(p.TaskRaised, "task", _field("task_id"), "record"),
    "task_assigned": Kind(p.TaskAssigned, "task", _field("task_id"), "decide"),
    "task_acknowledged": Kind(p.OfTask, "task", _field("task_id"), "record"),
    "task_done": Kind(p.OfTask, "task", _field("task_id"), "record"),
    "handover": Kind(p.Handover, None, _whole, "record"),
    "remark": Kind(p.Nothing, None, _whole, "record"),
    "correction": Kind(p.Correction, None, _whole, "record"),
    "person_looked_up": Kind(p.PersonLookedUp, None, _whole, "see_persons"),
    "person_erased": Kind(p.PersonErased, None, _whole, "see_persons"),
    "account_changed": Kind(p.AccountChanged, None, _whole, "administer"),
}
"""Every kind by its code."""

WITHOUT_INCIDENT = frozenset({"account_changed", "person_looked_up", "person_erased"})
"""Kinds that may belong to no incident."""

OF_THE_WORLD = frozenset(
    {"alert_received", "contact_changed", "hazard_declared", "hazard_ended", "correction", "remark"}
)
"""Kinds that a standing incident takes (events.STANDING)."""


def checked(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with its defaults. Raises EventRefused.

    `event_unknown_kind`, `event_field_missing`, `event_field_extra`, `event_bad_payload`.
    """
    known = KINDS.get(kind)
    if known is None:
        raise EventRefused("event_unknown_kind", kind=kind, known=", ".join(sorted(KINDS)))
    try:
        found = known.model.model_validate(dict(payload)).model_dump(exclude_none=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "payload"
        code = {"missing": "event_field_missing", "extra_forbidden": "event_field_extra"}.get(first["type"])
        if code:
            raise EventRefused(code, kind=kind, field=field) from error
        value = str(first.get("input"))[:100]
        raise EventRefused("event_bad_payload", kind=kind, field=field, value=value) from error
    return found


@cache
def topics() -> dict[str, tuple[str, ...]]:
    """Kinds by topic."""
    found: dict[str, list[str]] = {}
    for name, kind in KINDS.items():
        if kind.topic:
            found.setdefault(kind.topic, []).append(name)
    return {topic: tuple(names) for topic, names in found.items()}
