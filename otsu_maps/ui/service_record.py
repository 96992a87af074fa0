"""Forms by which headquarters records what is out of service, and that it runs again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any, get_args

import pandas as pd
import streamlit as st

from otsu_maps import clock
from otsu_maps.errors import OtsuMapsError
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.events import written
from otsu_maps.ledger.payloads import Service
from otsu_maps.ledger.store import open_ledger
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.ui import access, data, service_words, stop, timetables, told
from otsu_maps.ui.service_words import Off
from otsu_maps.ui.service_zones import Crossed

LINE, STOP, LINE_AT_STOP, OPERATOR, OTHER = KINDS = ("line", "stop", "line_at_stop", "operator", "other")
REASONS = ("unknown", *(each for each in get_args(Service.model_fields["reason"].annotation) if each != "unknown"))
"""What nobody has said yet stands first: a reason is chosen, never assumed."""

LINES = "service_lines"
MOST = 8
NAMED = 100

Payload = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """Who said so, and when it was true; None: now."""

    source: str
    at: datetime | None


def suggest(found: Crossed, out: TakenOut, is_form: bool, lang: str) -> None:
    """Lines that lie longest in the zones and are not out of service yet: only a suggestion."""
    snapshot_id = data.snapshot().id
    routes = timetables.timetable(snapshot_id).routes["route_id"]
    gone = set(routes[out.routes])
    wanted = [route_id for route_id in found.lines if route_id not in gone][:MOST]
    if not wanted:
        return
    names, ways = service_words.line_names(snapshot_id, lang), found.ways.set_index("route_id").loc[wanted]
    with st.expander(say("service.suggest", lang)):
        st.caption(say("service.suggest_is", lang))
        table = {
            say("service.line", lang): [names.get(each, each) for each in wanted],
            say("service.share", lang): [f"{share:.0%}" for share in ways["share"]],
            say("service.inside_m", lang): [
                say("service.kilometres", lang, km=f"{metres / 1000:.1f}") for metres in ways["inside_m"]
            ],
        }
        st.dataframe(pd.DataFrame(table), hide_index=True)
        if ways["is_straight"].any():
            st.caption(say("service.suggest_straight", lang))
        if is_form and st.button(
            say("service.take_over", lang), on_click=_take_over, args=(wanted,), key="service_take_over"
        ):
            st.rerun()  # the form stands outside of what refreshes itself


def _take_over(lines: list[str]) -> None:
    st.session_state["service_kind"] = LINE
    st.session_state[LINES] = lines


def may_record(about: Mapping[str, Any] | None) -> bool:
    """Whether who sits here sees the forms; they need an incident."""
    return about is not None and access.may_do("decide")


def form(about: Mapping[str, Any], lang: str) -> None:
    """What does not run, why, who said so, since when, until when perhaps."""
    with st.expander(say("service.record", lang), expanded=bool(st.session_state.get(LINES))):
        kind = st.radio(
            say("service.kind", lang),
            KINDS,
            format_func=lambda code: say(f"service.kind_{code}", lang),
            horizontal=True,
            key="service_kind",
        )
        with st.form("service_form", border=False):
            things = _things(str(kind), lang)
            left, right = st.columns(2)
            reason = left.selectbox(
                say("service.reason", lang), REASONS, format_func=lambda code: say(f"service_reason.{code}", lang)
            )
            source = right.text_input(
                say("service.source", lang), max_chars=NAMED, placeholder=say("service.source_hint", lang)
            )
            since = left.datetime_input(say("service.occurred", lang), None)
            hope = right.datetime_input(say("service.hope", lang), None)
            if st.form_submit_button(say("service.do_record", lang), type="primary"):
                signed = access.needs("decide")
                if not things or not source.strip():
                    st.error(say("service.needs", lang))
                    return
                said = Said(source.strip(), clock.from_shown(since) if since else None)
                until = clock.from_shown(hope) if hope else None
                if until and until <= (said.at or clock.now()):
                    st.error(say("service.hope_past", lang, at=clock.shown(until)))
                    return
                more = {"reason": reason} | ({"until": written(until)} if until else {})
                events = [append.Draft("service_suspended", {**each, **more}) for each in things]
                if _record(about, events, said, signed.actor, lang):
                    st.session_state.pop(LINES, None)
                    told.later(say("service.recorded", lang, count=len(events)))


def resume(about: Mapping[str, Any], found: Sequence[Off], lang: str) -> None:
    """What runs again, by somebody's word."""
    if not found:
        return
    by_key = {each.key: each for each in found}
    with st.expander(say("service.resume", lang)), st.form("service_resume", border=False):
        chosen = st.multiselect(
            say("service.resumed_what", lang),
            list(by_key),
            format_func=lambda key: by_key[key].what,
            placeholder=say("service.choose", lang),
        )
        left, right = st.columns(2)
        source = left.text_input(
            say("service.source", lang), max_chars=NAMED, placeholder=say("service.source_hint", lang)
        )
        at = right.datetime_input(say("service.resumed_at", lang), None)
        if st.form_submit_button(say("service.do_resume", lang), type="primary"):
            signed = access.needs("decide")
            if not chosen or not source.strip():
                st.error(say("service.resume_needs", lang))
                return
            said = Said(source.strip(), clock.from_shown(at) if at else None)
            events = [
                append.Draft("service_resumed", _named(each.route_id, each.stop_id, each.name))
                for key in chosen
                for each in by_key[key].members
            ]
            if _record(about, events, said, signed.actor, lang):
                told.later(say("service.resumed", lang, count=len(events)))


