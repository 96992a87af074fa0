"""Random disasters and places, and an oracle: what may never be offered, told from the events alone and plainly.

Whatever offers a shelter is tried against these (`worlds`, `may_be_offered`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from one_event import one_event

from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.ledger import topics
from otsu_maps.ledger.events import written
from otsu_maps.models import HAZARDS, SHAKING

AREAS = ("2520101", "2520102")
DISTRICTS = ("D1", "D2")
START = datetime(2026, 11, 24)
WARNED = ("flood", "inland_flood", "landslide", "storm_surge", "earthquake")

RAIN = {2: "10", 3: "03", 4: "43", 5: "33"}
SERIES: Mapping[str, tuple[str, ...]] = {
    "VPWW55|250000": ("flood", "inland_flood"),
    "VPWW56|250000": ("landslide",),
    "VXKO|1": ("flood",),
}


@dataclass(frozen=True)
class Step:
    """One thing that happens, one minute after the one before."""

    kind: str
    payload: Mapping[str, Any]
    shelter_id: str | None = None


@dataclass(frozen=True)
class World:
    """Steps, places (rows of queries.validity.places), zones, contact, and the moment that is asked for."""

    steps: tuple[Step, ...]
    places: tuple[Mapping[str, Any], ...]
    zones: tuple[Mapping[str, Any], ...]
    is_heard: bool
    wait_h: int = 0
    rules: Rules = field(default_factory=lambda: Rules.of({}))

    @property
    def at(self) -> datetime:
        return START + timedelta(minutes=len(self.steps) + 1, hours=self.wait_h)

    def situation(self) -> Situation:
        """The same through the steps of the ledger."""
        states: dict[tuple[str, str], Any] = {}
        for number, step in enumerate(self.steps):
            topic, key = _topic(step)
            payload = {**step.payload, "follows": [str(earlier) for earlier in range(number)]}
            event = one_event(number, step.kind, payload, START + timedelta(minutes=number), step.shelter_id)
            states[topic, key] = topics.step(topic, states.get((topic, key)), event)
        by = lambda topic: tuple(state for (name, _), state in states.items() if name == topic)  # noqa: E731
        shelters = {key: _shelter(states, key) for topic, key in states if topic in ("status", "count", "damage")}
        orders = tuple(order for order in by("order") if order["level"])
        return Situation(self.at, "real", None, by("alert"), by("hazard"), orders, shelters, self.is_heard)


def time_of(number: int) -> str:
    return written(START + timedelta(minutes=number))


def _topic(step: Step) -> tuple[str, str]:
    payload = step.payload
    if step.kind == "alert_received":
        return "alert", payload["series"]
    if step.kind.startswith("hazard_"):
        return "hazard", f"{payload['hazard']}|{payload.get('area') or ''}"
    if step.kind.startswith("order_"):
        return "order", payload["district_id"]
    topic = {"head_count": "count", "damage_reported": "damage"}.get(step.kind, "status")
    return topic, str(step.shelter_id)


def _shelter(states: Mapping[tuple[str, str], Any], key: str) -> dict[str, Any]:
    heads = list(states.get(("status", key), {}).get("heads", {}).values())
    said = {head["status"] for head in heads}
    newest = max(heads, key=lambda head: str(head["at"]), default={})
    return {
        "status": said.pop() if len(said) == 1 else "disputed" if said else "unknown",
        "building": newest.get("building", "unknown"),
        "since": newest.get("at"),
        "head_count": states.get(("count", key)),
        "checked_in": None,
        "capacity": None,
        "damage": states.get(("damage", key)),
        "heard_at": newest.get("at"),
    }


flags = st.sampled_from([True, True, True, False, None])
areas_or_none = st.sampled_from([*AREAS, None])
districts_or_none = st.sampled_from([*DISTRICTS, None])


@st.composite
def place_rows(draw: st.DrawFn, place_id: str) -> dict[str, Any]:
    is_good = draw(st.booleans())
    suits = st.just(True) if is_good else flags
    return {
        "place_id": place_id,
        "place_kind": draw(st.sampled_from(["site", "shelter"])),
        "name_ja": place_id,
        "name_en": None,
        "lon": 135.9,
        "lat": 35.0,
        "district_id": draw(districts_or_none),
        "warning_area_code": draw(areas_or_none),
        **{f"is_for_{hazard}": draw(suits) for hazard in HAZARDS},
        "kind": draw(st.sampled_from(["general", "general", None, "welfare", "stranded"])),
        "accepts_ja": draw(st.sampled_from([None, None, None, "高齢者"])),
        "needs_opening": draw(st.sampled_from([True, False, None])),
        "capacity_refuge_persons": draw(st.sampled_from([None, 0, 50, 100])),
        "capacity_stay_persons": draw(st.sampled_from([None, 40])),
    }


@st.composite
def alerts(draw: st.DrawFn) -> Step:
    series = draw(st.sampled_from([*SERIES, "strange", "quake"]))
    here = draw(st.lists(st.sampled_from([*AREAS, "830303020300"]), min_size=1, max_size=3, unique=True))
    info_type = draw(st.sampled_from(["issued", "issued", "issued", "corrected", "cancelled"]))
    areas = []
    for code in here:
        warned: list[dict[str, Any]] = []
        if series == "strange":
            warned = draw(st.sampled_from([[], [_warned("99", None, (), False)]]))
        elif series == "quake":
            warned = [_warned(draw(st.sampled_from([*SHAKING[2:], "!5-"])), None, ("earthquake",))]
        elif level := draw(st.sampled_from([0, 2, 3, 4, 5])):
            warned = [_warned(RAIN[level], level, SERIES[series])]
        areas.append({"code": code, "name": code, "warnings": warned})
    about = {"alert_id": "a", "source": "jma", "kind": series, "title": series, "info_type": info_type}
    if series == "quake":
        series = f"quake-{draw(st.integers(0, 2))}"
    return Step("alert_received", {**about, "series": series, "areas": [] if info_type == "cancelled" else areas})


def _warned(code: str, level: int | None, hazards: Sequence[str], is_known: bool = True) -> dict[str, Any]:
    return {"code": code, "name": code, "level": level, "hazards": list(hazards), "is_known": is_known}


@st.composite
def declarations(draw: st.DrawFn) -> Step:
    area = draw(st.sampled_from([None, None, *AREAS, *DISTRICTS]))
    kind = draw(st.sampled_from(["hazard_declared", "hazard_ended", "hazard_ended"]))
    return Step(kind, {"hazard": draw(st.sampled_from(HAZARDS)), "area": area})


@st.composite
def orders(draw: st.DrawFn) -> Step:
    kind = draw(st.sampled_from(["order_issued", "order_lifted"]))
    about = {"authority": "市長", "confirmed_by": "x", "level": draw(st.sampled_from([3, 4, 5]))}
    return Step(kind, {"district_id": draw(st.sampled_from(DISTRICTS)), **about})


@st.composite
def of_shelters(draw: st.DrawFn, place_ids: Sequence[str]) -> Step:
    place = draw(st.sampled_from(place_ids))
    kind = draw(
        st.sampled_from(
            ["shelter_opened", "shelter_opened", "shelter_closed", "shelter_paused", "head_count", "damage_reported"]
        )
    )
    if kind == "head_count":
        return Step(kind, {"people": draw(st.integers(0, 120)), "method": "counted", "definition": "present"}, place)
    if kind == "damage_reported":
        return Step(kind, {"level": draw(st.sampled_from(["none", "light", "heavy", "unusable", "unknown"]))}, place)
    building = draw(st.sampled_from(["checked", "checked", "not_checked", "unknown"]))
    return Step(kind, {"building": building}, place)


@st.composite
def zone_rows(draw: st.DrawFn, place_ids: Sequence[str]) -> dict[str, Any]:
    hazard = draw(st.sampled_from(["flood", "landslide", "inland_flood"]))
    kind = draw(st.sampled_from(["warning", "special"])) if hazard == "landslide" else None
    depth = draw(st.sampled_from([None, 0.3, 2.0, 6.0]))
    return {
        "place_id": draw(st.sampled_from(place_ids)),
        "hazard": hazard,
        "scale": "maximum",
        "zone_class": kind,
        "depth_min_m": depth,
        "depth_max_m": depth,
    }


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A few places, and a story of warnings, decisions, openings and silence."""
    place_ids = ["p0", "p1", "p2"]
    places = tuple(draw(place_rows(place_id)) for place_id in place_ids)
    opened = [Step("shelter_opened", {"building": "checked"}, place_id) for place_id in place_ids]
    story = st.one_of(alerts(), alerts(), declarations(), orders(), of_shelters(place_ids))
    steps = [*opened, *draw(st.lists(story, max_size=8))]
    zones = tuple(draw(st.lists(zone_rows(place_ids), max_size=2)))
    return World(tuple(steps), places, zones, draw(st.booleans()), draw(st.sampled_from([0, 1, 200])))


