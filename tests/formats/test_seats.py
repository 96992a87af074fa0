"""The table of seats: what cannot be used is refused row by row, and what is not said stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from otsu_maps import fleet
from otsu_maps.errors import MissingColumn, SourceMissing
from otsu_maps.formats import seats
from otsu_maps.formats.reading import Payload, Reading


def read(text: str) -> Reading:
    return seats.read(Payload("seats.csv", text.encode()))


def test_lines_and_kinds() -> None:
    found = read("route_id,route_type,seats,standing\nf:r1,,30,40\n,3,25,\n,0,78,112\n")
    assert found.refused == ()
    assert [
        [None if each != each else each for each in row] for row in found.frame.astype(object).to_numpy().tolist()
    ] == [[2, "f:r1", None, 30, 40], [3, None, 3, 25, None], [4, None, 0, 78, 112]]


def test_bad_rows_are_refused_alone() -> None:
    text = "Route_ID,Seats\nr1,30\n,5\nr2,-1\nr3,many\nr4,5001\nr1,31\nr5,\n"
    found = read(text)
    assert found.frame["route_id"].tolist() == ["r1", "r5"]
    assert [(each.row, each.reason.code) for each in found.refused] == [
        *((3, "seats_which"), (4, "row_bad_value"), (5, "row_bad_value"), (6, "row_bad_value"), (7, "seats_twice")),
    ]
    both = read("route_id,route_type,seats\nr1,3,30\n")
    assert [each.reason.code for each in both.refused] == ["seats_which"]
    for each in (*found.refused, *both.refused):
        assert each.reason.sentence("ja") and each.reason.sentence("en")


def test_a_table_without_its_columns_is_refused() -> None:
    for text in ("route_id,standing\nr,3\n", "seats\n3\n"):
        with pytest.raises(MissingColumn, match="seats"):
            read(text)


def test_the_file_of_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fleet.read() is None
    file = tmp_path / "seats.csv"
    monkeypatch.setenv("OTSU_SEATS", str(file))
    with pytest.raises(SourceMissing):
        fleet.read()
    file.write_text("route_type,seats,standing\n3,25,30\n")
    found = fleet.read()
    assert found and found.frame[["route_type", "seats", "standing"]].to_numpy().tolist() == [[3, 25, 30]]
