"""Rules about stops, shapes, lines and operators."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from otsu_maps.transit import tables
from otsu_maps.transit.distance import metres
from otsu_maps.transit.findings import Found, Looked, found, whole
from otsu_maps.transit.timetable import NONE

FAR_M = 100_000.0
"""A stop so far from the middle of all others is probably a slip of a digit; lines of one region do not span it."""

SAME_M = 1.0
SHAPE_FAR_M = 150.0
"""Farther from its way than a wide road and a square together: assumed."""

M_PER_DEG = 111_195.0
"""Of latitude, on the sphere of `distance`."""


def stop_unused(look: Looked) -> Found | None:
    """A stop at which no trip stops."""
    stops = look.table("stops")
    kind = stops["location_type"].fillna(0)
    called = np.zeros(len(stops), bool)
    at = look.calls["stop"].to_numpy()
    called[at[at != NONE]] = True
    return found("stops", stops[(kind == 0).to_numpy(bool) & ~called], _stop)


def stop_far(look: Looked) -> Found | None:
    """A stop far from the middle of all."""
    stops = look.table("stops")
    lon, lat = stops["stop_lon"].to_numpy(), stops["stop_lat"].to_numpy()
    if not len(stops) or np.isnan(lon).all():
        return None
    far = metres(lon, lat, float(np.nanmedian(lon)), float(np.nanmedian(lat))) > FAR_M
    return found("stops", stops[far], _stop, km=int(FAR_M / 1000))


def parent_missing(look: Looked) -> Found | None:
    """An entrance, a node or a boarding area that names no station, or one that is not in the file."""
    stops = look.table("stops")
    known = stops["parent_station"].isin(stops["stop_id"])
    kind = stops["location_type"].fillna(0)
    lost = kind.isin([2, 3, 4]) & ~known | (stops["parent_station"].notna() & ~known)
    return found("stops", stops[lost], _stop)


def parent_wrong(look: Looked) -> Found | None:
    """A station inside another one, or a stop whose parent is no station (of a boarding area: no platform)."""
    stops = look.table("stops")
    kind = stops["location_type"].fillna(0).astype(int)
    of_parent = stops["parent_station"].map(dict(zip(stops["stop_id"], kind, strict=True)))
    wanted = kind.map({0: 1, 2: 1, 3: 1, 4: 0}).fillna(-1)
    bad = of_parent.notna() & (of_parent.fillna(-1) != wanted)
    return found("stops", stops[bad], _stop)


def stops_same(look: Looked) -> Found | None:
    """Two stops of one name and platform at one place."""
    stops = look.table("stops")
    kind = stops["location_type"].fillna(0) == 0
    held = stops[kind & stops["stop_lat"].notna() & stops["stop_name"].notna()]
    again = np.zeros(len(held), bool)
    for _, rows in held.reset_index(drop=True).groupby(["stop_name", held["platform_code"].fillna("").to_numpy()]):
        if len(rows) > 1:
            lon, lat, at = rows["stop_lon"].to_numpy(), rows["stop_lat"].to_numpy(), rows.index.to_numpy()
            for number in range(1, len(rows)):
                near = metres(lon[:number], lat[:number], float(lon[number]), float(lat[number])) <= SAME_M
                again[at[number]] = bool(near.any())
    return found("stops", held[again], _stop, metres=int(SAME_M))


def shape_far(look: Looked) -> Found | None:
    """A stop far from the way of a trip that stops there."""
    points, trips, stops = look.table("shapes"), look.table("trips"), look.table("stops")
    if points.empty:
        return None
    codes, names = pd.factorize(points["shape_id"].astype("str"))
    order = np.lexsort((points["shape_pt_sequence"].to_numpy(np.int64), codes))
    lon, lat = (points[name].to_numpy()[order] for name in ("shape_pt_lon", "shape_pt_lat"))
    middle = float(np.cos(np.radians(lat.mean())))
    plane = np.column_stack([lon * middle, lat]) * M_PER_DEG
    ends = np.flatnonzero(np.diff(codes[order])) + 1
    ways = [shapely.LineString(each) if len(each) > 1 else shapely.Point(each[0]) for each in np.split(plane, ends)]
    lines = np.array(ways, dtype=object)
    shape = tables.positions(trips["shape_id"], pd.Series(names, dtype="str"))
    calls = look.calls[["trip", "stop", "source_row"]]
    calls = calls[(calls["trip"] != NONE) & (calls["stop"] != NONE)]
    pairs = calls.assign(shape=shape[calls["trip"].to_numpy()])
    pairs = pairs[pairs["shape"] != NONE].drop_duplicates(["shape", "stop"])
    at = stops[["stop_lon", "stop_lat"]].to_numpy()[pairs["stop"].to_numpy()] * M_PER_DEG
    away = shapely.distance(lines[pairs["shape"].to_numpy()], shapely.points(at[:, 0] * middle, at[:, 1]))
    bad = pairs[away > SHAPE_FAR_M]
    ids = stops["stop_id"].to_numpy(object)

    def text(row: dict[str, int]) -> str:
        return f"{names[row['shape']]} {ids[row['stop']]}"

    return found("stop_times", bad, text, metres=int(SHAPE_FAR_M))


def route_without_name(look: Looked) -> Found | None:
    """A line that has neither a short nor a long name."""
    routes = look.table("routes")
    return found("routes", routes[routes["route_short_name"].isna() & routes["route_long_name"].isna()], "route_id")


def route_without_agency(look: Looked) -> Found | None:
    """A line that does not say which of several operators runs it."""
    routes = look.table("routes")
    if len(look.table("agency")) < 2:
        return None
    return found("routes", routes[routes["agency_id"].isna()], "route_id")


def timezones_differ(look: Looked) -> Found | None:
    """Operators of one feed in several time zones."""
    zones = sorted(look.table("agency")["agency_timezone"].unique())
    return whole("agency", ", ".join(zones)) if len(zones) > 1 else None


def fare_zone_unknown(look: Looked) -> Found | None:
    """A fare between zones in which no stop lies."""
    rules, zones = look.table("fare_rules"), set(look.table("stops")["zone_id"].dropna())
    lost = rules["origin_id"].notna() & ~rules["origin_id"].isin(zones)
    lost |= rules["destination_id"].notna() & ~rules["destination_id"].isin(zones)
    return found("fare_rules", rules[lost], "fare_id")


def _stop(row: dict[str, str]) -> str:
    return f"{row['stop_id']} {row['stop_name']}" if isinstance(row["stop_name"], str) else row["stop_id"]
