"""What people see: every page in a real browser, with no host but its own server."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from pathlib import Path

import looks
import pytest
from browser_server import Watched, serving
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect

pytestmark = pytest.mark.browser

PAGES = {
    "/": "避難場所・避難所",
    "/hazards": "災害と避難先",
    "/transit": "バス・鉄道",
    "/people_flow": "人の流れ",
    "/events": "イベント",
    "/sources": "データの出典と状態",
}
MAP = '[data-testid="stDeckGlJsonChart"]'


def colours(page: Page, selector: str) -> int:
    """How many clearly different colours a part of the page shows."""
    picture = Image.open(io.BytesIO(looks.picture(page.locator(selector).first))).convert("RGB").quantize(32)
    return len(picture.getcolors() or [])


def wait_for_map(page: Page) -> None:
    page.locator(f"{MAP} canvas").first.scroll_into_view_if_needed(timeout=60_000)
    for _ in range(60):
        if colours(page, MAP) > 12:
            return
        page.wait_for_timeout(250)


@pytest.fixture(scope="module", params=PAGES)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_page_opens_without_trouble_and_asks_no_other_host(watched: Watched, path: str) -> None:
    page = watched.stay(path)
    expect(page.locator("h1").first).to_have_text(PAGES[path])
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
    assert watched.outside == []


def test_every_screen_carries_the_demo_mark(watched: Watched, path: str) -> None:
    mark = watched.stay(path).locator(".otsu-demo")
    expect(mark).to_be_visible()
    expect(mark).to_contain_text("訓練データ / DEMO")


def test_nothing_is_wider_than_the_screen(watched: Watched, path: str) -> None:
    page = watched.stay(path)
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth + 1")


def test_japanese_is_drawn_and_not_boxes(watched: Watched) -> None:
    page = watched.go("/")
    drawn = page.evaluate(
        """() => {
            const pixels = (letter) => {
                const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 40});
                const pen = canvas.getContext('2d');
                pen.font = '32px ' + getComputedStyle(document.querySelector('h1')).fontFamily;
                pen.fillText(letter, 2, 34);
                return pen.getImageData(0, 0, 40, 40).data.join();
            };
            return new Set(['避', '難', '場', '所', '\\uFFFE'].map(pixels)).size;
        }"""
    )
    assert drawn == 5


@pytest.mark.parametrize("address", ["/?hazard=flood", "/hazards", "/transit", "/people_flow", "/events"])
def test_a_map_is_drawn_with_its_base_and_what_lies_on_it(watched: Watched, address: str) -> None:
    page = watched.go(address)
    wait_for_map(page)
    assert colours(page, MAP) > 12
    assert watched.outside == []


def test_the_table_comes_before_the_map(watched: Watched) -> None:
    page = watched.go("/")
    table = page.locator('[data-testid="stDataFrame"]').first
    table.wait_for(timeout=30_000)
    page.locator(MAP).first.wait_for(timeout=30_000)
    assert table.evaluate(f"t => !!(t.compareDocumentPosition(document.querySelector('{MAP}')) & 4)")


def test_a_click_on_the_map_opens_the_premises_and_its_address_can_be_shared(watched: Watched) -> None:
    page = watched.go("/?q=葛川小学校")
    wait_for_map(page)
    box = page.locator(f"{MAP} canvas").first.bounding_box()
    assert box
    close = page.get_by_role("button", name="閉じる")
    for _ in range(10):  # the discs may still be on their way to the graphics card
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        with suppress(Error):
            close.wait_for(timeout=2000)
            break
    expect(close).to_be_visible()
    assert "place=p-" in page.url
    shared = page.url.removeprefix(watched.server)
    expect(watched.go(shared).get_by_role("button", name="閉じる")).to_be_visible(timeout=20_000)


def test_a_choice_goes_into_the_address_as_a_code(watched: Watched) -> None:
    page = watched.go("/")
    page.get_by_text("内水氾濫", exact=True).first.click()
    expect(page.get_by_text("？ 不明").first).to_be_attached(timeout=20_000)
    expect(page).to_have_url(re.compile("hazard=inland_flood"))


def test_the_language_can_be_changed_and_stays_over_pages(watched: Watched) -> None:
    page = watched.go("/?lang=en")
    expect(page.locator("h1").first).to_have_text("Evacuation sites and shelters")
    opener = page.locator('[data-testid="stExpandSidebarButton"]')
    if opener.is_visible():
        opener.click()
    page.get_by_role("link", name="Data sources").click()
    expect(page.locator("h1").first).to_have_text("Data sources and state", timeout=20_000)


def test_pages_opened_first_of_all_on_a_fresh_server_stand_in_the_frame(browser: Browser, demo_folder: Path) -> None:
    """Two at once: the first run of a server must not let the second slip past the frame."""
    with serving(demo_folder) as address:
        first, second = browser.new_page(), browser.new_page()
        for page in (first, second):
            page.goto(f"{address}/sources", wait_until="commit")
        for page in (first, second):
            expect(page.locator(".otsu-demo")).to_be_visible(timeout=60_000)
            expect(page.locator("h1").first).to_have_text(PAGES["/sources"])
            page.close()