def may_be_offered(world: World, place: Mapping[str, Any]) -> bool:
    """The oracle: from the events, one after the other, with nothing of the program but its settings."""
    return (
        _is_open(world, place)
        and place["kind"] in (None, "general")
        and place["accepts_ja"] is None
        and not _is_full(world, place)
        and _level(world, place) < 5
        and all(_stands(world, place, hazard) for hazard in HAZARDS if _may_be_on(world, place, hazard))
        and _is_sound(world, place)
    )


def _reaches(place: Mapping[str, Any], area: str | None) -> bool:
    if area in AREAS:
        return place["warning_area_code"] in (None, area)
    if area in DISTRICTS:
        return place["district_id"] in (None, area)
    return True


def _stands(world: World, place: Mapping[str, Any], hazard: str) -> bool:
    is_inside = any(zone["place_id"] == place["place_id"] and zone["hazard"] == hazard for zone in world.zones)
    return place[f"is_for_{hazard}"] is True and not is_inside


def _may_be_on(world: World, place: Mapping[str, Any], hazard: str) -> bool:
    if hazard in WARNED and not world.is_heard:
        return True
    if _strange(world, place) and hazard in WARNED:
        return True
    if hazard == "earthquake" and _shaken(world, place) is not None:
        return True
    return _warned_of(world, place, hazard) or _declared(world, place, hazard)


