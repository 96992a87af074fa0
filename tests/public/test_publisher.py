"""The publisher writes what goes on, whole and only where it changed; it sees no person, and no drill gets out."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
import statuses
from hypothesis import given, settings
from hypothesis import strategies as st

from otsu_maps import cli, config
from otsu_maps.commands import publish
from otsu_maps.errors import LedgerMissing, PublicRefused
from otsu_maps.incidents import open_incident
from otsu_maps.ledger import append, private, roster, store
from otsu_maps.ledger.store import open_ledger
from otsu_maps.public import folder, record
from otsu_maps.public.publisher import Publisher
from otsu_maps.public.record import Status

AT = datetime(2026, 11, 24, 3)
ACTOR = "actor-who-wrote-it"
SECRETS = ("氏名の例一", "そばアレルギー", "090-0000-0000", "雨漏りしている")
PERSONAL = {"person", "note", "account", "session", "attempt"}


@pytest.fixture
def real(demo_folder: Path, data_dir: Path) -> Iterator[Path]:
    """A data folder whose snapshot is no demo."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    for path in (data_dir / "snapshots").glob("*.duckdb"):
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE snapshot SET is_demo = FALSE")
    store._opened.cache_clear()
    yield data_dir
    store._opened.cache_clear()


@pytest.fixture
def demo_data(demo_folder: Path, data_dir: Path) -> Iterator[Path]:
    """A data folder on the demo."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    store._opened.cache_clear()
    yield data_dir
    store._opened.cache_clear()


def publisher(root: Path) -> Publisher:
    return Publisher(root, config.city())


def told(root: Path, name: str = folder.PUBLIC) -> Status:
    return record.load((root / name / "status.json").read_bytes())


def begun(mode: str, name: str = "大雨") -> dict[str, Any]:
    event = open_incident(open_ledger(), name, mode, actor=ACTOR)
    return {"incident_id": event.incident_id, "mode": mode}


def opened(where: dict[str, Any], place_id: str) -> None:
    append.append(open_ledger(), "shelter_opened", {"building": "checked"}, actor=ACTOR, shelter_id=place_id, **where)


def first_shelter(root: Path) -> str:
    return next(place.place_id for place in told(root).places if place.kind == "shelter")


def said(path: Path) -> str:
    """What a file says, packed or not."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


# What is written


def test_beside_each_file_lies_a_packed_copy_of_the_same(real: Path) -> None:
    publisher(real).round()
    large = [path for path in (real / "public").iterdir() if path.suffix != ".gz" and path.stat().st_size > 1024]
    assert len(large) > 100
    for path in large:
        if path.name != folder.MANIFEST:
            assert said(path.with_name(f"{path.name}.gz")) == said(path)


def test_without_an_incident_and_without_a_ledger_the_places_are_there_and_everything_else_is_unknown(
    real: Path,
) -> None:
    [written] = publisher(real).round()
    assert written.folder == real / "public" and written.files == written.changed > 100
    found = told(real)
    assert found.is_for_public and found.incident_ja is None and not found.is_heard and found.level is None
    assert not (real / "ledger.sqlite").exists(), "who only looks makes no ledger"


def test_what_is_recorded_is_published(real: Path) -> None:
    held = publisher(real)
    held.round()
    place_id, mark = first_shelter(real), held.mark()
    opened(begun("real"), place_id)
    assert held.mark() != mark
    held.round()
    found = told(real)
    place = next(place for place in found.places if place.place_id == place_id)
    assert (found.incident_ja, place.opening) == ("大雨", "open")
    assert "開設" in (real / "public" / "feed.atom").read_text("utf-8")


def test_the_newest_open_incident_counts_and_a_closed_one_does_not(real: Path) -> None:
    held = publisher(real)
    begun("real", "一つめ")
    newest = begun("real", "二つめ")
    held.round()
    assert told(real).incident_ja == "二つめ"
    append.append(open_ledger(), "incident_closed", {}, actor=ACTOR, **newest)
    held.round()
    assert told(real).incident_ja == "一つめ"


def test_only_what_changed_is_written_and_nothing_is_left_over(real: Path) -> None:
    files = {"status.json": record.dump(statuses.status(AT)).encode(), "a.html": b"a", "b.html": b"b"}
    assert folder.write(real, files).changed == 3
    before = (real / "public" / "a.html").stat().st_mtime_ns
    assert folder.write(real, files).changed == 0
    changed = {"status.json": files["status.json"], "a.html": b"a", "c.html": b"c"}
    assert folder.write(real, changed).changed == 1
    assert (real / "public" / "a.html").stat().st_mtime_ns == before
    manifest = json.loads((real / "public" / folder.MANIFEST).read_text("utf-8"))
    assert set(manifest["files"]) == set(changed)
    assert {path.name for path in (real / "public").iterdir()} == {*changed, folder.MANIFEST}


