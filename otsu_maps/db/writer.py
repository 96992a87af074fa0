"""Write one new snapshot. Only a build calls this, and only on a file that nobody reads yet."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMA_VERSION = 5


@cache
def columns(table: str) -> list[str]:
    """Column names of a table of schema.sql, in order."""
    found = re.findall(rf"^COMMENT ON COLUMN {table}\.(\w+) IS", SCHEMA.read_text("utf-8"), re.M)
    if not found:
        raise KeyError(table)
    return found


class SnapshotWriter:
    """A new, empty snapshot with the tables of schema.sql."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = duckdb.connect(
            str(path), config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self._connection.execute(SCHEMA.read_text("utf-8"))

    def insert(self, table: str, frame: pd.DataFrame | pa.Table) -> None:
        """Append `frame` by column name; columns that the table lacks are left out, columns it has stay NULL."""
        incoming = frame if isinstance(frame, pa.Table) else pa.Table.from_pandas(frame, preserve_index=False)
        names = [name for name in columns(table) if name in incoming.column_names]
        if not incoming.num_rows:
            return
        listed = ", ".join(f'"{name}"' for name in names)
        self._connection.register("incoming", incoming.select(names))
        self._connection.execute(f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM incoming')
        self._connection.unregister("incoming")

    def finish(self) -> None:
        """Close the file with everything in it, and on the disk."""
        self._connection.execute("CHECKPOINT")
        self._connection.close()
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())

    def abandon(self) -> None:
        """Close and remove the file: a build that failed leaves nothing behind."""
        self._connection.close()
        for path in (self.path, self.path.with_name(self.path.name + ".wal")):
            path.unlink(missing_ok=True)
