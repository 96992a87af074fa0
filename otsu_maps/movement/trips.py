"""Trips as a table: who, on which day and hour, from which zone to which."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from otsu_maps.movement.rules import TOKYO_MS
from otsu_maps.movement.zones import Zones
from otsu_maps.transit.services import WEEKDAY, day_type

DAY_TYPES = ("weekday", "holiday")
"""平日 and 休日: Saturdays, Sundays and public holidays are holidays, as in the people flow of the ministry."""

SCHEMA = pa.schema(
    [
        ("device", pa.int64()),
        ("day", pa.int32()),
        ("hour", pa.int32()),
        ("day_type", pa.int32()),
        ("origin", pa.int64()),
        ("destination", pa.int64()),
    ]
)
"""`day` counts from 1970-01-01 and `hour` 0 to 23, both of the departure in Tokyo; `day_type` as in DAY_TYPES."""

DAY_MS, HOUR_MS = 86_400_000, 3_600_000
EPOCH = date(1970, 1, 1)


def table(
    device: npt.NDArray[np.int64],
    leaves: npt.NDArray[np.int64],
    origin: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]],
    destination: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]],
    zones: Zones,
) -> pa.Table:
    """Trips (motion.trips) with columns of SCHEMA. `origin` and `destination`: lon and lat."""
    here = leaves + TOKYO_MS
    days = here // DAY_MS
    columns = [device, days, here % DAY_MS // HOUR_MS, day_types(days), zones.codes(*origin), zones.codes(*destination)]
    return pa.table([pa.array(c, t) for c, t in zip(columns, SCHEMA.types, strict=True)], schema=SCHEMA)


def day_types(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The day type of days since 1970 as its number in DAY_TYPES."""
    known, which = np.unique(days, return_inverse=True)
    types = [int(day_type(day_of(day)) != WEEKDAY) for day in known.tolist()]
    return np.asarray(types, np.int64)[which] if len(types) else np.empty(0, np.int64)


def day_of(day: int) -> date:
    """The date that is so many days after 1970-01-01."""
    return EPOCH + timedelta(days=day)
