"""Hazard zones of the demo: schematic shapes along rivers and shores and at the foot of slopes. None is real."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import shapely
from generate_common import (
    CITY,
    FLAG_COLUMNS,
    MARK,
    Point,
    degrees,
    feature,
    geojson,
    in_degrees,
    in_metres,
    lake,
    land,
    metres,
    nearest_town,
    outline,
    polygons,
    position,
    random,
    sites,
)
from shapely.geometry import LineString, MultiPoint, Polygon, box
from shapely.geometry import Point as Place
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

COARSE, FINE = 4, 5
"""Decimals of degrees: corners of flood zones to about 10 m, where two zones meet and small zones to about 1 m."""

SMALLEST_M2 = 4_000.0
SOFTEN_M = 25.0
STEP_M, WIND_M = 650.0, 70.0
"""Rivers bend a little aside at each step."""

UNEVEN = (0.72, 1.12)
"""Narrowest and widest, against the half width."""


# Half widths in metres of rank 1 (below 0.5 m), 2 (0.5 to 3 m), 3 (3 to 5 m), 4 (5 to 10 m), 5 (10 to 20 m).
RIVERS: dict[str, tuple[tuple[float, ...], tuple[Point, ...]]] = {
    "瀬田川": (
        (480, 350, 230, 140, 75),
        (
            *((135.906, 34.974), (135.909, 34.966), (135.914, 34.956), (135.914, 34.946), (135.914, 34.937)),
            *((135.909, 34.928), (135.905, 34.918), (135.907, 34.910), (135.899, 34.902), (135.888, 34.896)),
            (135.877, 34.896),
        ),
    ),
    "大戸川": (
        (520, 330, 190, 90),
        (
            *((136.006, 34.932), (135.986, 34.945), (135.962, 34.957), (135.948, 34.951)),
            *((135.932, 34.943), (135.916, 34.938)),
        ),
    ),
    "真野川": ((330, 190, 80), ((135.876, 35.132), (135.895, 35.1305), (135.912, 35.1285), (135.929, 35.127))),
    "和邇川": ((570, 240, 90), ((135.884, 35.168), (135.898, 35.157), (135.912, 35.154), (135.934, 35.152))),
    "天神川": ((230, 130, 55), ((135.872, 35.0648), (135.879, 35.065), (135.887, 35.0655))),
    "安曇川": ((170, 90), ((135.868, 35.272), (135.8665, 35.250), (135.8645, 35.234), (135.858, 35.205))),
    "吾妻川": ((210, 125, 55), ((135.862, 34.997), (135.8675, 35.003), (135.8695, 35.008), (135.8695, 35.012))),
}
# Half widths, and west, south, east, north of the stretch of shore.
SHORES: tuple[tuple[tuple[float, ...], tuple[float, float, float, float]], ...] = (
    ((190, 95), (135.94, 35.226, 136.0, 35.264)),
    ((160, 75), (135.9, 35.15, 135.94, 35.21)),
    ((400, 200), (135.9, 35.122, 135.94, 35.15)),
    ((760, 300), (135.9, 35.103, 135.94, 35.122)),
    ((270, 140), (135.87, 35.058, 135.915, 35.103)),
    ((280, 150), (135.85, 35.02, 135.885, 35.058)),
    ((520, 240, 100), (135.85, 35.0005, 135.893, 35.02)),
    ((340, 160), (135.88, 34.975, 135.9045, 35.0005)),
    ((500, 290, 120), (135.9045, 34.975, 135.925, 35.0)),
)
DESIGN_SHARE = 0.6
"""The rain of the design scale floods so much of the width, and one rank less deep."""


@dataclass(frozen=True)
class Scale:
    """A scale of rain: the title of its file, the number of its fields in A31a, width, and ranks left out."""

    title: str
    field: str
    share: float
    shallower: int


MAXIMUM = Scale("洪水浸水想定区域（想定最大規模、訓練用の模式図）", "2", 1.0, 0)
DESIGN = Scale("洪水浸水想定区域（計画規模、訓練用の模式図）", "1", DESIGN_SHARE, 1)


def flood(scale: Scale) -> bytes:
    """A31a in GeoJSON: zones by river and depth rank; those of one river lie side by side."""
    features = []
    for number, (river, widths, middle, clip) in enumerate(_waters(), 1):
        for rank, zone in _ranks(widths, middle, clip, scale):
            properties = {
                f"A31a_{scale.field}01": f"25999900{number:02}",
                f"A31a_{scale.field}02": river,
                f"A31a_{scale.field}03": "25",
                f"A31a_{scale.field}04": f"滋賀県（{MARK}区域）",
                f"A31a_{scale.field}05": rank,
            }
            features.append(feature(zone, properties, FINE))
    return geojson(scale.title, features)


def _waters() -> Iterator[tuple[str, tuple[float, ...], BaseGeometry, BaseGeometry]]:
    """Name, half widths, the middle of the water and where its zones may lie (metres)."""
    for river, (widths, line) in RIVERS.items():
        yield river, widths, _winding(river, in_metres(LineString(line))), land()
    for widths, bounds in SHORES:
        stretch = in_metres(box(*bounds))
        shore = lake().boundary & outline() & stretch
        yield "琵琶湖", widths, shapely.normalize(shapely.line_merge(shore)), land() & stretch


def _winding(river: str, line: BaseGeometry) -> LineString:
    rng = random(river)
    steps = round(line.length / STEP_M)
    points = [np.array(line.interpolate(number / steps, normalized=True).coords[0]) for number in range(steps + 1)]
    aside = [np.array([rng.uniform(-1, 1), rng.uniform(-1, 1)]) * WIND_M for _ in points]
    return LineString([point + each for point, each in zip(points, aside, strict=True)])


def _ranks(
    widths: tuple[float, ...], middle: BaseGeometry, clip: BaseGeometry, scale: Scale
) -> Iterator[tuple[int, BaseGeometry]]:
    covers: list[BaseGeometry] = []
    for width in widths[: len(widths) - scale.shallower]:
        cover = in_degrees(_band(middle, width * scale.share) & clip, COARSE)
        covers.append(cover & covers[-1] if covers else cover)
    for rank, cover in enumerate(covers, 1):
        deeper = covers[rank] if rank < len(covers) else Polygon()
        for part in polygons(shapely.set_precision(cover - deeper, 10.0**-FINE)):
            if in_metres(part).area >= SMALLEST_M2:
                yield rank, shapely.normalize(part)


def _band(middle: BaseGeometry, half_width: float) -> BaseGeometry:
    """Land within about half a width of a line: here wider, there narrower, the same places for every width."""
    rng = random("band")
    pieces = []
    for line in shapely.get_parts(middle):
        discs = [Place(point).buffer(half_width * rng.uniform(*UNEVEN), quad_segs=3) for point in line.coords]
        pieces += [unary_union(pair).convex_hull for pair in pairwise(discs)]
    return unary_union(pieces).simplify(SOFTEN_M)


# --- landslide -------------------------------------------------------------------------------------------------------

STEEP, DEBRIS, SLIDE = 1, 2, 3
"""A33_001: 急傾斜地の崩壊, 土石流, 地滑り."""
YELLOW, RED = 1, 2
"""A33_002: 警戒区域, 特別警戒区域."""

WEST, EAST, NORTH, SOUTH = (-1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, -1.0)
NORTH_WEST, SOUTH_WEST = (-0.8, 0.6), (-0.7, -0.7)
# The foot of a slope, the way up, and how many zones lie along it.
FEET: tuple[tuple[Point, int, tuple[Point, ...]], ...] = (
    (WEST, 11, ((135.868, 35.08), (135.865, 35.066), (135.859, 35.055), (135.853, 35.043), (135.850, 35.030))),
    (WEST, 6, ((135.849, 35.026), (135.849, 35.018), (135.852, 35.009), (135.858, 35.000))),
    (NORTH_WEST, 12, ((135.963, 35.260), (135.948, 35.246), (135.930, 35.227), (135.913, 35.213), (135.903, 35.197))),
    (WEST, 4, ((135.900, 35.194), (135.897, 35.182), (135.892, 35.172))),
    (WEST, 4, ((135.866, 35.150), (135.857, 35.136), (135.868, 35.115))),
    (WEST, 4, ((135.862, 35.272), (135.859, 35.250), (135.857, 35.232), (135.853, 35.205), (135.851, 35.178))),
    (EAST, 3, ((135.868, 35.272), (135.871, 35.250), (135.868, 35.232), (135.861, 35.205))),
    (WEST, 5, ((135.896, 34.968), (135.900, 34.958), (135.902, 34.946), (135.901, 34.933))),
    (SOUTH, 5, ((135.900, 34.905), (135.912, 34.902), (135.928, 34.896), (135.950, 34.892))),
    (SOUTH, 5, ((135.925, 34.931), (135.950, 34.938), (135.972, 34.940), (135.990, 34.928))),
    (SOUTH_WEST, 4, ((135.868, 34.994), (135.878, 34.988), (135.887, 34.976))),
    (NORTH, 2, ((135.836, 35.001), (135.846, 34.999))),
)
# Sites of the register that a zone covers: the way up, the kind, and metres from the site to the foot.
ON_SITES: tuple[tuple[str, Point, int, float], ...] = (
    ("木戸市民センター", NORTH_WEST, DEBRIS, 60.0),
    ("坂本市民センター", WEST, DEBRIS, 40.0),
    ("志賀小学校グラウンド", WEST, STEEP, 25.0),
    ("皇子が丘公園", WEST, STEEP, 5.0),
    ("山中比叡平市民センター", NORTH, STEEP, 0.0),
    ("藤尾小学校グラウンド", NORTH, STEEP, 25.0),
    ("石山市民センター", WEST, SLIDE, 20.0),
    ("葛川市民センター", WEST, DEBRIS, 40.0),
    ("南郷小学校グラウンド", WEST, STEEP, 20.0),
)
KINDS = (STEEP, DEBRIS, STEEP, DEBRIS, STEEP, SLIDE)
KEEP_AWAY_M = 30.0
"""A drawn zone stays so far from sites that the register calls safe from landslides."""

RED_SHARE = 0.6
Frame = Callable[[Iterable[Point]], Polygon]


def landslide() -> bytes:
    """A33 in GeoJSON: yellow zones, and red ones within them."""
    rng = random("landslide")
    placed: list[tuple[int, BaseGeometry, BaseGeometry | None]] = []
    for kind, foot, up in [*_on_sites(), *_along_feet(rng)]:
        yellow, red = _slope_zone(kind, _frame(foot, up), rng)
        if land().contains(yellow) and not yellow.intersects(_safe_sites()):
            placed.append((kind, yellow, red))
    features: list[dict[str, Any]] = []
    for number, (kind, yellow, red) in enumerate(placed, 1):
        features.append(_a33(number, kind, YELLOW, yellow, rng))
        if red is not None:
            features.append(_a33(number, kind, RED, red, rng))
    return geojson("土砂災害警戒区域（訓練用の模式図）", features)


def _on_sites() -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    for name, up, kind, away in ON_SITES:
        way = np.array(up)
        yield kind, metres(position(sites()[name])) + way * away, way


def _along_feet(rng: Random) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    for up, count, line in FEET:
        foot = in_metres(LineString(line))
        for number in range(count):
            at = foot.interpolate((number + rng.uniform(0.15, 0.85)) / count, normalized=True)
            yield rng.choice(KINDS), np.array(at.coords[0]), np.array(up)


def _safe_sites() -> BaseGeometry:
    safe = [metres(position(row)) for row in sites().values() if row[FLAG_COLUMNS["landslide"]] == "1"]
    return MultiPoint(safe).buffer(KEEP_AWAY_M)


def _frame(foot: np.ndarray, up: np.ndarray) -> Frame:
    """From (along the slope, up the slope) to a polygon on the map, metres."""
    up = up / np.hypot(*up)
    along = np.array([up[1], -up[0]])
    return lambda points: Polygon([foot + along * a + up * u for a, u in points])


def _slope_zone(kind: int, frame: Frame, rng: Random) -> tuple[Polygon, Polygon | None]:
    if kind == DEBRIS:
        top, reach, spread = rng.uniform(150, 260), rng.uniform(130, 230), rng.uniform(60, 120)
        fan = [(-12, top), (-25, 20), (-spread, -reach * 0.7), (-spread * 0.6, -reach)]
        jet = [(-8, top * 0.9), (-15, 20), (-spread * 0.35, -reach * 0.35)]
        return frame(_mirrored(fan)), frame(_mirrored(jet))
    half, below, above = rng.uniform(55, 120), rng.uniform(45, 75), rng.uniform(35, 60)
    if kind == SLIDE:
        half, below, above = half * 1.2, below * 1.8, above * 2.2
    block = [(-half * 0.7, above), (-half, above * 0.2), (-half * 0.95, -below * 0.6), (-half * 0.5, -below)]
    inner = [(-half * 0.6, above * 0.85), (-half * 0.8, 0.0), (-half * 0.55, -below * 0.3)]
    has_red = kind == STEEP and rng.random() < RED_SHARE
    return frame(_mirrored(block)), frame(_mirrored(inner)) if has_red else None


def _mirrored(left: list[Point]) -> list[Point]:
    return [*left, *((-along, up) for along, up in reversed(left))]


def _a33(number: int, kind: int, zone_class: int, zone: BaseGeometry, rng: Random) -> dict[str, Any]:
    centre = zone.centroid
    town = nearest_town(degrees(np.array([centre.x, centre.y])))
    properties = {
        "A33_001": kind,
        "A33_002": zone_class,
        "A33_003": "25",
        "A33_004": f"K25201-{number:03}",
        "A33_005": f"訓練・{town}{number}",
        "A33_006": f"{CITY}{town}（{MARK}区域）",
        "A33_007": f"20{rng.randint(12, 24)}/{rng.randint(1, 12):02}/{rng.randint(1, 28):02}",
        "A33_008": 0,
    }
    return feature(in_degrees(zone, FINE), properties, FINE)


# --- inland flooding -------------------------------------------------------------------------------------------------

SHALLOW, KNEE, DEEP = (0.0, 0.2), (0.2, 0.5), (0.5, 1.0)
# Centre, radius in metres, depth around, depth of the core or none.
PONDS: tuple[tuple[str, Point, float, Point, Point | None], ...] = (
    ("膳所", (135.8865, 35.0035), 210, SHALLOW, KNEE),
    ("膳所", (135.8915, 34.9975), 150, KNEE, None),
    ("馬場", (135.8785, 35.0020), 160, SHALLOW, KNEE),
    ("晴嵐", (135.8985, 34.9865), 170, SHALLOW, None),
    ("瀬田", (135.9140, 34.9865), 230, SHALLOW, DEEP),
    ("大江", (135.9180, 34.9780), 160, SHALLOW, None),
    ("大将軍", (135.9220, 34.9935), 200, SHALLOW, KNEE),
    ("一里山", (135.9340, 34.9855), 140, KNEE, None),
    ("本堅田", (135.9190, 35.1165), 220, SHALLOW, DEEP),
    ("本堅田", (135.9135, 35.1165), 150, SHALLOW, None),
)
CORE, CORNERS = 0.5, 10


def inland() -> bytes:
    """Generic polygons with a depth in metres."""
    rng = random("inland")
    features = []
    for town, centre, radius, around, core in PONDS:
        pond = _blob(metres(centre), radius, rng)
        inner = in_degrees(_scaled(pond, CORE) & land(), FINE) if core else Polygon()
        whole = in_degrees(pond & land(), FINE)
        outer = shapely.normalize(shapely.difference(whole, inner, grid_size=10.0**-FINE))
        for zone, depth in ((outer, around), (inner, core)):
            if depth:
                name = f"{town}地区（{MARK}区域）"
                values = {"name": name, "depth_min_m": depth[0], "depth_max_m": depth[1]}
                features.append(feature(zone, values, FINE))
    return geojson("内水浸水想定区域（訓練用の模式図）", features)


def _blob(centre: np.ndarray, radius: float, rng: Random) -> Polygon:
    turns = np.arange(CORNERS) * 2 * np.pi / CORNERS
    return Polygon([centre + radius * rng.uniform(0.75, 1.1) * np.array([np.cos(t), np.sin(t)]) for t in turns])


def _scaled(pond: Polygon, share: float) -> BaseGeometry:
    centre = np.array(pond.centroid.coords[0])
    return shapely.transform(pond, lambda xy: centre + (xy - centre) * share)
