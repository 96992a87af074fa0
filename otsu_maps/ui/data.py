"""The snapshot for pages: opened once for all sessions, swapped when CURRENT moves, answers kept while it stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import shapely
import streamlit as st

from otsu_maps import config, land
from otsu_maps.analysis import residents as people
from otsu_maps.analysis.ground import Ground
from otsu_maps.analysis.residents import Residents
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.maps import basemap
from otsu_maps.queries import areas, events, exposure, flow, places, sources, tables, transit, validity
from otsu_maps.queries import hazards as hazards_of

KEPT = 2  # the current snapshot and the one before: sessions change over one by one


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def opened(snapshot_id: str) -> Snapshot:
    """A snapshot, opened once for all sessions."""
    return Snapshot.of_this_version(snapshots.path_of(snapshot_id))


def current_id() -> str | None:
    """Id of the current snapshot: one small file read, cheap enough for every rerun."""
    return snapshots.current_id()


def snapshot() -> Snapshot:
    """The current snapshot. Raises SnapshotMissing."""
    return opened(snapshots.current_path().stem)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def card(snapshot_id: str) -> dict[str, Any]:
    """The row of table `snapshot`."""
    return sources.snapshot_card(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def all_sources(snapshot_id: str) -> list[dict[str, Any]]:
    """The rows of table `source`."""
    return sources.all_sources(opened(snapshot_id))


@st.cache_data(max_entries=64, show_spinner=False)
def quarantine(snapshot_id: str, source_id: str) -> list[dict[str, Any]]:
    """The refused rows of a source."""
    return sources.quarantine(opened(snapshot_id), source_id)


@st.cache_data(max_entries=256, show_spinner=False)
def list_places(snapshot_id: str, narrow: places.Narrow) -> list[dict[str, Any]]:
    """Sites and shelters that a person asked for."""
    return places.places(opened(snapshot_id), narrow)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def place_names(snapshot_id: str) -> dict[str, str]:
    """Names of sites and shelters by id."""
    return {row["place_id"]: row["name_ja"] for row in places.places(opened(snapshot_id), places.Narrow())}


@st.cache_data(max_entries=256, show_spinner=False)
def premises(snapshot_id: str, any_id: str) -> list[dict[str, Any]]:
    """Everything on one premises."""
    return places.of_premises(opened(snapshot_id), any_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def hazards(snapshot_id: str) -> list[str]:
    """Hazards for which places are designated here."""
    return places.hazards_in_use(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def districts(snapshot_id: str) -> list[dict[str, Any]]:
    """Districts with their outlines."""
    return areas.districts(opened(snapshot_id))


@st.cache_data(max_entries=KEPT * 4, show_spinner=False)
def district_names(snapshot_id: str, lang: str) -> dict[str, str]:
    """Names of districts by id, in a language where they have one."""
    column = "name_ja" if lang == "ja" else "name_en"
    return {row["district_id"]: row[column] or row["name_ja"] for row in districts(snapshot_id)}


@st.cache_data(max_entries=KEPT, show_spinner=False)
def warning_areas(snapshot_id: str) -> dict[str, str]:
    """Names of the JMA warning areas of the city by code."""
    return {row["area_code"]: row["name_ja"] for row in areas.warning_areas(opened(snapshot_id))}


@st.cache_data(max_entries=KEPT, show_spinner=False)
def judged_places(snapshot_id: str) -> list[dict[str, Any]]:
    """Every place with what decides whether it is valid."""
    return validity.places(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def judged_zones(snapshot_id: str) -> list[dict[str, Any]]:
    """Places inside a zone."""
    return validity.inside(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def towns(snapshot_id: str) -> list[dict[str, Any]]:
    """Towns with a point of theirs."""
    return areas.towns(opened(snapshot_id))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def residents(snapshot_id: str) -> Residents | None:
    """Where people live by census cells, None: no census was loaded."""
    held = opened(snapshot_id)
    cells = exposure.cells(held)
    if cells.empty:
        return None
    plane = config.city().plane_epsg
    return people.residents(cells, exposure.districts(held), plane, areas.water(held), areas.boundary(held))


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def ground(snapshot_id: str) -> Ground:
    """Where points lie, and what lies between them."""
    return land.read(opened(snapshot_id), config.city())


@st.cache_data(max_entries=KEPT * 2, show_spinner=False)
def base_map(snapshot_id: str, theme: str) -> str:
    """The base map as a style."""
    held = opened(snapshot_id)
    return basemap.style(theme, city=areas.boundary(held), water=areas.water(held), rail=areas.rail(held))


@st.cache_data(max_entries=256, show_spinner=False)
def bounds(snapshot_id: str, district_id: str | None = None) -> tuple[float, float, float, float]:
    """West, south, east, north of the city or of one of its districts, degrees."""
    outlines = {row["district_id"]: row["geom"] for row in districts(snapshot_id)}
    outline = outlines.get(district_id) or areas.boundary(opened(snapshot_id))
    west, south, east, north = shapely.from_wkb(outline).bounds
    return west, south, east, north


@st.cache_data(max_entries=16, show_spinner=False)
def export(snapshot_id: str, table: str, mark: str) -> bytes:
    """A table as CSV that Excel opens (UTF-8 with BOM); `mark` fills a first column, so that demo rows stay marked."""
    if table not in tables.EXPORTS:
        raise KeyError(table)
    frame = tables.whole(opened(snapshot_id), table).to_pandas()
    frame.insert(0, "data_kind", mark)
    return frame.to_csv(index=False).encode("utf-8-sig")


@st.cache_data(max_entries=KEPT, show_spinner=False)
def hazard_maps(snapshot_id: str) -> list[dict[str, Any]]:
    """What hazard maps there are."""
    return hazards_of.maps(opened(snapshot_id))


@st.cache_data(max_entries=16, show_spinner=False)
def hazard_zones(snapshot_id: str, hazard: str, scale: str | None) -> list[dict[str, Any]]:
    """Zones of one hazard map."""
    return hazards_of.zones(opened(snapshot_id), hazard, scale)


@st.cache_data(max_entries=16, show_spinner=False)
def hazard_coverage(snapshot_id: str, hazard: str, scale: str | None) -> list[dict[str, Any]]:
    """Where one hazard map speaks."""
    return hazards_of.coverage(opened(snapshot_id), hazard, scale)


@st.cache_data(max_entries=16, show_spinner=False)
def hazard_places(snapshot_id: str, hazard: str, scale: str | None) -> list[dict[str, Any]]:
    """Sites and shelters against one hazard map."""
    return hazards_of.places(opened(snapshot_id), hazard, scale)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def feeds(snapshot_id: str) -> list[dict[str, Any]]:
    """Timetables."""
    return transit.feeds(opened(snapshot_id))


@st.cache_data(max_entries=16, show_spinner=False)
def feed_notices(snapshot_id: str, feed_id: str) -> list[dict[str, Any]]:
    """What a reader should know of a timetable."""
    return transit.notices(opened(snapshot_id), feed_id)


@st.cache_data(max_entries=16, show_spinner=False)
def feed_findings(snapshot_id: str, feed_id: str) -> list[dict[str, Any]]:
    """The validation report of a timetable."""
    return transit.findings(opened(snapshot_id), feed_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def routes(snapshot_id: str) -> list[dict[str, Any]]:
    """Lines."""
    return transit.routes(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def route_lines(snapshot_id: str) -> list[dict[str, Any]]:
    """The ways of lines."""
    return transit.route_lines(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def stops(snapshot_id: str) -> list[dict[str, Any]]:
    """Stops."""
    return transit.stops(opened(snapshot_id))


@st.cache_data(max_entries=64, show_spinner=False)
def route_stops(snapshot_id: str, route_id: str) -> list[dict[str, Any]]:
    """Stops of a line in their order."""
    return transit.route_stops(opened(snapshot_id), route_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def stations(snapshot_id: str) -> list[dict[str, Any]]:
    """Stations that are served."""
    return transit.stations(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def flow_months(snapshot_id: str) -> list[tuple[int, int]]:
    """Year and month of the people-flow data."""
    return flow.months(opened(snapshot_id))


@st.cache_data(max_entries=64, show_spinner=False)
def flow_cells(snapshot_id: str, year: int, month: int, day_type: str, time_band: str) -> list[dict[str, Any]]:
    """People present by cell."""
    return flow.cells(opened(snapshot_id), year, month, day_type, time_band)


@st.cache_data(max_entries=64, show_spinner=False)
def flow_fromto(snapshot_id: str, year: int, month: int, day_type: str, time_band: str) -> list[dict[str, Any]]:
    """People present by where they live."""
    return flow.fromto(opened(snapshot_id), year, month, day_type, time_band)


@st.cache_data(max_entries=16, show_spinner=False)
def flow_monthly(snapshot_id: str, day_type: str, time_band: str) -> list[dict[str, Any]]:
    """People present by month."""
    return flow.monthly(opened(snapshot_id), day_type, time_band)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def event_months(snapshot_id: str) -> list[date]:
    """Months in which a dated event takes place."""
    return events.months(opened(snapshot_id))


@st.cache_data(max_entries=32, show_spinner=False)
def events_of(snapshot_id: str, month: date) -> list[dict[str, Any]]:
    """Events of a month."""
    last = date(month.year + month.month // 12, month.month % 12 + 1, 1) - timedelta(days=1)
    return events.between(opened(snapshot_id), month, last)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def events_placed(snapshot_id: str) -> list[dict[str, Any]]:
    """Events with a day and a position."""
    return events.placed(opened(snapshot_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def events_undated(snapshot_id: str) -> list[dict[str, Any]]:
    """Events without a full date."""
    return events.undated(opened(snapshot_id))
