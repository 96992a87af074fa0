"""Accounts, sign-in and sessions, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from otsu_maps import clock
from otsu_maps.access import passwords
from otsu_maps.access.provider import Told
from otsu_maps.errors import AccessRefused
from otsu_maps.ledger import accounts, rows, tables
from otsu_maps.ledger.store import Ledger

GOOD = "correct horse battery"
DESK = "192.0.2.7"


class Later:
    """A clock that tests move."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.moment)

    def by(self, **how_much: float) -> None:
        self.moment += timedelta(**how_much)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same code with little work: what is tested here is not the cost of a hash."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobody.cache_clear()


@pytest.fixture
def staffed(ledger: Ledger) -> Ledger:
    """An administrator and a reception desk."""
    accounts.add(ledger, "boss", "administrator", GOOD, actor="setup", display_name="情報課")
    accounts.add(ledger, "desk", "reception", GOOD, actor="setup", display_name="葛川支所 受付")
    return ledger


def reason(call: Callable[[], object]) -> str:
    with pytest.raises(AccessRefused) as refused:
        call()
    return str(refused.value.reason.code)


def seconds(call: Callable[[], object]) -> int:
    with pytest.raises(AccessRefused) as refused:
        call()
    assert refused.value.reason.code == "access_wait"
    return int(refused.value.reason.params["seconds"])


def fail(ledger: Ledger, times: int, name: str = "desk", address: str = DESK) -> None:
    for _ in range(times):
        assert reason(lambda: accounts.sign_in(ledger, name, "wrong", address)) == "access_wrong"


def changes(ledger: Ledger) -> list[tuple[str, str, str, str]]:
    """Account, change, role and actor of every event."""
    with ledger.reading() as connection:
        kind = tables.event.c.kind == "account_changed"
        events = rows.read(connection, kind, order_by=(tables.event.c.sequence,))
    return [(each.payload["account"], each.payload["change"], each.payload["role"], each.actor) for each in events]


def everything(ledger: Ledger) -> str:
    """Every cell of the database as text."""
    with ledger.reading() as connection:
        return "\n".join(
            str(tuple(row)) for table in tables.metadata.sorted_tables for row in connection.execute(sa.select(table))
        )


# accounts


def test_without_an_account_there_is_none_and_with_one_there_is(ledger: Ledger) -> None:
    assert not accounts.has_accounts(ledger)
    accounts.add(ledger, "boss", "administrator", GOOD, actor="setup")
    assert accounts.has_accounts(ledger)


def test_a_name_is_one_name_however_it_is_typed(staffed: Ledger) -> None:
    assert accounts.add(staffed, " ＰＬＡＮ ", "viewer", GOOD, actor="boss") == "plan"
    assert reason(lambda: accounts.add(staffed, "Plan", "viewer", GOOD, actor="boss")) == "access_name_taken"
    assert accounts.sign_in(staffed, "PLAN", GOOD, DESK)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 101, "a\x00b", "a\nb"])
def test_a_name_that_would_not_stand_in_events_is_refused(ledger: Ledger, name: str) -> None:
    assert reason(lambda: accounts.add(ledger, name, "viewer", GOOD, actor="boss")) == "access_bad_name"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("ninechars", "access_password_length"),
        ("x" * 201, "access_password_length"),
        ("Desk-Number-One", "access_password_guessable"),
        ("ababababab", "access_password_guessable"),
    ],
)
def test_a_weak_password_is_refused(ledger: Ledger, password: str, why: str) -> None:
    assert reason(lambda: accounts.add(ledger, "desk-number-one", "viewer", password, actor="boss")) == why
    assert accounts.listed(ledger) == []


def test_an_unknown_role_is_refused(staffed: Ledger) -> None:
    assert reason(lambda: accounts.add(staffed, "x", "root", GOOD, actor="boss")) == "access_bad_role"
    assert reason(lambda: accounts.change_role(staffed, "desk", "root", actor="boss")) == "access_bad_role"


def test_a_change_of_nobody_is_refused(staffed: Ledger) -> None:
    assert reason(lambda: accounts.change_role(staffed, "gone", "viewer", actor="boss")) == "access_no_account"
    assert reason(lambda: accounts.set_password(staffed, "gone", GOOD, actor="boss")) == "access_no_account"
    assert reason(lambda: accounts.set_active(staffed, "gone", False, actor="boss")) == "access_no_account"


def test_the_last_administrator_is_neither_disabled_nor_demoted(staffed: Ledger) -> None:
    assert reason(lambda: accounts.set_active(staffed, "boss", False, actor="boss")) == "access_last_administrator"
    assert reason(lambda: accounts.change_role(staffed, "boss", "viewer", actor="boss")) == "access_last_administrator"
    accounts.add(staffed, "second", "administrator", GOOD, actor="boss")
    accounts.set_active(staffed, "boss", False, actor="second")
    assert reason(lambda: accounts.change_role(staffed, "second", "viewer", actor="s")) == "access_last_administrator"


