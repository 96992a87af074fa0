"""Premises, sites and shelters from the registers: who takes whose flags, who is whose repeat, what stays unknown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import derive
from etl.identity import metres, normal_name
from otsu_maps import config
from otsu_maps.db.writer import columns
from otsu_maps.models import FLAGS

LON, LAT = 135.9, 35.0
DEGREE_M = metres(0, 0, 0, 1)
Row = dict[str, Any]


def entry(kind: str, common_id: str, name: str, north_m: float = 0.0, **more: Any) -> Row:
    """A row of one of GSI's lists: its common id names the premises, and only a site has flags."""
    flags = dict.fromkeys(FLAGS, False) if kind == "site" else {}
    return {
        "source_id": f"gsi_{kind}s",
        "entry_kind": kind,
        "id_scheme": "gsi",
        "upstream_id": common_id,
        "premises_key": common_id[:11],
        "name_ja": name,
        "lon": LON,
        "lat": LAT + north_m / DEGREE_M,
        **flags,
        **more,
    }


def site(premises: int, name: str, number: int = 1, north_m: float = 0.0, **more: Any) -> Row:
    return entry("site", f"E25201{premises:05d}20{number}", name, north_m, **more)


def shelter(premises: int, name: str, number: int = 1, north_m: float = 0.0, **more: Any) -> Row:
    return entry("shelter", f"E25201{premises:05d}11{number}", name, north_m, **more)


def municipal(kind: str, number: str, name: str, north_m: float = 0.0, **more: Any) -> Row:
    own = {"source_id": "municipal_register", "id_scheme": "municipal", "premises_key": None}
    return entry(kind, number, name, north_m, **{**own, **more})


def fact(common_id: str, **facts: Any) -> Row:
    return {"common_id": common_id, **facts}


def area(code: str, west: float, east: float) -> Row:
    """A band around the fixed point, from `west` to `east` in metres north of it."""
    south, north = LAT + west / DEGREE_M, LAT + east / DEGREE_M
    return {"area_code": code, "name_ja": code, "geom": shapely.to_wkb(shapely.box(135.5, south, 136.3, north))}


def table(name: str, rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows).reindex(columns=columns(name)) if rows else pd.DataFrame(columns=columns(name))


def register(
    *entries: Row, facts: tuple[Row, ...] = (), areas: tuple[Row, ...] = (), districts: tuple[Row, ...] = ()
) -> dict[str, pd.DataFrame]:
    frames = {
        "register_entry": table("register_entry", list(entries)),
        "city_fact": table("city_fact", list(facts)),
        "warning_area": table("warning_area", list(areas)),
        "district": table("district", list(districts)),
    }
    return derive.register(derive.Context(frames, config.read_city("otsu"), None, datetime(2026, 4, 1)))


def only(frame: pd.DataFrame) -> Row:
    """The one row of a table, unknown as None."""
    [row] = frame.to_dict("records")
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


def facts_of(made: dict[str, pd.DataFrame]) -> Row:
    return only(made["place_fact"])


# Flags of a shelter


def test_a_shelter_takes_the_flags_of_the_site_of_its_name_on_its_premises() -> None:
    made = register(site(1, "膳所小学校体育館", is_for_flood=True), shelter(1, "膳所小学校体育館"))
    taken = only(made["shelter"])
    assert taken["flags_site_id"] == only(made["site"])["site_id"]
    assert taken["is_for_flood"] is True
    assert taken["is_for_landslide"] is False


def test_a_shelter_never_takes_flags_of_another_premises() -> None:
    made = register(site(2, "市民センター", is_for_flood=True), shelter(1, "市民センター"))
    taken = only(made["shelter"])
    assert taken["flags_site_id"] is None
    assert [taken[flag] for flag in FLAGS] == [None] * 8


def test_a_shelter_never_takes_flags_of_a_site_of_another_name() -> None:
    made = register(site(1, "膳所小学校グラウンド", is_for_flood=True), shelter(1, "膳所小学校体育館"))
    taken = only(made["shelter"])
    assert taken["flags_site_id"] is None
    assert [taken[flag] for flag in FLAGS] == [None] * 8


