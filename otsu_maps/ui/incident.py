"""Pieces of the incident page: what is going on, in which mode, shelter by shelter, and every event of it."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd
import streamlit as st

from otsu_maps import clock, incidents
from otsu_maps.errors import EventRefused, OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append, read, verify
from otsu_maps.ledger.events import MODES, Event, read_time
from otsu_maps.ledger.store import Ledger, is_there, open_ledger
from otsu_maps.ui import access, data, history, told, url

REFRESH_S = 10
ORDER = ("disputed", "open", "paused", "closed", "unknown")
NEWEST = 200


def ledger() -> Ledger | None:
    """The ledger, None where nothing was ever recorded."""
    return open_ledger() if is_there() else None


def open_form(lang: str) -> None:
    """A form to open an incident, for those who may."""
    if not access.may_do("manage_incident"):
        return
    with st.expander(say("incident.open", lang)), st.form("incident_form", border=False):
        name = st.text_input(say("incident.name", lang), max_chars=100, key="incident_name")
        mode = st.radio(
            say("incident.mode", lang),
            MODES[1:] if data.card(data.snapshot().id)["is_demo"] else MODES,
            format_func=lambda code: say(f"mode.{code}", lang),
            captions=None,
            horizontal=True,
            key="incident_mode",
        )
        st.caption(say("incident.pins", lang))
        if st.form_submit_button(say("incident.do_open", lang), type="primary"):
            _open(name.strip(), str(mode), lang)


def choose(held: Ledger, lang: str) -> dict[str, Any] | None:
    """The incident that a person looks at: the newest open one at first."""
    found = read.incidents(held)
    if not found:
        return None
    ordered = sorted(found, key=lambda each: not each["is_open"])
    names = {each["incident_id"]: label(each, lang) for each in ordered}
    newest = say("incident.newest", lang, name=ordered[0]["name"])
    which = say("incident.which", lang)
    chosen = url.choice(which, "incident", list(names), names.__getitem__, newest, is_long=True)
    return next(each for each in ordered if chosen in (None, each["incident_id"]))


def named(incident_id: str) -> dict[str, Any]:
    """An incident by its id. Raises EventRefused where it is not here."""
    held = ledger()
    found = [each for each in read.incidents(held) if each["incident_id"] == incident_id] if held else []
    if not found:
        raise EventRefused("event_no_such_incident", incident=incident_id[:80])
    return found[0]


def head(incident: dict[str, Any], lang: str) -> None:
    """Name, mode, since when, on which data; drill and test are marked so that nobody takes them for real."""
    mark(incident, lang)
    mode = say(f"mode.{incident['mode']}", lang)
    since = clock.shown(read_time(incident["opened_at"]))
    st.subheader(f"{incident['name']}（{mode}）" if lang == "ja" else f"{incident['name']} ({mode})")
    by = {"since": since, "by": incident["opened_by"], "snapshot": incident["snapshot_id"]}
    st.caption(say("incident.since", lang, **by))
    if not incident["is_open"]:
        st.info(say("incident.closed", lang, at=clock.shown(read_time(incident["closed_at"]))), icon="ℹ️")
    elif access.may_do("manage_incident"):
        with st.popover(say("incident.close", lang)):
            st.write(say("incident.close_sure", lang, name=incident["name"]))
            if st.button(say("incident.do_close", lang), type="primary", key=f"close_{incident['incident_id']}"):
                _close(incident, lang)


def mark(incident: dict[str, Any], lang: str) -> None:
    """Drill or test, where it is one."""
    if incident["mode"] != "real":
        sentence = say("incident.not_real", lang, mode=say(f"mode.{incident['mode']}", lang))
        st.html(f'<div class="otsu-demo" role="alert">{html.escape(sentence)}</div>')


@st.fragment(run_every=REFRESH_S)
def live(incident_id: str, lang: str) -> None:
    """State and events, refreshed by themselves; nothing is asked anew while nothing has come."""
    held = open_ledger()
    mark = read.mark(held)
    state = _state(held.url, incident_id, mark)
    _figures(state, lang)
    left, right = st.columns(2)
    with left:
        _shelters(state, lang)
    with right:
        st.dataframe(history.table(_newest(held.url, incident_id, mark), lang, without=("recorded",)), hide_index=True)
    _clocks(held, lang)


def chains(held: Ledger, lang: str) -> None:
    """Check every chain, on demand."""
    with st.expander(say("incident.verify", lang)):
        st.caption(say("cli.ledger_verify_limit", lang))
        if not st.button(say("incident.do_verify", lang)):
            return
        for chain in verify.verified(held):
            about = {"name": chain.name, "events": chain.events, "sequence": chain.sequence, "hash": chain.hash}
            st.code(say("cli.ledger_chain", lang, **about), language=None, wrap_lines=True)
            for problem in chain.problems:
                st.error(problem.sentence(lang))
            if not chain.problems:
                st.success(say("incident.whole", lang))


@st.cache_data(max_entries=8, show_spinner=False)
def _state(ledger_url: str, incident_id: str, mark: object) -> dict[str, Any]:
    return read.state(open_ledger(ledger_url), incident_id)


@st.cache_data(max_entries=8, show_spinner=False)
def _newest(ledger_url: str, incident_id: str, mark: object) -> list[Event]:
    return read.events(open_ledger(ledger_url), incident_id=incident_id, most=NEWEST)


def _open(name: str, mode: str, lang: str) -> None:
    signed = access.needs("manage_incident")
    if not name:
        st.error(say("incident.needs_name", lang))
        return
    try:
        incidents.open_incident(open_ledger(), name, mode, actor=signed.actor)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    told.later(say("incident.opened", lang, name=name))


def _close(incident: dict[str, Any], lang: str) -> None:
    signed = access.needs("manage_incident")
    about = {"incident_id": incident["incident_id"], "mode": incident["mode"]}
    try:
        append.append(open_ledger(), "incident_closed", actor=signed.actor, **about)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return
    told.later(say("incident.was_closed", lang, name=incident["name"]))


def _figures(state: dict[str, Any], lang: str) -> None:
    shelters = state["shelters"].values()
    counted = [each["head_count"]["people"] for each in shelters if each["head_count"]]
    inside = [each["checked_in"]["people"] for each in shelters if each["checked_in"]]
    by_status = {code: sum(each["status"] == code for each in shelters) for code in ORDER}
    columns = st.columns(4)
    columns[0].metric(say("incident.open_count", lang), by_status["open"])
    columns[1].metric(say("status_of.disputed", lang), by_status["disputed"])
    unknown = say("app.unknown", lang)
    columns[2].metric(say("incident.counted", lang, count=len(counted)), f"{sum(counted):,}" if counted else unknown)
    columns[3].metric(say("incident.inside", lang, count=len(inside)), f"{sum(inside):,}" if inside else unknown)
    st.caption(say("incident.not_added", lang))


def _shelters(state: dict[str, Any], lang: str) -> None:
    names, unknown = data.place_names(data.snapshot().id), say("app.unknown", lang)
    rows = sorted(state["shelters"].items(), key=lambda pair: (ORDER.index(pair[1]["status"]), pair[0]))
    if not rows:
        st.info(say("incident.no_shelters", lang))
        return
    st.dataframe(
        pd.DataFrame(
            {
                say("incident.shelter", lang): [names.get(key) or _provisional(each) or key for key, each in rows],
                say("incident.status", lang): [say(f"status_of.{each['status']}", lang) for _, each in rows],
                say("incident.head_count", lang): [_number(each["head_count"], unknown) for _, each in rows],
                say("incident.checked_in", lang): [_number(each["checked_in"], unknown) for _, each in rows],
                say("incident.heard", lang): [_time(each["heard_at"]) or unknown for _, each in rows],
            }
        ),
        hide_index=True,
    )


def _clocks(held: Ledger, lang: str) -> None:
    """Installations whose clock was seen ahead."""
    for each in read.installations(held):
        if each["ahead_s"] and each["ahead_s"] > 60:
            st.warning(say("incident.clock_ahead", lang, name=each["name"], seconds=each["ahead_s"]), icon="⚠️")


def label(incident: dict[str, Any], lang: str) -> str:
    """Name, mode and when it began."""
    mode = say(f"mode.{incident['mode']}", lang)
    return f"{incident['name']}（{mode}） {clock.shown(read_time(incident['opened_at']))}"


def _number(count: dict[str, Any] | None, unknown: str) -> str:
    return unknown if count is None else f"{count['people']:,}"


def _time(text: str | None) -> str | None:
    return clock.shown(read_time(text)) if text else None


def _provisional(shelter: dict[str, Any]) -> str | None:
    return (shelter["provisional"] or {}).get("name")
