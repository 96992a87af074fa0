"""Forecasts for pages: made once a minute for all sessions, beside them, by a forecaster that follows the incident."""

from __future__ import annotations

import logging
import math
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Any

import pyarrow as pa
import streamlit as st

from otsu_maps import clock
from otsu_maps.analysis import forecast, offer, room
from otsu_maps.analysis.filling import STEPS
from otsu_maps.analysis.forecast import Outlook
from otsu_maps.analysis.forecaster import Forecaster
from otsu_maps.analysis.lines import minute, moment
from otsu_maps.i18n import say
from otsu_maps.ledger import story
from otsu_maps.ledger.store import open_ledger
from otsu_maps.ui import data, incident
from otsu_maps.ui.now import View

_log = logging.getLogger(__name__)

EVERY = timedelta(seconds=60)
OLD_MIN = 5.0
"""An older forecast is not shown: the one that should have followed failed."""

OVERLAP = timedelta(minutes=10)
"""Another process may commit an event that was received a little earlier; what is known already is passed over."""


class Follower:
    """A forecaster that follows an incident in a thread of its own: a first look at a long one takes seconds, and no
    page waits for it."""

    def __init__(self, ledger_url: str, incident_id: str, snapshot_id: str, count_lasts: timedelta) -> None:
        places = data.judged_places(snapshot_id)
        rooms = {place["place_id"]: room.capacity(place, None) for place in places}
        groups = {place["place_id"]: place["district_id"] for place in places}
        known = {key: number for key, number in rooms.items() if number is not None}
        self._forecaster = Forecaster(known, count_lasts.total_seconds() / 60, groups)
        self._ledger, self._incident_id = open_ledger(ledger_url), incident_id
        self._read_at: datetime | None = None
        self._newest = forecast.NOTHING
        self._asked_at: datetime | None = None
        self._turn = Lock()

    def newest(self, at: datetime) -> Outlook:
        """The last forecasts that were made; where these are old, newer ones are begun."""
        if (self._asked_at is None or at - self._asked_at >= EVERY) and self._turn.acquire(blocking=False):
            self._asked_at = at
            Thread(target=self._follow, args=(at,), name="forecast", daemon=True).start()
        return self._newest

    def _follow(self, at: datetime) -> None:
        try:
            self._newest = self._made(at)
        except Exception:  # the page goes on without; the next minute tries again
            _log.exception("the forecast failed")
        finally:
            self._turn.release()

    def _made(self, at: datetime) -> Outlook:
        since = self._read_at - OVERLAP if self._read_at else None
        events = story.of_people(self._ledger, self._incident_id, since)
        self._forecaster.take(events, minute(at))
        self._read_at = max((event.received_at for event in events), default=self._read_at)
        return self._forecaster.outlook(minute(at))


def of(about: dict[str, Any], held: View) -> Outlook:
    """What is ahead in an incident, by what is known now; of one that is closed, nothing."""
    ledger = incident.ledger()
    if ledger is None or not about["is_open"]:
        return forecast.NOTHING
    newest = _follower(ledger.url, about["incident_id"], held.snapshot_id, held.rules.count_lasts).newest(clock.now())
    is_old = newest.made_min is not None and minute(clock.now()) - newest.made_min > OLD_MIN
    return forecast.NOTHING if is_old else newest


def when(ahead: Outlook, key: str, level: float, lang: str) -> str:
    """When a shelter or district comes to a level, in words that claim no more than the forecast does."""
    made = ahead.of(key, level)
    if made is None or ahead.made_min is None:
        return say("outlook.too_little", lang)
    if made.people >= made.persons:
        return say("outlook.there", lang)
    at = moment(ahead.made_min)
    earliest, middle, latest = (
        clock.shown_near(moment(ahead.made_min + each), at) if each is not None else None
        for each in (made.earliest_min, made.middle_min, made.latest_min)
    )
    if not made.is_soon:
        return say("outlook.not_soon", lang)
    if latest is not None:
        return say("outlook.between", lang, middle=middle, earliest=earliest, latest=latest)
    if made.middle_min is not None and made.middle_min > (made.earliest_min or 0.0):
        return say("outlook.from", lang, middle=middle, earliest=earliest)
    return say("outlook.earliest", lang, earliest=earliest)


def show(held: View, ahead: Outlook, lang: str) -> None:
    """Shelters and districts that may fill, the soonest first, and of how many nothing can be said."""
    st.subheader(say("outlook.title", lang))
    if ahead.made_min is None:
        st.info(say("outlook.making", lang))
        return
    table, silent = held.once(("outlook", ahead.made_min, lang), lambda: _table(held, ahead, lang))
    if table is None:
        st.info(say("outlook.none", lang))
    else:
        st.dataframe(table, hide_index=True)
    st.caption(say("outlook.means", lang, silent=silent))


def band(ahead: Outlook, place_id: str) -> list[tuple[datetime, float, float, float]] | None:
    """People to come, as the chart of a shelter takes them: when, and the least, the middle and the most."""
    if place_id not in ahead.bands or ahead.made_min is None:
        return None
    low, middle, high = ahead.bands[place_id].tolist()
    times = [moment(ahead.made_min + float(step)) for step in STEPS]
    return list(zip(times, low, middle, high, strict=True))


def _table(held: View, ahead: Outlook, lang: str) -> tuple[pa.Table | None, int]:
    districts = data.district_names(held.snapshot_id, lang)
    open_ones = {row.place_id: row.name for row in held.rows if row.openness == offer.OPEN}
    names = {key: (say("outlook.shelter", lang), name) for key, name in open_ones.items()}
    names |= {key: (say("outlook.district", lang), name) for key, name in districts.items()}
    listed = []
    for key, (kind, name) in names.items():
        crowded, full = (ahead.of(key, level) for level in forecast.LEVELS)
        if crowded is None or full is None or not (crowded.is_soon or full.is_soon):
            continue
        if key in open_ones and full.people >= full.persons:
            continue  # it stands on the board as full
        order = min(made.middle_min or math.inf for made in (crowded, full))
        words = [when(ahead, key, level, lang) for level in forecast.LEVELS]
        listed.append((order, name, kind, *words, round(full.people), round(full.persons), f"{full.chance:.0%}"))
    silent = sum(ahead.of(key) is None for key in open_ones)
    if not listed:
        return None, silent
    columns = ("name", "kind", "crowded", "full", "people", "room", "chance")
    held_columns = list(zip(*sorted(listed), strict=True))[1:]
    return pa.table(
        {say(f"outlook.{name}", lang): list(each) for name, each in zip(columns, held_columns, strict=True)}
    ), silent


@st.cache_resource(max_entries=4, show_spinner=False)
def _follower(ledger_url: str, incident_id: str, snapshot_id: str, count_lasts: timedelta) -> Follower:
    return Follower(ledger_url, incident_id, snapshot_id, count_lasts)
