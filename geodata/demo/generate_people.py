"""People of the demo: a census mesh and monthly people flow, drawn from a few centres. None is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import numpy as np
from generate_common import CITY_CODE5, METRES_PER_DEGREE, ORIGIN, Point, land, metres, outline, random, stations, table
from generate_common import towns as town_points
from shapely.geometry import Point as Place
from shapely.geometry import box

from otsu_maps import mesh

PEOPLE = 340_000
HALF_M, ROWS_PER_DEGREE, COLUMNS_PER_DEGREE = 500, 240, 160
"""Half meshes of JIS X 0410 in a degree: 15 seconds of latitude, 22.5 of longitude from 100 degrees east."""

SPREAD_M, CUT_SPREADS = 700.0, 1.5
TOWN_WEIGHT, STATION_WEIGHT, CROWDED = 1.0, 0.7, 3.0
"""What a place adds around it, and how much is so crowded that more adds half."""

LIVED_IN = 8
"""Half meshes with fewer people are forest."""

BUSY = {"瀬田": 3.2, "石山": 2.6, "膳所": 2.6, "大津": 2.0, "大津京": 1.8, "堅田": 2.2, "一里山": 2.6, "唐崎": 1.5}
BUSY |= {"におの浜": 1.8, "仰木の里": 2.2, "青山": 2.2, "大江": 2.0, "瀬田南大萱町": 1.3, "おごと温泉": 1.4}
QUIET = {"葛川梅ノ木町": 0.02, "葛川坊村町": 0.0, "葛川中村町": 0.03, "伊香立途中町": 0.03, "伊香立生津町": 0.08}
QUIET |= {"栗原": 0.06, "大石富川": 0.03, "上田上桐生町": 0.04, "大石東": 0.25, "大石中": 0.2, "里": 0.35, "平野": 0.3}
QUIET |= {"荒川": 0.25, "木戸": 0.25, "八屋戸": 0.3, "南船路": 0.25, "北小松": 0.25, "南小松": 0.25, "大谷町": 0.1}
QUIET |= {"志賀": 0.4, "比良": 0.2, "近江舞子": 0.25, "蓬莱": 0.35, "仰木": 0.3, "茶戸町": 0.5, "大谷": 0.1}
YOUNG = {"仰木の里", "青山", "一里山", "大将軍", "瀬田", "大江"}
SUPPRESS_BELOW = 16

WOMEN, CHILDREN, OLD, OLDEST_OF_OLD, UNKNOWN_AGE, PER_HOUSEHOLD = 0.515, 0.125, 0.29, 0.53, 0.01, 2.25
NONE, RECEIVES, SUPPRESSED = 0, 1, 2
"""HTKSYORI as in files of e-Stat: a suppressed cell (2) names in HTKSAKI the cell (1) that counts its details, and that
one lists it in GASSAN. The total stays with each cell."""

CENSUS = {
    "T001141001": "人口（総数）",
    "T001141002": "人口（総数）　男",
    "T001141003": "人口（総数）　女",
    "T001141004": "０～１４歳人口　総数",
    "T001141010": "１５～６４歳人口　総数",
    "T001141019": "６５歳以上人口　総数",
    "T001141022": "７５歳以上人口　総数",
    "T001141034": "世帯総数",
}
Cell = tuple[int, int]


def half_mesh(cell: Cell) -> str:
    """The nine digits of a half mesh, from its row and column counted from the equator and 100 degrees east."""
    return str(mesh.codes(*centre(cell), HALF_M))


def centre(cell: Cell) -> Point:
    return 100 + (cell[1] + 0.5) / COLUMNS_PER_DEGREE, (cell[0] + 0.5) / ROWS_PER_DEGREE


@cache
def people() -> dict[Cell, int]:
    """People of each half mesh that has some."""
    rng = random("population")
    weights: dict[Cell, float] = {}
    for cell in _cells():
        weight = _weight(metres(centre(cell))) * _land_share(cell) * rng.uniform(0.8, 1.2)
        if weight > 0:
            weights[cell] = weight
    total = sum(weights.values())
    counts = {cell: round(PEOPLE * weight / total) for cell, weight in weights.items()}
    return {cell: count for cell, count in counts.items() if count >= LIVED_IN}


def _cells() -> Iterator[Cell]:
    (west, south), (east, north) = (
        np.array(corner) / METRES_PER_DEGREE + ORIGIN for corner in (outline().bounds[:2], outline().bounds[2:])
    )
    for row in range(int(south * ROWS_PER_DEGREE), int(north * ROWS_PER_DEGREE) + 1):
        for column in range(int((west - 100) * COLUMNS_PER_DEGREE), int((east - 100) * COLUMNS_PER_DEGREE) + 1):
            if outline().contains(Place(metres(centre((row, column))))):
                yield row, column


@cache
def _centres() -> tuple[tuple[np.ndarray, float], ...]:
    usual = {**dict.fromkeys(stations(), STATION_WEIGHT), **dict.fromkeys(town_points(), TOWN_WEIGHT)}
    weight = {**usual, **BUSY, **QUIET}
    return tuple((metres(point), weight[name]) for name, point in [*stations().items(), *town_points().items()])


def _weight(xy: np.ndarray) -> float:
    weight = 0.0
    for place, size in _centres():
        spreads = float(np.hypot(*(place - xy))) / SPREAD_M
        if spreads < CUT_SPREADS:
            weight += size * float(np.exp(-(spreads**2) / 2))
    return weight / (1 + weight / CROWDED)


def _land_share(cell: Cell) -> float:
    lon, lat = centre(cell)
    half = np.array([0.5 / COLUMNS_PER_DEGREE, 0.5 / ROWS_PER_DEGREE])
    square = box(*metres(tuple(np.array([lon, lat]) - half)), *metres(tuple(np.array([lon, lat]) + half)))
    return square.intersection(land()).area / square.area


def census() -> bytes:
    """The file of e-Stat: two lines of header, CP932."""
    details, goes_to = _details(), _merged()
    receives: dict[Cell, list[Cell]] = defaultdict(list)
    for cell, target in sorted(goes_to.items()):
        receives[target].append(cell)
        details[target] = [a + b for a, b in zip(details[target], details[cell], strict=True)]
    rows: list[list[object]] = [["KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN", *CENSUS]]
    rows.append(["", "", "", "", *(f"　{label}" for label in CENSUS.values())])
    for cell in sorted(people(), key=half_mesh):
        if cell in goes_to:
            marks, values = [SUPPRESSED, half_mesh(goes_to[cell]), ""], ["*"] * (len(CENSUS) - 1)
        else:
            gathered = ";".join(half_mesh(other) for other in receives.get(cell, []))
            marks, values = [RECEIVES if gathered else NONE, "", gathered], list(details[cell])
        rows.append([half_mesh(cell), *marks, people()[cell], *values])
    return table(rows, "cp932")


def _details() -> dict[Cell, list[int]]:
    """Men, women, ages 0-14, 15-64, 65 and over, 75 and over, households of each cell."""
    rng = random("details")
    details = {}
    for cell, total in people().items():
        age = _age(metres(centre(cell)))
        women = round(total * (WOMEN + rng.uniform(-0.015, 0.015)))
        children = round(total * CHILDREN / age * rng.uniform(0.9, 1.1))
        old = round(total * min(OLD * age * rng.uniform(0.9, 1.1), 0.6))
        oldest = round(old * OLDEST_OF_OLD * rng.uniform(0.9, 1.1))
        adults = total - children - old - round(total * UNKNOWN_AGE)
        households = max(1, round(total / PER_HOUSEHOLD / rng.uniform(0.92, 1.08)))
        details[cell] = [total - women, women, children, adults, old, oldest, households]
    return details


def _age(xy: np.ndarray) -> float:
    """How old a neighbourhood is against the whole: new towns below 1, hamlets above."""
    places = {**stations(), **town_points()}
    name = min(places, key=lambda each: float(np.hypot(*(metres(places[each]) - xy))))
    return 0.75 if name in YOUNG else 1.45 if QUIET.get(name, 1.0) < 0.3 else 1.0


def _merged() -> dict[Cell, Cell]:
    """Each cell with too few people to the largest of its neighbours; one with no neighbour stays as it is."""
    counts = people()
    merged = {}
    for (row, column), count in sorted(counts.items()):
        around = [(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1) if r or c]
        hosts = [cell for cell in around if counts.get(cell, 0) >= SUPPRESS_BELOW]
        if count < SUPPRESS_BELOW and hosts:
            merged[row, column] = max(hosts, key=lambda cell: (counts[cell], cell))
    return merged


# --- people flow -----------------------------------------------------------------------------------------------------

YEARS = (2019, 2021)
HOLIDAY, WEEKDAY, ALL_DAYS = 0, 1, 2
NOON, NIGHT, ALL_DAY = 0, 1, 2
FEWEST = 10
"""Cells with fewer people are left out, as in the files of the ministry."""

HOLIDAY_SHARE, NIGHT_SHARE = 0.33, 0.45
AT_HOME = {WEEKDAY: 0.58, HOLIDAY: 0.8}
AT_NIGHT = 0.96
WORK = {"大津": 15_000, "びわ湖浜大津": 9_000, "大津市役所前": 6_000, "石山": 16_000, "瀬田": 13_000, "膳所": 9_000}
WORK |= {"堅田": 7_000, "大津京": 5_000, "比叡山坂本": 3_000, "瀬田南大萱町": 9_000, "におの浜": 8_000, "玉野浦": 4_000}
LEISURE = {"近江舞子": 2_600, "におの浜": 3_600, "びわ湖浜大津": 3_000, "おごと温泉": 1_500, "石山寺": 1_600}
LEISURE |= {"坂本": 1_600, "柳が崎": 1_200, "一里山": 4_500, "志賀": 800, "南小松": 1_300}
SUMMER, SUMMER_LEISURE = {7: 1.6, 8: 2.2, 9: 1.2}, {"近江舞子", "志賀", "南小松", "柳が崎", "びわ湖浜大津"}
FEWER_2021 = {"work": 0.86, "leisure": 0.66, "home": 1.02}
HARDEST_2021 = {1: 0.85, 2: 0.85, 5: 0.8, 6: 0.9, 8: 0.8, 9: 0.8}
"""Further loss of leisure in the months of 2021 under declarations."""

WORK_SPREAD_M, LEISURE_SPREAD_M = 750.0, 600.0
# Share by home: the city, the rest of Shiga, the rest of Kinki, other regions (from_area 0 to 3).
FROM = {
    (WEEKDAY, NOON): (0.80, 0.105, 0.085, 0.01),
    (HOLIDAY, NOON): (0.77, 0.095, 0.105, 0.03),
    (WEEKDAY, NIGHT): (0.955, 0.02, 0.018, 0.007),
    (HOLIDAY, NIGHT): (0.95, 0.02, 0.02, 0.01),
}
STAY_2021 = 0.72
Flow = dict[tuple[int, int, int, int], dict[str, float]]


@cache
def flow() -> Flow:
    """Year, month, kind of day, time of day to 1 km mesh to people."""
    rng = random("flow")
    homes: dict[str, float] = defaultdict(float)
    for cell, count in people().items():
        homes[half_mesh(cell)[:8]] += count
    middles = {code: _middle(code) for code in sorted(homes)}
    work = {name: _around(name, middles, WORK_SPREAD_M) for name in WORK}
    leisure = {name: _around(name, middles, LEISURE_SPREAD_M) for name in LEISURE}
    made: Flow = {}
    for year in YEARS:
        for month in range(1, 13):
            for day in (HOLIDAY, WEEKDAY):
                noon = {code: homes[code] * AT_HOME[day] * _home(year) * rng.uniform(0.98, 1.02) for code in middles}
                for name, share in work.items():
                    _add(noon, share, WORK[name] * (1.0 if day == WEEKDAY else 0.25) * _worked(year))
                for name, share in leisure.items():
                    _add(noon, share, LEISURE[name] * (0.3 if day == WEEKDAY else 1.0) * _visited(name, year, month))
                night = {code: homes[code] * AT_NIGHT * _home(year) * rng.uniform(0.99, 1.01) for code in middles}
                made[year, month, day, NOON], made[year, month, day, NIGHT] = noon, night
                made[year, month, day, ALL_DAY] = _mix(noon, night, NIGHT_SHARE)
            for time in (NOON, NIGHT, ALL_DAY):
                made[year, month, ALL_DAYS, time] = _mix(
                    made[year, month, WEEKDAY, time], made[year, month, HOLIDAY, time], HOLIDAY_SHARE
                )
    return made


def _middle(code: str) -> np.ndarray:
    west, south, east, north = mesh.bounds(int(code))
    return metres(((west + east) / 2, (south + north) / 2))


def _around(name: str, middles: dict[str, np.ndarray], spread_m: float) -> dict[str, float]:
    """The share of each mesh of those who come to a place."""
    place = metres({**town_points(), **stations()}[name])
    away = {code: float(np.hypot(*(place - middle))) / spread_m for code, middle in middles.items()}
    share = {code: float(np.exp(-(spreads**2) / 2)) for code, spreads in away.items() if spreads < 3}
    return {code: value / sum(share.values()) for code, value in share.items()}


def _add(cells: dict[str, float], share: dict[str, float], persons: float) -> None:
    for code, value in share.items():
        cells[code] += persons * value


def _mix(most: dict[str, float], others: dict[str, float], share: float) -> dict[str, float]:
    return {code: value * (1 - share) + others[code] * share for code, value in most.items()}


def _home(year: int) -> float:
    return FEWER_2021["home"] if year == 2021 else 1.0


def _worked(year: int) -> float:
    return FEWER_2021["work"] if year == 2021 else 1.0


def _visited(name: str, year: int, month: int) -> float:
    season = SUMMER.get(month, 0.8) if name in SUMMER_LEISURE else 1.0
    return season * (FEWER_2021["leisure"] * HARDEST_2021.get(month, 1.0) if year == 2021 else 1.0)


def flow_mesh() -> bytes:
    """The file of the ministry by 1 km mesh."""
    rows: list[list[object]] = [
        ["mesh1kmid", "prefcode", "citycode", "year", "month", "dayflag", "timezone", "population"]
    ]
    for key, cells in sorted(flow().items()):
        rows += [
            [code, CITY_CODE5[:2], CITY_CODE5, *key, round(value)]
            for code, value in sorted(cells.items())
            if round(value) >= FEWEST
        ]
    return table(rows)


def flow_fromto() -> bytes:
    """People in the city by where they live, summing to those of the meshes (but for rounding)."""
    rows: list[list[object]] = [["citycode", "year", "month", "dayflag", "timezone", "from_area", "population"]]
    for (year, month, day, time), cells in sorted(flow().items()):
        persons = sum(round(value) for value in cells.values() if round(value) >= FEWEST)
        shares = _from_shares(year, day, time)
        rows += [[CITY_CODE5, year, month, day, time, area, round(persons * s)] for area, s in enumerate(shares)]
    return table(rows)


def _from_shares(year: int, day: int, time: int) -> tuple[float, ...]:
    if day == ALL_DAYS:
        pair = _from_shares(year, WEEKDAY, time), _from_shares(year, HOLIDAY, time)
        return tuple(a * (1 - HOLIDAY_SHARE) + b * HOLIDAY_SHARE for a, b in zip(*pair, strict=True))
    if time == ALL_DAY:
        pair = _from_shares(year, day, NOON), _from_shares(year, day, NIGHT)
        return tuple(a * (1 - NIGHT_SHARE) + b * NIGHT_SHARE for a, b in zip(*pair, strict=True))
    away = [share * (STAY_2021 if year == 2021 else 1.0) for share in FROM[day, time][1:]]
    return (1 - sum(away), *away)
