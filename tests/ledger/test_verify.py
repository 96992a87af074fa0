"""History that was edited, cut or put in another order is found, as documented; and what cannot be found is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from incident import Incident
from sqlalchemy import delete, update

from otsu_maps.ledger import carry, rows, tables, verify
from otsu_maps.ledger.store import GENESIS, Ledger

EVENT = tables.event


def filled(ledger: Ledger, events: int = 6) -> Incident:
    incident = Incident(ledger)
    for number in range(events - 1):
        incident.did("head_count", {"people": number, "method": "counted"}, "s-1")
    return incident


def problems(ledger: Ledger, **how: object) -> list[tuple[str, ...]]:
    [chain] = [c for c in verify.verified(ledger, **how) if c.installation_id == ledger.own]  # type: ignore[arg-type]
    return [(problem.code, *(str(value) for value in problem.params.values())) for problem in chain.problems]


def codes(ledger: Ledger, **how: object) -> set[str]:
    return {problem[0] for problem in problems(ledger, **how)}


def tamper(ledger: Ledger, statement: object) -> None:
    with ledger.writing() as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def test_an_honest_chain_is_whole(ledger: Ledger) -> None:
    filled(ledger)
    [chain] = verify.verified(ledger)
    assert (chain.events, chain.sequence, chain.problems) == (6, 6, ())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payload", '{"definition":"present","method":"counted","people":900}'),
        ("shelter_id", "s-2"),
        ("place_name", "別の学校"),
        ("actor", "somebody else"),
        ("kind", "confirmed"),
        ("mode", "real"),
        ("corrects", "x"),
        ("incident_id", "drill-other"),
        ("event_id", "another"),
        ("hash", "0" * 64),
    ],
)
def test_an_edited_event_is_found_by_its_number(ledger: Ledger, column: str, value: str) -> None:
    filled(ledger)
    tamper(ledger, update(EVENT).where(EVENT.c.sequence == 3).values({column: value}))
    assert ("chain_altered", "3") in {problem[:2] for problem in problems(ledger)}


def test_an_event_edited_with_a_new_hash_breaks_the_next_one(ledger: Ledger) -> None:
    filled(ledger)
    with ledger.reading() as connection:
        [third] = rows.read(connection, EVENT.c.sequence == 3)
    forged = third._replace(payload={**third.payload, "people": 999})
    values = {"payload": rows.row_of(forged)["payload"], "hash": forged.digest()}
    tamper(ledger, update(EVENT).where(EVENT.c.sequence == 3).values(values))
    assert problems(ledger)[0][:2] == ("chain_broken", "4")


def test_events_taken_out_of_the_middle_are_named(ledger: Ledger) -> None:
    filled(ledger)
    tamper(ledger, delete(EVENT).where(EVENT.c.sequence.in_([3, 4])))
    assert problems(ledger) == [("chain_missing", "3", "4")]


def test_events_put_in_another_order_are_found(ledger: Ledger) -> None:
    filled(ledger)
    for number, other in ((3, 90), (4, 3), (90, 4)):
        tamper(ledger, update(EVENT).where(EVENT.c.sequence == number).values(sequence=other))
    assert "chain_altered" in codes(ledger) and "chain_broken" in codes(ledger)


def test_a_cut_end_is_found_while_this_database_remembers_its_head(ledger: Ledger) -> None:
    filled(ledger)
    tamper(ledger, delete(EVENT).where(EVENT.c.sequence > 4))
    assert problems(ledger) == [("chain_cut", "4", "6")]


def test_a_cut_end_with_the_memory_of_it_is_found_by_an_anchor_alone(ledger: Ledger) -> None:
    incident = filled(ledger)
    [whole] = verify.verified(ledger)
    incident.did("confirmed", {}, "s-1")
    tamper(ledger, delete(EVENT).where(EVENT.c.sequence > 4))
    with ledger.reading() as connection:
        [last] = rows.read(connection, EVENT.c.sequence == 4)
    table = tables.installation
    tamper(ledger, update(table).where(table.c.is_own).values(last_sequence=4, last_hash=last.hash))
    assert problems(ledger) == [], "documented: without an anchor it cannot be found"
    outside = {(ledger.own, whole.sequence): whole.hash}
    assert problems(ledger, anchors=outside) == [("chain_cut", "4", "6")]


def test_a_chain_written_anew_is_found_by_an_anchor_alone(new_ledger: Callable[[], Ledger]) -> None:
    ledger = new_ledger()
    filled(ledger)
    [honest] = verify.verified(ledger)
    _rewrite(ledger)
    assert problems(ledger) == [], "documented: without an anchor it cannot be found"
    outside = {(ledger.own, honest.sequence): honest.hash}
    assert problems(ledger, anchors=outside) == [("chain_not_anchored", "6")]


def test_every_export_writes_the_heads_down(ledger: Ledger) -> None:
    filled(ledger)
    list(carry.exported(ledger))
    _rewrite(ledger)
    assert codes(ledger) == {"chain_not_anchored"}


def test_a_stream_with_a_hole_is_told_from_a_whole_one_after_an_import(new_ledger: Callable[[], Ledger]) -> None:
    one, two = new_ledger(), new_ledger()
    filled(one)
    lines = list(carry.exported(one))
    carry.imported(two, [*lines[:3], *lines[4:]], "usb.jsonl")
    [chain] = [c for c in verify.verified(two) if c.installation_id == one.own]
    assert [(p.code, *p.params.values()) for p in chain.problems] == [("chain_missing", 3, 3)]
    carry.imported(two, lines, "usb.jsonl")
    assert all(not chain.problems for chain in verify.verified(two))


def test_one_installation_that_ran_in_two_places_is_found(tmp_path: Path) -> None:
    first = Ledger(f"sqlite:///{tmp_path / 'a.sqlite'}")
    incident = filled(first)
    first.close()
    (tmp_path / "b.sqlite").write_bytes((tmp_path / "a.sqlite").read_bytes())
    one, copy = Ledger(f"sqlite:///{tmp_path / 'a.sqlite'}"), Ledger(f"sqlite:///{tmp_path / 'b.sqlite'}")
    Incident(one, incident.id).did("confirmed", {}, "s-1")
    Incident(copy, incident.id).did("confirmed", {}, "s-2")
    carry.imported(one, list(carry.exported(copy)), "usb.jsonl")
    assert "chain_fork" in codes(one)
    one.close()
    copy.close()


def _rewrite(ledger: Ledger) -> None:
    """What a clever forger with the database does: another number in event 2, every hash made again, the head too."""
    with ledger.writing() as connection:
        head = GENESIS
        for event in rows.read(connection, order_by=(EVENT.c.sequence,)):
            payload = {**event.payload, "people": 999} if event.sequence == 2 else event.payload
            changed = event._replace(payload=payload, previous_hash=head)
            head = changed.digest()
            row = rows.row_of(changed._replace(hash=head))
            connection.execute(update(EVENT).where(EVENT.c.event_id == event.event_id).values(row))
        table = tables.installation
        connection.execute(update(table).where(table.c.is_own).values(last_hash=head))
