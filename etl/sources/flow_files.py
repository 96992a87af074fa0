"""Files of the ministry's people flow: each figure in one file only, and no month lost without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

import pandas as pd

from etl import contract
from etl.source import Job, Tidy, first_that_reads
from otsu_maps.errors import FileRefused, UnsafeFile
from otsu_maps.formats.people_flow import OFFICIAL_NAMES
from otsu_maps.formats.reading import Payload, Reading, Refused
from otsu_maps.reasons import Reason


def read_all(job: Job, read: Callable[[Payload], Reading], formats: tuple[str, ...]) -> Tidy:
    """The files of a source that have one of `formats`, most usual first.

    A zip of the ministry holds a file a month: one that cannot be read is told as a refused row of its own, for a month
    that is only absent would pass unseen. Whatever else lies in a zip is passed over. Raises FileRefused
    `flow_other_kind` for a file of another kind, and what `read` raises for a file that is no zip.
    """
    unread: list[tuple[str, Refused]] = []

    def one_of(payload: Payload) -> Reading:
        try:
            reading = read(payload)
        except UnsafeFile:
            raise
        except FileRefused as error:
            if _is_month(payload.name):
                unread.append((payload.name, Refused(1, error.reason, "")))
            raise
        if reading.format not in formats:
            found, expected = _kind(reading.format), _kind(formats[0])
            about = {"source": job.card.id, "found": found, "expected": expected}
            raise FileRefused("flow_other_kind", file=payload.name, **about)
        return reading

    tidy = first_that_reads(job, one_of)
    tidy.refused += unread
    tidy.rows_in += len(unread)
    return tidy


def told_once(source_id: str, *key: str) -> contract.Rule:
    """No figure twice: within a file the later row is refused.

    Raises FileRefused `flow_told_twice` where two files hold the same month: one of them has to go, or all is doubled.
    """

    def rule(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
        names = list(key)
        is_again = frame.duplicated(names)
        if not is_again.any():
            return
        again = frame[is_again]
        first = frame[~is_again][[*names, "file", "source_row"]]
        both = again.reset_index(names="label").merge(first, on=names, suffixes=("", "_first"))
        for row in both[both["file"] != both["file_first"]].to_dict("records"):
            month = f"{row['year']}-{row['month']:02}"
            about = {"source": source_id, "month": month, "first": row["file_first"]}
            raise FileRefused("flow_told_twice", file=row["file"], **about)
        for row in both.to_dict("records"):
            yield row["label"], Reason("row_duplicate", {"value": str(row[names[0]]), "first": row["source_row_first"]})

    return rule


def _is_month(name: str) -> bool:
    plain = PurePosixPath(name).name
    return plain.endswith(".csv") and plain.startswith(tuple(OFFICIAL_NAMES.values()))


def _kind(format: str) -> str:
    return OFFICIAL_NAMES.get(format, format)
