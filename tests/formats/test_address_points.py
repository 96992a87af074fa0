"""One point a town."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from real import REAL, needs_real

from otsu_maps.errors import FileRefused, OtsuMapsError
from otsu_maps.formats import address_points
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.formats.text import is_storable


def payload(value: object) -> Payload:
    return Payload("towns.json", json.dumps(value, ensure_ascii=False).encode())


def test_towns_come_with_their_position() -> None:
    reading = address_points.read(payload([{"town": "浜大津一丁目", "koaza": "", "lat": 35.0, "lng": 135.86}]))
    assert reading.frame[["town_ja", "lon", "lat"]].values.tolist() == [["浜大津一丁目", 135.86, 35.0]]


def test_a_town_without_a_position_is_refused_and_the_others_load() -> None:
    reading = address_points.read(
        payload([{"town": "a", "lat": None, "lng": None}, {"town": "b", "lat": 35, "lng": 135.9}])
    )
    assert [(refused.row, refused.reason.code) for refused in reading.refused] == [(1, "row_no_position")]
    assert reading.rows_out == 1


@pytest.mark.parametrize(
    "degrees",
    [10**400, "\ud800", [], {}, "東経", math.nan, math.inf, "nan", "-inf", "1e999", True],
    ids=lambda value: repr(value)[:9],
)
def test_a_position_that_is_no_number_is_refused(degrees: object) -> None:
    data = json.dumps([{"town": "a", "lat": 35, "lng": degrees}]).encode()
    [refused] = address_points.read(Payload("x.json", data)).refused
    assert refused.reason.code == "row_no_position"
    (refused.value + refused.reason.params_json() + refused.reason.sentence()).encode()


@pytest.mark.parametrize("name", ["\ud800", "瀬田\0", ["瀬田"], 3])
def test_a_name_that_no_table_takes_is_no_name(name: object) -> None:
    town = {"lat": 35, "lng": 135.9}
    towns = [town | {"town": name}, town | {"town": "瀬田", "koaza": name}, "\ud800"]
    reading = address_points.read(Payload("x.json", json.dumps(towns).encode()))
    assert [refused.row for refused in reading.refused] == [1, 3]
    assert reading.frame[["town_ja", "koaza_ja"]].values.tolist() == [["瀬田", None]]
    "".join(refused.value for refused in reading.refused).encode()


@pytest.mark.parametrize("data", [b"", b"{}", b"[", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_list_of_towns_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        address_points.read(Payload("x.json", data))


@given(
    st.lists(st.one_of(st.none(), st.integers(), st.dictionaries(st.sampled_from(["town", "lat", "lng"]), st.text())))
)
def test_every_row_is_loaded_or_refused(rows: list[object]) -> None:
    try:
        reading = address_points.read(payload(rows))
    except FileRefused:
        assert not any(isinstance(row, dict) and "town" in row for row in rows)
        return
    assert reading.rows_in == reading.rows_out + len(reading.refused)


PIECES = [
    b"",
    b",",
    b"\n",
    b"\r",
    b'"',
    b" ",
    b"-",
    b"9",
    b"1e9",
    b"\xff",
    b"\0",
    b"\\u0000",
    b"\\ud800",
    b"NaN",
    b"Infinity",
    b"null",
    b"{}",
    "\u3000".encode(),
]


def assert_whole(reading: Reading) -> None:
    frame, refused = reading.frame, {each.row for each in reading.refused}
    assert len(refused) == len(reading.refused) and not refused & set(frame["source_row"])
    assert reading.rows_in == reading.rows_out + len(refused)
    towns: Any = frame.itertuples()
    for town in towns:
        texts = [text for text in (town.town_ja, town.koaza_ja) if isinstance(text, str)]
        assert town.town_ja
        assert all(map(is_storable, texts))
        assert math.isfinite(town.lon) and math.isfinite(town.lat)
    for each in reading.refused:
        (each.value + each.reason.params_json() + each.reason.sentence()).encode()


def mutated(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four of them changed, cut out, put in or said twice, or cut off."""
    data = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(data)), chance.randrange(len(data))
        piece = chance.choice([bytes([chance.randrange(256)]), data[other : other + 20], chance.choice(PIECES)])
        data[at : at + chance.choice([0, 1, 1, 8])] = piece
    return bytes(data if chance.random() < 0.95 else data[: len(data) // 2])


def test_no_mutated_list_raises_anything_but_our_errors() -> None:
    chance = random.Random("towns")
    towns = [{"town": "浜大津", "koaza": "", "lat": 35.0, "lng": 135.86}, {"town": "瀬田", "lat": 34.9, "lng": 135.9}]
    whole = payload([*towns, {"town": "堅田", "koaza": "本", "lat": "35.1", "lng": None}]).data
    outcomes = {"read": 0, "refused": 0}
    for _ in range(2000):
        try:
            assert_whole(address_points.read(Payload("towns.json", mutated(whole, chance))))
            outcomes["read"] += 1
        except OtsuMapsError as error:
            assert error.reason.params["file"] == "towns.json"
            outcomes["refused"] += 1
    assert min(outcomes.values()) > 20


@needs_real
@pytest.mark.real
@pytest.mark.parametrize(("name", "rows", "refused"), [("otsu", 509, 0), ("kusatsu", 151, 4)])
def test_real_towns_load(name: str, rows: int, refused: int) -> None:
    path = REAL / "addresses" / f"{name}_towns.json"
    reading = address_points.read(Payload(path.name, path.read_bytes()))
    assert (reading.rows_in, len(reading.refused)) == (rows, refused)
