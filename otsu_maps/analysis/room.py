"""How many people are in a shelter by one rule, and whether there is room for more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from otsu_maps.analysis.rules import Rules
from otsu_maps.ledger.events import read_time

ROOM, NO_FIGURE, FULL = "yes", "unknown", "full"
ROOMS = (ROOM, NO_FIGURE, FULL)
"""空きあり, 空き不明, 満員."""


@dataclass(frozen=True)
class People:
    """`people` None: nobody has said so. `method` is that of the head-count, or check_in. `is_old`: too old to tell."""

    people: int | None = None
    at: str | None = None
    method: str | None = None
    is_old: bool = False


def people_in(shelter: Mapping[str, Any] | None, at: datetime, rules: Rules) -> People:
    """One number for a shelter (read.state): the head-count unless it is old, else check-ins, else the newer of both.

    Check-ins count who came by card; a head-count who was seen. They are never added.
    """
    counted, came = (shelter or {}).get("head_count"), (shelter or {}).get("checked_in")
    found = [
        People(each["people"], each["at"], method, at - read_time(each["at"]) > rules.count_lasts)
        for each, method in ((counted, (counted or {}).get("method")), (came, "check_in"))
        if each
    ]
    return next(
        (each for each in found if not each.is_old), max(found, key=lambda each: str(each.at), default=People())
    )


def capacity(register: Mapping[str, Any], shelter: Mapping[str, Any] | None) -> int | None:
    """People that a shelter takes for refuge: as changed in the incident, else as registered; None: unknown."""
    changed = (shelter or {}).get("capacity") or {}
    for number in (
        *(changed.get("refuge_persons"), changed.get("stay_persons")),
        *(register.get("capacity_refuge_persons"), register.get("capacity_stay_persons")),
    ):
        if number is not None:
            return int(number)
    return None


def room(people: People, capacity_persons: int | None) -> str:
    """One of ROOMS. Full stays full however old the number: silence makes no room. Old and not full is unknown."""
    if people.people is None or capacity_persons is None:
        return NO_FIGURE
    if people.people >= capacity_persons:
        return FULL
    return NO_FIGURE if people.is_old else ROOM
