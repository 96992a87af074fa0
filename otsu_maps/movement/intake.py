"""What is done to pings as they are read, as machine code: positions judged, rows parted by device."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from otsu_maps.movement.kernels import Ints, Positions, mixed
from otsu_maps.transit.compiled import compiled


@compiled
def judged(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], edges: tuple[int, int, int, int]
) -> tuple[Positions, Positions, npt.NDArray[np.uint8]]:
    """Positions as whole numbers, and of each 0 (good), 1 (no position on earth) or 2 (outside of the edges)."""
    count = len(lon)
    to_lon, to_lat = np.zeros(count, np.int32), np.zeros(count, np.int32)
    verdict = np.zeros(count, np.uint8)
    west, south, east, north = edges
    for i in range(count):
        if not (-180 <= lon[i] <= 180 and -90 <= lat[i] <= 90):
            verdict[i] = 1
            continue
        x, y = np.int64(np.rint(lon[i] * 1e7)), np.int64(np.rint(lat[i] * 1e7))
        if not (west <= x < east and south <= y < north):
            verdict[i] = 2
        to_lon[i], to_lat[i] = x, y
    return to_lon, to_lat, verdict


@compiled
def parted(
    device: Ints, time: Ints, lon: Positions, lat: Positions, records: npt.NDArray[Any], parts: int, shift: int
) -> Ints:
    """Fills `records` with the pings by part (a power of two of them, from bits of the device's hash above `shift`).

    Those of a part stay in their old order. Gives where each part starts, and where the last one ends.
    """
    starts = np.zeros(parts + 1, np.int64)
    part = np.empty(len(device), np.int32)
    for i in range(len(device)):
        part[i] = mixed(device[i]) >> shift & (parts - 1)
        starts[part[i] + 1] += 1
    for each in range(parts):
        starts[each + 1] += starts[each]
    free = starts.copy()
    for i in range(len(device)):
        at = free[part[i]]
        records[at].device, records[at].time, records[at].lon, records[at].lat = device[i], time[i], lon[i], lat[i]
        free[part[i]] += 1
    return starts


@compiled
def is_ascending(device: Ints) -> bool:
    """Whether no device is smaller than the one before."""
    return bool(np.all(device[1:] >= device[:-1]))
