"""`otsu-maps account`: the first administrator, and whatever else is done without a browser."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from otsu_maps.cli import main
from otsu_maps.commands import accounts as commands
from otsu_maps.ledger import accounts
from otsu_maps.ledger.store import open_ledger

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(data_dir: Path) -> None:
    """Every test here begins without a ledger."""


def typed(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> None:
    given = iter(passwords)
    monkeypatch.setattr(commands, "getpass", lambda _: next(given))


def add(monkeypatch: pytest.MonkeyPatch, name: str, role: str = "administrator", password: str = GOOD) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    return main(["account", "add", name, "--role", role, "--password-stdin"])


def held() -> dict[str, tuple[str, bool]]:
    return {row["name"]: (row["role"], row["is_active"]) for row in accounts.listed(open_ledger())}


def test_the_first_administrator_is_made_with_a_password_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, GOOD, GOOD)
    assert main(["account", "add", "Boss", "--role", "administrator", "--display-name", "情報課"]) == 0
    assert held() == {"boss": ("administrator", True)}
    assert accounts.sign_in(open_ledger(), "boss", GOOD, "here")


def test_two_different_passwords_make_no_account(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, GOOD, GOOD + "!")
    assert main(["account", "add", "boss", "--role", "administrator"]) == 2
    assert "2 回のパスワードが違います" in capsys.readouterr().err
    assert held() == {}


def test_a_weak_password_is_refused_with_a_sentence_that_does_not_repeat_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(monkeypatch, "boss", password="tiny") == 2
    told = capsys.readouterr()
    assert "10 文字以上" in told.err
    assert "tiny" not in told.err + told.out


def test_a_role_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["account", "add", "boss", "--role", "root"])
    assert "administrator" in capsys.readouterr().err


def test_role_password_and_state_can_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert add(monkeypatch, "boss") == add(monkeypatch, "desk", "reception") == 0
    assert main(["account", "role", "desk", "planner"]) == 0
    assert main(["account", "disable", "desk"]) == 0
    assert held()["desk"] == ("planner", False)
    assert main(["account", "enable", "desk"]) == 0
    typed(monkeypatch, "another good one", "another good one")
    assert main(["account", "password", "desk"]) == 0
    assert accounts.sign_in(open_ledger(), "desk", "another good one", "here")


@pytest.mark.parametrize("change", [["disable", "boss"], ["role", "boss", "viewer"]])
def test_the_last_administrator_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], change: list[str]
) -> None:
    add(monkeypatch, "boss")
    assert main(["account", *change]) == 2
    assert "最後の管理者" in capsys.readouterr().err


def test_somebody_of_the_identity_provider_has_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["account", "add", "plan@city.jp", "--role", "planner", "--single-sign-on"]) == 0
    assert [row["has_password"] for row in accounts.listed(open_ledger())] == [False]


def test_the_list_is_for_people_or_for_scripts_and_shows_no_hash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["account", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    add(monkeypatch, "boss")
    capsys.readouterr()
    assert main(["account", "list", "--json"]) == 0
    out = capsys.readouterr().out
    (row,) = json.loads(out)
    assert (row["name"], row["role"], row["is_active"]) == ("boss", "administrator", True)
    assert "argon2" not in out and "password_hash" not in row
    assert main(["account", "list"]) == 0
    assert "boss" in capsys.readouterr().err
