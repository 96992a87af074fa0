"""What if: warnings set by hand, to see what would be valid. Nothing is recorded; only places are real."""

from __future__ import annotations

from typing import Any

import streamlit as st

from otsu_maps import clock, config
from otsu_maps.analysis.situation import Situation
from otsu_maps.i18n import say
from otsu_maps.ledger.events import written
from otsu_maps.models import SHAKING
from otsu_maps.ui import data

KINDS = {"rain": ("inland_flood", "flood"), "slopes": ("landslide",), "river": ("flood",)}
"""Warnings that can be set, and the hazards that they concern."""

LEVELS = (0, 3, 4, 5)


def situation(lang: str) -> Situation:
    """The situation that a person sets: levels by area, a river, shaking, silence; shelters open or as they are not."""
    at = clock.now()
    areas = data.warning_areas(data.snapshot().id) or {code: code for code in config.city().warning_areas}
    alerts: list[dict[str, Any]] = []
    columns = st.columns(len(areas) + 1)
    for column, (area, name) in zip(columns, areas.items(), strict=False):
        with column:
            st.markdown(f"**{name}**")
            for kind in ("rain", "slopes"):
                level = _level(kind, area, lang)
                alerts += [_alert(kind, area, level, at)] if level else []
    with columns[-1]:
        st.markdown(f"**{say('warnings.whole_city', lang)}**")
        level = _level("river", "", lang)
        alerts += [_alert("river", "river", level, at)] if level else []
        shaking = st.selectbox(
            say("what_if.shaking", lang), ["", *SHAKING[3:]], format_func=lambda code: code or say("what_if.no", lang)
        )
        alerts += [_quake(shaking, at)] if shaking else []
    left, right = st.columns(2)
    is_silent = left.checkbox(say("what_if.silent", lang))
    is_open = right.checkbox(say("what_if.all_open", lang), value=True)
    shelters = {}
    if is_open:
        opened = {"status": "open", "building": "unknown", "since": written(at)}
        shelters = {row["place_id"]: opened for row in data.judged_places(data.snapshot().id)}
    return Situation(at, alerts=tuple(alerts), shelters=shelters, is_heard=not is_silent)


def _level(kind: str, area: str, lang: str) -> int:
    return int(
        st.selectbox(
            say(f"what_if.{kind}", lang),
            LEVELS,
            format_func=lambda level: say("warnings.level", lang, level=level) if level else say("what_if.no", lang),
            key=f"what_if_{kind}_{area}",
        )
    )


def _alert(kind: str, area: str, level: int, at: Any) -> dict[str, Any]:
    warned = {"name": "", "level": level, "hazards": list(KINDS[kind]), "is_known": True}
    return _state(area, kind, warned | {"since": written(at), "until": None})


def _quake(code: str, at: Any) -> dict[str, Any]:
    warned = {"name": "", "level": None, "hazards": ["earthquake"], "is_known": True}
    return _state("quake", code, warned | {"since": written(at), "until": None})


def _state(area: str, code: str, warned: dict[str, Any]) -> dict[str, Any]:
    return {"areas": {area: {"name": area, "warnings": {code: warned}}}}
