"""The lines of shelters, held against a replay of the same events at each minute, however and whenever they came in."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
from happened import INCIDENT, at, counted, told
from hypothesis import example, given, settings
from hypothesis import strategies as st

from otsu_maps.analysis.curves import Curves
from otsu_maps.analysis.lines import Line, minute
from otsu_maps.ledger import replay, topics
from otsu_maps.ledger.events import Event, written

REFS, SHELTERS = ("aaaa", "bbbb", "cccc"), ("s-1", "s-2")
LAST = 24

minutes, refs, shelters = st.integers(0, LAST - 2), st.sampled_from(REFS), st.sampled_from(SHELTERS)
actions = st.one_of(
    st.tuples(st.just("check_in"), minutes, shelters, refs, st.integers(1, 6)),
    st.tuples(st.sampled_from(["check_out", "temporary_leave", "returned"]), minutes, shelters, refs),
    st.tuples(st.just("transferred"), minutes, shelters, refs, shelters),
    st.tuples(st.sampled_from(["shelter_opened", "shelter_closed", "shelter_paused"]), minutes, shelters),
    st.tuples(st.just("head_count"), minutes, shelters, st.integers(0, 50)),
    st.tuples(st.just("count_changed"), minutes, shelters, st.integers(-3, 3)),
    st.tuples(st.just("capacity_changed"), minutes, shelters, st.none() | st.integers(0, 50)),
    st.tuples(st.just("void"), minutes, st.integers(0, 99)),
    st.tuples(st.just("correct"), minutes, st.integers(0, 99), st.integers(1, 50), st.none() | minutes),
    st.tuples(st.just("astray"), minutes),
)
stories = st.lists(actions, max_size=25)


def event_of(done: list[Event], kind: str, when: int, *rest: Any) -> Event:
    """What somebody did, after all that is done; a correction may be of a correction."""
    if kind in ("void", "correct", "astray"):
        target = done[rest[0] % len(done)] if done and rest else None
        corrects = target.event_id if target else "nobody has it"
        if kind != "correct" or target is None:
            return told(when, "correction", corrects=corrects, void=True)
        right: dict[str, Any] = {"payload": corrected(target, rest[1])}
        if rest[2] is not None:
            right["occurred_at"] = written(at(rest[2]))
        return told(when, "correction", corrects=corrects, **right)
    shelter, *more = rest
    if kind == "head_count":
        return counted(when, shelter, more[0])
    if kind in ("count_changed", "capacity_changed"):
        said = {"delta": more[0]} if kind == "count_changed" else {} if more[0] is None else {"refuge_persons": more[0]}
        return told(when, kind, shelter, **said)
    names = {"check_in": ("ref", "people"), "transferred": ("ref", "to")}.get(kind, ("ref",))
    return told(when, kind, shelter, **dict(zip(names, more, strict=False)))


def corrected(event: Event, number: int) -> dict[str, Any]:
    """What it should have said: another number, where it has one."""
    if event.kind == "correction":
        said = event.payload.get("payload")
        return dict(event.payload) if said is None else {**event.payload, "payload": renumbered(said, number)}
    return renumbered(event.payload, number)


def renumbered(payload: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {**payload, **{name: number for name in ("people", "refuge_persons") if name in payload}}


def story_of(steps: list[tuple[Any, ...]]) -> list[Event]:
    done: list[Event] = []
    for step in steps:
        done.append(event_of(done, *step))
    return done


def inside(states: dict[replay.Key, dict[str, Any]], shelter: str) -> int:
    persons = (state for key, state in states.items() if key[1] == "person")
    return sum(each["people"] for each in persons if each["where"] == shelter and not each["is_away"])


def rows(line: Line) -> list[list[Any]]:
    return [np.nan_to_num(each, nan=-1).tolist() for each in (line.counts, line.openings, line.rooms)]


def same(one: Curves, other: Curves) -> None:
    assert one.shelters == other.shelters
    for shelter in one.shelters:
        line, second = one.line(shelter), other.line(shelter)
        assert rows(line) == rows(second)
        assert sorted(line.moves.tolist()) == sorted(second.moves.tolist())
        assert line.moves[:, 0].tolist() == second.moves[:, 0].tolist()


@settings(max_examples=150, deadline=None)
@given(steps=stories)
def test_at_each_minute_the_lines_say_what_a_replay_says(steps: list[tuple[Any, ...]]) -> None:
    events = story_of(steps)
    curves = Curves()
    curves.add(events)
    grouped = replay.grouped(events)
    for passed in range(-1, LAST + 1):
        states = replay.states(events, at=at(passed))
        for shelter in SHELTERS:
            line, now = curves.line(shelter), minute(at(passed))
            assert line.moves[line.moves[:, 0] <= now, 2].sum() == inside(states, shelter)
            count = states.get((INCIDENT, "count", shelter))
            known = line.counts[line.counts[:, 0] <= now]
            assert (known[-1, 1] if len(known) else None) == (count["people"] if count else None)
            said = [each for each in grouped.get((INCIDENT, "status", shelter), []) if each.occurred_at <= at(passed)]
            opened = line.openings[line.openings[:, 0] <= now]
            assert len(opened) == len(said)
            if said:
                last = max(said, key=lambda each: each.moment)
                assert opened[-1, 1] == (topics.STATUS[last.kind] == topics.OPEN)
            room = states.get((INCIDENT, "capacity", shelter))
            rooms = line.rooms[line.rooms[:, 0] <= now, 1]
            assert (len(rooms) == 0) == (room is None)
            if room:
                assert np.nan_to_num(rooms[-1], nan=-1) == room.get("refuge_persons", -1)


@settings(max_examples=150, deadline=None)
@given(steps=stories, seed=st.integers(0, 2**32))
@example(steps=[("head_count", 0, "s-1", 3), ("correct", 1, 0, 9, None), ("void", 2, 1)], seed=1)
def test_in_any_order_in_any_batches_and_twice_the_lines_are_the_same(steps: list[tuple[Any, ...]], seed: int) -> None:
    events, dice = story_of(steps), Random(seed)
    whole, parts = Curves(), Curves()
    whole.add(events)
    arriving = [event for event in events for _ in range(dice.choice([1, 1, 2]))]
    dice.shuffle(arriving)
    while arriving:
        size = dice.randint(1, 6)
        parts.add(arriving[:size])
        arriving = arriving[size:]
        for shelter in parts.shelters:
            parts.line(shelter)  # what was made once is made anew where an event touches it
    same(whole, parts)


def test_a_household_that_is_out_for_a_while_is_not_there() -> None:
    curves = Curves()
    curves.add(
        [
            told(0, "check_in", "s-1", ref="aaaa", people=3),
            told(5, "temporary_leave", "s-1", ref="aaaa"),
            told(9, "returned", "s-1", ref="aaaa", late=2),
            told(12, "transferred", "s-1", ref="aaaa", to="s-2"),
        ]
    )
    start = minute(at(0))
    assert [(when - start, known - start, people) for when, known, people in curves.line("s-1").moves] == [
        *((0, 0, 3), (5, 5, -3)),
        *((9, 11, 3), (12, 12, -3)),
    ]
    assert curves.line("s-2").moves[:, 2].tolist() == [3]


def test_what_is_not_counted_and_what_is_not_about_people_changes_nothing() -> None:
    curves = Curves()
    curves.add([counted(0, "s-1", 5)._replace(flag="event_two_contents"), told(1, "confirmed", "s-1")])
    assert curves.shelters == []
    assert len(curves.line("s-1").counts) == 0


def test_room_for_refuge_comes_first_and_may_be_unknown() -> None:
    curves = Curves()
    told_rooms = ({"refuge_persons": 9, "stay_persons": 4}, {"stay_persons": 4}, {})
    curves.add([told(at_min, "capacity_changed", "s-1", **said) for at_min, said in enumerate(told_rooms)])
    assert np.nan_to_num(curves.line("s-1").rooms[:, 1], nan=-1).tolist() == [9, 4, -1]
