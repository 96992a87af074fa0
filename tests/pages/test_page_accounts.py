"""The accounts page: an administrator adds and changes accounts, and every refusal is a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from app_page import opened, texts
from argon2 import PasswordHasher
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from otsu_maps.access import passwords
from otsu_maps.errors import AccessRefused
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import Ledger, open_ledger
from otsu_maps.ui import access

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def _as_on_a_server_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest forgets before each run that app.py names the pages, and would lose a click; a server does not."""
    begin = PagesManager.__init__

    def later(self: PagesManager, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", later)


@pytest.fixture
def ledger(data_dir: Path, demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Signed in as the only administrator; a reception desk beside it."""
    (data_dir / "snapshots").symlink_to(demo_folder / "snapshots")
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    held = open_ledger()
    accounts.add(held, "boss", "administrator", GOOD, actor="tests", display_name="情報課")
    accounts.add(held, "desk", "reception", GOOD, actor="tests", display_name="葛川支所 受付")
    token = accounts.sign_in(held, "boss", GOOD, "here")
    monkeypatch.setattr(access, "token", lambda: token)
    return held


def field(app: AppTest, label: str, which: int = 0) -> object:
    return [box for box in app.text_input if box.label == say(f"accounts.{label}", "ja")][which]


def fill(app: AppTest, name: str, password: str = GOOD, again: str = GOOD) -> None:
    field(app, "name").set_value(name)  # type: ignore[attr-defined]
    field(app, "display_name").set_value("南支所")  # type: ignore[attr-defined]
    field(app, "password").set_value(password)  # type: ignore[attr-defined]
    field(app, "again").set_value(again)  # type: ignore[attr-defined]
    app.radio[0].set_value("planner")


def press(app: AppTest, label: str) -> AppTest:
    (button,) = (button for button in app.button if button.label == say(f"accounts.{label}", "ja"))
    return button.click().run()


def choose(app: AppTest, name: str) -> AppTest:
    app.selectbox[0].set_value(name)
    return app.run()


def held(ledger: Ledger) -> dict[str, tuple[str, bool]]:
    return {row["name"]: (row["role"], row["is_active"]) for row in accounts.listed(ledger)}


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_lists_every_account_and_no_hash(ledger: Ledger, lang: str) -> None:
    app = opened("accounts", lang=lang)
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table[say("accounts.name", lang)]) == ["boss", "desk"]
    assert list(table[say("accounts.role", lang)]) == [say("role.administrator", lang), say("role.reception", lang)]
    assert "argon2" not in table.to_string()


def test_an_account_is_added_and_can_sign_in(ledger: Ledger) -> None:
    app = opened("accounts")
    fill(app, "Minami")
    press(app, "add_now")
    assert [told.value for told in app.success] == [say("accounts.added", "ja", name="minami")]
    assert held(ledger)["minami"] == ("planner", True)
    assert accounts.sign_in(ledger, "minami", GOOD, "there")
    assert field(app, "name").value == "" and field(app, "password").value == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "password", "again", "code"),
    [
        ("desk", GOOD, GOOD, "access_name_taken"),
        ("minami", "short", "short", "access_password_length"),
        ("minami", GOOD, GOOD + "!", "access_password_mismatch"),
        ("a b", GOOD, GOOD, "access_bad_name"),
    ],
)
def test_what_cannot_be_added_is_a_sentence_and_the_name_stays(
    ledger: Ledger, name: str, password: str, again: str, code: str
) -> None:
    app = opened("accounts")
    fill(app, name, password, again)
    press(app, "add_now")
    about = {"name": name, "shortest": passwords.SHORTEST, "longest": passwords.LONGEST}
    assert [error.value for error in app.error] == [say(f"reason.{code}", "ja", **about)]
    assert field(app, "name").value == name  # type: ignore[attr-defined]
    assert set(held(ledger)) == {"boss", "desk"}


def test_an_account_of_the_identity_provider_has_no_password(ledger: Ledger) -> None:
    app = opened("accounts")
    fill(app, "plan@city.jp", "", "")
    app.checkbox[0].check()
    press(app, "add_now")
    table = app.dataframe[0].value
    ways = dict(zip(table[say("accounts.name", "ja")], table[say("accounts.signs_in_by", "ja")], strict=True))
    assert ways["plan@city.jp"] == say("accounts.by_provider", "ja")


def test_the_role_of_an_account_changes(ledger: Ledger) -> None:
    app = choose(opened("accounts"), "desk")
    app.selectbox[1].set_value("headquarters")
    app.run()
    press(app, "set_role")
    assert held(ledger)["desk"] == ("headquarters", True)
    assert "本部" in app.success[0].value


def test_a_new_password_counts_and_the_old_one_does_not(ledger: Ledger) -> None:
    app = choose(opened("accounts"), "desk")
    field(app, "password", 1).set_value("another good one")  # type: ignore[attr-defined]
    field(app, "again", 1).set_value("another good one")  # type: ignore[attr-defined]
    press(app, "set_password")
    assert accounts.sign_in(ledger, "desk", "another good one", "there")
    with pytest.raises(AccessRefused):
        accounts.sign_in(ledger, "desk", GOOD, "there")


def test_an_account_is_disabled_and_enabled_again(ledger: Ledger) -> None:
    app = press(choose(opened("accounts"), "desk"), "disable")
    assert held(ledger)["desk"] == ("reception", False)
    assert say("accounts.inactive", "ja") in app.dataframe[0].value.to_string()
    press(choose(app, "desk"), "enable")
    assert held(ledger)["desk"] == ("reception", True)


def test_the_last_administrator_cannot_shut_the_door_behind(ledger: Ledger) -> None:
    app = press(choose(opened("accounts"), "boss"), "disable")
    assert [error.value for error in app.error] == [say("reason.access_last_administrator", "ja", name="boss")]
    assert held(ledger)["boss"] == ("administrator", True)


def test_the_record_names_who_did_it(ledger: Ledger) -> None:
    press(choose(opened("accounts"), "desk"), "disable")
    with ledger.reading() as connection:
        table = accounts.tables.event
        last = connection.execute(table.select().order_by(table.c.sequence.desc())).mappings().first()
    assert last and last["actor"] == "boss" and '"disabled"' in last["payload"]


def test_who_is_no_administrator_any_more_changes_nothing(ledger: Ledger) -> None:
    app = choose(opened("accounts"), "desk")
    accounts.add(ledger, "second", "administrator", GOOD, actor="tests")
    accounts.change_role(ledger, "boss", "viewer", actor="second")
    press(app, "disable")
    assert held(ledger)["desk"] == ("reception", True)
    assert say("access.page_refused", "ja") in texts(app)
