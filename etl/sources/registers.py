"""The registers of places, and what a city adds to them."""

from __future__ import annotations

from etl import contract
from etl.source import Job, Tidy, first_that_reads
from etl.sources.areas import outline_of
from otsu_maps.errors import FileRefused
from otsu_maps.formats import address_points, city_facts, evacuation_space, gsi_shelters
from otsu_maps.formats.reading import Payload, Reading


def gsi_sites(job: Job) -> Tidy:
    """指定緊急避難場所 of GSI, in any of its forms."""
    return _gsi(job, "gsi_sites")


def gsi_shelters_list(job: Job) -> Tidy:
    """指定避難所 of GSI, in any of its forms."""
    return _gsi(job, "gsi_shelters")


def municipal_register(job: Job) -> Tidy:
    """The city's own list in the national standard form, or one of its older editions."""
    return _checked(job, first_that_reads(job, lambda payload: evacuation_space.read(payload, job.city.code5)))


def city_facts_sheet(job: Job) -> Tidy:
    """Capacities and facilities by common id; an id that no register knows is refused."""
    registers = job.frames["register_entry"]
    tidy = first_that_reads(job, city_facts.read)
    register_ja = "共通ID"
    return tidy.checked(
        contract.unique("common_id"), contract.known("common_id", set(registers["upstream_id"]), register_ja)
    )


def towns(job: Job) -> Tidy:
    """Address points of the city."""
    tidy = first_that_reads(job, address_points.read)
    return tidy.checked(contract.real_position, contract.inside(outline_of(job), job.city.name_ja))


def _gsi(job: Job, format: str) -> Tidy:
    def read(payload: Payload) -> Reading:
        reading = gsi_shelters.read(payload, job.city.code5)
        if reading.format != format:
            raise FileRefused("file_other_list", file=payload.name, found=reading.format, expected=format)
        return reading

    return _checked(job, first_that_reads(job, read))


def _checked(job: Job, tidy: Tidy) -> Tidy:
    return tidy.checked(
        contract.real_position,
        contract.of_city(job.city.code5, job.card.accept_city_codes),
        contract.inside(outline_of(job), job.city.name_ja),
        contract.unique("entry_kind", "id_scheme", "upstream_id"),
    )
