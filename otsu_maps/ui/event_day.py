"""The page of an event: what is asked, what it does to the place and its transport, what was measured afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from otsu_maps import fleet
from otsu_maps.event_day import exits, outcome
from otsu_maps.event_day.exits import Key, Service
from otsu_maps.event_day.outcome import Outcome
from otsu_maps.event_day.plan import Plan
from otsu_maps.i18n import say
from otsu_maps.transit import seats
from otsu_maps.ui import (
    data,
    event_day_keep,
    event_day_map,
    event_day_measured,
    event_day_results,
    event_day_trains,
    timetables,
)
from otsu_maps.ui.event_day_inputs import Asked

Shares = tuple[tuple[Key, float], ...]

AREA_M = 1000
"""What was measured is looked at in the cells of this size in which the crowd stands."""


@dataclass(frozen=True)
class Found:
    """What the plan comes to without and with the extra trips that were typed. `again`: the same with other trips."""

    usual: Outcome
    extra: Outcome
    services: tuple[Service, ...]
    again: Callable[[tuple[Service, ...]], Outcome]

    @property
    def has_extra(self) -> bool:
        """Whether any extra trip was typed."""
        return any(each.is_extra for each in self.services)


def show(asked: Asked, lang: str) -> None:
    """What it comes to, where it is known how many will come; then what was measured."""
    for doubt in asked.doubts:
        st.warning(doubt, icon=":material/warning:")
    if asked.plan.visitors:
        _expected(asked, lang)
    else:
        st.info(say("event_day.no_visitors", lang))
    st.header(say("event_day.measured", lang))
    if asked.on is None:
        st.info(say("event_day.no_day", lang))
        return
    around = event_day_map.cells(data.snapshot().id, asked.plan, AREA_M)
    times = event_day_measured.show(asked.on, sorted(around), lang)
    event_day_keep.measured(asked, times, lang)


def _expected(asked: Asked, lang: str) -> None:
    """Tables to fill in, then what they come to."""
    snapshot_id = data.snapshot().id
    with st.expander(say("event_day.trains", lang), icon=":material/train:"):
        services = event_day_trains.services(asked, lang)
    first = _outcome(snapshot_id, asked.plan, asked.day_type, services)
    with st.expander(say("event_day.shares", lang), icon=":material/call_split:"):
        shares = tuple(event_day_trains.shares(first, asked, lang).items())
    again = partial(_outcome, snapshot_id, asked.plan, asked.day_type, shares=shares)
    usual = tuple(each for each in services if not each.is_extra)
    found = Found(again(usual), again(services), services, again)
    event_day_results.show(found, asked, lang)
    event_day_map.show(found.extra, asked.day_type, lang)
    event_day_keep.keep(found, asked, lang)


def _outcome(
    snapshot_id: str, plan: Plan, day_type: str, services: tuple[Service, ...], shares: Shares = ()
) -> Outcome:
    reading = fleet.read()
    rows = () if reading is None else tuple(reading.frame.itertuples(index=False, name=None))
    names = () if reading is None else tuple(map(str, reading.frame.columns))
    return _computed(snapshot_id, plan, day_type, services, shares, names, rows)


@st.cache_resource(max_entries=64, show_spinner=False)
def _computed(
    snapshot_id: str,
    plan: Plan,
    day_type: str,
    services: tuple[Service, ...],
    shares: Shares,
    names: tuple[str, ...],
    rows: tuple[tuple[Any, ...], ...],
) -> Outcome:
    timetable = timetables.timetable(snapshot_id)
    vehicles = seats.vehicles(timetable, [dict(zip(names, row, strict=True)) for row in rows])
    sites = event_day_trains.sites(snapshot_id, plan.lon, plan.lat)
    found = exits.exits(timetable, timetables.plan(snapshot_id, day_type), vehicles, services, sites, plan)
    return outcome.outcome(plan, found, dict(shares))
