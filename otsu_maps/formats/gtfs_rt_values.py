"""The values of a GTFS Realtime message, checked: what cannot be right raises Bad, what is not told is None."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from google.protobuf.unknown_fields import UnknownFieldSet

from otsu_maps.reasons import Reason, whole_characters

MAX_ID_CHARS, MAX_TEXT_CHARS, MAX_PARTS = 300, 20_000, 1_000
"""Of an id, of a text, and of the periods, subjects and languages of one alert."""

MOST_DELAY_S = 24 * 3600
MOST_SPEED_MS = 150.0

_TIMES = range(946_684_800, 4_102_444_800)  # the years 2000 to 2099: milliseconds are far beyond
_DAY, _CLOCK = re.compile(r"[0-9]{8}"), re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")


class Bad(ValueError):
    """A value that cannot be right."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code, params)


def texts(translations: Iterable[Any]) -> dict[str, str]:
    """A text by its language in small letters, '' where none is told; the first one of a language counts."""
    found: dict[str, str] = {}
    for count, each in enumerate(translations):
        if count >= MAX_PARTS:
            raise Bad("rt_too_many", most=MAX_PARTS)
        words = text(each, "text", MAX_TEXT_CHARS)
        if words:
            found.setdefault((text(each, "language") or "").lower(), words)
    return found


def text(message: Any, field: str, most: int = MAX_ID_CHARS) -> str | None:
    """A text, None where there is none or an empty one. The library hands out broken UTF-8 as bytes."""
    value = getattr(message, field)
    if not isinstance(value, str):
        raise Bad("rt_text", field=field)
    if len(value) > most:
        raise Bad("rt_long", field=field, most=most)
    return whole_characters(value).replace("\0", "").strip() or None


def code(message: Any, field: str) -> str | None:
    """The name of a code in small letters, its number where this version of the specification has no name for it.

    The library hides codes that it does not know: an unknown kind of trip would look like one that runs as planned.
    """
    known = message.DESCRIPTOR.fields_by_name[field]
    if message.HasField(field):
        return str(known.enum_type.values_by_number[getattr(message, field)].name).lower()
    for other in UnknownFieldSet(message):
        if other.field_number == known.number and other.wire_type == 0:
            return str(other.data)
    return None


def moment(message: Any, field: str) -> datetime | None:
    """A POSIX time as naive UTC, None where none is told: many senders write 0 for that."""
    seconds = getattr(message, field)
    if not seconds:
        return None
    if seconds not in _TIMES:
        raise Bad("rt_time", field=field, value=seconds)
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def delay(message: Any, field: str) -> int | None:
    """Seconds late, early below 0."""
    if not message.HasField(field):
        return None
    seconds = int(getattr(message, field))
    if abs(seconds) > MOST_DELAY_S:
        raise Bad("rt_delay", value=seconds)
    return seconds


def day(message: Any, field: str) -> date | None:
    """A day that is written as 20261127."""
    written = text(message, field)
    if written is None:
        return None
    try:
        if _DAY.fullmatch(written):
            return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        pass
    raise Bad("rt_value", field=field, value=written[:40])


def clock_time(message: Any, field: str) -> int | None:
    """A time as a timetable writes it, in seconds; it may pass 24:00:00."""
    written = text(message, field)
    if written is None:
        return None
    found = _CLOCK.fullmatch(written)
    if not found:
        raise Bad("rt_value", field=field, value=written[:40])
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def whole(message: Any, field: str, most: int = 1_000_000) -> int | None:
    """A whole number from 0 to `most`."""
    if not message.HasField(field):
        return None
    value = int(getattr(message, field))
    if not 0 <= value <= most:
        raise Bad("rt_value", field=field, value=value)
    return value


def number(message: Any, field: str, most: float) -> float | None:
    """A number from 0 to `most`."""
    if not message.HasField(field):
        return None
    value = float(getattr(message, field))
    if not 0 <= value <= most:
        raise Bad("rt_value", field=field, value=value)
    return round(value, 3)


def place(vehicle: Any) -> tuple[float | None, float | None]:
    """Degrees; six digits are 0.1 m, and more than the format holds. A receiver without a fix says 0, 0."""
    if not vehicle.HasField("position"):
        return None, None
    lon, lat = vehicle.position.longitude, vehicle.position.latitude
    if not (-180 <= lon <= 180 and -90 <= lat <= 90) or (lon == 0 and lat == 0):
        raise Bad("rt_place", lon=lon, lat=lat)
    return round(lon, 6), round(lat, 6)
