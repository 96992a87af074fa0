"""The maps of the pages: of the city with a dot a place, of a district with a number a place."""

from __future__ import annotations

from functools import cached_property

from otsu_maps.public import svg_map
from otsu_maps.public.part import Part
from otsu_maps.public.register import Register
from otsu_maps.public.svg_map import Ground, Mark
from otsu_maps.public.words import tell


class Charts:
    """Maps of one snapshot. What lies under the marks is drawn once."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._drawn: dict[str | None, str] = {}

    def of(self, part: Part) -> str:
        """The map of a page: what is offered there, and nothing else."""
        own = part.district.district_id if part.district else None
        bounds = part.district.bounds if part.district else svg_map.bounds_of(self._ground.city)
        if own not in self._drawn:
            self._drawn[own] = svg_map.backdrop(bounds, self._ground, own)
        numbers = enumerate(part.offered, 1)
        marks = [Mark(p.lon, p.lat, p.room == "yes", number if own else None) for number, p in numbers]
        about = part.district or part.status.city
        area = about.name_ja if part.lang.startswith("ja") else about.name_en or about.name_ja
        title = tell("page.map_alt", part.lang, area=area, count=len(marks))
        return svg_map.draw(marks, bounds, self._drawn[own], title, {} if own else self._names)

    @cached_property
    def _ground(self) -> Ground:
        outlines = self._register.outlines
        return Ground.of_wkb(outlines.city, outlines.water, outlines.rail, outlines.districts)

    @cached_property
    def _names(self) -> dict[str, tuple[float, float]]:
        spots = {key: shape.representative_point() for key, shape in self._ground.districts.items()}
        return {d.name_ja: (spots[d.district_id].x, spots[d.district_id].y) for d in self._register.districts}
