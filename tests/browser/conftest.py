"""One server on the demo and one Chromium for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_server import ARGS, Watched, chromium, serving
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def server(demo_folder: Path) -> Iterator[str]:
    """Address of a staff server that shows the demo."""
    with serving(demo_folder) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        held = playwright.chromium.launch(executable_path=chromium(), args=ARGS)
        yield held
        held.close()


@pytest.fixture(params=[(1400, 900), (390, 844)], ids=["desktop", "phone"])
def watched(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Watched]:
    """The app at desktop and at phone width."""
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", color_scheme="light")
    yield Watched(context.new_page(), server)
    context.close()
