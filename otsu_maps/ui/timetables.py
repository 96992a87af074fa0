"""Timetables for pages: as arrays, made once a snapshot for all sessions, and their network on a kind of day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from otsu_maps import config
from otsu_maps.queries import transit as query
from otsu_maps.transit import network as networks
from otsu_maps.transit import services, tables
from otsu_maps.transit.live import Names
from otsu_maps.transit.network import Network
from otsu_maps.transit.services import TypicalDay
from otsu_maps.transit.timetable import Timetable
from otsu_maps.transit.walk import Walking
from otsu_maps.ui import data, transit


@st.cache_resource(max_entries=data.KEPT, show_spinner=False)
def timetable(snapshot_id: str) -> Timetable:
    """Every feed of the snapshot, side by side; without a feed it has no trips."""
    return tables.timetable(query.timetable_tables(data.opened(snapshot_id)))


@st.cache_resource(max_entries=data.KEPT, show_spinner=False)
def names(snapshot_id: str) -> Names:
    """What operators call the trips, lines and stops of the timetable."""
    return Names(timetable(snapshot_id))


@st.cache_data(max_entries=data.KEPT * len(services.DAY_TYPES), show_spinner=False)
def typical_days(snapshot_id: str, day_type: str) -> Mapping[str, TypicalDay]:
    """For each feed the day that stands for a kind of day."""
    return services.typical_days(timetable(snapshot_id), day_type)


def feed_names(snapshot_id: str) -> dict[str, str]:
    """What to call each feed, by its id."""
    return {str(feed["feed_id"]): transit.feed_name(feed) for feed in data.feeds(snapshot_id)}


def plan(snapshot_id: str, day_type: str) -> Mapping[str, date]:
    """The days of `typical_days`, as all questions take them."""
    return services.plan(typical_days(snapshot_id, day_type))


@st.cache_resource(max_entries=data.KEPT * len(services.DAY_TYPES), show_spinner=False)
def network(snapshot_id: str, day_type: str, walking: Walking) -> Network:
    """Rides and ways of the day that stands for a kind of day."""
    plane_epsg = config.city().plane_epsg
    return networks.of_day(timetable(snapshot_id), plan(snapshot_id, day_type), plane_epsg, walking)
