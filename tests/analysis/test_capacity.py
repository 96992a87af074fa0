"""Room in valid places: known room is added, unknown room is counted apart and is never zero."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from test_offer import records
from worlds import World, worlds

from otsu_maps.analysis.capacity import Capacity, by_district


def held(world: World, premises: list[str]) -> dict[str | None, Capacity]:
    rows: list[dict[str, Any]] = [
        {**place, "premises_id": name} for place, name in zip(world.places, premises, strict=True)
    ]
    return by_district(rows, records(world))


premises_of_three = st.lists(st.sampled_from(["a", "b", "c"]), min_size=3, max_size=3)


@given(worlds(), premises_of_three)
def test_only_valid_places_for_everybody_count_and_a_premises_once(world: World, premises: list[str]) -> None:
    usable = {r.place_id for r in records(world) if r.validity == "valid" and r.is_for_all}
    expected: dict[tuple[Any, str], list[int]] = {}
    for place, name in zip(world.places, premises, strict=True):
        if place["place_id"] in usable:
            numbers = expected.setdefault((place["district_id"], name), [])
            refuge, stay = place["capacity_refuge_persons"], place["capacity_stay_persons"]
            numbers += [number for number in (refuge if refuge is not None else stay,) if number is not None]
    for district, found in held(world, premises).items():
        here = [numbers for (where, _), numbers in expected.items() if where == district]
        assert found.unknown_premises == sum(not numbers for numbers in here)
        known = [max(numbers) for numbers in here if numbers]
        assert found.persons == (sum(known) if known else None)
    assert set(held(world, premises)) == {where for where, _ in expected}
