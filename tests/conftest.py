"""Fixtures that tests of every room share: a data folder of their own, and the demo built once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl import build, cards, publish
from otsu_maps import config
from otsu_maps.db.reader import Snapshot

os.environ.setdefault("NUMBA_CACHE_DIR", str(config.ROOT / "build" / "machine_code"))
"""Machine code is made once for all tests and the servers that they start, not once for each data folder."""

MEMORY, ROOM_BYTES = Path("/dev/shm"), 6 * 1024**3


def _write_to_memory() -> None:
    """Folders of tests lie in memory where there is room. The program waits for the disk with each file and each event,
    thousands of times in these tests; that pays when the power fails, and no test can do that."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    room = os.statvfs(MEMORY)
    if room.f_bavail * room.f_frsize > ROOM_BYTES and not room.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


_write_to_memory()


@pytest.fixture(autouse=True)
def _no_settings_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a developer has set for the own installation never reaches a test."""
    for setting in config.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _no_settings_of_the_shell: None) -> Path:
    """An empty folder, in which everything made at run time lies."""
    monkeypatch.setenv("OTSU_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo built and published. Tests only read it."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as env:
        for setting in config.SETTINGS:
            env.delenv(setting.name, raising=False)
        env.setenv("OTSU_DATA_DIR", str(folder))
        city = config.city()
        publish.publish(build.build(city, cards.registry(city, cards.DEMO)).snapshot_id)
    return folder


@pytest.fixture
def demo(demo_folder: Path, monkeypatch: pytest.MonkeyPatch, _no_settings_of_the_shell: None) -> Iterator[Snapshot]:
    """The demo, open for reading, and current for whatever asks for the current snapshot."""
    monkeypatch.setenv("OTSU_DATA_DIR", str(demo_folder))
    with Snapshot.current() as snapshot:
        yield snapshot
