"""Internal ids: they stay while a place can be known again, and none is ever given to two."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.identity import COLUMNS, SAME_PLACE_M, Memory, metres, normal_name

START = datetime(2026, 4, 1)
LON, LAT = 135.9, 35.0
DEGREE_M = metres(0, 0, 0, 1)


def row(value: str, name: str, north_m: float = 0.0, scheme: str = "gsi") -> dict[str, Any]:
    """One entry of a list, `north_m` north of a fixed point."""
    return {"scheme": scheme, "value": value, "name_ja": name, "lon": LON, "lat": LAT + north_m / DEGREE_M}


class Installation:
    """Builds one after another, with the alias table as all that passes from one to the next."""

    def __init__(self) -> None:
        self.aliases: pd.DataFrame | None = None
        self.at = START

    def build(self, *rows: dict[str, Any], kind: str = "site") -> list[str]:
        self.at += timedelta(days=1)
        memory = Memory(self.aliases, self.at)
        frame = pd.DataFrame(list(rows), columns=["scheme", "value", "name_ja", "lon", "lat"])
        ids = memory.resolve(kind, frame)
        self.aliases = memory.frame()
        return ids


@pytest.fixture
def town() -> Installation:
    return Installation()


# What stays


def test_an_id_stays_when_nothing_changes(town: Installation) -> None:
    rows = [row("E1", "膳所小学校"), row("E2", "石山公園", 900)]
    assert town.build(*rows) == town.build(*rows) == town.build(*reversed(rows))[::-1]


def test_an_id_stays_when_the_upstream_id_changes_but_name_and_place_stay(town: Installation) -> None:
    before = town.build(row("E1", "膳所小学校"), row("E2", "石山公園", 900))
    assert town.build(row("E9", "膳所小学校"), row("E8", "石山公園", 900)) == before
    assert town.build(row("E7", "膳所小学校"), row("E2", "石山公園", 900)) == before


def test_an_id_stays_when_the_name_changes_but_the_upstream_id_stays(town: Installation) -> None:
    before = town.build(row("E1", "膳所小学校"))
    assert town.build(row("E1", "市立膳所学園")) == before
    assert town.build(row("E9", "市立膳所学園")) == before, "known again by the new name as well"


def test_an_id_stays_when_a_list_writes_the_same_name_otherwise(town: Installation) -> None:
    before = town.build(row("E1", "膳所小学校 体育館(南)"))
    assert town.build(row("E9", "膳所小学校　体育館（南）")) == before


def test_an_id_stays_after_builds_without_the_place(town: Installation) -> None:
    before = town.build(row("E1", "膳所小学校"))
    assert town.build() == []
    assert town.build(row("E1", "膳所小学校")) == before


def test_an_id_stays_when_the_place_was_measured_anew(town: Installation) -> None:
    before = town.build(row("E1", "膳所小学校"))
    assert town.build(row("E9", "膳所小学校", SAME_PLACE_M - 5)) == before


# What is new


def test_another_name_and_another_upstream_id_are_a_new_place(town: Installation) -> None:
    before = town.build(row("E1", "膳所小学校"))
    assert town.build(row("E9", "石山公園")) != before


def test_the_same_name_farther_off_is_a_new_place(town: Installation) -> None:
    before = town.build(row("E1", "第一公園"))
    assert town.build(row("E9", "第一公園", SAME_PLACE_M + 5)) != before


def test_a_name_that_two_places_had_near_by_is_a_guess_so_a_new_place(town: Installation) -> None:
    before = town.build(row("E1", "第一公園"), row("E2", "第一公園", 100))
    assert town.build(row("E9", "第一公園", 50))[0] not in before


def test_a_name_that_two_places_had_on_one_spot_is_a_guess_so_a_new_place(town: Installation) -> None:
    before = town.build(row("E1", "第一公園"), row("E2", "第一公園"))
    assert town.build(row("E9", "第一公園"))[0] not in before


def test_a_candidate_that_the_list_still_has_is_none(town: Installation) -> None:
    first, second = town.build(row("E1", "第一公園"), row("E2", "第一公園", 100))
    assert town.build(row("E9", "第一公園", 50), row("E1", "第一公園")) == [second, first]


@pytest.mark.parametrize("kinds", [("site", "shelter"), ("site", "premises")])
def test_a_site_is_never_taken_for_a_shelter_or_for_its_premises(town: Installation, kinds: tuple[str, str]) -> None:
    before = town.build(row("E1", "膳所小学校"), kind=kinds[0])
    assert town.build(row("E1", "膳所小学校"), kind=kinds[1]) != before


def test_the_same_identifier_of_another_publisher_is_another_place(town: Installation) -> None:
    before = town.build(row("1", "膳所小学校"))
    assert town.build(row("1", "石山公園", 900, scheme="municipal")) != before


# Ids that upstream uses again


def test_an_upstream_id_used_again_beside_its_old_place_is_a_new_place(town: Installation) -> None:
    [school] = town.build(row("E1", "膳所小学校"))
    assert town.build(row("E9", "膳所小学校")) == [school]
    again = [row("E1", "石山公園", 900), row("E9", "膳所小学校")]
    park, same = town.build(*again)
    assert same == school, "the newer of its two upstream ids is the one that counts"
    assert park != school
    assert town.build(*again) == [park, same]
    assert town.build(row("E1", "石山公園", 900)) == [park]


# Other installations


def test_two_installations_that_start_from_the_same_list_agree() -> None:
    rows = [row(f"E{n}", f"公園{n}", n * 500) for n in range(50)]
    shuffled = random.Random(1).sample(rows, len(rows))
    ids = dict(zip([r["value"] for r in rows], Installation().build(*rows), strict=True))
    others = dict(zip([r["value"] for r in shuffled], Installation().build(*shuffled), strict=True))
    assert ids == others


def test_the_kind_of_a_place_shows_in_its_id() -> None:
    for kind, prefix in (("premises", "p-"), ("site", "s-"), ("shelter", "h-")):
        [found] = Installation().build(row("E1", "膳所小学校"), kind=kind)
        assert found.startswith(prefix)


def test_the_memory_says_since_when_and_until_when_a_name_was_used(town: Installation) -> None:
    town.build(row("E1", "膳所小学校"))
    town.build(row("E9", "膳所小学校"))
    assert town.aliases is not None
    seen = town.aliases.set_index("value")[["first_seen_at", "last_seen_at"]]
    day = timedelta(days=1)
    assert list(seen.loc["E1"]) == [START + day, START + day]
    assert list(seen.loc["E9"]) == [START + 2 * day, START + 2 * day]


def test_names_are_compared_without_width_and_spaces() -> None:
    assert normal_name(" ＡＢＣ　第１ ") == normal_name("ABC第1")


def test_distances_are_right_to_one_in_a_hundred() -> None:
    assert metres(135.9, 35.0, 135.9, 35.01) == pytest.approx(1109, rel=0.01)
    assert metres(135.9, 35.0, 135.91, 35.0) == pytest.approx(912, rel=0.01)


one_list = st.lists(
    st.builds(
        row, st.sampled_from("abcdef"), st.sampled_from(["甲", "乙", "丙"]), st.sampled_from([0.0, 100.0, 400.0])
    ),
    max_size=6,
    unique_by=lambda entry: entry["value"],
)


@given(st.lists(one_list, min_size=1, max_size=7))
@settings(max_examples=150, deadline=None)
def test_no_id_is_ever_given_to_two_whatever_upstream_renames(lists: list[list[dict[str, Any]]]) -> None:
    town = Installation()
    for rows in lists:
        ids = town.build(*rows)
        assert len(set(ids)) == len(rows)
        assert town.build(*rows) == ids, "a second build of the same list changes nothing"
        assert town.aliases is not None
        aliases = town.aliases
        assert list(aliases.columns) == COLUMNS
        assert not aliases.duplicated(["entity_kind", "scheme", "value"]).any()
        holder = aliases[aliases["scheme"] == "gsi"].set_index("value")["entity_id"]
        assert [holder[entry["value"]] for entry in rows] == ids
