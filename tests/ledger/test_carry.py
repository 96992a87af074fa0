"""Whatever way events travel (in any order, twice, late, in torn files), every installation ends in the same state."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident import START, Incident, same_as_replay
from sqlalchemy import select
from stories import REFS, act, actions, carried, export, take

from otsu_maps import clock
from otsu_maps.errors import FileRefused
from otsu_maps.ledger import append, carry, private, projection, read, replay, roster, rows, sealed, tables
from otsu_maps.ledger.events import canonical
from otsu_maps.ledger.store import Ledger


def everything(ledger: Ledger) -> dict[Any, Any]:
    with ledger.reading() as connection:
        return projection.stored(connection)


def lines_of(ledger: Ledger) -> list[dict[str, Any]]:
    """All events as they are hashed, in one order."""
    with ledger.reading() as connection:
        return sorted((event.line() for event in rows.read(connection)), key=canonical)


def forged(line: str, **changes: Any) -> str:
    """An event line with something changed, and a hash that fits again."""
    event = json.loads(line) | changes
    made = carry._event(event, START)
    assert made is not None
    return canonical({**event, "hash": made.digest()}) + "\n"


@pytest.fixture
def pair(new_ledger: Callable[[], Ledger]) -> tuple[Incident, Incident]:
    """Two installations that know of the same open drill."""
    one, two = new_ledger(), new_ledger()
    first = Incident(one)
    take(two, export(one))
    return first, Incident(two, first.id)


def test_an_export_comes_in_once_however_often_it_is_taken(pair: tuple[Incident, Incident]) -> None:
    first, second = pair
    for ref in REFS:
        first.did("check_in", {"ref": ref}, "s-1")
    lines = export(first.ledger)
    found = take(second.ledger, lines)
    assert (found.new, found.known, found.is_whole, found.aside, found.flagged) == (3, 1, True, 0, 0)
    again = take(second.ledger, lines)
    assert (again.new, again.known) == (0, 4)
    assert everything(first.ledger) == everything(second.ledger)
    same_as_replay(second.ledger)


def test_two_desks_that_disagree_make_a_shelter_disputed_until_a_person_decides(
    pair: tuple[Incident, Incident],
) -> None:
    first, second = pair
    first.did("shelter_opened", {}, "s-1", at=1)
    second.did("shelter_closed", {}, "s-1", at=2)
    take(first.ledger, export(second.ledger))
    take(second.ledger, export(first.ledger))
    for ledger in (first.ledger, second.ledger):
        about = read.state(ledger, first.id)["shelters"]["s-1"]
        assert about["status"] == "disputed"
        assert {head["status"] for head in about["heads"]} == {"open", "closed"}
    second.did("shelter_closed", {"decided_by": "本部"}, "s-1", at=3)
    take(first.ledger, export(second.ledger))
    assert read.state(first.ledger, first.id)["shelters"]["s-1"]["status"] == "closed"


def test_a_desk_that_knew_of_the_opening_may_close_without_a_dispute(pair: tuple[Incident, Incident]) -> None:
    first, second = pair
    first.did("shelter_opened", {}, "s-1", at=1)
    take(second.ledger, export(first.ledger))
    second.did("shelter_closed", {}, "s-1", at=2)
    take(first.ledger, export(second.ledger))
    assert read.state(first.ledger, first.id)["shelters"]["s-1"]["status"] == "closed"


def test_what_is_impossible_but_comes_from_elsewhere_is_kept_and_flagged(pair: tuple[Incident, Incident]) -> None:
    first, second = pair
    first.did("check_in", {"ref": "aaaa"}, "s-1", at=1)
    twice = second.did("check_in", {"ref": "aaaa"}, "s-2", at=2)
    found = take(first.ledger, export(second.ledger))
    assert found.new == 1
    state = read.state(first.ledger, first.id)
    assert state["flags"] == {twice.event_id: "event_already_in"}
    assert state["shelters"]["s-2"]["checked_in"]["people"] == 1
    assert state["shelters"]["s-1"]["checked_in"]["people"] == 0


def test_what_another_installation_left_out_counts_as_its_default(pair: tuple[Incident, Incident]) -> None:
    first, second = pair
    first.did("check_in", {"ref": REFS[0]}, "s-1")
    lines = [forged(line, payload={"ref": REFS[0]}) if '"check_in"' in line else line for line in export(first.ledger)]
    take(second.ledger, lines)
    there = read.state(second.ledger, second.id)["shelters"]["s-1"]["checked_in"]
    assert there["people"] == 1
    same_as_replay(second.ledger)


def test_a_torn_file_gives_what_it_has_and_the_whole_one_the_rest(pair: tuple[Incident, Incident]) -> None:
    first, second = pair
    for ref in REFS:
        first.did("check_in", {"ref": ref}, "s-1")
    text = "".join(export(first.ledger))
    torn = text[: int(len(text) * 0.6)].splitlines(keepends=True)
    found = take(second.ledger, torn)
    assert not found.is_whole and found.bad_lines == [len(torn)]
    assert 0 < found.new < 3
    take(second.ledger, text.splitlines(keepends=True))
    assert everything(first.ledger) == everything(second.ledger)


def test_an_event_altered_on_the_way_is_kept_aside_and_a_resend_heals_it(pair: tuple[Incident, Incident]) -> None:
    first, second = pair
    first.did("head_count", {"people": 40, "method": "counted"}, "s-1")
    lines = export(first.ledger)
    bent = [line.replace('"people":40', '"people":90') for line in lines]
    found = take(second.ledger, bent)
    assert (found.new, found.aside, found.is_whole) == (0, 1, False)
    assert "s-1" not in read.state(second.ledger, first.id)["shelters"]
    take(second.ledger, lines)
    assert read.state(second.ledger, first.id)["shelters"]["s-1"]["head_count"]["people"] == 40


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_contents_under_one_number_count_on_neither_side_whichever_came_first(
    new_ledger: Callable[[], Ledger], order: tuple[int, int]
) -> None:
    one, other = Incident(new_ledger()), new_ledger()
    one.did("head_count", {"people": 40, "method": "counted"}, "s-1")
    lines = export(one.ledger)
    fake = [
        *lines[:-2],
        forged(lines[-2], payload={"people": 4, "method": "counted", "definition": "present"}),
        lines[-1],
    ]
    versions = (lines, fake)
    for which in order:
        take(other, versions[which])
    assert "s-1" not in read.state(other, one.id)["shelters"]
    take(one.ledger, fake)
    assert read.state(one.ledger, one.id)["shelters"]["s-1"]["head_count"]["people"] == 40, "ours is certain"


def test_a_kind_of_a_newer_program_is_kept_and_carried_on(new_ledger: Callable[[], Ledger]) -> None:
    one, two, three = Incident(new_ledger()), new_ledger(), new_ledger()
    one.did("confirmed", {}, "s-1")
    lines = export(one.ledger)
    newer = [*lines[:-2], forged(lines[-2], kind="robot_arrived", payload={"wheels": 4})]
    found = take(two, newer)
    assert (found.new, found.flagged) == (2, 1)
    take(three, export(two))
    assert [line["kind"] for line in lines_of(three)].count("robot_arrived") == 1


def test_a_clock_that_runs_ahead_is_measured_and_remembered(
    new_ledger: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = Incident(new_ledger()), new_ledger()
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=1))
    one.did("confirmed", {}, "s-1")
    lines = export(one.ledger)
    monkeypatch.setattr(clock, "now", real)
    found = take(two, lines)
    assert found.ahead_s is not None and 3590 <= found.ahead_s <= 3600
    assert max(each["ahead_s"] or 0 for each in read.installations(two)) == found.ahead_s


@pytest.mark.parametrize("text", ["", "{}", "[]", "hello", '{"format":"otsu_maps ledger"}', "\x00\xff"])
def test_another_file_is_refused(ledger: Ledger, text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        take(ledger, text.splitlines(keepends=True))
    assert refused.value.reason.code == "ledger_not_export"


def test_persons_and_words_leave_only_when_asked_and_only_sealed(new_ledger: Callable[[], Ledger]) -> None:
    one, two = Incident(new_ledger()), new_ledger()
    roster.check_in(one.ledger, one.id, "s-1", {"name": "氏名の例一", "needs": ["乳幼児"]}, actor="desk")
    one.did("remark", note="雨漏りしている")
    plain = "".join(export(one.ledger))
    assert "例一" not in plain and "雨漏り" not in plain
    secret, public = sealed.new_key()
    data = sealed.seal("".join(export(one.ledger, with_persons=True)).encode(), public)
    assert "例一".encode() not in data
    opened = sealed.unseal(data, secret, "usb.age").decode()
    assert take(two, opened.splitlines(keepends=True)).persons == 2
    with two.reading() as connection:
        ref = connection.execute(select(tables.person.c.person_ref)).scalar_one()
        assert private.details(connection, [ref])[ref]["name"] == "氏名の例一"


def test_damaged_bytes_never_raise_anything_but_our_errors(new_ledger: Callable[[], Ledger]) -> None:
    one, two = Incident(new_ledger()), new_ledger()
    one.did("check_in", {"ref": "aaaa"}, "s-1")
    good, dice = "".join(export(one.ledger)).encode(), random.Random(4)
    for _ in range(300):
        data = bytearray(good)
        for _ in range(dice.randint(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        try:
            take(two, bytes(data).decode("utf-8", "replace").splitlines(keepends=True))
        except FileRefused:
            continue
        same_as_replay(two)


journeys = st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2**32))


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(actions, st.integers(0, 9)), min_size=12, max_size=40))
def test_projections_equal_the_replay_whatever_is_recorded_late_or_corrected(steps: list[tuple[Any, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{Path(folder) / 'a'}.sqlite")
        incident = Incident(ledger)
        for action, at in steps:
            act(incident, action, at)
        same_as_replay(ledger)
        ledger.close()


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 2), actions, st.integers(0, 60)) | st.tuples(st.just("carry"), journeys), max_size=24
    ),
    order=st.permutations([(a, b) for a in range(3) for b in range(3) if a != b]),
)
def test_any_interleaving_duplication_delay_loss_and_resend_gives_one_state(
    steps: list[tuple[Any, ...]], order: list[tuple[int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledgers = [Ledger(f"sqlite:///{Path(folder) / str(i)}.sqlite") for i in range(3)]
        first = Incident(ledgers[0])
        for other in ledgers[1:]:
            take(other, export(ledgers[0]))
        incidents = [first, *(Incident(ledger, first.id) for ledger in ledgers[1:])]
        for step in steps:
            if step[0] == "carry":
                source, target, seed = step[1]
                carried(ledgers[source], ledgers[target], seed)
            else:
                act(incidents[step[0]], step[1], step[2])
            same_as_replay(ledgers[step[1][1] if step[0] == "carry" else step[0]])
        for _ in range(2):
            for source, target in order:
                take(ledgers[target], export(ledgers[source]))
        assert lines_of(ledgers[0]) == lines_of(ledgers[1]) == lines_of(ledgers[2])
        assert everything(ledgers[0]) == everything(ledgers[1]) == everything(ledgers[2])
        for ledger in ledgers:
            same_as_replay(ledger)
            inside = read.state(ledger, first.id)["shelters"].values()
            persons = [s for key, s in everything(ledger).items() if key[1] == "person" and s["where"]]
            counted = sum(
                each["checked_in"]["people"] + each["checked_in"]["away"] for each in inside if each["checked_in"]
            )
            assert counted == sum(state["people"] for state in persons), "transfers keep the number of people"
            ledger.close()


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(actions, st.integers(0, 60)), min_size=1, max_size=15), cut=st.integers(0, 14))
def test_a_replay_at_any_moment_is_the_state_that_was_recorded_then(steps: list[tuple[Any, int]], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(f"sqlite:///{Path(folder) / 'a'}.sqlite")
        incident = Incident(ledger)
        remembered, moment = everything(ledger), clock.now()
        for number, (action, at) in enumerate(steps):
            act(incident, action, at)
            if number == cut % len(steps):
                remembered, moment = everything(ledger), clock.now()
        with ledger.reading() as connection:
            events = rows.read(connection)
        assert {(k[0], *k[1:]): s for k, s in replay.states(events, known_at=moment).items()} == remembered
        shuffled = list(events) * 2
        random.Random(cut).shuffle(shuffled)
        assert replay.states(shuffled, known_at=moment) == replay.states(events, known_at=moment)
        ledger.close()


def test_events_of_no_incident_travel_too(new_ledger: Callable[[], Ledger]) -> None:
    one, two = new_ledger(), new_ledger()
    append.append(one, "account_changed", {"account": "a", "change": "added", "role": "viewer"}, actor="root")
    assert take(two, export(one)).new == 1
    assert lines_of(one) == lines_of(two)
