"""The schema explains itself."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from otsu_maps.db.writer import SCHEMA, SnapshotWriter, columns

BARE = {"capacity", "depth", "time", "date", "population", "distance", "count", "area", "age", "height", "speed"}


@pytest.fixture
def fresh() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(SCHEMA.read_text("utf-8"))
    return connection


def test_every_table_and_column_says_what_it_is(fresh: duckdb.DuckDBPyConnection) -> None:
    tables = fresh.execute("SELECT table_name FROM duckdb_tables() WHERE comment IS NULL").fetchall()
    bare = fresh.execute(
        """
        SELECT table_name, column_name FROM duckdb_columns()
        WHERE NOT internal AND comment IS NULL AND table_name IN (SELECT table_name FROM duckdb_tables())
        """
    ).fetchall()
    assert tables == []
    assert bare == []


def test_names_of_quantities_carry_their_unit(fresh: duckdb.DuckDBPyConnection) -> None:
    names = {row[0] for row in fresh.execute("SELECT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()}
    assert names & BARE == set()


def test_the_columns_of_a_table_are_those_of_the_schema(fresh: duckdb.DuckDBPyConnection) -> None:
    for (table,) in fresh.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        described = [row[0] for row in fresh.execute(f'DESCRIBE "{table}"').fetchall()]
        assert columns(table) == described, table


def test_a_table_that_nobody_declared_has_no_columns() -> None:
    with pytest.raises(KeyError):
        columns("nothing")


def test_a_build_that_fails_leaves_no_file(tmp_path: Path) -> None:
    writer = SnapshotWriter(tmp_path / "x.duckdb")
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_flags_are_one_column_a_hazard_in_every_table_that_has_them() -> None:
    flags = re.findall(r"^    (is_for_\w+) BOOLEAN", SCHEMA.read_text("utf-8"), re.M)
    assert len(flags) == 3 * len(set(flags)) == 24
