"""What tests of pages start from: the demo with a ledger of its own, and somebody who is signed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from etl import build, cards, publish
from otsu_maps import config
from otsu_maps.ledger import store
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ui import access


@pytest.fixture
def folder(demo_folder: Path, data_dir: Path) -> Iterator[Path]:
    """The demo with a ledger of its own."""
    shutil.copytree(demo_folder / "snapshots", data_dir / "snapshots")
    yield data_dir
    store._opened.cache_clear()


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Somebody signed in with this role."""
    signed = Signed(account_id="a", name="hq-1", display_name="本部", role=request.param)
    monkeypatch.setattr(access, "current", lambda **_: signed)
    return str(request.param)


@pytest.fixture(scope="session")
def lesser(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Gives a data folder with the demo without some sources, published. Each is built once; tests only read it."""

    @cache
    def built(*sources: str) -> Path:
        folder = tmp_path_factory.mktemp("lesser")
        with pytest.MonkeyPatch.context() as env:
            env.setenv("OTSU_DATA_DIR", str(folder))
            city = config.city()
            known = cards.registry(city, cards.DEMO)
            known |= {source: replace(known[source], paths=()) for source in sources}
            publish.publish(build.build(city, known).snapshot_id)
        return folder

    return built


@pytest.fixture
def without(lesser: Callable[..., Path], data_dir: Path) -> Callable[..., None]:
    """Publishes the demo without some sources."""

    def published(*sources: str) -> None:
        shutil.copytree(lesser(*sources) / "snapshots", data_dir / "snapshots")

    return published


@pytest.fixture
def bare(without: Callable[..., None]) -> None:
    """The demo without a timetable."""
    without("timetables")
