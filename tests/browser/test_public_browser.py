"""Public pages in a browser, straight from the folder: old ones cover themselves, all read without a script."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.append(str(Path(__file__).parents[1] / "analysis"))
sys.path.append(str(Path(__file__).parents[1] / "public"))

from small_city import CITY, register
from telling import RULES, START, row, shelter, situation

from otsu_maps.public import folder, page, status
from otsu_maps.public.site import Site
from otsu_maps.public.words import tell

MADE = START.replace(tzinfo=UTC)
WIDTHS = {"phone": 360, "tablet": 820, "desktop": 1280}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the public."""
    places = [
        row(f"p{n}", name_ja=f"大津市立第{n}小学校体育館", lon=135.82 + n / 200, needs_opening=None) for n in range(12)
    ]
    known = register(places)
    found = situation(shelters={place["place_id"]: shelter() for place in places[:6]})
    told = status.status(known, status.judged(known, found, RULES, CITY), CITY, "大雨")
    root = tmp_path_factory.mktemp("published")
    return folder.write(root, Site(known, CITY, ("ja", "ja-easy", "en"), "https://example.jp/").files(told, ())).folder


@pytest.fixture(params=WIDTHS.values(), ids=WIDTHS)
def reader(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page at some width; whatever it asks for that is no file of the folder fails the test."""
    context = browser.new_context(viewport={"width": request.param, "height": 740}, locale="ja-JP")
    outside: list[str] = []
    context.on(
        "request", lambda asked: outside.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
    )
    found = context.new_page()
    problems: list[str] = []
    found.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    found.on("pageerror", lambda error: problems.append(str(error)))
    yield found
    context.close()
    assert (outside, problems) == ([], [])


def address(published: Path, name: str) -> str:
    return (published / name).as_uri()


@pytest.mark.browser
def test_a_page_covers_itself_when_its_time_has_passed(reader: Page, published: Path) -> None:
    reader.clock.install(time=MADE)
    reader.goto(address(published, "ja.html"))
    expect(reader.locator("#page")).to_be_visible()
    expect(reader.locator("#cover")).to_be_hidden()
    reader.clock.run_for(178_000)
    expect(reader.locator("#cover")).to_be_hidden()
    reader.clock.run_for(3_000)
    expect(reader.get_by_role("alert")).to_contain_text(tell("page.expired_title", "ja"))
    expect(reader.locator("#page")).to_be_hidden()
    expect(reader.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "ja.html")


@pytest.mark.browser
def test_an_old_page_that_is_opened_is_covered_at_once(reader: Page, published: Path) -> None:
    reader.clock.install(time=MADE + timedelta(hours=2))
    for name in ("index.html", page.name("en", "D1"), page.name("ja", "D1", "print"), "here.ja.html"):
        reader.goto(address(published, name))
        expect(reader.locator("#cover")).to_be_visible()
        expect(reader.locator("#page")).to_be_hidden()


@pytest.mark.browser
def test_a_clock_that_is_slow_does_not_keep_a_page_for_ever(reader: Page, published: Path) -> None:
    reader.clock.install(time=MADE - timedelta(days=400))
    reader.goto(address(published, "ja.html"))
    expect(reader.locator("#cover")).to_be_hidden()
    reader.clock.run_for(181_000)
    expect(reader.locator("#cover")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("kind", ["city", "district", "print", "here"])
def test_a_page_fits_its_screen_and_is_read_from_its_top(reader: Page, published: Path, kind: str) -> None:
    reader.clock.install(time=MADE)
    files = {"city": "ja.html", "here": "here.ja.html"}
    reader.goto(address(published, files.get(kind) or page.name("ja", "D1", kind)))
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(reader.get_by_role("heading", level=1)).to_be_in_viewport()
    expect(reader.get_by_text("09:03 まで有効").first).to_be_in_viewport()


@pytest.mark.browser
def test_everything_reads_without_a_script(browser: Browser, published: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    reader = context.new_page()
    reader.goto(address(published, "ja.html"))
    expect(reader.locator("#cover")).to_be_hidden()
    expect(reader.get_by_text("避難できる場所 6 か所")).to_be_visible()
    reader.get_by_role("link", name="D1学区").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("D1学区")
    expect(reader.locator("li.offered")).to_have_count(6)
    expect(reader.get_by_role("img")).to_be_visible()
    reader.get_by_role("link", name="English").click()
    expect(reader.locator("html")).to_have_attribute("lang", "en")
    expect(reader.get_by_role("heading", name="Where to go")).to_be_visible()
    context.close()


@pytest.mark.browser
def test_the_first_thing_that_the_keyboard_reaches_leads_to_the_places(reader: Page, published: Path) -> None:
    reader.clock.install(time=MADE)
    reader.goto(address(published, "ja.html"))
    reader.keyboard.press("Tab")
    expect(reader.get_by_role("link", name=tell("page.skip", "ja"))).to_be_focused()
    expect(reader.get_by_role("link", name=tell("page.skip", "ja"))).to_be_in_viewport()
    reader.keyboard.press("Enter")
    expect(reader.locator("#places")).to_be_in_viewport()


@pytest.mark.browser
def test_a_sheet_of_a_district_is_one_page_of_a4(browser: Browser, published: Path) -> None:
    context = browser.new_context()
    reader = context.new_page()
    reader.clock.install(time=MADE)
    reader.goto(address(published, page.name("ja", "D1", "print")))
    printed = reader.pdf(format="A4", print_background=True)
    assert printed.count(b"/Type /Page\n") == 1
    context.close()
