"""Movement in a real browser: each view fits, the map plays where one left it, an arc says what its row says."""

from __future__ import annotations

import io
from collections.abc import Iterator

import looks
import numpy as np
import pytest
from browser_server import Watched
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from test_pages import MAP, colours, wait_for_map

from otsu_maps.i18n import say
from otsu_maps.maps import palette
from otsu_maps.ui.movement import VIEWS

pytestmark = pytest.mark.browser

FITS = "document.scrollingElement.scrollWidth <= window.innerWidth + 1"


@pytest.fixture
def desktop(browser: Browser, server: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="ja-JP", color_scheme="light")
    yield Watched(context.new_page(), server)
    context.close()


@pytest.mark.parametrize(("view", "lang"), [*((view, "ja") for view in VIEWS), ("difference", "en"), ("rooms", "en")])
def test_each_view_opens_fits_and_asks_no_other_host(watched: Watched, view: str, lang: str) -> None:
    page = watched.go(f"/movement?view={view}&lang={lang}")
    expect(page.locator("h1").first).to_have_text(say("movement.title", lang))
    watched.settle()
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    expect(page.locator('[data-testid="stAlertContentError"]')).to_have_count(0)
    assert page.evaluate(FITS) and watched.outside == []


@pytest.mark.parametrize("view", ["hours", "difference", "pairs"])
def test_its_map_is_drawn(watched: Watched, view: str) -> None:
    page = watched.go(f"/movement?view={view}")
    wait_for_map(page)
    assert colours(page, MAP) > 12


def picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(looks.picture(page.locator(f"{MAP} canvas").first))).convert("RGB")


def ground(image: Image.Image) -> float:
    """How much of the picture is lake."""
    lake = [int(palette.BASE["light"]["water"][i : i + 2], 16) for i in (1, 3, 5)]
    return float((np.asarray(image) == lake).all(axis=2).mean())


def slider(page: Page) -> Locator:
    return page.locator('[data-testid="stSlider"]').first


def test_the_day_plays_by_itself_keeps_the_place_on_the_map_and_stops_when_told(desktop: Watched) -> None:
    page = desktop.go("/movement")
    wait_for_map(page)
    page.wait_for_timeout(1000)
    whole = ground(picture(page))
    box = page.locator(f"{MAP} canvas").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.5)
    for _ in range(3):
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(400)
    page.wait_for_timeout(1500)
    near = ground(picture(page))
    assert abs(near - whole) > 0.05, "the wheel brought the map nearer"
    page.get_by_role("button", name=say("movement.play", "ja")).click()
    expect(slider(page)).to_contain_text("11:00", timeout=60_000)
    page.get_by_role("button", name=say("movement.stop", "ja")).click()
    expect(page.get_by_role("button", name=say("movement.play", "ja"))).to_be_visible(timeout=30_000)
    page.wait_for_timeout(2500)
    stopped = slider(page).inner_text()
    page.wait_for_timeout(5000)
    assert slider(page).inner_text() == stopped
    assert abs(ground(picture(page)) - near) < 0.02 and desktop.outside == []


def test_an_arc_on_the_map_says_what_its_row_of_the_table_says(desktop: Watched) -> None:
    page = desktop.go("/movement?view=pairs&top=5&at=8")
    wait_for_map(page)
    page.wait_for_timeout(1500)
    cells = page.locator('[data-testid="stDataFrame"] canvas table tbody td').all_inner_texts()
    rows = [cells[i : i + 4] for i in range(0, len(cells), 4)]
    expected = {f"{origin} → {to}\n{trips} 回（{hour}）" for origin, to, trips, hour in rows}
    assert len(expected) == 5
    canvas = page.locator(f"{MAP} canvas").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    seen = {text for x, y in arcs_at(picture(page)) if (text := pointed(page, box["x"] + x, box["y"] + y))}
    assert len(seen) > 1 and seen <= expected


def arcs_at(image: Image.Image) -> list[tuple[int, int]]:
    """Pixels inside of arcs, where they are neither pale nor dark yet, a few over the whole picture."""
    middle = (np.array(palette.TRIP_FROM) + palette.TRIP_TO["light"]) // 2
    is_arc = (np.abs(np.asarray(image).astype(int) - middle) < 35).all(axis=2)
    found = [(int(x), int(y)) for y, x in np.argwhere(is_arc)]
    return found[:: max(1, len(found) // 25)]


def pointed(page: Page, x: float, y: float) -> str:
    """What the map says when one points there; empty: nothing."""
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    tooltip = page.locator(".deck-tooltip")
    return tooltip.first.inner_text().strip() if tooltip.count() and tooltip.first.is_visible() else ""
