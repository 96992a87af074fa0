"""A published list becomes events: exactly its numbers, once, whatever the order, and never by a guess."""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps import cli, clock
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import EventRefused, FileRefused, OtsuMapsError
from otsu_maps.formats import evacuation_space, open_status
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.ledger import append, carry, read, store
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger
from otsu_maps.occupancy_import import Taken, take
from otsu_maps.occupancy_match import register_of, register_of_list
from otsu_maps.queries.places import places

FOLDER = REAL / "shelters" / "open_status"
LISTS = sorted(FOLDER.glob("open_shelter_*.csv"))
START = datetime(2024, 1, 1)
DAY = timedelta(days=1)

REGISTER = [
    {
        "place_id": "h-zeze",
        "name_ja": "膳所小学校",
        "address_ja": "滋賀県大津市膳所二丁目3番地の4",
        "upstream_id": "E1",
    },
    {"place_id": "h-ishi", "name_ja": "石山公民館", "address_ja": "滋賀県大津市石山5-6", "upstream_id": "E2"},
    {"place_id": "h-hall", "name_ja": "瀬田会館", "address_ja": "滋賀県大津市瀬田7", "upstream_id": "E3"},
    {"place_id": "h-gym", "name_ja": "瀬田体育館", "address_ja": "滋賀県大津市瀬田7", "upstream_id": "E4"},
    {"place_id": "h-one", "name_ja": "中央公園", "address_ja": "滋賀県大津市中央1", "lon": 135.90, "lat": 35.00},
    {"place_id": "h-two", "name_ja": "中央公園", "address_ja": "滋賀県大津市北町1", "lon": 135.95, "lat": 35.10},
]


def listing(*rows: dict[str, Any], name: str = "list.csv") -> Reading:
    """A list as a city would publish it; keys of the rows are its headers."""
    text = io.StringIO()
    headers = list(dict.fromkeys(header for row in rows for header in row))
    writer = csv.DictWriter(text, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return open_status.read(Payload(name, text.getvalue().encode()))


def row(name: str, people: int | str = 10, at: str = "2024-02-01 09:00", **more: Any) -> dict[str, Any]:
    return {"名称": name, "人数": people, "時点": at, **more}


class Drill:
    """An open drill in a ledger of its own."""

    def __init__(self, folder: Path, of: Drill | None = None) -> None:
        self.ledger = Ledger(f"sqlite:///{folder / f'{random.random()}.sqlite'}")
        self.id = of.id if of else append.new_incident_id("drill")
        if of is None:
            about = {"name": "訓練", "snapshot_id": "x", "is_demo": False}
            self.did("incident_opened", about, at=START)
        else:
            self.hear(of)

    def did(self, kind: str, payload: dict[str, Any] | None = None, shelter: str | None = None, **more: Any) -> Event:
        about = {"incident_id": self.id, "mode": "drill", "shelter_id": shelter, "occurred_at": more.pop("at", None)}
        return append.append(self.ledger, kind, payload, actor="desk", **about, **more)

    def take(self, reading: Reading, register: Iterable[dict[str, Any]] = REGISTER, **more: Any) -> Taken:
        return take(self.ledger, self.id, reading, register, more.pop("at", None), "desk", **more)

    def hear(self, other: Drill) -> None:
        """Take in all that another installation knows."""
        carry.imported(self.ledger, list(carry.exported(other.ledger)), "usb.jsonl")

    def at(self, moment: datetime | None = None) -> dict[str, Any]:
        shelters: dict[str, Any] = read.state(self.ledger, self.id, at=moment)["shelters"]
        return shelters

    def status(self, moment: datetime | None = None) -> dict[str, str]:
        return {shelter: about["status"] for shelter, about in self.at(moment).items()}

    def events(self) -> list[Event]:
        return read.events(self.ledger, incident_id=self.id, most=10_000)


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Drill]:
    made = Drill(tmp_path)
    yield made
    made.ledger.close()


NINE = datetime(2024, 2, 1)
"""2024-02-01 09:00 of Japan."""


# What a row becomes


