"""Pieces of the page of one shelter: is it open and valid, how full, how long supplies last, what happened there."""

from __future__ import annotations

from collections import Counter
from typing import Any

import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import forecast, needs
from otsu_maps.analysis.needs import Needs
from otsu_maps.i18n import say
from otsu_maps.ledger import read, roster, tables
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.hourly import SUPPRESSED_BELOW
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import (
    access,
    cover,
    data,
    frame,
    history,
    now,
    outlook,
    people_chart,
    places,
    shelter_head,
    stock_clock,
    url,
)
from otsu_maps.ui.now import View
from otsu_maps.ui.shelter_head import Shelter, shelter

PATH, PLACE = "pages/shelter.py", "place"
REFRESH_S = 4
MOST = 300


def choose(about: dict[str, Any], lang: str) -> str | None:
    """The shelter that the address or a person names: those of the incident first, then all others."""
    held = now.view(about)
    names, spoken_of = _names(held, lang)
    _follow_merged(held)
    ordered = sorted(names, key=lambda key: (key not in spoken_of, names[key], key))
    label, empty = say("shelter.which", lang), say("shelter.by_name", lang)
    return url.choice(label, PLACE, ordered, names.__getitem__, empty, is_long=True)


def ask(about: dict[str, Any], asked: str | None, lang: str) -> None:
    """What to do where no shelter is chosen, or where nobody knows the one in the address."""
    if asked and asked not in _names(now.view(about), lang)[0]:
        st.warning(say("shelter.not_found", lang, id=asked))
    else:
        st.info(say("shelter.pick", lang))


@st.fragment(run_every=REFRESH_S)
def live(about: dict[str, Any], place_id: str, lang: str) -> None:
    """The whole page of one shelter, refreshed by itself."""
    cover.watch(lang)
    found = shelter(now.view(about), place_id)
    shelter_head.show(found, lang)
    _links(about, found, lang)
    shelter_head.figures(found, lang)
    left, right = st.columns([3, 2])
    with left:
        _chart(about, found, lang)
    with right:
        stock_clock.show(found.row, found.held, lang)
        _needs(about, found, lang)
    _history(about, found, lang)
    _register(found, lang)
    st.caption(say("warnings.at", lang, at=clock.shown(found.held.situation.at)))


def _names(held: View, lang: str) -> tuple[dict[str, str], set[str]]:
    """Names by id, with the kind where a site and a shelter share one; ids that somebody spoke of in the incident."""
    records, shelters = held.records, held.situation.shelters
    often = Counter(record.name_ja for record in records)
    names = {
        record.place_id: f"{record.name_ja}（{say(f'kind.{record.place_kind}', lang)}）"
        if often[record.name_ja] > 1
        else record.name_ja
        for record in records
    }
    for key, about in shelters.items():
        provisional = about["provisional"] or {}
        if key not in names and "merged_into" not in provisional:
            names[key] = provisional.get("name") or key
    return names, set(shelters)


def _follow_merged(held: View) -> None:
    """A link to a place that turned out to be one of the register leads to that one."""
    about = held.situation.shelters.get(url.get(PLACE) or "")
    if into := ((about or {}).get("provisional") or {}).get("merged_into"):
        url.put(PLACE, into)


def _links(about: dict[str, Any], found: Shelter, lang: str) -> None:
    incident_id = about["incident_id"]
    with st.container(horizontal=True):
        st.page_link("pages/board.py", label=say("shelter.to_board", lang), query_params={"incident": incident_id})
        if found.record and access.may_do("record"):
            query = {"incident": incident_id, "shelter": found.place_id}
            st.page_link("pages/desk.py", label=say("board.to_desk", lang), query_params=query)


def _chart(about: dict[str, Any], found: Shelter, lang: str) -> None:
    st.markdown(f"#### {say('shelter.series', lang)}")
    steps = _series(*_key(about, found))
    ahead, at = outlook.of(about, found.held), found.held.situation.at
    rows = people_chart.rows(steps, lang, outlook.band(ahead, found.place_id))
    if rows.empty:
        st.info(say("shelter.series_none", lang))
        return
    capacity, share = found.row.capacity_persons if found.row else None, found.held.rules.crowded_share
    chart = people_chart.spec(rows, capacity, share, at, lang, frame.theme())
    words = people_chart.in_words(steps, capacity, at, lang)
    st.vega_lite_chart(rows, chart, alt=words)
    st.caption(words)
    if ahead.made_min is None:
        st.caption(say("outlook.making", lang))
        return
    crowded, full = (outlook.when(ahead, found.place_id, level, lang) for level in forecast.LEVELS)
    st.markdown(say("outlook.of_shelter", lang, crowded=crowded, full=full))


def _needs(about: dict[str, Any], found: Shelter, lang: str) -> None:
    st.markdown(f"#### {say('shelter.needs', lang)}")
    told: Needs = needs.needs(_totals(*_key(about, found)), may_see_persons=access.may_do("see_persons"))
    if not told.asked:
        st.markdown(say("shelter.nobody_asked", lang))
        return
    st.caption(say("shelter.asked", lang, asked=told.asked, registered=told.registered))
    if told.is_hidden:
        st.markdown(say("shelter.needs_hidden", lang, few=SUPPRESSED_BELOW))
    few = say("shelter.few", lang, few=SUPPRESSED_BELOW)
    lines = [
        f"{say(f'need.{code}', lang)}　**{few if count is None else say('shelter.registrations', lang, count=count)}**"
        for code, count in told.by_need.items()
    ]
    if lines:
        st.markdown("  \n".join(lines))
    elif not told.is_hidden:
        st.markdown(say("shelter.no_needs", lang))


def _history(about: dict[str, Any], found: Shelter, lang: str) -> None:
    st.markdown(f"#### {say('replay.timeline', lang)}")
    group = history.choose_group(lang, ("shelters", "people", "supplies", history.NOTES))
    events = _events(*_key(about, found), group)
    if not events:
        st.info(say("shelter.no_events", lang))
        return
    st.dataframe(history.table(events, lang, without=("where",)), hide_index=True)
    if len(events) == MOST:
        st.caption(say("replay.cut", lang, most=MOST))


def _register(found: Shelter, lang: str) -> None:
    """The place itself and what else stands on its premises."""
    if not found.record:
        return
    with st.expander(say("shelter.register", lang), expanded=True):
        held = data.premises(data.snapshot().id, found.place_id)
        held.sort(key=lambda place: place["place_id"] != found.place_id)
        places.side_by_side(held, lang)


def _key(about: dict[str, Any], found: Shelter) -> tuple[str, str, str, object]:
    """What an answer of the ledger about this shelter depends on: it is asked anew only when an event has come."""
    held = open_ledger()
    return held.url, about["incident_id"], found.place_id, read.mark(held)


@st.cache_data(max_entries=32, show_spinner=False)
def _series(ledger_url: str, incident_id: str, place_id: str, mark: object) -> list[dict[str, Any]]:
    return read.series(open_ledger(ledger_url), incident_id, place_id)


@st.cache_data(max_entries=32, show_spinner=False)
def _totals(ledger_url: str, incident_id: str, place_id: str, mark: object) -> dict[str, Any]:
    return roster.needs(open_ledger(ledger_url), incident_id, place_id)


@st.cache_data(max_entries=32, show_spinner=False)
def _events(ledger_url: str, incident_id: str, place_id: str, mark: object, group: str | None) -> list[Event]:
    column = tables.event.c
    there = (column.shelter_id == place_id) | (column.to_shelter_id == place_id)
    return read.events(open_ledger(ledger_url), there, *history.of_group(group), incident_id=incident_id, most=MOST)
