"""One pass over the pings of a device at a time, as machine code: in order, and counted where they were.

Pings are four arrays: device (int64), time (int64, milliseconds UTC), lon and lat (int32, ten-millionths of a degree).
All pings of a device must be in the same call. What is exact here is exact in `expressions`: cells are whole numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from otsu_maps.movement.rules import TOKYO_MS
from otsu_maps.transit.compiled import compiled

Ints = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int32]
Arranged = tuple[Ints, Ints, Positions, Positions]

EMPTY = -1
HOUR_MS = 3_600_000
LEVEL_BITS, CELL_BITS = 2, 16
"""A key is the hour since 1970 in Tokyo, the row and the column of the cell, and the level (0 the finest)."""


@compiled
def mixed(number: int) -> np.int64:
    """A number whose low bits depend on all bits of `number` (the finaliser of SplitMix64)."""
    x = np.uint64(number)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((x ^ (x >> np.uint64(31))) >> np.uint64(1))


NO_ORDER, TIES, ONCE = 0, 1, 2


@compiled
def _order(device: Ints, time: Ints) -> int:
    """Whether the pings are already by device and time, and whether no device is twice in one moment (ONCE)."""
    found = ONCE
    for i in range(1, len(device)):
        if device[i] < device[i - 1]:
            return NO_ORDER
        if device[i] == device[i - 1]:
            if time[i] < time[i - 1]:
                return NO_ORDER
            if time[i] == time[i - 1]:
                found = TIES
    return found


@compiled
def _by_device(device: Ints) -> tuple[Ints, Ints]:
    """Rows grouped by device, each device's in their old order, and where each device starts (and the last ends)."""
    count = len(device)
    size = 1024
    while size < 2 * count:
        size *= 2
    slots, number = np.full(size, EMPTY, np.int64), np.empty(count, np.int64)
    firsts = np.empty(count, np.int64)
    found = 0
    for i in range(count):
        at = mixed(device[i]) & (size - 1)
        while slots[at] != EMPTY and device[firsts[slots[at]]] != device[i]:
            at = (at + 1) & (size - 1)
        if slots[at] == EMPTY:
            slots[at] = found
            firsts[found] = i
            found += 1
        number[i] = slots[at]
    starts = np.zeros(found + 1, np.int64)
    for i in range(count):
        starts[number[i] + 1] += 1
    for each in range(found):
        starts[each + 1] += starts[each]
    rows, free = np.empty(count, np.int64), starts.copy()
    for i in range(count):
        rows[free[number[i]]] = i
        free[number[i]] += 1
    return rows, starts


@compiled
def _in_time(rows: Ints, time: Ints, lon: Positions, lat: Positions) -> None:
    """Rows of one device by time, then lon, then lat; in place."""
    is_sorted = True
    for i in range(1, len(rows)):
        if time[rows[i]] < time[rows[i - 1]]:
            is_sorted = False
            break
    if not is_sorted:
        rows[:] = rows[np.argsort(time[rows], kind="mergesort")]
    for i in range(1, len(rows)):
        row, j = rows[i], i - 1
        while j >= 0 and time[rows[j]] == time[row] and _is_before(row, rows[j], lon, lat):
            rows[j + 1] = rows[j]
            j -= 1
        rows[j + 1] = row


@compiled
def _is_before(row: int, other: int, lon: Positions, lat: Positions) -> bool:
    """Whether a row comes before another one of the same device and time."""
    return bool(lon[row] < lon[other] or (lon[row] == lon[other] and lat[row] < lat[other]))


@compiled
def arranged(device: Ints, time: Ints, lon: Positions, lat: Positions) -> tuple[Arranged, int]:
    """The pings grouped by device, in time, each once; and how many were exactly there before."""
    count = len(device)
    order = _order(device, time)
    if order == ONCE:
        return (device, time, lon, lat), 0
    if order == TIES:
        return _without_ties(device, time, lon.copy(), lat.copy())
    rows, starts = _by_device(device)
    for each in range(len(starts) - 1):
        _in_time(rows[starts[each] : starts[each + 1]], time, lon, lat)
    to_device, to_time = np.empty(count, np.int64), np.empty(count, np.int64)
    to_lon, to_lat = np.empty(count, np.int32), np.empty(count, np.int32)
    kept = 0
    for i in range(count):
        row = rows[i]
        if (
            kept
            and to_device[kept - 1] == device[row]
            and to_time[kept - 1] == time[row]
            and to_lon[kept - 1] == lon[row]
            and to_lat[kept - 1] == lat[row]
        ):
            continue
        to_device[kept], to_time[kept], to_lon[kept], to_lat[kept] = device[row], time[row], lon[row], lat[row]
        kept += 1
    return (to_device[:kept], to_time[:kept], to_lon[:kept], to_lat[:kept]), count - kept


