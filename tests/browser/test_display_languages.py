"""The display in each language on the screens that hang in halls: all of it on the screen, none of it on the rest."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import looks
import pytest
import statuses
from browser_server import ROOT, free_port, wait_for
from playwright.sync_api import Browser, Page, expect

from otsu_maps import clock
from otsu_maps.display.rotation import groups
from otsu_maps.public import record, words
from otsu_maps.public.record import Status
from otsu_maps.public.words import tell

pytestmark = pytest.mark.browser

SIZES = {"full_hd": (1920, 1080), "4k": (3840, 2160)}
SCREEN, COVER = ".otsu-display", "#otsu-cover"
LANES = {"levels": 0, "places": 1, "map": 3, "avoid": 4}
"""The step of each view where ten places are offered."""

DEPARTURES = 5
"""That of the next departures on such a day."""

MATTERS = (
    ".places .name, .places .room, .places h2, .rung.on .word, .do, footer b, .clock, .band, "
    ".departures time, .departures .name, .departures .how, .departures h2"
)
READABLE, LEAST = 0.04, 0.03
"""Of the height of the screen. A picture of 55 inches is 0.68 m high: letters of 27 and of 20 mm. At 5 m a letter
needs a 250th of the way, 20 mm."""

SMALLEST = """([selectors, least]) => [...document.querySelectorAll(selectors)].filter(
  each => parseFloat(getComputedStyle(each).fontSize) < least * innerHeight - .01
).map(each => each.outerHTML.slice(0, 80))"""


class Turned:
    """A display of its own, and the screens that show it."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self.status, self.turn, self.port = folder / "status.json", folder / "turn.json", free_port()
        self.number = 0
        self.show(["ja"], 0)
        self.put(statuses.status())
        command = [sys.executable, str(Path(__file__).parent / "turned_display.py"), str(self.turn), "display"]
        self.process = subprocess.Popen(
            [*command, "--status", str(self.status), "--port", str(self.port)],
            cwd=ROOT,
            env=os.environ | {"OTSU_DATA_DIR": str(folder / "no_data")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{self.port}"
        wait_for(f"{address}/healthz", self.process)
        contexts = {
            name: browser.new_context(viewport={"width": w, "height": h}, reduced_motion="reduce")
            for name, (w, h) in SIZES.items()
        }
        self.screens: Mapping[str, Page] = {name: context.new_page() for name, context in contexts.items()}
        for page in self.screens.values():
            page.goto(address)
            page.locator(SCREEN).wait_for(timeout=60_000)

    def put(self, status: Status) -> None:
        fresh = self.status.with_suffix(".new")
        fresh.write_text(record.dump(status), "utf-8")
        fresh.replace(self.status)

    def show(self, langs: Sequence[str], step: int, limit_s: int = 60) -> None:
        """From now on these languages and this view."""
        self.number += 1
        told = {"name": self.number, "langs": langs, "step": step, "limit_s": limit_s}
        fresh = self.turn.with_suffix(".new")
        fresh.write_text(json.dumps(told), "utf-8")
        fresh.replace(self.turn)

    def see(self, langs: Sequence[str], step: int, part: str) -> dict[str, Any]:
        """What is wrong on each screen once it shows that view."""
        self.show(langs, step)
        found = {}
        for name, page in self.screens.items():
            page.locator(f"{SCREEN}.turn-{self.number} {part}").first.wait_for(timeout=60_000)
            found[name] = looks.faults(page, SCREEN, lies_on=True)
            if len(langs) == 1:
                found[name] |= {
                    kind: wrong
                    for kind, wrong in {
                        "far": page.evaluate(SMALLEST, [MATTERS, READABLE]),
                        "small": page.evaluate(looks.SMALL, [SCREEN, LEAST * SIZES[name][1]]),
                    }.items()
                    if wrong
                }
                assert page.locator(SCREEN).get_attribute("lang") == words.language(langs[0]).tag
        return {name: wrong for name, wrong in found.items() if wrong}

    def keep(self, name: str, *sizes: str) -> None:
        for size in sizes:
            looks.keep(self.screens[size], "display", name.replace("SIZE", size))


@pytest.fixture(scope="module")
def turned(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turned]:
    held = Turned(tmp_path_factory.mktemp("turned"), browser)
    yield held
    for page in held.screens.values():
        page.context.close()
    held.process.kill()
    held.process.wait(20)


def lasting(status: Status) -> Status:
    return status.model_copy(update={"valid_until": status.made_at + timedelta(minutes=30)})


def nowhere() -> Status:
    """A day on which no place is offered and the source of warnings is silent."""
    return statuses.unheard().model_copy(update={"places": (statuses.place(1, "closed", "unknown"),)})


def test_every_view_is_whole_and_large_enough_in_each_language(turned: Turned) -> None:
    turned.put(lasting(statuses.status()))
    wrong = {}
    for lang in words.CODES:
        for view, step in LANES.items():
            part = "section.chart" if view == "map" else f"section.{view}"
            wrong[lang, view] = turned.see([lang], step, part)
            turned.keep(f"{lang}-SIZE-{view}", *(SIZES if view == "places" else ["4k"]))
    assert {key: found for key, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("about", "status", "step", "part"),
    [
        ("drill", statuses.drill, 0, ".band"),
        ("life", statuses.worst, 1, "section.life"),
        ("nowhere", nowhere, 1, "section.life"),
        ("silence", statuses.unheard, 0, ".unheard"),
        ("quiet", statuses.quiet, 1, ".quiet"),
        ("transport", statuses.stopped, 5, "section.transport"),
        ("departures", statuses.leaving, DEPARTURES, "section.departures"),
    ],
)
def test_other_days_are_whole_in_each_language(turned: Turned, about: str, status: Any, step: int, part: str) -> None:
    turned.put(lasting(status()))
    wrong = {lang: turned.see([lang], step, part) for lang in words.CODES}
    turned.keep(f"{words.CODES[-1]}-SIZE-{about}", "4k")
    assert {lang: found for lang, found in wrong.items() if found} == {}


def test_all_languages_of_a_city_share_three_pictures(turned: Turned) -> None:
    turned.put(lasting(statuses.drill()))
    wrong = {}
    for langs in groups(words.CODES):
        for view, step in LANES.items():
            part = "section.chart" if view == "map" else f"section.{view}"
            wrong[langs, view] = turned.see(langs, step, part)
            turned.keep(f"{langs[0]}-and-others-SIZE-{view}", "4k")
    assert {key: found for key, found in wrong.items() if found} == {}


def test_the_next_departures_are_whole_in_a_drill_and_where_languages_share_a_picture(turned: Turned) -> None:
    turned.put(lasting(statuses.leaving(mode="drill", is_demo=True)))
    wrong = {}
    for langs in [*((lang,) for lang in words.CODES), *groups(words.CODES), *groups(words.CODES[:4])]:
        wrong[langs] = turned.see(langs, DEPARTURES, "section.departures li:nth-child(5)")
        turned.keep(f"{'-and-'.join(langs)}-SIZE-departures", "4k")
    assert {langs: found for langs, found in wrong.items() if found} == {}


def test_what_is_too_old_is_covered_in_each_language(turned: Turned) -> None:
    turned.put(statuses.status(clock.now() - timedelta(minutes=10)))
    wrong = {}
    for lang in words.CODES:
        wrong[lang] = turned.see([lang], 0, ".cover")
        for page in turned.screens.values():
            for key in ("page.expired_title", "display.old"):
                expect(page.locator(f"{SCREEN} .cover")).to_contain_text(_read(tell(key, lang)))
            assert "小学校" not in page.locator(SCREEN).inner_text()
        turned.keep(f"{lang}-SIZE-old", "4k")
    assert {lang: found for lang, found in wrong.items() if found} == {}


def test_a_killed_display_says_so_in_each_language(turned: Turned) -> None:
    turned.put(lasting(statuses.status()))
    turned.show(["ja"], 1, limit_s=2)
    page = turned.screens["4k"]
    page.locator(f"{SCREEN}.turn-{turned.number} .places").wait_for(timeout=60_000)
    time.sleep(1)
    turned.process.send_signal(signal.SIGKILL)
    turned.process.wait(20)
    for lang in words.CODES:
        cover = page.locator(f'{COVER}[lang="{words.language(lang).tag}"]').filter(has_text=tell("display.old", lang))
        cover.wait_for(timeout=60_000)
        said = cover.inner_text()
        assert tell("display.stopped", lang) in said
        assert looks.faults(page, COVER) == {} and page.evaluate(looks.COVERED, COVER) == []
        looks.keep(page, "display", f"{lang}-4k-killed")


def _read(text: str) -> re.Pattern[str]:
    """A sentence as the page has it: readings in brackets stand over their characters."""
    return re.compile(re.sub(r"（([\u3040-\u309f]+)）", r"\\s*\1\\s*", re.escape(text)))
