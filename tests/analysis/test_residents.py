"""Where people live: on land, in one district, in the city or beyond it."""

from __future__ import annotations

import numpy as np
import pytest
import subcells
from subcells import PLANE, Town

from otsu_maps.analysis.residents import ELSEWHERE, Residents, residents

HIGH_M, WIDE_M = 110_941 / 960, 91_288 / 640
"""A 125 m square at 35 degrees north: a degree of latitude and of longitude there, on GRS 80, in metres."""


def living(town: Town, **more: object) -> Residents:
    water = [subcells.wkb(rectangle) for rectangle in town.water]
    outline = subcells.wkb(town.outline) if town.outline else None
    return residents(subcells.cells(town).assign(**more), subcells.districts(town), PLANE, water, outline)


def shares(found: Residents, cell: int) -> dict[int, float]:
    return {int(d): float(s) for c, d, s in zip(found.cell, found.district, found.share, strict=True) if c == cell}


def test_nobody_lives_on_the_water() -> None:
    found = living(Town([100] * 9, districts=[(0, 0, 2, 4), (2, 0, 4, 4)], water=[(0, 0, 1, 4)]))
    assert shares(found, 0) == pytest.approx({0: 1 / 3, 1: 2 / 3}, rel=1e-3)


def test_people_of_a_cell_that_the_map_draws_as_water_are_not_lost() -> None:
    found = living(Town([100] * 9, districts=[(0, 0, 4, 4)], water=[(0, 0, 4, 4)]))
    assert shares(found, 0) == pytest.approx({0: 1.0})


def test_where_districts_overlap_the_first_has_the_people() -> None:
    found = living(Town([100] * 9, districts=[(0, 0, 3, 4), (1, 0, 4, 4), (0, 0, 4, 4)]))
    assert shares(found, 0) == pytest.approx({0: 0.75, 1: 0.25}, rel=1e-3)


def test_parts_in_no_district_are_elsewhere_and_parts_outside_the_city_are_nobodys() -> None:
    town = Town([100] * 9, districts=[(0, 0, 1, 4)])
    assert shares(living(town), 0) == pytest.approx({0: 0.25, ELSEWHERE: 0.75}, rel=1e-3)
    town.outline = (0, 0, 2, 4)
    found = living(town)
    assert shares(found, 0) == pytest.approx({0: 0.25, ELSEWHERE: 0.25}, rel=1e-3)
    assert list(found.beyond) == pytest.approx([0.5, *[1.0] * 8], rel=1e-3)


def test_a_district_ends_where_the_city_ends() -> None:
    found = living(Town([100] * 9, districts=[(0, 0, 4, 4)], outline=(0, 0, 2, 4)))
    assert shares(found, 0) == pytest.approx({0: 0.5}, rel=1e-3)


def test_shares_are_measured_in_metres() -> None:
    found = living(Town([100] * 9, districts=[(0, 0, 1, 1)]))
    (piece,) = (shape for shape, district in zip(found.shapes, found.district, strict=True) if district == 0)
    assert piece.area == pytest.approx(HIGH_M * WIDE_M, rel=1e-3)


def test_ages_that_were_merged_into_another_cell_are_not_unknown() -> None:
    none = [None] * 9
    found = living(Town([100] * 9), age_65_over_persons=none, is_suppressed=[True] + [False] * 8)
    assert found.age_unknown.tolist() == [False] + [True] * 8
    assert np.isnan(found.counts["age_65_over_persons"]).all()


def test_a_number_that_is_no_mesh_code_is_refused() -> None:
    with pytest.raises(ValueError, match="12345"):
        living(Town([100] * 9), mesh_code=12345)
