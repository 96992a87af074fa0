"""Who and what is reached in how many minutes: residents, facilities, and the area itself.

People live in the middle of their piece of a census cell, as in `analysis.reach`. The area is what can be walked to in
the minutes that are left: discs around stops, no farther than people walk from one, and a disc around the start. They
are cut by nothing: a shore or a railway in between is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from otsu_maps import geo
from otsu_maps.analysis.overlay import Floats, Shapes
from otsu_maps.analysis.residents import COUNTS, Residents
from otsu_maps.transit.network import Network
from otsu_maps.transit.places import Places, places_in_plane
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.timetable import Flags, Seconds
from otsu_maps.transit.travel import Reached

BANDS_MIN = (15, 30, 45, 60)

CORNERS = 8
"""Of a quarter of a disc: 0.5 % of its radius are lost between two."""


def homes(network: Network, people: Residents) -> Places:
    """Where residents live, one place a piece. Raises ValueError where the two were measured in different planes."""
    if people.plane_epsg != network.plane_epsg:
        raise ValueError(f"residents in EPSG:{people.plane_epsg}, the network in EPSG:{network.plane_epsg}")
    middles = shapely.get_coordinates(shapely.centroid(people.shapes))
    return places_in_plane(network, middles)


def people_within(people: Residents, travel_s: Seconds, minutes: Sequence[int] = BANDS_MIN) -> pd.DataFrame:
    """How many residents are reached within so many minutes.

    `travel_s`: seconds to each of `homes`, from `Reached.places_s` or a Window. Columns: minutes; the counts of
    residents.COUNTS that are reached (rounded), each with `<name>_all`, all of the city; NA where no cell says how many
    there are. People of cells whose number is unknown are in neither.
    """
    rows = []
    for limit in minutes:
        is_there = travel_s <= limit * 60
        row: dict[str, object] = {"minutes": limit}
        for name in COUNTS:
            count = people.counts[name][people.cell] * people.share
            is_known = ~np.isnan(count)
            for key, which in ((name, is_there & is_known), (f"{name}_all", is_known)):
                row[key] = round(float(count[which].sum())) if is_known.any() else pd.NA
        rows.append(row)
    return pd.DataFrame(rows).astype("Int64")


def places_within(travel_s: Seconds, minutes: Sequence[int] = BANDS_MIN) -> pd.DataFrame:
    """How many places are reached within so many minutes: minutes, places, all."""
    rows = [(limit, int((travel_s <= limit * 60).sum()), len(travel_s)) for limit in minutes]
    return pd.DataFrame(rows, columns=["minutes", "places", "all"]).astype("Int64")


def areas(reached: Reached, minutes: Sequence[int] = BANDS_MIN) -> list[shapely.Geometry]:
    """What is reached within so many minutes, one shape (lon, lat) each; each lies in those of more minutes.

    `reached` must have been asked for at least as many minutes. An empty shape: nothing is.
    """
    ride_s = np.where(reached.arrived_s == NEVER, NEVER, reached.arrived_s - reached.start_s)
    return areas_around(reached.network, reached.origin.at, ride_s, minutes)


def areas_around(network: Network, start: Floats, ride_s: Seconds, minutes: Sequence[int]) -> list[shapely.Geometry]:
    """The same for any question: `ride_s` seconds from the beginning until a vehicle is left at each stop, `start` in
    metres of the plane."""
    shapes = np.array([_area(network, start, ride_s, limit * 60) for limit in minutes], dtype=object)
    return list(geo.shapes_in_degrees(shapes, network.plane_epsg))


def _area(network: Network, start: Floats, ride_s: Seconds, limit_s: int) -> shapely.Geometry:
    walking, left_s = network.walking, limit_s - ride_s
    is_there = (left_s > 0) & np.isfinite(network.at).all(axis=1)
    at = np.vstack([network.at[is_there], start[None]])
    metres = np.minimum(walking.metres(left_s[is_there].astype(float)), walking.place_m)
    radius = np.append(metres, min(float(walking.metres(np.array(float(limit_s)))), walking.direct_m))
    kept = _is_outermost(at, radius)
    discs: Shapes = shapely.buffer(shapely.points(at[kept]), radius[kept], quad_segs=CORNERS)
    return shapely.union_all(discs)


def _is_outermost(at: Floats, radius: Floats) -> Flags:
    """False for a disc that lies in a larger one (of equal ones in the same place the first stays)."""
    kept: Flags = np.asarray(np.isfinite(at).all(axis=1))
    where = np.flatnonzero(kept)
    tree = shapely.STRtree(np.asarray(shapely.points(at[where]), dtype=object))
    near = tree.query(shapely.points(at[where]), predicate="dwithin", distance=radius[where])
    larger, smaller = where[near[0]], where[near[1]]
    apart = np.hypot(*(at[larger] - at[smaller]).T)
    is_inside = (apart + radius[smaller] <= radius[larger]) & (larger != smaller)
    is_same = is_inside & (apart == 0) & (radius[larger] == radius[smaller])
    kept[smaller[is_inside & ~(is_same & (larger > smaller))]] = False
    return kept
