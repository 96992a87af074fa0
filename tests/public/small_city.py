"""A city of two districts for statuses made by the program itself, and a reader of the pages that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import shapely

from otsu_maps import config
from otsu_maps.analysis import ground
from otsu_maps.models import WARNED_OF
from otsu_maps.public.record import District
from otsu_maps.public.register import Outlines, Register

CITY = replace(config.read_city("otsu"), warned_of=WARNED_OF)
"""With storm surge, so that it is warned of what the random worlds are."""

BOUNDS = {"D1": (135.80, 34.95, 135.90, 35.05), "D2": (135.90, 34.95, 136.00, 35.05)}
LAND = shapely.to_wkb(shapely.box(135.80, 34.95, 136.00, 35.05))


def register(
    places: Iterable[Mapping[str, Any]], zones: Iterable[Mapping[str, Any]] = (), *, is_demo: bool = False
) -> Register:
    """Of rows as queries.validity gives them."""
    rows = list(places)
    shapes = {key: shapely.to_wkb(shapely.box(*bounds)) for key, bounds in BOUNDS.items()}
    return Register(
        snapshot_id="otsu-1",
        is_demo=is_demo,
        places=rows,
        zones=list(zones),
        about={row["place_id"]: row for row in rows},
        districts=tuple(
            District(district_id=key, name_ja=f"{key}学区", name_en=None, bounds=bounds)
            for key, bounds in BOUNDS.items()
        ),
        area_names={"2520101": "大津市南部", "2520102": "大津市北部"},
        outlines=Outlines(city=[LAND], districts=shapes),
        ground=ground.ground(CITY.plane_epsg, districts=[], areas=[], zones=[], water=[], rivers=[]),
        starts=(),
    )


class Read(HTMLParser):
    """A page: entries of places by their class, addresses that it names, all its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.entries: list[tuple[str, str]] = []
        self.addresses: list[str] = []
        self.words = ""
        self.tags: list[str] = []
        self._open = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.addresses += [str(given[name]) for name in ("href", "src", "action", "data", "poster") if name in given]
        if tag == "li" and "place" in (given.get("class") or "").split():
            self.entries.append((str(given["class"]).split()[1], ""))
            self._open = 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "li":
            self._open = 0

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._open:
            state, text = self.entries[-1]
            self.entries[-1] = state, text + data

    def of(self, state: str) -> list[str]:
        """Words of the entries in a state."""
        return [text for found, text in self.entries if found == state]
