"""What tests of pages start from: the demo with a ledger of its own, and somebody who is signed in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
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


@pytest.fixture
def bare(data_dir: Path) -> None:
    """The demo without a timetable."""
    city = config.city()
    known = cards.registry(city, cards.DEMO)
    known["timetables"] = replace(known["timetables"], paths=())
    publish.publish(build.build(city, known).snapshot_id)
