"""Pieces of the page of public transport in a disaster: zones, what is out of service, the last bus, what is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock, config
from otsu_maps.analysis.danger import Danger
from otsu_maps.analysis.situation import REAL
from otsu_maps.i18n import say
from otsu_maps.realtime import now as realtime
from otsu_maps.transit import last_chance, live, suspensions
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.ui import (
    access,
    data,
    now,
    service_last,
    service_map,
    service_record,
    service_told,
    service_words,
    service_zones,
    timetables,
    transit,
    warnings,
)
from otsu_maps.ui.now import View
from otsu_maps.ui.service_words import Off
from otsu_maps.ui.service_zones import Crossed

REFRESH_S = 20
LAST_S = 60


def show(about: dict[str, Any] | None, lang: str) -> None:
    """The whole page; what ages refreshes itself, forms stay as they are."""
    if timetables.timetable(data.snapshot().id).trips.empty:
        st.warning(say("travel.none", lang))
    else:
        transit.validity_notes(None, lang)
    _now(about, lang)
    _forms(about, lang)
    _last(about, lang)
    _told(about, lang)


@st.fragment(run_every=REFRESH_S)
def _now(about: dict[str, Any] | None, lang: str) -> None:
    held = now.view(about)
    found, out = _of(held)
    warnings.contact(held, lang)
    _headline(held, found, lang)
    _table(about, _off(held, lang), out, lang)
    service_record.suggest(found, out, service_record.may_record(about), lang)
    service_map.show(held, found, out, lang)
    st.caption(say("warnings.at", lang, at=clock.shown(held.situation.at)))


@st.fragment(run_every=LAST_S)
def _last(about: dict[str, Any] | None, lang: str) -> None:
    held = now.view(about)
    found, out = _of(held)
    st.subheader(say("service.last", lang))
    service_last.show(about, found, _as_told(held, out, lang), lang)


@st.fragment(run_every=REFRESH_S)
def _told(about: dict[str, Any] | None, lang: str) -> None:
    service_told.show(lang, is_drill=bool(about and about["mode"] != REAL))


def _forms(about: dict[str, Any] | None, lang: str) -> None:
    if about is None:
        if access.may_do("decide"):
            st.info(say("service.needs_incident", lang), icon="ℹ️")
    elif service_record.may_record(about):
        service_record.form(about, lang)
        service_record.resume(about, _off(now.view(about), lang), lang)


def taken_out(held: View) -> TakenOut:
    """What does not run in a situation."""
    timetable = timetables.timetable(held.snapshot_id)
    return held.once(
        "taken_out", lambda: suspensions.taken_out(timetable, suspensions.current(held.situation.services))
    )


def _of(held: View) -> tuple[Crossed, TakenOut]:
    return service_zones.crossed(held.snapshot_id, held.dangers), taken_out(held)


def _as_told(held: View, out: TakenOut, lang: str) -> TakenOut:
    """What does not run, with what operators cancelled just now; a drill is no day on which they say so."""
    told = realtime.latest()
    if held.situation.mode != REAL or not told.sources:
        return out
    names = timetables.names(held.snapshot_id)
    known = live.known(names, told, held.situation.at, config.realtime_limit())
    since = told.since()
    if since is None:
        st.warning(say("service.told_never", lang), icon="⚠️")
    elif known.silent:
        st.warning(say("service.told_lost", lang, since=clock.shown(since)), icon="⚠️")
    return last_chance.without_cancelled(names, out, known)


def _off(held: View, lang: str) -> list[Off]:
    return service_words.together(suspensions.current(held.situation.services), lang, held.snapshot_id)


def _headline(held: View, found: Crossed, lang: str) -> None:
    """How much lies in the zones. Calm is said only where warnings are heard, and never as safety."""
    if not found.hazards:
        if held.situation.is_heard:
            st.info(say("service.no_danger", lang), icon="ℹ️")
        return
    counts = {"stops": len(found.stops), "all_stops": found.all_stops, "lines": len(found.lines)}
    mapped = [hazard for hazard in found.hazards if hazard not in found.unmapped]
    if mapped:
        lines = len(data.routes(held.snapshot_id))
        st.markdown(say("service.crosses", lang, hazards=_names(mapped, lang), **counts, all_lines=lines))
    if unsure := _unsure(held.dangers):
        st.warning(say("service.perhaps", lang, hazards=_names(unsure, lang)), icon="⚠️")
    if found.unmapped:
        st.warning(say("service.no_zones", lang, hazards=_names(found.unmapped, lang)), icon="⚠️")
    if found.unplaced:
        st.warning(say("service.unplaced", lang, count=len(found.unplaced)), icon="⚠️")
    st.caption(say("service.means", lang))


def _unsure(dangers: Sequence[Danger]) -> list[str]:
    """Hazards of which nobody knows whether they are on, and that no certain danger names."""
    certain = {each.hazard for each in dangers if each.is_certain}
    return sorted({each.hazard for each in dangers} - certain)


def _names(hazards: Sequence[str], lang: str) -> str:
    return ("・" if lang == "ja" else ", ").join(say(f"hazard.{hazard}", lang) for hazard in hazards)


def _table(about: dict[str, Any] | None, off: list[Off], out: TakenOut, lang: str) -> None:
    st.subheader(say("service.off", lang))
    if about is None:
        st.info(say("service.off_no_incident", lang), icon="ℹ️")
        return
    if not off:
        st.info(say("service.off_none", lang), icon="ℹ️")
        return
    at, unmatched = clock.now(), set(out.unmatched)
    rows = [
        {
            say("service.what", lang): each.what,
            say("service.since", lang): clock.shown_near(each.first.since, at),
            say("service.reason", lang): service_words.reason(each.first, lang),
            say("service.source", lang): each.first.source,
            say("service.until", lang): service_words.until(each.first, at, lang),
            say("service.in_timetable", lang): say(
                "service.unmatched" if unmatched & set(each.members) else "service.matched", lang
            ),
            say("service.by", lang): each.first.by,
        }
        for each in off
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    lost = [each.what for each in off if unmatched & set(each.members)]
    if lost:
        st.warning(say("service.unmatched_note", lang, count=len(lost), names="、".join(lost)), icon="⚠️")
