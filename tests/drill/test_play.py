"""What is played stands in the ledger as a drill, complete, and never anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import ABOUT, PLACES, START, opened, persons, presence, same_as_replay, told

from otsu_maps import clock, incidents
from otsu_maps.db.reader import Snapshot
from otsu_maps.drill import play, rates
from otsu_maps.drill.book import Report
from otsu_maps.drill.scenario import SCENARIOS, events, usual_people
from otsu_maps.drill.tally import Tally
from otsu_maps.errors import EventRefused
from otsu_maps.i18n import languages
from otsu_maps.ledger import append, read, tables
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import Ledger

every_scenario = pytest.mark.parametrize("scenario", SCENARIOS)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    found = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield found
    found.close()


@pytest.fixture(scope="session")
def new_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for many ledgers."""
    return iter(tmp_path_factory.mktemp("drills") / f"{number}.sqlite" for number in count())


@settings(max_examples=12, deadline=None)
@given(
    scenario=st.sampled_from(SCENARIOS),
    seed=st.integers(0, 10_000),
    people=st.integers(1, 250),
    hour=st.integers(0, 23),
)
def test_a_fresh_ledger_takes_every_report_and_comes_to_the_numbers_of_the_scenario(
    new_path: Iterator[Path], scenario: str, seed: int, people: int, hour: int
) -> None:
    ledger = Ledger(f"sqlite:///{next(new_path)}")
    start = datetime(2026, 11, 24, hour)
    reports = told(scenario, seed, people, start)
    tally = Tally()
    for report in reports:
        tally.follow(report)
    incident = opened(ledger, start)
    played = play.play(ledger, incident, reports)
    assert (played.events, played.passed_over) == (len(reports), 0)
    assert (played.arrived, played.left) == (people, tally.left)
    state = read.state(ledger, str(incident.incident_id))
    assert state["flags"] == {}
    assert {k: v for k, v in presence(ledger).items() if any(v)} == {
        k: v for k, v in tally.by_shelter().items() if any(v)
    }
    assert same_as_replay(ledger)
    modes = {event.mode for event in read.events(ledger, most=100_000)}
    assert modes == {"drill"} and str(incident.incident_id).startswith("drill-")
    assert len(read.incidents(ledger)) == 1
    ledger.close()


@every_scenario
def test_conservation_holds_at_every_step(ledger: Ledger, scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "BATCH", 1)
    reports = told(scenario, 11, 90)
    tally = Tally()
    steps = iter(reports)

    def look(_: int) -> None:
        tally.follow(next(steps))
        now = presence(ledger)
        inside, away = (sum(row[i] for row in now.values()) for i in (0, 1))
        assert (inside, away) == (tally.inside, tally.away)
        assert inside + away + tally.left == tally.arrived
        assert all(now.get(shelter, (0, 0)) == row for shelter, row in tally.by_shelter().items())

    play.play(ledger, opened(ledger), reports, progress=look)
    assert next(steps, None) is None
    gone = [state["people"] for state in persons(ledger) if state and state["where"] is None]
    assert sum(gone) == tally.left and tally.arrived == 90


@every_scenario
def test_every_moment_of_a_drill_can_be_asked_for(ledger: Ledger, scenario: str) -> None:
    reports = told(scenario, 1, 200)
    incident = opened(ledger)
    play.play(ledger, incident, reports)
    begun = read.state(ledger, str(incident.incident_id), START)
    assert begun["is_open"] and not any(shelter["checked_in"] for shelter in begun["shelters"].values())
    middle = read.state(ledger, str(incident.incident_id), START + timedelta(hours=8))
    inside = sum(shelter["checked_in"]["people"] for shelter in middle["shelters"].values() if shelter["checked_in"])
    assert inside > 50


def test_the_incident_keeps_what_the_drill_was_made_from(ledger: Ledger) -> None:
    incident = play.open_drill(ledger, ABOUT, START, drill_scenario="earthquake", drill_seed="7")
    state = read.state(ledger, str(incident.incident_id))
    assert state["mode"] == "drill" and read_time(state["opened_at"]) == START
    assert state["settings"] == {"drill_scenario": "earthquake", "drill_seed": "7"}


@pytest.mark.parametrize("mode", ["real", "test"])
def test_a_scenario_is_never_played_into_anything_but_a_drill(ledger: Ledger, mode: str) -> None:
    about = {**ABOUT, "is_demo": False}
    other = append.append(
        ledger, "incident_opened", about, actor="hq", incident_id=append.new_incident_id(mode), mode=mode
    )
    with pytest.raises(EventRefused) as refused:
        play.play(ledger, other, told("heavy-rain", 1, 10))
    assert refused.value.reason.code == "drill_other_mode"
    assert len(read.events(ledger)) == 1


def test_the_demo_takes_a_drill_and_no_real_incident_and_no_real_event_gets_into_the_drill(
    demo: Snapshot, ledger: Ledger
) -> None:
    about, ground = play.prepared("訓練")
    assert about["is_demo"] and about["snapshot_id"] == demo.id
    incident = play.open_drill(ledger, about, START)
    people, room = usual_people("heavy-rain", ground)
    assert 1000 < people <= room and people <= 0.1 * (ground.residents or 0) + 1
    reports = list(events("heavy-rain", 1, ground.places, ground.districts, 60, START))
    assert play.play(ledger, incident, reports).events == len(reports)
    with pytest.raises(EventRefused) as refused:
        incidents.open_incident(ledger, "本番", "real", actor="hq")
    assert refused.value.reason.code == "event_demo_is_not_real"
    with pytest.raises(EventRefused) as mixed:
        append.append(ledger, "handover", actor="hq", incident_id=incident.incident_id, mode="real")
    assert mixed.value.reason.code == "event_other_mode"
    assert {event.mode for event in read.events(ledger, most=100_000)} == {"drill"}
    shelters = {place.place_id: place.name for place in ground.places if place.is_shelter}
    placed = [event for event in read.events(ledger, most=100_000) if event.kind == "check_in"]
    assert placed and all(shelters[str(event.shelter_id)] == event.place_name for event in placed)


