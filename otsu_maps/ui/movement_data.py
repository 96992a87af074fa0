"""What the page of movement reads from a snapshot, kept while it stays, and small choices that its views share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import shapely
import streamlit as st

from otsu_maps import config, mesh
from otsu_maps.analysis import by_district, residents
from otsu_maps.i18n import say
from otsu_maps.queries import areas, exposure, moves
from otsu_maps.ui import data, url

HEIGHT, ROW = 560, 35
DAY_TYPES = ("weekday", "holiday", "all")
HOURS = tuple(str(hour) for hour in range(24))


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def days(snapshot_id: str) -> list[str]:
    """Days with people present, as they stand in an address: 2025-06-06."""
    return [row["on_date"].isoformat() for row in moves.days(data.opened(snapshot_id))]


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def whole_days(snapshot_id: str) -> list[str]:
    """The days with (nearly) all hours, in order: a page opens on one of them."""
    return nearly_whole({row["on_date"].isoformat(): row["hours"] for row in moves.days(data.opened(snapshot_id))})


def nearly_whole(figures: Mapping[str, int]) -> list[str]:
    """Of days by how many figures each has those with three quarters of the most or more, in order."""
    most = max(figures.values(), default=0)
    return sorted(day for day, count in figures.items() if count >= 0.75 * most)


@st.cache_data(max_entries=16, show_spinner=False)
def day(snapshot_id: str, on: str) -> pd.DataFrame:
    """Devices of a day: hour, mesh_code, size_m, devices."""
    rows = moves.cells_of_day(data.opened(snapshot_id), date.fromisoformat(on))
    return pd.DataFrame(rows, columns=["hour", "mesh_code", "size_m", "devices"])


@st.cache_data(max_entries=16, show_spinner=False)
def hours(snapshot_id: str, on: str) -> list[dict[str, Any]]:
    """Sums of a day over published cells."""
    return moves.hours(data.opened(snapshot_id), date.fromisoformat(on))


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def kinds(snapshot_id: str) -> list[dict[str, Any]]:
    """What trips there are: zones, day_type, hours; weekdays first."""
    found = moves.kinds(data.opened(snapshot_id))
    return sorted(found, key=lambda kind: (kind["zones"], DAY_TYPES.index(kind["day_type"])))


@st.cache_data(max_entries=64, show_spinner=False)
def trips(snapshot_id: str, zones: str, day_type: str, hour: str) -> list[dict[str, Any]]:
    """Trips of one hour ("8"), of the pairs without hours ("none") or of all ("all"): origin, destination, trips,
    has_hours; most first."""
    held = data.opened(snapshot_id)
    if hour == "all":
        return moves.trips_of_day(held, zones, day_type)
    rows = moves.trips(held, zones, day_type, None if hour == "none" else int(hour))
    return [row | {"has_hours": hour != "none"} for row in rows]


@st.cache_data(max_entries=16, show_spinner=False)
def trips_by_hour(snapshot_id: str, zones: str) -> list[dict[str, Any]]:
    """Published trips by day type and hour; weekdays first."""
    found = moves.trips_by_hour(data.opened(snapshot_id), zones)
    return sorted(found, key=lambda row: DAY_TYPES.index(row["day_type"]))


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def counters(snapshot_id: str) -> list[dict[str, Any]]:
    """Counters of passages."""
    return moves.counters(data.opened(snapshot_id))


@st.cache_data(max_entries=16, show_spinner=False)
def passages(snapshot_id: str, site_id: str) -> list[dict[str, Any]]:
    """Passages of one counter by day, hour and direction."""
    return moves.passages(data.opened(snapshot_id), site_id)


@st.cache_data(max_entries=16, show_spinner=False)
def people_by_district(
    snapshot_id: str, year: int, month: int, day_type: str, time_band: str
) -> dict[str, float] | None:
    """People present by district (those with a published cell), the cells cut by land and districts; None: no data."""
    rows = data.flow_cells(snapshot_id, year, month, day_type, time_band)
    codes = tuple(row["mesh_code"] for row in rows)
    if len(set(mesh.sizes_m(codes).tolist() if codes else ())) != 1:
        return None
    return in_districts(snapshot_id, codes, tuple(row["population_persons"] for row in rows))


@st.cache_data(max_entries=16, show_spinner=False)
def in_districts(snapshot_id: str, codes: tuple[int, ...], numbers: tuple[float, ...]) -> dict[str, float]:
    """Numbers of cells by district (those with a part of a cell), the cells cut by land, districts and the outline.

    Cells may be of several sizes, but none lies in another. What lies in no district, or beyond the city, is left out.
    """
    held = data.opened(snapshot_id)
    cells = pd.DataFrame({"mesh_code": codes, "population_persons": numbers, "is_suppressed": False})
    cells = cells.assign(**dict.fromkeys(residents.AGES, float("nan")))
    plane, outline = config.city().plane_epsg, areas.boundary(held)
    return _of_districts(residents.residents(cells, exposure.districts(held), plane, areas.water(held), outline))


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def residents_by_district(snapshot_id: str) -> dict[str, float]:
    """Residents of the census by district, those with a known cell."""
    found = data.residents(snapshot_id)
    return {} if found is None else _of_districts(found)


def _of_districts(found: residents.Residents) -> dict[str, float]:
    people = by_district.people(found, residents.COUNTS[0], found.share)
    ids = found.districts["district_id"]
    return {key: float(each) for key, each in zip(ids, people[: len(ids)], strict=True) if not pd.isna(each)}


@st.cache_data(max_entries=16, show_spinner=False)
def places(snapshot_id: str, zones: str, used: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Where zones lie, lon and lat: inside a district, in the middle of a cell. What has no place is left out."""
    if zones == "district":
        inner = {row["district_id"]: shapely.from_wkb(row["geom"]).representative_point() for row in districts()}
        return {key: (point.x, point.y) for key, point in inner.items()}
    codes = [code for code in used if code.isdecimal() and mesh.sizes_m([int(code)])[0]]
    if not zones.startswith("mesh") or not codes:
        return {}
    west, south, east, north = mesh.bounds_of([int(code) for code in codes])
    middles = zip(codes, ((west + east) / 2).tolist(), ((south + north) / 2).tolist(), strict=True)
    return {code: (lon, lat) for code, lon, lat in middles}


