"""Cut many shapes by many others at once: which meet, what they share, what covers a shape together.

Shapes are arrays of valid polygons in metres. Each step is one call on arrays: an overlay of frames takes several times
as long (tests/benchmarks/RESULTS.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_CORNERS = 500
"""A shape with more is cut into halves first: a cell at the edge of a river's whole zone would read all its corners."""

_POLYGON, _MULTIPOLYGON = 3, 6


class Clips(NamedTuple):
    """What pairs of shapes share: `shape` and `other` are positions, `common` the areas that both hold."""

    shape: Ints
    other: Ints
    common: Shapes


def parts(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Single polygons of few corners that make up the shapes, and the position of the shape that each is of."""
    done: list[tuple[Shapes, Ints]] = [(np.empty(0, object), np.empty(0, np.int64))]
    left, of = shapely.get_parts(shapes, return_index=True)
    while len(left):
        is_small = shapely.get_num_coordinates(left) <= MOST_CORNERS
        done.append((left[is_small], of[is_small]))
        big = left[~is_small]
        west, south, east, north = shapely.bounds(big).T
        is_wide = east - west >= north - south
        x, y = np.where(is_wide, (west + east) / 2, east), np.where(is_wide, north, (south + north) / 2)
        first = shapely.box(west, south, x, y)
        second = shapely.box(np.where(is_wide, x, west), np.where(is_wide, south, y), east, north)
        halves = _areal(shapely.intersection(np.concatenate([big, big]), np.concatenate([first, second])))
        left, half_of = shapely.get_parts(halves, return_index=True)
        of = np.concatenate([of[~is_small]] * 2)[half_of]
    return np.concatenate([shapes for shapes, _ in done]), np.concatenate([of for _, of in done])


def clips(shapes: Shapes, others: Shapes) -> Clips:
    """Every pair that shares an area, in the order of `shapes`. A shape that another holds whole is not cut."""
    if not len(shapes) or not len(others):
        return Clips(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, object))
    shape, other = shapely.STRtree(others).query(shapes)
    shapely.prepare(others)
    met = shapely.intersects(others[other], shapes[shape])
    shape, other = shape[met], other[met]
    left, right = shapes[shape], others[other]
    is_held = shapely.contains_properly(right, left)
    shapely.prepare(shapes)
    is_holder = ~is_held & shapely.contains_properly(left, right)
    cut = ~is_held & ~is_holder
    common = np.where(is_held, left, right)
    common[cut] = _areal(shapely.intersection(left[cut], right[cut]))
    kept = np.flatnonzero(shapely.area(common) > 0)
    kept = kept[np.lexsort((other[kept], shape[kept]))]
    return Clips(shape[kept], other[kept], common[kept])


def unions(group: Ints, shapes: Shapes, count: int) -> Shapes:
    """The union of the shapes of each group 0 to `count` - 1; None for a group without any."""
    found = np.full(count, None, dtype=object)
    order = np.argsort(group, kind="stable")
    sizes = np.bincount(group, minlength=count)
    ordered, of, starts = shapes[order], group[order], np.cumsum(sizes) - sizes
    rank = np.arange(len(order)) - starts[of]
    single = sizes == 1
    found[single] = ordered[starts[single]]
    low = 1
    while low < (sizes.max() if count else 0):  # rows of about one width, so that few places stay empty
        rows = np.flatnonzero((sizes > low) & (sizes <= low * 2))
        if len(rows):
            row_of = np.full(count, -1)
            row_of[rows] = np.arange(len(rows))
            taken = row_of[of] >= 0
            table = np.full((len(rows), low * 2), None, dtype=object)
            table[row_of[of[taken]], rank[taken]] = ordered[taken]
            found[rows] = shapely.union_all(table, axis=1)
        low *= 2
    return found


def without(shapes: Shapes, taken: Shapes) -> Shapes:
    """Each shape without the area `taken` from it; a shape whose `taken` is None is left as it is."""
    left = shapes.copy()
    cut = ~shapely.is_missing(taken)
    left[cut] = _areal(shapely.difference(shapes[cut], taken[cut]))
    return left


def areas(shapes: Shapes) -> Floats:
    """Area of each shape, m2; 0 for None."""
    return np.nan_to_num(shapely.area(shapes))


def _areal(shapes: Shapes) -> Shapes:
    """Only the areas of what an overlay gives: shapes that touch leave points and lines beside them."""
    kinds = shapely.get_type_id(shapes)
    for place in np.flatnonzero((kinds != _POLYGON) & (kinds != _MULTIPOLYGON)):
        parts = shapely.get_parts(shapely.get_parts(shapes[place]))
        shapes[place] = shapely.multipolygons(parts[shapely.get_type_id(parts) == _POLYGON])
    return shapes
