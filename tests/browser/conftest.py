"""One server on the demo and one Chromium for all browser tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from browser_server import ARGS, Watched, chromium, serving
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright


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


@pytest.fixture(scope="module")
def tabs(browser: Browser, server: str) -> Iterator[Callable[[int, int], Watched]]:
    """Gives one tab a size for all tests of a module: it keeps the scripts of the app."""
    contexts: list[BrowserContext] = []

    @cache
    def tab(width: int, height: int) -> Watched:
        view: ViewportSize = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=view, locale="ja-JP", color_scheme="light"))
        return Watched(contexts[-1].new_page(), server)

    yield tab
    for context in contexts:
        context.close()


@pytest.fixture(params=[(1400, 900), (390, 844)], ids=["desktop", "phone"])
def watched(request: pytest.FixtureRequest, tabs: Callable[[int, int], Watched]) -> Iterator[Watched]:
    """The app at desktop and at phone width."""
    tab = tabs(*request.param)
    yield tab
    if tab.page.url.startswith(tab.server):
        tab.page.evaluate("localStorage.clear()")  # the app keeps there whether its menu was open
