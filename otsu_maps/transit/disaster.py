"""Public transport and hazard zones: which stops and lines lie in them, and the last bus before a moment.

Zones are those of a hazard map, each for the worst that it supposes: a stop inside is no stop under water, and one
outside is not proven safe. Where a stop is nobody knows, whether it lies in a zone is unknown, never outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from otsu_maps import geo
from otsu_maps.analysis.danger import Danger
from otsu_maps.transit import departures
from otsu_maps.transit.departures import Departures
from otsu_maps.transit.services import Day
from otsu_maps.transit.suspensions import TakenOut
from otsu_maps.transit.timetable import NONE, Timetable

INSIDE, OUTSIDE, UNKNOWN = 1, 0, -1

Where = npt.NDArray[np.int8]
"""For each stop INSIDE, OUTSIDE or UNKNOWN."""

Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Zone:
    """A hazard zone in metres of the city's plane."""

    zone_id: str
    hazard: str
    shape: shapely.Geometry


def zones(rows: Sequence[Mapping[str, Any]], plane_epsg: int) -> tuple[Zone, ...]:
    """Zones of queries.hazards.zones: zone_id, hazard, geom (WKB, lon/lat)."""
    shapes = shapely.make_valid(geo.shapes_in_metres([bytes(row["geom"]) for row in rows], plane_epsg))
    return tuple(Zone(str(row["zone_id"]), str(row["hazard"]), shape) for row, shape in zip(rows, shapes, strict=True))


def active(known: Iterable[Zone], dangers: Iterable[Danger]) -> tuple[Zone, ...]:
    """Zones of the hazards that count now, also of those of which nobody knows (no contact to the warnings).

    A danger in a part of the city makes the zones of its hazard count in all of it: rather one too many.
    """
    hazards = {danger.hazard for danger in dangers}
    return tuple(zone for zone in known if zone.hazard in hazards)


def stops_in(timetable: Timetable, known: Sequence[Zone], plane_epsg: int) -> Where:
    """Where each stop is; on the edge of a zone is inside."""
    lon, lat = (timetable.stops[name].to_numpy(np.float64) for name in ("lon", "lat"))
    placed = np.flatnonzero(~(np.isnan(lon) | np.isnan(lat)))
    where = np.full(len(lon), UNKNOWN, np.int8)
    where[placed] = OUTSIDE
    if len(placed) and known:
        at = shapely.points(np.array(geo.to_metres(lon[placed].tolist(), lat[placed].tolist(), plane_epsg)))
        tree = shapely.STRtree([zone.shape for zone in known])
        where[placed[np.unique(tree.query(at, predicate="intersects")[0])]] = INSIDE
    return where


def routes_in(lines: Sequence[Mapping[str, Any]], known: Sequence[Zone], plane_epsg: int) -> pd.DataFrame:
    """Lines that cross zones: route_id, length_m, inside_m, share (0 to 1, NaN: no length), is_straight.

    `lines`: queries.transit.route_lines (route_id, is_straight, geom in lon/lat). Each piece of a way counts once, so
    the share is that of the line's ways and not of its trips. `is_straight`: stops joined as the crow flies, so nobody
    knows the real way. Every line is in it, also one that no zone touches.
    """
    shapes = geo.shapes_in_metres([bytes(line["geom"]) for line in lines], plane_epsg)
    tree = shapely.STRtree([zone.shape for zone in known])
    inside = []
    for shape in shapes:
        near = tree.query(shape, predicate="intersects")
        covered = shapely.union_all([known[int(each)].shape for each in near])
        inside.append(shapely.intersection(shape, covered).length if len(near) else 0.0)
    frame = pd.DataFrame(
        {
            "route_id": [str(line["route_id"]) for line in lines],
            "length_m": [shape.length for shape in shapes],
            "inside_m": inside,
            "is_straight": [bool(line["is_straight"]) for line in lines],
        }
    ).astype({"length_m": float, "inside_m": float, "is_straight": bool})
    found = frame.groupby("route_id", sort=True).agg(
        {"length_m": "sum", "inside_m": "sum", "is_straight": "any"}
    ).reset_index()  # fmt: skip
    length = found["length_m"].where(found["length_m"] > 0)
    found["share"] = (found["inside_m"] / length).clip(0, 1)
    return found[["route_id", "length_m", "inside_m", "share", "is_straight"]]


