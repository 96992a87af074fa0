"""Readers see the old snapshot or the new one, whole, whatever happens to a build."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl import build, cards, publish
from otsu_maps import config
from otsu_maps.db import snapshots
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import BuildRefused, SnapshotMissing
from otsu_maps.ledger import append
from otsu_maps.ledger.store import open_ledger
from otsu_maps.queries import integrity, places

ROOT = Path(__file__).parents[2]
KILLS, READERS, PUBLISHES = 20, 6, 10
WHOLE = {"premises": 80, "sites": 116, "shelters": 75, "shelters_with_flags": 58}


@pytest.fixture
def folder(light_folder: Path, data_dir: Path) -> Path:
    """A data folder of its own with the demo published."""
    shutil.copytree(light_folder / "snapshots", data_dir / "snapshots")
    return data_dir


def built(overlay: Path) -> str:
    city = config.city()
    return build.build(city, cards.registry(city, overlay)).snapshot_id


def start_build(folder: Path, overlay: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "etl", "build", "--sources", str(overlay)]
    environment = os.environ | {"OTSU_DATA_DIR": str(folder)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def read_whole() -> dict[str, int]:
    with Snapshot.current() as snapshot:
        assert integrity.broken_rules(snapshot) == []
        return places.count(snapshot)


class Watching(threading.Thread):
    """Reads again and again until told to stop; keeps what it saw and what went wrong."""

    def __init__(self, read: Callable[[], object], stop: threading.Event) -> None:
        super().__init__()
        self.read, self.stop, self.seen, self.wrong = read, stop, [], []  # type: ignore[var-annotated]

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.seen.append(self.read())
            except Exception as error:  # whatever it is, the test must show it
                self.wrong.append(error)


def test_builds_killed_at_random_moments_never_break_a_reader(folder: Path, light: Path) -> None:
    start = time.monotonic()
    assert start_build(folder, light).wait(120) == 0
    duration = time.monotonic() - start
    stop = threading.Event()
    watching = Watching(read_whole, stop)
    watching.start()
    moments = random.Random(20261124)
    killed = 0
    for _ in range(KILLS):
        process = start_build(folder, light)
        try:
            process.wait(moments.uniform(0.3, 1.0) * duration)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += process.wait(20) == -signal.SIGKILL
    stop.set()
    watching.join(20)
    assert watching.wrong == []
    assert watching.seen and all(counts == WHOLE for counts in watching.seen)
    assert killed >= KILLS // 2
    assert start_build(folder, light).wait(120) == 0
    assert read_whole() == WHOLE


def test_what_killed_builds_left_is_pruned_once_it_is_old(folder: Path) -> None:
    old, young = (folder / "snapshots" / f"{snapshots.UNFINISHED}{name}.duckdb" for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    hours_ago = time.time() - 2 * publish.LEFT_OVER_S
    os.utime(old, (hours_ago, hours_ago))
    publish.prune()
    assert not old.exists()
    assert young.exists()


def test_readers_see_only_whole_snapshots_while_others_are_published(folder: Path, light: Path) -> None:
    demo = shutil.copytree(light.parents[1], folder / "files") / light.parent.name
    sites = demo / "sites.csv"
    sites.write_text("\n".join(sites.read_text("utf-8").splitlines()[:-1]) + "\n", "utf-8")
    full, lesser = built(light), built(demo / light.name)
    publish.publish(lesser)
    states = [read_whole(), WHOLE]
    assert states[0] != states[1]
    stop = threading.Event()
    watching = [Watching(read_whole, stop) for _ in range(READERS)]
    for reader in watching:
        reader.start()
    for turn in range(PUBLISHES):
        publish.publish(full if turn % 2 else lesser)
        time.sleep(0.1)  # readers shall meet every state
    stop.set()
    for reader in watching:
        reader.join(20)
        assert reader.wrong == []
        assert reader.seen
        assert all(counts in states for counts in reader.seen)
    assert {str(counts) for reader in watching for counts in reader.seen} == {str(counts) for counts in states}


def test_an_open_reader_goes_on_with_what_it_opened(folder: Path, light: Path) -> None:
    with Snapshot.current() as snapshot:
        publish.publish(built(light))
        for path in snapshots.finished():
            if path.stem == snapshot.id:
                path.unlink()
        assert places.count(snapshot) == WHOLE


def test_an_older_snapshot_is_the_way_back(folder: Path, light: Path) -> None:
    before = snapshots.current_id()
    assert before
    publish.publish(built(light))
    assert snapshots.current_id() != before
    publish.publish(before)
    assert snapshots.current_id() == before


def test_a_snapshot_that_breaks_a_rule_is_refused_and_the_current_one_stays(folder: Path) -> None:
    before = snapshots.current_id()
    broken = folder / "snapshots" / "otsu-broken.duckdb"
    shutil.copy(snapshots.current_path(), broken)
    with duckdb.connect(str(broken)) as connection:
        connection.execute("UPDATE shelter SET is_for_flood = TRUE WHERE flags_site_id IS NULL")
    with pytest.raises(BuildRefused) as refused:
        publish.publish("otsu-broken")
    assert refused.value.reason.code == "build_broken_rules"
    assert snapshots.current_id() == before


@pytest.mark.parametrize("name", ["otsu-nowhere", "../secret", ""])
def test_a_snapshot_that_is_not_there_is_refused(folder: Path, name: str) -> None:
    before = snapshots.current_id()
    with pytest.raises(SnapshotMissing):
        publish.publish(name)
    assert snapshots.current_id() == before


def fake_snapshots(folder: Path, count: int) -> list[Path]:
    made = [folder / "snapshots" / f"otsu-2020010{i}T000000.000000Z.duckdb" for i in range(1, count + 1)]
    for path in made:
        path.write_bytes(b"old")
    return made


def test_pruning_keeps_the_newest_and_always_the_current_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSU_KEEP_SNAPSHOTS", "3")
    oldest, *others = fake_snapshots(folder, 5)
    (folder / "snapshots" / "CURRENT").write_text(f"{oldest.stem}\n", "utf-8")
    publish.prune()
    left = [path.stem for path in snapshots.finished()]
    assert oldest.stem in left
    assert len(left) == 3
    assert others[0].stem not in left


def test_a_file_that_is_held_open_is_pruned_another_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSU_KEEP_SNAPSHOTS", "1")
    held = fake_snapshots(folder, 1)[0]
    with monkeypatch.context() as windows:

        def refuse(self: Path, missing_ok: bool = False) -> None:
            raise PermissionError(str(self))

        windows.setattr(Path, "unlink", refuse)
        assert publish.prune() == []
    assert held.exists()
    assert publish.prune() == [held.stem]


def test_a_file_that_somebody_else_pruned_is_no_trouble(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSU_KEEP_SNAPSHOTS", "1")
    gone = fake_snapshots(folder, 1)[0]
    listed = snapshots.finished()
    gone.unlink()
    monkeypatch.setattr(snapshots, "finished", lambda: listed)
    assert publish.prune() == [gone.stem]


def test_a_left_over_that_vanishes_while_pruning_is_no_trouble(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that finishes at that moment renames its file."""
    gone = folder / "snapshots" / f"{snapshots.UNFINISHED}gone.duckdb"
    monkeypatch.setattr(Path, "glob", lambda self, pattern: [gone] if pattern.startswith(snapshots.UNFINISHED) else [])
    assert publish.prune() == []


def test_a_snapshot_on_which_an_incident_was_opened_is_never_pruned(
    data_dir: Path, light: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTSU_KEEP_SNAPSHOTS", "1")
    first = built(light)
    publish.publish(first)
    about = {"name": "訓練", "snapshot_id": first, "is_demo": True}
    incident = append.new_incident_id("drill")
    append.append(open_ledger(), "incident_opened", about, actor="desk", incident_id=incident, mode="drill")
    for _ in range(2):
        newer = built(light)
        publish.publish(newer)
    assert {path.stem for path in snapshots.finished()} == {first, newer}
