"""Grid square codes of JIS X 0410 (地域メッシュコード) as integers, many at once.

First mesh: two digits of latitude x 1.5, two of longitude - 100. Then eight by eight (10 km), ten by ten (1 km), and
quarters numbered 1 to 4 from the south-west (500 m, 250 m, 125 m). Source: JIS X 0410 as the Statistics Bureau of Japan
explains it (地域メッシュ統計).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SIZES_M = (80000, 10000, 1000, 500, 250, 125)
"""Nominal sides of the cells, metres, of codes with 4, 6, 8, 9, 10, 11 digits."""

_FINE = {80000: 640, 10000: 80, 1000: 8, 500: 4, 250: 2, 125: 1}
"""How many of the finest cells (125 m) lie along a side: 640 in a first mesh, each 1/960 degree of latitude high and
1/640 degree of longitude wide, so that every edge is a whole number of them."""

_HIGH, _WIDE = 960, 640
_EDGE = 1e-7
"""Of a finest cell, about 10 micrometres: a point on a south or west edge belongs to the cell in spite of rounding."""


def codes(lon: npt.ArrayLike, lat: npt.ArrayLike, size_m: int) -> Ints:
    """The code of the cell of `size_m` that holds each point (degrees). Raises KeyError for another size."""
    fine = _FINE[size_m]
    y = np.floor(np.asarray(lat, dtype=np.float64) * _HIGH + _EDGE).astype(np.int64)
    x = np.floor((np.asarray(lon, dtype=np.float64) - 100) * _WIDE + _EDGE).astype(np.int64)
    code = y // 640 * 100 + x // 640
    for side, count in ((80, 8), (8, 10)):
        if fine <= side:
            code = code * 100 + y // side % count * 10 + x // side % count
    for side in (4, 2, 1):
        if fine <= side:
            code = code * 10 + 1 + 2 * (y // side % 2) + x // side % 2
    return code


def sizes_m(code: npt.ArrayLike) -> Ints:
    """The size of each cell in metres, 0 for a number that is no code (digits out of range, wrong length)."""
    given = np.atleast_1d(np.asarray(code, dtype=np.int64))
    found = np.zeros(given.shape, dtype=np.int64)
    for digits, size in zip((4, 6, 8, 9, 10, 11), SIZES_M, strict=True):
        fits = (given >= 10 ** (digits - 1)) & (given < 10**digits)
        if digits >= 6:
            second = given // 10 ** (digits - 6) % 100
            fits &= (second // 10 < 8) & (second % 10 < 8)
        for place in range(digits - 8):
            quarter = given // 10**place % 10
            fits &= (quarter >= 1) & (quarter <= 4)
        found[fits] = size
    return found


def bounds_of(code: npt.ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """West, south, east, north of each cell, degrees. Raises ValueError where a number is no code."""
    given = np.atleast_1d(np.asarray(code, dtype=np.int64))
    sizes = sizes_m(given)
    if not sizes.all():
        raise ValueError(f"no JIS X 0410 code: {given[sizes == 0][0]}")
    west, south, side = (np.zeros(given.shape, dtype=np.int64) for _ in range(3))
    for digits, size in zip((4, 6, 8, 9, 10, 11), SIZES_M, strict=True):
        of_size = sizes == size
        x, y = _corner(given[of_size], digits)
        west[of_size], south[of_size], side[of_size] = x, y, _FINE[size]
    lon = (west / _WIDE + 100, (west + side) / _WIDE + 100)
    return lon[0], south / _HIGH, lon[1], (south + side) / _HIGH


def bounds(code: int) -> tuple[float, float, float, float]:
    """West, south, east, north of one cell, degrees. Raises ValueError."""
    west, south, east, north = (float(edge[0]) for edge in bounds_of([code]))
    return west, south, east, north


def size_m(code: int) -> int:
    """The size of one cell in metres. Raises ValueError for a number that is no code."""
    found = int(sizes_m([code])[0])
    if not found:
        raise ValueError(f"no JIS X 0410 code: {code}")
    return found


def parent(code: npt.ArrayLike | Sequence[int], size_m: int) -> Ints:
    """The cell of `size_m` that holds each cell. Raises ValueError where one is larger than that."""
    given = np.atleast_1d(np.asarray(code, dtype=np.int64))
    if (sizes_m(given) < 1).any() or (sizes_m(given) > size_m).any():
        raise ValueError(f"cells larger than {size_m} m")
    west, south, east, north = bounds_of(given)
    return codes((west + east) / 2, (south + north) / 2, size_m)


def _corner(code: Ints, digits: int) -> tuple[Ints, Ints]:
    """South-west corner in finest cells."""
    first = code // 10 ** (digits - 4)
    y, x = first // 100 * 640, first % 100 * 640
    for end, side in ((6, 80), (8, 8)):
        if digits >= end:
            pair = code // 10 ** (digits - end) % 100
            y, x = y + pair // 10 * side, x + pair % 10 * side
    for end, side in ((9, 4), (10, 2), (11, 1)):
        if digits >= end:
            quarter = code // 10 ** (digits - end) % 10 - 1
            y, x = y + quarter // 2 * side, x + quarter % 2 * side
    return x, y