def test_a_row_opens_its_shelter_and_counts_its_people(drill: Drill) -> None:
    taken = drill.take(listing(row("膳所小学校", 12, ID="E1", 世帯数=5, 自主避難者数=3)))
    assert (taken.events, taken.unchanged, taken.at) == (2, 0, NINE)
    zeze = drill.at(NINE)["h-zeze"]
    assert (zeze["status"], zeze["since"]) == ("open", "2024-02-01T00:00:00.000000Z")
    count = zeze["head_count"]
    assert {name: count[name] for name in ("people", "households", "voluntary", "method", "definition")} == {
        "people": 12,
        "households": 5,
        "voluntary": 3,
        "method": "imported",
        "definition": "unknown",
    }
    assert {event.place_name for event in drill.events() if event.shelter_id} == {"膳所小学校"}


def test_what_the_list_does_not_say_stays_unknown(drill: Drill) -> None:
    drill.take(listing(row("膳所小学校", "不明", 開設状況="")), at=NINE)
    assert drill.at() == {}
    drill.take(listing(row("膳所小学校", "", 開設状況="開設")), at=NINE)
    assert drill.at()["h-zeze"]["head_count"] is None and drill.at()["h-zeze"]["status"] == "open"


def test_nobody_there_is_a_count_of_zero(drill: Drill) -> None:
    drill.take(listing(row("膳所小学校", 0)))
    assert drill.at()["h-zeze"]["head_count"]["people"] == 0


def test_a_closed_row_closes(drill: Drill) -> None:
    drill.take(listing(row("膳所小学校", 12, 開設状況="開設")))
    drill.take(listing(row("膳所小学校", "", "2024-02-02 09:00", 開設状況="閉鎖")))
    assert drill.status()["h-zeze"] == "closed"
    assert drill.status(NINE)["h-zeze"] == "open"


# How a place is found


@pytest.mark.parametrize(
    ("asked", "how", "place"),
    [
        ({"名称": "ぜぜ小", "ID": "E1"}, "doubt", None),
        ({"名称": "膳所小学校（体育館）", "ID": "E1"}, "id", "h-zeze"),
        ({"名称": "ぜぜ小", "ID": "Ｅ１", "住所": "大津市膳所2の3の4"}, "id", "h-zeze"),
        ({"名称": "膳所小学校", "ID": "h-zeze"}, "id", "h-zeze"),
        ({"名称": "膳所小学校", "ID": "E2"}, "doubt", None),
        ({"名称": "　膳所　小学校"}, "name", "h-zeze"),
        ({"名称": "膳所小学校", "ID": "NEW9"}, "name", "h-zeze"),
        ({"名称": "膳所小学校", "住所": "膳所2丁目"}, "name", "h-zeze"),
        ({"名称": "膳所小学校", "住所": "堅田1-1"}, "doubt", None),
        ({"名称": "ぜぜ小", "住所": "膳所2―3―4"}, "address", "h-zeze"),
        ({"名称": "ぜぜ小", "住所": "膳所2―3―5"}, "new", None),
        ({"名称": "ぜぜ小", "住所": "膳所2丁目"}, "new", None),
        ({"名称": "瀬田会館", "住所": "瀬田7"}, "name", "h-hall"),
        ({"名称": "瀬田ビル", "住所": "瀬田7"}, "doubt", None),
        ({"名称": "中央公園"}, "doubt", None),
        ({"名称": "中央公園", "住所": "大津市北町1番地"}, "name", "h-two"),
        ({"名称": "中央公園", "緯度": "35.0001", "経度": "135.9"}, "name", "h-one"),
        ({"名称": "中央公園", "緯度": "35.05", "経度": "135.9"}, "new", None),
        ({"名称": "町内会館"}, "new", None),
    ],
    ids=str,
)
def test_a_place_is_found_by_id_then_name_then_address_and_never_guessed(
    drill: Drill, asked: dict[str, str], how: str, place: str | None
) -> None:
    taken = drill.take(listing({"人数": 1, **asked}), at=NINE)
    found = {way: getattr(taken, f"matched_by_{way}") for way in ("id", "name", "address")}
    ways = [way for way, named in found.items() if named] + ["doubt"] * bool(taken.conflicts)
    assert ways + ["new"] * bool(taken.provisional) == [how]
    assert [named.place_id for named in found.get(how, [])] == ([place] if place else [])
    assert (taken.events == 0) == (how == "doubt")


def test_two_rows_of_one_place_that_contradict_each_other_are_left_to_a_person(drill: Drill) -> None:
    taken = drill.take(listing(row("膳所小学校", 12), row("膳所小学校（体育館）", 30, ID="E1"), row("石山公民館", 5)))
    assert [(each.source_row, each.reason.code) for each in taken.conflicts] == [
        (2, "occupancy_same_place"),
        (3, "occupancy_same_place"),
    ]
    assert list(drill.at()) == ["h-ishi"]


