"""Stops and lines against the zones of the hazards that count now, made once for all sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import streamlit as st

from otsu_maps import config, geo
from otsu_maps.analysis.danger import Danger
from otsu_maps.transit import disaster
from otsu_maps.transit.disaster import INSIDE, UNKNOWN, Where, Zone
from otsu_maps.ui import data, stop, timetables


@dataclass(frozen=True)
class Crossed:
    """`hazards` count now; `unmapped` are those without any zone. `where` by stop of the timetable; `ways`: see
    disaster.routes_in. `stops`, `unplaced`: stops inside, and those of unknown place, as ui.stop.places names them, of
    `all_stops`."""

    hazards: tuple[str, ...]
    unmapped: tuple[str, ...]
    zones: tuple[Zone, ...]
    where: Where
    ways: pd.DataFrame
    stops: tuple[str, ...]
    unplaced: tuple[str, ...]
    all_stops: int

    @property
    def lines(self) -> list[str]:
        """Ids of the lines that touch a zone, those with the largest share first."""
        touched = self.ways[self.ways["inside_m"] > 0]
        return list(touched.sort_values(["share", "route_id"], ascending=[False, True])["route_id"])


def crossed(snapshot_id: str, dangers: Sequence[Danger]) -> Crossed:
    """What these dangers touch; hazards of which nobody knows whether they are on count too."""
    return _crossed(snapshot_id, tuple(sorted({each.hazard for each in dangers})), dangers)


@st.cache_resource(max_entries=16, show_spinner=False)
def _crossed(snapshot_id: str, hazards: tuple[str, ...], _dangers: Sequence[Danger]) -> Crossed:
    plane, known = config.city().plane_epsg, zones(snapshot_id)
    counted = disaster.active(known, _dangers)
    where = disaster.stops_in(timetables.timetable(snapshot_id), counted, plane)
    mapped = {zone.hazard for zone in known}
    places = stop.places(snapshot_id)
    return Crossed(
        hazards=hazards,
        unmapped=tuple(hazard for hazard in hazards if hazard not in mapped),
        zones=counted,
        where=where,
        ways=disaster.routes_in(data.route_lines(snapshot_id), counted, plane),
        stops=tuple(code for code, poles in places.items() if (where[poles] == INSIDE).any()),
        unplaced=tuple(code for code, poles in places.items() if (where[poles] == UNKNOWN).all()),
        all_stops=len(places),
    )


@st.cache_resource(max_entries=data.KEPT, show_spinner=False)
def zones(snapshot_id: str) -> tuple[Zone, ...]:
    """Every zone of every hazard map, in metres."""
    rows = [
        row
        for each in data.hazard_maps(snapshot_id)
        for row in data.hazard_zones(snapshot_id, each["hazard"], each["scale"])
    ]
    return disaster.zones(rows, config.city().plane_epsg)


def outside(points: Iterable[tuple[float, float]], known: Sequence[Zone]) -> npt.NDArray[np.bool_]:
    """For each point (lon, lat) whether it lies in none of these zones."""
    pairs = list(points)
    found = np.ones(len(pairs), bool)
    if pairs and known:
        at = geo.to_metres([lon for lon, _ in pairs], [lat for _, lat in pairs], config.city().plane_epsg)
        tree = shapely.STRtree([zone.shape for zone in known])
        found[np.unique(tree.query(shapely.points(np.array(at)), predicate="intersects")[0])] = False
    return found
