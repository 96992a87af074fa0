"""What a timetable says of itself: the kind of its lines, and whether it speaks for a day."""

from __future__ import annotations

from datetime import date

_BASIC = {
    0: "tram",
    1: "metro",
    2: "rail",
    3: "bus",
    4: "ferry",
    5: "cable",
    6: "cable",
    7: "cable",
    11: "bus",
    12: "rail",
}
_EXTENDED = {1: "rail", 2: "bus", 4: "metro", 7: "bus", 8: "bus", 9: "tram", 10: "ferry", 13: "cable", 14: "cable"}


def kind(route_type: int) -> str | None:
    """tram, metro, rail, bus, ferry or cable for a GTFS route_type, basic or extended; None for an unknown one.

    https://gtfs.org/documentation/schedule/reference/#routestxt and Google's extended types (by hundreds).
    """
    return _BASIC.get(route_type) if route_type < 100 else _EXTENDED.get(route_type // 100)


def validity(valid_from: date | None, valid_until: date | None, on: date) -> str:
    """`valid`, `expired`, `not_yet` or `unknown` (the feed names no period) on a day."""
    if valid_until and valid_until < on:
        return "expired"
    if valid_from and on < valid_from:
        return "not_yet"
    return "valid" if valid_from or valid_until else "unknown"
