"""A backup comes back whole, on either database, and the restored one writes on under a name of its own."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable

import pytest
from incident import Incident, same_as_replay

from otsu_maps.errors import FileRefused
from otsu_maps.ledger import backup, carry, projection, read, roster, verify
from otsu_maps.ledger.store import Ledger


@pytest.fixture
def filled(ledger: Ledger) -> Incident:
    incident = Incident(ledger)
    roster.check_in(ledger, incident.id, "s-1", {"name": "氏名の例一"}, actor="desk")
    counted = incident.did("head_count", {"people": 9, "method": "counted"}, "s-1", note="床が濡れている")
    incident.did("correction", {"void": True}, corrects=counted.event_id)
    incident.did("shelter_opened", {}, "s-2", place_name="瀬田小学校")
    return incident


def states(ledger: Ledger) -> object:
    with ledger.reading() as connection:
        return projection.stored(connection)


def test_everything_comes_back_and_the_chain_is_whole(filled: Incident, new_ledger: Callable[[], Ledger]) -> None:
    other = new_ledger()
    assert backup.restore(other, backup.backup(filled.ledger), "b", "予備機") == 5
    assert states(other) == states(filled.ledger)
    assert all(not chain.problems for chain in verify.verified(other))
    [person] = roster.of_shelter(other, filled.id, "s-1", actor="x", may_see=True, purpose="確認")
    assert person["name"] == "氏名の例一"
    same_as_replay(other)


def test_the_restored_one_writes_under_its_own_name_so_that_both_may_go_on(
    filled: Incident, new_ledger: Callable[[], Ledger]
) -> None:
    other = new_ledger()
    backup.restore(other, backup.backup(filled.ledger), "b", "予備機")
    assert other.own != filled.ledger.own
    Incident(other, filled.id).did("confirmed", {}, "s-2")
    filled.did("confirmed", {}, "s-1")
    carry.imported(filled.ledger, list(carry.exported(other)), "usb")
    assert all(not chain.problems for chain in verify.verified(filled.ledger))
    assert {each["name"] for each in read.installations(filled.ledger)} >= {"予備機"}
    same_as_replay(filled.ledger)


def test_a_ledger_with_events_is_never_overwritten(filled: Incident) -> None:
    with pytest.raises(FileRefused) as refused:
        backup.restore(filled.ledger, backup.backup(filled.ledger), "b", "x")
    assert refused.value.reason.code == "backup_not_empty"


def test_a_damaged_or_cut_backup_is_refused_and_changes_nothing(
    filled: Incident, new_ledger: Callable[[], Ledger]
) -> None:
    other, good, dice = new_ledger(), backup.backup(filled.ledger), random.Random(2)
    cut = gzip.compress(gzip.decompress(good)[:-400])
    bent = [good[:200], b"", b"hello", gzip.compress(b""), cut]
    for _ in range(60):
        data = bytearray(good)
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        bent.append(bytes(data))
    refused = 0
    for data in bent:
        try:
            backup.restore(other, data, "b", "x")
        except FileRefused as error:
            assert error.reason.code == "backup_broken"
            refused += 1
        else:
            break  # a bit of the gzip header that means nothing
    assert refused >= 5