def test_a_file_that_somebody_changed_or_removed_is_written_again(real: Path) -> None:
    files = {"status.json": record.dump(statuses.status(AT)).encode(), "a.html": b"a", "b.html": b"b"}
    folder.write(real, files)
    (real / "public" / "a.html").write_bytes(b"other")
    (real / "public" / "b.html").unlink()
    assert folder.write(real, files).changed == 2
    assert (real / "public" / "a.html").read_bytes() == b"a"


def test_a_manifest_removes_no_file_elsewhere(real: Path) -> None:
    (real / "keep.html").write_bytes(b"mine")
    folder.write(real, {"status.json": record.dump(statuses.status(AT)).encode()})
    (real / "public" / folder.MANIFEST).write_text('{"files": {"../keep.html": "x"}}', "utf-8")
    folder.write(real, {"status.json": record.dump(statuses.status(AT)).encode()})
    assert (real / "keep.html").exists()


def test_a_reader_sees_whole_files_while_they_change(real: Path) -> None:
    bodies = [letter * 200_000 for letter in (b"a", b"b")]
    status = record.dump(statuses.status(AT)).encode()
    folder.write(real, {"status.json": status, "a.html": bodies[0]})
    done, seen = threading.Event(), set()

    def read() -> None:
        while not done.is_set():
            seen.add((real / "public" / "a.html").read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(60):
        folder.write(real, {"status.json": status, "a.html": bodies[n % 2]})
    done.set()
    reader.join()
    assert seen <= set(bodies)


def test_another_snapshot_is_taken_when_it_is_current(real: Path) -> None:
    held = publisher(real)
    held.round()
    before = told(real).snapshot_id
    source = real / "snapshots" / f"{before}.duckdb"
    shutil.copy(source, source.with_name("otsu-next.duckdb"))
    with duckdb.connect(str(source.with_name("otsu-next.duckdb"))) as connection:
        connection.execute("UPDATE snapshot SET snapshot_id = 'otsu-next'")
    (real / "snapshots" / "CURRENT").write_text("otsu-next\n", "utf-8")
    held.round()
    assert told(real).snapshot_id == "otsu-next"


# Drills


def test_a_drill_is_published_beside_the_real_world_and_never_in_it(real: Path) -> None:
    held = publisher(real)
    held.round()
    place_id = first_shelter(real)
    opened(begun("drill", "県の訓練"), place_id)
    held.round()
    assert (told(real).mode, told(real, folder.DRILL).mode) == ("real", "drill")
    assert told(real).incident_ja is None and told(real, folder.DRILL).incident_ja == "県の訓練"
    for path in (real / "public").iterdir():
        assert "訓練" not in said(path), path.name
    assert all(
        "訓練です" in path.read_text("utf-8") or path.name.split(".")[1] != "ja"
        for path in (real / folder.DRILL).glob("*.ja.html")
    )


@pytest.mark.parametrize("mode", ["drill", "test", None])
def test_on_the_demo_nothing_reaches_the_public_folder(demo_data: Path, mode: str | None) -> None:
    if mode:
        begun(mode)
    publisher(demo_data).round()
    assert not (demo_data / "public").exists()
    found = told(demo_data, folder.DRILL)
    assert found.is_demo and found.mode == (mode or "real")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["real", "drill", "test"]), st.booleans())
def test_no_drill_test_or_demo_gets_into_the_public_folder_by_any_path(
    tmp_path_factory: pytest.TempPathFactory, mode: str, is_demo: bool
) -> None:
    root = tmp_path_factory.mktemp("out")
    status = statuses.status(AT, mode=mode, is_demo=is_demo)
    written = folder.write(root, {"status.json": record.dump(status).encode(), "ja.html": b"x"})
    assert (root / "public").exists() == status.is_for_public == (written.folder.name == "public")