def test_of_several_sites_on_the_premises_the_one_of_its_name_counts() -> None:
    ground = site(1, "膳所小学校グラウンド", 1, is_for_earthquake=True)
    hall = site(1, "膳所小学校体育館", 2, is_for_flood=True)
    taken = only(register(ground, hall, shelter(1, "膳所小学校体育館"))["shelter"])
    assert (taken["is_for_flood"], taken["is_for_earthquake"]) == (True, False)


def test_where_two_sites_share_the_name_the_suitability_is_unknown() -> None:
    made = register(
        site(1, "体育館", 1, is_for_flood=True), site(1, "体育館", 2, is_for_flood=True), shelter(1, "体育館")
    )
    taken = only(made["shelter"])
    assert taken["flags_site_id"] is None
    assert taken["is_for_flood"] is None


def test_the_same_name_written_with_other_widths_and_spaces_is_the_same() -> None:
    made = register(site(1, "膳所小学校（体育館）", is_for_flood=True), shelter(1, "膳所小学校 (体育館)"))
    assert only(made["shelter"])["is_for_flood"] is True


def test_two_shelters_of_one_name_both_take_the_flags_of_the_one_site() -> None:
    made = register(site(1, "体育館", is_for_flood=True), shelter(1, "体育館", 1), shelter(1, "体育館", 2))
    assert list(made["shelter"]["is_for_flood"]) == [True, True]


def test_a_shelter_never_keeps_flags_of_its_own() -> None:
    made = register(municipal("shelter", "7", "集会所", is_for_flood=True, flags_text_ja="二階以上"))
    taken = only(made["shelter"])
    assert (taken["flags_site_id"], taken["is_for_flood"], taken["flags_text_ja"]) == (None, None, None)


# Repeats


def test_a_municipal_row_that_repeats_gsi_is_merged_and_its_facts_move() -> None:
    own = {"name_kana": "ゼゼ", "capacity_persons": 350, "elevation_m": 88.5, "phone": "077-000-0000"}
    made = register(site(1, "膳所小学校"), municipal("site", "7", "膳所小学校", 250, **own))
    assert len(made["site"]) == len(made["premises"]) == 1
    assert only(made["site"])["name_kana"] == "ゼゼ"
    facts = facts_of(made)
    assert (facts["capacity_refuge_persons"], facts["elevation_m"]) == (350, 88.5)
    assert facts["contact"] == "077-000-0000"


def test_a_repeat_never_moves_a_flag() -> None:
    made = register(
        site(1, "膳所小学校", is_for_flood=False, is_for_volcano=None),
        municipal("site", "7", "膳所小学校", is_for_flood=True, is_for_volcano=True, flags_text_ja="洪水：二階"),
    )
    kept = only(made["site"])
    assert (kept["is_for_flood"], kept["is_for_volcano"], kept["flags_text_ja"]) == (False, None, None)


def test_what_gsi_says_itself_is_not_overwritten_by_a_repeat() -> None:
    made = register(site(1, "膳所小学校", name_en="Zeze"), municipal("site", "7", "膳所小学校", name_en="Zeze School"))
    assert only(made["site"])["name_en"] == "Zeze"


def test_a_row_is_a_repeat_whichever_list_was_read_first() -> None:
    made = register(municipal("site", "7", "膳所小学校"), site(1, "膳所小学校"))
    assert only(made["site"])["source_id"] == "gsi_sites"


@pytest.mark.parametrize(
    "other",
    [
        municipal("site", "7", "膳所小学校", derive.SAME_FACILITY_M + 10),
        municipal("site", "7", "膳所中学校"),
        municipal("shelter", "7", "膳所小学校"),
    ],
    ids=["too far away", "another name", "another kind"],
)
def test_a_municipal_row_that_gsi_lacks_becomes_a_place_on_premises_of_its_own(other: Row) -> None:
    made = register(site(1, "膳所小学校"), other)
    assert len(made["premises"]) == 2
    places = pd.concat([made["site"], made["shelter"]])
    assert places["premises_id"].nunique() == len(places) == 2


