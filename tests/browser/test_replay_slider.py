"""The slider of the chronology in a browser: at each moment the page says what the ledger says of that moment."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from browser_server import GOOD, Server, Watched, signed_in
from playwright.sync_api import Browser, Locator, Page, expect

from otsu_maps import clock
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts, append, read
from otsu_maps.ledger.append import Draft
from otsu_maps.ledger.events import read_time
from otsu_maps.ledger.store import FILE, Ledger

pytestmark = pytest.mark.browser

INCIDENT = "drill-slider"


@pytest.fixture(scope="module")
def ledger(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """The demo with a drill of two hours: two shelters fill, one closes; the count of the first hour came late."""
    place = tmp_path_factory.mktemp("slider")
    shutil.copytree(demo_folder / "snapshots", place / "snapshots")
    held = Ledger(f"sqlite:///{place / FILE}")
    accounts.add(held, "hq", "headquarters", GOOD, actor="tests", display_name="本部")
    opened_at = clock.now().replace(second=0, microsecond=0) - timedelta(hours=2)
    about = {"name": "対応訓練", "snapshot_id": (place / "snapshots" / "CURRENT").read_text().strip(), "is_demo": True}
    with pytest.MonkeyPatch.context() as patched:

        def did(minute: int, kind: str, shelter: str | None = None, late: int = 0, **payload: object) -> None:
            """What happened in this minute, recorded so many minutes later."""
            at = opened_at + timedelta(minutes=minute)
            patched.setattr(clock, "now", lambda: at + timedelta(minutes=late))
            append.append_all(held, [Draft(kind, payload, INCIDENT, "drill", shelter, shelter, at)], "desk")

        did(0, "incident_opened", **about)
        for shelter in ("prov-1", "prov-2"):
            did(1, "shelter_created", shelter, name=f"自治会館{shelter[-1]}")
            did(5, "shelter_opened", shelter)
        did(30, "head_count", "prov-1", people=12, method="counted")
        did(60, "head_count", "prov-2", people=30, method="counted")
        did(70, "check_in", "prov-1", ref="aaaa", people=3)
        did(90, "head_count", "prov-1", late=25, people=55, method="counted")
        did(110, "shelter_closed", "prov-2")
    yield held
    held.close()


@pytest.fixture(scope="module")
def server(ledger: Ledger) -> Iterator[Server]:
    assert ledger.url.startswith("sqlite:///")
    held = Server(Path(ledger.url.removeprefix("sqlite:///")).parent)
    yield held
    held.kill()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The chronology on a desktop at headquarters."""
    with signed_in(browser, server.address, "hq", 1400, 1200) as held:
        yield opened(held)


def opened(held: Watched) -> Page:
    found = held.go(f"/replay?incident={INCIDENT}")
    expect(thumb(found)).to_be_visible(timeout=30_000)
    return found


def thumb(page: Page) -> Locator:
    return page.get_by_role("slider")


def moved(page: Page, by_minutes: int) -> datetime:
    """Move the slider by its keys, as a person does; the moment that it stands on then (naive UTC)."""
    thumb(page).focus()
    for _ in range(abs(by_minutes)):
        page.keyboard.press("ArrowLeft" if by_minutes < 0 else "ArrowRight")
    text = thumb(page).get_attribute("aria-valuetext") or ""
    return clock.from_shown(datetime.strptime(text, "%Y-%m-%d %H:%M"))  # noqa: DTZ007


def counts(ledger: Ledger, at: datetime, known_at: datetime | None) -> tuple[int, int | None]:
    """Open shelters and people in them, from the ledger alone."""
    shelters = read.state(ledger, INCIDENT, at, known_at)["shelters"].values()
    working = [each for each in shelters if each["status"] == "open"]
    counted = [each["head_count"]["people"] for each in working if each["head_count"]]
    return len(working), sum(counted) if counted else None


def shown(page: Page, at: datetime) -> None:
    """Wait until the page speaks of this moment."""
    expect(page.get_by_text(say("replay.at", "ja", at=clock.shown(at)))).to_be_visible(timeout=30_000)


def tile(page: Page, name: str) -> Locator:
    return page.locator(".otsu-tile", has_text=re.compile(f"^{re.escape(say(name, 'ja'))}")).locator("b")


def agree(page: Page, ledger: Ledger, at: datetime, known_at: datetime | None) -> tuple[int, int | None]:
    shown(page, at)
    is_open, people = expected = counts(ledger, at, known_at)
    expect(tile(page, "board.open")).to_have_text(str(is_open))
    expect(tile(page, "board.people")).to_have_text(say("app.unknown", "ja") if people is None else str(people))
    return expected


def test_each_moment_of_the_slider_shows_the_counts_of_that_moment(page: Page, ledger: Ledger) -> None:
    opened_at = read_time(read.incidents(ledger)[0]["opened_at"])
    at = moved(page, 0)
    seen = []
    for minute in (115, 100, 65, 35, 10, 35, 100):
        wanted = opened_at + timedelta(minutes=minute)
        at = moved(page, round((wanted - at).total_seconds() / 60))
        assert at == wanted
        seen.append(agree(page, ledger, at, None))
    assert seen == [(1, 55), (2, 85), (2, 42), (2, 12), (2, None), (2, 12), (2, 85)]


def test_as_it_was_known_then_leaves_out_what_was_recorded_later(page: Page, ledger: Ledger) -> None:
    opened_at = read_time(read.incidents(ledger)[0]["opened_at"])
    at = opened_at + timedelta(minutes=100)
    assert moved(page, round((at - moved(page, 0)).total_seconds() / 60)) == at
    assert agree(page, ledger, at, None) == (2, 85)
    known = page.get_by_text(say("replay.known", "ja"))
    known.click()
    expect(tile(page, "board.people")).to_have_text("42", timeout=30_000)
    assert agree(page, ledger, at, at) == (2, 42)
    assert moved(page, 16) == at + timedelta(minutes=16)
    assert agree(page, ledger, at + timedelta(minutes=16), at + timedelta(minutes=16)) == (1, 55)
    known.click()
    assert moved(page, -16) == at
    expect(tile(page, "board.people")).to_have_text("85", timeout=30_000)
    assert agree(page, ledger, at, None) == (2, 85)
