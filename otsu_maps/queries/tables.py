"""Whole tables of a snapshot, for the build that carries them over and for downloads."""

from __future__ import annotations

import pyarrow as pa

from otsu_maps.db.reader import Snapshot

EXPORTS = ("premises", "site", "shelter", "place_fact", "alias", "source", "quarantine")
"""Tables that a person may download as they are."""


def names(snapshot: Snapshot) -> list[str]:
    """Tables of a snapshot."""
    found = snapshot.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1")
    return [row["table_name"] for row in found]


def whole(snapshot: Snapshot, table: str) -> pa.Table:
    """One whole table in its stored order."""
    return snapshot.arrow(f'SELECT * FROM "{_known(snapshot, table)}"')


def of_source(snapshot: Snapshot, table: str, source_id: str) -> pa.Table:
    """The rows that one source gave to a table."""
    return snapshot.arrow(f'SELECT * FROM "{_known(snapshot, table)}" WHERE source_id = ?', [source_id])


def _known(snapshot: Snapshot, table: str) -> str:
    if table not in names(snapshot):
        raise KeyError(table)
    return table