def test_a_row_that_stands_twice_counts_once(drill: Drill) -> None:
    taken = drill.take(listing(row("膳所小学校", 12), row("膳所小学校", 12)))
    assert (taken.events, taken.unchanged, taken.conflicts) == (2, 1, [])


def test_a_list_may_speak_of_several_moments(drill: Drill) -> None:
    lines = [
        row("膳所小学校", 12, 開設状況="開設"),
        row("膳所小学校", "", "2024-02-03 09:00", 開設状況="閉鎖"),
        row("膳所小学校", 7, "2024-02-02 09:00", 開設状況="開設"),
    ]
    assert drill.take(listing(*lines)).events == 5
    assert drill.take(listing(*reversed(lines))).events == 0
    assert [drill.status(NINE + day * DAY)["h-zeze"] for day in range(3)] == ["open", "open", "closed"]
    assert drill.at(NINE + DAY)["h-zeze"]["head_count"]["people"] == 7


# Places that no register has


def test_a_place_that_no_register_has_becomes_a_provisional_shelter_once(drill: Drill) -> None:
    first = listing(row("寄合い処", 40, 住所="大津市馬出町ツ部49番地", 緯度="35.0", 経度="135.9"))
    assert drill.take(first).provisional == ["寄合い処"]
    later = listing(row(" 寄合い処", 36, "2024-02-02 09:00", 住所="滋賀県大津市馬出町字ツ部４９"))
    taken = drill.take(later)
    assert taken.provisional == ["寄合い処"]
    assert [event.kind for event in drill.events()[: taken.events]] == ["head_count", "confirmed"]
    [(shelter, about)] = drill.at().items()
    assert shelter.startswith("prov-") and about["head_count"]["people"] == 36
    assert {name: about["provisional"][name] for name in ("name", "lon", "lat")} == {
        "name": "寄合い処",
        "lon": 135.9,
        "lat": 35.0,
    }


def test_a_provisional_shelter_is_known_again_where_it_surely_is_the_same(drill: Drill) -> None:
    position = {"緯度": "35.0", "経度": "135.9"}
    drill.take(listing(row("集会所", 1, 住所="北町1", **position)))
    drill.take(listing(row("集会所", 2, "2024-02-02 09:00", 緯度="35.0005", 経度="135.9")))
    assert len(drill.at()) == 1, "the same name within 150 m"
    drill.take(listing(row("集会所", 3, "2024-02-03 09:00", 住所="南町9", 緯度="35.1", 経度="135.9")))
    assert len(drill.at()) == 2, "another one elsewhere"
    drill.take(listing(row("屯所", 4)))
    drill.take(listing(row("屯所", 5, "2024-02-02 09:00", 住所="西町3")))
    assert len(drill.at()) == 3, "one of the two lists did not say the address"


def test_a_provisional_shelter_that_a_person_merged_goes_on_as_that_one(drill: Drill) -> None:
    drill.take(listing(row("ぜぜ小", 3)))
    [shelter] = drill.at()
    drill.did("shelter_merged", {"into": "h-zeze"}, shelter)
    taken = drill.take(listing(row("ぜぜ小", 9, "2024-02-02 09:00")))
    assert (taken.provisional, [named.place_id for named in taken.matched_by_name]) == ([], ["h-zeze"])
    assert drill.at()["h-zeze"]["head_count"]["people"] == 9


# Once


def test_a_second_import_changes_nothing(drill: Drill) -> None:
    lines = [row("膳所小学校", 12), row("町内会館", 5), row("石山公民館", "", 開設状況="")]
    drill.take(listing(*lines))
    before, mark = drill.events(), read.mark(drill.ledger)
    taken = drill.take(listing(*lines))
    assert (taken.events, taken.unchanged) == (0, 3)
    assert drill.events() == before and read.mark(drill.ledger) == mark