def test_every_change_is_an_event_with_who_did_it_and_no_secret(staffed: Ledger) -> None:
    accounts.change_role(staffed, "desk", "planner", actor="boss/山田")
    accounts.set_password(staffed, "desk", "another good one", actor="boss")
    accounts.set_active(staffed, "desk", False, actor="boss")
    accounts.set_active(staffed, "desk", True, actor="boss")
    assert changes(staffed) == [
        ("boss", "added", "administrator", "setup"),
        ("desk", "added", "reception", "setup"),
        ("desk", "role", "planner", "boss/山田"),
        ("desk", "password", "planner", "boss"),
        ("desk", "disabled", "planner", "boss"),
        ("desk", "enabled", "planner", "boss"),
    ]


def test_what_changes_nothing_is_no_event(staffed: Ledger) -> None:
    before = changes(staffed)
    accounts.change_role(staffed, "desk", "reception", actor="boss")
    accounts.set_active(staffed, "desk", True, actor="boss")
    assert changes(staffed) == before


def test_a_refused_change_leaves_neither_account_nor_event(staffed: Ledger) -> None:
    before = everything(staffed)
    reason(lambda: accounts.add(staffed, "desk", "viewer", GOOD, actor="boss"))
    reason(lambda: accounts.set_password(staffed, "desk", "short", actor="boss"))
    assert everything(staffed) == before


def test_neither_password_nor_token_nor_what_was_typed_wrongly_lies_in_the_database(staffed: Ledger) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    reason(lambda: accounts.sign_in(staffed, "my-password-in-the-wrong-field", "and twice wrong", DESK))
    held = everything(staffed)
    assert "$argon2id$" in held
    assert not any(secret in held for secret in (GOOD, token, "my-password-in-the-wrong-field", "and twice wrong"))


# sessions


def test_a_token_says_who_is_signed_in(staffed: Ledger) -> None:
    signed = accounts.who(staffed, accounts.sign_in(staffed, "desk", GOOD, DESK))
    assert signed
    assert (signed.name, signed.display_name, signed.role, signed.person) == (
        "desk",
        "葛川支所 受付",
        "reception",
        None,
    )
    assert signed.actor == "desk"


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --", "é" * 4000])
def test_a_made_up_token_is_nobody(staffed: Ledger, token: str) -> None:
    assert accounts.who(staffed, token) is None


def test_two_sign_ins_are_two_sessions_and_one_can_end_alone(staffed: Ledger) -> None:
    one, two = (accounts.sign_in(staffed, "desk", GOOD, DESK) for _ in range(2))
    accounts.sign_out(staffed, one)
    assert one != two
    assert accounts.who(staffed, one) is None
    assert accounts.who(staffed, two)


def test_at_a_shared_desk_the_person_changes_and_stands_in_events(staffed: Ledger) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    accounts.set_person(staffed, token, "  担当　二 ")
    signed = accounts.who(staffed, token)
    assert signed and signed.person == "担当 二" and signed.actor == "desk/担当 二"
    accounts.set_person(staffed, token, "")
    assert accounts.who(staffed, token).person is None  # type: ignore[union-attr]


def test_a_person_of_another_session_stays(staffed: Ledger) -> None:
    one, two = (accounts.sign_in(staffed, "desk", GOOD, DESK) for _ in range(2))
    accounts.set_person(staffed, one, "山田")
    assert accounts.who(staffed, two).person is None  # type: ignore[union-attr]


@pytest.mark.parametrize("person", ["x" * 61, "a\x00b"])
def test_a_person_that_is_no_name_is_refused(staffed: Ledger, person: str) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    assert reason(lambda: accounts.set_person(staffed, token, person)) == "access_bad_display_name"