def test_figures_are_unknown_where_nobody_has_said_anything(ledger: Ledger) -> None:
    incident = opened(ledger)
    found = play.figures(ledger, str(incident.incident_id))
    assert found == {"inside": None, "away": None, "outside": None, "provisional": 0, "open": 0}


def test_a_fault_of_the_scenario_stops_the_drill_loudly(ledger: Ledger) -> None:
    reports = told("heavy-rain", 1, 40)
    wrong = Report(10**6, "check_out", {"ref": "nobody"}, "hq", START, START, "h-1")
    with pytest.raises(EventRefused) as refused:
        play.play(ledger, opened(ledger), [*reports[:10], wrong, *reports[10:]])
    assert refused.value.reason.code == "drill_impossible"
    assert all("check_out" in refused.value.reason.sentence(lang) for lang in languages())
    assert len(read.events(ledger)) == 11


def test_what_no_longer_fits_because_somebody_else_recorded_is_passed_over(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "BATCH", 20)
    reports = told("heavy-rain", 1, 120)
    incident = opened(ledger)
    leaving = {report.payload["ref"] for report in reports if report.kind == "check_out"}
    first = next(report for report in reports if report.kind == "check_in" and report.payload["ref"] in leaving)

    def meanwhile() -> Iterator[Report]:
        for index, report in enumerate(reports):
            yield report
            if index == first.key + 200:
                mine = {"incident_id": incident.incident_id, "mode": "drill", "shelter_id": first.shelter_id}
                ref = {"ref": first.payload["ref"]}
                at = report.occurred_at
                append.append(ledger, "check_out", ref, actor="trainee", occurred_at=at, **mine)

    played = play.play(ledger, incident, meanwhile())
    assert played.passed_over >= 1
    assert played.events + played.passed_over == len(reports)
    assert same_as_replay(ledger)


@every_scenario
def test_a_paced_drill_takes_its_time_and_never_runs_ahead_of_the_clock(
    ledger: Ledger, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    speed = 3600.0
    now = [datetime(2026, 11, 24, 12)]

    def wait(seconds: float) -> None:
        assert 0 < seconds <= play.LOOK_S
        now[0] += timedelta(seconds=max(seconds, 1e-6))

    monkeypatch.setattr(clock, "now", lambda: now[0])
    monkeypatch.setattr(play, "sleep", wait)
    began = now[0]
    start = play.start_of(scenario, speed, began)
    reports = told(scenario, 2, 40, start)
    play.play(ledger, opened(ledger, start), reports, speed)
    lasted_s = (now[0] - began).total_seconds()
    assert lasted_s == pytest.approx(rates.HOURS[scenario], rel=0.2)
    by_kind = {event.event_id: event for event in read.events(ledger, tables.event.c.kind == "check_in", most=1000)}
    assert by_kind and all(event.occurred_at <= event.recorded_at for event in by_kind.values())
    recorded = [event.recorded_at for event in by_kind.values()]
    assert max(recorded) - min(recorded) > timedelta(seconds=1)


@given(
    scenario=st.sampled_from(SCENARIOS),
    speed=st.floats(0.1, 100_000),
    share=st.floats(0, 1),
)
def test_simulated_time_never_passes_real_time_at_any_speed(scenario: str, speed: float, share: float) -> None:
    whole_s = rates.HOURS[scenario] * 3600
    passed_s = share * whole_s / speed
    simulated = play.start_of(scenario, speed, START) + timedelta(seconds=passed_s * speed)
    assert simulated <= START + timedelta(seconds=passed_s + 0.001)


def test_at_once_all_of_it_has_just_happened_and_at_speed_1_it_begins_now() -> None:
    assert play.start_of("heavy-rain", 0, START) == START - timedelta(hours=rates.HOURS["heavy-rain"])
    assert play.start_of("heavy-rain", 1, START) == START


def test_corrections_point_at_the_events_that_they_correct(ledger: Ledger) -> None:
    reports = told("earthquake", 2, 600)
    incident = opened(ledger)
    play.play(ledger, incident, reports)
    found = {event.event_id: event for event in read.events(ledger, most=100_000)}
    kinds = {report.key: report.kind for report in reports}
    expected = sorted(kinds[report.corrects] for report in reports if report.corrects is not None)
    corrected = [found[str(event.corrects)].kind for event in found.values() if event.kind == "correction"]
    assert sorted(corrected) == expected and expected


def test_words_of_a_drill_say_that_it_is_one_and_its_places_are_those_of_the_town(ledger: Ledger) -> None:
    play.play(ledger, opened(ledger), told("earthquake", 1, 400))
    known = {place.place_id for place in PLACES}
    for event in read.events(ledger, most=100_000):
        titles = [str(event.payload[name]) for name in ("title", "name", "source") if name in event.payload]
        assert all("訓練" in title for title in titles)
        assert event.shelter_id is None or event.shelter_id in known or event.shelter_id.startswith("drill-")
