"""Role by page: what the menu hides, the page refuses as well. Nobody signed in sees nothing of the data."""

from __future__ import annotations

import ast
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from app_page import APP, opened, texts
from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest

from otsu_maps.access import passwords
from otsu_maps.access.roles import ACTIONS, FIRST_PAGE, PAGES, ROLES, may, may_open
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.accounts import Signed
from otsu_maps.ledger.store import Ledger, open_ledger
from otsu_maps.ui import access, data, frame

FILES = sorted(path.stem for path in (APP.parent / "pages").glob("*.py"))
GOOD = "correct horse battery"


@pytest.fixture
def snapshot(data_dir: Path, demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo in a folder of its own, and cheap hashes."""
    (data_dir / "snapshots").symlink_to(demo_folder / "snapshots")
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def ledger(snapshot: None) -> Ledger:
    """An account of every role, named as the role."""
    held = open_ledger()
    for role in ROLES:
        accounts.add(held, role, role, GOOD, actor="tests", display_name=f"試験 {role}")
    return held


@pytest.fixture
def as_role(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Sign in, as the cookie of a browser would say."""

    def sign_in(role: str) -> str:
        token = accounts.sign_in(ledger, role, GOOD, "desk")
        monkeypatch.setattr(access, "token", lambda: token)
        return token

    return sign_in


def shown(app: AppTest) -> str:
    """All that a person reads or could click."""
    return texts(app) + "\n".join(unescape(element.proto.body) for element in app.get("html"))


def in_menu(app: AppTest) -> set[str]:
    return {link.proto.page for link in app.sidebar.get("page_link")}


def in_app() -> set[str]:
    """Paths of the pages that app.py names."""
    return {path for path in PAGES if f'url_path="{path}"' in APP.read_text("utf-8")}


def is_without_data(app: AppTest) -> bool:
    kinds = ("dataframe", "deck_gl_json_chart", "table", "metric", "download_button", "caption", "page_link")
    return not any(len(app.get(kind)) for kind in kinds) and 'class="otsu-demo"' not in shown(app)


@pytest.mark.parametrize("page", FILES)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_opens_for_the_roles_that_may_and_is_refused_to_the_others(
    as_role: Callable[[str], str], role: str, page: str
) -> None:
    as_role(role)
    app = opened(page)
    assert not app.exception
    refusal = say("reason.access_page_not_allowed", "ja", role=say(f"role.{role}", "ja"))
    if may_open(role, page):
        assert refusal not in texts(app)
        assert app.title[0].value != say("access.page_refused", "ja")
        assert any("出典" in caption.value for caption in app.caption)
    else:
        assert app.title[0].value == say("access.page_refused", "ja")
        assert [error.value for error in app.error] == [refusal]
        assert not app.dataframe and not app.main.caption and not app.get("deck_gl_json_chart")


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_lists_exactly_the_pages_that_the_role_opens(as_role: Callable[[str], str], role: str) -> None:
    as_role(role)
    listed = {path or FIRST_PAGE for path in in_menu(opened("sources"))}
    assert listed == {path for path in in_app() if may_open(role, path)}
    assert ("accounts" in listed) == (role == "administrator")


@pytest.mark.parametrize("page", FILES)
def test_who_is_not_signed_in_sees_nothing_but_the_way_to_sign_in(ledger: Ledger, page: str) -> None:
    app = opened(page, district="D05") if page != "accounts" else opened(page)
    assert not app.exception
    assert is_without_data(app)
    assert say("access.sign_in_first", "ja") in texts(app)
    assert 'href="/sign-in?' in shown(app)


def test_the_way_to_sign_in_leads_back_to_the_same_page_with_its_choices(ledger: Ledger) -> None:
    app = opened("hazards", lang="en", hazard="flood")
    (body,) = (e.proto.body for e in app.get("html") if 'class="otsu-button"' in e.proto.body)
    href = body.partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    asked = parse_qs(urlsplit(href).query)
    assert asked["lang"] == ["en"]
    back = urlsplit(unquote(asked["next"][0]))
    assert back.path == "/hazards"
    assert parse_qs(back.query) == {"hazard": ["flood"], "lang": ["en"]}


@pytest.mark.parametrize("how", ["signed out", "disabled", "made up"])
def test_a_session_that_is_over_shows_nothing_and_says_so(
    ledger: Ledger, as_role: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    token = as_role("headquarters")
    app = opened("shelters")
    assert app.dataframe
    if how == "signed out":
        accounts.sign_out(ledger, token)
    elif how == "disabled":
        accounts.set_active(ledger, "headquarters", False, actor="tests")
    else:
        monkeypatch.setattr(access, "token", lambda: "made up")
    app.run()
    assert is_without_data(app)
    assert say("access.sign_in_again", "ja") in texts(app)


def test_a_role_that_changes_counts_at_the_next_click(ledger: Ledger, as_role: Callable[[str], str]) -> None:
    as_role("administrator")
    accounts.add(ledger, "second", "administrator", GOOD, actor="tests")
    app = opened("accounts")
    assert app.dataframe
    accounts.change_role(ledger, "administrator", "viewer", actor="tests")
    app.run()
    assert app.title[0].value == say("access.page_refused", "ja")
    assert "accounts" not in in_menu(app)


def test_the_sidebar_says_who_is_signed_in_in_which_role_and_who_sits_there(
    ledger: Ledger, as_role: Callable[[str], str]
) -> None:
    token = as_role("reception")
    accounts.set_person(ledger, token, "<b>山田")
    (desk,) = (e.proto.body for e in opened("events").sidebar.get("html") if 'class="otsu-desk"' in e.proto.body)
    assert "試験 reception" in desk and "役割：受付" in desk and "担当：&lt;b&gt;山田" in desk
    assert desk.count('method="post"') == 2
    assert 'action="/person"' in desk and 'action="/sign-out"' in desk and 'value="/events"' in desk


# without any account


def test_the_demo_opens_without_an_account_for_a_viewer_who_is_nobody(snapshot: None) -> None:
    app = opened("shelters")
    assert app.dataframe
    assert in_menu(app) == {path if path != FIRST_PAGE else "" for path in in_app() if may_open("viewer", path)}
    assert not any("otsu-desk" in e.proto.body for e in app.sidebar.get("html"))


def test_without_an_account_the_pages_of_administrators_stay_shut(snapshot: None) -> None:
    assert opened("accounts").title[0].value == say("access.page_refused", "ja")


@pytest.mark.parametrize("page", FILES)
def test_real_data_is_shown_to_nobody_before_there_are_accounts(
    snapshot: None, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    card = data.card
    monkeypatch.setattr(data, "card", lambda snapshot_id: {**card(snapshot_id), "is_demo": False})
    app = opened(page)
    assert is_without_data(app)
    assert [error.value for error in app.error] == [say("reason.access_real_without_accounts", "ja")]


def test_the_demo_without_accounts_is_not_shown_to_another_machine(
    snapshot: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "_is_here", lambda: False)
    app = opened("shelters")
    assert is_without_data(app)
    assert [error.value for error in app.error] == [say("reason.access_demo_elsewhere", "ja")]


def test_a_ledger_that_cannot_be_read_opens_no_page(ledger: Ledger, data_dir: Path) -> None:
    ledger.close()
    for part in data_dir.glob("ledger.sqlite*"):
        part.unlink()
    (data_dir / "ledger.sqlite").mkdir()
    app = opened("shelters")
    assert not app.exception
    assert is_without_data(app)
    assert app.error


# pieces


def piece(action: str) -> None:
    import streamlit

    from otsu_maps.ui import access as access_here

    signed = access_here.needs(action)
    streamlit.write(f"done by {signed.actor}")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_piece_of_a_page_runs_for_the_roles_that_may(
    monkeypatch: pytest.MonkeyPatch, role: str | None, action: str
) -> None:
    signed = Signed("1", "desk", "受付", role, "山田") if role else None
    monkeypatch.setattr(access, "current", lambda **_: signed)
    app = AppTest.from_function(piece, args=(action,), default_timeout=30).run()
    done = [element.value for element in app.markdown]
    assert done == (["done by desk/山田"] if may(role, action) else [])
    assert len(app.error) == (0 if may(role, action) else 1)
    assert access.may_do(action) == may(role, action)


def test_only_what_a_person_does_counts_as_a_sign_of_life(
    as_role: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_role("viewer")
    seen: list[bool] = []
    who = accounts.who

    def watched(ledger: Ledger, token: str, *, is_alive: bool = True) -> Signed | None:
        seen.append(is_alive)
        return who(ledger, token, is_alive=is_alive)

    monkeypatch.setattr(accounts, "who", watched)
    app = opened("sources")
    assert True in seen
    seen.clear()
    app.session_state[frame._BY_ITSELF] = True  # as the fragment sets it that looks for a new snapshot
    app.run()
    assert seen and True not in seen
    app.run()
    assert True in seen


def test_no_page_and_no_piece_signs_in_by_itself() -> None:
    """The one door is access.routes: nothing under ui/ or pages/ checks a password or makes a session."""
    for folder in ("otsu_maps/ui", "pages"):
        for path in (APP.parent / folder).glob("*.py"):
            names = {
                ast.unparse(n.func) for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)
            }
            assert not {name for name in names if name.endswith((".sign_in", ".is_right"))} - {"access.ask_to_sign_in"}