def test_a_session_left_alone_ends(staffed: Ledger, later: Later, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTSU_SESSION_IDLE_MINUTES", "10")
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    later.by(minutes=9.9)
    assert accounts.who(staffed, token)
    later.by(minutes=9.9)
    assert accounts.who(staffed, token)
    later.by(minutes=10)
    assert accounts.who(staffed, token) is None


def test_what_refreshes_itself_keeps_nobody_signed_in(
    staffed: Ledger, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTSU_SESSION_IDLE_MINUTES", "10")
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    for _ in range(9):
        later.by(minutes=1)
        assert accounts.who(staffed, token, is_alive=False)
    later.by(minutes=1)
    assert accounts.who(staffed, token, is_alive=False) is None


def test_a_session_ends_after_its_hours_whatever_happens(staffed: Ledger, later: Later) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    for _ in range(11 * 2 + 1):
        later.by(minutes=30)
        assert accounts.who(staffed, token)
    later.by(minutes=30)
    assert accounts.who(staffed, token) is None


def test_a_sign_of_life_is_written_at_most_once_a_minute(staffed: Ledger, later: Later) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    later.by(seconds=59)
    before = everything(staffed)
    accounts.who(staffed, token)
    assert everything(staffed) == before
    later.by(seconds=2)
    accounts.who(staffed, token)
    assert everything(staffed) != before


def test_a_disabled_account_is_signed_out_at_once_and_stays_so_when_enabled(staffed: Ledger) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    accounts.set_active(staffed, "desk", False, actor="boss")
    assert accounts.who(staffed, token) is None
    assert reason(lambda: accounts.sign_in(staffed, "desk", GOOD, DESK)) == "access_wrong"
    accounts.set_active(staffed, "desk", True, actor="boss")
    assert accounts.who(staffed, token) is None
    assert accounts.sign_in(staffed, "desk", GOOD, DESK)


def test_an_account_that_came_disabled_out_of_a_backup_opens_no_session(staffed: Ledger) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    with staffed.writing() as connection:
        connection.execute(tables.account.update().values(is_active=False))
    assert accounts.who(staffed, token) is None


def test_a_password_that_changes_while_it_is_checked_lets_nobody_in(
    staffed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = passwords.is_right

    def slowly(kept: str | None, password: str) -> bool:
        found = check(kept, password)
        accounts.set_password(staffed, "desk", "another good one", actor="boss")
        return found

    monkeypatch.setattr(passwords, "is_right", slowly)
    assert reason(lambda: accounts.sign_in(staffed, "desk", GOOD, DESK)) == "access_wrong"


def test_a_changed_role_counts_at_once(staffed: Ledger) -> None:
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    accounts.change_role(staffed, "desk", "viewer", actor="boss")
    assert accounts.who(staffed, token).role == "viewer"  # type: ignore[union-attr]


def test_a_changed_password_ends_every_session_of_that_account_alone(staffed: Ledger) -> None:
    desk, boss = (accounts.sign_in(staffed, name, GOOD, DESK) for name in ("desk", "boss"))
    accounts.set_password(staffed, "desk", "another good one", actor="boss")
    assert accounts.who(staffed, desk) is None
    assert accounts.who(staffed, boss)
    assert reason(lambda: accounts.sign_in(staffed, "desk", GOOD, DESK)) == "access_wrong"
    assert accounts.sign_in(staffed, "desk", "another good one", DESK)


def test_rows_of_sessions_that_are_over_are_removed(staffed: Ledger, later: Later) -> None:
    for _ in range(3):
        accounts.sign_in(staffed, "desk", GOOD, DESK)
    later.by(hours=13)
    accounts.sign_in(staffed, "boss", GOOD, DESK)
    with staffed.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.session)).scalar_one() == 1


def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(
    staffed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=128, parallelism=1))
    token = accounts.sign_in(staffed, "desk", GOOD, DESK)
    with staffed.reading() as connection:
        query = sa.select(tables.account.c.password_hash).where(tables.account.c.name == "desk")
        assert "m=128,t=2" in connection.execute(query).scalar_one()
    assert accounts.who(staffed, token)
    assert accounts.sign_in(staffed, "desk", GOOD, DESK)


# throttling


def test_the_sixth_try_waits_and_the_refusal_never_tells_whether_the_name_exists(staffed: Ledger) -> None:
    for name in ("desk", "nobody-of-this-name"):
        fail(staffed, 5, name)
        assert 28 <= seconds(lambda name=name: accounts.sign_in(staffed, name, GOOD, DESK)) <= 30  # type: ignore[misc]


def test_the_wait_doubles_and_ends(staffed: Ledger, later: Later) -> None:
    fail(staffed, 5)
    waits = []
    for _ in range(4):
        waits.append(seconds(lambda: accounts.sign_in(staffed, "desk", GOOD, DESK)))
        later.by(seconds=waits[-1])
        fail(staffed, 1)
    assert waits == [30, 60, 120, 240]
    later.by(minutes=15)
    assert accounts.sign_in(staffed, "desk", GOOD, DESK)


def test_a_try_while_waiting_makes_the_wait_no_longer(staffed: Ledger, later: Later) -> None:
    fail(staffed, 5)
    for _ in range(20):
        seconds(lambda: accounts.sign_in(staffed, "desk", "wrong", DESK))
    later.by(seconds=31)
    assert accounts.sign_in(staffed, "desk", GOOD, DESK)


