"""Files of 全国の人流オープンデータ as they are published: a zip a prefecture, in it a zip a month, in it one CSV.

The codes of cells are computed here from the definition of JIS X 0410, not with the code that is tested.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import shapely

MESH, FROMTO = "monthly_mdp_mesh1km", "monthly_fromto_city"
HEADS = {
    MESH: "mesh1kmid,prefcode,citycode,year,month,dayflag,timezone,population",
    FROMTO: "year,month,dayflag,timezone,prefcode,citycode,from_area,population",
}
MONTHS = tuple(product((2019, 2020, 2021), range(1, 13)))
DAYS, ZONES = {0: "holiday", 1: "weekday", 2: "all"}, {0: "noon", 1: "night", 2: "all_day"}

Month = tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """A cell of 1 km by its place: 1/80 degree of longitude from 100, 1/120 degree of latitude."""

    x: int
    y: int

    @property
    def code(self) -> str:
        x, y = self.x, self.y
        return f"{y // 80:02}{x // 80:02}{y % 80 // 10}{x % 80 // 10}{y % 10}{x % 10}"

    @property
    def shape(self) -> shapely.Polygon:
        west, south = 100 + self.x / 80, self.y / 120
        return shapely.box(west, south, west + 1 / 80, south + 1 / 120)


def cells(west: float, south: float, east: float, north: float) -> list[Cell]:
    """Every third cell of a box."""
    columns = range(round((west - 100) * 80), round((east - 100) * 80))
    rows = range(round(south * 120), round(north * 120))
    return [Cell(x, y) for x, y in product(columns, rows) if (x + 2 * y) % 3 == 0]


def people(code: str, year: int, month: int, day: int, zone: int) -> int:
    """Invented, the same whenever it is asked; some now and then under 10, which the ministry leaves out."""
    usual = int(code[-6:]) * 37 % 2003
    usual = usual % 30 if int(code) % 4 == 0 else usual
    swing = (int(code[-4:]) * (year - 2018) + 5 * month) % 13 - 6
    return usual * (24 + swing + 3 * (zone == 0) - 2 * day) // 30


def mesh_rows(of: Mapping[str, str], year: int, month: int) -> list[str]:
    """Rows of one month: cells by code to the code of their municipality."""
    return [
        f"{code},{city[:2]},{city},{year},{month:02},{day},{zone},{number}"
        for code, city in of.items()
        for day, zone in product(DAYS, ZONES)
        if (number := people(code, year, month, day, zone)) >= 10
    ]


def fromto_rows(cities: Iterable[str], year: int, month: int) -> list[str]:
    """Rows of one month: municipalities by where their people live."""
    return [
        f"{year},{month:02},{day},{zone},{city[:2]},{city},{area},{number}"
        for city in cities
        for day, zone, area in product(DAYS, ZONES, range(4))
        if (number := people(f"{city}{area}", year, month, day, zone)) >= 10
    ]


def published(kind: str, prefecture: str, months: Mapping[Month, Sequence[str]], end: str = "\n") -> bytes:
    """The zip of a prefecture with these rows by month."""
    outer = {f"{prefecture}/": b""}
    for (year, month), rows in months.items():
        text = "".join(line + end for line in (HEADS[kind], *rows))
        outer[f"{prefecture}/{year}/{month:02}/{kind}.csv.zip"] = packed({f"{kind}.csv": text.encode()})
    return packed(outer)


def packed(members: Mapping[str, bytes]) -> bytes:
    """A zip."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()
