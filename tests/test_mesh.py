"""JIS X 0410 codes against a slow reference in exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otsu_maps import mesh

lons, lats = st.floats(122, 153.99, allow_nan=False), st.floats(20, 45.99, allow_nan=False)
sizes = st.sampled_from(mesh.SIZES_M)


def reference(lon: Fraction, lat: Fraction, size_m: int) -> int:
    """The definition, digit by digit."""
    lat15, east = lat * 3 / 2, lon - 100
    p, u = int(lat15), int(east)
    code, rest_y, rest_x = f"{p:02}{u:02}", lat15 - p, east - u
    for size, count in ((10000, 8), (1000, 10)):
        if size_m <= size:
            q, v = int(rest_y * count), int(rest_x * count)
            code, rest_y, rest_x = f"{code}{q}{v}", rest_y * count - q, rest_x * count - v
    for size in (500, 250, 125):
        if size_m <= size:
            q, v = int(rest_y * 2), int(rest_x * 2)
            code, rest_y, rest_x = f"{code}{1 + 2 * q + v}", rest_y * 2 - q, rest_x * 2 - v
    return int(code)


@given(st.integers(122 * 640, 153 * 640), st.integers(20 * 960, 45 * 960), sizes)
def test_a_point_on_a_south_west_corner_belongs_to_its_cell(x: int, y: int, size: int) -> None:
    lon, lat = Fraction(x, 640), Fraction(y, 960)
    assert int(mesh.codes([float(lon)], [float(lat)], size)[0]) == reference(lon, lat, size)


@given(lons, lats, sizes)
def test_any_point_has_the_code_of_the_definition_unless_it_is_a_hair_from_an_edge(
    lon: float, lat: float, size: int
) -> None:
    near = min(abs(lon * 640 - round(lon * 640)), abs(lat * 960 - round(lat * 960)))
    if near > 1e-6:
        assert int(mesh.codes([lon], [lat], size)[0]) == reference(Fraction(lon), Fraction(lat), size)


@given(lons, lats, sizes)
def test_the_middle_of_a_cell_has_the_code_of_the_cell(lon: float, lat: float, size: int) -> None:
    code = int(mesh.codes([lon], [lat], size)[0])
    west, south, east, north = mesh.bounds(code)
    assert mesh.size_m(code) == size
    assert int(mesh.codes([(west + east) / 2], [(south + north) / 2], size)[0]) == code
    assert west - 1e-9 <= lon <= east and south - 1e-9 <= lat <= north


@given(lons, lats, sizes, sizes)
def test_a_cell_lies_in_its_parent(lon: float, lat: float, small: int, large: int) -> None:
    small, large = sorted((small, large))
    code = mesh.codes([lon], [lat], small)
    assert mesh.parent(code, large)[0] == mesh.codes([lon], [lat], large)[0]


def test_codes_of_known_places() -> None:
    assert mesh.codes([135.8685], [35.0045], 1000).tolist() == [52354609]  # the city hall of Otsu
    assert mesh.bounds(5235) == pytest.approx((135.0, 34.6666667, 136.0, 35.3333333))


@pytest.mark.parametrize("code", [0, 12, 523, 52358000, 523568, 5235600, 523560095, 523560090, 52356009111111, -5235])
def test_a_number_that_is_no_code_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match=r"JIS X 0410"):
        mesh.size_m(code)
    with pytest.raises(ValueError, match=r"JIS X 0410"):
        mesh.bounds(code)


def test_a_parent_is_never_smaller() -> None:
    with pytest.raises(ValueError, match="larger"):
        mesh.parent([5235], 1000)


def test_many_codes_of_mixed_sizes_at_once() -> None:
    mixed = np.array([5235, 523560, 52356009, 523560091])
    west, south, east, north = mesh.bounds_of(mixed)
    assert mesh.sizes_m(mixed).tolist() == [80000, 10000, 1000, 500]
    assert (west < east).all() and (south < north).all()
