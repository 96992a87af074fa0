"""A draft of orders follows the level of the warnings where a district lies, and changes no order by itself."""

from __future__ import annotations

from typing import Any

import pytest
from telling import AREAS, NORTH, SOUTH, situation, warned, warning

from otsu_maps.analysis.orders import Draft, drafts


def rain(south: int, north: int) -> Any:
    """Warnings of these levels in the two halves of the city; 0: none."""
    levels = ((SOUTH, south), (NORTH, north))
    story = [warned(0, f"V|{area}", area, *([warning(str(n), n, "landslide")] if n else [])) for area, n in levels]
    return situation(*story).alerts


def lies(district_id: str | None, area: str | None) -> dict[str, Any]:
    return {"district_id": district_id, "warning_area_code": area}


@pytest.mark.parametrize(
    ("level", "drafted"), [(0, 0), (1, 0), (2, 0), (3, 3), (4, 4), (5, 5)], ids=lambda value: str(value)
)
def test_from_level_3_on_the_guideline_pairs_a_warning_with_an_order(level: int, drafted: int) -> None:
    [draft] = drafts(["D1"], [lies("D1", SOUTH)], rain(level, 0), [], AREAS)
    assert draft == Draft("D1", warned=level, ordered=0, drafted=drafted)


@pytest.mark.parametrize(
    ("places", "level"),
    [
        ([lies("D1", SOUTH)], 3),
        ([lies("D1", NORTH)], 4),
        ([lies("D1", SOUTH), lies("D1", NORTH)], 4),
        ([lies("D1", NORTH), lies("D1", SOUTH)], 4),
        ([lies("D2", SOUTH)], 4),
        ([lies(None, SOUTH)], 4),
        ([], 4),
        ([lies("D1", None)], 4),
        ([lies("D1", "elsewhere")], 4),
    ],
)
def test_a_district_lies_where_its_places_lie_and_else_everywhere(places: list[dict[str, Any]], level: int) -> None:
    assert [draft.warned for draft in drafts(["D1"], places, rain(3, 4), [], AREAS)] == [level]


def test_what_is_ordered_now_stands_beside_the_draft_whatever_the_warnings_say() -> None:
    orders = [{"district_id": "D1", "level": 4}, {"district_id": "D2", "level": None}]
    places = [lies(f"D{number}", SOUTH) for number in (1, 2, 3)]
    assert drafts(iter(("D1", "D2", "D3")), iter(places), rain(3, 0), iter(orders), AREAS) == [
        Draft("D1", 3, 4, 3),
        Draft("D2", 3, 0, 3),
        Draft("D3", 3, 0, 3),
    ]
