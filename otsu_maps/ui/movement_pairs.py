"""Trips between zones: the largest pairs as arcs and as a table that holds the same, of all or of one zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from otsu_maps.analysis import movement_views
from otsu_maps.analysis.movement_views import Pairs
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import arcs, districts, points
from otsu_maps.ui import data, frame, movement_files, movement_keep, url
from otsu_maps.ui import movement_data as held

TOP = ("5", "10", "20", "50", "100")
ALL, NONE = "all", "none"


class _Asked(NamedTuple):
    """Zones of a kind on a kind of day, an hour of departure (ALL, NONE: pairs without hours), one zone or None."""

    zones: str
    day_type: str
    hour: str
    zone: str | None


def show(lang: str) -> None:
    """The pairs."""
    snapshot_id = data.snapshot().id
    kinds = held.kinds(snapshot_id)
    if not kinds:
        st.warning(say("movement.no_trips", lang))
        return
    asked, trips = _ask(snapshot_id, kinds, lang)
    places = held.places(snapshot_id, asked.zones, tuple(sorted(_zones_of(trips))))
    if not trips:
        st.warning(say("movement.no_pairs", lang))
    elif not places:
        st.info(say("movement.no_places", lang))
    _arcs(trips, places, asked, lang)
    table = pd.DataFrame(trips, columns=["origin", "destination", "trips", "has_hours"])
    table.insert(0, "hour", asked.hour)
    table.insert(0, "day_type", asked.day_type)
    movement_files.offer("trips", table, lang, lambda: movement_files.arcs(table, places, lang))
    _notes(snapshot_id, asked, lang)
    if asked.zone:
        movement_keep.keep_trips(trips, asked.zone, asked.day_type, _hour(asked.hour, lang), lang)


def _ask(snapshot_id: str, kinds: Sequence[Mapping[str, Any]], lang: str) -> tuple[_Asked, Sequence[Mapping[str, Any]]]:
    with st.container(horizontal=True):
        of = held.pick_zones(kinds, lang)
        types = [kind["day_type"] for kind in kinds if kind["zones"] == of]
        default = "weekday" if "weekday" in types else types[0]
        day_type = url.one_of(say("flow.day", lang), "day_type", types, lambda code: say(f"day.{code}", lang), default)
        hours = next(kind["hours"] for kind in kinds if kind["zones"] == of and kind["day_type"] == day_type)
        codes = [NONE if hour is None else str(hour) for hour in hours]
        hour = held.pick(say("movement.at", lang), "at", [ALL, *codes], lambda code: _hour(code, lang), ALL)
        trips = held.trips(snapshot_id, of, day_type, hour)
        names = held.zone_names(snapshot_id, lang)
        used = sorted(_zones_of(held.trips(snapshot_id, of, day_type, ALL)))
        zone = url.choice(
            say("movement.zone", lang),
            "zone",
            used,
            lambda code: names.get(code, code),
            say("movement.every_zone", lang),
            is_long=True,
        )
    return _Asked(of, day_type, hour, zone), trips


def _zones_of(trips: Sequence[Mapping[str, Any]]) -> set[str]:
    return {row[end] for row in trips for end in ("origin", "destination")}


@st.fragment
def _arcs(trips: Sequence[Mapping[str, Any]], places: dict[str, tuple[float, float]], asked: _Asked, lang: str) -> None:
    """Slider, map and table: only this part of the page is drawn again when the slider moves."""
    names = held.zone_names(data.snapshot().id, lang)
    top = int(url.slide(say("movement.top", lang), "top", TOP, lambda code: code, "20"))
    found = movement_views.pairs(trips, places or _zones_of(trips), top, asked.zone)
    if asked.zone:
        into, out = movement_views.into_and_out_of(trips, asked.zone)
        about = {"name": names.get(asked.zone, asked.zone), "into": into, "out": out, "within": found.within}
        st.markdown(f"#### {say('movement.into_and_out', lang, **about)}")
    left, right = st.columns([3, 2]) if places else (None, st.container())
    if left is not None:
        with left:
            _map(found, places, names, asked, lang)
    with right:
        words = "movement.pairs" if places else "movement.pairs_alone"
        st.markdown(say(words, lang, count=len(found.drawn), left=found.left))
        columns = {
            say("movement.from", lang): [names.get(row["origin"], row["origin"]) for row in found.drawn],
            say("movement.to", lang): [names.get(row["destination"], row["destination"]) for row in found.drawn],
            say("movement.trips", lang): [f"{row['trips']:,.0f}" for row in found.drawn],
            say("movement.at", lang): [_hours_of(row, asked.hour, lang) for row in found.drawn],
        }
        held.table(columns, "pairs_table")
        st.caption(say("movement.not_drawn", lang, within=found.within, unplaced=found.unplaced))


def _map(
    found: Pairs, places: Mapping[str, tuple[float, float]], names: Mapping[str, str], asked: _Asked, lang: str
) -> None:
    snapshot_id, theme = data.snapshot().id, frame.theme()
    drawn = [
        {
            "source": places[row["origin"]],
            "target": places[row["destination"]],
            "trips": row["trips"],
            "label": say(
                "movement.arc",
                lang,
                origin=names.get(row["origin"], row["origin"]),
                destination=names.get(row["destination"], row["destination"]),
                trips=row["trips"],
                hour=_hours_of(row, asked.hour, lang),
            ),
        }
        for row in found.drawn
    ]
    outlines = [each | {"name": names[each["district_id"]]} for each in held.districts()]
    here = [
        {"lon": lon, "lat": lat, "label": names.get(zone, zone)}
        for zone, (lon, lat) in places.items()
        if zone == asked.zone
    ]
    layers = [
        *districts.layers(outlines, theme, asked.zone),
        *points.layers("here", here, palette.RED, radius_m=120, pixels=6),
        *arcs.layers(drawn, theme),
    ]
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), data.bounds(snapshot_id), "{label}"),
        height=held.HEIGHT,
        key="pairs_map",
        alt=say("movement.pairs_alt", lang, count=len(drawn)),
    )
    frame.swatches(
        [(palette.TRIP_FROM, say("movement.from", lang)), (palette.TRIP_TO[theme], say("movement.to", lang))]
    )
    st.caption(say("movement.arcs_are", lang))


def _notes(snapshot_id: str, asked: _Asked, lang: str) -> None:
    without = len(held.trips(snapshot_id, asked.zones, asked.day_type, NONE))
    if without and asked.hour not in (ALL, NONE):
        st.caption(say("movement.without_hour", lang, count=without))
    st.caption(say("movement.trips_are", lang))
    held.withheld(lang)


def _hour(code: str, lang: str) -> str:
    if code == ALL:
        return say("movement.all_hours", lang)
    return say("movement.no_time", lang) if code == NONE else held.clock_of(code)


def _hours_of(row: Mapping[str, Any], hour: str, lang: str) -> str:
    if not row["has_hours"]:
        return say("movement.no_time", lang)
    return say("movement.hours_together", lang) if hour == ALL else held.clock_of(hour)
