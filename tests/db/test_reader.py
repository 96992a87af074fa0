"""Many readers, no wrong answer, no way out of the file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import OtsuMapsError, QueryTooSlow, SnapshotDamaged, SnapshotMissing


def test_eight_threads_on_one_snapshot_never_get_a_wrong_answer(demo: Snapshot) -> None:
    names = {row["site_id"]: row["name_ja"] for row in demo.rows("SELECT site_id, name_ja FROM site")}
    asked = list(names) * (2000 // len(names) + 1)

    def ask(site_id: str) -> bool:
        found = demo.rows("SELECT site_id, name_ja FROM site WHERE site_id = ?", [site_id])
        return found == [{"site_id": site_id, "name_ja": names[site_id]}]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, asked))
    assert len(answers) >= 2000
    assert all(answers)


def test_a_query_that_takes_too_long_is_stopped_with_a_sentence(demo_folder: Path) -> None:
    path = next((demo_folder / "snapshots").glob("*.duckdb"))
    with Snapshot(path, seconds=0.3) as snapshot:
        with pytest.raises(QueryTooSlow) as slow:
            snapshot.rows("SELECT sum(a.range * b.range) AS n FROM range(10000000) a, range(10000000) b")
        assert isinstance(slow.value, TimeoutError)
        assert snapshot.rows("SELECT 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('README.md')",
        "SELECT * FROM read_text('pyproject.toml')",
        "ATTACH 'other.duckdb'",
        "COPY site TO 'out.csv'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "DELETE FROM site",
        "CREATE TABLE more (n INTEGER)",
    ],
)
def test_no_query_reaches_beyond_the_snapshot_or_changes_it(demo: Snapshot, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        demo.rows(sql)


def test_without_a_snapshot_the_error_says_so_and_is_a_builtin_too(data_dir: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        Snapshot.current()
    assert isinstance(missing.value, SnapshotMissing)
    assert "スナップショット" in str(missing.value)


def test_a_damaged_file_is_told_from_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "otsu-x.duckdb"
    path.write_bytes(b"\0" * 4096)
    with pytest.raises(SnapshotDamaged) as damaged:
        Snapshot(path)
    assert isinstance(damaged.value, OtsuMapsError)
    assert "otsu-x" in str(damaged.value)


def test_a_snapshot_of_another_version_says_that_it_must_be_built_anew(demo_folder: Path, data_dir: Path) -> None:
    source = next((demo_folder / "snapshots").glob("*.duckdb"))
    (data_dir / "snapshots").mkdir()
    path = data_dir / "snapshots" / source.name
    path.write_bytes(source.read_bytes())
    (data_dir / "snapshots" / "CURRENT").write_text(path.stem, "utf-8")
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE snapshot SET schema_version = 0")
    with pytest.raises(SnapshotDamaged) as outdated:
        Snapshot.current()
    assert outdated.value.reason.code == "snapshot_outdated"
