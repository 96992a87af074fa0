"""What is recorded stays; what cannot be is refused with a sentence and leaves no trace."""

from __future__ import annotations

import pytest
from incident import START, Incident, same_as_replay
from sqlalchemy import func, select

from otsu_maps.errors import EventRefused
from otsu_maps.i18n import languages
from otsu_maps.ledger import append, read, tables
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.store import Ledger


def shelter(ledger: Ledger, incident: Incident, which: str = "s-1") -> dict:  # type: ignore[type-arg]
    return read.state(ledger, incident.id)["shelters"][which]


def count(ledger: Ledger) -> int:
    with ledger.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(tables.event)).scalar_one())


def test_a_shelter_that_nobody_spoke_of_is_not_in_the_state_and_nothing_is_zero(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("shelter_opened", {"decided_by": "本部長", "building": "checked"}, "s-1")
    state = read.state(ledger, incident.id)
    assert set(state["shelters"]) == {"s-1"}
    about = state["shelters"]["s-1"]
    assert (about["status"], about["building"], about["decided_by"]) == ("open", "checked", "本部長")
    assert about["head_count"] is None and about["checked_in"] is None and about["stock"] == {}


def test_a_head_count_and_check_ins_are_never_added_together(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("check_in", {"ref": "aaaa", "people": 3}, "s-1", at=1)
    incident.did("head_count", {"people": 40, "method": "counted"}, "s-1", at=2)
    incident.did("check_in", {"ref": "bbbb"}, "s-1", at=3)
    about = shelter(ledger, incident)
    assert about["checked_in"]["people"] == 4
    assert (about["head_count"]["people"], about["head_count"]["method"]) == (40, "counted")
    same_as_replay(ledger)


def test_leaving_for_a_while_returning_and_moving_keep_the_number_of_people(ledger: Ledger) -> None:
    incident = Incident(ledger)
    for ref in ("aaaa", "bbbb", "cccc"):
        incident.did("check_in", {"ref": ref}, "s-1")
    incident.did("temporary_leave", {"ref": "aaaa"}, "s-1")
    incident.did("transferred", {"ref": "bbbb", "to": "s-2"}, "s-1")
    one, two = shelter(ledger, incident)["checked_in"], shelter(ledger, incident, "s-2")["checked_in"]
    assert (one["people"], one["away"], two["people"]) == (1, 1, 1)
    incident.did("returned", {"ref": "aaaa"}, "s-1")
    incident.did("check_out", {"ref": "cccc"}, "s-1")
    one = shelter(ledger, incident)["checked_in"]
    assert (one["people"], one["away"]) == (1, 0)
    same_as_replay(ledger)


IMPOSSIBLE = [
    ("check_out", {"ref": "nobody"}, "s-1", "event_not_in"),
    ("temporary_leave", {"ref": "nobody"}, "s-1", "event_not_in"),
    ("returned", {"ref": "aaaa"}, "s-1", "event_not_away"),
    ("check_in", {"ref": "aaaa"}, "s-2", "event_already_in"),
    ("check_out", {"ref": "aaaa"}, "s-2", "event_in_elsewhere"),
    ("supply_used", {"item": "毛布", "amount": 11}, "s-1", "event_stock_negative"),
    ("supply_counted", {"item": "毛布", "amount": -1}, "s-1", "event_bad_payload"),
    ("head_count", {"people": 3}, "s-1", "event_field_missing"),
    ("head_count", {"people": 3, "method": "counted", "cats": 2}, "s-1", "event_field_extra"),
    ("head_count", {"people": 3.5, "method": "counted"}, "s-1", "event_bad_payload"),
    ("head_count", {"people": 3, "method": "counted"}, None, "event_no_shelter"),
    ("task_done", {"task_id": "t-9"}, None, "event_no_task"),
    ("incident_opened", {"name": "again", "snapshot_id": "x", "is_demo": False}, None, "event_incident_open"),
    ("correction", {"void": True}, None, "event_no_target"),
    ("spaceship_landed", {}, "s-1", "event_unknown_kind"),
    (
        "order_issued",
        {"level": 4, "district_id": "d", "authority": "市長", "confirmed_by": "desk"},
        None,
        "event_confirmed_by_self",
    ),
]


@pytest.mark.parametrize(("kind", "payload", "where", "code"), IMPOSSIBLE, ids=[f"{i[0]}-{i[3]}" for i in IMPOSSIBLE])
def test_what_cannot_be_is_refused_in_both_languages_and_leaves_no_trace(
    ledger: Ledger,
    kind: str,
    payload: dict,
    where: str | None,
    code: str,  # type: ignore[type-arg]
) -> None:
    incident = Incident(ledger)
    incident.did("check_in", {"ref": "aaaa"}, "s-1")
    incident.did("supply_counted", {"item": "毛布", "amount": 10}, "s-1")
    before = count(ledger)
    with pytest.raises(EventRefused) as refused:
        incident.did(kind, payload, where, note="a word")
    assert refused.value.reason.code == code
    assert all("{" not in refused.value.reason.sentence(lang) for lang in languages())
    assert count(ledger) == before
    with ledger.reading() as connection:
        assert connection.execute(select(tables.note)).first() is None
    same_as_replay(ledger)


def test_a_late_paper_record_is_refused_where_it_would_make_a_later_one_impossible(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("check_in", {"ref": "aaaa"}, "s-1", at=10)
    incident.did("check_out", {"ref": "aaaa"}, "s-1", at=30)
    incident.did("temporary_leave", {"ref": "aaaa"}, "s-1", at=20)
    with pytest.raises(EventRefused):
        incident.did("check_out", {"ref": "aaaa"}, "s-1", at=15)
    same_as_replay(ledger)


def test_all_or_nothing(ledger: Ledger) -> None:
    incident = Incident(ledger)
    drafts = [
        Draft("check_in", {"ref": "aaaa"}, incident.id, "drill", "s-1"),
        Draft("check_in", {"ref": "aaaa"}, incident.id, "drill", "s-1"),
    ]
    with pytest.raises(EventRefused):
        append.append_all(ledger, drafts, "desk")
    assert count(ledger) == 1
    same_as_replay(ledger)


def test_stock_is_unknown_until_it_is_counted(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("supply_received", {"item": "水", "amount": 100}, "s-1")
    assert shelter(ledger, incident)["stock"]["水"]["amount"] is None
    incident.did("supply_counted", {"item": "水", "amount": 90}, "s-1")
    incident.did("supply_used", {"item": "水", "amount": 30}, "s-1")
    incident.did("supply_requested", {"item": "水", "amount": 200}, "s-1")
    stock = shelter(ledger, incident)["stock"]["水"]
    assert (stock["amount"], stock["requested"]) == (60, 200)


def test_a_correction_changes_what_was_without_touching_what_was_written(ledger: Ledger) -> None:
    incident = Incident(ledger)
    wrong = incident.did("head_count", {"people": 400, "method": "counted"}, "s-1", at=5)
    fixed = incident.did("correction", {"payload": {"people": 40, "method": "counted"}}, corrects=wrong.event_id)
    assert shelter(ledger, incident)["head_count"]["people"] == 40
    [stored] = read.events(ledger, tables.event.c.event_id == wrong.event_id)
    assert stored.payload["people"] == 400
    incident.did("correction", {"void": True}, corrects=fixed.event_id)
    assert shelter(ledger, incident)["head_count"]["people"] == 400
    incident.did("correction", {"void": True}, corrects=wrong.event_id)
    assert "s-1" not in read.state(ledger, incident.id)["shelters"]
    same_as_replay(ledger)


def test_a_voided_check_in_takes_the_person_out_again(ledger: Ledger) -> None:
    incident = Incident(ledger)
    first = incident.did("check_in", {"ref": "aaaa", "people": 4}, "s-1")
    incident.did("check_in", {"ref": "bbbb"}, "s-1")
    incident.did("correction", {"void": True}, corrects=first.event_id)
    assert shelter(ledger, incident)["checked_in"]["people"] == 1
    incident.did("check_in", {"ref": "aaaa"}, "s-2")
    same_as_replay(ledger)


def test_a_correction_cannot_move_an_event_to_another_shelter_or_item(ledger: Ledger) -> None:
    incident = Incident(ledger)
    counted = incident.did("supply_counted", {"item": "水", "amount": 9}, "s-1")
    with pytest.raises(EventRefused) as refused:
        incident.did("correction", {"payload": {"item": "毛布", "amount": 9}}, corrects=counted.event_id)
    assert refused.value.reason.code == "event_correction_moves"


def test_the_state_of_any_second_can_be_shown_as_it_was_and_as_it_was_known(ledger: Ledger) -> None:
    incident = Incident(ledger)
    wrong = incident.did("head_count", {"people": 400, "method": "counted"}, "s-1", at=5)
    incident.did("correction", {"payload": {"people": 40, "method": "counted"}}, corrects=wrong.event_id)
    incident.did("head_count", {"people": 55, "method": "counted"}, "s-1", at=15)
    moment = START.replace(minute=10)
    assert read.state(ledger, incident.id, moment)["shelters"]["s-1"]["head_count"]["people"] == 40
    known = read.state(ledger, incident.id, moment, wrong.received_at)
    assert known["shelters"]["s-1"]["head_count"]["people"] == 400
    assert read.state(ledger, incident.id)["shelters"]["s-1"]["head_count"]["people"] == 55


def test_an_incident_keeps_its_snapshot_its_settings_and_its_mode(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("setting_changed", {"name": "full_at", "value": "0.9"})
    state = read.state(ledger, incident.id)
    assert (state["mode"], state["snapshot_id"], state["settings"]) == ("drill", "otsu-1", {"full_at": "0.9"})
    assert read.pinned_snapshots(ledger) == {"otsu-1"}
    with pytest.raises(EventRefused) as refused:
        append.append(ledger, "confirmed", actor="x", incident_id=incident.id, mode="real", shelter_id="s-1")
    assert refused.value.reason.code == "event_other_mode"


def test_the_demo_takes_no_real_incident(ledger: Ledger) -> None:
    about = {"name": "大雨", "snapshot_id": "demo", "is_demo": True}
    with pytest.raises(EventRefused) as refused:
        append.append(ledger, "incident_opened", about, actor="x", incident_id=append.new_incident_id("real"))
    assert refused.value.reason.code == "event_demo_is_not_real"


def test_a_closed_incident_takes_corrections_and_nothing_else(ledger: Ledger) -> None:
    incident = Incident(ledger)
    counted = incident.did("head_count", {"people": 5, "method": "counted"}, "s-1")
    incident.did("incident_closed")
    with pytest.raises(EventRefused):
        incident.did("head_count", {"people": 6, "method": "counted"}, "s-1")
    incident.did("correction", {"void": True}, corrects=counted.event_id)
    same_as_replay(ledger)


def test_the_series_of_a_shelter_ends_where_the_state_is(ledger: Ledger) -> None:
    incident = Incident(ledger)
    for i, ref in enumerate(("aaaa", "bbbb", "cccc")):
        incident.did("check_in", {"ref": ref}, "s-1", at=i)
    incident.did("transferred", {"ref": "cccc", "to": "s-2"}, "s-1", at=7)
    incident.did("head_count", {"people": 2, "method": "counted"}, "s-1", at=8)
    steps = read.series(ledger, incident.id, "s-1")
    assert [step["checked_in"] for step in steps if "checked_in" in step] == [1, 2, 3, 2]
    assert steps[-1]["head_count"]["people"] == 2
    assert [step["checked_in"] for step in read.series(ledger, incident.id, "s-2")] == [1]


def test_a_tap_in_the_series_says_the_number_after_it(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("head_count", {"people": 20, "method": "counted"}, "s-1", at=1)
    incident.did("count_changed", {"delta": 3}, "s-1", at=2)
    incident.did("count_changed", {"delta": -1}, "s-1", at=3)
    counts = [step["head_count"] for step in read.series(ledger, incident.id, "s-1")]
    assert [count["people"] for count in counts] == [20, 23, 22]
    assert counts[-1]["people"] == read.state(ledger, incident.id)["shelters"]["s-1"]["head_count"]["people"]
