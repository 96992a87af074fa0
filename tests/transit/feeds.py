"""Small feeds for tests: files as texts, zipped and read as any feed is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.transit import tables
from otsu_maps.transit.timetable import Timetable

BASE = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\nA,大津バス,https://a.example/,Asia/Tokyo\n",
    "stops": (
        "stop_id,stop_name,stop_lat,stop_lon,platform_code\n"
        "1,大津駅,35.003,135.864,1\n2,浜大津,35.011,135.866,\n3,膳所,34.999,135.879,\n4,石山,34.980,135.900,\n"
    ),
    "routes": "route_id,agency_id,route_short_name,route_type\nR,A,10,3\nQ,A,20,3\n",
    "calendar": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "W,1,1,1,1,1,0,0,20260401,20270331\n"
    ),
    "trips": "route_id,service_id,trip_id,trip_headsign,direction_id\nR,W,T,石山,0\n",
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "T,08:00:00,08:00:00,1,1\nT,08:10:00,08:11:00,2,2\nT,08:20:00,08:20:00,3,3\n"
    ),
}
"""Two lines, four stops, one trip on weekdays."""


def zipped(files: Mapping[str, str | None]) -> bytes:
    """BASE with these files (without .txt) in place of its own; None: without it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in (BASE | dict(files)).items():
            if text is not None:
                file.writestr(f"{name}.txt", text)
    return buffer.getvalue()


def feed(name: str = "a.zip", **files: str | None) -> gtfs.Feed:
    """One feed, as it is read."""
    [read] = gtfs.read(Payload(name, zipped(files)), 2**30)
    return read


def timetable(**files: str | None) -> Timetable:
    """The timetable of one feed, `a`."""
    return tables.of_feeds([feed(**files)])


def times(*trips: tuple[str, list[tuple[str, str]]]) -> str:
    """stop_times of trips that each call at (stop, time)."""
    lines = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    for trip, calls in trips:
        lines += [f"{trip},{time},{time},{stop},{at}" for at, (stop, time) in enumerate(calls, start=1)]
    return "\n".join(lines) + "\n"
