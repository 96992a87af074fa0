"""Which area holds a point: the same answer as asking each area in turn."""

from __future__ import annotations

import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import lookup

steps = st.integers(0, 8).map(float)
boxes = st.tuples(steps, steps, st.integers(1, 4), st.integers(1, 4))


@settings(max_examples=200, deadline=None)
@given(
    corners=st.lists(boxes, max_size=6),
    points=st.lists(st.tuples(steps | st.floats(-1, 10), steps | st.floats(-1, 10)), max_size=30),
)
def test_each_point_gets_the_first_area_that_touches_it(
    corners: list[tuple[float, float, int, int]], points: list[tuple[float, float]]
) -> None:
    shapes = [shapely.Point(x, y).buffer(w) if h == 1 else shapely.box(x, y, x + w, y + h) for x, y, w, h in corners]
    areas = pd.DataFrame({"name": [f"a{i}" for i in range(len(shapes))], "geom": [shape.wkb for shape in shapes]})
    index = [f"p{i}" for i in range(len(points))]
    lon = pd.Series([x for x, _ in points], index=index, dtype=float)
    lat = pd.Series([y for _, y in points], index=index, dtype=float)
    found = lookup.inside(lon, lat, areas, "name")
    slow = [next((f"a{i}" for i, s in enumerate(shapes) if s.intersects(shapely.Point(p))), None) for p in points]
    assert list(found.index) == index
    assert list(found) == slow
