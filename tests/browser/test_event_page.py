"""The page of an event in a real browser: it fits, the crowd follows the hour, missing trips bring everybody home."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser_server import Watched
from playwright.sync_api import Browser, expect
from test_pages import MAP, colours, wait_for_map

from otsu_maps.i18n import say

pytestmark = pytest.mark.browser

FITS = "document.scrollingElement.scrollWidth <= window.innerWidth + 1"
PAST = "/event?event=e:KUNREN027&visitors=20000"


@pytest.fixture
def desktop(browser: Browser, server: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="ja-JP", color_scheme="light")
    yield Watched(context.new_page(), server)
    context.close()


@pytest.mark.parametrize("path", ["/event", "/event?event=x:market&lang=en", PAST])
def test_it_opens_fits_and_asks_no_other_host(watched: Watched, path: str) -> None:
    page = watched.go(path)
    wait_for_map(page)
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    assert page.evaluate(FITS) and colours(page, MAP) > 12 and watched.outside == []


def test_the_crowd_follows_the_hour_on_the_map_and_in_its_sentence(desktop: Watched) -> None:
    page = desktop.go("/event")
    wait_for_map(page)
    sentence = page.get_by_text("イベントで約").first
    expect(sentence).to_contain_text("300,000")
    for hour in ("20:00台", "21:00台"):
        page.get_by_role("slider").first.press("ArrowRight")
        expect(sentence).to_contain_text(hour, timeout=30_000)
    expect(sentence).not_to_contain_text("300,000")


def test_missing_trips_go_into_the_table_and_everybody_gets_home(desktop: Watched) -> None:
    page = desktop.go("/event")
    wait_for_map(page)
    left = page.get_by_text("乗れずに残る見込みです")
    expect(left).to_be_visible()
    page.get_by_role("button", name=say("event_day.add", "ja", minutes=30)).click()
    expect(page.get_by_text(say("event_day.fits", "ja", minutes=30))).to_be_visible(timeout=60_000)
    expect(left).to_have_count(0)
    assert "trains=" in page.url
    page.reload()  # what the address holds is what somebody else sees who gets the link
    expect(page.get_by_text(say("event_day.fits", "ja", minutes=30))).to_be_visible(timeout=60_000)


def test_another_event_begins_with_its_own_assumptions(desktop: Watched) -> None:
    page = desktop.go("/event?visitors=1000")
    expect(page.get_by_text("300,000")).to_have_count(0)
    page.locator('[data-testid="stSelectbox"] [role="combobox"], [data-testid="stSelectbox"] input').first.click()
    page.get_by_text("雨の週末の朝市").first.click()
    box = page.get_by_label(say("event_day.visitors", "ja"))
    expect(box).to_have_value("2000", timeout=30_000)
    assert "visitors" not in page.url
    page.goto(f"{desktop.server}/event?event=x:market&visitors=5555")
    expect(box).to_have_value("5555", timeout=30_000)


def test_from_the_list_of_events_one_gets_there(desktop: Watched) -> None:
    page = desktop.go("/events?month=2026-10")
    page.get_by_text(say("event_day.look", "ja")).click()
    page.get_by_role("link", name="湖畔秋の音楽祭").click()
    expect(page.get_by_text("来場者の見込みを入れてください")).to_be_visible(timeout=30_000)
    assert "event=e" in page.url