def _strange(world: World, place: Mapping[str, Any]) -> bool:
    now: dict[tuple[str, str], bool] = {}
    for step in world.steps:
        if step.kind == "alert_received" and step.payload["series"] == "strange":
            if step.payload["info_type"] == "cancelled":
                now = dict.fromkeys(now, False)
            for area in step.payload["areas"]:
                now["strange", area["code"]] = bool(area["warnings"])
    return any(is_on and _reaches(place, code) for (_, code), is_on in now.items())


def _warned_of(world: World, place: Mapping[str, Any], hazard: str) -> bool:
    """By series and area: raised at level 3, and kept until headquarters ends it while nothing is in force."""
    in_force: dict[tuple[str, str], int] = {}
    raised: set[tuple[str, str]] = set()
    for step in world.steps:
        payload = step.payload
        if step.kind == "alert_received" and hazard in SERIES.get(payload["series"], ()):
            if payload["info_type"] == "cancelled":
                for key in [key for key in in_force if key[0] == payload["series"]]:
                    in_force[key] = 0
            for area in payload["areas"]:
                level = max((each["level"] for each in area["warnings"]), default=0)
                in_force[payload["series"], area["code"]] = level
                if level >= 3:
                    raised.add((payload["series"], area["code"]))
        elif step.kind == "hazard_ended" and payload["hazard"] == hazard:
            over = {key for key in raised if in_force[key] < 3 and payload["area"] in (None, _area(key[1]))}
            raised -= over
    return any(_reaches(place, code) for _, code in raised)


