"""The two timetables of a comparison and what differs between them, computed once for all who ask the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
import streamlit as st

from otsu_maps import config
from otsu_maps.errors import FileRefused
from otsu_maps.queries import transit as query
from otsu_maps.timetable_upload import Upload
from otsu_maps.transit import compare, edits, network, reached, services, swap, tables
from otsu_maps.transit.compare import Side
from otsu_maps.transit.edits import Edited
from otsu_maps.transit.gaps import Gaps
from otsu_maps.ui import data, gaps, timetables, travel_answers
from otsu_maps.ui.gaps import Asked

EDITS, FILE, FEEDS = ("edits", "file", "feeds")
"""Against now: a table of changes; a timetable by hand; or two editions of the snapshot against each other."""

KEPT = 12


class Change(NamedTuple):
    """What differs. `rows`: the table of changes, a tuple a row in the order of edits.COLUMNS; `sha256`: of the file;
    `replaced`: feed that the file replaces, or the feed of before; `feed`: the feed of after."""

    way: str
    rows: tuple[tuple[str, ...], ...] = ()
    sha256: str = ""
    replaced: str = ""
    feed: str = ""


@dataclass(frozen=True)
class Compared:
    """Tables of `transit.compare`; `gaps` and `districts` are None without a census, `reached` by district."""

    before: Side
    after: Side
    stops: pd.DataFrame
    routes: pd.DataFrame
    gaps: tuple[Gaps, Gaps] | None
    districts: pd.DataFrame | None


def edited(snapshot_id: str, day_type: str, rows: tuple[tuple[str, ...], ...]) -> Edited:
    """The timetables of now after a table of changes, and the rows that were refused."""
    return _edited(snapshot_id, day_type, rows)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def compared(snapshot_id: str, asked: Asked, change: Change, _upload: Upload | None) -> Compared:
    """Everything that differs on a kind of day in a band of time."""
    before, after = _sides(snapshot_id, asked.day_type, change, _upload)
    plane, band = config.city().plane_epsg, (asked.from_h * 3600, asked.until_h * 3600)
    stops = compare.stops(before, after, plane, *band)
    lines = compare.routes(before, after)
    people = data.residents(snapshot_id)
    if people is None:
        return Compared(before, after, stops, lines, None, None)
    found = tuple(gaps.of_timetable(side.timetable, side.on, people, asked, snapshot_id) for side in (before, after))
    outlines = people.districts["geom"].tolist()
    by_district = compare.districts(stops, found[0].table, found[1].table, outlines)
    return Compared(before, after, stops, lines, (found[0], found[1]), by_district)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def residents_reached(snapshot_id: str, asked: Asked, change: Change, _upload: Upload | None) -> pd.DataFrame | None:
    """District_id, and `within_<minutes>_persons` with `_before` and `_after`; None without a census."""
    people = data.residents(snapshot_id)
    if people is None:
        return None
    middles = travel_answers.middles(snapshot_id)
    made = []
    for side in _sides(snapshot_id, asked.day_type, change, _upload):
        runs = [services.runs_on(side.timetable, side.on, back) for back in (1, 0, -1)]
        net = network.build(
            side.timetable, (runs[0], runs[1], runs[2]), config.city().plane_epsg, travel_answers.WALKING
        )
        made.append(reached.reached(net, people, middles, asked.from_h * 3600, asked.until_h * 3600))
    return made[0].merge(made[1], on="district_id", suffixes=("_before", "_after"))


def _sides(snapshot_id: str, day_type: str, change: Change, upload: Upload | None) -> tuple[Side, Side]:
    now = Side(timetables.timetable(snapshot_id), timetables.plan(snapshot_id, day_type))
    if change.way == EDITS:
        return now, Side(_edited(snapshot_id, day_type, change.rows).timetable, now.on)
    if change.way == FILE:
        if upload is None or upload.sha256 != change.sha256:
            raise FileRefused("compare_no_file")
        return now, _with_upload(snapshot_id, day_type, change, upload)
    others = (change.feed, change.replaced)
    return _without(snapshot_id, day_type, others[0]), _without(snapshot_id, day_type, others[1])


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _edited(snapshot_id: str, day_type: str, rows: tuple[tuple[str, ...], ...]) -> Edited:
    table = pd.DataFrame(rows, columns=list(edits.COLUMNS))
    return edits.edited(timetables.timetable(snapshot_id), table, timetables.plan(snapshot_id, day_type))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _with_upload(snapshot_id: str, day_type: str, change: Change, _upload: Upload) -> Side:
    held = swap.without_feeds(query.timetable_tables(data.opened(snapshot_id)), {change.replaced} - {""})
    made = tables.timetable(swap.together(held, _upload.tables))
    return Side(made, services.plan(services.typical_days(made, day_type)))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _without(snapshot_id: str, day_type: str, feed: str) -> Side:
    made = tables.timetable(swap.without_feeds(query.timetable_tables(data.opened(snapshot_id)), {feed}))
    return Side(made, services.plan(services.typical_days(made, day_type)))
