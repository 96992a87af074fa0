"""Pieces of the shelters page: filters, the table, the map, one premises in detail."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.analysis import suitability
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import districts as district_layer
from otsu_maps.maps.layers import premises as premises_layer
from otsu_maps.models import FACILITIES, HAZARDS, PLACE_KINDS, SHELTER, SITE
from otsu_maps.queries.places import SUITS, Narrow
from otsu_maps.ui import data, frame, url

TABLE, MAP, PLACE = "places_table", "places_map", "place"
HEIGHT, ROW = 560, 35  # pixels of the map, and of a row of the table
BESIDE = 3  # places of one premises in a row
EDGE = 0.005  # degrees round the shown points, about 500 m


def filters(lang: str) -> Narrow:
    """The row of filters; what was chosen stands in the address."""
    snapshot_id = data.snapshot().id
    hazard = url.pills(
        say("places.hazard", lang), "hazard", data.hazards(snapshot_id), lambda code: say(f"hazard.{code}", lang)
    )
    named = {district["district_id"]: _name(district, lang) for district in data.districts(snapshot_id)}
    everything = say("places.all", lang)
    suits = None
    with st.container(horizontal=True):
        if hazard:
            suits = url.choice(
                say("places.suits", lang), "suits", tuple(SUITS), lambda code: say(f"suits.{code}", lang), everything
            )
        district = url.choice(say("places.district", lang), "district", list(named), named.__getitem__, everything)
        kinds = (SITE, SHELTER, *PLACE_KINDS[1:])
        kind = url.choice(say("places.kind", lang), "kind", kinds, lambda code: say(f"kind.{code}", lang), everything)
        facilities = url.several(
            say("places.facilities_known", lang),
            "facility",
            FACILITIES,
            lambda code: say(f"facility.{code}", lang),
            say("places.any", lang),
        )
        text = url.text(say("places.search", lang), "q", say("places.search_hint", lang))
    return Narrow(district, hazard, suits, kind, facilities, text)


def summary(found: list[dict[str, Any]], narrow: Narrow, lang: str) -> None:
    """How many places these are, in one line."""
    sites = sum(place["place_kind"] == SITE for place in found)
    line = say("places.count", lang, sites=sites, shelters=len(found) - sites, premises=len(_by_premises(found)))
    if narrow.hazard:
        marks = [suitability.of_place(place, narrow.hazard) for place in found]
        numbers = {mark: marks.count(mark) for mark in ("yes", "no", "unknown")}
        line += "　" + say("places.count_suits", lang, hazard=say(f"hazard.{narrow.hazard}", lang), **numbers)
    st.markdown(line)


def table(found: list[dict[str, Any]], narrow: Narrow, lang: str) -> None:
    """The places as a table; a click on a row opens its premises. Unknown is written out."""
    ids = [place["place_id"] for place in found]
    st.session_state["places_shown"] = ids
    unknown = say("app.unknown", lang)
    rows = pd.DataFrame(
        {
            say("places.name", lang): [_name(place, lang) for place in found],
            say("places.suits_col", lang): [_suits(place, narrow.hazard, lang) for place in found],
            say("places.kind", lang): [_kind(place, lang) for place in found],
            say("places.district", lang): [place["district_name_ja"] or unknown for place in found],
            say("places.refuge", lang): pd.array([place["capacity_refuge_persons"] for place in found], dtype="Int64"),
            say("places.stay", lang): pd.array([place["capacity_stay_persons"] for place in found], dtype="Int64"),
            say("places.facilities", lang): [_facilities(place, lang) for place in found],
            say("places.address", lang): [place["address_ja"] or unknown for place in found],
        }
    )
    st.dataframe(
        rows,
        hide_index=True,
        height=min(HEIGHT, ROW * (len(found) + 1) + 3),
        key=TABLE,
        selection_mode="single-row",
        on_select=_picked_in_table,
        placeholder=unknown,
    )


def map_of(found: list[dict[str, Any]], narrow: Narrow, lang: str) -> None:
    """The premises on the map; a click opens one."""
    snapshot_id, theme = data.snapshot().id, frame.theme()
    points = [_point(places, narrow.hazard, lang) for places in _by_premises(found).values()]
    opened = data.premises(snapshot_id, url.get(PLACE) or "")
    named = [{**district, "name": _name(district, lang)} for district in data.districts(snapshot_id)]
    layers = district_layer.layers(named, theme, narrow.district_id)
    layers += premises_layer.layers(points, opened[0]["premises_id"] if opened else None)
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), _bounds(points, narrow), "{label}"),
        height=HEIGHT,
        key=MAP,
        selection_mode="single-object",
        on_select=_picked_on_map,
        alt=say("places.map_alt", lang, count=len(points)),
    )
    states = ("yes", "part", "unknown", "no") if narrow.hazard else ("site", "shelter", "both")
    frame.legend([(state, say(f"legend.{state}", lang)) for state in states])


def _bounds(points: list[dict[str, Any]], narrow: Narrow) -> tuple[float, float, float, float]:
    """The whole city, one district, or what a search leaves of it."""
    if narrow.text:
        lons, lats = [point["lon"] for point in points], [point["lat"] for point in points]
        return min(lons) - EDGE, min(lats) - EDGE, max(lons) + EDGE, max(lats) + EDGE
    return data.bounds(data.snapshot().id, narrow.district_id)


def detail(lang: str) -> None:
    """The premises that the address names, with all that stands on it."""
    wanted = url.get(PLACE)
    if not wanted:
        return
    places = data.premises(data.snapshot().id, wanted)
    if not places:
        st.warning(say("places.not_found", lang, id=wanted))
        return
    with st.container(border=True):
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.subheader(_title(places, lang))
        right.button(say("places.close", lang), on_click=_close, width="stretch")
        st.caption(say("places.several", lang, count=len(places)) if len(places) > 1 else say("places.one", lang))
        side_by_side(places, lang)


def side_by_side(places: list[dict[str, Any]], lang: str) -> None:
    """Sites and shelters as the register has them: designations, capacities, facilities. Unknown is written out."""
    for row in range(0, len(places), BESIDE):
        for column, place in zip(st.columns(BESIDE), places[row : row + BESIDE], strict=False):
            with column:
                _one(place, lang)


def _one(place: dict[str, Any], lang: str) -> None:
    unknown = say("app.unknown", lang)
    st.markdown(f"**{_name(place, lang)}**  \n{_kind(place, lang)}")
    marks = {hazard: suitability.of_place(place, hazard) for hazard in HAZARDS}
    if set(marks.values()) == {suitability.UNKNOWN}:
        st.warning(say("places.flags_unknown", lang))
    else:
        frame.legend([_badge(hazard, mark, lang) for hazard, mark in marks.items() if mark != suitability.NO])
        never = [say(f"hazard.{hazard}", lang) for hazard, mark in marks.items() if mark == suitability.NO]
        st.caption(say("places.not_for", lang, hazards="・".join(never)) if never else "")
    facts = {
        "places.opening": _opening(place, lang),
        "places.accepts": place["accepts_ja"],
        "places.refuge": _persons(place["capacity_refuge_persons"], lang),
        "places.stay": _persons(place["capacity_stay_persons"], lang),
        "places.capacity_text": place["capacity_text_ja"],
        "places.facilities": _facilities(place, lang),
        "places.toilets": None if place["toilet_count"] is None else str(place["toilet_count"]),
        "places.contact": place["contact"],
        "places.address": place["address_ja"],
        "places.warning_area": place["warning_area_name_ja"],
        "places.flags_text": place["flags_text_ja"],
        "places.note": place["note_ja"],
    }
    only_if_given = {"places.capacity_text", "places.accepts", "places.flags_text", "places.note"}
    lines = [
        f"{say(key, lang)}：{value or unknown}" for key, value in facts.items() if value or key not in only_if_given
    ]
    st.markdown("  \n".join(lines))
    st.caption(say("places.ids", lang, id=place["place_id"], upstream=place["upstream_id"]))


def _badge(hazard: str, mark: str, lang: str) -> tuple[str, str]:
    words = say(f"hazard.{hazard}", lang)
    return mark, words if mark == suitability.YES else f"{words} {say('app.unknown', lang)}"


def _point(places: list[dict[str, Any]], hazard: str | None, lang: str) -> dict[str, Any]:
    if hazard:
        state = suitability.of_premises(suitability.of_place(place, hazard) for place in places)
    else:
        kinds = {place["place_kind"] for place in places}
        state = kinds.pop() if len(kinds) == 1 else "both"
    first = places[0]
    label = f"{_title(places, lang)}\n{say(f'legend.{state}', lang)}"
    return {
        "premises_id": first["premises_id"],
        "lon": first["premises_lon"],
        "lat": first["premises_lat"],
        "state": state,
        "label": label,
    }


def _by_premises(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for place in found:
        grouped.setdefault(place["premises_id"], []).append(place)
    return grouped


def _title(places: list[dict[str, Any]], lang: str) -> str:
    name = str(places[0]["premises_name_ja"])
    return name if len(places) == 1 else say("places.and_others", lang, name=name, count=len(places) - 1)


def _name(thing: dict[str, Any], lang: str) -> str:
    return str((thing.get("name_en") if lang != "ja" else None) or thing["name_ja"])


def _kind(place: dict[str, Any], lang: str) -> str:
    kind = say(f"kind.{place['place_kind']}", lang)
    special = place["kind"] if place["kind"] in PLACE_KINDS[1:] else None
    return f"{kind}（{say(f'kind.{special}', lang)}）" if special else kind


def _suits(place: dict[str, Any], hazard: str | None, lang: str) -> str:
    if hazard:
        mark = suitability.of_place(place, hazard)
        return f"{palette.MARK[mark]} {say(f'suits.{mark}', lang)}"
    marks = {h: suitability.of_place(place, h) for h in HAZARDS}
    if suitability.UNKNOWN in marks.values() and suitability.YES not in marks.values():
        return f"{palette.MARK['unknown']} {say('suits.unknown', lang)}"
    return "・".join(say(f"hazard.{h}", lang) for h, mark in marks.items() if mark == suitability.YES)


def _facilities(place: dict[str, Any], lang: str) -> str:
    known = [f"{say(f'facility.{f}', lang)}{'○' if place[f] else '×'}" for f in FACILITIES if place[f] is not None]
    return " ".join(known) or say("app.unknown", lang)


def _persons(number: int | None, lang: str) -> str | None:
    return None if number is None else say("places.persons", lang, number=number)


def _opening(place: dict[str, Any], lang: str) -> str | None:
    needed = place["needs_opening"]
    return None if needed is None else say("places.opens" if needed else "places.always_open", lang)


def _picked_in_table() -> None:
    rows = st.session_state[TABLE].selection.rows
    shown = st.session_state.get("places_shown", [])
    url.put(PLACE, shown[rows[0]] if rows and rows[0] < len(shown) else None)


def _picked_on_map() -> None:
    objects = st.session_state[MAP].selection.objects.get(premises_layer.ID, [])
    url.put(PLACE, objects[0]["premises_id"] if objects else None)


def _close() -> None:
    url.put(PLACE, None)
