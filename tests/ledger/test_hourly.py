"""What leaves the ledger for a snapshot: hours and shelters, no event, no small number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from incident import START, Incident

from etl import build, cards
from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.ledger import hourly, store
from otsu_maps.ledger.store import Ledger, open_ledger
from otsu_maps.queries import tables


def filled(ledger: Ledger) -> Incident:
    incident = Incident(ledger)
    for number in range(12):
        incident.did("check_in", {"ref": f"zqx-{number:03}"}, "s-1", at=number)
    incident.did("check_in", {"ref": "zqx-lone"}, "s-2", at=5)
    incident.did("head_count", {"people": 40, "method": "counted"}, "s-1", at=70)
    for number in range(4):
        incident.did("check_out", {"ref": f"zqx-{number:03}"}, "s-1", at=190)
    return incident


def test_each_hour_of_a_shelter_is_one_row_and_small_numbers_are_left_out(ledger: Ledger) -> None:
    filled(ledger)
    rows = hourly.hourly(ledger)
    big = [row for row in rows if row["shelter_id"] == "s-1"]
    hours = [int((row["hour_at"] - START).total_seconds() // 3600) for row in big]
    assert hours == [1, 2, 3, 4]
    assert [row["checked_in_persons"] for row in big] == [12, 12, 12, None]
    assert [row["head_count_persons"] for row in big] == [None, 40, 40, 40]
    assert [row["is_suppressed"] for row in big] == [False, False, False, True]
    lone = [row for row in rows if row["shelter_id"] == "s-2"]
    assert {row["checked_in_persons"] for row in lone} == {None} and all(row["is_suppressed"] for row in lone)


def test_an_empty_shelter_is_zero_and_not_suppressed(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("check_in", {"ref": "aaaa"}, "s-1", at=1)
    incident.did("check_out", {"ref": "aaaa"}, "s-1", at=2)
    [row] = hourly.hourly(ledger)
    assert (row["checked_in_persons"], row["is_suppressed"]) == (0, False)


def test_a_tap_changes_the_count_as_it_does_on_the_board(ledger: Ledger) -> None:
    incident = Incident(ledger)
    incident.did("count_changed", {"delta": 12}, "s-1", at=1)
    incident.did("head_count", {"people": 40, "method": "counted"}, "s-2", at=2)
    incident.did("count_changed", {"delta": -5}, "s-2", at=3)
    rows = {row["shelter_id"]: row for row in hourly.hourly(ledger)}
    assert (rows["s-1"]["head_count_persons"], rows["s-1"]["head_count_method"]) == (12, "tally")
    assert (rows["s-2"]["head_count_persons"], rows["s-2"]["head_count_method"]) == (35, "counted")
    assert rows["s-1"]["checked_in_persons"] is None


@pytest.fixture
def forget() -> Callable[[], None]:
    return store._opened.cache_clear


def test_a_build_takes_hours_and_nothing_that_names_a_person_or_an_event(
    data_dir: Path, forget: Callable[[], None]
) -> None:
    incident = filled(open_ledger())
    city = config.city()
    built = build.build(city, cards.registry(city, cards.DEMO))
    path = snapshots.path_of(built.snapshot_id)
    with Snapshot(path) as snapshot:
        rows = tables.whole(snapshot, "occupancy_hour").to_pylist()
    assert len(rows) == 8 and {row["incident_id"] for row in rows} == {incident.id}
    data = path.read_bytes()
    assert b"zqx-" not in data
    forget()
