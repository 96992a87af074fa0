"""Every public page in each language, on a phone and on a 4K screen: nothing cut, pale or untranslated."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import looks
import pytest
from PIL import Image
from playwright.sync_api import Browser, Error, Page

sys.path.append(str(Path(__file__).parents[1] / "analysis"))

from telling import RULES, SOUTH, START, at, declared, shelter, situation, warned, warning

from otsu_maps import config
from otsu_maps.analysis.situation import Situation
from otsu_maps.db.reader import Snapshot
from otsu_maps.models import HAZARDS
from otsu_maps.public import folder, here, landmark, page, register, status, words
from otsu_maps.public.record import Status
from otsu_maps.public.site import Site
from otsu_maps.public.words import tell

pytestmark = pytest.mark.browser

SIZES = {"phone": (390, 844), "4k": (3840, 2160)}
STATES = ("normal", "drill", "empty")
MADE = START.replace(tzinfo=UTC) + timedelta(minutes=5)


@pytest.fixture(scope="module")
def published(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of the demo's city in all languages by state: `normal` as if it were real, `drill`, `empty`."""
    city = config.city()
    with pytest.MonkeyPatch.context() as env:
        env.setenv("OTSU_DATA_DIR", str(demo_folder))
        with Snapshot.current() as snapshot:
            drawn = register.read(snapshot, city)
    real = replace(drawn, is_demo=False)
    busy = _busy([row["place_id"] for row in drawn.places])
    everything = situation(*(declared(5, hazard) for hazard in HAZARDS), is_heard=False)
    silent = replace(everything, heard_at=everything.at - timedelta(minutes=40))
    worlds = {
        "normal": (real, busy),
        "drill": (drawn, replace(busy, mode="drill")),
        "empty": (real, silent),
    }
    return {
        name: _write(tmp_path_factory.mktemp(name), known, found, "台風10号" if name != "empty" else None)
        for name, (known, found) in worlds.items()
    }


def _busy(place_ids: list[str]) -> Situation:
    """Heavy rain: a level 4 in the south, an order, shelters with room, full, closed, and of which nobody knows."""
    head = {"people": 340, "at": at(3), "method": "head_count"}
    states = [{}, {}, {"status": "closed"}, {"damage": {"level": "heavy", "at": at(2)}}, {"head_count": head}]
    shelters = {each: shelter(**states[number % len(states)]) for number, each in enumerate(place_ids) if number % 3}
    order = {"district_id": "D16", "level": 4, "at": at(4)}
    heard = (warned(1, "a", SOUTH, warning("33", 4, "landslide")), declared(5, "flood"))
    return situation(*heard, shelters=shelters, orders=(order,), heard_at=START)


def _write(root: Path, known: register.Register, found: Situation, incident: str | None) -> Path:
    city = config.city()
    judged = status.judged(known, found, RULES, city)
    told = status.status(known, judged, city, incident)
    about = (known.ground, found, judged.records, judged.dangers, city.warning_areas)
    near = here.around(known.starts, *about)
    marks = landmark.sheets(known.landmarks, here.around([each.start for each in known.landmarks], *about))
    site = Site(known, city, words.CODES, "https://www.example.jp/bousai/")
    return folder.write(root, site.files(told, near, marks=marks)).folder


def files(published: Path, lang: str) -> dict[str, Path]:
    """A page of each kind."""
    told = _told(published)
    district = next((each.district_id for each in told.places if each.state == "offered"), None) or "D16"
    stations = sorted(published.glob(f"here-*.{lang}.html"), key=lambda path: -path.stat().st_size)
    names = {
        "city": page.name(lang),
        "district": page.name(lang, district),
        "print": page.name(lang, district, "print"),
        "stations": here.name(lang),
    }
    marks = sorted(published.glob(f"landmarks-*.{lang}.html"), key=lambda path: -path.stat().st_size)
    return {kind: published / name for kind, name in names.items()} | {"station": stations[0], "landmarks": marks[0]}


def _told(published: Path) -> Status:
    return Status.model_validate_json((published / "status.json").read_bytes())


@pytest.fixture(scope="module")
def screens(browser: Browser) -> Iterator[Mapping[str, Page]]:
    """One page a size."""
    contexts = {name: browser.new_context(viewport={"width": w, "height": h}) for name, (w, h) in SIZES.items()}
    found = {name: context.new_page() for name, context in contexts.items()}
    for each in found.values():
        each.clock.set_fixed_time(MADE)
    yield found
    for context in contexts.values():
        context.close()


def is_looked_at(state: str, kind: str, size: str) -> bool:
    """Every page on a phone, and the city's page, which has all the pieces, in every state and on a large screen."""
    if size == "4k":
        return (kind, state) == ("city", "normal")
    return kind == "city" or state == "normal"