def _area(code: str) -> str | None:
    return code if code in AREAS else None


def _declared(world: World, place: Mapping[str, Any], hazard: str) -> bool:
    on: set[str | None] = set()
    for step in world.steps:
        if step.payload.get("hazard") == hazard:
            area = step.payload["area"]
            if step.kind == "hazard_declared":
                on.add(area)
            elif step.kind == "hazard_ended":
                on = set() if area is None else on - {area}
    return any(_reaches(place, area) for area in on)


def _shaken(world: World, place: Mapping[str, Any]) -> int | None:
    """The step of the first strong shaking that is not over; None: there is none."""
    first = None
    for number, step in enumerate(world.steps):
        if not str(step.payload.get("series", "")).startswith("quake"):
            continue
        for area in step.payload["areas"]:
            strong = [w for w in area["warnings"] if w["code"] == "!5-" or SHAKING.index(w["code"]) >= 4]
            if strong and _reaches(place, area["code"]):
                first = number if first is None else first
    return first  # it can end only so many hours later than any step of these worlds


def _is_sound(world: World, place: Mapping[str, Any]) -> bool:
    checked, damaged, shaken = -1, None, None
    is_on = False
    first = _shaken(world, place)
    for number, step in enumerate(world.steps):
        if step.shelter_id == place["place_id"]:
            if step.kind.startswith("shelter_"):
                checked = number if step.payload["building"] == "checked" else -1
            elif step.kind == "damage_reported":
                damaged = (number, step.payload["level"])
        if step.kind == "hazard_declared" and step.payload["hazard"] == "earthquake":
            is_on = is_on or _reaches(place, step.payload["area"])
            shaken = number if _reaches(place, step.payload["area"]) else shaken
        for area in step.payload.get("areas", []):
            shakes = [w for w in area["warnings"] if w["code"] == "!5-" or w["code"] in SHAKING[3:]]
            if str(step.payload.get("series", "")).startswith("quake") and shakes and _reaches(place, area["code"]):
                shaken = number if first is not None and number >= first else shaken
    needs_check = place["needs_opening"] is not False and (first is not None or _declared(world, place, "earthquake"))
    if damaged and damaged[1] != "none" and checked <= damaged[0]:
        return False
    return not needs_check or shaken is None or checked > (first if first is not None else shaken)


def _is_open(world: World, place: Mapping[str, Any]) -> bool:
    said = [s.kind for s in world.steps if s.shelter_id == place["place_id"] and s.kind.startswith("shelter_")]
    if said:
        return said[-1] == "shelter_opened"
    return place["place_kind"] == "site" and place["needs_opening"] is False


def _is_full(world: World, place: Mapping[str, Any]) -> bool:
    counts = [s.payload["people"] for s in world.steps if s.shelter_id == place["place_id"] and s.kind == "head_count"]
    room = place["capacity_refuge_persons"]
    room = place["capacity_stay_persons"] if room is None else room
    return bool(counts) and room is not None and counts[-1] >= room


def _level(world: World, place: Mapping[str, Any]) -> int:
    now: dict[tuple[str, str], int] = {}
    ordered: dict[str, int] = {}
    for step in world.steps:
        payload = step.payload
        if step.kind == "alert_received" and payload["series"] in SERIES:
            if payload["info_type"] == "cancelled":
                now = {key: 0 if key[0] == payload["series"] else level for key, level in now.items()}
            for area in payload["areas"]:
                levels = [each["level"] for each in area["warnings"]]
                now[payload["series"], area["code"]] = max(levels, default=0)
        elif step.kind == "order_issued":
            ordered[payload["district_id"]] = payload["level"]
        elif step.kind == "order_lifted":
            ordered.pop(payload["district_id"], None)
    warned = [level for (_, code), level in now.items() if _reaches(place, code)]
    told = [level for district, level in ordered.items() if _reaches(place, district)]
    return max([*warned, *told], default=0)


def changed(world: World, **changes: Any) -> World:
    return replace(world, **changes)
