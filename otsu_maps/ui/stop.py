"""Pieces of the page of one stop: what departs next, how often something comes, its timetable to read and to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import streamlit as st

from otsu_maps import clock, config
from otsu_maps.errors import StopUnknown
from otsu_maps.i18n import say
from otsu_maps.ledger import read
from otsu_maps.print import paper
from otsu_maps.queries import transit as query_of
from otsu_maps.realtime import now as realtime
from otsu_maps.transit import departures, headways, live, stop_board, suspensions
from otsu_maps.transit.next_departures import REAL_TIME, UNKNOWN, Next, next_departures
from otsu_maps.transit.services import DAY_TYPES
from otsu_maps.transit.stop_board import StopBoard
from otsu_maps.transit.timetable import NONE, Positions
from otsu_maps.ui import data, incident, stop_sheet, timetables, url
from otsu_maps.ui.travel import clock_of

NEXT = 8
EVERY_S = 30


def choose(lang: str) -> Positions | None:
    """The poles of the stop that a person asks for; None where there is no timetable or none was chosen."""
    snapshot_id = data.snapshot().id
    found = places(snapshot_id)
    if not found:
        st.warning(say("travel.none", lang))
        return None
    names = {code: name_of(snapshot_id, held, lang) for code, held in found.items()}
    code = url.choice(
        say("stop.which", lang), "stop", list(found), names.__getitem__, say("stop.none", lang), is_long=True
    )
    if code is None:
        st.info(say("stop.choose", lang))
        return None
    return np.array(found[code], np.int32)


def next_ones(stops: Positions, about: Mapping[str, Any] | None, lang: str) -> None:
    """The next departures, looked at again by itself."""
    st.subheader(say("stop.next", lang))
    _next(tuple(stops.tolist()), dict(about) if about else None, lang)


@st.fragment(run_every=EVERY_S)
def _next(stops: tuple[int, ...], about: dict[str, Any] | None, lang: str) -> None:
    snapshot_id, at = data.snapshot().id, clock.now()
    names, told = timetables.names(snapshot_id), realtime.latest()
    out = suspensions.taken_out(names.timetable, suspensions.current(_services(about)))
    known = live.known(names, told, at, config.realtime_limit())
    board = next_departures(names, stops, at, NEXT, known, out)
    if board.suspended:
        st.warning(say("stop.suspended", lang, count=board.suspended), icon="⚠️")
    for each in out.unmatched:
        st.warning(say("stop.unmatched", lang, name=each.name or each.route_id or each.stop_id or ""), icon="⚠️")
    if told.sources and (told.since() is None or known.silent):
        since = told.since()
        heard = clock.shown(since) if since else say("app.unknown", lang)
        st.warning(say("stop.silent", lang, since=heard), icon="⚠️")
    rows = [_row(each, at, lang) for each in board.next]
    rows += [_row(each, at, lang) | {say("stop.state", lang): say("stop.cancelled", lang)} for each in board.cancelled]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True)
    else:
        st.info(say("stop.nothing", lang))
    st.caption(say("stop.now", lang, at=clock.shown(at)))


def _row(each: Next, at: datetime, lang: str) -> dict[str, str]:
    held = timetables.timetable(data.snapshot().id)
    route = departures.route_names(held)[each.route] if each.route != NONE else ""
    return {
        say("stop.time", lang): clock.shown_near(each.planned_at or each.expected_at, at),
        say("transit.line", lang): str(route or ""),
        say("stop.to", lang): each.headsign or "",
        say("stop.state", lang): _state(each, lang),
    }


def _state(each: Next, lang: str) -> str:
    if each.state != REAL_TIME or each.delay_s is None:
        return say("stop.unknown" if each.state == UNKNOWN else "stop.scheduled", lang)
    late = round(each.delay_s / 60)
    return say("stop.late" if late > 0 else "stop.early" if late else "stop.on_time", lang, minutes=abs(late))


def _services(about: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Lines and stops that the incident speaks of."""
    held = incident.ledger()
    found: list[dict[str, Any]] = read.state(held, about["incident_id"])["services"] if held and about else []
    return found


