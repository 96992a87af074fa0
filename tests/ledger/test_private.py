"""Who somebody is can be seen by those who need it, each look is written down, and it can be erased for good."""

from __future__ import annotations

import gzip
import json

import pytest
from incident import Incident, same_as_replay
from sqlalchemy import MetaData, select

from otsu_maps.errors import AccessRefused, EventRefused
from otsu_maps.ledger import backup, carry, private, read, roster, tables, verify
from otsu_maps.ledger.store import Ledger

SECRETS = ("氏名の例一", "そばアレルギー", "090-0000-0000", "雨漏りしている")


@pytest.fixture
def incident(ledger: Ledger) -> Incident:
    held = Incident(ledger)
    about = {"name": SECRETS[0], "needs": ["乳幼児", "アレルギー"], "allergy": SECRETS[1], "contact": SECRETS[2]}
    roster.check_in(ledger, held.id, "s-1", about, actor="desk", people=2)
    roster.check_in(ledger, held.id, "s-2", {"name": "氏名の例二", "needs": ["アレルギー"]}, actor="desk")
    held.did("remark", note=SECRETS[3])
    return held


def dump(ledger: Ledger) -> str:
    """Every value of every table."""
    found = MetaData()
    with ledger.reading() as connection:
        found.reflect(connection)
        return json.dumps(
            [[*map(str, row)] for table in found.sorted_tables for row in connection.execute(select(table))],
            ensure_ascii=False,
        )


def looks(ledger: Ledger) -> int:
    return len(read.events(ledger, tables.event.c.kind == "person_looked_up"))


def test_a_roster_is_of_one_shelter_and_every_look_is_an_event(incident: Incident) -> None:
    ledger = incident.ledger
    [person] = roster.of_shelter(ledger, incident.id, "s-1", actor="desk", may_see=True, purpose="配食")
    assert (person["name"], person["people"], person["may_disclose"]) == (SECRETS[0], 2, False)
    assert looks(ledger) == 1
    found = roster.of_person(ledger, incident.id, person["person_ref"], actor="desk", may_see=True, purpose="照会")
    assert found["name"] == SECRETS[0]
    assert looks(ledger) == 2


def test_a_role_that_may_not_see_persons_is_refused_and_sees_nothing(incident: Incident) -> None:
    ledger = incident.ledger
    with pytest.raises(AccessRefused):
        roster.of_shelter(ledger, incident.id, "s-1", actor="viewer", may_see=False, purpose="x")
    with pytest.raises(AccessRefused):
        roster.of_person(ledger, incident.id, "any", actor="viewer", may_see=False, purpose="x")
    assert looks(ledger) == 0


def test_events_hold_a_reference_and_no_word_of_a_person(incident: Incident) -> None:
    for event in read.events(incident.ledger):
        line = json.dumps(event.line(), ensure_ascii=False)
        assert not any(secret in line for secret in (*SECRETS, "例二"))
    text = "".join(carry.exported(incident.ledger))
    assert not any(secret in text for secret in (*SECRETS, "例二"))


def test_an_erasure_leaves_no_trace_but_the_totals_of_needs_and_a_whole_chain(incident: Incident) -> None:
    ledger = incident.ledger
    people = read.state(ledger, incident.id)["shelters"]["s-1"]["checked_in"]["people"]
    erased = roster.erase(ledger, incident.id, actor="hq")
    assert erased.payload == {"refs": 2, "needs": {"アレルギー": 2, "乳幼児": 1}}
    text = dump(ledger)
    assert not any(secret in text for secret in (*SECRETS, "例二"))
    assert all(not chain.problems for chain in verify.verified(ledger))
    assert read.state(ledger, incident.id)["shelters"]["s-1"]["checked_in"]["people"] == people
    same_as_replay(ledger)


def test_a_detail_that_nobody_planned_for_is_not_kept(incident: Incident) -> None:
    for about in ({"name": "x", "my_number": "123"}, {"name": "x" * 1000}):
        with pytest.raises(EventRefused) as refused:
            roster.check_in(incident.ledger, incident.id, "s-1", about, actor="desk")
        assert refused.value.reason.code == "person_bad_detail"


def test_a_note_can_be_read_and_proved_until_it_is_erased(incident: Incident) -> None:
    [remark] = read.events(incident.ledger, tables.event.c.kind == "remark")
    held = remark.payload["note"]
    with incident.ledger.writing() as connection:
        assert private.notes(connection, [held["id"]]) == {held["id"]: SECRETS[3]}
        salt = connection.execute(select(tables.note.c.salt)).scalar_one()
        assert private.salted(salt, SECRETS[3]) == held["hash"]
        private.erase_note(connection, held["id"])
        assert private.notes(connection, [held["id"]]) == {}


def test_what_was_erased_is_in_no_later_backup(incident: Incident) -> None:
    roster.erase(incident.ledger, incident.id, actor="hq")
    text = gzip.decompress(backup.backup(incident.ledger)).decode()
    assert not any(secret in text for secret in SECRETS)


def test_needs_of_a_shelter_are_totals_of_those_who_were_asked(ledger: Ledger) -> None:
    held = Incident(ledger)
    told: list[dict[str, object]] = [
        {"name": SECRETS[0], "needs": ["infant", "allergy"], "allergy": SECRETS[1], "contact": SECRETS[2]},
        {"name": "氏名の例二", "needs": ["allergy"]},
        {"name": "氏名の例三"},
    ]
    for number, about in enumerate(told, start=1):
        roster.check_in(ledger, held.id, "s-1", about, actor="desk", people=number)
    roster.check_in(ledger, held.id, "s-2", {"name": "氏名の例四", "needs": ["care"]}, actor="desk")
    held.did("check_in", {"ref": "card-only", "people": 4}, "s-1")
    held.did("temporary_leave", {"ref": "card-only"}, "s-1")
    found = roster.needs(ledger, held.id, "s-1")
    assert found == {"registered": 10, "asked": 6, "by_need": {"allergy": 2, "infant": 1}}
    assert roster.needs(ledger, held.id, "s-9") == {"registered": 0, "asked": 0, "by_need": {}}
    assert looks(ledger) == 0, "totals are no look at a person"


def test_no_word_about_a_person_comes_out_with_the_totals_of_needs(ledger: Ledger) -> None:
    held = Incident(ledger)
    about = {"name": SECRETS[0], "needs": ["infant", SECRETS[1], SECRETS[2]], "contact": SECRETS[2]}
    roster.check_in(ledger, held.id, "s-1", about, actor="desk")
    found = roster.needs(ledger, held.id, "s-1")
    assert found["by_need"] == {"infant": 1, "other": 1}
    said = json.dumps(found, ensure_ascii=False)
    refs = [row["person_ref"] for row in _persons(ledger, held.id)]
    assert refs and not [text for text in (*SECRETS, *refs) if text in said]


def test_whoever_was_erased_counts_as_not_asked(incident: Incident) -> None:
    roster.erase(incident.ledger, incident.id, actor="hq")
    assert roster.needs(incident.ledger, incident.id, "s-1") == {"registered": 2, "asked": 0, "by_need": {}}


def _persons(ledger: Ledger, incident_id: str) -> list[dict[str, str]]:
    return roster.of_shelter(ledger, incident_id, "s-1", actor="desk", may_see=True, purpose="x")
