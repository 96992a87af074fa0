"""Tables that a planner fills in: trips that no timetable of the snapshot has, and who uses which station."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from otsu_maps.event_day import exits, needed, typed
from otsu_maps.event_day.exits import Key, Service, Sites
from otsu_maps.event_day.outcome import COME, GO, Outcome
from otsu_maps.event_day.plan import BUS, RAIL
from otsu_maps.i18n import say
from otsu_maps.transit.distance import metres
from otsu_maps.ui import data, timetables, typed_rows, url
from otsu_maps.ui.event_day_inputs import ROWS, SHARES, Asked

START, BEGAN, ADDED, EDITION = "event_day_rows", "event_day_began", "event_day_added", "event_day_edition"
OWN, OWN_OF, OWN_START, OWN_KEY = "event_day_own", "event_day_own_of", "event_day_own_start", "event_day_own_key"
JOIN = ":"
NO_ROWS = "-"
"""In the address: a table that was emptied."""


@st.cache_data(max_entries=32, show_spinner=False)
def sites(snapshot_id: str, lon: float, lat: float) -> Sites:
    """Stations and stops by mode and name; of several of one name the nearest to a position."""
    held = timetables.timetable(snapshot_id)
    tracks = np.array([exits.mode_of(each) == RAIL for each in held.routes["route_type"]], bool)
    is_rail = tracks[held.trips["route"].to_numpy()[held.calls.trip]] if len(held.trips) else np.zeros(0, bool)
    rows = [(RAIL, str(each["name_ja"]), each["lon"], each["lat"]) for each in data.stations(snapshot_id)]
    names = held.stops["name_ja"].fillna(held.stops["stop_id"]).to_numpy(object)
    for mode, called in ((RAIL, held.calls.stop[is_rail]), (BUS, held.calls.stop[~is_rail])):
        stops = held.stops.iloc[np.unique(called)]
        rows += zip([mode] * len(stops), names[stops.index], stops["lon"], stops["lat"], strict=True)
    table = pd.DataFrame(rows, columns=["mode", "name", "lon", "lat"]).dropna()
    away = metres(table["lon"].to_numpy(float), table["lat"].to_numpy(float), lon, lat)
    nearest = table.iloc[np.argsort(away, kind="stable")].drop_duplicates(["mode", "name"])
    keys = zip(nearest["mode"], nearest["name"], strict=True)
    return dict(zip(keys, zip(nearest["lon"], nearest["lat"], strict=True), strict=True))


def services(asked: Asked, lang: str) -> tuple[Service, ...]:
    """The table of trips: what it begins with, else what the address says. Rows that cannot be used are told."""
    st.caption(say("event_day.trains_how", lang))
    began = tuple(typed.row_of(each) for each in asked.services)
    key = _start(asked, began)
    known = sites(data.snapshot().id, asked.plan.lon, asked.plan.lat)
    start: pd.DataFrame = st.session_state[START]
    near = [JOIN.join(each) for each in exits.near(known, asked.plan)]
    options = list(dict.fromkeys([*near, *start["place"]]))
    edited: pd.DataFrame = st.data_editor(
        start,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        column_config={
            "place": st.column_config.SelectboxColumn(
                say("event_day.place", lang),
                options=options,
                format_func=lambda code: place_name(*_split(str(code)), lang),
                width="medium",
            ),
            "toward": st.column_config.TextColumn(say("event_day.toward", lang), default="", max_chars=40),
            "from": st.column_config.TextColumn(say("event_day.from", lang), default="", max_chars=5, width="small"),
            "until": st.column_config.TextColumn(say("event_day.until", lang), default="", max_chars=5, width="small"),
            "trips": st.column_config.TextColumn(say("event_day.trips", lang), default="", max_chars=6, width="small"),
            "places": st.column_config.TextColumn(
                say("event_day.places", lang), default="", max_chars=6, width="small"
            ),
            "extra": st.column_config.CheckboxColumn(say("event_day.extra", lang), default=False, width="small"),
        },
    )
    rows = _texts(edited)
    url.put(ROWS, None if rows == began else typed_rows.written(rows) or NO_ROWS)
    found, refused = typed.services(rows)
    for each in refused:
        st.warning(each.reason.sentence(lang), icon=":material/warning:")
    for mode, place in exits.out_of_reach(found, known, asked.plan):
        name = place_name(mode, place, lang)
        st.warning(say("event_day.out_of_reach", lang, place=name), icon=":material/warning:")
    return found


def add(services: tuple[Service, ...], again: Callable[[tuple[Service, ...]], Outcome]) -> None:
    """Extra trips that do, as rows which the table has from the next run on."""
    st.session_state[ADDED] = tuple(typed.row_of(each) for each in needed.services(services, again))


def _start(asked: Asked, began: typed_rows.Rows) -> str:
    """What the editor starts from must stay, or it forgets what was typed: it changes with the event alone, and where
    rows were added for a person. Gives the key of the editor."""
    added = st.session_state.pop(ADDED, ())
    if st.session_state.get(BEGAN) != asked.code or url.is_new(ROWS) or added:
        text = url.get(ROWS)
        rows = began if text is None else () if text == NO_ROWS else typed_rows.read(text, len(typed.COLUMNS))
        st.session_state[START] = _frame((*rows, *added))
        st.session_state[BEGAN] = asked.code
        st.session_state[EDITION] = st.session_state.get(EDITION, 0) + 1
    return f"event_day_trains_{st.session_state[EDITION]}"


def _frame(rows: typed_rows.Rows) -> pd.DataFrame:
    table = pd.DataFrame([row for row in rows if row[0]], columns=list(typed.COLUMNS), dtype="str")
    table["place"] = table["mode"] + JOIN + table["place"]
    table["extra"] = table["extra"] == "1"
    return table.drop(columns="mode")


def _texts(edited: pd.DataFrame) -> typed_rows.Rows:
    """Rows of the editor in the order of typed.COLUMNS."""
    codes = edited["place"].astype(object).where(edited["place"].notna(), "").astype(str)
    pairs = [_split(code) for code in codes]
    table = edited.assign(
        mode=[mode for mode, _ in pairs],
        place=[place for _, place in pairs],
        extra=["1" if each is True or each == 1 else "" for each in edited["extra"]],
    )
    return typed_rows.typed(table[list(typed.COLUMNS)])


def _split(code: str) -> tuple[str, str]:
    mode, _, place = code.partition(JOIN)
    return mode, place


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def _english(snapshot_id: str) -> dict[tuple[str, str], str]:
    """English names of stations and stops that have one."""
    found = {
        (RAIL, str(each["name_ja"])): str(each["name_en"]) for each in data.stations(snapshot_id) if each["name_en"]
    }
    held = timetables.timetable(snapshot_id).stops
    named = zip(held["name_ja"], held["name_en"], strict=True)
    return {(BUS, str(name)): str(english) for name, english in named if english} | found


def place_name(mode: str, place: str, lang: str) -> str:
    """A station or a stop as it is shown."""
    if not place:
        return ""
    if lang != "ja":
        place = _english(data.snapshot().id).get((mode, place), place)
    return say("event_day.station" if mode == RAIL else "event_day.stop", lang, name=place)


def name_of(key: Key, lang: str) -> str:
    """An exit as it is shown: the place, and where its trains go."""
    mode, place, toward = key
    name = place_name(mode, place, lang)
    return say("event_day.exit", lang, name=name, toward=toward) if toward else name


def shares(found: Outcome, asked: Asked, lang: str) -> dict[Key, float]:
    """The table of who uses what: percent by exit, blank where they are computed. `found`: without any typed share."""
    st.caption(say("event_day.shares_how", lang))
    keys = [each.exit.key for each in found.loads]
    table_of = (asked.code, *keys)
    if st.session_state.get(OWN_OF, ("",))[0] != asked.code or url.is_new(SHARES):
        st.session_state[OWN] = _read_shares()
        st.session_state.pop(OWN_OF, None)
    if st.session_state.get(OWN_OF) != table_of:  # what the editor starts from must stay while its rows do
        st.session_state[OWN_OF], st.session_state[OWN_START] = table_of, dict(st.session_state[OWN])
        st.session_state[EDITION] = st.session_state.get(EDITION, 0) + 1
        st.session_state[OWN_KEY] = f"event_day_shares_{st.session_state[EDITION]}"
    given: dict[Key, float] = st.session_state[OWN_START]
    frame = pd.DataFrame(
        {
            "name": [name_of(each.exit.key, lang) for each in found.loads],
            "metres": [round(each.exit.metres) for each in found.loads],
            "come": [round(100 * each.share[COME]) for each in found.loads],
            "go": [round(100 * each.share[GO]) for each in found.loads],
            "own": [given.get(each.exit.key) for each in found.loads],
        }
    ).astype({"own": "float64"})
    columns = {
        "name": st.column_config.TextColumn(say("event_day.place", lang), disabled=True, width="medium"),
        "metres": st.column_config.NumberColumn(say("event_day.metres", lang), disabled=True),
        "come": st.column_config.NumberColumn(say("event_day.share_come", lang), disabled=True),
        "go": st.column_config.NumberColumn(say("event_day.share_go", lang), disabled=True),
        "own": st.column_config.NumberColumn(say("event_day.share_own", lang), min_value=0, max_value=100, step=1),
    }
    edited: pd.DataFrame = st.data_editor(
        frame, key=st.session_state[OWN_KEY], hide_index=True, column_config=columns, placeholder=""
    )
    own = {key: float(each) for key, each in zip(keys, edited["own"].tolist(), strict=True) if not pd.isna(each)}
    elsewhere = {key: each for key, each in st.session_state[OWN].items() if key not in keys}
    st.session_state[OWN] = elsewhere | own
    url.put(SHARES, typed_rows.written((*key, f"{percent:g}") for key, percent in (elsewhere | own).items()))
    return own


def _read_shares() -> dict[Key, float]:
    found: dict[Key, float] = {}
    for mode, place, toward, percent in typed_rows.read(url.get(SHARES) or "", 4):
        try:
            found[mode, place, toward] = min(max(float(percent), 0.0), 100.0)
        except ValueError:
            continue
    return found
