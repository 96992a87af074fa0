"""The datasets of a snapshot as data, in the order in which they are made. A new source is one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from etl import derive, derive_hazards, derive_occupancy, derive_population, derive_transit
from etl.source import Job, Tidy
from etl.sources import activities, areas, hazards, moves, registers, transit


@dataclass(frozen=True)
class Source:
    """Read from files into a table, and `more` tables where a source has several. `is_needed`: no snapshot without it.

    `needs` are sources read before it.
    """

    id: str
    table: str
    read: Callable[[Job], Tidy]
    needs: tuple[str, ...] = ()
    is_needed: bool = False
    more: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.table, *self.more)


@dataclass(frozen=True)
class Derived:
    """Made from earlier tables."""

    id: str
    tables: tuple[str, ...]
    make: Callable[[derive.Context], dict[str, pd.DataFrame]]
    needs: tuple[str, ...]


PIPELINE: tuple[Source | Derived, ...] = (
    Source("boundary", "boundary", areas.boundary, is_needed=True),
    Source("warning_areas", "warning_area", areas.warning_areas, needs=("boundary",)),
    Source("districts", "district", areas.districts, needs=("boundary",)),
    Source("lakes", "water", areas.lakes, needs=("boundary",)),
    Source("rail_lines", "rail_line", areas.rail_lines, needs=("boundary",)),
    Source("address_points", "address_point", registers.towns, needs=("boundary",)),
    Source("gsi_sites", "register_entry", registers.gsi_sites, needs=("boundary",)),
    Source("gsi_shelters", "register_entry", registers.gsi_shelters_list, needs=("boundary",)),
    Source("municipal_register", "register_entry", registers.municipal_register, needs=("boundary",)),
    Source(
        "city_facts", "city_fact", registers.city_facts_sheet, needs=("gsi_sites", "gsi_shelters", "municipal_register")
    ),
    Source("flood", "hazard_zone", hazards.zones, needs=("boundary",)),
    Source("landslide", "hazard_zone", hazards.zones, needs=("boundary",)),
    Source("inland_flood", "hazard_zone", hazards.zones, needs=("boundary",)),
    Source("stations", "station", transit.station_list, needs=("boundary",)),
    Source("timetables", transit.FEED_TABLES[0], transit.timetables, more=transit.FEED_TABLES[1:]),
    Source("population_mesh", "population_cell", activities.population_cells, needs=("boundary",)),
    Source("population_towns", "population_town", activities.population_towns),
    Source("flow_mesh", "flow_mesh", activities.flow_cells, needs=("boundary",)),
    Source("flow_fromto", "flow_fromto", activities.flow_origins),
    Source("flow_hours", "mesh_hour", moves.cells),
    Source("flow_trips", "od_hour", moves.trips),
    Source("flow_counters", "counter_hour", moves.counts),
    Source("events", "event", activities.event_list, needs=("boundary",)),
    Source("landmarks", "landmark", activities.landmark_list, needs=("boundary",)),
    Derived(
        "register",
        ("premises", "site", "shelter", "place_fact", "alias"),
        derive.register,
        needs=("gsi_sites", "gsi_shelters", "municipal_register", "city_facts", "districts", "warning_areas"),
    ),
    Derived(
        "hazard_coverage", ("hazard_coverage",), derive_hazards.coverage, needs=("flood", "landslide", "inland_flood")
    ),
    Derived("place_hazard", ("place_hazard",), derive_hazards.places, needs=("register", "hazard_coverage")),
    Derived(
        "population",
        ("population_cell", "district_population"),
        derive_population.by_district,
        needs=("population_mesh", "districts", "warning_areas"),
    ),
    Derived(
        "transit",
        ("stop", "route", "station", "route_line"),
        derive_transit.network,
        needs=("timetables", "stations", "districts", "warning_areas"),
    ),
    Derived("occupancy", ("occupancy_hour",), derive_occupancy.by_hour, needs=()),
)

SOURCES = tuple(step for step in PIPELINE if isinstance(step, Source))