def last_departures(
    timetable: Timetable,
    on: Day,
    before_s: int,
    stops: Sequence[int] | None = None,
    out: TakenOut | None = None,
) -> pd.DataFrame:
    """The last departure of each stop before a moment of a day, such as when warnings are expected to begin.

    `before_s`: seconds from midnight of the day; a departure at that very second is too late. A row a stop (`stop`: its
    position) with the columns of departures.as_frame of that departure, NA where there is none, and `more`: how many
    departures it has later that day. `out`: what does not run.
    """
    found = _running(timetable, departures.of_clock_day(timetable, on, stops), out)
    wanted = np.arange(len(timetable.stops)) if stops is None else np.unique(np.asarray(stops, np.int64))
    early = found.at_s < before_s
    later = np.bincount(found.stop[~early], minlength=len(timetable.stops))
    return _rows(timetable, wanted, _last(found.chosen(early))).assign(more=later[wanted])


def last_way_out(
    timetable: Timetable, on: Day, before_s: int, where: Where, out: TakenOut | None = None
) -> pd.DataFrame:
    """For each stop inside a zone the last vehicle that reaches a stop surely outside before a moment, without change.

    `before_s` as in `last_departures`; the vehicle must have arrived by then. A row a stop as there, and: to_stop_id,
    to_name_ja, arrival_s (where and when one gets off first outside); NA where no vehicle leads out.
    """
    calls = timetable.calls
    usable = calls.can_alight & (where[calls.stop] == OUTSIDE)
    usable &= ~out.calls if out is not None else True
    leads = _next(usable, calls.first)
    inside = np.flatnonzero(where == INSIDE)
    found = _running(timetable, departures.of_clock_day(timetable, on, inside.tolist()), out)
    arrival = _arrives(timetable, found, leads[found.call])
    last = _last(found.chosen((leads[found.call] != NONE) & (found.at_s < before_s) & (arrival <= before_s)))
    to = leads[last.call]
    target = timetable.stops.iloc[calls.stop[to]]
    reached = pd.DataFrame(
        {
            "stop": last.stop.astype(np.int64),
            "to_stop_id": target["stop_id"].to_numpy(object),
            "to_name_ja": target["name_ja"].to_numpy(object),
            "arrival_s": pd.array(_arrives(timetable, last, to), dtype="Int64"),
        }
    )
    return _rows(timetable, inside, last).merge(reached, on="stop", how="left")


def _arrives(timetable: Timetable, found: Departures, to: Longs) -> Longs:
    """When each of these vehicles is at a later call of its trip; of no meaning where that is NONE."""
    calls = timetable.calls
    moment: Longs = found.at_s + calls.arrival_s[to] - calls.departure_s[found.call]
    return moment


def _running(timetable: Timetable, found: Departures, out: TakenOut | None) -> Departures:
    return found if out is None else found.chosen(~out.calls[found.call])


def _last(found: Departures) -> Departures:
    """The last one of each stop; they are in the order of time."""
    _, at = np.unique(found.stop[::-1], return_index=True)
    return found.chosen(len(found) - 1 - at)


def _rows(timetable: Timetable, stops: Longs, last: Departures) -> pd.DataFrame:
    frame = departures.as_frame(timetable, last).assign(stop=last.stop.astype(np.int64))
    names = timetable.stops[["stop_id", "name_ja", "platform_code"]].rename(columns={"name_ja": "stop_name_ja"})
    whole = names.iloc[stops].assign(stop=stops)
    rest = frame.drop(columns=["stop_id", "stop_name_ja", "platform_code"])
    rest = rest.astype({"departure_s": "Int64", "days_before": "Int8", "is_by_headway": "boolean"})
    return whole.merge(rest, on="stop", how="left")


def _next(wanted: npt.NDArray[np.bool_], first: Longs) -> Longs:
    """For each call the next one after it of the same trip that is wanted, NONE where there is none."""
    number = len(wanted)
    at = np.where(wanted, np.arange(number), number)
    following = np.append(np.minimum.accumulate(at[::-1])[::-1], number)[1:]
    ends = np.repeat(first[1:], np.diff(first))
    found: Longs = np.where(following < ends, following, NONE).astype(np.int64)
    return found
