"""The sums: equal to the plain rules whatever the order of the files; blocks hold all pings of their devices."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import ibis
import made
import numpy as np
import pandas as pd
import plain
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps import mesh
from otsu_maps.movement import embedded, expressions, kernels, motion, order, pings, trips
from otsu_maps.movement.rules import Rules
from otsu_maps.movement.sums import Sums, in_order
from otsu_maps.movement.zones import OUTSIDE, Cells, Districts

SIZES = (1000, 500, 250)
TRACKS = made.tracks(60, 90)


def sums_of(path: Path, scratch: Path) -> Sums:
    return embedded.run(pings.source(path), SIZES, Cells(500), scratch)


@pytest.fixture(scope="module")
def expected() -> tuple[pd.DataFrame, Counter[tuple[int, ...]], dict[tuple[int, ...], set[int]]]:
    """Cells, trips and devices by day type, hour, origin and destination, by the plain rules."""
    rules = Rules()
    clean = [plain.cleaned(track, rules) for track in plain.by_device(made.plain_pings(TRACKS))]
    flat = [ping for track in clean for ping in track]
    cells = [(h, size, y, x, n) for size in SIZES for (h, y, x), n in plain.cells(flat, size).items()]
    count: Counter[tuple[int, ...]] = Counter()
    devices: dict[tuple[int, ...], set[int]] = {}
    for track in clean:
        for device, leaves, _, o_lon, o_lat, d_lon, d_lat in plain.trips(track, rules)[0]:
            here = pd.Timestamp(leaves, unit="ms", tz="UTC").tz_convert("Asia/Tokyo")
            is_holiday = int(here.day_of_week >= 5)
            zones = mesh.codes([o_lon / 1e7, d_lon / 1e7], [o_lat / 1e7, d_lat / 1e7], 500)
            key = (is_holiday, here.hour, int(zones[0]), int(zones[1]))
            count[key] += 1
            devices.setdefault(key, set()).add(device)
    assert sum(count.values()) > 100
    return in_order(pd.DataFrame(cells, columns=expressions.CELLS), expressions.CELLS), count, devices


@pytest.mark.parametrize("by", ["device", "day", "none"])
def test_the_sums_equal_the_plain_rules_whatever_the_order(tmp_path: Path, by: str, expected: tuple) -> None:
    source = made.parquet(tmp_path / "pings", pd.concat([TRACKS, TRACKS.head(40)]) if by == "none" else TRACKS, 4, by)
    found = sums_of(source, tmp_path)
    cells, count, devices = expected
    pd.testing.assert_frame_equal(found.cells, cells)
    ours = {row[:4]: row[4:] for row in found.by_hour.itertuples(index=False, name=None)}
    assert ours == {key: (n, len(devices[key])) for key, n in count.items()}
    assert found.passed.trips == sum(count.values()) and found.passed.devices == 60
    assert found.passed.duplicates == (len(TRACKS) + 40 if by == "none" else len(TRACKS)) - len(
        TRACKS.drop_duplicates()
    )
    assert found.tally.rows_in == found.passed.kept + found.passed.duplicates + found.passed.too_fast
    assert sorted(each.name for each in tmp_path.iterdir()) == ["pings"]  # nothing of anybody stays on the disk


def test_the_expressions_on_duckdb_equal_the_kernels(tmp_path: Path) -> None:
    once, _ = kernels.arranged(*pings.Pings.together(list(blocks_of(TRACKS))))
    kept = motion.cleaned(once, Rules().numbers[0])
    table = pa.table(dict(zip(("device", "time_ms", "lon_e7", "lat_e7"), kept, strict=True)))
    connection = ibis.duckdb.connect(autoinstall_known_extensions="false", autoload_known_extensions="false")
    pq.write_table(table, tmp_path / "kept.parquet")
    found = expressions.cells(connection.read_parquet(tmp_path / "kept.parquet"), SIZES).to_pyarrow().to_pandas()
    connection.disconnect()
    source = made.parquet(tmp_path / "pings", TRACKS, 2, "none")
    pd.testing.assert_frame_equal(in_order(found, expressions.CELLS), sums_of(source, tmp_path).cells)


def blocks_of(frame: pd.DataFrame) -> list[pings.Pings]:
    device, time, lon, lat = zip(*made.plain_pings(frame), strict=True)
    return [pings.Pings(np.array(device), np.array(time), np.array(lon, np.int32), np.array(lat, np.int32))]


@pytest.mark.parametrize("by", ["device", "day", "none"])
def test_blocks_hold_every_ping_once_and_a_device_in_one(
    tmp_path: Path, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "BLOCK_ROWS", 500)
    monkeypatch.setattr(order, "MOST_ROWS", 60)  # parts are parted again
    monkeypatch.setattr(pings, "BATCH_ROWS", 64)  # a device spans batches
    source = pings.source(made.parquet(tmp_path / "pings", TRACKS, 5, by))
    assert order.is_by_device(source) == (by != "none")
    tally, heard = pings.Tally(), list[int]()
    found = list(order.blocks(source, tally, tmp_path, heard.append))
    assert len(found) > 3 and sum(heard) == tally.rows_in == len(TRACKS)
    devices = [set(block.device.tolist()) for block in found]
    assert sum(map(len, devices)) == 60
    ours = sorted(row for block in found for row in zip(*(each.tolist() for each in block), strict=True))
    assert ours == sorted(made.plain_pings(TRACKS))
    assert [each.name for each in tmp_path.iterdir()] == ["pings"]


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(-3, 3), max_size=4), max_size=5))
def test_order_is_seen_across_pieces(pieces: list[list[int]]) -> None:
    flat = [number for piece in pieces for number in piece]
    arrays = iter([np.array(piece, np.int64) for piece in pieces])
    assert order.is_ascending_throughout(arrays) == (flat == sorted(flat))


def test_districts_hold_what_their_outlines_hold() -> None:
    rng = np.random.default_rng(2)
    shapes = [shapely.Point(135.8 + 0.03 * n, 35.0).buffer(0.021 + 0.003 * n) for n in range(4)]
    ids = [f"D{n}" for n in range(4)]
    zones = Districts.of(ids, [shape.wkb for shape in shapes])
    x, y = rng.uniform(135.7, 136.1, 20000), rng.uniform(34.9, 35.1, 20000)
    lon, lat = np.rint(x * 1e7).astype(np.int32), np.rint(y * 1e7).astype(np.int32)
    expected = np.full(len(x), OUTSIDE)
    for number in reversed(range(4)):
        expected[shapely.intersects_xy(shapes[number], lon / 1e7, lat / 1e7)] = number
    assert (zones.codes(lon, lat) == expected).all()
    assert len(set(expected)) == 5 and (zones.grid == -2).mean() < 0.4  # where they overlap, too
    assert zones.names(np.array([2, OUTSIDE])) == ["D2", "outside"]


def test_day_types_are_those_of_the_law() -> None:
    days = [np.datetime64(day).astype(int) for day in ("2023-10-06", "2023-10-07", "2023-10-08", "2023-10-09")]
    assert trips.day_types(np.array(days)).tolist() == [0, 1, 1, 1]  # スポーツの日 on the Monday
