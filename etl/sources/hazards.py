"""Hazard zones: floods, landslides, inland flooding, whatever a city has a map of."""

from __future__ import annotations

from etl.source import Job, Tidy, first_that_reads, with_wkb
from etl.sources.areas import outline_of
from otsu_maps.formats import hazards

NEAR_DEGREES = 0.02
"""Zones up to about 2 km beyond the outline are kept: a river does not end at the border."""


def zones(job: Job) -> Tidy:
    """Zones in and around the city. The card says the hazard (and the scale) where the file does not."""
    near = outline_of(job).buffer(NEAR_DEGREES)
    tidy = first_that_reads(job, lambda payload: hazards.read(payload, near, job.card.hazard or None))
    if job.card.scale:
        tidy.frame["scale"] = tidy.frame["scale"].where(tidy.frame["scale"].notna(), job.card.scale)
    return with_wkb(tidy)