def test_a_second_import_elsewhere_changes_nothing_after_a_merge(drill: Drill, tmp_path: Path) -> None:
    reading = listing(row("膳所小学校", 12), row("町内会館", 5, 住所="北町1"))
    other = Drill(tmp_path, of=drill)
    drill.take(reading)
    third = Drill(tmp_path, of=drill)
    assert third.take(reading).events == 0
    other.take(reading)  # has not heard of the first import
    other.hear(drill)
    drill.hear(other)
    assert drill.at() == other.at()
    assert {about["status"] for about in drill.at().values()} == {"open"} and len(drill.at()) == 2
    assert drill.take(reading).events == other.take(reading).events == 0


def test_what_a_person_corrected_is_not_imported_again(drill: Drill) -> None:
    reading = listing(row("膳所小学校", 120), row("石山公民館", 5))
    drill.take(reading)
    by_kind = {(event.kind, event.shelter_id): event for event in drill.events()}
    fixed = {"payload": {"people": 12, "method": "reported"}}
    drill.did("correction", fixed, corrects=by_kind["head_count", "h-zeze"].event_id)
    drill.did("correction", {"void": True}, corrects=by_kind["shelter_opened", "h-ishi"].event_id)
    assert drill.take(reading).events == 0
    assert drill.at()["h-zeze"]["head_count"]["people"] == 12
    assert drill.status()["h-ishi"] == "unknown"


def test_a_list_that_its_city_corrected_brings_what_is_new(drill: Drill) -> None:
    drill.take(listing(row("膳所小学校", 120)))
    assert drill.take(listing(row("膳所小学校", 12))).events == 1
    assert drill.at()["h-zeze"]["head_count"]["people"] == 12
    assert drill.take(listing(row("膳所小学校", 120))).events == 0, "the first edition says nothing new"
    assert drill.at()["h-zeze"]["head_count"]["people"] == 12


def test_a_status_that_its_city_corrected_stays_corrected(drill: Drill) -> None:
    drill.take(listing(row("膳所小学校", 120, "2024-01-31 09:00")))
    first, second = (listing(row("膳所小学校", "", 開設状況=word)) for word in ("開設", "閉鎖"))
    assert [drill.take(reading).events for reading in (first, second, first, second)] == [1, 1, 0, 0]
    assert drill.status()["h-zeze"] == "closed"
    drill.take(listing(row("膳所小学校", "", "2024-01-31 21:00", 開設状況="閉鎖")))
    assert drill.status()["h-zeze"] == "closed", "of one moment the decision counts, not the confirmation before it"


def test_a_provisional_shelter_has_its_name_in_an_older_list_that_came_later(drill: Drill) -> None:
    drill.take(listing(row("町内会館", 5, "2024-02-02 09:00")))
    drill.take(listing(row("町内会館", 4)))
    [about] = drill.at(NINE).values()
    assert about["provisional"]["name"] == "町内会館" and about["head_count"]["people"] == 4


def test_a_count_without_a_status_says_nothing_about_the_status(drill: Drill) -> None:
    drill.take(listing(row("膳所小学校", 5, 開設状況="開設")))
    drill.take(listing(row("膳所小学校", 3, "2024-02-03 09:00", 開設状況="")))
    drill.take(listing(row("膳所小学校", "", "2024-02-02 09:00", 開設状況="閉鎖")))
    assert drill.status()["h-zeze"] == "closed"


# Whatever the order

FOUR = [
    [row("膳所小学校", 30, 開設状況="開設"), row("町内会館", 4, 開設状況="開設")],
    [
        row("膳所小学校", "", "2024-02-02 09:00", 開設状況="閉鎖"),
        row("石山公民館", 8, "2024-02-02 09:00", 開設状況="開設"),
    ],
    [
        row("膳所小学校", 5, "2024-02-03 09:00", 開設状況="開設"),
        row("町内会館", "", "2024-02-03 09:00", 開設状況="閉鎖"),
    ],
    [
        row("膳所小学校", "", "2024-02-04 09:00", 開設状況="閉鎖"),
        row("石山公民館", 6, "2024-02-04 09:00", 開設状況="開設"),
    ],
]


def seen(drill: Drill, days: int) -> list[dict[str, Any]]:
    """Status and people of every shelter at nine of each day, and now."""
    states = [drill.at(NINE + day * DAY) for day in range(days)] + [drill.at()]
    return [
        {shelter: (about["status"], (about["head_count"] or {}).get("people")) for shelter, about in state.items()}
        for state in states
    ]


