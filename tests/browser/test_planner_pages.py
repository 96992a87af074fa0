"""Pages of planners in a real browser: figures are kept as evidence, measured and printed, and a phone holds them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import looks
import pytest
from browser_server import GOOD, Server, Watched, signed_in
from playwright.sync_api import Browser, expect
from test_pages import MAP, colours, wait_for_map

from otsu_maps import evidence
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import FILE, Ledger

pytestmark = pytest.mark.browser

STOPPED = "/compare?edits=remove_route%7Cgtfs:R1%7C%7C%7C%7C"
PAGES = {
    "/gaps": "gaps.title",
    STOPPED: "compare.title",
    "/evidence": "evidence.title",
    "/travel?way=window": "travel.title",
    "/stop?stop=gtfs:S022": "stop.title",
}
FITS = "document.scrollingElement.scrollWidth <= window.innerWidth + 1"


@pytest.fixture(scope="module")
def server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own with the account of a planner."""
    place = tmp_path_factory.mktemp("planner")
    shutil.copytree(demo_folder / "snapshots", place / "snapshots")
    ledger = Ledger(f"sqlite:///{place / FILE}")
    accounts.add(ledger, "planner", "planner", GOOD, actor="tests", display_name="計画")
    ledger.close()
    held = Server(place)
    yield held
    held.kill()


@pytest.fixture(scope="module", params=[(1400, 1000), (390, 844)], ids=["desktop", "phone"])
def planner(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Watched]:
    with signed_in(browser, server.address, "planner", *request.param) as held:
        yield held


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_fits_and_asks_no_other_host(planner: Watched, path: str, lang: str) -> None:
    page = planner.go(path + ("&" if "?" in path else "?") + f"lang={lang}")
    expect(page.locator("h1").first).to_have_text(say(PAGES[path], lang))
    planner.settle()
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
    assert page.evaluate(FITS) and planner.outside == []


@pytest.mark.parametrize("path", ["/gaps", STOPPED, "/travel"])
def test_the_map_is_drawn(planner: Watched, path: str) -> None:
    page = planner.go(path)
    wait_for_map(page)
    assert colours(page, MAP) > 12


def test_a_comparison_is_kept_then_measured_then_printed(browser: Browser, server: Server) -> None:
    with signed_in(browser, server.address, "planner", 1400, 1000) as watched:
        page = watched.go(STOPPED)
        page.get_by_text(say("evidence.keep", "ja")).click()
        page.get_by_label(say("evidence.title_of", "ja")).fill("比叡平線をやめたら")
        page.get_by_label(say("evidence.goal", "ja")).fill("影響を知る")
        page.get_by_role("button", name=say("evidence.save", "ja")).click()
        page.get_by_text(say("evidence.look", "ja")).click()
        expect(page.get_by_role("heading", name="比叡平線をやめたら")).to_be_visible(timeout=30_000)
        page.get_by_label(say("evidence.value", "ja", unit=say("gaps.unit", "ja"))).fill("129000")
        page.get_by_role("button", name=say("evidence.add_do", "ja")).click()
        expect(page.get_by_text(say("evidence.added", "ja"))).to_be_visible(timeout=30_000)
        [record] = evidence.read_all(server.folder / "evidence").records
        assert record.last_measured and record.last_measured.value == 129_000 and record.author == "planner"
        assert record.before and record.after and record.after > record.before and record.goal == "影響を知る"
        page.goto(f"{server.address}/print/evidence?record={record.evidence_id}")
        expect(page.locator("h1")).to_contain_text("比叡平線をやめたら")
        expect(page.get_by_text(say("evidence.demo", "ja"))).to_be_visible()
        expect(page.locator(".otsu-measure i")).to_have_count(3)  # no target was set: it has no bar
        assert watched.outside == []


def test_the_area_that_is_reached_follows_the_slider_of_the_time(browser: Browser, server: Server) -> None:
    with signed_in(browser, server.address, "planner", 1400, 1000) as watched:
        page = watched.go("/travel")
        wait_for_map(page)
        said = page.locator('[data-testid="stMain"] p').filter(has_text="60 分以内に")
        before, drawn = said.first.inner_text(), looks.picture(page.locator(MAP))
        assert "8:00" in before
        for time in ("8:10", "8:20", "8:30"):
            page.get_by_role("slider").last.press("ArrowRight")
            expect(said.first).to_contain_text(time, timeout=30_000)
        page.wait_for_timeout(2000)
        assert looks.picture(page.locator(MAP)) != drawn
        assert "at=510" in page.url and watched.outside == []
        page.reload()
        expect(said.first).to_contain_text("8:30", timeout=60_000)
