"""A scenario is pure: the same seed tells the same story, and nobody gets lost in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import DISTRICTS, PLACES, START, shelter, told

from otsu_maps.drill import households, rates, words
from otsu_maps.drill.ground import District, Ground, room_of
from otsu_maps.drill.scenario import SCENARIOS, events, usual_people
from otsu_maps.drill.tally import Tally
from otsu_maps.drill.world import World
from otsu_maps.errors import EventRefused
from otsu_maps.i18n import languages
from otsu_maps.ledger.kinds import KINDS

every_scenario = pytest.mark.parametrize("scenario", SCENARIOS)
a_drill = given(
    scenario=st.sampled_from(SCENARIOS),
    seed=st.integers(0, 10_000),
    people=st.integers(1, 400),
    hour=st.integers(0, 23),
)


def digest(scenario: str, seed: int) -> str:
    return sha256(repr(told(scenario, seed, 300)).encode()).hexdigest()


def world(scenario: str) -> World:
    return World(scenario, 1, PLACES, DISTRICTS, (), START)


@every_scenario
def test_the_same_seed_tells_the_same_story_and_another_one_another(scenario: str) -> None:
    assert digest(scenario, 7) == digest(scenario, 7)
    assert digest(scenario, 7) != digest(scenario, 8)


@every_scenario
def test_a_later_start_moves_every_time_by_as_much_and_changes_nothing_else(scenario: str) -> None:
    day = timedelta(days=1)
    moved = [
        replace(report, occurred_at=report.occurred_at + day, recorded_at=report.recorded_at + day)
        for report in told(scenario, 5, 200)
    ]
    assert told(scenario, 5, 200, START + day) == moved


@settings(max_examples=40, deadline=None)
@a_drill
def test_reports_come_in_the_order_of_recording_and_never_before_they_are_true(
    scenario: str, seed: int, people: int, hour: int
) -> None:
    start = datetime(2026, 11, 24, hour)
    reports = told(scenario, seed, people, start)
    end = start + timedelta(hours=rates.HOURS[scenario])
    assert all(start <= report.occurred_at <= report.recorded_at <= end for report in reports)
    assert all(a.recorded_at <= b.recorded_at for a, b in pairwise(reports))
    seen: dict[int, str] = {}
    for report in reports:
        assert (report.corrects is None) == (report.kind != "correction")
        assert report.corrects is None or seen[report.corrects] in ("check_in", "head_count", "supply_counted")
        seen[report.key] = report.kind


@settings(max_examples=40, deadline=None)
@a_drill
def test_at_every_step_those_inside_away_and_gone_are_those_who_ever_came(
    scenario: str, seed: int, people: int, hour: int
) -> None:
    tally = Tally()
    for report in told(scenario, seed, people, datetime(2026, 11, 24, hour)):
        before = tally.arrived, tally.inside + tally.away
        tally.follow(report)
        assert tally.inside + tally.away + tally.left == tally.arrived
        assert min((*map(min, tally.by_shelter().values()), tally.left)) >= 0
        if report.kind in ("transferred", "temporary_leave", "returned"):
            assert before == (tally.arrived, tally.inside + tally.away)
    assert tally.arrived == people


def test_a_tally_follows_corrections() -> None:
    reports = told("heavy-rain", 1, 1500)
    fixes = {report.corrects: report for report in reports if report.kind == "correction"}
    wrong = [report for report in reports if report.kind == "check_in" and report.key in fixes]
    assert {"void" in fixes[report.key].payload for report in wrong} == {True, False}
    tally = Tally()
    for report in reports:
        if report.kind != "correction":
            tally.follow(report)
    assert tally.arrived > 1500
    for report in fixes.values():
        tally.follow(report)
    assert tally.arrived == 1500


@every_scenario
def test_late_and_corrected_reports_occur(scenario: str) -> None:
    reports = told(scenario, 2, 1500)
    late = [report for report in reports if report.recorded_at - report.occurred_at > timedelta(minutes=10)]
    assert 0.05 * len(reports) < len(late) < 0.6 * len(reports)
    kinds = {report.key: report.kind for report in reports}
    corrected = Counter(kinds[report.corrects] for report in reports if report.corrects is not None)
    assert corrected["check_in"] and corrected["head_count"] + corrected["supply_counted"]


def test_a_head_count_may_come_in_after_a_newer_one() -> None:
    overtaken = 0
    for seed in range(10):
        newest: dict[str, datetime] = {}
        for report in told("earthquake", seed, 300):
            if report.kind == "head_count":
                place = str(report.shelter_id)
                overtaken += report.occurred_at < newest.get(place, START)
                newest[place] = max(report.occurred_at, newest.get(place, START))
    assert overtaken


def test_the_scenarios_use_every_kind_that_people_record_in_an_incident() -> None:
    used = {report.kind for scenario in SCENARIOS for seed in range(6) for report in told(scenario, seed, 2000)}
    others = {"incident_opened", "incident_closed", "setting_changed", "contact_changed"}
    of_accounts = {"account_changed", "person_looked_up", "person_erased"}
    assert used == set(KINDS) - others - of_accounts


@every_scenario
def test_nobody_is_named_and_every_actor_is_a_role(scenario: str) -> None:
    for report in told(scenario, 6, 300):
        assert report.actor in words.ACTORS
        if report.kind == "check_in":
            assert set(report.payload) == {"ref", "people"}
            assert len(report.payload["ref"]) == 16 and int(report.payload["ref"], 16) >= 0


def test_households_come_from_the_districts_by_their_residents() -> None:
    found = households.made(world("heavy-rain"), 20_000)
    people = Counter({"D1": 0, "D2": 0})
    for household in found:
        people[household.district_id] += household.people
    assert set(people) == {"D1", "D2"}
    assert people["D1"] / people.total() == pytest.approx(0.75, abs=0.02)
    assert people.total() == 20_000
    assert people.total() / len(found) == pytest.approx(2.2, abs=0.05)


def test_half_of_the_households_set_out_within_two_hours() -> None:
    here = world("heavy-rain")
    minutes = [households.arrival_min(here) for _ in range(4000)]
    assert median(minutes) == pytest.approx(120, abs=5)
    assert sum(minute < 60 for minute in minutes) < 0.25 * len(minutes)
    assert sum(minute > 210 for minute in minutes) == pytest.approx(0.1 * len(minutes), abs=0.03 * len(minutes))


@every_scenario
def test_a_shelter_that_is_known_not_to_suit_stays_shut(scenario: str) -> None:
    unsuited = "h-3"
    for report in told(scenario, 1, 600):
        assert unsuited not in (report.shelter_id, report.payload.get("to"), report.payload.get("into"))


@every_scenario
def test_a_full_town_turns_nobody_away(scenario: str) -> None:
    places = (shelter(1, "D1", stay_persons=5), shelter(2, "D1", stay_persons=0))
    tally = Tally()
    for report in events(scenario, 1, places, DISTRICTS, 400, START):
        tally.follow(report)
    assert tally.arrived == 400


@every_scenario
@pytest.mark.parametrize("districts", [(), (District("D9", "学区", None, None),)])
def test_one_shelter_and_no_known_residents_are_enough_where_the_number_of_people_is_given(
    scenario: str, districts: tuple[District, ...]
) -> None:
    tally = Tally()
    for report in events(scenario, 1, (shelter(1, None),), districts, 50, START):
        tally.follow(report)
    assert tally.arrived == 50 and set(tally.by_shelter()) >= {"h-1"}


@every_scenario
def test_no_report_claims_a_capacity_that_nobody_knows(scenario: str) -> None:
    known = {place.place_id for place in PLACES if place.stay_persons or place.refuge_persons}
    changed = [report for report in told(scenario, 1, 2000) if report.kind == "capacity_changed"]
    assert changed and {report.shelter_id for report in changed} <= known


def test_orders_rise_from_3_to_4_are_confirmed_by_a_second_one_and_are_lifted() -> None:
    by_district: dict[str, list[tuple[str, int]]] = {}
    for report in sorted(told("heavy-rain", 1, 100), key=lambda report: report.occurred_at):
        if report.kind.startswith("order_"):
            assert report.payload["confirmed_by"] != report.actor and report.payload["authority"]
            step = (report.kind, report.payload["level"])
            by_district.setdefault(report.payload["district_id"], []).append(step)
    only_3 = [("order_issued", 3), ("order_lifted", 3)]
    rising = [("order_issued", 3), ("order_issued", 4), ("order_lifted", 4)]
    assert set(by_district) == {district.district_id for district in DISTRICTS}
    assert all(steps in (only_3, rising) for steps in by_district.values())


def test_what_was_declared_in_heavy_rain_has_ended_and_an_earthquake_goes_on() -> None:
    for scenario, is_over in (("heavy-rain", True), ("earthquake", False)):
        on: set[tuple[str, str | None]] = set()
        for report in told(scenario, 1, 100):
            if report.kind == "hazard_declared":
                on.add((report.payload["hazard"], report.payload.get("area")))
            elif report.kind == "hazard_ended":
                on.discard((report.payload["hazard"], report.payload.get("area")))
        assert (not on) == is_over


def test_head_counts_of_all_shelters_are_made_at_8_and_at_20_oclock() -> None:
    for start_hour in (0, 3, 17):
        here = World("earthquake", 1, PLACES, DISTRICTS, (), datetime(2026, 11, 24, start_hour))
        hours = [(start_hour + 9 + minute / 60) % 24 for minute in here.times_of_day(rates.COUNT_HOURS)]
        assert len(hours) == 4 and {round(hour, 6) for hour in hours} == {8, 20}


def test_after_an_earthquake_most_people_are_outside_shelters_and_mostly_in_cars() -> None:
    peak: Counter[str] = Counter()
    for report in told("earthquake", 1, 1000):
        if report.kind == "people_outside":
            name = report.payload["place_kind"] + " " + report.payload["place"]
            peak[name] = max(peak[name], report.payload["people"])
    cars = sum(people for name, people in peak.items() if name.startswith("car"))
    assert peak.total() > 1000 and cars > 0.7 * peak.total()


def test_a_self_organised_place_takes_people_and_gives_all_of_them_on_when_it_is_merged() -> None:
    reports = told("earthquake", 1, 3000)
    created = {report.shelter_id: report for report in reports if report.kind == "shelter_created"}
    merged = {report.shelter_id for report in reports if report.kind == "shelter_merged"}
    assert set() < merged < set(created)
    tally = Tally()
    for report in reports:
        if report.kind == "check_in" and report.shelter_id in created:
            assert report.recorded_at >= created[report.shelter_id].recorded_at
        tally.follow(report)
    ends = tally.by_shelter()
    assert all(ends.get(str(place), (0, 0))[0] == 0 for place in merged)
    assert any(ends.get(str(place), (0, 0))[0] > 0 for place in set(created) - merged)


def test_room_is_what_was_published_else_the_area_else_an_assumption() -> None:
    assert room_of(shelter(1, None, stay_persons=7, refuge_persons=9, area_m2=70.0), is_for_a_stay=True) == 7
    assert room_of(shelter(1, None, stay_persons=7, refuge_persons=9), is_for_a_stay=False) == 9
    assert room_of(shelter(1, None, stay_persons=0, area_m2=70.0), is_for_a_stay=True) == 0
    assert room_of(shelter(1, None, area_m2=70.0), is_for_a_stay=True) == 20
    assert room_of(shelter(1, None), is_for_a_stay=True) == rates.UNKNOWN_ROOM_PERSONS


def test_without_a_number_a_tenth_of_the_residents_come_at_most_as_many_as_there_is_room_for() -> None:
    few = Ground(PLACES, (District("D1", "東学区", 1000.0),))
    assert usual_people("heavy-rain", few) == (100, 30 + 100 + 15 + 25)
    many = Ground(PLACES, DISTRICTS)
    assert usual_people("earthquake", many) == (160, 20 + 100 + 15 + 25)


def test_what_cannot_be_played_is_refused_in_both_languages() -> None:
    for code, do in (
        ("drill_people", lambda: told("heavy-rain", 1, 0)),
        ("drill_no_places", lambda: list(events("earthquake", 1, PLACES[2:3], DISTRICTS, 10, START))),
        ("drill_no_residents", lambda: usual_people("heavy-rain", Ground(PLACES, DISTRICTS[2:]))),
    ):
        with pytest.raises(EventRefused) as refused:
            do()
        assert refused.value.reason.code == code
        assert all("{" not in refused.value.reason.sentence(lang) for lang in languages())
