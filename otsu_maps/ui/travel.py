"""Pieces of the page of travel times: from where, when and how; who and what is reached; the last way home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from otsu_maps.analysis import transit
from otsu_maps.analysis.residents import COUNTS
from otsu_maps.i18n import say
from otsu_maps.maps import deck, palette
from otsu_maps.maps.layers import areas, points
from otsu_maps.transit import reachable
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.services import DAY_TYPES, WEEKDAY
from otsu_maps.ui import data, frame, gaps, hazards, timetables, travel_answers, url
from otsu_maps.ui.travel_answers import WAYS, Answer, Asked

FIRST_MIN, LAST_MIN, STEP_MIN = 5 * 60, 24 * 60, 10
DEFAULT_MIN = 8 * 60
MOST = ("30", "45", "60", "90")
"""Minutes that a journey may take; a map has bands of a quarter of it."""

BANDS = 4
HEIGHT, ROW = 560, 35


def choose(lang: str) -> Asked | None:
    """What a person asks; None where there is no timetable to ask."""
    snapshot_id = data.snapshot().id
    if timetables.timetable(snapshot_id).trips.empty:
        st.warning(say("travel.none", lang))
        return None
    found = places(snapshot_id, lang)
    first = f"b:{travel_answers.busiest_stop(snapshot_id)}"
    first = first if first in found else next(iter(found))
    with st.container(horizontal=True):
        key = url.choice(
            say("travel.from", lang),
            "place",
            [code for code in found if code != first],
            lambda code: found[code].name,
            found[first].name,
            is_long=True,
        )
        day_type = url.one_of(
            say("travel.day", lang), "day", DAY_TYPES, lambda code: say(f"day_type.{code}", lang), WEEKDAY
        )
        way = url.one_of(say("travel.way", lang), "way", WAYS, lambda code: say(f"travel_way.{code}", lang), WAYS[0])
        most = url.one_of(say("travel.most", lang), "most", MOST, partial(_minutes, lang=lang), "60")
    with st.expander(say("travel.conditions", lang)):
        without = _without(snapshot_id, lang)
        zones = _zones(snapshot_id, lang)
    place = found[key or first]
    return Asked(place.lon, place.lat, place.name, day_type, way, int(most) * 60, without, zones)


@st.fragment
def show(asked: Asked, lang: str) -> None:
    """The answer, with a slider of the time: only this part of the page is drawn again when it moves."""
    times = [str(minute) for minute in range(FIRST_MIN, LAST_MIN + STEP_MIN, STEP_MIN)]
    label = say(f"travel_at.{asked.way}", lang)
    at_s = int(url.slide(label, "at", times, lambda code: clock_of(int(code) * 60), str(DEFAULT_MIN))) * 60
    snapshot_id = data.snapshot().id
    answer = travel_answers.answer(snapshot_id, asked, at_s)
    _headline(snapshot_id, asked, at_s, answer, lang)
    left, right = st.columns([2, 3])
    with left:
        _bands_table(snapshot_id, asked, answer, lang)
        _districts_table(snapshot_id, asked, answer, lang)
    with right:
        _map(snapshot_id, asked, at_s, answer, lang)
    _means(snapshot_id, asked, lang)


def clock_of(seconds: int) -> str:
    """A time of a timetable as people read it; after midnight the hour goes on: 24:10."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}"


@dataclass(frozen=True)
class Place:
    """Where one can start."""

    name: str
    lon: float
    lat: float


def places(snapshot_id: str, lang: str) -> dict[str, Place]:
    """Where one can start, by code: stations, one stop of each name, districts."""
    found: dict[str, Place] = {}
    for each in data.stations(snapshot_id):
        name = (each["name_en"] if lang == "en" else None) or each["name_ja"]
        found.setdefault(
            f"s:{each['name_ja']}", Place(say("transit.station", lang, name=name), each["lon"], each["lat"])
        )
    for each in data.stops(snapshot_id):
        name = (each["name_en"] if lang == "en" else None) or each["name_ja"]
        found.setdefault(f"b:{each['name_ja']}", Place(say("travel.stop", lang, name=name), each["lon"], each["lat"]))
    middles, names = travel_answers.middles(snapshot_id), data.district_names(snapshot_id, lang)
    for key, (lon, lat) in middles.items():
        found[f"d:{key}"] = Place(say("travel.middle", lang, name=names[key]), lon, lat)
    return found