@compiled
def _without_ties(device: Ints, time: Ints, lon: Positions, lat: Positions) -> tuple[Arranged, int]:
    """Pings by device and time: those of one moment by lon and lat, in place, and each once."""
    keeps = np.ones(len(device), np.bool_)
    for i in range(1, len(device)):
        j = i
        while j and device[j] == device[j - 1] and time[j] == time[j - 1] and _is_before(j, j - 1, lon, lat):
            lon[j], lon[j - 1], lat[j], lat[j - 1] = lon[j - 1], lon[j], lat[j - 1], lat[j]
            j -= 1
    again = 0
    for i in range(1, len(device)):
        if device[i] == device[i - 1] and time[i] == time[i - 1] and lon[i] == lon[i - 1] and lat[i] == lat[i - 1]:
            keeps[i] = False
            again += 1
    if not again:
        return (device, time, lon, lat), 0
    return (device[keeps], time[keeps], lon[keeps], lat[keeps]), again


# --- people present ---------------------------------------------------------------------------------------------------

Table = tuple[Ints, int]
"""Slots of two numbers side by side, which one look at the memory fetches: the key (EMPTY: free), and the devices
counted with the number of the last one below them; and how many slots are used."""

NUMBER_BITS = 32


@compiled
def new_table(size: int) -> Table:
    """An empty table; `size` a power of two."""
    return np.full((size, 2), EMPTY, np.int64), 0


@compiled
def _grown(slots: Ints) -> Ints:
    size = 2 * len(slots)
    larger = np.full((size, 2), EMPTY, np.int64)
    for i in range(len(slots)):
        if slots[i, 0] != EMPTY:
            at = mixed(slots[i, 0]) & (size - 1)
            while larger[at, 0] != EMPTY:
                at = (at + 1) & (size - 1)
            larger[at, 0], larger[at, 1] = slots[i, 0], slots[i, 1]
    return larger


@compiled
def counted(table: Table, pings: Arranged, fine: int, levels: int, number: int) -> tuple[Table, int]:
    """The table with each device of the arranged pings counted once in every cell and hour where it was.

    `fine` is the side of the finest cell in eighths of a kilometre; each further level has twice the side. `number` is
    one that no device before had (below 2^32); gives the table and the next such number.
    """
    slots, used = table
    device, time, lon, lat = pings
    hour_before, x_before, y_before = np.int64(EMPTY), np.int64(EMPTY), np.int64(EMPTY)
    for i in range(len(device)):
        if i and device[i] != device[i - 1]:
            number += 1
            hour_before = np.int64(EMPTY)
        hour = (time[i] + TOKYO_MS) // HOUR_MS
        y = np.int64(lat[i]) * 960 // 10_000_000 // fine
        x = (np.int64(lon[i]) - 1_000_000_000) * 640 // 10_000_000 // fine
        for level in range(levels):
            if hour == hour_before and x >> level == x_before >> level and y >> level == y_before >> level:
                break  # and so are all larger cells
            key = ((hour << CELL_BITS | y >> level) << CELL_BITS | x >> level) << LEVEL_BITS | level
            at = mixed(key) & (len(slots) - 1)
            while slots[at, 0] != key and slots[at, 0] != EMPTY:
                at = (at + 1) & (len(slots) - 1)
            if slots[at, 0] == EMPTY:
                slots[at, 0] = key
                slots[at, 1] = (1 << NUMBER_BITS) | number
                used += 1
                if 2 * used > len(slots):
                    slots = _grown(slots)
            elif slots[at, 1] & ((1 << NUMBER_BITS) - 1) != number:
                slots[at, 1] = ((slots[at, 1] >> NUMBER_BITS) + 1) << NUMBER_BITS | number
        hour_before, x_before, y_before = hour, x, y
    return (slots, used), number + 1
