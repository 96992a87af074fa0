"""The kernels: whatever the pings and their order, they give what the plain rules give."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps.movement import intake, kernels, motion
from otsu_maps.movement.order import RECORD
from otsu_maps.movement.pings import Pings
from otsu_maps.movement.rules import Rules
from otsu_maps.movement.sums import of_tables

START = 1_696_086_000_000
LON, LAT = 1_359_000_000, 350_000_000
STEP = 9000
"""About 100 m of latitude."""

RULES = Rules(max_speed_kmh=60, stay_radius_m=200, stay_min=20, gap_h=2)

few_pings = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(0, 60).map(lambda minutes: START + minutes * 7 * 60_000),
        st.integers(0, 6).map(lambda steps: LON + steps * STEP),
        st.integers(0, 6).map(lambda steps: LAT + steps * STEP),
    ),
    max_size=80,
)


def arrays(pings: list[plain.Ping]) -> Pings:
    columns = np.array(pings, dtype=np.int64).reshape(-1, 4).T
    return Pings(columns[0], columns[1], columns[2].astype(np.int32), columns[3].astype(np.int32))


def rows(pings: Any) -> list[plain.Ping]:
    return [tuple(int(value) for value in row) for row in zip(*pings, strict=True)]


@settings(deadline=None, max_examples=300)
@given(few_pings)
def test_everything_equals_the_plain_rules(pings: list[plain.Ping]) -> None:
    metres_a_ms, radius2, least_ms, gap_ms = RULES.numbers
    once, again = kernels.arranged(*arrays(pings))
    tracks = plain.by_device(pings)
    assert sorted(rows(once)) == sorted(ping for track in tracks for ping in track)
    assert again == len(pings) - len(set(pings))
    kept = motion.cleaned(once, metres_a_ms)
    clean = [plain.cleaned(track, RULES) for track in tracks]
    assert sorted(rows(kept)) == sorted(ping for track in clean for ping in track)
    firsts, lasts = motion.stays(kept, radius2, least_ms)
    ours = sorted(tuple(rows(kept)[first : last + 1]) for first, last in zip(firsts, lasts, strict=True))
    assert ours == sorted(tuple(stay) for track in clean for stay in plain.stays(track, RULES))
    *found, stays, silent = motion.trips(kept, radius2, least_ms, gap_ms)
    told = [plain.trips(track, RULES) for track in clean]
    assert sorted(rows(found)) == sorted(trip for trips, _ in told for trip in trips)
    assert (stays, silent) == (len(ours), sum(cut for _, cut in told))
    table, number = kernels.counted(kernels.new_table(2), kept, 2, 3, 7)
    assert number == 7 + len(tracks) or not pings
    counted = of_tables([table[0]], 250)
    for size in (250, 500, 1000):
        of_size = counted[counted["size_m"] == size]
        ours_by_cell = {(h, y, x): n for h, _, y, x, n in of_size.itertuples(index=False)}
        assert ours_by_cell == plain.cells([ping for track in clean for ping in track], size)


def test_a_leap_is_dropped_and_the_way_goes_on_from_the_last_ping_that_was_kept() -> None:
    pings = [(1, START, LON, LAT), (1, START + 60_000, LON + 900_000, LAT), (1, START + 120_000, LON + STEP, LAT)]
    kept = motion.cleaned(kernels.arranged(*arrays(pings))[0], Rules().numbers[0])
    assert rows(kept) == [pings[0], pings[2]]


def test_a_stay_lasts_exactly_twenty_minutes_or_longer() -> None:
    for seconds, count in ((20 * 60, 1), (20 * 60 - 1, 0)):
        pings = [(1, START, LON, LAT), (1, START + seconds * 1000, LON, LAT + STEP)]
        assert len(motion.stays(arrays(pings), *Rules().numbers[1:3])[0]) == count


@pytest.mark.parametrize(("hours", "trips", "cut"), [(6, 1, 0), (6.001, 0, 1)])
def test_a_trip_ends_in_a_silence_of_more_than_six_hours(hours: float, trips: int, cut: int) -> None:
    home = [(1, START, LON, LAT), (1, START + 1_800_000, LON, LAT)]
    then = START + 1_800_000 + round(hours * 3_600_000)
    work = [(1, then, LON + 90 * STEP, LAT), (1, then + 1_800_000, LON + 90 * STEP, LAT)]
    *found, _, silent = motion.trips(arrays(home + work), *Rules().numbers[1:])
    assert (len(found[0]), silent) == (trips, cut)


def test_an_unsteady_position_is_no_trip() -> None:
    away = (1, START + 2_000_000, LON + 5 * STEP, LAT)
    pings = (
        [(1, START + t * 1000, LON, LAT) for t in (0, 1500)]
        + [away]
        + [(1, START + t * 1000, LON + STEP, LAT) for t in (2500, 4500)]
    )
    *found, stays, silent = motion.trips(arrays(pings), *Rules().numbers[1:])
    assert (stays, silent, len(found[0])) == (2, 0, 0)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=200), st.integers(0, 50))
@settings(deadline=None)
def test_parts_hold_every_row_once_and_a_device_in_one_part(devices: list[int], shift: int) -> None:
    device = np.array(devices + devices, dtype=np.int64)
    row = np.arange(len(device))
    records = np.empty(len(device), RECORD)
    starts = intake.parted(device, row, row.astype(np.int32), -row.astype(np.int32), records, 64, shift)
    assert sorted(records["time"].tolist()) == row.tolist() and (records["lon"] == -records["lat"]).all()
    assert (records["device"] == device[records["time"]]).all() and (records["lon"] == records["time"]).all()
    assert all((np.diff(records["time"][a:b]) > 0).all() for a, b in pairwise(starts)), "in their old order"
    parts = [set(records["device"][a:b].tolist()) for a, b in pairwise(starts)]
    assert sum(map(len, parts)) == len(set(devices))
