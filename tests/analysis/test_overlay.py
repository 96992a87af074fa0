"""Many overlays at once give what one at a time gives."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.analysis import overlay

point = st.tuples(st.integers(0, 30), st.integers(0, 30))
shapes = st.lists(st.builds(lambda a, b, c: shapely.Polygon([a, b, c]), point, point, point), max_size=8).map(
    lambda found: np.array([shape for shape in found if shape.area > 0], dtype=object)
)


@settings(max_examples=200, deadline=None)
@given(shapes, shapes)
def test_clips_are_all_pairs_that_share_an_area(left: overlay.Shapes, right: overlay.Shapes) -> None:
    found = {(i, j): part.area for i, j, part in zip(*overlay.clips(left, right), strict=True)}
    every = {(i, j): a.intersection(b).area for i, a in enumerate(left) for j, b in enumerate(right)}
    noise = 1e-9
    assert {pair for pair, m2 in every.items() if m2 > noise} <= set(found)
    assert all(m2 == pytest.approx(every[pair], abs=noise) for pair, m2 in found.items())


@settings(max_examples=100, deadline=None)
@given(shapes, st.integers(1, 4), st.randoms(use_true_random=False))
def test_a_union_holds_what_its_group_holds(found: overlay.Shapes, count: int, dice: object) -> None:
    group = np.array([dice.randrange(count) for _ in found], dtype=np.int64)  # type: ignore[attr-defined]
    unions = overlay.unions(group, found, count)
    for number in range(count):
        right = shapely.union_all(found[group == number])
        assert (unions[number] is None) == (not (group == number).any())
        assert overlay.areas(unions)[number] == pytest.approx(right.area, abs=1e-9)


def test_what_lies_without_is_the_rest_and_a_missing_shape_takes_nothing() -> None:
    whole = shapely.box([0, 0], 0, [4, 4], 4)
    left = overlay.without(whole, np.array([shapely.box(0, 0, 1, 4), None], dtype=object))
    assert list(overlay.areas(left)) == [12, 16]


def test_shapes_that_touch_share_nothing() -> None:
    assert not len(overlay.clips(shapely.box([0], 0, [1], 1), shapely.box([1], 0, [2], 1)).shape)


def test_a_shape_of_many_corners_falls_into_small_parts_that_make_it_up() -> None:
    angle = np.linspace(0, 2 * np.pi, 9000, endpoint=False)
    reach = 1000 + 300 * np.sin(40 * angle)
    star = shapely.polygons(np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1))
    small = shapely.multipolygons([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    given_shapes = np.array([small, star], dtype=object)
    found, of = overlay.parts(given_shapes)
    assert shapely.get_num_coordinates(found).max() <= overlay.MOST_CORNERS
    assert np.bincount(of, shapely.area(found)) == pytest.approx(shapely.area(given_shapes), rel=1e-9)
    assert shapely.union_all(found[of == 1]).symmetric_difference(star).area == pytest.approx(0, abs=1e-3)
    assert shapely.area(shapely.union_all(found[of == 1])) == pytest.approx(
        shapely.area(found[of == 1]).sum(), rel=1e-9
    )
