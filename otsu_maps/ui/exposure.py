"""Pieces about people in zones: how many live there by district, and whether the valid places hold them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import capacity, exposure
from otsu_maps.analysis.capacity import Capacity
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.i18n import say
from otsu_maps.ledger.events import written
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import areas as area_layer
from otsu_maps.queries import exposure as exposure_of
from otsu_maps.ui import data, frame, now

CLASSES = (0.0, 0.05, 0.15, 0.3, 0.5)
"""Lower bounds of the classes of a share of people."""

HEIGHT, ROW = 520, 35


def show(hazard: str, scale: str | None, lang: str) -> None:
    """Table and map for one hazard map."""
    snapshot_id = data.snapshot().id
    exposed = _exposed(snapshot_id, hazard, scale)
    if exposed is None:
        st.info(say("exposure.no_people", lang))
        return
    if data.card(snapshot_id)["is_demo"]:
        st.warning(say("exposure.synthetic", lang), icon="⚠️")
    held = room_against(hazard)
    missing = exposure.shortfall(exposed, {where: each.persons for where, each in held.items()})
    left, right = st.columns([3, 2])
    with left:
        _table(exposed, missing, held, lang)
    with right:
        _map(exposed, lang)
    st.caption(say("exposure.method", lang))


def room_against(hazard: str) -> dict[str | None, Capacity]:
    """Room of what would be valid if this hazard alone came, everywhere, and all were open."""
    at = clock.now()
    declared = {"hazard": hazard, "area": None, "is_on": True, "since": written(at)}
    places = data.judged_places(data.snapshot().id)
    opened = {"status": "open", "building": "checked", "since": written(at)}
    found = Situation(at, hazards=(declared,), shelters={row["place_id"]: opened for row in places}, is_heard=True)
    return capacity.by_district(places, now.records(found, Rules.of()))


def _table(exposed: pd.DataFrame, missing: pd.DataFrame, held: dict[str | None, Capacity], lang: str) -> None:
    unknown = say("app.unknown", lang)
    order = exposed.sort_values(["row", "inside_persons"], ascending=[True, False]).index
    rows, lacks = exposed.loc[order], missing.loc[order]
    columns = {
        say("places.district", lang): [_name(row, lang) for row in rows.to_dict("records")],
        say("exposure.people", lang): [_whole(value, unknown) for value in rows["population_persons"]],
        say("exposure.inside", lang): [_whole(value, unknown) for value in rows["inside_persons"]],
        say("exposure.capacity", lang): [_whole(value, unknown) for value in lacks["capacity_persons"]],
        say("exposure.short", lang): [_whole(value, unknown) for value in lacks["shortfall_persons"]],
        say("exposure.uncovered", lang): [_whole(value, unknown) for value in rows["uncovered_persons"]],
        say("exposure.unknown_room", lang): [_unknown_rooms(row, held) for row in rows.to_dict("records")],
    }
    for step in exposure.steps(exposed):
        columns[_step(step, lang)] = [_whole(value, unknown) for value in rows[f"{step}_persons"]]
    st.dataframe(pd.DataFrame(columns), hide_index=True, height=min(HEIGHT, ROW * (len(rows) + 1) + 3))


def _map(exposed: pd.DataFrame, lang: str) -> None:
    snapshot_id = data.snapshot().id
    drawn = exposure.drawable(exposed, _districts(snapshot_id))
    shapes = [{"geom": each["geom"], "step": _class(each), "label": _label(each, lang)} for each in drawn]
    st.pydeck_chart(
        deck.deck(
            area_layer.layers(shapes, frame.theme()),
            data.base_map(snapshot_id, frame.theme()),
            data.bounds(snapshot_id),
            "{label}",
        ),
        height=HEIGHT,
        key="exposure_map",
        alt=say("exposure.map_alt", lang, count=len(shapes)),
    )
    bounds = zip(CLASSES, (*CLASSES[1:], 1.0), strict=True)
    swatches = [
        (palette.crowd(step, frame.theme()), say("exposure.class", lang, low=f"{low:.0%}", high=f"{high:.0%}"))
        for step, (low, high) in enumerate(bounds)
    ]
    frame.swatches([*swatches, (palette.DEPTH_UNKNOWN, say("app.unknown", lang))])


def _class(each: dict[str, Any]) -> int | None:
    """The class of a share; None where nobody lives or knows, or the map speaks of less than half of the people."""
    if each["inside_share"] is None or (each["uncovered_share"] or 0.0) > 0.5:
        return None
    return max(step for step, low in enumerate(CLASSES) if each["inside_share"] >= low)


def _label(each: dict[str, Any], lang: str) -> str:
    unknown = say("app.unknown", lang)
    name = each["name_ja"] if lang == "ja" else each["name_en"] or each["name_ja"]
    about = {key: _whole(each[f"{key}_persons"], unknown) for key in ("population", "inside", "uncovered")}
    return f"{name}\n" + say("exposure.label", lang, **about)


def _step(step: str, lang: str) -> str:
    if step == "depth_unknown":
        return say("hazards.depth_unknown", lang)
    return say(f"depth.{step}" if step.startswith("step_") else f"zone.{step}", lang)


def _name(row: Mapping[Any, Any], lang: str) -> str:
    if row["row"] == exposure.DISTRICT:
        return str(row["name_ja"] if lang == "ja" else row["name_en"] or row["name_ja"])
    return say("exposure.city" if row["row"] == exposure.CITY else "exposure.no_district", lang)


def _unknown_rooms(row: Mapping[Any, Any], held: dict[str | None, Capacity]) -> int:
    if row["row"] == exposure.CITY:
        return sum(each.unknown_premises for each in held.values())
    where = row["district_id"] if row["row"] == exposure.DISTRICT else None
    return held[where].unknown_premises if where in held else 0


def _whole(value: Any, unknown: str) -> str:
    return unknown if value is None or pd.isna(value) else f"{value:,.0f}"


@st.cache_data(max_entries=16, show_spinner=False)
def _districts(snapshot_id: str) -> pd.DataFrame:
    return exposure_of.districts(data.snapshot())


@st.cache_data(max_entries=16, show_spinner=False)
def _exposed(snapshot_id: str, hazard: str, scale: str | None) -> pd.DataFrame | None:
    held, people = data.snapshot(), data.residents(snapshot_id)
    if people is None:
        return None
    return exposure.exposure(people, exposure_of.zones(held, hazard, scale), exposure_of.coverage(held, hazard, scale))