def test_lists_in_any_order_end_in_the_same_states(tmp_path: Path) -> None:
    readings = [listing(*lines) for lines in FOUR]
    in_order = Drill(tmp_path)
    for reading in readings:
        in_order.take(reading)
    expected = seen(in_order, 4)
    assert [state.get("h-zeze", [None])[0] for state in expected] == ["open", "closed", "open", "closed", "closed"]
    for order in itertools.permutations(readings):
        shuffled = Drill(tmp_path)
        for reading in order:
            assert not shuffled.take(reading).conflicts
        assert seen(shuffled, 4) == expected
        assert sum(shuffled.take(reading).events for reading in order) == 0
        shuffled.ledger.close()


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_lists_in_any_order_end_in_what_the_lists_say(data: st.DataObject) -> None:
    names = ["膳所小学校", "石山公民館", "町内会館"]
    says = st.tuples(st.sampled_from(["開設", "閉鎖", ""]), st.sampled_from([None, 0, 3]))
    days = data.draw(st.lists(st.dictionaries(st.sampled_from(names), says, min_size=1), min_size=1, max_size=4))
    readings = [
        listing(
            *(
                row(name, "" if people is None else people, f"2024-02-0{day + 1} 09:00", 開設状況=status)
                for name, (status, people) in lines.items()
            )
        )
        for day, lines in enumerate(days)
    ]
    with tempfile.TemporaryDirectory() as folder:
        drill = Drill(Path(folder))
        for reading in data.draw(st.permutations(readings)):
            assert not drill.take(reading).conflicts
        ids = {"膳所小学校": "h-zeze", "石山公民館": "h-ishi"}
        status: dict[str, str] = {}
        counts: dict[str, int] = {}
        for day, lines in enumerate(days):
            status |= {name: {"開設": "open", "閉鎖": "closed"}[word] for name, (word, _) in lines.items() if word}
            counts |= {name: people for name, (_, people) in lines.items() if people is not None}
            state = drill.at(NINE + day * DAY)
            by_name = {name: state.get(ids.get(name) or _provisional(state), {}) for name in names}
            assert {
                name: each["status"] for name, each in by_name.items() if each.get("status", "unknown") != "unknown"
            } == status
            assert {
                name: each["head_count"]["people"] for name, each in by_name.items() if each.get("head_count")
            } == counts
        assert sum(drill.take(reading).events for reading in readings) == 0
        drill.ledger.close()


def _provisional(state: dict[str, Any]) -> str:
    return next((shelter for shelter in state if shelter.startswith("prov-")), "")


def test_a_list_of_the_past_does_not_undo_what_people_decided_later(drill: Drill) -> None:
    drill.did("shelter_opened", {"building": "checked"}, "h-zeze", at=NINE + DAY)
    drill.did("shelter_closed", {"reason": "ended"}, "h-zeze", at=NINE + 2 * DAY)
    drill.take(listing(row("膳所小学校", 12)))
    assert [drill.status(NINE + day * DAY)["h-zeze"] for day in range(3)] == ["open", "open", "closed"]
    assert (drill.status()["h-zeze"], drill.at()["h-zeze"]["reason"]) == ("closed", "ended")


def test_a_status_in_dispute_is_left_to_a_person_and_people_are_counted_all_the_same(
    drill: Drill, tmp_path: Path
) -> None:
    other = Drill(tmp_path, of=drill)
    drill.did("shelter_opened", {}, "h-zeze", at=NINE - DAY)
    other.did("shelter_closed", {}, "h-zeze", at=NINE - DAY)
    drill.hear(other)
    taken = drill.take(listing(row("膳所小学校", 12)))
    assert [each.reason.code for each in taken.conflicts] == ["occupancy_disputed"]
    assert drill.status()["h-zeze"] == "disputed" and drill.at()["h-zeze"]["head_count"]["people"] == 12


# What is not in the list


def test_a_shelter_that_the_newer_list_leaves_out_is_reported_and_not_closed(drill: Drill) -> None:
    drill.take(listing(row("膳所小学校", 12), row("町内会館", 5)))
    newer = listing(row("石山公民館", 3, "2024-02-02 09:00"))
    taken = drill.take(newer)
    assert {named.name_ja for named in taken.missing} == {"膳所小学校", "町内会館"} and not taken.closed
    assert set(drill.status().values()) == {"open"}
    taken = drill.take(newer, close_missing=True)
    assert {named.name_ja for named in taken.closed} == {"膳所小学校", "町内会館"} and not taken.missing
    assert [shelter for shelter, status in drill.status().items() if status == "open"] == ["h-ishi"]
    assert drill.take(newer, close_missing=True).events == 0


