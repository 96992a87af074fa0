"""What may be offered to people now: one record a place, and the one rule that decides.

Every page, feed, sheet and screen that tells somebody where to go takes it from here: `offered`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from otsu_maps.analysis import danger, depth, room, validity
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.validity import Building, Place, Zone
from otsu_maps.models import HAZARDS, SITE, WARNED_OF
from otsu_maps.reasons import Reason

State = Mapping[str, Any]

ALWAYS_OPEN = "always_open"
OPEN, CLOSED, PAUSED, DISPUTED, NOT_KNOWN = "open", "closed", "paused", "disputed", "unknown"
OPENNESS = (ALWAYS_OPEN, OPEN, PAUSED, CLOSED, DISPUTED, NOT_KNOWN)
"""開設不要, 開設, 一時停止, 閉鎖, 要確認, 不明."""

LIFE_IN_DANGER = 5


@dataclass(frozen=True)
class PlaceStatus:
    """One site or shelter at one moment: the public-status record.

    `openness` is one of OPENNESS, `validity` of validity.VALIDITIES, `room` of room.ROOMS. `level`: the alert level
    that reaches the place, of warnings and of orders. `accepts_ja`: who may come, where that is not everybody.
    `heard_at`: when anybody last spoke of it, ISO 8601 with Z, None: never.
    """

    place_id: str
    place_kind: str
    name_ja: str
    name_en: str | None
    district_id: str | None
    area: str | None
    lon: float
    lat: float
    openness: str
    validity: str
    reasons: tuple[Reason, ...]
    room: str
    level: int
    is_for_all: bool
    accepts_ja: str | None
    heard_at: str | None

    @property
    def is_offered(self) -> bool:
        """Whether anybody may be sent there: valid, open, not full, for everybody, nobody there in danger of life."""
        return (
            self.validity == validity.VALID
            and self.openness in (OPEN, ALWAYS_OPEN)
            and self.room != room.FULL
            and self.is_for_all
            and self.level < LIFE_IN_DANGER
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values; a reason as code and params."""
        reasons = [{"code": reason.code, "params": dict(reason.params)} for reason in self.reasons]
        return asdict(self) | {"reasons": reasons, "is_offered": self.is_offered}


def statuses(
    places: Iterable[State],
    zones: Iterable[State],
    situation: Situation,
    rules: Rules,
    areas: Sequence[str],
    warned_of: Sequence[str] = WARNED_OF,
) -> list[PlaceStatus]:
    """The record of every place. `places`, `zones`: queries.validity; the rest: danger.dangers."""
    dangers = danger.dangers(situation.alerts, situation.hazards, situation.is_heard, rules, areas, warned_of)
    levels = {area: danger.level_in(situation.alerts, area, areas) for area in (None, *areas)}
    orders = {order["district_id"]: order["level"] or 0 for order in situation.orders}
    inside = zones_of(zones)
    return [
        status(row, inside.get(row["place_id"], {}), situation, dangers, _level(row, levels, orders), rules)
        for row in places
    ]


def status(
    row: State, zones: Mapping[str, Zone], situation: Situation, dangers: Iterable[Danger], level: int, rules: Rules
) -> PlaceStatus:
    """The record of one place: a row of queries.validity.places, its zones, and what goes on."""
    shelter = situation.shelters.get(row["place_id"])
    place = place_of(row, zones)
    found = validity.verdict(place, _building(shelter), dangers)
    people = room.people_in(shelter, situation.at, rules)
    openness = openness_of(row, shelter)
    is_for_all = row["kind"] in (None, "general") and not row["accepts_ja"]
    return PlaceStatus(
        place_id=row["place_id"],
        place_kind=row["place_kind"],
        name_ja=row["name_ja"],
        name_en=row["name_en"],
        district_id=row["district_id"],
        area=row["warning_area_code"],
        lon=row["lon"],
        lat=row["lat"],
        openness=openness,
        validity=found.validity,
        reasons=found.reasons,
        room=room.room(people, room.capacity(row, shelter)),
        level=level,
        is_for_all=is_for_all,
        accepts_ja=row["accepts_ja"],
        heard_at=(shelter or {}).get("heard_at"),
    )


def offered(records: Iterable[PlaceStatus]) -> list[PlaceStatus]:
    """The only places that are offered; those with room before those of which nobody knows."""
    found = [record for record in records if record.is_offered]
    return sorted(found, key=lambda record: (room.ROOMS.index(record.room), record.place_id))


def place_of(row: State, zones: Mapping[str, Zone]) -> Place:
    """A row of queries.validity.places as validity takes it."""
    return Place(
        place_id=row["place_id"],
        suits={hazard: row[f"is_for_{hazard}"] for hazard in HAZARDS},
        zones=zones,
        area=row["warning_area_code"],
        district_id=row["district_id"],
        needs_opening=row["needs_opening"],
    )


def openness_of(row: State, shelter: State | None) -> str:
    """One of OPENNESS. A site that needs no opening is open until somebody decides otherwise."""
    said = str((shelter or {}).get("status", NOT_KNOWN))
    if said == NOT_KNOWN and row["place_kind"] == SITE and row["needs_opening"] is False:
        return ALWAYS_OPEN
    return said


def zones_of(rows: Iterable[State]) -> dict[str, dict[str, Zone]]:
    """By place and hazard: the gravest class and the deepest step of all maps that say it lies inside a zone."""
    found: dict[str, dict[str, Zone]] = {}
    for row in rows:
        before = found.setdefault(row["place_id"], {}).get(row["hazard"], Zone())
        step = depth.step(row["depth_min_m"], row["depth_max_m"])
        is_special = validity.SPECIAL in (before.zone_class, row["zone_class"])
        kind = validity.SPECIAL if is_special else before.zone_class or row["zone_class"]
        found[row["place_id"]][row["hazard"]] = Zone(kind, max(before.depth_step, step))
    return found


def _building(shelter: State | None) -> Building:
    """A check counts where the last decision says so and nobody disagrees."""
    about = shelter or {}
    is_checked = about.get("building") == "checked" and about.get("status") != DISPUTED
    damage = about.get("damage") or {}
    return Building(about.get("since") if is_checked else None, damage.get("level"), damage.get("at"))


def _level(row: State, levels: Mapping[str | None, int], orders: Mapping[str, int]) -> int:
    """A place of unknown area or district is reached by the highest of all."""
    area, district = row["warning_area_code"], row["district_id"]
    warned = levels.get(area, levels[None])
    ordered = orders.get(district, 0) if district else max(orders.values(), default=0)
    return max(warned, ordered)
