"""Event lists: whole dates are dates, everything else stays what it says."""

from __future__ import annotations

import csv
import io
import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import MissingColumn, OtsuMapsError
from otsu_maps.formats import events
from otsu_maps.formats.reading import Payload, Reading

HEADER = ("ID", "イベント名", "開始日", "終了日", "開始時間", "終了時間", "緯度", "経度", "繰り返しパターン", "備考")
GOOD = dict(
    zip(HEADER, ("1", "市", "2026-08-05", "2026-08-06", "10:00", "17:00", "35.0", "135.9", "", ""), strict=True)
)


def read(*rows: dict[str, str], encoding: str = "utf-8", order: tuple[str, ...] = HEADER) -> Reading:
    text = io.StringIO()
    writer = csv.DictWriter(text, order)
    writer.writeheader()
    writer.writerows(rows)
    return events.read(Payload("event.csv", text.getvalue().encode(encoding)))


def one(**changes: str) -> dict[str, Any]:
    reading = read(GOOD | changes)
    assert not reading.refused, reading.refused
    return dict(reading.frame.iloc[0])


WRITINGS = [
    lambda day: day.isoformat(),
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"令和{day.year - 2018}年{day.month}月{day.day}日",
    lambda day: day.strftime("%Y%m%d"),
    lambda day: f"{day.isoformat()} 00:00:00",
]
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
names = st.text(st.characters(categories=("Lo", "Lu", "Nd"), codec="cp932"), min_size=1, max_size=12)


@given(
    names,
    days,
    st.integers(0, 400),
    st.sampled_from(WRITINGS),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
    st.permutations(HEADER),
)
def test_an_event_written_in_any_of_the_ways_reads_back(
    name: str, first: date, length: int, write: Any, encoding: str, order: list[str]
) -> None:
    last = first + timedelta(days=length)
    row = GOOD | {"イベント名": name, "開始日": write(first), "終了日": write(last)}
    reading = read(row, encoding=encoding, order=tuple(order))
    event = reading.frame.iloc[0]
    assert (event["starts_on"], event["ends_on"]) == (first, last)
    assert event["name_ja"].replace(" ", "") == name.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("9:30", "09:30"),
        ("９：３０", "09:30"),
        ("18時", "18:00"),
        ("25:30", "25:30"),
        ("①9:00 ②11:00", None),
        ("夕方", None),
    ],
)
def test_an_hour_is_an_hour_or_unknown_and_its_words_are_kept(text: str, time: str | None) -> None:
    event = one(開始時間=text)
    assert (event["start_time"] == time) if time else event["start_time"] is None
    assert time or text.split()[0] in event["schedule_text_ja"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"イベント名": ""}, "row_no_name"),
        ({"開始日": "8月5日"}, "row_bad_value"),
        ({"開始日": "2026-02-30"}, "row_bad_value"),
        ({"終了日": "2026-08-04"}, "row_dates_reversed"),
        ({"緯度": "湖畔"}, "row_bad_value"),
    ],
)
def test_a_row_that_cannot_be_used_says_why_and_the_others_load(changes: dict[str, str], code: str) -> None:
    reading = read(GOOD | changes, GOOD)
    assert [(refused.row, refused.reason.code) for refused in reading.refused] == [(2, code)]
    assert reading.rows_out == 1


def test_a_date_without_a_year_stays_text() -> None:
    text = "開催日,行事名\n8月5日（水）～8月16日（日）,展示\n"
    event = events.read(Payload("list.csv", text.encode())).frame.iloc[0]
    assert event["starts_on"] is None
    assert "8月5日" in event["schedule_text_ja"]


def test_half_a_position_is_none() -> None:
    event = one(緯度="")
    assert event["lon"] is None or event["lon"] != event["lon"]


def test_a_list_without_names_is_refused() -> None:
    with pytest.raises(MissingColumn):
        events.read(Payload("x.csv", "開始日,場所\n2026-08-05,広場\n".encode()))


PIECES = [b"", b",", b"\n", b"\r", b'"', b" ", b"-", b"9", b"1e9", b"\xff", b"\0", "8月".encode(), "\u3000".encode()]


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four of them changed, cut out, put in or said twice, or cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


def test_two_thousand_mutations_give_our_own_errors_or_a_whole_reading() -> None:
    good = ("\n".join([",".join(HEADER), *[",".join(GOOD.values())] * 3]) + "\n").encode()
    chance = random.Random(11)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            reading = events.read(Payload("x.csv", mutated(good, chance)))
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "x.csv"
            outcomes["refused"] += 1
            continue
        outcomes["read"] += 1
        refused = {each.row for each in reading.refused}
        assert len(refused) == len(reading.refused) and not refused & set(reading.frame["source_row"])
        assert reading.rows_in == reading.rows_out + len(refused)
        (reading.frame.to_csv() + "".join(each.value + each.reason.params_json() for each in reading.refused)).encode()
    assert min(outcomes.values()) > 20


@needs_real
@pytest.mark.real
def test_the_real_list_of_takamatsu_loads_whole() -> None:
    path = REAL / "events" / "takamatsu_events.xlsx"
    reading = events.read(Payload(path.name, path.read_bytes()))
    assert (reading.rows_in, reading.rows_out) == (51, 51)
    assert reading.frame["lat"].notna().all()
