"""A click on the board opens the shelter that was clicked, and the map stays where a person moved it."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_server import Watched, serving
from playwright.sync_api import Browser, Page, expect
from test_pages import MAP, wait_for_map

from otsu_maps.db.reader import Snapshot
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.store import FILE, Ledger
from otsu_maps.queries import validity

pytestmark = pytest.mark.browser

INCIDENT = "drill-click"
TABLE = '.st-key-board_table [data-testid="stDataFrame"]'
ROW, NAME = 35, 90
"""Height of a row of the table, and how far from its left edge the names stand, in pixels."""

VIEW = """() => {
    const map = document.querySelector('[data-testid="stDeckGlJsonChart"]');
    const find = (node) => {
        for (; node; node = node.sibling) {
            const view = node.memoizedProps?.viewState ?? find(node.child);
            if (view) return view;
        }
        return null;
    };
    const held = find(map[Object.keys(map).find((key) => key.startsWith('__reactFiber$'))]);
    return held && [held.longitude, held.latitude, held.zoom];
}"""
"""Where the map looks: what its component holds; null while it is drawn anew."""


@pytest.fixture(scope="module")
def folder(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with an open drill in which three shelters are open."""
    place = tmp_path_factory.mktemp("click")
    shutil.copytree(demo_folder / "snapshots", place / "snapshots")
    about = {"name": "対応訓練", "snapshot_id": "x", "is_demo": True}
    did(place, "incident_opened", about)
    for shelter in shelters(demo_folder):
        did(place, "shelter_opened", {}, shelter["place_id"])
        did(place, "head_count", {"people": 40, "method": "counted"}, shelter["place_id"])
    return place


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    with serving(folder) as address:
        yield address


@pytest.fixture
def board(browser: Browser, server: str) -> Iterator[Watched]:
    """A desktop on the board, the map drawn."""
    context = browser.new_context(viewport={"width": 1400, "height": 1100}, locale="ja-JP", color_scheme="light")
    held = Watched(context.new_page(), server)
    page = held.go("/board")
    page.locator(f"{MAP} canvas").first.wait_for(timeout=60_000)
    page.locator(TABLE).wait_for(timeout=60_000)
    page.locator(MAP).evaluate("map => map.scrollIntoView({block: 'center'})")
    rest(held)
    yield held
    context.close()


def rest(held: Watched) -> None:
    """Wait until the map is drawn and its view stands still; it listens to a hand a little later."""
    wait_for_map(held.page)
    held.settle()
    before = None
    while (now := view(held.page)) != before:
        before = now
        held.page.wait_for_timeout(1500)


def view(page: Page) -> list[float]:
    """Longitude, latitude and zoom of the map."""
    for _ in range(100):
        if now := page.evaluate(VIEW):
            return [float(each) for each in now]
        page.wait_for_timeout(100)
    pytest.fail("the map has no view")


def did(folder: Path, kind: str, payload: dict[str, Any], shelter: str | None = None) -> None:
    """Record as another process does: through a ledger of its own."""
    ledger = Ledger(f"sqlite:///{folder / FILE}")
    append.append(ledger, kind, payload, actor="desk", incident_id=INCIDENT, mode="drill", shelter_id=shelter)
    ledger.close()


def shelters(folder: Path) -> list[dict[str, Any]]:
    """Three shelters far from each other, by name as the table has them."""
    with Snapshot(newest(folder)) as snapshot:
        held = [place for place in validity.places(snapshot) if place["place_kind"] == "shelter"]
    held = [place for place in held if (place["capacity_refuge_persons"] or 0) > 100]
    south, north = min(held, key=lambda place: place["lat"]), max(held, key=lambda place: place["lat"])
    middle = min(held, key=lambda place: abs(place["lat"] - (south["lat"] + north["lat"]) / 2))
    return sorted((south, middle, north), key=lambda place: (place["name_ja"], place["place_id"]))


def newest(folder: Path) -> Path:
    return max((folder / "snapshots").glob("*.duckdb"))


def pixel_of(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Where a position is drawn (Web Mercator, tiles of 512 pixels)."""
    box = page.locator(MAP).bounding_box()
    assert box
    at_lon, at_lat, zoom = view(page)
    world = 512 * 2**zoom

    def height(degrees: float) -> float:
        return math.asinh(math.tan(math.radians(degrees))) / (2 * math.pi)

    x = box["x"] + box["width"] / 2 + (lon - at_lon) / 360 * world
    return x, box["y"] + box["height"] / 2 + (height(at_lat) - height(lat)) * world


def click(page: Page, x: float, y: float) -> None:
    """As a hand does it: the pointer comes from somewhere before it presses."""
    page.mouse.move(x - 25, y - 12)
    page.mouse.move(x, y, steps=4)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)


def expect_page_of(page: Page, place: dict[str, Any]) -> None:
    expect(page.locator("h1")).to_have_text(say("shelter.title", "ja"), timeout=30_000)
    expect(page.locator("h3").first).to_have_text(place["name_ja"], timeout=30_000)
    assert f"place={place['place_id']}" in page.url and f"incident={INCIDENT}" in page.url


def test_pan_and_zoom_survive_refreshes_while_events_arrive_from_another_process(board: Watched, folder: Path) -> None:
    page, first = board.page, shelters(folder)[0]
    box = page.locator(MAP).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    start = view(page)
    page.mouse.move(x, y)
    for _ in range(5):  # until the map listens
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(1000)
        if view(page)[2] > start[2]:
            break
    page.mouse.down()
    page.mouse.move(x + 70, y - 50, steps=6)
    page.mouse.up()
    page.wait_for_timeout(1500)
    moved = view(page)
    assert moved[2] > start[2] and moved[:2] != start[:2]
    for people in (61, 62, 63):
        did(folder, "head_count", {"people": people, "method": "counted"}, first["place_id"])
        total = f"{people + 80:,}"
        expect(page.locator(".otsu-tile b", has_text=total)).to_be_visible(timeout=20_000)
        assert view(page) == moved


def test_a_click_on_a_disc_of_the_map_opens_that_shelter(board: Watched, folder: Path) -> None:
    north = max(shelters(folder), key=lambda place: place["lat"])
    click(board.page, *pixel_of(board.page, north["lon"], north["lat"]))
    expect_page_of(board.page, north)


def test_a_click_on_a_row_of_the_table_opens_that_shelter(board: Watched, folder: Path) -> None:
    box = board.page.locator(TABLE).bounding_box()
    assert box
    click(board.page, box["x"] + NAME, box["y"] + ROW * 2.5)
    expect_page_of(board.page, shelters(folder)[1])


def test_a_finger_on_a_row_opens_that_shelter(browser: Browser, server: str, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 820, "height": 1180}, locale="ja-JP", has_touch=True)
    held = Watched(context.new_page(), server)
    page = held.go("/board")
    page.locator(TABLE).wait_for(timeout=60_000)
    rest(held)
    page.locator(TABLE).scroll_into_view_if_needed(timeout=60_000)
    page.wait_for_timeout(700)
    box = page.locator(TABLE).bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + NAME, box["y"] + ROW * 1.5)
    expect_page_of(page, shelters(folder)[0])
    context.close()
