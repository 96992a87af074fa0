"""The whole ledger in one file, and back: every table, personal data and accounts among them. Seal it, or lock it away.

The file is gzip with one JSON line a row, the same from SQLite and PostgreSQL, so that it also moves a ledger from one
to the other. What can be made again (projections) is made again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from otsu_maps import clock
from otsu_maps.errors import FileRefused
from otsu_maps.ledger import projection, tables
from otsu_maps.ledger.events import canonical, read_time, written
from otsu_maps.ledger.store import Ledger, begin_installation

FORMAT = "otsu_maps backup"
LEFT_OUT = ("about", "projection", "presence", "session", "attempt")
TABLES = tuple(table for table in tables.metadata.sorted_tables if table.name not in LEFT_OUT)


def backup(ledger: Ledger) -> bytes:
    """Every row as it is at one moment."""
    text = "".join(_lines(ledger))
    end = canonical({"end": hashlib.sha256(text.encode()).hexdigest()})
    return gzip.compress(f"{text}{end}\n".encode(), mtime=0)


def restore(ledger: Ledger, data: bytes, file: str, name: str) -> int:
    """Fill an empty ledger from a backup and write on under a new installation `name`; gives how many events came.

    Under the old one two machines could write different events with the same number. Raises FileRefused:
    `backup_broken` (damaged or cut off), `backup_not_empty` (events lie here already).
    """
    rows = _rows(data, file)
    with ledger.writing() as connection:
        if connection.execute(sa.select(sa.func.count()).select_from(tables.event)).scalar_one():
            raise FileRefused("backup_not_empty", file=file)
        for table in TABLES:
            connection.execute(sa.delete(table))
        for table in TABLES:
            held = [_typed(table, row) for row in rows.get(table.name, [])]
            for start in range(0, len(held), 5000):
                connection.execute(sa.insert(table), held[start : start + 5000])
        begin_installation(connection, name)
        projection.rebuild(connection)
    ledger.forget()
    return len(rows.get("event", []))


def _lines(ledger: Ledger) -> Iterator[str]:
    head = {"format": FORMAT, "schema_version": tables.SCHEMA_VERSION, "made_at": written(clock.now())}
    yield canonical(head) + "\n"
    with ledger.reading() as connection:
        for table in TABLES:
            for row in connection.execute(sa.select(table)).mappings():
                values = {name: written(value) if isinstance(value, datetime) else value for name, value in row.items()}
                yield canonical({"table": table.name, "row": values}) + "\n"


def _rows(data: bytes, file: str) -> dict[str, list[dict[str, Any]]]:
    try:
        text = gzip.decompress(data).decode()
        body, _, last = text.rstrip("\n").rpartition("\n")
        lines = [json.loads(line) for line in body.split("\n")]
        is_whole = json.loads(last)["end"] == hashlib.sha256(f"{body}\n".encode()).hexdigest()
        is_ours = lines[0]["format"] == FORMAT and lines[0]["schema_version"] == tables.SCHEMA_VERSION
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
        raise FileRefused("backup_broken", file=file) from error
    if not (is_whole and is_ours):
        raise FileRefused("backup_broken", file=file)
    found: dict[str, list[dict[str, Any]]] = {}
    for line in lines[1:]:
        found.setdefault(line["table"], []).append(line["row"])
    return found


def _typed(table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    times = {column.name for column in table.columns if isinstance(column.type, sa.DateTime)}
    return {name: read_time(value) if name in times and value else value for name, value in row.items()}
