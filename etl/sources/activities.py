"""Where people live, where they are, and what draws them: population, people flow, events."""

from __future__ import annotations

from etl import contract
from etl.source import Job, Tidy, first_that_reads
from etl.sources import flow_files
from etl.sources.areas import outline_of
from otsu_maps.formats import census_mesh, events, landmarks, people_flow, town_population
from otsu_maps.formats.reading import Payload, Reading

WHEN = ("year", "month", "day_type", "time_band")
"""Of a figure of people flow."""


def event_list(job: Job) -> Tidy:
    """Events of the city. An event may take place beyond its border; a wrong city code is still a wrong row."""
    tidy = first_that_reads(job, events.read)
    return tidy.checked(
        contract.real_position_if_any,
        contract.of_city(job.city.code5, job.card.accept_city_codes),
        contract.unique("event_id"),
    )


def landmark_list(job: Job) -> Tidy:
    """Landmarks of the city, from as many lists as its card names."""
    read = first_that_reads(job, landmarks.read)
    return read.checked(
        contract.real_position,
        contract.of_city(job.city.code5, job.card.accept_city_codes),
        contract.unique("file", "landmark_id"),
    )


def population_cells(job: Job) -> Tidy:
    """Census mesh cells that touch the city."""
    outline = outline_of(job)
    return first_that_reads(job, lambda payload: census_mesh.read(payload, outline)).checked(
        contract.unique("mesh_code")
    )


def population_towns(job: Job) -> Tidy:
    """Population by town."""
    return first_that_reads(job, town_population.read).checked(contract.unique("town_ja", "on_date"))


def flow_cells(job: Job) -> Tidy:
    """People present in the mesh cells that touch the city. Raises FileRefused where two files hold the same month."""
    outline = outline_of(job)
    tidy = flow_files.read_all(job, lambda payload: people_flow.read(payload, outline), ("mlit_mesh", "guide_mesh"))
    return tidy.checked(flow_files.told_once(job.card.id, "mesh_code", "city_code5", *WHEN))


def flow_origins(job: Job) -> Tidy:
    """People present in the city by where they live; a file of a prefecture has the rows of its other cities.

    Raises FileRefused where two files hold the same month.
    """

    def read(payload: Payload) -> Reading:
        reading = people_flow.read(payload)
        if "city_code5" not in reading.frame:
            return reading
        ours = reading.frame["city_code5"] == job.city.code5
        others = int(reading.frame.loc[~ours, "source_row"].nunique())
        kept = reading.frame[ours]
        return Reading(reading.format, reading.encoding, reading.rows_in, kept, reading.refused, others)

    tidy = flow_files.read_all(job, read, ("mlit_fromto",))
    return tidy.checked(flow_files.told_once(job.card.id, "from_area_code", *WHEN))
