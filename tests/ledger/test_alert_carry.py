"""Warnings to a closed network by file: what came, and how old it is. A file never makes news look newer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from incident import Incident, same_as_replay

from otsu_maps import clock
from otsu_maps.errors import FileRefused
from otsu_maps.ledger import alert_carry, alerts, append, carry, contact, read
from otsu_maps.ledger.alert_carry import Brought
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.store import Ledger
from otsu_maps.reasons import Reason

START = datetime(2026, 6, 1, 1, 0)
LIMIT = timedelta(minutes=10)
SOUTH = "2520101"


class Sides:
    """An installation with a line, one without, and a clock that goes only when told. Times are minutes after START."""

    def __init__(self, new: Callable[[], Ledger]) -> None:
        self.out, self.inside, self.now = new(), new(), START

    def at(self, minute: float) -> datetime:
        self.now = START + timedelta(minutes=minute)
        return self.now

    def warn(self, minute: float, *codes: str, mode: str = "real") -> None:
        warned = [{"code": code, "name": f"線\u2028{code}", "level": 4, "hazards": ["flood"]} for code in codes]
        payload = {
            "alert_id": f"a{minute}",
            "series": "VPWW55|250000",
            "source": "jma",
            "kind": "VPWW55",
            "title": "大雨",
            "areas": [{"code": SOUTH, "name": "大津市南部", "warnings": warned}],
        }
        alerts.record(self.out, mode, payload, self.at(minute), "watch")

    def hears(self, minute: float) -> None:
        with self.out.writing() as connection:
            contact.heard(connection, "jma", self.at(minute), LIMIT, "watch")

    def loses(self, minute: float) -> None:
        contact.failed(self.out, "jma", self.at(minute), Reason("watch_waiting", {"count": 1}), LIMIT, "watch")

    def file(self) -> str:
        return "".join(alert_carry.exported(self.out))

    def brings(self, text: str, minute: float) -> Brought:
        self.at(minute)
        return alert_carry.imported(self.inside, text, "stick.jsonl", LIMIT, "desk")

    def heard(self) -> float | None:
        """When the closed side thinks that the source was heard last."""
        [row] = contact.sources(self.inside) or [{"heard_at": None}]
        return row["heard_at"] and (row["heard_at"] - START) / timedelta(minutes=1)

    def lost(self) -> list[bool]:
        return [each["is_lost"] for each in read.state(self.inside, STANDING["real"])["contacts"]]


@pytest.fixture
def sides(new_ledger: Callable[[], Ledger], monkeypatch: pytest.MonkeyPatch) -> Sides:
    made = Sides(new_ledger)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


def alerts_of(ledger: Ledger, mode: str = "real") -> Any:
    return read.state(ledger, STANDING[mode])["alerts"]


def test_warnings_of_all_modes_and_real_hazards_come_and_nothing_else(sides: Sides) -> None:
    for mode in STANDING:
        sides.warn(0, "43", mode=mode)
    hazard = Draft("hazard_declared", {"hazard": "flood"}, STANDING["real"], "real")
    append.append_all(sides.out, [hazard], "hq")
    Incident(sides.out).did("check_in", {"ref": "aaaa"}, "s-1")
    brought = sides.brings(sides.file(), 5)
    assert (brought.new, brought.is_whole, brought.bad_lines) == (4, True, [])
    for mode in STANDING:
        assert alerts_of(sides.inside, mode) == alerts_of(sides.out, mode) != []
    assert len(read.state(sides.inside, STANDING["real"])["hazards"]) == 1
    assert read.incidents(sides.inside) == []
    same_as_replay(sides.inside)


def test_what_counts_is_when_the_sender_heard_the_source_and_not_when_the_file_came(sides: Sides) -> None:
    sides.warn(0, "43")
    sides.hears(3)
    text = sides.file()
    brought = sides.brings(text, 300)
    assert brought.heard == {"jma": START + timedelta(minutes=3)}
    assert brought.as_json()["heard"] == {"jma": "2026-06-01T01:03:00.000000Z"}
    assert sides.heard() == 3


def test_the_same_file_and_an_older_one_change_nothing(sides: Sides) -> None:
    sides.warn(0, "43")
    sides.hears(1)
    older = sides.file()
    sides.warn(8, "33")
    sides.hears(9)
    newer = sides.file()
    sides.brings(newer, 20)
    before = (alerts_of(sides.inside), sides.heard(), len(read.events(sides.inside)))
    for text in (newer, older, newer):
        brought = sides.brings(text, 30)
        assert (brought.new, brought.is_whole) == (0, True)
        assert (alerts_of(sides.inside), sides.heard(), len(read.events(sides.inside))) == before
    assert sides.heard() == 9


def test_a_gap_between_two_files_is_a_loss_on_the_closed_side(sides: Sides) -> None:
    for minute in (0, 8, 16, 24):
        sides.hears(minute)
        if minute in (0, 24):
            sides.brings(sides.file(), minute + 1)
    known = [
        (event.payload["is_lost"], (event.occurred_at - START) / timedelta(minutes=1))
        for event in sorted(read.events(sides.inside), key=lambda event: event.order)
    ]
    assert known == [(False, 0), (True, 0), (False, 24)]
    assert (sides.heard(), sides.lost()) == (24, [False])


def test_a_sender_that_has_lost_the_source_brings_the_loss_too(sides: Sides) -> None:
    sides.hears(0)
    sides.hears(5)
    sides.loses(40)
    text = sides.file()
    for _ in range(2):
        sides.brings(text, 41)
        assert (sides.heard(), sides.lost()) == (5, [True])
    sides.hears(50)
    sides.brings(sides.file(), 51)
    assert (sides.heard(), sides.lost()) == (50, [False])


def test_a_sender_that_never_heard_anything_brings_no_contact(sides: Sides) -> None:
    sides.warn(0, "43")
    assert sides.brings(sides.file(), 1).heard == {}
    assert sides.heard() is None


def test_a_file_cut_anywhere_brings_what_is_readable_and_no_contact(sides: Sides) -> None:
    for minute in range(3):
        sides.warn(minute, "43", mode="drill" if minute == 1 else "real")
    sides.hears(4)
    text = sides.file()
    taken = 0
    for cut in range(0, len(text) - 1, 61):
        try:
            brought = sides.brings(text[:cut], 5)
        except FileRefused as refused:
            assert refused.reason.code == "alerts_not_export"
            assert taken == 0, "only where its first line is cut"
            continue
        taken += brought.new
        assert (brought.is_whole, brought.heard) == (False, {})
        assert sides.heard() is None
    assert taken == 4
    assert sides.brings(text, 6).new == 0
    assert sides.heard() == 4
    same_as_replay(sides.inside)


def test_every_line_that_is_missing_is_noticed_and_brings_no_contact(
    sides: Sides, new_ledger: Callable[[], Ledger]
) -> None:
    sides.warn(0, "43")
    sides.hears(1)
    lines = sides.file().split("\n")[:-1]
    for number in range(len(lines)):
        changed = [*lines[:number], *lines[number + 1 :]]
        sides.inside = new_ledger()
        try:
            brought = sides.brings("\n".join(changed) + "\n", 2)
        except FileRefused:
            assert number == 0
            continue
        assert not brought.is_whole
        assert sides.heard() is None


def test_a_file_that_an_editor_gave_other_line_ends_is_read(sides: Sides) -> None:
    sides.warn(0, "43")
    sides.hears(1)
    brought = sides.brings(sides.file().replace("\n", "\r\n"), 2)
    assert (brought.is_whole, sides.heard()) == (True, 1)


def test_news_of_a_clock_that_is_ahead_does_not_look_new(sides: Sides) -> None:
    sides.warn(60, "43")
    sides.hears(61)
    text = sides.file()
    brought = sides.brings(text, 0)
    assert (brought.new, brought.ahead_s, brought.heard) == (2, 61 * 60, {})
    assert sides.heard() is None
    assert sides.brings(text, 62).heard != {}
    assert sides.heard() == 61


@pytest.mark.parametrize("text", ["", "{}", "[]", "\0", '{"format":"otsu_maps alerts"}', "大雨"])
def test_what_is_no_such_file_is_refused_and_changes_nothing(sides: Sides, text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        sides.brings(text, 0)
    assert refused.value.reason.code == "alerts_not_export"
    assert "stick.jsonl" in str(refused.value)
    assert read.events(sides.inside) == []


def test_an_export_of_the_whole_ledger_and_another_version_are_refused_by_name(sides: Sides) -> None:
    with pytest.raises(FileRefused) as refused:
        sides.brings("".join(carry.exported(sides.out)), 0)
    assert refused.value.reason.code == "alerts_not_export"
    with pytest.raises(FileRefused) as refused:
        sides.brings(sides.file().replace('"version":1', '"version":9', 1), 0)
    assert (refused.value.reason.code, refused.value.reason.params["found"]) == ("ledger_other_version", "9")


def test_a_file_and_a_line_of_ones_own_make_one_warning(sides: Sides) -> None:
    """The closed side took the same telegram by hand: two events of one message leave the same state."""
    sides.warn(0, "43")
    out = sides.out
    sides.out = sides.inside
    sides.warn(0, "43")
    sides.out = out
    sides.brings(sides.file(), 1)
    [alert] = alerts_of(sides.inside)
    assert alert["areas"] == alerts_of(sides.out)[0]["areas"]
    same_as_replay(sides.inside)
