"""Boundary, warning areas, districts, lakes and railway lines."""

from __future__ import annotations

from collections.abc import Callable

import shapely
from shapely.geometry.base import BaseGeometry

from etl import contract
from etl.source import Job, Tidy, first_that_reads, with_wkb
from otsu_maps.formats import areas
from otsu_maps.formats.reading import Payload, Reading

SURROUNDINGS_DEGREES = 0.25
"""How far beyond the city the base map goes, about 25 km."""


def boundary(job: Job) -> Tidy:
    """The outline of the city: one row."""
    return _tidy(job, lambda payload: areas.boundary(payload, job.city.code5, job.city.name_ja)).one_row()


def warning_areas(job: Job) -> Tidy:
    """The JMA areas that the city's TOML names."""
    tidy = _tidy(job, lambda payload: areas.warning_areas(payload, job.city.warning_areas))
    return tidy.checked(contract.unique("area_code"))


def districts(job: Job) -> Tidy:
    """Districts that lie in the city."""
    outline = outline_of(job)
    tidy = _tidy(job, lambda payload: areas.districts(payload, job.city.code5, outline, job.card.kind_ja))
    return tidy.checked(contract.unique("district_id"))


def lakes(job: Job) -> Tidy:
    """Lakes near the city, cut at the edge of the base map."""
    window = window_of(job)
    return _cut(_tidy(job, lambda payload: areas.lakes(payload, window)), window)


def rail_lines(job: Job) -> Tidy:
    """Railway lines near the city, cut at the edge of the base map."""
    window = window_of(job)
    return _cut(_tidy(job, lambda payload: areas.rail_lines(payload, window)), window)


def outline_of(job: Job) -> BaseGeometry:
    """The outline of the city from the table that an earlier step made."""
    return shapely.from_wkb(job.frames["boundary"]["geom"].iloc[0])


def window_of(job: Job) -> BaseGeometry:
    """The city and its surroundings."""
    west, south, east, north = outline_of(job).bounds
    edge = SURROUNDINGS_DEGREES
    return shapely.box(west - edge, south - edge, east + edge, north + edge)


def _cut(tidy: Tidy, window: BaseGeometry) -> Tidy:
    tidy.frame["geom"] = [shapely.to_wkb(shapely.from_wkb(geom).intersection(window)) for geom in tidy.frame["geom"]]
    return tidy


def _tidy(job: Job, read: Callable[[Payload], Reading]) -> Tidy:
    return with_wkb(first_that_reads(job, read))
