"""What people do: events."""

from __future__ import annotations

from etl import contract
from etl.source import Job, Tidy, first_that_reads
from otsu_maps.formats import events


def event_list(job: Job) -> Tidy:
    """Events of the city. An event may take place beyond its border; a wrong city code is still a wrong row."""
    tidy = first_that_reads(job, events.read)
    return tidy.checked(
        contract.real_position_if_any,
        contract.of_city(job.city.code5, job.card.accept_city_codes),
        contract.unique("event_id"),
    )