def test_a_municipal_row_that_may_repeat_two_of_gsi_is_a_place_of_its_own() -> None:
    made = register(site(1, "公園", 1, 100), site(2, "公園", 1, -100), municipal("site", "7", "公園"))
    assert len(made["site"]) == len(made["premises"]) == 3


def test_two_municipal_rows_of_one_name_near_by_stay_two() -> None:
    made = register(municipal("site", "7", "公園"), municipal("site", "8", "公園", 50))
    assert len(made["site"]) == len(made["premises"]) == 2


# Premises


def test_all_that_stands_on_one_ground_has_one_premises_with_the_shortest_name() -> None:
    made = register(site(1, "膳所小学校グラウンド", 1), site(1, "膳所小学校体育館", 2), shelter(1, "膳所小学校"))
    assert only(made["premises"])["name_ja"] == "膳所小学校"
    assert set(pd.concat([made["site"], made["shelter"]])["premises_id"]) == set(made["premises"]["premises_id"])


def test_every_place_and_premises_is_in_the_alias_table() -> None:
    made = register(site(1, "甲"), site(2, "乙"), shelter(2, "乙"), municipal("site", "7", "丙"))
    known = set(made["alias"]["entity_id"])
    for name in ("premises", "site", "shelter"):
        assert set(made[name][f"{name}_id"]) <= known


# Facts


def test_the_sheet_of_the_city_goes_before_the_open_data() -> None:
    place = site(1, "膳所小学校", capacity_persons=350, phone="077-000-0000")
    sheet = fact(place["upstream_id"], capacity_refuge_persons=120, contact="防災室", has_water=False)
    facts = facts_of(register(place, facts=(sheet,)))
    assert (facts["capacity_refuge_persons"], facts["contact"], facts["has_water"]) == (120, "防災室", False)


def test_the_open_data_fills_what_the_sheet_leaves_open() -> None:
    place = site(1, "膳所小学校", capacity_persons=350, phone="077-000-0000")
    facts = facts_of(register(place, facts=(fact(place["upstream_id"], toilet_count=0),)))
    assert (facts["capacity_refuge_persons"], facts["contact"]) == (350, "077-000-0000")
    assert facts["toilet_count"] == 0, "zero is known"


def test_one_published_capacity_is_refuge_at_a_site_and_stay_at_a_shelter() -> None:
    at_site = facts_of(register(site(1, "膳所小学校", capacity_persons=350)))
    assert (at_site["capacity_refuge_persons"], at_site["capacity_stay_persons"]) == (350, None)
    at_shelter = facts_of(register(shelter(1, "膳所小学校", capacity_persons=350)))
    assert (at_shelter["capacity_refuge_persons"], at_shelter["capacity_stay_persons"]) == (None, 350)


def test_what_nobody_says_stays_unknown() -> None:
    place = site(1, "膳所小学校")
    facts = facts_of(register(place, facts=(fact(place["upstream_id"], has_power=True),)))
    assert facts["has_power"] is True
    assert {name for name, value in facts.items() if value is not None} >= {"place_id", "has_power"}
    for name in derive.FACTS:
        assert name == "has_power" or facts[name] is None


def test_a_place_of_which_nothing_is_known_has_no_facts() -> None:
    assert register(site(1, "膳所小学校"))["place_fact"].empty


# Where it lies


NORTH, SOUTH = area("2520102", 0, 5000), area("2520101", -5000, 0)


@pytest.mark.parametrize(
    ("north_m", "code"), [(100, "2520102"), (-100, "2520101"), (5900, "2520102"), (-5900, "2520101"), (6100, None)]
)
def test_the_warning_area_is_the_one_around_it_else_the_nearest_within_1_km_else_unknown(
    north_m: float, code: str | None
) -> None:
    made = register(site(1, "膳所小学校", 1, north_m), areas=(NORTH, SOUTH))
    assert only(made["site"])["warning_area_code"] == code


