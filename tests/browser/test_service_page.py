"""Service in a disaster in a real browser: it fits a phone, draws its map, and headquarters records a line with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_server import GOOD, Server, Watched, signed_in
from playwright.sync_api import Browser, expect
from test_pages import MAP, colours, wait_for_map

from otsu_maps.i18n import say
from otsu_maps.ledger import accounts, append, read
from otsu_maps.ledger.store import FILE, Ledger

pytestmark = pytest.mark.browser

FITS = "document.scrollingElement.scrollWidth <= window.innerWidth + 1"


@pytest.fixture(scope="module")
def server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own with a drill in which the flood was declared and one line is out of service."""
    place = tmp_path_factory.mktemp("service")
    shutil.copytree(demo_folder / "snapshots", place / "snapshots")
    ledger = Ledger(f"sqlite:///{place / FILE}")
    accounts.add(ledger, "hq", "headquarters", GOOD, actor="tests", display_name="本部")
    where = {"incident_id": append.new_incident_id("drill"), "mode": "drill"}
    about = {
        "name": "大雨訓練",
        "snapshot_id": (place / "snapshots" / "CURRENT").read_text("utf-8").strip(),
        "is_demo": True,
    }
    append.append(ledger, "incident_opened", about, actor="hq", **where)
    append.append(ledger, "hazard_declared", {"hazard": "flood"}, actor="hq", **where)
    append.append(ledger, "service_suspended", {"route_id": "gtfs:R7", "source": "訓練"}, actor="hq", **where)
    ledger.close()
    held = Server(place)
    yield held
    held.kill()


@pytest.fixture(params=[(1400, 1000), (390, 844)], ids=["desktop", "phone"])
def screen(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Watched]:
    with signed_in(browser, server.address, "hq", *request.param) as held:
        yield held


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_opens_fits_and_asks_no_other_host(screen: Watched, lang: str) -> None:
    page = screen.go(f"/service?lang={lang}")
    expect(page.locator("h1").first).to_have_text(say("service.title", lang))
    expect(page.get_by_text(say("service.told_none", lang))).to_be_visible(timeout=30_000)
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
    assert page.evaluate(FITS) and screen.outside == []


def test_the_map_is_drawn(screen: Watched) -> None:
    page = screen.go("/service")
    wait_for_map(page)
    assert colours(page, MAP) > 12


def test_headquarters_takes_the_suggestion_and_records_it(browser: Browser, server: Server) -> None:
    with signed_in(browser, server.address, "hq", 1400, 1000) as watched:
        page = watched.go("/service")
        page.get_by_text(say("service.suggest", "ja")).click()
        page.get_by_role("button", name=say("service.take_over", "ja")).click()
        form = page.get_by_test_id("stForm").first
        form.get_by_label(say("service.source", "ja")).fill("おおつ訓練バス 運行管理")
        form.get_by_role("button", name=say("service.do_record", "ja")).click()
        expect(page.get_by_text(say("service.recorded", "ja", count=7))).to_be_visible(timeout=30_000)
        ledger = Ledger(f"sqlite:///{server.folder / FILE}")
        [incident] = read.incidents(ledger)
        services = read.state(ledger, incident["incident_id"])["services"]
        ledger.close()
        assert len(services) == 8 and all(each["is_suspended"] for each in services)
        page.goto(f"{server.address}/board")
        page.get_by_role("link", name=say("service.on_board", "ja", count=8)).click()
        expect(page.locator("h1").first).to_have_text(say("service.title", "ja"))
        assert watched.outside == []
