"""Sites and shelters: the list that filters narrow, and one place whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from otsu_maps.db.reader import Snapshot
from otsu_maps.models import FACILITIES, HAZARDS, PLACE_KINDS, SHELTER, SITE

SUITS = {"yes": "IS TRUE", "no": "IS FALSE", "unknown": "IS NULL"}

_COLUMNS = """
    SELECT place.*, premises.name_ja AS premises_name_ja, premises.lon AS premises_lon, premises.lat AS premises_lat,
           district.name_ja AS district_name_ja, district.name_en AS district_name_en,
           warning_area.name_ja AS warning_area_name_ja
    FROM place
    JOIN premises USING (premises_id)
    LEFT JOIN district ON district.district_id = place.district_id
    LEFT JOIN warning_area ON warning_area.area_code = place.warning_area_code
"""


@dataclass(frozen=True)
class Narrow:
    """What a person asks for. None or empty: no limit. Values outside the known ones are refused (KeyError)."""

    district_id: str | None = None
    hazard: str | None = None
    suits: str | None = None
    place_kind: str | None = None
    facilities: tuple[str, ...] = ()
    text: str = ""


def places(snapshot: Snapshot, narrow: Narrow = Narrow()) -> list[dict[str, Any]]:
    """Sites and shelters by district, premises and kind: view `place` with the names of premises, district and area.

    `suits` counts for `hazard` only. Unknown (NULL) facts never pass a facility filter.
    """
    where, params = _where(narrow)
    order = "ORDER BY place.district_id NULLS LAST, premises_name_ja, premises_id, place_kind DESC, name_ja, place_id"
    return snapshot.rows(f"{_COLUMNS} WHERE {' AND '.join(where)} {order}", params)


def of_premises(snapshot: Snapshot, any_id: str) -> list[dict[str, Any]]:
    """Everything on one premises, found by its id, by that of a site or shelter, or by any upstream id they ever had.

    Empty where nobody knows the id.
    """
    wanted = """
        SELECT premises_id FROM place WHERE ? IN (premises_id, place_id, upstream_id)
        UNION SELECT premises_id FROM alias JOIN place ON entity_id IN (place_id, premises_id)
        WHERE scheme <> 'name' AND value = ?
    """
    return snapshot.rows(
        f"{_COLUMNS} WHERE place.premises_id IN ({wanted}) ORDER BY place_kind DESC, name_ja", [any_id, any_id]
    )


def count(snapshot: Snapshot) -> dict[str, int]:
    """How many premises, sites and shelters, and how many shelters take the flags of a site."""
    return snapshot.rows(
        """
        SELECT (SELECT count(*) FROM premises) AS premises, (SELECT count(*) FROM site) AS sites,
               (SELECT count(*) FROM shelter) AS shelters,
               (SELECT count(flags_site_id) FROM shelter) AS shelters_with_flags
        """
    )[0]


def hazards_in_use(snapshot: Snapshot) -> list[str]:
    """Hazards for which at least one place is designated, in the order of the law: no filter that finds nothing."""
    used = snapshot.rows(
        "SELECT " + ", ".join(f"bool_or(is_for_{hazard}) AS {hazard}" for hazard in HAZARDS) + " FROM place"
    )
    return [hazard for hazard in HAZARDS if used[0][hazard]]


def _where(narrow: Narrow) -> tuple[list[str], list[Any]]:
    where, params = ["TRUE"], []
    if narrow.district_id:
        where.append("place.district_id = ?")
        params.append(narrow.district_id)
    if narrow.hazard and narrow.suits:
        where.append(f"is_for_{HAZARDS[HAZARDS.index(narrow.hazard)]} {SUITS[narrow.suits]}")
    if narrow.place_kind in (SITE, SHELTER):
        where.append("place_kind = ?")
        params.append(narrow.place_kind)
    elif narrow.place_kind:
        where.append("place.kind = ?")
        params.append(PLACE_KINDS[PLACE_KINDS.index(narrow.place_kind)])
    where += [f"{FACILITIES[FACILITIES.index(facility)]} IS TRUE" for facility in narrow.facilities]
    for word in narrow.text.split():
        where.append("concat_ws(' ', place.name_ja, name_kana, place.name_en, address_ja) ILIKE '%' || ? || '%'")
        params.append(word)
    return where, params