def test_a_place_in_doubt_is_not_called_missing(drill: Drill) -> None:
    drill.did("shelter_opened", {}, "h-two", at=NINE - DAY)
    taken = drill.take(listing(row("中央公園", 12), row("石山公民館", 3)))
    assert len(taken.conflicts) == 1 and taken.missing == []


# All or nothing


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (lambda: listing({"名称": "膳所小学校", "人数": 3}), "occupancy_no_moment"),
        (lambda: listing(row("石山公民館"), row("膳所小学校", at="")), "occupancy_no_moment"),
        (lambda: listing(row("石山公民館"), row("膳所小学校", at="2999-01-01 00:00")), "occupancy_in_future"),
        (lambda: listing(row("", 3)), "occupancy_no_rows"),
    ],
)
def test_a_list_that_is_refused_leaves_no_event(drill: Drill, reading: Any, code: str) -> None:
    before = drill.events()
    with pytest.raises(FileRefused) as refused:
        drill.take(reading())
    assert refused.value.reason.code == code and drill.events() == before


def test_a_given_moment_goes_before_what_the_list_says(drill: Drill) -> None:
    assert drill.take(listing(row("膳所小学校", 3, "2999-01-01 00:00")), at=NINE).at == NINE


def test_a_closed_or_unknown_incident_takes_nothing(drill: Drill) -> None:
    reading = listing(row("膳所小学校"))
    with pytest.raises(EventRefused):
        take(drill.ledger, "drill-nowhere", reading, REGISTER, None, "desk")
    drill.did("incident_closed")
    before = drill.events()
    with pytest.raises(EventRefused):
        drill.take(reading)
    assert drill.events() == before


def test_two_thousand_mutations_of_a_list_raise_only_our_errors_and_import_once(drill: Drill) -> None:
    good = "ID,名称,住所,緯度,経度,開設状況,人数,時点\n" + "".join(
        f"{identifier},{name},大津市{name}1-{number},35.0{number},135.9,開設,{number}0,2024-02-01 09:00\n"
        for number, (identifier, name) in enumerate([("E1", "膳所小学校"), ("E9", "町内会館"), ("", "石山公民館")], 1)
    )
    chance = random.Random(23)
    outcomes = {"taken": 0, "refused": 0}
    for turn in range(2000):
        data = bytearray(good.encode())
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice([0, 1, 1, 6])] = chance.choice(
                [bytes([chance.randrange(256)]), data[at : at + 30], b",", b"\n", b'"', "約".encode(), "閉鎖".encode()]
            )
        try:
            reading = open_status.read(Payload("x.csv", bytes(data)))
            drill.take(reading)
            if turn % 20 == 0:
                assert drill.take(reading).events == 0
        except OtsuMapsError as error:
            assert error.reason.sentence()
            outcomes["refused"] += 1
        else:
            outcomes["taken"] += 1
    assert min(outcomes.values()) > 20


# The register of a snapshot, and the command


def test_a_list_of_open_shelters_means_the_shelter_where_a_site_has_its_name(demo: Snapshot) -> None:
    register = register_of(demo)
    ids = [entry["place_id"] for entry in register]
    assert len(ids) == len(set(ids))
    by_id = {entry["place_id"]: entry for entry in register}
    kinds: dict[tuple[str, str], set[str]] = {}
    for place in places(demo):
        kinds.setdefault((place["premises_id"], place["name_ja"]), set()).add(place["place_kind"])
        kept = by_id.get(place["place_id"])
        others = [entry for entry in register if place["place_id"] in entry["other_ids"]]
        assert kept or others, "every place can be found by its id"
    assert {"site", "shelter"} in kinds.values()
    assert len(register) == len(kinds)


