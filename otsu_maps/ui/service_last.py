"""The last departures from stops in the zones before a moment, the last way out, and the file with both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from otsu_maps import clock, config
from otsu_maps.i18n import say
from otsu_maps.transit import last_chance, live, places, travel
from otsu_maps.transit import network as networks
from otsu_maps.transit.last_chance import GOES, LONGEST, NO_SERVICE, NONE_LEFT, STOPPED, UNKNOWN, last_chances
from otsu_maps.transit.network import Network
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.ui import data, gaps, service_zones, timetables, url
from otsu_maps.ui.service_zones import Crossed
from otsu_maps.ui.travel_answers import WALKING

STEP, SOON, LATER = timedelta(minutes=10), timedelta(hours=3), timedelta(hours=1)
AHEAD = timedelta(hours=1)
"""At first the moment is so far away: the time in which most people who are told to leave can do so. Assumed."""

HEIGHT, ROW = 560, 35
NAMED = 30
"""So many stops are named in a sentence; the table has all."""


@dataclass(frozen=True)
class Target:
    """A station outside the zones, to which one may change."""

    name: str
    lon: float
    lat: float


def show(about: Mapping[str, Any] | None, found: Crossed, out: TakenOut, lang: str) -> None:
    """The slider, what is left, those with nothing first, the table, the file."""
    if not found.zones:
        st.caption(say("service.no_zone_now", lang))
        return
    snapshot_id, now = data.snapshot().id, clock.now()
    moments = moments_after(now)
    codes = {clock.to_shown(moment).isoformat(timespec="minutes"): moment for moment in moments}
    first = next(code for code, moment in codes.items() if moment >= now + AHEAD)
    chosen = url.slide(
        say("service.before", lang), "before", list(codes), lambda code: clock.shown_near(codes[code], now), first
    )
    before = codes[chosen]
    target = _target(snapshot_id, found, lang)
    table = last_chances(timetables.timetable(snapshot_id), now, before, found.where, out)
    if table.empty:
        st.info(say("service.none_inside", lang), icon="ℹ️")
        return
    table["name"] = _names(snapshot_id, table, lang)
    _said_first(table, before, now, lang)
    shown = _table(table, now, lang)
    if target:
        times = _by_change(snapshot_id, target, table["stop"].to_numpy(), (now, before), out, lang)
        after = list(shown.columns).index(say("service.to", lang)) + 1
        shown.insert(after, say("service.by_change", lang, name=target.name), times)
    st.dataframe(shown, hide_index=True, height=min(HEIGHT, ROW * (len(shown) + 1) + 3))
    st.download_button(
        say("board.csv", lang), _csv(about, shown, before, lang), "last_buses.csv", "text/csv", key="service_csv"
    )
    st.caption(say("service.out_means", lang, at=clock.shown_near(before, now)))
    if target:
        st.caption(say("service.by_change_means", lang, name=target.name, at=clock.shown_near(before, now)))


def moments_after(now: datetime) -> list[datetime]:
    """Moments to choose from (UTC): every ten minutes for three hours, then every hour, as far as one may ask."""
    start = clock.from_timestamp(-(-live.posix(now) // STEP.total_seconds()) * STEP.total_seconds())
    near = [start + STEP * step for step in range(SOON // STEP + 1)]
    return [*near, *(near[-1] + LATER * step for step in range(1, (LONGEST - SOON) // LATER))]


def _said_first(table: pd.DataFrame, before: datetime, now: datetime, lang: str) -> None:
    """What nobody can take a bus from stands before every time."""
    at = clock.shown_near(before, now)
    for state, key, say_it in (
        (NONE_LEFT, "service.none_left", st.warning),
        (STOPPED, "service.stopped", st.warning),
        (UNKNOWN, "service.unknown", st.warning),
        (NO_SERVICE, "service.no_service", st.caption),
    ):
        names = list(dict.fromkeys(table.loc[table["state"] == state, "name"]))
        if names:
            listed = "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
            say_it(say(key, lang, at=at, count=len(names), names=listed))


def _names(snapshot_id: str, table: pd.DataFrame, lang: str) -> list[str]:
    stops = timetables.timetable(snapshot_id).stops.iloc[table["stop"]]
    columns = zip(stops["name_en"], stops["name_ja"], stops["stop_id"], strict=True)
    return [str((english if lang == "en" else None) or japanese or key) for english, japanese, key in columns]


def _table(table: pd.DataFrame, now: datetime, lang: str) -> pd.DataFrame:
    none = say("service.out_none", lang)
    columns: dict[str, list[Any]] = {
        say("service.stop", lang): list(table["name"]),
        say("service.platform", lang): _texts(table["platform_code"]),
        say("service.state", lang): [
            say("service.goes" if state == GOES else f"service.state_{state}", lang) for state in table["state"]
        ],
        say("service.last_bus", lang): _times(table["last_at"], now, ""),
        say("service.line", lang): _texts(table["route"]),
        say("service.to", lang): _texts(table["headsign"]),
        say("service.more", lang): [
            say("app.unknown", lang) if state == UNKNOWN else str(more)
            for state, more in zip(table["state"], table["more"], strict=True)
        ],
        say("service.out", lang): [
            say("app.unknown", lang) if state == UNKNOWN else shown
            for state, shown in zip(table["state"], _times(table["out_at"], now, none), strict=True)
        ],
        say("service.out_line", lang): _texts(table["out_route"]),
        say("service.out_to", lang): _texts(table["out_to_ja"]),
        say("service.out_at", lang): _times(table["out_arrives_at"], now, ""),
    }
    if not any(columns[say("service.platform", lang)]):
        del columns[say("service.platform", lang)]
    return pd.DataFrame(columns)


def _texts(values: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in values]


def _times(values: pd.Series, now: datetime, none: str) -> list[str]:
    return [none if pd.isna(value) else clock.shown_near(value.to_pydatetime(), now) for value in values]


def _target(snapshot_id: str, found: Crossed, lang: str) -> Target | None:
    """A station that a person names; none at first. One inside a zone is not offered."""
    stations = data.stations(snapshot_id)
    safe = service_zones.outside(((each["lon"], each["lat"]) for each in stations), found.zones)
    names: dict[str, Target] = {}
    for each, is_outside in zip(stations, safe, strict=True):
        if is_outside:
            name = (each["name_en"] if lang == "en" else None) or each["name_ja"]
            names.setdefault(each["name_ja"], Target(str(name), each["lon"], each["lat"]))
    chosen = url.choice(
        say("service.target", lang),
        "to",
        list(names),
        lambda code: names[code].name,
        say("service.target_none", lang),
        is_long=True,
    )
    return names[chosen] if chosen else None


def _by_change(
    snapshot_id: str,
    target: Target,
    stops: np.ndarray[Any, np.dtype[Any]],
    period: tuple[datetime, datetime],
    out: TakenOut,
    lang: str,
) -> list[str]:
    """For each stop when one must board there at the latest to be at the target by the moment."""
    now, before = period
    day = clock.to_shown(now).date()
    net, start = _network(snapshot_id, day), live.day_start_s(day)
    usable = net.without(
        routes=np.flatnonzero(out.routes).tolist(),
        stops=np.flatnonzero(out.stops).tolist(),
        trips=last_chance.trips_touched(net.timetable, out),
    )
    by_s = int(live.posix(before)) - start
    within_s = by_s - int(live.posix(now)) + start
    leaving = travel.latest(net, places.at_place(net, target.lon, target.lat), by_s, usable, within_s)
    none = say("service.out_none", lang)
    return [
        none if at_s <= -NEVER else clock.shown_near(clock.from_timestamp(start + int(at_s)), now)
        for at_s in leaving.board_s[stops]
    ]


@st.cache_resource(max_entries=data.KEPT, show_spinner=False)
def _network(snapshot_id: str, day: date) -> Network:
    """Rides and ways of a day, and of the night and morning after it."""
    return networks.of_day(timetables.timetable(snapshot_id), day, config.city().plane_epsg, WALKING)


def _csv(about: Mapping[str, Any] | None, shown: pd.DataFrame, before: datetime, lang: str) -> bytes:
    """The table as a file; each row says of which moment and of which mode it is."""
    marked = shown.copy()
    marked.insert(0, say("service.before", lang), clock.shown(before))
    marked.insert(0, say("incident.mode", lang), say(f"mode.{about['mode'] if about else 'real'}", lang))
    return gaps.csv(marked, lang)
