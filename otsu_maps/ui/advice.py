"""Pieces of the advice for one place: what to say, and where people can go from there."""

from __future__ import annotations

import pandas as pd
import shapely
import streamlit as st

from otsu_maps import config
from otsu_maps.analysis import offer
from otsu_maps.analysis.advice import Advice
from otsu_maps.analysis.ground import advice_at
from otsu_maps.i18n import say
from otsu_maps.ui import data, url
from otsu_maps.ui.now import View


def show(held: View, lang: str) -> None:
    """Choose where people are; then sentences first, offers below."""
    names = {code: name for code, (name, _, _) in _origins(lang).items()}
    chosen = url.choice(say("advice.from", lang), "from", list(names), names.__getitem__, say("desk.choose", lang))
    if not chosen:
        st.info(say("advice.choose", lang))
        return
    _, lon, lat = _origins(lang)[chosen]
    told = _advice(lon, lat, held)
    for number, reason in enumerate(told.says):
        is_loud = number == 0 or reason.code == "advice_nowhere"
        draw = st.error if told.level >= offer.LIFE_IN_DANGER else st.warning if is_loud else st.markdown
        draw(reason.sentence(lang))
    if told.ways:
        _ways(told, lang)


def _origins(lang: str) -> dict[str, tuple[str, float, float]]:
    """Name and position of every district, town and place, by a code for the address."""
    snapshot_id = data.snapshot().id
    names = data.district_names(snapshot_id, lang)
    points = {
        row["district_id"]: shapely.from_wkb(row["geom"]).representative_point() for row in data.districts(snapshot_id)
    }
    found = {f"d-{key}": (names[key], point.x, point.y) for key, point in points.items()}
    found |= {f"t-{row['town_ja']}": (row["town_ja"], row["lon"], row["lat"]) for row in data.towns(snapshot_id)}
    places = data.judged_places(snapshot_id)
    return found | {row["place_id"]: (row["name_ja"], row["lon"], row["lat"]) for row in places}


def _advice(lon: float, lat: float, held: View) -> Advice:
    ground, areas = data.ground(data.snapshot().id), config.city().warning_areas
    return advice_at(lon, lat, ground, held.situation, held.records, held.dangers, areas)


def _ways(told: Advice, lang: str) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                say("places.name", lang): [way.place.name_ja for way in told.ways],
                say("advice.distance", lang): [say("advice.metres", lang, metres=way.distance_m) for way in told.ways],
                say("advice.able", lang): [say("advice.minutes", lang, minutes=way.able_min) for way in told.ways],
                say("advice.infirm", lang): [say("advice.minutes", lang, minutes=way.infirm_min) for way in told.ways],
                say("offer.room", lang): [say(f"room.{way.place.room}", lang) for way in told.ways],
                say("offer.state", lang): [say(f"openness.{way.place.openness}", lang) for way in told.ways],
                say("advice.route", lang): [say("advice.unchecked", lang)] * len(told.ways),
            }
        ),
        hide_index=True,
    )
