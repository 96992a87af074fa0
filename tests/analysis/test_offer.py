"""Nothing offers a place that is invalid, unknown, closed or full; and knowing less, or more danger, never adds one."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import AREAS, DISTRICTS, Step, World, changed, may_be_offered, worlds

from otsu_maps.analysis import offer
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.models import HAZARDS


def records(world: World) -> list[PlaceStatus]:
    return offer.statuses(world.places, world.zones, world.situation(), world.rules, AREAS)


def offered(world: World) -> set[str]:
    return {record.place_id for record in offer.offered(records(world))}


def valid(world: World) -> set[str]:
    return {record.place_id for record in records(world) if record.validity == "valid"}


@settings(max_examples=1500, deadline=None)
@given(worlds())
def test_whatever_is_offered_may_be_offered(world: World) -> None:
    by_id = {place["place_id"]: place for place in world.places}
    for place_id in offered(world):
        assert may_be_offered(world, by_id[place_id]), place_id


@settings(max_examples=500, deadline=None)
@given(worlds())
def test_the_record_says_why_and_agrees_with_itself(world: World) -> None:
    for record in records(world):
        assert (record.validity == "valid") == (not record.reasons)
        assert record.as_json()["is_offered"] == (record in offer.offered([record]))
        assert all(reason.sentence(lang) for reason in record.reasons for lang in ("ja", "en"))
        assert record.as_json()["reasons"] == [{"code": r.code, "params": dict(r.params)} for r in record.reasons]


def test_the_oracle_finds_places_that_may_be_offered_and_so_does_the_program() -> None:
    """So that the tests above are not true of nothing."""
    found = {True: 0, False: 0}

    @settings(max_examples=400, deadline=None, database=None)
    @given(worlds())
    def count(world: World) -> None:
        here = offered(world)
        for place in world.places:
            found[place["place_id"] in here] += may_be_offered(world, place)

    count()
    assert found[True] > 50
    assert found[False] <= found[True] * 0.1, "the program refuses what the oracle allows"


def rows_with(world: World, name: str, value: Any) -> World:
    return changed(world, places=tuple({**place, name: value} for place in world.places))


@settings(max_examples=400, deadline=None)
@given(world=worlds(), hazard=st.sampled_from(HAZARDS), flag=st.sampled_from([False, None]))
def test_losing_a_designation_never_adds_validity(world: World, hazard: str, flag: bool | None) -> None:
    less = rows_with(world, f"is_for_{hazard}", flag)
    assert valid(less) <= valid(world) and offered(less) <= offered(world)


@settings(max_examples=400, deadline=None)
@given(world=worlds(), name=st.sampled_from(["warning_area_code", "district_id", "needs_opening"]))
def test_not_knowing_where_a_place_lies_or_whether_it_stands_open_never_adds_validity(world: World, name: str) -> None:
    less = rows_with(world, name, None)
    assert valid(less) <= valid(world) and offered(less) <= offered(world)


@settings(max_examples=400, deadline=None)
@given(worlds())
def test_losing_contact_never_adds_validity(world: World) -> None:
    silent, heard = changed(world, is_heard=False), changed(world, is_heard=True)
    assert valid(silent) <= valid(heard) and offered(silent) <= offered(heard)


@settings(max_examples=400, deadline=None)
@given(world=worlds(), which=st.integers(0, 20), more=st.integers(1, 3))
def test_a_higher_level_never_adds_validity(world: World, which: int, more: int) -> None:
    alerts = [n for n, step in enumerate(world.steps) if step.payload.get("series", "").startswith("V")]
    if not alerts:
        return
    number = alerts[which % len(alerts)]
    payload = dict(world.steps[number].payload)
    payload["areas"] = [
        {**area, "warnings": [{**w, "level": min(5, w["level"] + more)} for w in area["warnings"]]}
        for area in payload["areas"]
    ]
    higher = changed(
        world,
        steps=(*world.steps[:number], Step("alert_received", payload), *world.steps[number + 1 :]),
    )
    assert valid(higher) <= valid(world) and offered(higher) <= offered(world)


@settings(max_examples=400, deadline=None)
@given(world=worlds(), hazard=st.sampled_from(HAZARDS), area=st.sampled_from([None, *AREAS, *DISTRICTS]))
def test_declaring_a_hazard_never_adds_validity(world: World, hazard: str, area: str | None) -> None:
    more = changed(world, steps=(*world.steps, Step("hazard_declared", {"hazard": hazard, "area": area})))
    assert valid(more) <= valid(world) and offered(more) <= offered(world)


@settings(max_examples=400, deadline=None)
@given(worlds(), st.data())
def test_a_zone_never_adds_validity(world: World, data: st.DataObject) -> None:
    from worlds import zone_rows

    zone = data.draw(zone_rows([place["place_id"] for place in world.places]))
    more = changed(world, zones=(*world.zones, zone))
    assert valid(more) <= valid(world) and offered(more) <= offered(world)


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_time_alone_never_adds_validity(world: World) -> None:
    assert valid(changed(world, wait_h=0)) == valid(changed(world, wait_h=9000))
    assert offered(changed(world, wait_h=9000)) <= offered(changed(world, wait_h=0))


@settings(max_examples=300, deadline=None)
@given(world=worlds(), level=st.sampled_from([1, 2]))
def test_a_lower_limit_never_adds_validity(world: World, level: int) -> None:
    from dataclasses import replace

    less = changed(world, rules=replace(world.rules, hazard_level=level))
    assert valid(less) <= valid(world)
