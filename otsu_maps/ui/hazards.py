"""Pieces of the hazards page: which map, the zones with their coverage, the places inside."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps.analysis import depth, suitability
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import premises as premises_layer
from otsu_maps.maps.layers import zones as zone_layer
from otsu_maps.ui import data, frame, url

HEIGHT, ROW = 560, 35
STATES = ("inside", "unknown", "outside")
MARK = {"inside": "inside", "unknown": "uncovered", "outside": "outside"}
"""How a place is drawn."""


def choose(lang: str) -> tuple[str, str | None] | None:
    """The map that a person asks for: hazard and scale; None where there is no hazard map at all."""
    found = data.hazard_maps(data.snapshot().id)
    hazards = list(dict.fromkeys(row["hazard"] for row in found))
    if not hazards:
        st.warning(say("hazards.none", lang))
        return None
    hazard = url.one_of(
        say("hazards.which", lang), "hazard", hazards, lambda code: say(f"hazard.{code}", lang), hazards[0]
    )
    scales = [row["scale"] for row in found if row["hazard"] == hazard and row["scale"]]
    if len(scales) < 2:
        return hazard, scales[0] if scales else None
    gravest = "maximum" if "maximum" in scales else scales[0]
    return hazard, url.one_of(
        say("hazards.scale", lang), "scale", scales, lambda code: say(f"scale.{code}", lang), gravest
    )


def explain(hazard: str, scale: str | None, lang: str) -> None:
    """What the map shows, what it does not, and where it speaks."""
    bases = {row["basis"] for row in data.hazard_coverage(data.snapshot().id, hazard, scale)}
    covers = say("hazards.covers_city" if bases == {"city"} else "hazards.covers_zones", lang)
    st.markdown(f"**{name_of(hazard, scale, lang)}**　{covers}")


def name_of(hazard: str, scale: str | None, lang: str) -> str:
    """What a hazard map is called."""
    return say(f"hazard.{hazard}", lang) + (f"　{say(f'scale.{scale}', lang)}" if scale else "")


def map_of(hazard: str, scale: str | None, places: list[dict[str, Any]], lang: str) -> None:
    """Zones, coverage and places."""
    snapshot_id, theme = data.snapshot().id, frame.theme()
    drawn = [
        {
            "geom": zone["geom"],
            "zone_class": zone["zone_class"],
            "depth_step": depth.step(zone["depth_min_m"], zone["depth_max_m"]),
            "label": _zone_label(zone, lang),
        }
        for zone in data.hazard_zones(snapshot_id, hazard, scale)
    ]
    covered = [row["geom"] for row in data.hazard_coverage(snapshot_id, hazard, scale)]
    points = [
        {
            "premises_id": place["place_id"],
            "lon": place["lon"],
            "lat": place["lat"],
            "state": MARK[place["state"]],
            "label": f"{place['name_ja']}\n{_where(place, lang)}",
        }
        for place in places
    ]
    layers = [*zone_layer.layers(drawn, covered), *premises_layer.layers(points)]
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), data.bounds(snapshot_id), "{label}"),
        height=HEIGHT,
        key="hazard_map",
        alt=say("hazards.map_alt", lang, zones=len(drawn), places=len(points)),
    )
    _legend(drawn, lang)


def table(hazard: str, places: list[dict[str, Any]], lang: str) -> None:
    """Places with where they lie; a designation that the map contradicts is marked."""
    counts = {state: sum(place["state"] == state for place in places) for state in STATES}
    st.markdown(say("hazards.count", lang, **counts))
    unknown = say("app.unknown", lang)
    rows = {
        say("places.name", lang): [place["name_ja"] for place in places],
        say("hazards.where", lang): [_where(place, lang) for place in places],
        say("hazards.designated", lang): [_designated(place, hazard, lang) for place in places],
        say("places.kind", lang): [say(f"kind.{place['place_kind']}", lang) for place in places],
        say("places.district", lang): [place["district_name_ja"] or unknown for place in places],
    }
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=min(HEIGHT, ROW * (len(places) + 1) + 3))
    st.caption(say("hazards.contradiction", lang))


def _where(place: dict[str, Any], lang: str) -> str:
    words = say(f"hazards.{place['state']}", lang)
    if place["state"] != "inside":
        return words
    about = say(f"zone.{place['zone_class']}", lang) if place["zone_class"] else _depth(place, lang)
    return f"⚠ {words}：{about}"


def _designated(place: dict[str, Any], hazard: str, lang: str) -> str:
    mark = suitability.of_place(place, hazard)
    words = f"{palette.MARK[mark]} {say(f'suits.{mark}', lang)}"
    return f"⚠ {words}" if mark == suitability.YES and place["state"] == "inside" else words


def _depth(zone: dict[str, Any], lang: str) -> str:
    low, high = zone["depth_min_m"], zone["depth_max_m"]
    if low is None and high is None:
        return say("hazards.depth_unknown", lang)
    if high is None:
        return say("hazards.depth_from", lang, low=f"{low:g}")
    return say("hazards.depth_between", lang, low=f"{low or 0:g}", high=f"{high:g}")


def _zone_label(zone: dict[str, Any], lang: str) -> str:
    first = say(f"zone.{zone['zone_class']}", lang) if zone["zone_class"] else _depth(zone, lang)
    more = [say(f"phenomenon.{zone['phenomenon']}", lang)] if zone["phenomenon"] else []
    return "\n".join([first, *more, *(text for text in (zone["river_ja"], zone["name_ja"]) if text)])


def _legend(zones: list[dict[str, Any]], lang: str) -> None:
    classes = [name for name in palette.ZONE_CLASS if any(zone["zone_class"] == name for zone in zones)]
    steps = sorted({zone["depth_step"] for zone in zones if not zone["zone_class"]})
    swatches = [(palette.ZONE_CLASS[name], say(f"zone.{name}", lang)) for name in classes]
    swatches += [(palette.DEPTH[step], say(f"depth.step_{step}", lang)) for step in steps if step >= 0]
    if depth.UNKNOWN in steps:
        swatches.append((palette.DEPTH_UNKNOWN, say("hazards.depth_unknown", lang)))
    frame.swatches(swatches)
    frame.legend([(MARK[state], say(f"hazards.{state}", lang)) for state in STATES])
