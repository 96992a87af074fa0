"""From what goes on to what the public is told: pure, and by the same records as every staff page (analysis.offer)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from otsu_maps.analysis import board, danger, offer, room, validity
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.config import City
from otsu_maps.ledger.events import read_time
from otsu_maps.models import HAZARDS, SHELTER
from otsu_maps.public import record, transport
from otsu_maps.public.record import Area, Board, Order, Place, Status, Totals, Warned, Why
from otsu_maps.public.register import Register

LASTS = timedelta(minutes=3)
"""So long a status may be believed: the publisher makes a new one at least every minute."""

FEWEST = 10
"""Of fewer people no number is told: somebody might be known by it."""

State = Literal["offered", "full", "closed", "unsuitable", "unknown"]

LEVEL_5, NOT_FOR_ALL, IN_DISPUTE = "level_5", "not_for_all", "disputed"
NOT_OPENED, OPENING_UNKNOWN = "not_opened", "opening_unknown"

Opening = Literal["always", "open", "paused", "closed", "unknown"]

_OPENING: Mapping[str, Opening] = {
    offer.ALWAYS_OPEN: "always",
    offer.OPEN: "open",
    offer.PAUSED: "paused",
    offer.CLOSED: "closed",
}


@dataclass(frozen=True)
class Judged:
    """A situation, and what follows from it for every place."""

    situation: Situation
    rules: Rules
    records: Sequence[PlaceStatus]
    dangers: Sequence[Danger]


def judged(register: Register, situation: Situation, rules: Rules, city: City) -> Judged:
    """As every page of the staff judges."""
    areas, warned_of = city.warning_areas, city.warned_of
    found = danger.dangers(situation.alerts, situation.hazards, situation.is_heard, rules, areas, warned_of)
    records = offer.statuses(register.places, register.zones, situation, rules, areas, warned_of)
    return Judged(situation, rules, records, found)


def status(
    register: Register,
    held: Judged,
    city: City,
    incident_ja: str | None = None,
    departures: tuple[Board, ...] = (),
) -> Status:
    """What the public is told. `incident_ja`: the name of the incident, None: there is none."""
    situation = held.situation
    rows = {row["place_id"]: row for row in register.places}
    told = tuple(_place(each, rows[each.place_id], register, held) for each in held.records)
    made_at = situation.at.replace(microsecond=0)
    return Status(
        made_at=made_at,
        valid_until=made_at + LASTS,
        mode=situation.mode,  # type: ignore[arg-type]  # checked by the type
        is_demo=register.is_demo,
        snapshot_id=register.snapshot_id,
        city=record.City(code5=city.code5, name_ja=city.name_ja, name_en=city.name_en),
        incident_ja=incident_ja,
        is_heard=situation.is_heard,
        heard_at=situation.heard_at,
        hazards=_hazards(held.dangers),
        areas=tuple(_area(code, register, situation, city.warning_areas) for code in city.warning_areas),
        orders=_orders(situation, {district.district_id for district in register.districts}),
        districts=register.districts,
        places=told,
        totals=_totals(told, held),
        transport=transport.notices(situation.services, register.routes, register.stops),
        departures=departures,
    )


def state(found: PlaceStatus, needs_opening: bool | None) -> tuple[State, tuple[Why, ...]]:
    """What the public is told of a place, and why it is not offered. Offered is what `is_offered` says and no more."""
    if found.is_offered:
        return "offered", ()
    reasons = tuple(Why(code=_code(each.code), hazard=each.params.get("hazard")) for each in found.reasons)
    if found.validity == validity.INVALID:
        return "unsuitable", reasons
    if found.validity != validity.VALID:
        return "unknown", reasons
    if found.openness == offer.DISPUTED:
        return "unknown", (Why(code=IN_DISPUTE),)
    if found.openness in (offer.CLOSED, offer.PAUSED):
        return "closed", ()
    if found.openness == offer.NOT_KNOWN:
        return ("closed", (Why(code=NOT_OPENED),)) if needs_opening else ("unknown", (Why(code=OPENING_UNKNOWN),))
    if found.level >= offer.LIFE_IN_DANGER:
        return "unsuitable", (Why(code=LEVEL_5),)
    if found.room == room.FULL:
        return "full", ()
    return "unsuitable", (Why(code=NOT_FOR_ALL),)


def rounded(people: int | None) -> int | None:
    """To the nearest ten; None: unknown or fewer than ten."""
    return None if people is None or people < FEWEST else (people + 5) // 10 * 10


def _code(reason: str) -> str:
    return reason.removeprefix("validity_")


def _place(found: PlaceStatus, row: Mapping[str, Any], register: Register, held: Judged) -> Place:
    situation, about = held.situation, register.about.get(found.place_id, {})
    told, why = state(found, row["needs_opening"])
    shelter = situation.shelters.get(found.place_id)
    opening: Opening = _OPENING.get(found.openness, "unknown")
    is_open = opening in ("always", "open")
    people = room.people_in(shelter, situation.at, held.rules)
    capacity = room.capacity(row, shelter)
    return Place(
        place_id=found.place_id,
        kind="shelter" if found.place_kind == SHELTER else "site",
        name_ja=found.name_ja,
        name_en=found.name_en,
        kana=about.get("name_kana"),
        address_ja=row.get("address_ja"),
        lon=found.lon,
        lat=found.lat,
        district_id=found.district_id,
        area=found.area,
        state=told,
        opening=opening,
        room=found.room,  # type: ignore[arg-type]  # checked by the type
        band=board.band(people, capacity, held.rules) if is_open else "unknown",  # type: ignore[arg-type]
        people=rounded(people.people) if is_open and not people.is_old else None,
        capacity=capacity,
        why=why,
        accepts_ja=found.accepts_ja or None,
        heard_at=read_time(found.heard_at) if found.heard_at else None,
        since=read_time(shelter["since"]) if shelter and shelter["since"] else None,
        designated_for=tuple(hazard for hazard in HAZARDS if row[f"is_for_{hazard}"]),
        **{name: about.get(name) for name in ("is_wheelchair_ok", "is_pet_ok", "has_power", "has_water")},
    )


def _area(code: str, register: Register, situation: Situation, areas: Sequence[str]) -> Area:
    """In silence no level is unknown, and a level is the last that was known: nobody heard that it was lifted."""
    level = danger.level_in(situation.alerts, code, areas)
    held = [
        (warned_code, warned)
        for where, warned_code, warned in danger.in_force(situation.alerts, areas)
        if where in (None, code)
    ]
    told = {
        (warned["name"] or warned_code, warned["level"]): read_time(warned["since"])
        for warned_code, warned in sorted(held, key=lambda each: str(each[1]["since"]), reverse=True)
    }
    ordered = sorted(told.items(), key=lambda each: (-(each[0][1] or 0), each[1], each[0][0]))
    return Area(
        code=code,
        name_ja=register.area_names.get(code, code),
        level=level if situation.is_heard else level or None,
        warnings=tuple(Warned(name_ja=name, level=rank, since=since) for (name, rank), since in ordered),
    )


def _orders(situation: Situation, districts: Iterable[str]) -> tuple[Order, ...]:
    known = set(districts)
    found = [
        Order(district_id=order["district_id"], level=order["level"], since=read_time(order["at"]))
        for order in situation.orders
        if order["level"] and order["district_id"] in known
    ]
    return tuple(sorted(found, key=lambda order: (-order.level, order.district_id)))


def _hazards(dangers: Iterable[Danger]) -> tuple[str, ...]:
    certain = {each.hazard for each in dangers if each.is_certain}
    return tuple(hazard for hazard in HAZARDS if hazard in certain)


def _totals(told: Sequence[Place], held: Judged) -> Totals:
    """Added before rounding: rounded numbers would add up to another one."""
    shelters, at = held.situation.shelters, held.situation.at
    open_ones = [place for place in told if place.opening == "open"]
    found = [room.people_in(shelters.get(place.place_id), at, held.rules) for place in open_ones]
    counted = [each.people for each in found if each.people is not None and not each.is_old]
    return Totals(
        open=len(open_ones),
        offered=sum(place.state == record.OFFERED for place in told),
        people=rounded(sum(counted)) if counted else None,
        counted=len(counted),
    )
