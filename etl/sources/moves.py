"""How people move: results of `otsu-maps flows run` and tables like them, and counters. Raw pings never come here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

import pandas as pd

from etl import contract
from etl.source import Job, Tidy, first_that_reads
from otsu_maps import config
from otsu_maps.errors import FileRefused
from otsu_maps.formats import counters, flow_result
from otsu_maps.formats.archive import unpack
from otsu_maps.formats.reading import Payload, Reading
from otsu_maps.reasons import Reason


def cells(job: Job) -> Tidy:
    """People present by mesh cell and hour. Raises FileRefused where two results tell by their differences."""
    _check_together(job)
    tidy = first_that_reads(job, _of_kind(flow_result.CELLS))
    return tidy.checked(_has_enough("devices"), contract.unique("on_date", "hour", "mesh_code"))


def trips(job: Job) -> Tidy:
    """Trips by zones, day type and hour. Raises FileRefused where two results tell by their differences."""
    _check_together(job)
    tidy = first_that_reads(job, _of_kind(flow_result.MOVES))
    return tidy.checked(_has_enough("devices", "trips"))


def counts(job: Job) -> Tidy:
    """Passages by site, direction, day and hour (Tokyo); an hour without any reading is absent, not zero."""
    tidy = first_that_reads(job, counters.read)
    frame = tidy.frame
    rows = len(frame)
    if rows:
        here = pd.to_datetime(frame["counted_at"]) + pd.Timedelta(hours=9)
        # A reading that ends on the hour counts what was before it.
        start = (here - pd.Timedelta(microseconds=1)).dt.floor("h")
        frame = frame.assign(on_date=start.dt.date, hour=start.dt.hour)
        by = frame.groupby(["site_id", "direction", "on_date", "hour"], dropna=False, sort=True)
        tidy.frame = by.agg(
            passages=("passages", "sum"),
            readings=("passages", "size"),
            file=("file", "first"),
            source_row=("source_row", "first"),
        ).reset_index()
        tidy.parts = rows
    return tidy


def _of_kind(kind: str) -> Callable[[Payload], Reading]:
    def read(payload: Payload) -> Reading:
        reading = flow_result.read(payload)
        if reading.format != kind:
            raise FileRefused("file_other_list", file=payload.name, found=reading.format, expected=kind)
        return reading

    return read


def _check_together(job: Job) -> None:
    members = [member for file in job.inputs.payloads for member in unpack(file, config.max_file_bytes())]
    made = [(member.name, facts) for member in members if (facts := flow_result.facts(member)) is not None]
    for (_, one), (name, other) in combinations(made, 2):
        if one.differs_within_its_days(other):
            first, last = max(one.first_day, other.first_day), min(one.last_day, other.last_day)
            raise FileRefused("flows_two_results", folder=name, first=first, last=last)


def _has_enough(*names: str) -> contract.Rule:
    """The first of `names` that a row has is a number of people that the setting allows to be told."""
    least = config.min_devices()

    def rule(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
        figures = frame[names[0]].astype("float64")
        for name in names[1:]:
            figures = figures.fillna(frame[name].astype("float64"))
        for label in frame.index[~(figures >= least)]:
            yield label, Reason("row_too_few", {"least": least})

    return rule
