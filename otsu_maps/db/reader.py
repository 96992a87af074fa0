"""Read-only access to one snapshot: safe from many threads, with a time limit on every query."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.db.writer import SCHEMA_VERSION
from otsu_maps.errors import QueryTooSlow, SnapshotDamaged, SnapshotOutdated

CLOSED_BOX: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
    "threads": "2",
}
"""A snapshot needs nothing from outside its file: no extension is fetched and no SQL can name another file."""


class Snapshot:
    """One snapshot, open for reading. Raises SnapshotDamaged where the file is none.

    Each call takes its own cursor: DuckDB gives wrong answers when threads share one.
    """

    def __init__(self, path: Path, seconds: float | None = None) -> None:
        self.id = path.stem
        self._seconds = seconds or config.query_seconds()
        try:
            self._connection = duckdb.connect(str(path), read_only=True, config=CLOSED_BOX)
        except duckdb.Error as error:
            raise SnapshotDamaged("snapshot_damaged", snapshot=path.stem, error=str(error)[:200]) from error

    @classmethod
    def current(cls) -> Snapshot:
        """The snapshot that CURRENT names. Raises SnapshotMissing, or SnapshotOutdated."""
        return cls.of_this_version(snapshots.current_path())

    @classmethod
    def of_this_version(cls, path: Path) -> Snapshot:
        """A snapshot with the tables that this version of the program asks for. Raises SnapshotOutdated."""
        snapshot = cls(path)
        found = snapshot.rows("SELECT schema_version FROM snapshot")[0]["schema_version"]
        if found != SCHEMA_VERSION:
            snapshot.close()
            raise SnapshotOutdated("snapshot_outdated", snapshot=path.stem, found=found, wanted=SCHEMA_VERSION)
        return snapshot

    def frame(self, sql: str, params: Sequence[Any] = ()) -> pd.DataFrame:
        """The answer as a frame. Raises QueryTooSlow past the time limit."""
        with self._answer(sql, params) as answer:
            return answer.df()

    def arrow(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """The answer as an Arrow table, types kept exactly. Raises QueryTooSlow past the time limit."""
        with self._answer(sql, params) as answer:
            return answer.to_arrow_table()

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The answer as dictionaries, NULL as None. Raises QueryTooSlow past the time limit."""
        return self.arrow(sql, params).to_pylist()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _answer(self, sql: str, params: Sequence[Any]) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        watch = threading.Timer(self._seconds, cursor.interrupt)
        watch.start()
        try:
            yield cursor.execute(sql, list(params))
        except duckdb.InterruptException as error:
            raise QueryTooSlow("query_too_slow", seconds=self._seconds, setting=config.QUERY_S.name) from error
        finally:
            watch.cancel()
            cursor.close()
