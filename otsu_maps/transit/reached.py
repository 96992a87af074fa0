"""How many residents somebody reaches from each district's middle: what a change of timetables does to journeys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import shapely

from otsu_maps.analysis import by_district
from otsu_maps.analysis.residents import COUNTS, Residents
from otsu_maps.transit import places, travel
from otsu_maps.transit.network import Network

LIMITS_MIN = (30, 45, 60)
EVERY_MIN = 10


def reached(
    network: Network,
    people: Residents,
    middles: Mapping[str, tuple[float, float]],
    from_s: int,
    until_s: int,
    limits_min: Sequence[int] = LIMITS_MIN,
) -> pd.DataFrame:
    """A row a district: district_id, and `within_<minutes>_persons` for each limit, NaN: nobody knows.

    `middles`: lon and lat by district_id. Of the journeys that leave at every tenth minute of the band (`from_s`
    included, `until_s` not, seconds of the day) the median counts; walks as `network` has them. A piece of a census
    cell is reached where its middle is.
    """
    times = range(from_s, max(until_s, from_s + 1), EVERY_MIN * 60)
    lon, lat = zip(*middles.values(), strict=True) if middles else ((), ())
    targets = places.places_in_plane(network, shapely.get_coordinates(shapely.centroid(people.shapes)))
    origins = places.places(network, list(lon), list(lat))
    seconds = travel.matrix(network, origins, targets, list(times), within_s=max(limits_min) * 60)[0]
    columns: dict[str, list[object]] = {"district_id": list(middles)}
    for minutes in limits_min:
        columns[f"within_{minutes}_persons"] = [
            float(by_district.people(people, COUNTS[0], np.where(row <= minutes * 60, people.share, 0.0))[-1])
            for row in seconds
        ]
    return pd.DataFrame(columns)