def _without(snapshot_id: str, lang: str) -> tuple[str, ...]:
    routes = timetables.timetable(snapshot_id).routes.to_dict("records")
    names = {route["route_id"]: _route(route, lang) for route in routes}
    return url.several(
        say("travel.without", lang), "without", list(names), names.__getitem__, say("travel.without_none", lang)
    )


def _route(route: Mapping[Any, Any], lang: str) -> str:
    long = route["name_en"] if lang == "en" and route["name_en"] else route["long_name"]
    return " ".join(str(part) for part in (route["short_name"], long) if part) or str(route["route_id"])


def _zones(snapshot_id: str, lang: str) -> tuple[str, str | None] | None:
    maps = {
        f"{row['hazard']}.{row['scale'] or ''}": (row["hazard"], row["scale"]) for row in data.hazard_maps(snapshot_id)
    }
    if not maps:
        return None
    chosen = url.choice(
        say("travel.zones", lang),
        "zones",
        list(maps),
        lambda code: hazards.name_of(*maps[code], lang),
        say("travel.zones_none", lang),
    )
    return maps[chosen] if chosen else None


def _headline(snapshot_id: str, asked: Asked, at_s: int, answer: Answer, lang: str) -> None:
    about = {
        "name": asked.name,
        "day": say(f"day_type.{asked.day_type}", lang),
        "at": clock_of(at_s),
        "until": clock_of(at_s + travel_answers.WINDOW_S),
        "minutes": asked.most_s // 60,
    }
    if not answer.near_stops:
        st.warning(say("travel.no_stop", lang, **about))
    found = people(snapshot_id, answer, [asked.most_s // 60])
    if found is None:
        st.markdown(say(f"travel_reach.{asked.way}", lang, **about))
        st.caption(say("travel.no_people", lang))
        return
    row: dict[Any, Any] = found.iloc[0].to_dict()
    inside, everybody = row[COUNTS[0]], row[f"{COUNTS[0]}_all"]
    is_known = not pd.isna(everybody) and everybody > 0
    about["people"] = _whole(inside, lang)
    about["percent"] = f"{inside / everybody:.0%}" if is_known else say("app.unknown", lang)
    st.markdown(say(f"travel_people.{asked.way}", lang, **about))


def people(snapshot_id: str, answer: Answer, minutes: Sequence[int]) -> pd.DataFrame | None:
    """See reachable.people_within; None: no census was loaded."""
    residents = data.residents(snapshot_id)
    if residents is None or answer.pieces_s is None:
        return None
    return reachable.people_within(residents, answer.pieces_s, minutes)


def _bands_table(snapshot_id: str, asked: Asked, answer: Answer, lang: str) -> None:
    limits = _limits(asked)
    columns: dict[str, list[Any]] = {say("travel.within", lang): [_minutes(str(each // 60), lang) for each in limits]}
    found = people(snapshot_id, answer, [each // 60 for each in limits])
    if found is not None:
        columns |= {say(f"travel.{each}", lang): [_whole(n, lang) for n in found[each]] for each in COUNTS}
    columns[say("travel.stations", lang)] = [int((answer.stations_s <= each).sum()) for each in limits]
    columns[say("travel.shelters", lang)] = [int((answer.shelters_s <= each).sum()) for each in limits]
    st.dataframe(pd.DataFrame(columns), hide_index=True)


def _districts_table(snapshot_id: str, asked: Asked, answer: Answer, lang: str) -> None:
    names, none = data.district_names(snapshot_id, lang), say("travel.not_reached", lang)
    order = np.argsort(answer.districts_s, kind="stable")
    keys = [answer.districts[i] for i in order]
    columns = {say("places.district", lang): [names[key] for key in keys]}
    for name, seconds in answer.by_district.items():
        columns[say(f"travel_column.{name}", lang)] = [_duration(seconds[i], asked.most_s, none) for i in order]
    columns[say("travel.last_home", lang)] = [_last(answer, int(i), lang) for i in order]
    table = pd.DataFrame(columns)
    st.markdown(f"#### {say('travel.districts', lang)}")
    st.dataframe(table, hide_index=True, height=min(HEIGHT, ROW * (len(table) + 1) + 3))
    st.download_button(
        say("board.csv", lang), table.to_csv(index=False).encode("utf-8-sig"), "travel_times.csv", "text/csv"
    )


def _last(answer: Answer, district: int, lang: str) -> str:
    if answer.on_foot[district]:
        return say("travel.on_foot", lang)
    at_s = int(answer.last_s[district])
    return clock_of(at_s) if at_s > -NEVER else say("travel.not_reached", lang)


def _map(snapshot_id: str, asked: Asked, at_s: int, answer: Answer, lang: str) -> None:
    theme, limits = frame.theme(), _limits(asked)
    drawn = [
        {"geom": geom, "step": BANDS - step, "label": say("travel.band", lang, minutes=limits[step] // 60)}
        for step, geom in enumerate(
            travel_answers.shapes(snapshot_id, asked, at_s, tuple(each // 60 for each in limits))
        )
    ][::-1]
    stops = [
        {"lon": stop["lon"], "lat": stop["lat"], "label": _stop_label(stop, answer, asked, lang)}
        for stop in travel_answers.placed_stops(snapshot_id)
    ]
    here = [{"lon": asked.lon, "lat": asked.lat, "label": asked.name}]
    layers = [
        *areas.layers(drawn, theme),
        *points.layers("stops", stops, palette.STOP, radius_m=25, pixels=2),
        *points.layers("here", here, palette.RED, radius_m=120, pixels=7),
    ]
    st.pydeck_chart(
        deck.deck(layers, data.base_map(snapshot_id, theme), data.bounds(snapshot_id), "{label}"),
        height=HEIGHT,
        key="travel_map",
        alt=say("travel.map_alt", lang, name=asked.name, minutes=asked.most_s // 60),
    )
    swatches = [
        (palette.crowd(BANDS - step, theme), say("travel.band", lang, minutes=limit // 60))
        for step, limit in enumerate(limits)
    ]
    frame.swatches([*swatches, (palette.STOP, say("transit.legend_stop", lang))])


def _stop_label(stop: Mapping[str, Any], answer: Answer, asked: Asked, lang: str) -> str:
    seconds = answer.stops_s[stop["row"]]
    name = (stop["name_en"] if lang == "en" else None) or stop["name_ja"]
    return f"{name}\n{_duration(seconds, asked.most_s, say('travel.not_reached', lang), lang)}"


def _means(snapshot_id: str, asked: Asked, lang: str) -> None:
    """What the figures are made from, and what they leave out."""
    held = timetables.timetable(snapshot_id)
    kinds = {transit.kind(int(each)) for each in held.routes["route_type"]}
    walking = travel_answers.WALKING
    about = {
        "place": round(walking.place_m),
        "change": round(walking.change_m),
        "speed": round(walking.speed_m_s * 3.6, 1),
        "detour": walking.detour,
    }
    st.caption(say("travel.means", lang, **about))
    if not kinds & {"rail", "metro"}:
        st.caption(say("travel.no_rail", lang))
    gaps.day_notes(snapshot_id, asked.day_type, lang)


def _limits(asked: Asked) -> Sequence[int]:
    return [asked.most_s * (step + 1) // BANDS for step in range(BANDS)]


def _minutes(code: str, lang: str) -> str:
    return say("travel.minutes", lang, minutes=code)


def _duration(seconds: float, most_s: int, none: str, lang: str = "ja") -> str:
    return none if seconds > most_s else f"{round(seconds / 60)}"


def _whole(value: Any, lang: str) -> str:
    return say("app.unknown", lang) if pd.isna(value) else f"{value:,}"
