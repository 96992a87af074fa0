"""The network as a map needs it: areas and English names of stops, and the ways of each line."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import shapely

from etl import lookup
from etl.derive import Context
from otsu_maps.transit import names


def network(context: Context) -> dict[str, pd.DataFrame]:
    """stop and station with their areas, stop and route with English names, and route_line."""
    frames = context.frames
    return {
        "stop": named(_placed(frames["stop"], context), frames["translation"], "stops", "stop_id", ("name_ja",)),
        "route": named(frames["route"], frames["translation"], "routes", "route_id", ("long_name", "short_name")),
        "station": _placed(frames["station"], context),
        "route_line": route_lines(frames),
    }


def _placed(points: pd.DataFrame, context: Context) -> pd.DataFrame:
    """With the areas that hold each point. One without a position is in none."""
    held = points.reset_index(drop=True)
    known = held[held["lon"].notna() & held["lat"].notna()]
    lon, lat = known["lon"].astype(float), known["lat"].astype(float)
    held["district_id"] = lookup.inside(lon, lat, context.frames["district"], "district_id")
    held["warning_area_code"] = lookup.inside(lon, lat, context.frames["warning_area"], "area_code")
    return held


def named(
    rows: pd.DataFrame, translations: pd.DataFrame, table: str, key: str, fields: tuple[str, ...]
) -> pd.DataFrame:
    """With `name_en`: what the feed says of the row itself, else of its text."""
    return rows.assign(name_en=names.named(rows, translations, table, key, fields))


def route_lines(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """For each line the different ways of its trips as one shape: by shapes.txt, else from stop to stop."""
    trips = frames["trip"][["feed_id", "route_id", "trip_id", "shape_id"]]
    if not len(trips):
        return pd.DataFrame()
    shapes = _lines(frames["shape_point"], "shape_id", "point_sequence")
    drawn = trips["shape_id"].isin(shapes.index)
    parts = [trips[drawn].drop_duplicates(["route_id", "shape_id"]).assign(is_straight=False)]
    parts[0]["line"] = parts[0]["shape_id"].map(shapes)
    if not drawn.all():
        parts.append(_straight(trips[~drawn], frames).assign(is_straight=True))
    ways = pd.concat(parts, ignore_index=True)
    grouped = ways.groupby(["feed_id", "route_id", "is_straight"], sort=True)["line"]
    return pd.DataFrame(
        [
            {
                "feed_id": feed_id,
                "route_id": route_id,
                "is_straight": is_straight,
                "geom": shapely.to_wkb(shapely.MultiLineString(list(lines))),
            }
            for (feed_id, route_id, is_straight), lines in grouped
        ]
    )


def _straight(trips: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One line for each sequence of stops that a line has."""
    times = frames["stop_time"][["trip_id", "stop_sequence", "stop_id"]]
    stops = frames["stop"].set_index("stop_id")[["lon", "lat"]]
    calls = times[times["trip_id"].isin(trips["trip_id"])].sort_values(["trip_id", "stop_sequence"])
    patterns = calls.groupby("trip_id", sort=False)["stop_id"].agg("|".join).rename("pattern")
    ways = trips.merge(patterns, left_on="trip_id", right_index=True).drop_duplicates(["route_id", "pattern"])
    points = calls[calls["trip_id"].isin(ways["trip_id"])].merge(stops, left_on="stop_id", right_index=True)
    ways["line"] = ways["trip_id"].map(_lines(points, "trip_id", "stop_sequence"))
    return ways[ways["line"].notna()]


def _lines(points: pd.DataFrame, key: str, order: str) -> pd.Series:
    """A LineString for each key that has two different points."""
    known = points.dropna(subset=["lon", "lat"]).sort_values([key, order])
    lines = {}
    for name, held in known.groupby(key, sort=False):
        line = shapely.LineString(held[["lon", "lat"]].astype(float).to_numpy())
        if line.length > 0:
            lines[name] = line
    return pd.Series(lines, dtype=object)