@pytest.mark.parametrize("lang", words.CODES)
def test_every_page_reads_in_its_language_on_a_phone_and_on_a_large_screen(
    published: dict[str, Path], screens: Mapping[str, Page], lang: str
) -> None:
    wrong = {}
    for state in STATES:
        for kind, path in files(published[state], lang).items():
            for size, screen in screens.items():
                if not is_looked_at(state, kind, size):
                    continue
                screen.goto(path.as_uri())
                screen.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
                assert screen.evaluate("document.documentElement.lang") == words.language(lang).tag
                assert screen.locator("#page").is_visible() and screen.locator("#cover").is_hidden()
                if found := looks.faults(screen, "#page"):
                    wrong[f"{state} {kind} {size}"] = found
                looks.keep(screen, "public", f"{lang}-{size}-{kind}-{state}", full=size == "phone")
    assert wrong == {}


@pytest.mark.parametrize("lang", words.CODES)
def test_a_page_whose_time_has_passed_is_covered_in_its_language(
    published: dict[str, Path], screens: Mapping[str, Page], lang: str
) -> None:
    for size, screen in screens.items():
        screen.clock.set_fixed_time(MADE + timedelta(hours=1))
        for kind, path in files(published["normal"], lang).items():
            if not is_looked_at("normal", kind, size):
                continue
            screen.goto(path.as_uri())
            cover = screen.locator("#cover")
            for key in ("expired_title", "expired", "reload", "clock"):
                assert tell(f"page.{key}", lang) in cover.inner_text(), (kind, key)
            assert screen.evaluate(looks.COVERED, "#cover") == [], (kind, size)
            assert looks.faults(screen, "#cover") == {}, (kind, size)
        looks.keep(screen, "public", f"{lang}-{size}-expired")
        screen.clock.set_fixed_time(MADE)


def test_what_is_measured_is_found(screens: Mapping[str, Page]) -> None:
    """A measure that finds nothing in a bad page would find nothing anywhere."""
    screen = screens["phone"]
    screen.set_content(
        '<html lang="en"><body><div id="page"><p style="width:60px;overflow:hidden;white-space:nowrap">cut off here</p>'
        '<p style="color:#bbb">pale</p><p>page.title</p><a>feed.atom</a><p>at {time}</p><p>ひらがな</p>'
        '<p style="font-size:8px">tiny</p><p style="width:900px">wide</p></div>'
        '<div id="cover" style="position:fixed;inset:0 50% 0 0"></div></body></html>'
    )
    found = looks.faults(screen, "#page")
    assert found["cut"] == ["cut off here"] and found["pale"] == ["pale"] and found["wide"]
    assert found["unsaid"] == ["page.title", "at {time}"] and found["kana"] == ["ひらがな"]
    assert screen.evaluate(looks.SMALL, ["#page", 12]) == ["8.0 tiny"]
    assert screen.evaluate(looks.COVERED, "#cover") != []
    screen.set_content('<div id="page"><div style="opacity:.3"><p>faded</p></div></div>')
    assert looks.faults(screen, "#page") == {"pale": ["faded"]}
    screen.set_content(
        '<section id="page"><p style="margin:0">under</p><p style="margin:-1em 0 0">over</p>'
        '<ul><li style="height:10px"><p>out</p></li></ul></section>'
    )
    assert {"over | under", "out of its line: out"} <= set(screen.evaluate(looks.OVERLAPS, "#page"))


def test_the_picture_of_a_long_page_holds_all_of_it_and_one_that_is_refused_is_told_of(
    screens: Mapping[str, Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCREENSHOTS", str(tmp_path))
    screen = screens["phone"]
    screen.set_content(
        '<body style="margin:0;background:#00f"><p style="margin:9900px 0 0;height:100px;background:#0f0">'
    )
    looks.keep(screen, "room", "long", full=True)
    kept = Image.open(tmp_path / "room" / "long.jpg")
    blue, green = (0, 0, 255), (0, 255, 0)
    assert kept.size == (390, 10_000)
    for high, colour in ((50, blue), (8_300, blue), (9_850, blue), (9_950, green)):
        assert max(abs(a - b) for a, b in zip(kept.getpixel((9, high)), colour, strict=True)) < 10, high

    def refuse(**_: object) -> bytes:
        raise Error("Unable to capture screenshot")

    monkeypatch.setattr(screen, "screenshot", refuse)
    with pytest.warns(UserWarning, match=r"long.jpg: Unable to capture"):
        looks.keep(screen, "room", "long")
    assert not list((tmp_path / "room").iterdir())