def _things(kind: str, lang: str) -> list[Payload]:
    """What the person chose, as payloads; a stop is each of its poles."""
    snapshot_id = data.snapshot().id
    if kind == OPERATOR:
        operators = sorted({each["agency_ja"] for each in data.routes(snapshot_id) if each["agency_ja"]})
        chosen = st.selectbox(say("service.operator", lang), operators, None, placeholder=say("service.choose", lang))
        return [{"name": chosen}] if chosen else []
    if kind == OTHER:
        name = st.text_input(say("service.name", lang), max_chars=NAMED).strip()
        return [{"name": name}] if name else []
    lines: Sequence[str | None] = [None]
    poles: Sequence[str | None] = [None]
    if kind in (LINE, LINE_AT_STOP):
        names = service_words.line_names(snapshot_id, lang)
        lines = _several("service.lines", list(names), names.__getitem__, LINES, lang)
    if kind in (STOP, LINE_AT_STOP):
        held, stops = stop.places(snapshot_id), timetables.timetable(snapshot_id).stops["stop_id"]
        places = _several(
            "service.stops", list(held), lambda code: stop.name_of(snapshot_id, held[code], lang), "service_stops", lang
        )
        poles = [str(stops.iat[pole]) for place in places for pole in held[place]]
    return [_named(line, pole, None) for line, pole in product(lines, poles)]


def _several(key: str, options: list[str], shown: Callable[[str], str], name: str, lang: str) -> list[str]:
    chosen: list[str] = st.multiselect(
        say(key, lang), options, format_func=shown, placeholder=say("service.choose", lang), key=name
    )
    return chosen


def _named(route_id: str | None, stop_id: str | None, name: str | None) -> Payload:
    return {key: value for key, value in (("route_id", route_id), ("stop_id", stop_id), ("name", name)) if value}


def _record(about: Mapping[str, Any], events: Sequence[append.Draft], said: Said, actor: str, lang: str) -> bool:
    """Write all of them or none; False after it has said why not."""
    if said.at and said.at > clock.now():
        st.error(say("service.in_future", lang, at=clock.shown(said.at)))
        return False
    # One moment for all of them: what was recorded at once is shown as one.
    where = {"incident_id": about["incident_id"], "mode": about["mode"], "occurred_at": said.at or clock.now()}
    drafts = [append.Draft(each.kind, {**each.payload, "source": said.source}, **where) for each in events]
    try:
        append.append_all(open_ledger(), drafts, actor)
    except OtsuMapsError as error:
        st.error(error.reason.sentence(lang))
        return False
    return True
