"""Trips as a planner types them, a row each: what cannot be used is refused by row and value, the others go on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from otsu_maps.event_day.exits import Service
from otsu_maps.event_day.plan import LAST_S, MODES
from otsu_maps.reasons import Reason

COLUMNS = ("place", "mode", "toward", "from", "until", "trips", "places", "extra")
"""`from` and `until` as 20:30 (24:10 after midnight); `extra`: "1" or ''."""

MOST_TRIPS, MOST_PLACES, LONGEST = 10_000, 10_000, 9


@dataclass(frozen=True)
class Refused:
    """A row, counted from 1, and why it is not used."""

    row: int
    reason: Reason


def services(rows: Sequence[Sequence[str]]) -> tuple[tuple[Service, ...], tuple[Refused, ...]]:
    """Rows of texts in the order of COLUMNS."""
    found, refused = [], []
    for number, row in enumerate(rows, 1):
        cells = dict(zip(COLUMNS, row, strict=True))
        try:
            found.append(_service(cells))
        except _Bad as bad:
            refused.append(Refused(number, Reason(f"service_{bad.kind}", {"row": number, "value": bad.value})))
    return tuple(found), tuple(refused)


def seconds(text: str) -> int | None:
    """A time of a day as 20:30, on to 30:00; None for anything else."""
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", unicodedata.normalize("NFKC", text).strip())
    found = int(match[1]) * 3600 + int(match[2]) * 60 if match else -1
    return found if 0 <= found <= LAST_S else None


def row_of(service: Service) -> tuple[str, ...]:
    """A service as it is typed."""
    times = (clock(each) for each in (service.from_s, service.until_s))
    extra = "1" if service.is_extra else ""
    return (
        *(service.place, service.mode, service.toward, *times),
        *(str(service.trips), str(service.places), extra),
    )


def clock(at_s: int) -> str:
    """A time as it is typed: 20:30."""
    return f"{at_s // 3600:02}:{at_s // 60 % 60:02}"


class _Bad(ValueError):
    def __init__(self, kind: str, value: str) -> None:
        super().__init__(kind)
        self.kind, self.value = kind, value[:100]


def _service(cells: dict[str, str]) -> Service:
    if not cells["place"] or cells["mode"] not in MODES:
        raise _Bad("no_place", cells["place"])
    from_s, until_s = _time(cells["from"]), _time(cells["until"])
    if from_s >= until_s:
        raise _Bad("ends_first", f"{cells['from']}-{cells['until']}")
    return Service(
        place=cells["place"],
        mode=cells["mode"],
        toward=cells["toward"].strip(),
        from_s=from_s,
        until_s=until_s,
        trips=_number(cells["trips"], MOST_TRIPS),
        places=_number(cells["places"], MOST_PLACES),
        is_extra=cells["extra"] == "1",
    )


def _time(text: str) -> int:
    found = seconds(text)
    if found is None:
        raise _Bad("bad_time", text)
    return found


def _number(text: str, most: int) -> int:
    plain = re.sub(r"(\.0+)?$", "", unicodedata.normalize("NFKC", text).replace(",", "").strip())
    if not plain.isdecimal() or len(plain) > LONGEST or not 1 <= int(plain) <= most:
        raise _Bad("bad_number", text)
    return int(plain)
