"""What a row must be to enter a snapshot: each rule, and that no row is ever lost between kept and refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import contract
from etl.source import Tidy
from otsu_maps.formats.reading import Refused
from otsu_maps.geo import JAPAN

CODE5 = "25201"
CITY = shapely.box(135.8, 34.9, 136.0, 35.3)
LON, LAT = 135.9, 35.0
DEGREE_M = math.radians(6_371_000)
KEY = ("entry_kind", "id_scheme", "upstream_id")


def rows(*given: Mapping[str, Any]) -> pd.DataFrame:
    """Good rows of one file, but for what is given."""
    good = {"entry_kind": "site", "id_scheme": "gsi", "lon": LON, "lat": LAT, "city_code5": CODE5, "file": "a.csv"}
    return pd.DataFrame([good | {"source_row": n, "upstream_id": f"E{n}"} | row for n, row in enumerate(given, 2)])


def checked(frame: pd.DataFrame, *rules: contract.Rule) -> tuple[list[int], list[Refused]]:
    """Source rows kept, and what was refused."""
    tidy = Tidy(frame).checked(*rules)
    return [int(row) for row in tidy.frame["source_row"]], [refused for _, refused in tidy.refused]


def codes(frame: pd.DataFrame, *rules: contract.Rule) -> dict[int, str]:
    """Reason code by source row."""
    return {refused.row: refused.reason.code for refused in checked(frame, *rules)[1]}


def at(lon: float, lat: float) -> dict[str, float]:
    return {"lon": lon, "lat": lat}


# Positions


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (0.0, 0.0, "row_zero_position"),
        (0.4, -0.9, "row_zero_position"),
        (LAT, LON, "row_swapped_position"),
        (43.06, 141.35, "row_swapped_position"),
        (2.35, 48.86, "row_outside_japan_point"),
        (LON, 0.0, "row_outside_japan_point"),
        (LON, -LAT, "row_outside_japan_point"),
        (math.nan, LAT, "row_outside_japan_point"),
        (LON, math.inf, "row_outside_japan_point"),
    ],
)
def test_a_position_that_cannot_be_is_refused_with_its_reason(lon: float, lat: float, code: str) -> None:
    assert codes(rows(at(lon, lat), {}), contract.real_position) == {2: code}


@pytest.mark.parametrize(("lon", "lat"), [(122.93, 24.45), (153.98, 24.28), (141.92, 45.52), (LON, LAT)])
def test_every_end_of_japan_is_a_position(lon: float, lat: float) -> None:
    assert codes(rows(at(lon, lat)), contract.real_position) == {}


def test_a_position_in_another_city_is_refused_and_says_where_it_is() -> None:
    kept, refused = checked(rows(at(136.5, 35.0), {}), contract.inside(CITY, "大津市"))
    assert kept == [3]
    assert dict(refused[0].reason.params) == {"lon": 136.5, "lat": 35.0, "city": "大津市"}
    assert "大津市" in refused[0].reason.sentence()


@pytest.mark.parametrize(("metres", "is_kept"), [(0, True), (40, True), (60, False), (500, False)])
def test_a_place_on_the_border_is_kept_within_50_m(metres: float, is_kept: bool) -> None:
    north = rows(at(LON, 35.3 + metres / DEGREE_M))
    assert (checked(north, contract.inside(CITY, "大津市"))[0] == [2]) is is_kept


# City codes


@pytest.mark.parametrize("code", [CODE5, None, math.nan])
def test_the_code_of_the_city_and_no_code_are_fine(code: object) -> None:
    assert codes(rows({"city_code5": code}), contract.of_city(CODE5, ())) == {}


def test_the_code_of_another_city_is_refused() -> None:
    _, refused = checked(rows({"city_code5": "22130"}, {}), contract.of_city(CODE5, ()))
    assert [row.row for row in refused] == [2]
    assert dict(refused[0].reason.params) == {"value": "22130", "expected": CODE5}


@pytest.mark.parametrize("accepted", ["22130", "221309"])
def test_a_wrong_code_that_a_maintainer_accepted_is_kept_with_and_without_check_digit(accepted: str) -> None:
    frame = rows({"city_code5": "22130"}, {"city_code5": "22131"})
    assert codes(frame, contract.of_city(CODE5, (accepted,))) == {3: "row_wrong_city_code"}


# Duplicates


def test_the_first_of_two_is_kept_and_the_second_names_it() -> None:
    frame = rows({"upstream_id": "E1"}, {"upstream_id": "E2"}, {"upstream_id": "E1"}, {"upstream_id": "E1"})
    kept, refused = checked(frame, contract.unique(*KEY))
    assert kept == [2, 3]
    assert [(row.row, row.reason.params["first"]) for row in refused] == [(4, 2), (5, 2)]


def test_one_id_for_a_site_and_a_shelter_is_no_duplicate() -> None:
    frame = rows({"upstream_id": "7"}, {"upstream_id": "7", "entry_kind": "shelter"})
    assert codes(frame, contract.unique(*KEY)) == {}


def test_a_duplicate_in_another_file_of_the_source_is_one_too() -> None:
    frame = rows({"upstream_id": "E1"}, {"upstream_id": "E1", "file": "b.csv"})
    tidy = Tidy(frame).checked(contract.unique(*KEY))
    assert list(tidy.frame["file"]) == ["a.csv"]
    [(file, refused)] = tidy.refused
    assert (file, refused.row, refused.reason.code) == ("b.csv", 3, "row_duplicate")
    assert "a.csv" in refused.reason.sentence()


# Ids of another table


def test_an_id_that_the_register_does_not_know_is_refused() -> None:
    kept, refused = checked(rows({}, {}, {}), contract.known("upstream_id", {"E2", "E4"}, "共通ID"))
    assert kept == [2, 4]
    assert dict(refused[0].reason.params) == {"value": "E3", "register": "共通ID"}


# Rows whole


def test_a_source_row_is_refused_whole_with_its_first_reason() -> None:
    site = {"source_row": 2, **at(LON, LAT)}
    shelter = {"source_row": 2, "entry_kind": "shelter", "city_code5": "22130", **at(0, 0)}
    kept, refused = checked(rows(site, shelter, {}), contract.real_position, contract.of_city(CODE5, ()))
    assert kept == [4]
    assert [(row.row, row.reason.code) for row in refused] == [(2, "row_zero_position")]


def test_the_same_row_number_in_another_file_is_another_row() -> None:
    frame = rows({"source_row": 2, **at(0, 0)}, {"source_row": 2, "file": "b.csv"})
    assert list(Tidy(frame).checked(contract.real_position).frame["file"]) == ["b.csv"]


def test_a_refused_row_is_kept_as_it_came_without_what_is_unknown() -> None:
    [refused] = checked(rows({**at(0, 0), "note_ja": None, "phone": math.nan}), contract.real_position)[1]
    assert "upstream_id=E2" in refused.value
    assert "note_ja" not in refused.value
    assert "phone" not in refused.value
    [long] = checked(rows({**at(0, 0), "note_ja": "あ" * 9000}), contract.real_position)[1]
    assert len(long.value) == 2000


def test_no_rows_are_no_trouble() -> None:
    assert checked(rows({}).iloc[:0], contract.real_position, contract.unique(*KEY)) == ([], [])


RULES = (
    contract.real_position,
    contract.of_city(CODE5, ("22130",)),
    contract.inside(CITY, "大津市"),
    contract.unique(*KEY),
    contract.known("upstream_id", {"E1", "E2", "E3"}, "共通ID"),
)
entries = st.lists(
    st.fixed_dictionaries(
        {
            "file": st.sampled_from(["a.csv", "b.csv"]),
            "source_row": st.integers(2, 12),
            "entry_kind": st.sampled_from(["site", "shelter"]),
            "upstream_id": st.sampled_from(["E1", "E2", "E3", "E4"]),
            "city_code5": st.sampled_from([CODE5, CODE5, "22130", "13101", None]),
            "lon": st.sampled_from([LON, LON, 135.8, 136.0003, 136.01, 0.0, LAT, math.nan]) | st.floats(),
            "lat": st.sampled_from([LAT, LAT, 34.9, 35.3, 0.0, LON]) | st.floats(),
        }
    ),
    max_size=14,
)


@given(entries)
@settings(max_examples=250, deadline=None)
def test_every_row_is_either_kept_or_refused_and_no_kept_row_breaks_a_rule(given: list[dict[str, Any]]) -> None:
    if not given:
        return
    frame = rows(*given)
    before = set(zip(frame["file"], frame["source_row"], strict=True))
    tidy = Tidy(frame).checked(*RULES)
    kept = set(zip(tidy.frame["file"], tidy.frame["source_row"], strict=True))
    refused = [(file, row.row) for file, row in tidy.refused]
    assert len(refused) == len(set(refused))
    assert kept | set(refused) == before
    assert not kept & set(refused)
    assert tidy.rows_out + len(refused) == len(before)
    assert not tidy.frame.duplicated(list(KEY)).any()
    west, south, east, north = JAPAN
    for row in tidy.frame.itertuples():
        assert west <= row.lon <= east
        assert south <= row.lat <= north
        assert CITY.distance(shapely.Point(row.lon, row.lat)) <= contract.EDGE_DEGREES * 1.001
        assert row.city_code5 in (CODE5, "22130") or not isinstance(row.city_code5, str)
        assert row.upstream_id in ("E1", "E2", "E3")