@pytest.fixture
def run(demo: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `otsu-maps ...` on the demo with a ledger of its own: exit code, JSON, and what it told."""
    monkeypatch.setenv("OTSU_LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.sqlite'}")

    def call(*words: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = cli.main(list(words))
        told = capsys.readouterr()
        return code, json.loads(told.out) if told.out.startswith(("{", "[")) else None, told.err + told.out

    about = json.dumps({"name": "x", "snapshot_id": "x", "is_demo": True})
    opened = ("--at", "2024-01-01T00:00:00+09:00", "--payload", about)
    assert call("ledger", "append", "incident_opened", "--mode", "drill", *opened)[0] == 0
    yield call
    store._opened.cache_clear()


def write(path: Path, *rows: dict[str, Any]) -> str:
    headers = list(rows[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headers)
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_the_command_imports_reports_and_says_by_its_exit_code_whether_to_look(
    run: Any, demo: Snapshot, tmp_path: Path
) -> None:
    shelters = [entry for entry in register_of(demo) if entry["place_kind"] == "shelter"]
    by_name: dict[str, list[Any]] = {}
    for entry in register_of(demo):
        by_name.setdefault(entry["name_ja"], []).append(entry)
    known = next(entry for entry in shelters if len(by_name[entry["name_ja"]]) == 1)
    first = write(tmp_path / "a.csv", row(known["name_ja"], 7), row("町内会館", 5))
    code, found, _ = run("occupancy", "import", first, "--json")
    assert (code, found["events"], found["provisional"]) == (0, 5, ["町内会館"])
    assert [each["place_id"] for each in found["matched_by_name"]] == [known["place_id"]]
    code, found, _ = run("occupancy", "import", first, "--json")
    assert (code, found["events"], found["unchanged"]) == (0, 0, 2)
    second = write(
        tmp_path / "b.csv", row(known["name_ja"], "多数", "2024-02-02 09:00"), row("町内会館", 6, "2024-02-02 09:00")
    )
    code, _, told = run("occupancy", "import", second)
    assert code == 1 and "多数" in told and known["place_id"] in told
    assert run("occupancy", "import", second, "--close-missing")[0] == 1, "the row that could not be read remains"
    _, state, _ = run("ledger", "state", "--json")
    assert state["shelters"][known["place_id"]]["status"] == "closed"


def test_the_command_takes_a_register_from_a_file(run: Any, tmp_path: Path) -> None:
    register = {"ID": "N1", "名称": "港会館", "所在地_連結表記": "石川県七尾市港1-2", "緯度": "37.0", "経度": "136.9"}
    file = write(tmp_path / "register.csv", register)
    listed = write(tmp_path / "list.csv", {"名称": "みなと会館", "住所": "七尾市港1丁目2番", "人数": "約50人"})
    at = ("--at", "2024-02-01T09:00:00+09:00")
    code, found, _ = run("occupancy", "import", listed, "--register", file, *at, "--json")
    assert (code, [each["place_id"] for each in found["matched_by_address"]]) == (0, ["N1"])


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere.csv",),
        ("{list}",),
        ("{list}", "--at", "yesterday"),
        ("{list}", "--at", "2024-02-01T09:00:00+09:00", "--incident", "nowhere"),
        ("{list}", "--at", "2024-02-01T09:00:00+09:00", "--register", "nowhere.csv"),
        ("{empty}",),
    ],
    ids=str,
)
def test_the_command_refuses_with_one_sentence_and_records_nothing(run: Any, tmp_path: Path, words: Any) -> None:
    files = {
        "list": write(tmp_path / "list.csv", {"名称": "膳所小学校", "人数": "3"}),
        "empty": write(tmp_path / "empty.csv", {"名称": "", "人数": "3"}),
    }
    code, _, told = run("occupancy", "import", *(word.format(**files) for word in words))
    assert code == 2 and told.strip() and "{" not in told
    assert run("ledger", "state", "--json")[1]["shelters"] == {}


# The lists of Nanao after the earthquake of 2024


def raw(path: Path) -> dict[str, tuple[str, int]]:
    """By id what a file says, read without any of our code: name and people."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = next(name for name in rows[0] if name.startswith("人数"))
    return {each["ID"]: (each["名称"], int(each[column])) for each in rows}


def nanao(path: Path, **without: None) -> Reading:
    reading = open_status.read(Payload(path.name, path.read_bytes()))
    return Reading(reading.format, reading.encoding, reading.rows_in, reading.frame.assign(**without))


@pytest.fixture(scope="module")
def nanao_register() -> list[dict[str, Any]]:
    path = FOLDER / "nanao_reference_data.csv"
    return register_of_list(evacuation_space.read(Payload(path.name, path.read_bytes()), None))


def people(state: dict[str, Any], moment: datetime) -> dict[str, int]:
    """Counts of exactly that moment."""
    at = f"{moment.isoformat(timespec='microseconds')}Z"
    return {
        key: each["head_count"]["people"] for key, each in state.items() if (each["head_count"] or {}).get("at") == at
    }


@needs_real
@pytest.mark.real
def test_the_nanao_lists_import_to_the_exact_counts_of_the_files(
    drill: Drill, nanao_register: list[dict[str, Any]]
) -> None:
    before: set[str] = set()
    for path in LISTS:
        expected = {key: count for key, (_, count) in raw(path).items()}
        reading = nanao(path)
        taken = drill.take(reading, nanao_register)
        assert len(taken.matched_by_id) == len(expected) and not (taken.conflicts or taken.provisional)
        assert {named.place_id for named in taken.missing} == before - set(expected)
        state = drill.at()
        assert people(state, taken.at) == expected
        assert {key for key, each in state.items() if each["status"] == "open"} == before | set(expected)
        before |= set(expected)
        mark = read.mark(drill.ledger)
        again = drill.take(reading, nanao_register)
        assert (again.events, again.unchanged) == (0, len(expected)) and read.mark(drill.ledger) == mark
    assert len(LISTS) == 10


@needs_real
@pytest.mark.real
def test_the_nanao_lists_leave_exactly_their_shelters_open_where_missing_ones_are_closed(
    drill: Drill, nanao_register: list[dict[str, Any]]
) -> None:
    for path in LISTS:
        expected = {key: count for key, (_, count) in raw(path).items()}
        drill.take(nanao(path), nanao_register, close_missing=True)
        still_open = {key: each for key, each in drill.at().items() if each["status"] == "open"}
        assert {key: each["head_count"]["people"] for key, each in still_open.items()} == expected
    for path in LISTS:
        assert drill.take(nanao(path), nanao_register, close_missing=True).events == 0


@needs_real
@pytest.mark.real
def test_the_order_in_which_the_nanao_lists_come_does_not_matter(
    drill: Drill, tmp_path: Path, nanao_register: list[dict[str, Any]]
) -> None:
    moments = [drill.take(nanao(path), nanao_register).at for path in LISTS]
    shuffled, other = LISTS[::-1], Drill(tmp_path)
    random.Random(4).shuffle(shuffled)
    for path in shuffled:
        other.take(nanao(path), nanao_register)
    for moment in [*moments, clock.now()]:
        states = [each.at(moment) for each in (drill, other)]
        short = [{key: (e["status"], (e["head_count"] or {}).get("people")) for key, e in s.items()} for s in states]
        assert short[0] == short[1] and short[0]


@needs_real
@pytest.mark.real
def test_unofficial_shelters_of_nanao_become_provisional_ones_with_their_exact_counts(
    drill: Drill, nanao_register: list[dict[str, Any]]
) -> None:
    official = [entry for entry in nanao_register if not entry["place_id"].startswith("NEW")]
    new: set[str] = set()
    for path in LISTS:
        said = raw(path)
        unofficial = {name: count for key, (name, count) in said.items() if key.startswith("NEW")}
        taken = drill.take(nanao(path), official)
        assert sorted(taken.provisional) == sorted(unofficial) and not taken.conflicts
        found = people(drill.at(), taken.at)
        assert sorted(found.values()) == sorted(count for _, count in said.values())
        names = {key: drill.at()[key]["provisional"]["name"] for key in found if key.startswith("prov-")}
        assert {names[key]: found[key] for key in names} == unofficial
        new |= set(names)
        assert drill.take(nanao(path), official).events == 0
    assert len(new) == len(nanao_register) - len(official)


@needs_real
@pytest.mark.real
def test_without_their_ids_the_nanao_rows_find_the_same_places_or_are_left_to_a_person(
    drill: Drill, nanao_register: list[dict[str, Any]]
) -> None:
    found = doubtful = 0
    for path in LISTS:
        ids = {name: key for key, (name, _) in raw(path).items()}
        taken = drill.take(nanao(path, upstream_id=None), nanao_register)
        named = [*taken.matched_by_name, *taken.matched_by_address]
        assert {each.name_ja: each.place_id for each in named} == {each.name_ja: ids[each.name_ja] for each in named}
        assert len(named) + len(taken.conflicts) == len(ids) and not (taken.provisional or taken.matched_by_id)
        found, doubtful = found + len(named), doubtful + len(taken.conflicts)
        assert {each.reason.code for each in taken.conflicts} <= {"occupancy_several"}
    assert found > 15 * doubtful
