"""Tables made from tables: premises, sites and shelters from the registers; districts and warning areas of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd

from etl import lookup
from etl.identity import Memory, metres, normal_name
from otsu_maps import geo
from otsu_maps.config import City
from otsu_maps.models import FLAGS, SHELTER, SITE

SAME_FACILITY_M = 300.0
"""A row of a municipal list is the same facility as one of GSI's: same kind, same name, at most this far away."""

KNOWS_MORE = ("name_kana", "name_en", "capacity_persons", "capacity_text_ja", "elevation_m", "phone")
"""What a repeated row may add to the first one. Never a flag: designations come from one list alone."""

NEAREST_AREA_M = 1000.0
"""A point that falls just outside simplified warning areas takes the nearest; farther away its area is unknown."""

FACTS = (
    "capacity_refuge_persons",
    "capacity_stay_persons",
    "area_m2",
    "needs_opening",
    "kind",
    "is_wheelchair_ok",
    "toilet_count",
    "is_pet_ok",
    "has_power",
    "has_water",
    "contact",
)


@dataclass(frozen=True)
class Context:
    """What a derivation sees: the tables so far, the city, the aliases of the last snapshot, the time of the build.

    `covers_city` are the sources whose hazard map speaks for the whole city.
    """

    frames: Mapping[str, pd.DataFrame]
    city: City
    aliases: pd.DataFrame | None
    at: datetime
    covers_city: frozenset[str] = frozenset()


def register(context: Context) -> dict[str, pd.DataFrame]:
    """premises, site, shelter, place_fact and alias from register_entry and city_fact."""
    entries = _without_repeats(context.frames["register_entry"].reset_index(drop=True))
    memory = Memory(context.aliases, context.at)
    premises = _premises(entries, memory)
    entries["premises_id"] = entries.pop("premises_group").map(premises.set_index("premises_group")["premises_id"])
    entries = entries.rename(columns={"id_scheme": "scheme"}).assign(value=entries["upstream_id"])
    entries["district_id"] = _district(entries, context)
    entries["warning_area_code"] = _warning_area(entries, context)
    sites = _places(entries, SITE, memory)
    shelters = _places(entries, SHELTER, memory)
    return {
        "premises": premises,
        "site": sites,
        "shelter": _with_flags_of_sites(shelters, sites),
        "place_fact": _facts(pd.concat([sites, shelters]), context.frames["city_fact"]),
        "alias": memory.frame(),
    }


def _without_repeats(entries: pd.DataFrame) -> pd.DataFrame:
    """GSI's rows, and those municipal rows that GSI does not have; what a repeated row knows more goes to GSI's."""
    kept: list[dict[str, Any]] = []
    same_name: dict[tuple[str, str], list[dict[str, Any]]] = {}
    ordered = entries.sort_values("id_scheme", kind="stable")  # "gsi" before "municipal"
    for row in ordered.to_dict("records"):
        entry: dict[str, Any] = {str(column): value for column, value in row.items()}
        named = same_name.setdefault((entry["entry_kind"], normal_name(entry["name_ja"])), [])
        same = [other for other in named if _is_repeated(entry, other)]
        if len(same) == 1:
            same[0].update({column: entry[column] for column in KNOWS_MORE if pd.isna(same[0][column])})
        else:
            entry["premises_group"] = _group(entry)
            named.append(entry)
            kept.append(entry)
    return pd.DataFrame(kept, columns=[*entries.columns, "premises_group"])


def _is_repeated(entry: dict[str, Any], other: dict[str, Any]) -> bool:
    away_m = metres(entry["lon"], entry["lat"], other["lon"], other["lat"])
    return bool(entry["id_scheme"] != other["id_scheme"] and away_m <= SAME_FACILITY_M)


def _group(entry: dict[str, Any]) -> str:
    """Key of the premises: GSI's own, else one for each row of the list."""
    key = entry["premises_key"]
    return key if isinstance(key, str) else f"{entry['source_id']}|{entry['upstream_id']}"


def _premises(entries: pd.DataFrame, memory: Memory) -> pd.DataFrame:
    ordered = entries.assign(length=entries["name_ja"].str.len()).sort_values(["premises_group", "length", "name_ja"])
    premises = ordered.groupby("premises_group", as_index=False).first()
    premises = premises.rename(columns={"id_scheme": "scheme"}).assign(value=premises["premises_group"])
    return premises.assign(premises_id=memory.resolve("premises", premises))


def _places(entries: pd.DataFrame, kind: str, memory: Memory) -> pd.DataFrame:
    places = entries[entries["entry_kind"] == kind].reset_index(drop=True)
    return places.assign(**{f"{kind}_id": memory.resolve(kind, places)})


def _with_flags_of_sites(shelters: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """A shelter takes the flags of the one site of the same name on its premises; else its suitability is unknown."""
    key = ["premises_id", "same_name"]
    named = sites.assign(same_name=sites["name_ja"].map(normal_name)).rename(columns={"site_id": "flags_site_id"})
    taken = named.drop_duplicates(key, keep=False)[[*key, "flags_site_id", "flags_text_ja", *FLAGS]]
    own = shelters.drop(columns=["flags_text_ja", *FLAGS])
    return own.assign(same_name=own["name_ja"].map(normal_name)).merge(taken, on=key, how="left")


def _facts(places: pd.DataFrame, city_fact: pd.DataFrame) -> pd.DataFrame:
    """The sheet of the city, else its open data, whose one capacity is refuge at a site and stay at a shelter."""
    is_site = places["entry_kind"] == SITE
    own = pd.DataFrame(
        {
            "place_id": places["site_id"].where(is_site, places["shelter_id"]),
            "common_id": places["upstream_id"],
            "capacity_refuge_persons": places["capacity_persons"].where(is_site, None),
            "capacity_stay_persons": places["capacity_persons"].where(~is_site, None),
            "contact": places["phone"],
            "capacity_text_ja": places["capacity_text_ja"],
            "elevation_m": places["elevation_m"],
        }
    )
    sheet = city_fact[["common_id", *FACTS]]
    text = {"common_id": object}  # an empty column has a type of its own, on which nothing can be joined
    facts = own.astype(text).merge(sheet.astype(text), on="common_id", how="left", suffixes=("_own", ""))
    for column in ("capacity_refuge_persons", "capacity_stay_persons", "contact"):
        facts[column] = facts[column].where(facts[column].notna(), facts[f"{column}_own"])
    known = facts.drop(columns=["place_id", "common_id"]).notna().any(axis=1)
    return facts[known]


def _district(entries: pd.DataFrame, context: Context) -> pd.Series:
    return lookup.inside(entries["lon"], entries["lat"], context.frames["district"], "district_id")


def _warning_area(entries: pd.DataFrame, context: Context) -> pd.Series:
    """What the city says, else the area that holds the point, else the nearest one."""
    areas = context.frames["warning_area"]
    held = lookup.inside(entries["lon"], entries["lat"], areas, "area_code")
    if len(areas) and held.isna().any():
        near = gpd.sjoin_nearest(
            geo.in_metres(lookup.points(entries["lon"], entries["lat"]), context.city.plane_epsg),
            geo.in_metres(lookup.shapes(areas), context.city.plane_epsg),
            max_distance=NEAREST_AREA_M,
        )
        held = held.where(held.notna(), near[~near.index.duplicated()]["area_code"])
    said = context.frames["city_fact"].set_index("common_id")["warning_area_code"]
    declared = entries["upstream_id"].map(said[~said.index.duplicated()])
    found = declared.where(declared.notna(), held)
    return found.astype(object).where(found.notna(), None)
