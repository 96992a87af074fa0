"""Pieces of the page of people outside shelters: where they are, how many, counted when and how."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import access, data, history, incident, told

KINDS = ("car", "home", "relatives", "hotel", "station", "self_organised", "other")
METHODS = ("counted", "estimated", "reported")
MOST = 100_000


def form(about: dict[str, Any], lang: str) -> None:
    """Record how many are at a place; the same place again is a newer count of it."""
    if not about["is_open"] or not access.may_do("record"):
        return
    names = data.district_names(data.snapshot().id, lang)
    with st.expander(say("outside.record_one", lang)), st.form("outside_form", clear_on_submit=False, border=False):
        place = st.text_input(say("outside.place", lang), max_chars=100, placeholder=say("outside.place_hint", lang))
        left, middle, right = st.columns(3)
        people = left.number_input(say("desk.count_people", lang), 0, MOST, None)
        method = middle.selectbox(
            say("desk.method", lang), METHODS, format_func=lambda code: say(f"method.{code}", lang)
        )
        households = right.number_input(say("desk.count_households", lang), 0, MOST, None)
        kind = left.selectbox(
            say("outside.kind", lang), KINDS, format_func=lambda code: say(f"outside_kind.{code}", lang)
        )
        district = middle.selectbox(
            say("outside.district", lang),
            ["", *names],
            format_func=lambda code: names.get(code, say("app.unknown", lang)),
        )
        counted_at = right.datetime_input(say("outside.counted_at", lang), None)
        note = st.text_input(say("outside.note", lang), max_chars=500, placeholder=say("outside.note_hint", lang))
        if st.form_submit_button(say("outside.record", lang), type="primary"):
            signed = access.needs("record")
            if not place.strip() or people is None:
                st.error(say("outside.needs", lang))
                return
            payload: dict[str, Any] = {"place": place.strip(), "place_kind": kind, "people": people, "method": method}
            payload |= {"households": households} if households is not None else {}
            payload |= {"district_id": district} if district else {}
            _record(about, payload, counted_at, note.strip(), signed.actor, lang)


def _record(
    about: dict[str, Any], payload: dict[str, Any], counted_at: datetime | None, note: str, actor: str, lang: str
) -> None:
    where = {"incident_id": about["incident_id"], "mode": about["mode"], "note": note or None}
    if counted_at:
        where["occurred_at"] = clock.from_shown(counted_at)
        if where["occurred_at"] > clock.now():
            st.error(say("outside.in_future", lang, at=clock.shown(where["occurred_at"])))
            return
    try:
        append.append(open_ledger(), "people_outside", payload, actor=actor, **where)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    told.later(say("outside.recorded", lang, place=payload["place"], people=payload["people"]))


@st.fragment(run_every=incident.REFRESH_S)
def live(incident_id: str, lang: str) -> None:
    """By place and by district, refreshed by itself; never added to the people in shelters."""
    found = sorted(read.state(open_ledger(), incident_id)["outside"], key=lambda each: -each["people"])
    if not found:
        st.info(say("outside.none", lang))
        return
    people = f"{sum(each['people'] for each in found):,}"
    st.metric(say("outside.total", lang, places=len(found)), people)
    st.caption(say("outside.not_added", lang))
    left, right = st.columns([3, 2])
    with left:
        st.subheader(say("outside.by_place", lang))
        _places(found, lang)
    with right:
        st.subheader(say("outside.by_district", lang))
        _districts(found, lang)


def _places(found: list[dict[str, Any]], lang: str) -> None:
    names, unknown = data.district_names(data.snapshot().id, lang), say("app.unknown", lang)
    notes = history.notes(each.get("note") for each in found)
    st.dataframe(
        pd.DataFrame(
            {
                say("outside.place", lang): [each["place"] for each in found],
                say("desk.count_people", lang): [each["people"] for each in found],
                say("outside.at", lang): [clock.shown(read_time(each["at"])) for each in found],
                say("outside.note", lang): [notes.get(each.get("note", {}).get("id"), "") for each in found],
                say("desk.method", lang): [say(f"method.{each['method']}", lang) for each in found],
                say("outside.kind", lang): [say(f"outside_kind.{each['place_kind']}", lang) for each in found],
                say("outside.district", lang): [names.get(each.get("district_id", ""), unknown) for each in found],
                say("outside.households", lang): [_number(each.get("households"), unknown) for each in found],
            }
        ),
        hide_index=True,
    )


def _districts(found: list[dict[str, Any]], lang: str) -> None:
    names, unknown = data.district_names(data.snapshot().id, lang), say("app.unknown", lang)
    people: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for each in found:
        name = names.get(each.get("district_id", ""), unknown)
        people[name] += each["people"]
        places[name] += 1
    st.dataframe(
        pd.DataFrame(
            {
                say("outside.district", lang): [name for name, _ in people.most_common()],
                say("desk.count_people", lang): [number for _, number in people.most_common()],
                say("outside.places", lang): [places[name] for name, _ in people.most_common()],
            }
        ),
        hide_index=True,
    )


def _number(value: int | None, unknown: str) -> str:
    return unknown if value is None else f"{value:,}"
