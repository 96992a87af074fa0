"""Warnings in the ledger: each message once, whoever brings it, and since and until when each warning was in force."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident import same_as_replay
from one_event import one_event

from otsu_maps.errors import EventRefused
from otsu_maps.ledger import alerts, read, topics, verify
from otsu_maps.ledger.events import STANDING, written
from otsu_maps.ledger.store import Ledger

START = datetime(2026, 6, 1, 1, 0)
SOUTH, NORTH = "2520101", "2520102"
NAMES = {SOUTH: "大津市南部", NORTH: "大津市北部"}
Areas = dict[str, list[str]]


def minutes(number: float) -> datetime:
    return START + timedelta(minutes=number)


def message(number: int, areas: Areas | None = None, info_type: str = "issued", **more: Any) -> dict[str, Any]:
    """A message about areas, each with the codes in force there."""
    told = [
        {
            "code": area,
            "name": NAMES[area],
            "warnings": [{"code": code, "name": f"警報{code}", "level": 3, "hazards": ["flood"]} for code in codes],
        }
        for area, codes in (areas or {}).items()
    ]
    about = {"alert_id": f"a{number}", "series": "VPWW55|250000", "source": "jma", "kind": "VPWW55", "title": "大雨"}
    return {**about, "info_type": info_type, "areas": told, **more}


def tell(ledger: Ledger, at: float, payload: dict[str, Any], mode: str = "real", **more: Any) -> bool:
    """Record a message of so many minutes after START; whether it was new."""
    return alerts.record(ledger, mode, payload, minutes(at), "watch", **more) is not None


def spans(ledger: Ledger, area: str = SOUTH, **when: datetime) -> dict[str, tuple[float, float | None]]:
    """Since and until of each warning in an area, in minutes after START."""
    [alert] = read.state(ledger, STANDING["real"], **when)["alerts"]
    found = alert["areas"][area]["warnings"]
    return {code: (_number(each["since"]), each["until"] and _number(each["until"])) for code, each in found.items()}


def _number(text: str) -> float:
    return (datetime.fromisoformat(text.rstrip("Z")) - START) / timedelta(minutes=1)


# Once


def test_a_message_is_recorded_once_and_as_the_standing_incident_of_its_mode(ledger: Ledger) -> None:
    assert [tell(ledger, 0, message(1, {SOUTH: ["43"]})) for _ in range(3)] == [True, False, False]
    assert tell(ledger, 0, message(1, {SOUTH: ["43"]}), "drill")
    assert not tell(ledger, 5, message(1, {SOUTH: []})), "by its id, whatever it says"
    assert tell(ledger, 0, message(2, {SOUTH: ["43"]}))
    found = [(event.incident_id, event.mode, event.payload["alert_id"]) for event in read.events(ledger)]
    real, drill = STANDING["real"], STANDING["drill"]
    assert sorted(found) == [(drill, "drill", "a1"), (real, "real", "a1"), (real, "real", "a2")]


@pytest.mark.parametrize(
    ("here", "other"), [("a%z", "axz"), ("a_z", "axz"), ("a\\z", "a/z"), ('a"z', "a'z"), ("大", "大雨")]
)
def test_ids_that_look_alike_are_told_apart(ledger: Ledger, here: str, other: str) -> None:
    assert tell(ledger, 0, message(1, alert_id=other))
    assert tell(ledger, 0, message(1, alert_id=here))
    assert not tell(ledger, 0, message(1, alert_id=here))


def test_what_changes_an_earlier_message_counts_only_where_that_one_is_here(ledger: Ledger) -> None:
    over = message(2, info_type="cancelled")
    assert not tell(ledger, 5, over, only_if_held=True)
    assert tell(ledger, 0, message(1, {SOUTH: ["43"]}, series="VPWW56|250000"))
    assert not tell(ledger, 5, over, only_if_held=True), "another series"
    assert tell(ledger, 0, message(1, {SOUTH: ["43"]}))
    assert not tell(ledger, 5, over, "drill", only_if_held=True), "another mode"
    assert tell(ledger, 5, over, only_if_held=True)
    assert not tell(ledger, 5, over, only_if_held=True)


def test_what_is_no_alert_is_refused_and_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(EventRefused):
        tell(ledger, 0, message(1, info_type="発表"))
    assert read.events(ledger) == []


def test_many_writers_at_once_record_each_message_once(ledger: Ledger) -> None:
    """Each process has its own connection; who comes first differs from message to message."""
    new: list[int] = []
    together = threading.Barrier(6)

    def writes(seed: int) -> None:
        own = Ledger(ledger.url)
        order = list(range(15))
        random.Random(seed).shuffle(order)
        together.wait()
        new.extend(number for number in order if tell(own, number, message(number, {SOUTH: ["43"]})))
        own.close()

    threads = [threading.Thread(target=writes, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == list(range(15))
    assert len(read.events(ledger)) == 15
    assert [chain.problems for chain in verify.verified(ledger)] == [()]
    same_as_replay(ledger)


# Since and until


def test_a_warning_keeps_when_it_began_while_it_is_renewed_and_when_it_ended(ledger: Ledger) -> None:
    for at, codes in ((0, ["10"]), (10, ["10", "03"]), (20, ["03"]), (30, [])):
        tell(ledger, at, message(at, {SOUTH: codes, NORTH: []}))
    assert spans(ledger) == {"10": (0, 20), "03": (10, 30)}
    assert spans(ledger, NORTH) == {}


def test_a_warning_that_comes_again_begins_anew(ledger: Ledger) -> None:
    for at, codes in ((0, ["03"]), (10, []), (20, ["03"])):
        tell(ledger, at, message(at, {SOUTH: codes}))
    assert spans(ledger) == {"03": (20, None)}


def test_a_message_that_does_not_name_an_area_says_nothing_of_it(ledger: Ledger) -> None:
    tell(ledger, 0, message(1, {SOUTH: ["03"], NORTH: ["03"]}))
    tell(ledger, 10, message(2, {NORTH: []}))
    tell(ledger, 20, message(3))
    assert (spans(ledger), spans(ledger, NORTH)) == ({"03": (0, None)}, {"03": (0, 10)})


def test_a_cancellation_ends_all_that_is_in_force_in_its_series_and_no_more(ledger: Ledger) -> None:
    tell(ledger, 0, message(1, {SOUTH: ["03", "10"], NORTH: ["03"]}))
    tell(ledger, 0, message(2, {SOUTH: ["49"]}, series="VPWW56|250000"))
    tell(ledger, 5, message(3, {SOUTH: ["03"]}))
    tell(ledger, 10, message(4, info_type="cancelled"))
    rain, slopes = read.state(ledger, STANDING["real"])["alerts"]
    ends = {code: each["until"] for code, each in rain["areas"][SOUTH]["warnings"].items()}
    assert ends == {"03": written(minutes(10)), "10": written(minutes(5))}
    assert rain["info_type"] == "cancelled"
    assert [each["until"] for each in slopes["areas"][SOUTH]["warnings"].values()] == [None]


def test_the_state_of_a_past_second_and_what_was_known_then(ledger: Ledger) -> None:
    first = alerts.record(ledger, "real", message(1, {SOUTH: ["03"]}), minutes(0), "watch")
    late = alerts.record(ledger, "real", message(2, {SOUTH: []}), minutes(10), "watch")
    assert first and late
    assert spans(ledger, at=minutes(9)) == {"03": (0, None)}
    assert spans(ledger, at=minutes(10)) == {"03": (0, 10)}
    assert first.received_at < late.received_at
    assert spans(ledger, at=minutes(10), known_at=first.received_at) == {"03": (0, None)}


def test_in_whatever_order_messages_arrive_the_state_is_the_same(new_ledger: Callable[[], Ledger]) -> None:
    chance = random.Random(7)
    told = [
        (
            number,
            message(
                number,
                {area: chance.sample(["10", "03", "43"], chance.randint(0, 3)) for area in chance.sample([*NAMES], 2)},
                chance.choice(["issued", "issued", "corrected", "cancelled"]),
            ),
        )
        for number in range(12)
    ]
    found = []
    for _ in range(3):
        ledger = new_ledger()
        for at, payload in told:
            tell(ledger, at, payload)
        same_as_replay(ledger)
        [alert] = read.state(ledger, STANDING["real"])["alerts"]
        found.append({name: value for name, value in alert.items() if name != "event_id"})
        chance.shuffle(told)
    assert found[0] == found[1] == found[2]


messages = st.lists(
    st.one_of(
        st.just("cancelled"),
        st.dictionaries(st.sampled_from([*NAMES]), st.lists(st.sampled_from(["10", "03", "43"]), unique=True)),
    ),
    max_size=12,
)


@given(messages)
@settings(max_examples=200, deadline=None)
def test_since_and_until_are_those_of_the_last_time_in_force(told: list[Any]) -> None:
    """Against a second way to count: each warning of each area for itself, as a row of on and off."""
    state: dict[str, Any] = {}
    for number, each in enumerate(told):
        areas = {} if each == "cancelled" else each
        payload = message(number, areas, "cancelled" if each == "cancelled" else "issued")
        event = one_event(number, "alert_received", payload, minutes(number))
        state = topics.step("alert", state, event)
    for area in NAMES:
        held = state.get("areas", {}).get(area, {"warnings": {}})["warnings"]
        for code in ("10", "03", "43"):
            said = [(n, each) for n, each in enumerate(told) if each == "cancelled" or area in each]
            rows = [(n, each != "cancelled" and code in each[area]) for n, each in said]
            on = [n for n, is_on in rows if is_on]
            if not on:
                assert code not in held
                continue
            since = next(n for n in on if all(is_on for m, is_on in rows if n <= m <= on[-1]))
            until = next((n for n, is_on in rows if n > on[-1]), None)
            assert held[code]["since"] == written(minutes(since))
            assert held[code]["until"] == (None if until is None else written(minutes(until)))
