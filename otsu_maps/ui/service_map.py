"""The map of zones, lines and stops in a disaster."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from otsu_maps.analysis import depth
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import disrupted, points, premises
from otsu_maps.maps.layers import zones as zone_layer
from otsu_maps.transit.disaster import INSIDE
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.transit.timetable import Flags
from otsu_maps.ui import data, frame, service_words, timetables
from otsu_maps.ui.now import View
from otsu_maps.ui.service_zones import Crossed

HEIGHT = 560
ON_ZONES = 90
"""Zones are the ground here: lines and stops have to be seen on them."""

STOP_INSIDE, STOP_OFF = "inside", "no"
"""How stops are drawn (palette.MARK)."""


def show(held: View, found: Crossed, out: TakenOut, lang: str) -> None:
    """Zones below, lines over them, stops on top; the legend says each by colour, shape and word."""
    theme = frame.theme()
    drawn, about = held.once(("service_map", theme, lang), lambda: _drawn(found, out, theme, lang))
    st.pydeck_chart(drawn, height=HEIGHT, key="service_map", alt=say("service.map_alt", lang, **about))
    is_off = bool(out.routes.any())
    crossing = [(palette.LINE, say("service.legend_crossing", lang))] if found.zones else []
    gone = [(palette.GREY, say("service.legend_off", lang))] if is_off else []
    frame.swatches([*crossing, (palette.LINE, say("service.legend_line", lang)), *gone, *_zone_swatches(found, lang)])
    marks = [(STOP_INSIDE, say("service.legend_inside", lang))] if about["stops"] else []
    marks += [(STOP_OFF, say("service.legend_stop_off", lang))] if about["off"] else []
    frame.legend(marks)


def _drawn(found: Crossed, out: TakenOut, theme: str, lang: str) -> tuple[deck.Drawn, dict[str, int]]:
    snapshot_id = data.snapshot().id
    lines, touched = _lines(snapshot_id, found, out, lang)
    marked, plain = _stops(snapshot_id, found, out, lang)
    layers = [
        *zone_layer.layers(_zones(snapshot_id, found, lang), opacity=ON_ZONES),
        *disrupted.layers(lines),
        *points.layers("stops", plain, palette.STOP, radius_m=20, pixels=2),
        *premises.layers(marked),
    ]
    made = deck.deck(layers, data.base_map(snapshot_id, theme), data.bounds(snapshot_id), "{label}")
    about = {
        "lines": touched,
        "stops": sum(point["state"] == STOP_INSIDE for point in marked),
        "off": sum(point["state"] == STOP_OFF for point in marked),
    }
    return deck.Drawn(made), about


def _zones(snapshot_id: str, found: Crossed, lang: str) -> list[dict[str, Any]]:
    """Of each hazard that counts the gravest of its maps: the others lie inside it."""
    maps = [each for each in data.hazard_maps(snapshot_id) if each["hazard"] in found.hazards]
    drawn = []
    for hazard in dict.fromkeys(each["hazard"] for each in maps):
        scales = [each["scale"] for each in maps if each["hazard"] == hazard]
        scale = "maximum" if "maximum" in scales else scales[0]
        drawn += [
            {
                "geom": zone["geom"],
                "zone_class": zone["zone_class"],
                "depth_step": depth.step(zone["depth_min_m"], zone["depth_max_m"]),
                "label": say(f"hazard.{hazard}", lang),
            }
            for zone in data.hazard_zones(snapshot_id, hazard, scale)
        ]
    return drawn


def _lines(snapshot_id: str, found: Crossed, out: TakenOut, lang: str) -> tuple[list[dict[str, Any]], int]:
    names, touched = service_words.line_names(snapshot_id, lang), set(found.lines)
    gone = set(timetables.timetable(snapshot_id).routes["route_id"][out.routes])
    colours = {route["route_id"]: route["color"] for route in data.routes(snapshot_id)}
    drawn = []
    for way in data.route_lines(snapshot_id):
        key = way["route_id"]
        state = disrupted.OFF if key in gone else disrupted.CROSSING if key in touched else disrupted.OTHER
        word = {
            disrupted.OFF: say("service.state_stopped", lang),
            disrupted.CROSSING: say("service.legend_crossing", lang),
        }
        label = "\n".join(part for part in (names.get(key, key), word.get(state)) if part)
        drawn.append({"geom": way["geom"], "state": state, "color": colours.get(key), "label": label})
    return drawn, len(touched)


def _stops(
    snapshot_id: str, found: Crossed, out: TakenOut, lang: str
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Stops inside or out of service with their mark, and the others as plain points."""
    held = timetables.timetable(snapshot_id)
    names, is_off = service_words.stop_names(snapshot_id, lang), stops_off(snapshot_id, out)
    rows = held.stops[["stop_id", "lon", "lat"]]
    marked, plain = [], []
    for at in np.unique(held.calls.stop):
        key, lon, lat = rows.iloc[int(at)]
        if np.isnan(lon):
            continue
        is_inside = found.where[at] == INSIDE
        words = [names.get(key, str(key))]
        words += [say("service.legend_stop_off", lang)] if is_off[at] else []
        words += [say("service.legend_inside", lang)] if is_inside else []
        point = {"lon": lon, "lat": lat, "label": "\n".join(words)}
        if is_off[at] or is_inside:
            marked.append({**point, "premises_id": str(key), "state": STOP_OFF if is_off[at] else STOP_INSIDE})
        else:
            plain.append(point)
    return marked, plain


def stops_off(snapshot_id: str, out: TakenOut) -> Flags:
    """Stops at which nothing is left: they are out of service themselves, or all that calls there is."""
    calls = timetables.timetable(snapshot_id).calls
    runs = np.bincount(calls.stop, ~out.calls, minlength=len(out.stops))
    calling = np.bincount(calls.stop, minlength=len(out.stops))
    gone: Flags = out.stops | ((calling > 0) & (runs == 0))
    return gone


def _zone_swatches(found: Crossed, lang: str) -> list[tuple[palette.RGB, str]]:
    mapped = dict.fromkeys(zone.hazard for zone in found.zones)
    colours = {"landslide": palette.ZONE_CLASS["warning"]}
    return [(colours.get(hazard, palette.DEPTH[2]), say(f"hazard.{hazard}", lang)) for hazard in mapped]