@pytest.mark.parametrize("target", ["public", "public/inner"])
def test_a_link_from_the_folder_of_drills_into_that_of_the_public_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / target).mkdir(parents=True)
    (tmp_path / folder.DRILL).symlink_to(tmp_path / target)
    with pytest.raises(PublicRefused):
        folder.write(tmp_path, {"status.json": record.dump(statuses.drill(AT)).encode(), "ja.html": b"x"})
    assert [path for path in (tmp_path / "public").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("text", [b"", b"{}", b'{"mode": "real"}'])
def test_files_without_a_status_that_can_be_read_are_not_written(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        folder.write(tmp_path, {"status.json": text, "ja.html": b"x"})
    assert list(tmp_path.iterdir()) == []


# Persons


def with_persons(root: Path) -> dict[str, Any]:
    where = begun("real")
    publisher(root).round()
    place_id = first_shelter(root)
    opened(where, place_id)
    about = {"name": SECRETS[0], "needs": ["アレルギー"], "allergy": SECRETS[1], "contact": SECRETS[2]}
    for _ in range(12):
        roster.check_in(open_ledger(), where["incident_id"], place_id, about, actor=ACTOR, people=2)
    append.append(open_ledger(), "remark", {}, actor=ACTOR, shelter_id=place_id, note=SECRETS[3], **where)
    return where


def test_nothing_of_a_person_stands_in_any_file(real: Path) -> None:
    with_persons(real)
    publisher(real).round()
    ledger = open_ledger()
    with ledger.reading() as connection:
        references = set(connection.execute(sa.text("SELECT person_ref FROM person")).scalars())
    assert references
    for path in (real / "public").iterdir():
        text = said(path)
        assert [secret for secret in (*SECRETS, *references, ACTOR) if secret in text] == [], path.name


def test_the_publisher_never_reads_a_table_of_persons(real: Path) -> None:
    with_persons(real)
    asked: set[str] = set()

    def watch(connection: Any, _: object) -> None:
        connection.set_authorizer(lambda code, one, *_: (asked.add(one or "") or 0) if code == 20 else 0)

    ledger = open_ledger()
    ledger.close()
    sa.event.listen(ledger._engine, "connect", watch)
    publisher(real).round()
    assert "projection" in asked, "it reads states"
    assert asked & PERSONAL == set()
    sa.event.remove(ledger._engine, "connect", watch)
    ledger.close()
    assert private.__name__ not in sys.modules[Publisher.__module__].__dict__


# The command


def test_the_command_writes_once_and_says_so(real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["publish", "--once", "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "public" / "index.html").exists() and not (real / "public").exists()
    assert "ファイルのうち" in capsys.readouterr().err.replace("\n", "")


def test_the_command_without_a_snapshot_ends_with_2(data_dir: Path) -> None:
    assert cli.main(["publish", "--once"]) == 2
    assert list(data_dir.iterdir()) == []


def test_the_command_on_a_disk_that_takes_no_file_ends_with_2(
    real: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_put", full)
    assert cli.main(["publish", "--once"]) == 2
    assert "No space left" in capsys.readouterr().err.replace("\n", "")


def test_a_ledger_that_is_away_leaves_the_pages_to_expire_and_says_so_once(
    real: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begun("real")
    rounds = publish._Rounds(publisher(real), 10)
    rounds.look()
    before = (real / "public" / "ja.html").read_bytes()

    def away(*_: object) -> None:
        raise LedgerMissing("ledger_missing", url="x", error="away")

    with monkeypatch.context() as broken:
        broken.setattr(publish.Publisher, "mark", away)
        for _ in range(3):
            rounds.look()
    assert (real / "public" / "ja.html").read_bytes() == before
    assert capsys.readouterr().err.replace("\n", "").count("書き出せません") == 1
    rounds.look()
    assert "また書き出せています" in capsys.readouterr().err


def test_nothing_is_written_while_nothing_is_new(real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = begun("real")
    held = publisher(real)
    done: list[int] = []
    whole = Publisher.round
    monkeypatch.setattr(Publisher, "round", lambda self: done.append(1) or whole(self))
    rounds = publish._Rounds(held, 10)
    for _ in range(3):
        rounds.look()
    assert len(done) == 1
    opened(where, first_shelter(real))
    rounds.look()
    assert len(done) == 2
    monkeypatch.setattr(publish.time, "monotonic", lambda: 1e12)
    rounds.look()
    assert len(done) == 3, "at least every minute"


def test_the_process_follows_the_ledger_and_ends_cleanly_when_told(real: Path) -> None:
    environment = os.environ | {"OTSU_DATA_DIR": str(real), "OTSU_PUBLISH_SECONDS": "1"}
    command = [sys.executable, "-m", "otsu_maps.cli", "publish"]
    process = subprocess.Popen(
        command, cwd=config.ROOT, env=environment, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        _until(lines, "書き換えました")
        begun("real", "台風")
        _until(lines, "書き換えました")
        assert told(real).incident_ja == "台風"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()


def _until(lines: Iterator[str], words: str) -> None:
    """Read on until the words came; a console may break a line anywhere."""
    seen = ""
    for line in lines:
        seen += line.strip()
        if words in seen:
            return
    pytest.fail(f"it ended without {words}: {seen}")
