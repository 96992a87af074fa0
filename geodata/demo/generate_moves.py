"""Movement of the demo: invented devices live, work and go out for a Friday and a Saturday. None is anybody's.

The three files are what a city would have: devices by mesh cell and hour and trips between districts, with small
figures withheld by the program's own rules, and passages at a few counters. Devices and counters are there on the
second halves of three more Saturdays as well, on the last of which fireworks draw visitors (`generate_fireworks.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from random import Random

import generate_fireworks as fireworks
import numpy as np
import pandas as pd
import shapely
from generate_common import HERE, Point, degrees, metres, random, stations, table
from generate_common import towns as town_points
from generate_people import BUSY, HALF_M, Cell, centre, people

from otsu_maps import mesh
from otsu_maps.movement import privacy

DAYS = (("weekday", date(2025, 6, 6)), ("holiday", date(2025, 6, 7)))
MORE_DAYS = (date(2025, 7, 12), date(2025, 7, 19), fireworks.ON)
"""Saturdays of which there are devices and counters in HALF_A_DAY, and no trips."""

HALF_A_DAY = range(12, 24)
DEVICES, LEAST = 15_000, 10
WORKS, GOES_OUT = {"weekday": 0.62, "holiday": 0.18}, {"weekday": 0.25, "holiday": 0.6}
"""Share of devices that go to work or school, and of the others that go out."""

LEAVES, RETURNS = ((6, 7, 7, 8, 8, 9), (16, 17, 17, 18, 18, 19, 20))
GOES, STAYS_H = ((9, 10, 10, 11, 13, 13, 14, 15), (1, 2, 2, 3))
SPREAD_M = 450.0
"""How far from the middle of a busy place people work and shop."""

COUNTERS = ("大津", "膳所", "石山", "瀬田")
COUNTED = {"weekday": 30, "holiday": 18}
"""Of a counter: passages in ten minutes of the busiest hour, in each direction."""

TO_TRAIN, FROM_TRAIN = "駅へ", "駅から"

BUSY_HOURS = (1, 1, 0, 0, 1, 4, 15, 46, 52, 24, 18, 20, 26, 24, 22, 24, 30, 48, 54, 38, 24, 16, 9, 4)

Present = tuple[int, int, Point]
"""Device, hour, where: lon and lat."""

Trip = tuple[int, int, Point, Point]
"""Device, hour, from, to: lon and lat."""


@cache
def moves() -> dict[str, tuple[list[Present], list[Trip]]]:
    """By day type: where each device is in each hour (twice in an hour of travel), and its trips."""
    rng = random("moves")
    homes = _homes(rng)
    return {day: _day(rng, day, homes) for day, _ in DAYS}


def _homes(rng: Random) -> list[Cell]:
    cells = sorted(people())
    return rng.choices(cells, [people()[cell] for cell in cells], k=DEVICES)


def _day(rng: Random, day: str, homes: Sequence[Cell]) -> tuple[list[Present], list[Trip]]:
    places = {**town_points(), **stations()}
    names = sorted(BUSY)
    present: list[Present] = []
    trips: list[Trip] = []
    for device, cell in enumerate(homes):
        home = _near(rng, centre(cell), HALF_M / 3)
        at = {hour: [home] for hour in range(24)}
        hours = _away(rng, day)
        if hours:
            [name] = rng.choices(names, [BUSY[name] for name in names])
            there = _near(rng, places[name], SPREAD_M)
            leaves, returns = hours
            at |= {hour: [there] for hour in range(leaves, returns + 1)}
            at[leaves], at[returns] = [home, there], [there, home]
            trips += [(device, leaves, home, there), (device, returns, there, home)]
        present += [(device, hour, point) for hour, points in at.items() for point in points]
    return present, trips


def _more_days() -> Iterator[tuple[date, list[Present]]]:
    """The same devices on MORE_DAYS; to the fireworks visitors come, and some of those who live here."""
    homes = _homes(random("moves"))
    for on in MORE_DAYS:
        present, _ = _day(random(f"moves {on}"), "holiday", homes)
        if on == fireworks.ON:
            present = fireworks.with_visitors(present, DEVICES)
        yield on, [each for each in present if each[1] in HALF_A_DAY]


def _near(rng: Random, point: Point, spread_m: float) -> Point:
    x, y = metres(point)
    return degrees(np.array([rng.gauss(float(x), spread_m / 2), rng.gauss(float(y), spread_m / 2)]))


def _away(rng: Random, day: str) -> tuple[int, int] | None:
    """Hours in which somebody leaves and returns."""
    if rng.random() < WORKS[day]:
        return rng.choice(LEAVES), rng.choice(RETURNS)
    if rng.random() < GOES_OUT[day]:
        goes = rng.choice(GOES)
        return goes, goes + rng.choice(STAYS_H)
    return None


def mesh_hour() -> bytes:
    """Devices by cell and hour: the cells that `privacy.cells` lets pass."""
    rows: list[list[object]] = [["on_date", "hour", "mesh_code", "devices"]]
    for on, present in (*((on, moves()[day][0]) for day, on in DAYS), *_more_days()):
        frame = pd.DataFrame(
            [(hour, device, *point) for device, hour, point in present],
            columns=["hour", "device", "lon", "lat"],
        )
        counts = []
        for size in (1000, 500):
            side = size // 125
            y, x = (frame["lat"] * 960 // side).astype("int64"), ((frame["lon"] - 100) * 640 // side).astype("int64")
            by = frame.assign(size_m=size, y=y, x=x).groupby(["hour", "size_m", "y", "x"])["device"].nunique()
            counts.append(by.rename("devices").reset_index())
        for hour, size, y, x, devices in privacy.cells(pd.concat(counts), LEAST).published.itertuples(index=False):
            side = size / 125
            code = mesh.codes([(x + 0.5) * side / 640 + 100], [(y + 0.5) * side / 960], int(size))[0]
            rows.append([on, hour, code, devices])
    return table(rows)


@cache
def _districts() -> tuple[list[str], np.ndarray]:
    loaded = json.loads((HERE / "districts.geojson").read_text("utf-8"))["features"]
    return (
        [feature["properties"]["district_id"] for feature in loaded],
        np.array([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in loaded]),
    )


def _zones(points: list[Point]) -> Iterator[str]:
    ids, shapes = _districts()
    which = shapely.STRtree(shapes).query(shapely.points(points), "intersects")
    first = {int(point): int(shape) for point, shape in sorted(which.T.tolist(), reverse=True)}
    return (ids[first[number]] if number in first else "outside" for number in range(len(points)))


def od_hour() -> bytes:
    """Trips between districts: those that `privacy.pairs` lets pass."""
    rows: list[list[object]] = [["zones", "day_type", "hour", "origin", "destination", "days", "trips", "devices"]]
    for day, _ in DAYS:
        trips = moves()[day][1]
        frame = pd.DataFrame(
            {
                "day_type": 0,
                "hour": [hour for _, hour, _, _ in trips],
                "origin": list(_zones([point for _, _, point, _ in trips])),
                "destination": list(_zones([point for _, _, _, point in trips])),
                "device": [device for device, _, _, _ in trips],
            }
        )
        keys = ["day_type", "origin", "destination"]
        by_hour, by_day = (
            frame.groupby(names).agg(trips=("device", "size"), devices=("device", "nunique")).reset_index()
            for names in ([*keys, "hour"], keys)
        )
        for row in privacy.pairs(by_hour, by_day, LEAST).published.itertuples():
            hour = "" if pd.isna(row.hour) else int(row.hour)
            rows.append(["district", day, hour, row.origin, row.destination, 1, row.trips, row.devices])
    return table(rows)


def counters() -> bytes:
    """Passages at stations every ten minutes, in two directions; one counter is silent for a morning."""
    rng = random("counters")
    rows: list[list[object]] = [["site", "time", "direction", "count"]]
    for day, on in (*DAYS, *(("holiday", on) for on in MORE_DAYS)):
        for name in COUNTERS:
            for hour, busy in enumerate(BUSY_HOURS):
                if name == COUNTERS[-1] and day == "holiday" and hour < 9:
                    continue
                if on in MORE_DAYS and hour not in HALF_A_DAY:
                    continue
                for minute in range(0, 60, 10):
                    for direction in (TO_TRAIN, FROM_TRAIN):
                        mean = COUNTED[day] * busy / max(BUSY_HOURS) * (BUSY[name] / 2)
                        if on == fireworks.ON:
                            mean += fireworks.passages(name, hour, is_to_train=direction == TO_TRAIN)
                        count = max(0, round(rng.gauss(mean, mean**0.5)))
                        rows.append([f"{name}駅前（訓練用）", f"{on} {hour:02}:{minute:02}:30", direction, count])
    return table(rows)
