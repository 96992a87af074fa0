"""A draft of the city's evacuation orders by district. Headquarters decides: a warning is no order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from otsu_maps.analysis import danger

ORDERS = (3, 4, 5)
"""高齢者等避難, 避難指示, 緊急安全確保."""


@dataclass(frozen=True)
class Draft:
    """`warned`: the highest level of the warnings in force there, 0: none; `ordered`: the city's order now, 0: none;
    `drafted`: what the guideline asks headquarters to weigh, 0: nothing."""

    district_id: str
    warned: int
    ordered: int
    drafted: int


def drafts(
    districts: Iterable[str],
    places: Iterable[Mapping[str, Any]],
    alerts: Sequence[Mapping[str, Any]],
    orders: Iterable[Mapping[str, Any]],
    areas: Sequence[str],
) -> list[Draft]:
    """One draft a district. Its level is that of the warnings, as 内閣府「避難情報に関するガイドライン」 pairs them.

    A district lies in the warning areas of its places (rows of queries.validity.places); with none, in all of them.
    """
    now = {order["district_id"]: order["level"] or 0 for order in orders}
    level_of = {area: danger.level_in(alerts, area, areas) for area in (None, *areas)}
    lies_in: dict[str, set[str | None]] = {}
    for place in places:
        if place["district_id"]:
            lies_in.setdefault(place["district_id"], set()).add(place["warning_area_code"])
    found = []
    for district_id in districts:
        warned = max(level_of.get(area, level_of[None]) for area in lies_in.get(district_id, {None}))
        drafted = warned if warned in ORDERS else 0
        found.append(Draft(district_id, warned, now.get(district_id, 0), drafted))
    return found
