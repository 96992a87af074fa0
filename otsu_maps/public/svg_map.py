"""A map as inline SVG: outlines of the land and where one can go. It asks for nothing and needs no script.

Every place on it stands in a list beside it: for whoever does not see the map it is one picture with a name.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

WIDTH = 700
TALLEST = 1200
MARGIN = 0.06
LETTER = 20
NEAR = 26
"""Marks closer than this would cover each other: one mark stands for them."""

METRES_PER_DEGREE = 111_320.0

STYLE = """
.map {display: block; max-width: 100%; height: auto; border: 1px solid var(--edge); background: var(--beyond)}
.map .land {fill: var(--land); stroke: var(--edge); stroke-width: 2}
.map .water {fill: var(--water)}
.map .rail {fill: none; stroke: var(--rail); stroke-width: 3; stroke-dasharray: 9 5}
.map .district {fill: none; stroke: var(--edge); stroke-width: 1}
.map .here {fill: none; stroke: var(--ink); stroke-width: 4}
.map text {font: 700 17px sans-serif; text-anchor: middle; fill: var(--ink)}
.map .name {font-size: 19px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px}
.map .yes, .map .unknown {stroke: var(--ink); stroke-width: 2}
.map .yes {fill: var(--ink)} .map .unknown {fill: var(--paper)}
.map .yes + text {fill: var(--paper)}
.map .dots, .map .holes {fill: none; stroke-linecap: round; stroke: var(--ink); stroke-width: 13}
.map .holes {stroke: var(--paper); stroke-width: 7}
.map .bar {stroke: var(--ink); stroke-width: 4}
"""
"""With the colours of the page. A full mark has room, a hollow one may have; no place is told by its colour."""


@dataclass(frozen=True)
class Mark:
    """A place that one can go to. `number`: as in the list beside the map, None: marks without numbers."""

    lon: float
    lat: float
    has_room: bool
    number: int | None = None


@dataclass(frozen=True)
class Ground:
    """What is drawn under the marks, lon/lat; districts by id."""

    city: Sequence[BaseGeometry] = ()
    water: Sequence[BaseGeometry] = ()
    rail: Sequence[BaseGeometry] = ()
    districts: Mapping[str, BaseGeometry] = field(default_factory=dict)

    @classmethod
    def of_wkb(
        cls, city: Iterable[bytes], water: Iterable[bytes], rail: Iterable[bytes], districts: Mapping[str, bytes]
    ) -> Ground:
        """From geometries as the snapshot holds them."""
        read = shapely.from_wkb
        by_id = {key: read(shape) for key, shape in districts.items()}
        return cls([read(x) for x in city], [read(x) for x in water], [read(x) for x in rail], by_id)


@dataclass(frozen=True)
class View:
    """From degrees to the picture: true angles and lengths at the middle of `bounds`."""

    bounds: Bounds
    tallest: int = TALLEST

    @property
    def seen(self) -> Bounds:
        """The bounds with a margin."""
        west, south, east, north = self.bounds
        across, up = MARGIN * (east - west), MARGIN * (north - south)
        return west - across, south - up, east + across, north + up

    @property
    def size(self) -> tuple[int, int]:
        west, south, east, north = self.seen
        return round((east - west) * self._narrow * self.per_degree), round((north - south) * self.per_degree)

    @property
    def per_degree(self) -> float:
        """Picture units of a degree of latitude."""
        west, south, east, north = self.seen
        return min(WIDTH / ((east - west) * self._narrow), self.tallest / (north - south))

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        """Where a position is drawn."""
        west, _, _, north = self.seen
        return round((lon - west) * self._narrow * self.per_degree), round((north - lat) * self.per_degree)

    @property
    def _narrow(self) -> float:
        return math.cos(math.radians((self.bounds[1] + self.bounds[3]) / 2))


def draw(
    marks: Sequence[Mark],
    bounds: Bounds,
    ground: str,
    title: str,
    names: Mapping[str, tuple[float, float]] | None = None,
    tallest: int = TALLEST,
) -> str:
    """The map. `ground`: of `backdrop` for the same bounds and `tallest`; `title` says in words what is on it; `names`:
    where to write which; `tallest`: height of the picture in units, of which letters and marks have their size."""
    view = View(bounds, tallest)
    width, height = view.size
    return (
        f'<svg class="map" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{escape(title)}">{ground}'
        + _names({name: view.at(*spot) for name, spot in (names or {}).items()})
        + (_numbered(marks, view) if all(mark.number for mark in marks) else _dots(marks, view))
        + _bar(view)
        + "</svg>"
    )


def backdrop(bounds: Bounds, ground: Ground, here: str | None = None, tallest: int = TALLEST) -> str:
    """What lies under the marks: it changes with the snapshot alone. `here`: the district with a bold edge."""
    view = View(bounds, tallest)
    box = shapely.box(*view.seen)
    return (
        _shapes(ground.city, "land", view, box)
        + _shapes(ground.water, "water", view, box)
        + _shapes(ground.districts.values(), "district", view, box)
        + _shapes(ground.rail, "rail", view, box)
        + (
            _shapes([ground.districts[here]], "here", view, box)
            if here is not None and here in ground.districts
            else ""
        )
    )


def bounds_of(shapes: Iterable[BaseGeometry]) -> Bounds:
    """What a map of some shapes must show."""
    west, south, east, north = shapely.GeometryCollection(list(shapes)).bounds
    return west, south, east, north


def _shapes(shapes: Iterable[BaseGeometry], kind: str, view: View, box: BaseGeometry) -> str:
    """One path of all that can be seen, coarse: a unit of the picture is less than a pixel of a phone."""
    lines = [line for shape in shapes for line in _lines(shape.simplify(1.5 / view.per_degree), box, kind)]
    steps = [_path(line, view, closed=kind != "rail") for line in lines]
    path = "".join(step for step in steps if step)
    return f'<path class="{kind}" fill-rule="evenodd" d="{path}"/>' if path else ""


def _lines(shape: Any, box: Any, kind: str) -> list[Sequence[tuple[float, ...]]]:
    seen = shapely.make_valid(shape).intersection(box)
    parts = shapely.get_parts(seen) if seen.geom_type.startswith(("Multi", "Geometry")) else [seen]
    found: list[Sequence[tuple[float, ...]]] = []
    for part in parts:
        if part.geom_type == "Polygon" and not part.is_empty:
            found += [list(ring.coords) for ring in (part.exterior, *part.interiors)]
        elif part.geom_type == "LineString" and kind == "rail" and not part.is_empty:
            found.append(list(part.coords))
    return found


def _path(line: Sequence[tuple[float, ...]], view: View, *, closed: bool) -> str:
    """Relative steps, those that stay on the same spot left out: half the letters of absolute ones."""
    at = [view.at(point[0], point[1]) for point in line]
    points = [at[0], *(now for before, now in itertools.pairwise(at) if now != before)]
    if len(points) < (3 if closed else 2):
        return ""
    steps = "".join(f"{x - px:d} {y - py:d} " for (px, py), (x, y) in itertools.pairwise(points))
    return f"M{points[0][0]} {points[0][1]}l{steps.rstrip()}" + ("z" if closed else "")


def _names(spots: Mapping[str, tuple[int, int]]) -> str:
    """Those that would lie over another are left out: a list beside the map has them all."""
    kept: list[tuple[str, int, int]] = []
    for name, (x, y) in spots.items():
        reach = [(len(name) + len(other)) * LETTER / 2 for other, _, _ in kept]
        if all(abs(x - ox) > wide or abs(y - oy) > LETTER for wide, (_, ox, oy) in zip(reach, kept, strict=True)):
            kept.append((name, x, y))
    return "".join(f'<text class="name" x="{x}" y="{y}">{escape(name)}</text>' for name, x, y in kept)


def _dots(marks: Iterable[Mark], view: View) -> str:
    """One path for all of a kind: a step of no length with a round end is a dot. Those with room on top."""
    spots = {
        has_room: dict.fromkeys(view.at(m.lon, m.lat) for m in marks if m.has_room == has_room)
        for has_room in (False, True)
    }
    paths = {kind: "".join(f"M{x} {y}h0" for x, y in found) for kind, found in spots.items()}
    return (
        f'<path class="dots" d="{paths[False]}"/><path class="holes" d="{paths[False]}"/>' if paths[False] else ""
    ) + (f'<path class="dots" d="{paths[True]}"/>' if paths[True] else "")


def _numbered(marks: Sequence[Mark], view: View) -> str:
    """Each with its number, the first of the list on top; one that stands for others near it too has a plus."""
    drawn: list[tuple[int, int, Mark]] = []
    crowded: set[int | None] = set()
    for mark in marks:
        x, y = view.at(mark.lon, mark.lat)
        near = next((other for ox, oy, other in drawn if math.hypot(ox - x, oy - y) < NEAR), None)
        if near:
            crowded.add(near.number)
        else:
            drawn.append((x, y, mark))
    return "".join(_mark(x, y, mark, mark.number in crowded) for x, y, mark in reversed(drawn))


def _mark(x: int, y: int, mark: Mark, stands_for_more: bool) -> str:
    kind = "yes" if mark.has_room else "unknown"
    words = f"{mark.number}{'+' if stands_for_more else ''}"
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="15"/><text x="{x}" y="{y + 6}">{words}</text>'


def _bar(view: View) -> str:
    """A round length of about a fifth of the width."""
    per_metre = view.per_degree / METRES_PER_DEGREE
    wanted = WIDTH / 5 / per_metre
    step = 10 ** math.floor(math.log10(wanted))
    metres = max(step * times for times in (1, 2, 5) if step * times <= wanted)
    length, height = round(metres * per_metre), view.size[1]
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    return (
        f'<path class="bar" d="M12 {height - 14}h{length}"/>'
        f'<text class="name" x="{12 + length // 2}" y="{height - 22}">{words}</text>'
    )
