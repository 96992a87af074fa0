"""Between what trips are counted: mesh cells or districts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from otsu_maps import mesh
from otsu_maps.movement.rules import DEGREE

OUTSIDE = -1
OUTSIDE_NAME = "outside"
"""A place in the area but in no district."""

_HIGH, _WIDE = 960, 640
_MIXED = -2

Positions = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Mesh cells of one size as zones: their codes are JIS X 0410."""

    size_m: int

    @property
    def kind(self) -> str:
        return f"mesh{self.size_m}"

    def codes(self, lon: Positions, lat: Positions) -> Ints:
        return mesh.codes(lon / DEGREE, lat / DEGREE, self.size_m)

    def names(self, codes: Ints) -> list[str]:
        return [str(code) for code in codes.tolist()]


@dataclass(frozen=True)
class Districts:
    """Districts as zones, numbered in the order of `ids`; where two overlap, the first has the place.

    `grid` has for each cell of 125 m of a piece of the earth its district, OUTSIDE, or that only the exact outlines
    tell: most places need one look.
    """

    ids: tuple[str, ...]
    outlines: tuple[bytes, ...]
    grid: npt.NDArray[np.int32]
    row: int
    column: int

    kind = "district"

    @classmethod
    def of(cls, ids: Sequence[str], outlines: Sequence[bytes]) -> Districts:
        """Districts by id and outline (WKB, lon/lat)."""
        shapes = shapely.from_wkb(np.asarray(outlines, dtype=object))
        west, south, east, north = shapely.total_bounds(shapes)
        row, column = int(south * _HIGH) - 1, int((west - 100) * _WIDE) - 1
        rows, columns = int(north * _HIGH) + 2 - row, int((east - 100) * _WIDE) + 2 - column
        y, x = (each.ravel() for each in np.mgrid[row : row + rows, column : column + columns])
        tree = shapely.STRtree(shapely.box(x / _WIDE + 100, y / _HIGH, (x + 1) / _WIDE + 100, (y + 1) / _HIGH))
        grid = np.full(len(x), OUTSIDE, np.int32)
        for number, shape in enumerate(shapes):
            touched, held = tree.query(shape, "intersects"), tree.query(shape, "contains_properly")
            grid[touched[grid[touched] >= 0]] = _MIXED
            is_free = grid[held] == OUTSIDE
            grid[touched[grid[touched] == OUTSIDE]] = _MIXED
            grid[held[is_free]] = number
        return cls(tuple(ids), tuple(outlines), grid.reshape(rows, columns), row, column)

    def codes(self, lon: Positions, lat: Positions) -> Ints:
        y = lat.astype(np.int64) * _HIGH // DEGREE - self.row
        x = (lon.astype(np.int64) - 100 * DEGREE) * _WIDE // DEGREE - self.column
        is_near = (y >= 0) & (y < self.grid.shape[0]) & (x >= 0) & (x < self.grid.shape[1])
        found = np.full(len(lon), OUTSIDE, np.int64)
        found[is_near] = self.grid[y[is_near], x[is_near]]
        mixed = np.flatnonzero(found == _MIXED)
        found[mixed] = OUTSIDE
        shapes = shapely.from_wkb(np.asarray(self.outlines, dtype=object))
        shapely.prepare(shapes)
        for number, shape in enumerate(shapes):
            if not len(mixed):
                break
            is_in = shapely.intersects_xy(shape, lon[mixed] / DEGREE, lat[mixed] / DEGREE)
            found[mixed[is_in]] = number
            mixed = mixed[~is_in]
        return found

    def names(self, codes: Ints) -> list[str]:
        return [self.ids[code] if code >= 0 else OUTSIDE_NAME for code in codes.tolist()]


Zones = Cells | Districts
