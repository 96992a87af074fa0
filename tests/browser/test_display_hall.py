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
from browser_server import ROOT, Watched, free_port, wait_for, wait_until
from playwright.sync_api import Browser, Page, expect

from otsu_maps import clock
from otsu_maps.display.rotation import MOST_GROUPS, SLOT_S
from otsu_maps.public import record
from otsu_maps.public.record import Status
from otsu_maps.public.words import tell

pytestmark = pytest.mark.browser

COVER = "#otsu-cover"
SCREENS = {"full_hd": (1920, 1080), "4k": (3840, 2160), "tablet": (820, 1180), "phone": (390, 844)}
LARGE = ("full_hd", "4k")
VIEWS = ("levels", "places", "chart", "avoid")
QUICK = str(Path(__file__).parent / "quick_display.py")

LOOKS = """() => {
  window.seen = {};
  const outside = each => {
    const box = each.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
  };
  const all = selectors => [...document.querySelectorAll(selectors)];
  const look = () => {
    const [view, clock] = ['section', '.clock'].map(each => document.querySelector(`.otsu-display ${each}`));
    if (!view?.checkVisibility() || all('.chart img').some(each => !each.complete)) return;
    window.seen[view.className] = {
      clock: !!clock?.checkVisibility(),
      pictures: all('.chart img').map(each => each.naturalWidth),
      outside: all('.otsu-display *').filter(outside).map(each => each.outerHTML.slice(0, 120)),
      smallest: Math.min(...all('.places .name, .places .room, .places h2, footer b, .clock').map(
        each => parseFloat(getComputedStyle(each).fontSize) / innerHeight)),
    };
  };
  setInterval(look, 100);
}"""
"""Notes each view that comes up, as it stands there: no view waits until it has been looked at."""

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
        self.program = [QUICK] if is_quick else ["-m", "otsu_maps.cli"]
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


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A display with shorter turns, where a test is not about their length."""
    held = Hall(tmp_path_factory.mktemp("quick"), is_quick=True)
    held.put(lasting(statuses.status()))
    held.start()
    yield held
    held.kill()


@pytest.fixture
def hall(quick: Hall) -> Hall:
    """It, alive and on an ordinary day again."""
    quick.put(lasting(statuses.status()))
    if quick.process.poll() is not None:
        quick.start()
    return quick


@pytest.fixture(scope="module", autouse=True)
def as_it_is(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A screen of a display with its own turns that writes down each title as it comes up, while other tests go on."""
    held = Hall(tmp_path_factory.mktemp("as_it_is"), is_quick=False)
    held.put(lasting(statuses.status()))
    held.start()
    page = screen(browser, held, SCREENS["full_hd"]).page
    page.evaluate(NOTED)
    yield page
    page.context.close()
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


def test_each_language_is_back_within_twenty_seconds(as_it_is: Page) -> None:
    begins = "[...Map.groupBy(window.noted.slice(1), each => each.title).values()].map(each => each.length)"
    wait_until(as_it_is, f"(f => f.length === 3 && f.every(n => n > 1))({begins})", seconds=3 * SLOT_S * MOST_GROUPS)
    noted = as_it_is.evaluate("window.noted")
    titles = {each["title"] for each in noted}
    assert len(titles) == 3 and any("Otsu" in title for title in titles)
    for title in titles:
        times = [each["at"] for each in noted[1:] if each["title"] == title]
        assert len(times) >= 2
        assert all(later - sooner <= 20_000 for sooner, later in pairwise(times))


def test_every_view_comes_up_fits_the_screen_and_asks_nobody_else(browser: Browser, hall: Hall) -> None:
    screens = {name: screen(browser, hall, size) for name, size in SCREENS.items()}
    for held in screens.values():
        held.page.evaluate(LOOKS)
    for name, held in screens.items():
        wait_until(held.page, "views => views.every(each => each in window.seen)", VIEWS)
        seen = held.page.evaluate("window.seen")
        assert all(each["clock"] for each in seen.values()), name
        assert len(seen["chart"]["pictures"]) == 1 and seen["chart"]["pictures"][0] > 0, name
        if name in LARGE:
            assert {view: each["outside"] for view, each in seen.items() if each["outside"]} == {}, name
            assert seen["places"]["smallest"] >= 0.04, name
        assert held.outside == [], name
    for held in screens.values():
        held.page.context.close()


def test_no_page_of_the_staff_lies_on_it(hall: Hall) -> None:
    for path in ("/sign-in", "/board", "/desk", "/print/handover", "/accounts"):
        with urlopen(hall.address + path, timeout=10) as answer:
            text = answer.read().decode("utf-8")
        assert "password" not in text and "<form" not in text, path