def service(stops: Positions, lang: str) -> None:
    """How often something departs, by kind of day, and by hour as bars."""
    snapshot_id = data.snapshot().id
    held = timetables.timetable(snapshot_id)
    st.subheader(say("stop.service", lang))
    rows, hours = [], {}
    for kind in DAY_TYPES:
        found = departures.of_service_day(held, timetables.plan(snapshot_id, kind), stops)
        name = say(f"day_type.{kind}", lang)
        rows.append({say("travel.day", lang): name, **_service(headways.headways(held, found, ()), lang)})
        hours[name] = np.bincount(found.at_s // 3600, minlength=departures.HOURS)
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    counts = pd.DataFrame(hours).rename_axis(say("stop.hour", lang))
    used = np.flatnonzero(counts.sum(axis=1))
    if len(used):
        st.bar_chart(counts.iloc[used[0] : used[-1] + 1], stack=False, height=220, y_label=say("stop.count", lang))


def _service(found: pd.DataFrame, lang: str) -> dict[str, str]:
    none = say("stop.no_service", lang)
    row: dict[Any, Any] = found.iloc[0].to_dict() if len(found) else {}
    gap = row.get("longest_gap_s", np.nan)
    return {
        say("stop.count", lang): f"{int(row['departures'])}" if row else none,
        say("stop.first", lang): clock_of(int(row["first_s"])) if row else none,
        say("stop.last", lang): clock_of(int(row["last_s"])) if row else none,
        say("stop.gap", lang): none if pd.isna(gap) else say("travel.minutes", lang, minutes=round(gap / 60)),
    }


def boards(stops: Positions, lang: str) -> None:
    """The timetable of each pole, and the link to print it."""
    snapshot_id = data.snapshot().id
    made = _boards(snapshot_id, tuple(stops.tolist()), lang)
    st.subheader(say("stop.board", lang))
    key = timetables.timetable(snapshot_id).stops["stop_id"].iat[int(stops[0])]
    st.link_button(
        say("print.do", lang), f"/print/timetable?lang={lang}&stop={quote(str(key))}", icon=":material/print:"
    )
    body = "".join(
        stop_sheet.body(each, lang, is_several=len(made) > 1, feeds=timetables.feed_names(snapshot_id)) for each in made
    )
    st.html(f'<style>{paper.SHEET}</style><div class="otsu-sheet">{body}</div>')


def printed(query: Mapping[str, str], actor: str, may_read: bool, lang: str) -> str:
    """The timetable of the stop that an address names, as a page to print. Raises StopUnknown."""
    snapshot_id = data.snapshot().id
    held = timetables.timetable(snapshot_id)
    at = np.flatnonzero(held.stops["stop_id"] == query.get("stop", ""))
    if not len(at):
        raise StopUnknown("stop_unknown", value=query.get("stop", "")[:100])
    stops = departures.place(held, int(at[0]))
    is_demo = bool(data.card(snapshot_id)["is_demo"])
    return stop_sheet.sheet(
        _boards(snapshot_id, tuple(stops.tolist()), lang),
        lang,
        is_demo=is_demo,
        feeds=timetables.feed_names(snapshot_id),
    )


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def places(snapshot_id: str) -> dict[str, list[int]]:
    """Every stop at which something calls, as passengers know it: the id of its first pole, and all of its poles."""
    held = timetables.timetable(snapshot_id)
    called = set(held.calls.stop.tolist())
    found: dict[str, list[int]] = {}
    seen: set[int] = set()
    for at in sorted(called, key=lambda at: (held.stops["name_ja"].iat[at] or "", at)):
        if at not in seen:
            poles = [int(each) for each in departures.place(held, at) if int(each) in called]
            seen |= set(poles)
            found[str(held.stops["stop_id"].iat[at])] = poles
    return found


def name_of(snapshot_id: str, poles: list[int], lang: str) -> str:
    """What a stop is called; with its district where another one is called the same."""
    row = timetables.timetable(snapshot_id).stops.iloc[poles[0]]
    name = (row["name_en"] if lang == "en" else None) or row["name_ja"] or row["stop_id"]
    where = _districts(snapshot_id).get(str(row["stop_id"]))
    return f"{name}（{where}）" if where else str(name)


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def _districts(snapshot_id: str) -> dict[str, str]:
    """Names of the districts of those stops that share their name with one elsewhere."""
    held, where = timetables.timetable(snapshot_id), {each["stop_id"]: each for each in data.stops(snapshot_id)}
    names = Counter(held.stops["name_ja"].iat[poles[0]] for poles in places(snapshot_id).values())
    return {
        key: str(where[key]["district_name_ja"] or "")
        for key, poles in places(snapshot_id).items()
        if names[held.stops["name_ja"].iat[poles[0]]] > 1 and key in where
    }


@st.cache_data(max_entries=64, show_spinner=False)
def _boards(snapshot_id: str, stops: tuple[int, ...], lang: str) -> list[StopBoard]:
    """A board for each pole at which one can get on; one of the first pole where that is nowhere."""
    held = timetables.timetable(snapshot_id)
    words = (
        stop_board.words_of(query_of.timetable_tables(data.opened(snapshot_id)), held, lang) if lang != "ja" else None
    )
    made = [stop_board.board(held, each, words=words, stops=np.array([each], np.int32)) for each in stops]
    return [each for each in made if each.hours] or made[:1]