def test_another_desk_may_still_sign_in(staffed: Ledger) -> None:
    fail(staffed, 5)
    assert accounts.sign_in(staffed, "desk", GOOD, "192.0.2.8")
    assert accounts.sign_in(staffed, "boss", GOOD, DESK)


def test_one_address_that_tries_many_names_waits_for_all_of_them(staffed: Ledger) -> None:
    for number in range(20):
        fail(staffed, 1, f"guess-{number}")
    assert seconds(lambda: accounts.sign_in(staffed, "desk", GOOD, DESK))
    assert accounts.sign_in(staffed, "desk", GOOD, "192.0.2.8")


def test_a_good_sign_in_forgives_the_failures_of_this_desk(staffed: Ledger) -> None:
    fail(staffed, 4)
    accounts.sign_in(staffed, "desk", GOOD, DESK)
    fail(staffed, 5)
    assert seconds(lambda: accounts.sign_in(staffed, "desk", GOOD, DESK))


def test_failures_are_forgiven_after_a_while_and_removed(staffed: Ledger, later: Later) -> None:
    fail(staffed, 4)
    later.by(minutes=16)
    fail(staffed, 4)
    later.by(minutes=61)
    fail(staffed, 1)
    with staffed.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.attempt)).scalar_one() == 1


def test_the_wait_outlasts_a_restart_and_holds_for_every_process(staffed: Ledger) -> None:
    fail(staffed, 5)
    other = Ledger(staffed.url)
    assert seconds(lambda: accounts.sign_in(other, "desk", GOOD, DESK))
    other.close()


def test_many_tries_at_once_get_no_more_than_one_after_another(staffed: Ledger) -> None:
    def one(_: int) -> str:
        return reason(lambda: accounts.sign_in(staffed, "desk", "wrong", DESK))

    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(one, range(24)))
    assert found.count("access_wrong") == 5
    assert found.count("access_wait") == 19


# an identity provider


def told(name: str = "plan@city.example.jp", token: str = "oidc a", age: timedelta = timedelta(0)) -> Told:
    return Told(name, token, clock.now() - age)


@pytest.fixture
def with_provider(staffed: Ledger) -> Ledger:
    accounts.add(staffed, "plan@city.example.jp", "planner", None, actor="boss", display_name="計画担当")
    return staffed


def test_who_signed_in_at_the_provider_has_the_account_of_the_address(with_provider: Ledger) -> None:
    signed = accounts.who_told(with_provider, told())
    assert signed and (signed.name, signed.role) == ("plan@city.example.jp", "planner")


def test_an_address_without_an_account_is_refused(with_provider: Ledger) -> None:
    unknown = told("hanako@city.example.jp")
    assert reason(lambda: accounts.who_told(with_provider, unknown)) == "access_unknown_address"


def test_an_account_with_a_password_is_not_opened_by_the_provider(with_provider: Ledger) -> None:
    assert reason(lambda: accounts.who_told(with_provider, told("boss"))) == "access_unknown_address"


def test_an_account_of_the_provider_has_no_password_to_guess(with_provider: Ledger) -> None:
    for password in ("", "None", GOOD):
        call = lambda password=password: accounts.sign_in(with_provider, "plan@city.example.jp", password, DESK)  # noqa: E731
        assert reason(call) == "access_wrong"


def test_signed_out_here_is_out_even_where_the_providers_cookie_comes_back(with_provider: Ledger) -> None:
    mine = told()
    assert accounts.who_told(with_provider, mine)
    accounts.sign_out(with_provider, mine.token)
    assert accounts.who_told(with_provider, mine) is None
    assert accounts.who_told(with_provider, told(token="oidc b"))


def test_a_sign_in_at_the_provider_lasts_no_longer_than_any_other(with_provider: Ledger, later: Later) -> None:
    assert accounts.who_told(with_provider, told(age=timedelta(hours=13))) is None
    mine = told()
    assert accounts.who_told(with_provider, mine)
    later.by(hours=2)
    assert accounts.who_told(with_provider, mine) is None


def test_an_account_that_is_disabled_is_out_at_the_provider_too(with_provider: Ledger) -> None:
    mine = told()
    assert accounts.who_told(with_provider, mine)
    accounts.set_active(with_provider, "plan@city.example.jp", False, actor="boss")
    assert accounts.who_told(with_provider, mine) is None
    again = told(token="oidc b")
    assert reason(lambda: accounts.who_told(with_provider, again)) == "access_unknown_address"


# the ledger of the settings


def test_a_look_makes_no_ledger(data_dir: object) -> None:
    assert accounts.of_settings() is None
    assert not accounts.has_accounts(accounts.of_settings())