def districts() -> list[dict[str, Any]]:
    """Districts of the current snapshot with their outlines."""
    return data.districts(data.snapshot().id)


def zone_names(snapshot_id: str, lang: str) -> dict[str, str]:
    """Names of zones that have one: districts, and beyond them."""
    return data.district_names(snapshot_id, lang) | {"outside": say("movement.outside", lang)}


def pick(label: str, name: str, options: Sequence[str], shown: Callable[[str], str], default: str) -> str:
    """A select box of codes; the default stands first and leaves the address as it is."""
    return url.choice(label, name, [code for code in options if code != default], shown, shown(default)) or default


def pick_zones(kinds: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Which kind of zones, asked only where there are several."""
    zones = list(dict.fromkeys(kind["zones"] for kind in kinds))
    if len(zones) == 1:
        return str(zones[0])
    return pick(say("movement.zones", lang), "zones", zones, lambda code: say(f"movement_zones.{code}", lang), zones[0])


def clock_of(hour: str | int) -> str:
    """An hour as people read it."""
    return f"{int(hour)}:00"


def withheld(lang: str) -> None:
    """Under how many devices nothing is told."""
    found = _least(data.snapshot().id)
    if found["stated"] is not None:
        st.caption(say("movement.withheld", lang, k=found["stated"]))
    elif found["smallest"] is not None:
        st.caption(say("movement.smallest", lang, k=found["smallest"]))


@st.cache_data(max_entries=data.KEPT, show_spinner=False)
def _least(snapshot_id: str) -> dict[str, Any]:
    return moves.least(data.opened(snapshot_id))


def around(codes: Iterable[int]) -> tuple[float, float, float, float]:
    """West, south, east, north of cells, degrees."""
    west, south, east, north = mesh.bounds_of(list(codes))
    return float(west.min()), float(south.min()), float(east.max()), float(north.max())


def table(columns: Mapping[str, Sequence[Any]], key: str, height: int = HEIGHT) -> None:
    """A table as high as it needs."""
    frame = pd.DataFrame(columns)
    st.dataframe(frame, hide_index=True, height=min(height, ROW * (len(frame) + 1) + 3), key=key)
