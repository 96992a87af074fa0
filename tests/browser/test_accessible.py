"""For everyone: axe-core finds nothing on public pages, nothing grave on staff pages; what it cannot see holds too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_server import Watched
from playwright.sync_api import Browser, Page, expect

from otsu_maps import clock, config
from otsu_maps.analysis.rules import Rules
from otsu_maps.analysis.situation import Situation
from otsu_maps.db.reader import Snapshot
from otsu_maps.public import here, register, status, words
from otsu_maps.public.site import Site

pytestmark = pytest.mark.browser

GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def folder(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every public file of the demo in all languages: an order at level 4 in one district, one at 5 in another."""
    city = replace(config.read_city("otsu"), public_languages=words.CODES[3:])
    with pytest.MonkeyPatch.context() as env:
        env.setenv("OTSU_DATA_DIR", str(demo_folder))
        with Snapshot.current() as snapshot:
            known = register.read(snapshot, city)
    first, second = (district.district_id for district in known.districts[:2])
    at = clock.now()
    orders = tuple(
        {"district_id": district, "level": level, "at": f"{at.isoformat(timespec='seconds')}Z"}
        for district, level in ((first, 4), (second, 5))
    )
    held = status.judged(known, Situation(at=at, is_heard=False, orders=orders), Rules.of(), city)
    near = here.around(known.starts, known.ground, held.situation, held.records, held.dangers, city.warning_areas)
    out = tmp_path_factory.mktemp("public")
    for name, content in Site(known, city, words.on(city)).files(status.status(known, held, city), near).items():
        (out / name).write_bytes(content)
    return out


@pytest.fixture(params=[(1280, 900), (360, 740)], ids=["desktop", "phone"])
def tab(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


def show(tab: Page, folder: Path, name: str) -> Page:
    tab.goto((folder / name).as_uri())
    expect(tab.locator("#page")).to_be_visible()
    return tab


def one_of_each(folder: Path) -> list[str]:
    """Every kind of page in Japanese, and in each other language the page of the city and of a station."""
    kinds = {"ja": ("district", "print", "here")}
    return [
        name
        for lang in words.CODES
        for name in (
            *(f"{lang}.html", f"here.{lang}.html"),
            *(min(path.name for path in folder.glob(f"{kind}-*.{lang}.html")) for kind in kinds.get(lang, ("here",))),
        )
    ]


def found(page: Page) -> list[dict[str, Any]]:
    return [
        {"rule": rule["id"], "impact": rule["impact"], "at": [node["html"][:120] for node in rule["nodes"][:3]]}
        for rule in Axe().run(page).response["violations"]
    ]


def test_axe_is_awake(tab: Page) -> None:
    tab.set_content('<html><title>x</title><p style="color:#aaa;background:#fff">pale</p><img src="data:,"></html>')
    assert {each["rule"] for each in found(tab)} >= {"image-alt", "color-contrast", "html-has-lang"}


def test_axe_finds_nothing_on_any_kind_of_public_page(tab: Page, folder: Path) -> None:
    said = {name: found(show(tab, folder, name)) for name in one_of_each(folder)}
    assert {name: each for name, each in said.items() if each} == {}


def test_axe_finds_nothing_on_the_cover_of_an_expired_page(tab: Page, folder: Path) -> None:
    tab.clock.install()
    show(tab, folder, "ja.html")
    tab.clock.fast_forward("10:00")
    expect(tab.locator("#cover")).to_be_visible()
    expect(tab.locator("#page")).to_be_hidden()
    grave = [each for each in found(tab) if each["impact"] in GRAVE]
    assert grave == []


OUTLINE = """() => ({
  lang: document.documentElement.lang, title: document.title,
  headings: [...document.querySelectorAll('#page h1, #page h2, #page h3, #page h4')].map(h => +h.tagName[1]),
  landmarks: ['header', 'main', 'nav'].map(name => document.querySelectorAll('#page ' + name).length),
  pictures: [...document.querySelectorAll('svg, img')].map(p => p.getAttribute('aria-label') || p.alt || ''),
  links: [...document.querySelectorAll('#page a')].map(a => a.textContent.trim()),
  ids: [...document.querySelectorAll('[id]')].map(e => e.id),
  small: [...document.querySelectorAll('#page *')].filter(e => e.children.length === 0 && e.textContent.trim())
    .filter(e => !e.closest('svg') && parseFloat(getComputedStyle(e).fontSize) < 14).length,
  wide: document.scrollingElement.scrollWidth > innerWidth + 1,
})"""


def test_every_page_has_its_outline(tab: Page, folder: Path) -> None:
    for name in one_of_each(folder):
        page = show(tab, folder, name).evaluate(OUTLINE)
        assert page["lang"] == words.language(name.split(".")[-2]).tag, name
        assert page["title"], name
        assert page["headings"][0] == 1 and page["headings"].count(1) == 1, name
        steps = zip(page["headings"], page["headings"][1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), (name, page["headings"])
        assert page["landmarks"][:2] == [1, 1] and page["landmarks"][2] >= 1, name
        assert all(page["pictures"]) and all(page["links"]), name
        assert len(page["ids"]) == len(set(page["ids"])), name
        assert (page["small"], page["wide"]) == (0, False), name


def test_the_keyboard_goes_through_a_page_in_the_order_of_its_words(tab: Page, folder: Path) -> None:
    page = show(tab, folder, "ja.html")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    expect(skip).to_have_text(words.tell("page.skip", "ja"))
    box = skip.bounding_box()
    assert box and box["x"] >= 0, "whoever tabs sees where they are"
    order = []
    for _ in range(12):
        order.append(page.evaluate("[...document.querySelectorAll('a')].indexOf(document.activeElement)"))
        page.keyboard.press("Tab")
    assert order == sorted(order) and -1 not in order
    style = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert float(style.removesuffix("px")) >= 2


def test_skipping_lands_at_the_places(tab: Page, folder: Path) -> None:
    for name in one_of_each(folder):
        page = show(tab, folder, name)
        target = page.locator("a.skip").get_attribute("href")
        assert target and page.locator(target).count() == 1, name


@pytest.mark.parametrize("path", ["/", "/hazards", "/sources"])
def test_axe_finds_nothing_grave_on_staff_pages(watched: Watched, path: str) -> None:
    page = watched.go(path)
    watched.settle()
    assert [each for each in found(page) if each["impact"] in GRAVE] == []
