"""The display in a hall, in a browser: views and languages in turn, nothing old, and a dead one says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

import pytest
import statuses
from browser_server import ROOT, Watched, free_port, wait_for
from playwright.sync_api import Browser, expect

from otsu_maps import clock
from otsu_maps.display.rotation import MOST_GROUPS, SLOT_S
from otsu_maps.public import record
from otsu_maps.public.record import Status
from otsu_maps.public.words import tell

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COVER = "#otsu-cover"
SCREENS = {"full_hd": (1920, 1080), "4k": (3840, 2160), "tablet": (820, 1180), "phone": (390, 844)}
ROUND_MS = SLOT_S * MOST_GROUPS * 1000
QUICK = "from otsu_maps import cli; from otsu_maps.display import rotation; rotation.SLOT_S = 1.5; cli.main()"
"""The same display with shorter turns, where a test is not about their length."""

OUTSIDE = """() => [...document.querySelectorAll('.otsu-display *')].filter(each => {
  const box = each.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
}).map(each => each.outerHTML.slice(0, 120))"""
SMALLEST = """selectors => Math.min(...[...document.querySelectorAll(selectors)].map(
  each => parseFloat(getComputedStyle(each).fontSize) / innerHeight))"""
NOTED = """() => {
  window.noted = [];
  const note = () => {
    const screen = document.querySelector('.otsu-display');
    const title = screen?.querySelector('h1')?.textContent;
    if (title && window.noted.at(-1)?.title !== title) window.noted.push({title, at: Date.now()});
  };
  note();
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


class Hall:
    """A display of its own on a file of its own."""

    def __init__(self, folder: Path, is_quick: bool) -> None:
        self.program = ["-c", QUICK] if is_quick else ["-m", "otsu_maps.cli"]
        self.folder, self.path, self.port = folder, folder / "status.json", free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    def put(self, status: Status) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(record.dump(status), "utf-8")
        fresh.replace(self.path)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *self.program, "display", "--status", str(self.path), "--port", str(self.port)],
            cwd=ROOT,
            env=os.environ | {"OTSU_DATA_DIR": str(self.folder / "no_data")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(f"{self.address}/healthz", self.process)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


@pytest.fixture
def hall(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Hall]:
    held = Hall(tmp_path, is_quick=not hasattr(request, "param"))
    held.put(lasting(statuses.status()))
    held.start()
    yield held
    held.kill()


def lasting(status: Status) -> Status:
    """A test is longer than three minutes on a slow machine."""
    return status.model_copy(update={"valid_until": status.made_at + timedelta(minutes=30)})


def screen(browser: Browser, hall: Hall, size: tuple[int, int]) -> Watched:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    held = Watched(context.new_page(), hall.address)
    held.page.goto(hall.address)
    held.page.locator(".otsu-display").wait_for(timeout=60_000)
    return held


@pytest.mark.parametrize("name", SCREENS)
def test_every_view_comes_up_fits_the_screen_and_asks_nobody_else(browser: Browser, hall: Hall, name: str) -> None:
    held = screen(browser, hall, SCREENS[name])
    page = held.page
    for view in ("levels", "places", "chart", "avoid"):
        expect(page.locator(f".otsu-display section.{view}")).to_be_visible(timeout=60_000)
        expect(page.locator(".otsu-display .clock")).to_be_visible()
        if view == "chart":
            assert page.evaluate("document.querySelector('.chart img').naturalWidth") > 0
        if name in ("full_hd", "4k"):
            assert page.evaluate(OUTSIDE) == [], view
    if name in ("full_hd", "4k"):
        expect(page.locator(".otsu-display section.places")).to_be_visible(timeout=60_000)
        assert page.evaluate(SMALLEST, ".places .name, .places .room, .places h2, footer b, .clock") >= 0.04
    assert held.outside == []
    page.context.close()


@pytest.mark.parametrize("hall", ["as it is"], indirect=True)
def test_each_language_is_back_within_twenty_seconds(browser: Browser, hall: Hall) -> None:
    page = screen(browser, hall, SCREENS["full_hd"]).page
    page.evaluate(NOTED)
    page.wait_for_timeout(2.5 * ROUND_MS)
    noted = page.evaluate("window.noted")
    titles = {each["title"] for each in noted}
    assert len(titles) == 3 and any("Otsu" in title for title in titles)
    for title in titles:
        begins = [each["at"] for each in noted[1:] if each["title"] == title]
        assert len(begins) >= 2
        assert all(later - sooner <= 20_000 for sooner, later in pairwise(begins))
    page.context.close()


def test_a_new_file_shows_within_ten_seconds_and_an_old_one_is_covered(browser: Browser, hall: Hall) -> None:
    page = screen(browser, hall, SCREENS["full_hd"]).page
    band = page.locator(".otsu-display .band")
    expect(band).to_have_count(0)
    hall.put(lasting(statuses.drill()))
    expect(band).to_be_visible(timeout=10_000)

    hall.put(statuses.status(clock.now() - timedelta(minutes=10)))
    cover = page.locator(".otsu-display .cover")
    expect(cover).to_be_visible(timeout=10_000)
    for lang in ("ja", "en"):
        expect(cover.get_by_text(tell("page.expired_title", lang))).to_be_visible(timeout=20_000)
    assert "小学校" not in page.locator(".otsu-display").inner_text()

    hall.path.unlink()
    hall.put(lasting(statuses.worst()))
    expect(page.locator(".otsu-display section.life")).to_be_visible(timeout=30_000)
    page.context.close()


def test_a_dead_display_covers_itself_in_each_language_and_uncovers_when_it_is_back(
    browser: Browser, hall: Hall
) -> None:
    page = screen(browser, hall, SCREENS["full_hd"]).page
    page.wait_for_timeout(3000)
    expect(page.locator(COVER)).to_have_count(0)
    hall.kill()
    expect(page.locator(COVER)).to_be_visible(timeout=30_000)
    for lang in ("ja", "en"):
        expect(page.locator(COVER)).to_contain_text(tell("display.stopped", lang), timeout=25_000)
    hall.start()
    expect(page.locator(COVER)).to_have_count(0, timeout=60_000)
    expect(page.locator(".otsu-display section")).to_be_visible(timeout=30_000)
    page.context.close()


def test_no_page_of_the_staff_lies_on_it(hall: Hall) -> None:
    for path in ("/sign-in", "/board", "/desk", "/print/handover", "/accounts"):
        with urlopen(hall.address + path, timeout=10) as answer:
            text = answer.read().decode("utf-8")
        assert "password" not in text and "<form" not in text, path
