"""The real sites of Otsu against real dangers: those designated for 内水氾濫 but not for 洪水 tell the two apart."""

from __future__ import annotations

from typing import Any

import pytest
from jma_samples import river, warnings
from real import REAL, needs_real
from telling import AREAS, CITY, RULES, Told, declared, ended, heard, row, situation

from otsu_maps.analysis import offer
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.formats import gsi_shelters
from otsu_maps.formats.reading import Payload
from otsu_maps.models import FLAGS
from otsu_maps.reasons import Reason

pytestmark = needs_real

RIVER = heard(1, river("41", "氾濫危険警報", [CITY]))
INLAND = declared(1, "inland_flood")
RAIN = heard(1, warnings("VPWW55", [("43", "", "発表")], [("43", "", "発表")]))


@pytest.fixture(scope="module")
def sites() -> list[dict[str, Any]]:
    """Rows as of the snapshot, of sites that stand open at any time."""
    path = REAL / "shelters" / "gsi_geojson" / "252018_otsu_emergency.geojson"
    read = gsi_shelters.read(Payload(path.name, path.read_bytes()), "25201").frame.to_dict("records")
    return [
        row(
            each["upstream_id"],
            place_kind="site",
            name_ja=each["name_ja"],
            lon=each["lon"],
            lat=each["lat"],
            needs_opening=False,
            **{flag: bool(each[flag]) for flag in FLAGS},
        )
        for each in read
    ]


def records(sites: list[dict[str, Any]], *story: Told) -> dict[str, PlaceStatus]:
    found = offer.statuses(sites, [], situation(*story), RULES, AREAS)
    return {record.place_id: record for record in found}


def only_inland(sites: list[dict[str, Any]]) -> set[str]:
    return {site["place_id"] for site in sites if site["is_for_inland_flood"] and not site["is_for_flood"]}


def test_twelve_sites_stand_flooding_from_inland_and_not_from_a_river(sites: list[dict[str, Any]]) -> None:
    twelve = only_inland(sites)
    assert (len(sites), len(twelve)) == (341, 12)
    by_river, by_inland, by_rain = (records(sites, story) for story in (RIVER, INLAND, RAIN))
    against = (Reason("validity_not_designated", {"hazard": "flood"}),)
    for place_id in twelve:
        assert (by_river[place_id].validity, by_river[place_id].reasons) == ("invalid", against)
        assert (by_inland[place_id].validity, by_inland[place_id].is_offered) == ("valid", True)
        assert (by_rain[place_id].validity, by_rain[place_id].is_offered) == ("invalid", False)


def test_every_site_is_judged_by_its_flag_alone(sites: list[dict[str, Any]]) -> None:
    for story, flag, count in ((RIVER, "is_for_flood", 310), (INLAND, "is_for_inland_flood", 261)):
        fit = {place_id for place_id, record in records(sites, story).items() if record.is_offered}
        assert fit == {site["place_id"] for site in sites if site[flag]} and len(fit) == count


def test_levelled_rain_leaves_those_that_stand_both(sites: list[dict[str, Any]]) -> None:
    fit = {place_id for place_id, record in records(sites, RAIN).items() if record.is_offered}
    assert fit == {site["place_id"] for site in sites if site["is_for_flood"] and site["is_for_inland_flood"]}
    assert len(fit) == 261 - 12


def test_once_the_river_falls_the_twelve_stay_unfit_until_headquarters_says_that_it_is_over(
    sites: list[dict[str, Any]],
) -> None:
    over = heard(5, river("10", "", [CITY]))
    twelve = only_inland(sites)
    still = records(sites, RIVER, over)
    done = records(sites, RIVER, over, ended(6, "flood"))
    assert {still[place_id].validity for place_id in twelve} == {"invalid"}
    assert {done[place_id].validity for place_id in twelve} == {"valid"}
