"""JIS X 0410 codes equal those of the jismesh package, an independent implementation."""

from __future__ import annotations

import jismesh.utils as jismesh
import numpy as np
import pytest

from otsu_maps import mesh

LEVELS = {80000: 1, 10000: 2, 1000: 3, 500: 4, 250: 5, 125: 6}


@pytest.mark.parametrize(("size_m", "level"), LEVELS.items())
def test_random_points_have_the_codes_of_jismesh(size_m: int, level: int) -> None:
    rng = np.random.default_rng(level)
    lon, lat = rng.uniform(122, 154, 20000), rng.uniform(20, 46, 20000)
    assert (mesh.codes(lon, lat, size_m) == np.asarray(jismesh.to_meshcode(lat, lon, level))).all()
