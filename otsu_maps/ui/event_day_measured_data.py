"""What was measured on an event day and on its normal days, read from a snapshot and compared once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from otsu_maps import mesh
from otsu_maps.event_day import usual
from otsu_maps.event_day.normal_days import NormalDays, normal_days
from otsu_maps.event_day.usual import Compared, Hours
from otsu_maps.queries import events, moves
from otsu_maps.ui import data
from otsu_maps.ui import movement_data as held

AROUND_M = 5000
"""How far beyond the cells of the venue the map compares, metres."""

KM_LAT, KM_LON = 1 / 120, 1 / 80
"""Degrees of a cell of 1 km (JIS X 0410: 30 seconds high, 45 seconds wide)."""


@dataclass(frozen=True)
class Measured:
    """`table`: around the venue by hour, as `usual.ratio` gives it. `cells`: by hour the cells on the map."""

    table: pd.DataFrame
    cells: dict[int, list[Compared]]


def devices_normal(on: date, cells: Sequence[int]) -> NormalDays:
    """What an event day with devices is held against."""
    snapshot_id = data.snapshot().id
    return _normal(snapshot_id, on, tuple(map(date.fromisoformat, held.days(snapshot_id))), tuple(cells))


def passages_normal(on: date, cells: Sequence[int]) -> NormalDays:
    """What an event day with passages at counters is held against."""
    snapshot_id = data.snapshot().id
    return _normal(snapshot_id, on, tuple(counted_days(snapshot_id)), tuple(cells))


@st.cache_data(max_entries=64, show_spinner=False)
def _normal(snapshot_id: str, on: date, days: tuple[date, ...], cells: tuple[int, ...]) -> NormalDays:
    found = events.between(data.opened(snapshot_id), min(days), max(days)) if days else []
    return normal_days(on, days, found, cells)


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def counted_days(snapshot_id: str) -> list[date]:
    """Days with passages at any counter."""
    return moves.counted_days(data.opened(snapshot_id))


@st.cache_data(max_entries=16, show_spinner=False)
def measured(snapshot_id: str, on: date, days: tuple[date, ...], cells: tuple[int, ...]) -> Measured:
    """Devices of an event day beside those of normal days, around the venue and some way beyond."""
    event, *normals = (_hours(snapshot_id, day, cells) for day in (on, *days))
    compared = {hour: usual.compare(event[hour], [day.get(hour, {}) for day in normals]) for hour in sorted(event)}
    return Measured(usual.ratio(event, normals, cells), compared)


def _hours(snapshot_id: str, on: date, cells: tuple[int, ...]) -> Hours:
    table = held.day(snapshot_id, on.isoformat())
    west, south, east, north = mesh.bounds_of(table["mesh_code"].to_numpy("int64"))
    left, bottom, right, top = beyond(cells)
    is_near = ((west + east) / 2 > left) & ((west + east) / 2 < right)
    is_near &= ((south + north) / 2 > bottom) & ((south + north) / 2 < top)
    near = table[np.asarray(is_near)]
    return {
        int(str(hour)): dict(zip(rows["mesh_code"].tolist(), rows["devices"].astype(float).tolist(), strict=True))
        for hour, rows in near.groupby("hour")
    }


def beyond(cells: Sequence[int], metres: int = AROUND_M) -> tuple[float, float, float, float]:
    """West, south, east, north of the cells of the venue and so far beyond, degrees."""
    west, south, east, north = held.around(cells)
    km = metres / 1000
    return west - km * KM_LON, south - km * KM_LAT, east + km * KM_LON, north + km * KM_LAT


@st.cache_data(max_entries=16, show_spinner=False)
def passages(snapshot_id: str, on: date, days: tuple[date, ...]) -> dict[str, pd.DataFrame]:
    """By counter its whole hours on an event day beside those of normal days, as `usual.counted` gives them."""
    by_site: dict[str, dict[date, dict[int, float]]] = {}
    for row in moves.whole_hours(data.opened(snapshot_id), [on, *days]):
        by_site.setdefault(row["site_id"], {}).setdefault(row["on_date"], {})[row["hour"]] = float(row["passages"])
    return {
        site: usual.counted(of_day[on], [of_day.get(day, {}) for day in days])
        for site, of_day in by_site.items()
        if on in of_day
    }


def largest(table: pd.DataFrame) -> dict[str, Any] | None:
    """The row with the most times what is usual, None where no hour compares."""
    known: list[dict[str, Any]] = table[table["times"].notna()].to_dict("records")  # type: ignore[assignment]
    return max(known, key=lambda row: row["times"], default=None)
