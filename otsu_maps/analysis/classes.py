"""Cut numbers into classes for a map."""

from __future__ import annotations

import bisect
from collections.abc import Sequence


def quantile_edges(values: Sequence[float], classes: int) -> list[float]:
    """Upper edges of `classes` classes that hold about equally many of `values`; fewer where values repeat.

    Each edge is a value that occurs, so that a legend never names a number that nothing has.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    places = (min(len(ordered) - 1, (i + 1) * len(ordered) // classes - 1) for i in range(classes))
    return sorted({ordered[max(place, 0)] for place in places} | {ordered[-1]})


def class_of(value: float, edges: Sequence[float]) -> int:
    """The class of a value: the first whose upper edge is not below it."""
    return min(bisect.bisect_left(edges, value), len(edges) - 1)
