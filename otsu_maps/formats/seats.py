"""Seats a vehicle, by line or by kind of line: a small table of our own that a city fills in with its operators.

CSV or Excel with the columns route_id or route_type (GTFS; a row names one of them), seats and standing (persons;
empty: unknown). A route_id may stand with its feed before it (`feed:id`) or, where it means one line alone, without.
"""

from __future__ import annotations

import re

from otsu_maps.errors import MissingColumn
from otsu_maps.formats.reading import Payload, Reading, Rows
from otsu_maps.formats.table import read_table

FORMAT = "seats"
COLUMNS = ("route_id", "route_type", "seats", "standing")
MOST_PERSONS = 5_000
MOST_TYPE = 1_799


def read(payload: Payload) -> Reading:
    """Rows with the columns of COLUMNS; None: not said.

    Refused: `seats_which` (a row names no line and no kind, or both), `row_bad_value`, `seats_twice`. Raises
    MissingColumn (`seats_columns`), and what `table.read_table` raises.
    """
    table = read_table(payload)
    columns = {column.strip().lower(): column for column in table.columns}
    if "seats" not in columns or not {"route_id", "route_type"} & set(columns):
        raise MissingColumn("seats_columns", file=payload.name, found=", ".join(table.columns))
    rows = Rows(COLUMNS)
    seen: set[tuple[str, str]] = set()
    for number, cells in table.rows:
        said = {name: cells[columns[name]].strip() if name in columns else "" for name in COLUMNS}
        bad = [
            name
            for name, most in (("route_type", MOST_TYPE), ("seats", MOST_PERSONS), ("standing", MOST_PERSONS))
            if said[name] and not (re.fullmatch("[0-9]{1,5}", said[name]) and int(said[name]) <= most)
        ]
        which = said["route_id"], said["route_type"]
        if bool(which[0]) == bool(which[1]):
            rows.refuse(number, cells, "seats_which")
        elif bad:
            rows.refuse(number, cells, "row_bad_value", column=bad[0], value=said[bad[0]])
        elif which in seen:
            rows.refuse(number, cells, "seats_twice", value=which[0] or which[1])
        else:
            seen.add(which)
            numbers = {name: int(said[name]) if said[name] else None for name in COLUMNS[1:]}
            rows.take(number, route_id=said["route_id"] or None, **numbers)
    return rows.reading(FORMAT, table.encoding, len(table.rows))
