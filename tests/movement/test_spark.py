"""Spark gives row by row what one machine gives, from the same files."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import made
import pandas as pd
import pytest
import shapely

from otsu_maps.errors import FileRefused
from otsu_maps.movement import embedded, pings
from otsu_maps.movement.rules import Area
from otsu_maps.movement.zones import Districts

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java here: Spark needs version 17 or later"),
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="no pyspark here: it is an extra (spark)"),
]
SIZES = (1000, 500)
AREA = Area(135.85, 34.98, 135.92, 35.05)


def test_spark_and_one_machine_give_the_same_rows(tmp_path: Path) -> None:
    from otsu_maps.movement import spark

    frame = made.tracks(40, 80)
    folder = made.parquet(tmp_path / "pings", frame, 3, "none")
    rows = made.tracks(5, 30, seed=4).assign(device="p", time=lambda f: pd.to_datetime(f["time"], unit="s"))
    pd.concat([rows, rows.head(3), rows.head(2).assign(lon="?")]).to_csv(folder / "z.csv.gz", index=False)
    districts = Districts.of(["W", "E"], [shapely.box(135.85, 34.98, m, 35.05).wkb for m in (135.88, 135.92)])
    given = pings.source(folder, AREA)
    ours = embedded.run(given, SIZES, districts, tmp_path)
    theirs = spark.run(given, SIZES, districts, "local[2]")
    assert len(ours.by_hour) > 20 and len(ours.cells) > 500
    for name in ("cells", "by_hour", "by_day"):
        pd.testing.assert_frame_equal(getattr(ours, name), getattr(theirs, name))
    assert ours.passed == theirs.passed and ours.tally == theirs.tally
    assert ours.tally.refused["outside"] and ours.tally.refused["bad_position"] == 2 and ours.passed.duplicates


def test_a_file_that_cannot_be_read_is_refused_before_spark_starts(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(FileRefused):
        pings.source(tmp_path)