@pytest.mark.parametrize("north_m", [-100, 5900, 60_000])
def test_what_the_city_says_of_a_warning_area_goes_before_the_map(north_m: float) -> None:
    place = site(1, "膳所小学校", 1, north_m)
    made = register(place, facts=(fact(place["upstream_id"], warning_area_code="2520102"),), areas=(NORTH, SOUTH))
    assert only(made["site"])["warning_area_code"] == "2520102"


def test_a_sheet_that_is_silent_about_the_area_leaves_the_map_in_force() -> None:
    place = site(1, "膳所小学校", 1, -100)
    made = register(place, facts=(fact(place["upstream_id"], has_power=True),), areas=(NORTH, SOUTH))
    assert only(made["site"])["warning_area_code"] == "2520101"


def test_without_warning_areas_and_districts_both_are_unknown() -> None:
    kept = only(register(site(1, "膳所小学校"))["site"])
    assert (kept["warning_area_code"], kept["district_id"]) == (None, None)


def test_a_district_holds_what_lies_in_it_and_never_what_lies_beside_it() -> None:
    district = {**area("x", -1000, 1000), "district_id": "D1", "kind": "学区"}
    made = register(site(1, "甲", 1, 900), site(2, "乙", 1, 1100), districts=(district,))
    found = made["site"].set_index("name_ja")["district_id"]
    assert found["甲"] == "D1"
    assert pd.isna(found["乙"])


def test_a_point_on_the_border_of_two_areas_is_one_place_still() -> None:
    made = register(site(1, "膳所小学校", 1, 0), areas=(NORTH, SOUTH))
    assert only(made["site"])["warning_area_code"] in ("2520101", "2520102")


# Whatever the registers hold


def registers() -> st.SearchStrategy[list[Row]]:
    flag = st.sampled_from([True, False])
    name, number = st.sampled_from(["甲", "乙", "甲 "]), st.integers(1, 3)
    far = st.sampled_from([0.0, 200.0, 4000.0])
    of_gsi = st.builds(lambda p, n, i, m, f: site(p, n, i, m, is_for_flood=f), number, name, number, far, flag)
    of_city = st.builds(
        lambda k, i, n, m, f: municipal(k, str(i), n, m, is_for_flood=f), st.sampled_from(["site", "shelter"]), number,
        name, far, flag,
    )  # fmt: skip
    shelters = st.builds(shelter, number, name, number, far)
    key = ("entry_kind", "id_scheme", "upstream_id")
    rows = st.one_of(of_gsi, of_city, shelters)
    return st.lists(rows, min_size=1, max_size=9, unique_by=lambda row: tuple(row[column] for column in key))


@given(registers())
@settings(max_examples=60, deadline=None)
def test_every_flag_of_a_shelter_is_that_of_the_one_site_of_its_name_on_its_ground(entries: list[Row]) -> None:
    made = register(*entries)
    sites = made["site"].to_dict("records")
    for row in made["shelter"].to_dict("records"):
        same = [
            other
            for other in sites
            if other["premises_id"] == row["premises_id"]
            and normal_name(str(other["name_ja"])) == normal_name(str(row["name_ja"]))
        ]
        if len(same) == 1:
            assert row["flags_site_id"] == same[0]["site_id"]
            assert row["is_for_flood"] == same[0]["is_for_flood"]
        else:
            assert pd.isna(row["flags_site_id"])
            assert pd.isna(row["is_for_flood"])
    places = pd.concat([made["site"], made["shelter"]])
    assert set(places["premises_id"]) == set(made["premises"]["premises_id"])
    assert made["premises"]["premises_id"].is_unique
    gsi = [row for row in entries if row["id_scheme"] == "gsi"]
    assert {row["upstream_id"] for row in gsi} <= set(places["upstream_id"]), "no row of GSI is merged away"
