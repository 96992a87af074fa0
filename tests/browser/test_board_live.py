"""The board in a browser: what another process records appears by itself, and a dead server covers it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_server import GOOD, Server, Watched, signed_in
from playwright.sync_api import Browser, expect

from otsu_maps.i18n import say
from otsu_maps.ledger import accounts, append
from otsu_maps.ledger.store import FILE, Ledger

pytestmark = pytest.mark.browser

COVER = "#otsu-cover"


@pytest.fixture(scope="module")
def folder(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with an account of headquarters and an open drill."""
    place = tmp_path_factory.mktemp("board")
    shutil.copytree(demo_folder / "snapshots", place / "snapshots")
    ledger = Ledger(f"sqlite:///{place / FILE}")
    accounts.add(ledger, "hq", "headquarters", GOOD, actor="tests", display_name="本部")
    about = {"name": "対応訓練", "snapshot_id": "x", "is_demo": True}
    append.append(ledger, "incident_opened", about, actor="hq", incident_id="drill-board", mode="drill")
    ledger.close()
    return place


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    held = Server(folder)
    yield held
    held.kill()


@pytest.fixture
def board(browser: Browser, server: Server) -> Iterator[Watched]:
    """A desktop at headquarters, signed in."""
    with signed_in(browser, server.address, "hq", 1400, 1000) as held:
        yield held


def test_what_another_process_records_appears_and_a_dead_server_covers_the_board_until_it_is_back(
    board: Watched, server: Server, folder: Path
) -> None:
    page = board.go("/board")
    expect(page.get_by_text(say("board.nothing", "ja"))).to_be_visible(timeout=30_000)

    ledger = Ledger(f"sqlite:///{folder / FILE}")
    about = {"actor": "desk", "incident_id": "drill-board", "mode": "drill", "shelter_id": "prov-1"}
    append.append(ledger, "shelter_created", {"name": "自治会館"}, **about)
    append.append(ledger, "shelter_opened", {}, **about)
    append.append(ledger, "capacity_changed", {"refuge_persons": 50}, **about)
    append.append(ledger, "head_count", {"people": 61, "method": "counted"}, **about)
    ledger.close()
    sentence = say("reason.board_full", "ja", name="自治会館", people=61, capacity=50)
    expect(page.get_by_text(sentence)).to_be_visible(timeout=15_000)
    expect(page.locator(COVER)).to_have_count(0)

    server.kill()
    expect(page.locator(COVER)).to_be_visible(timeout=40_000)
    expect(page.locator(COVER)).to_contain_text(say("desk.cover_title", "ja"))
    expect(page.locator(COVER)).to_contain_text(say("cover.next", "ja"))

    server.start()
    expect(page.locator(COVER)).to_have_count(0, timeout=60_000)
    expect(page.get_by_text(sentence)).to_be_visible(timeout=30_000)
