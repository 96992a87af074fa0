"""One scan in, one scan out; sent twice it is recorded once; refused ones stop no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from uuid_utils import uuid7

from otsu_maps import clock
from otsu_maps.desk import cards, service
from otsu_maps.errors import EventRefused
from otsu_maps.i18n import languages
from otsu_maps.ledger import append, read
from otsu_maps.ledger.events import written
from otsu_maps.ledger.store import Ledger

A, B = cards.new_code(), cards.new_code()


class Desk:
    """A desk at a shelter of an open drill."""

    def __init__(self, ledger: Ledger, shelter: str = "s-1", incident: str | None = None) -> None:
        self.ledger, self.shelter = ledger, shelter
        self.incident = incident or append.new_incident_id("drill")
        if incident is None:
            about = {"name": "x", "snapshot_id": "x", "is_demo": True}
            append.append(ledger, "incident_opened", about, actor="hq", incident_id=self.incident, mode="drill")

    def send(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        body = {"incident": self.incident, "shelter": self.shelter, "items": list(items)}
        found = service.done(self.ledger, body, actor="desk", lang="ja")
        self.totals = found["totals"]
        return list(found["results"])

    def scan(self, code: str, **more: Any) -> dict[str, Any]:
        return self.send({"id": str(uuid7()), "do": "scan", "code": code, **more})[0]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Ledger(f"sqlite:///{tmp_path / 'l.sqlite'}"))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock on by seconds."""
    moved = {"by": timedelta(0)}
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + moved["by"])

    def wait(seconds: float) -> None:
        moved["by"] += timedelta(seconds=seconds)

    return wait


def test_one_scan_in_one_scan_out(desk: Desk, later: Any) -> None:
    assert desk.scan(A, people=3)["said"] == "did_check_in"
    assert (desk.totals["checked_in"], desk.totals["counted"]) == (3, None)
    later(60)
    assert desk.scan(A)["said"] == "did_check_out"
    assert desk.totals["checked_in"] == 0


def test_a_card_held_too_long_does_not_send_its_owner_out(desk: Desk, later: Any) -> None:
    desk.scan(A)
    later(2)
    again = desk.scan(A)
    assert (again["said"], again["ok"]) == ("twice", False)
    assert desk.totals["checked_in"] == 1


def test_out_for_a_while_and_back_keep_the_place(desk: Desk, later: Any) -> None:
    desk.scan(A)
    later(60)
    assert desk.scan(A, way="leave")["said"] == "did_temporary_leave"
    assert (desk.totals["checked_in"], desk.totals["away"]) == (0, 1)
    later(60)
    assert desk.scan(A)["said"] == "did_returned"
    assert (desk.totals["checked_in"], desk.totals["away"]) == (1, 0)


def test_a_card_from_elsewhere_moves_only_when_asked_to(desk: Desk, later: Any) -> None:
    desk.scan(A)
    later(60)
    other = Desk(desk.ledger, "s-2", desk.incident)
    assert other.scan(A)["said"] == "elsewhere"
    assert other.totals["checked_in"] is None
    assert other.scan(A, way="move")["said"] == "did_transferred"
    assert other.totals["checked_in"] == 1
    assert read.totals(desk.ledger, desk.incident, "s-1")["checked_in"] == 0


def test_what_is_sent_again_is_recorded_once(desk: Desk) -> None:
    scan = {"id": str(uuid7()), "do": "scan", "code": A}
    tap = {"id": str(uuid7()), "do": "plus"}
    for _ in range(3):
        results = desk.send(scan, tap)
        assert [result["ok"] for result in results] == [True, True]
    assert (desk.totals["checked_in"], desk.totals["counted"]) == (1, 1)


def test_taps_of_two_tablets_add_up_and_a_typed_number_begins_anew(desk: Desk) -> None:
    other = Desk(desk.ledger, "s-1", desk.incident)
    for each in (desk, other, desk, other, desk):
        each.send({"id": str(uuid7()), "do": "plus"})
    assert desk.totals["counted"] == 5
    about = {"incident_id": desk.incident, "mode": "drill", "shelter_id": "s-1"}
    append.append(desk.ledger, "head_count", {"people": 40, "method": "counted"}, actor="desk", **about)
    other.send({"id": str(uuid7()), "do": "minus"})
    assert other.totals["counted"] == 39
    state = read.state(desk.ledger, desk.incident)["shelters"]["s-1"]["head_count"]
    assert (state["people"], state["method"]) == (39, "counted")


def test_a_count_never_falls_below_nobody(desk: Desk) -> None:
    [result] = desk.send({"id": str(uuid7()), "do": "minus"})
    assert not result["ok"] and result["sentence"]
    assert desk.totals["counted"] is None


def test_a_refused_item_stops_no_other_and_says_why(desk: Desk) -> None:
    bent = A[:-1] + ("1" if A[-1] != "1" else "2")
    results = desk.send(
        {"id": str(uuid7()), "do": "scan", "code": A},
        {"id": str(uuid7()), "do": "scan", "code": bent},
        {"id": str(uuid7()), "do": "scan", "code": B, "way": "leave"},
        {"id": "not an id", "do": "scan", "code": B},
        {"id": str(uuid7()), "do": "dance"},
        {"id": str(uuid7()), "do": "scan", "code": B, "people": 500},
        {"id": str(uuid7()), "do": "scan", "code": B},
    )
    assert [result["ok"] for result in results] == [True, False, False, False, False, False, True]
    assert all(result["sentence"] for result in results if not result["ok"])
    assert desk.totals["checked_in"] == 2


@pytest.mark.parametrize("body", [{}, {"incident": 1}, {"incident": "a", "shelter": "b", "items": "c"}])
def test_another_body_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    with pytest.raises(EventRefused) as refused:
        service.done(desk.ledger, body, actor="x", lang="ja")
    assert all(refused.value.reason.sentence(lang) for lang in languages())


def test_a_scan_that_waited_without_a_line_keeps_its_time_and_a_wrong_clock_is_not_believed(desk: Desk) -> None:
    waited, wrong = clock.now() - timedelta(minutes=40), clock.now() + timedelta(days=400)
    desk.scan(A, at=written(waited))
    desk.scan(B, at=written(wrong))
    events = {event.payload["ref"]: event for event in read.events(desk.ledger) if event.kind == "check_in"}
    assert events[A].occurred_at == waited
    assert abs(events[B].occurred_at - clock.now()) < timedelta(seconds=10)


def test_undo_is_for_a_minute_and_for_ones_own(desk: Desk, later: Any) -> None:
    done = desk.scan(A)
    with pytest.raises(EventRefused):
        service.undone(desk.ledger, {"event": done["id"], "id": str(uuid7())}, actor="somebody else")
    service.undone(desk.ledger, {"event": done["id"], "id": str(uuid7())}, actor="desk")
    assert read.totals(desk.ledger, desk.incident, "s-1")["checked_in"] is None
    again = desk.scan(A)
    assert again["said"] == "did_check_in"
    later(120)
    with pytest.raises(EventRefused) as refused:
        service.undone(desk.ledger, {"event": again["id"], "id": str(uuid7())}, actor="desk")
    assert refused.value.reason.code == "desk_too_late"
