"""The small rules of access: passwords, waits, names, ways back, this machine, what a provider says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters

from otsu_maps import clock
from otsu_maps.access import passwords, throttle
from otsu_maps.access.names import account_name, own_path, shown_name
from otsu_maps.access.provider import told
from otsu_maps.access.visitor import is_loopback

NOW = clock.now()


def test_a_password_is_kept_as_argon2id_with_its_own_salt() -> None:
    one, two = passwords.hash_of("correct horse battery"), passwords.hash_of("correct horse battery")
    assert one != two
    assert one.startswith("$argon2id$")
    assert extract_parameters(one).memory_cost >= 19 * 1024  # OWASP's least
    assert passwords.is_right(one, "correct horse battery")
    assert not passwords.is_right(one, "Correct horse battery")


def test_two_spellings_of_one_character_are_one_password() -> None:
    one_key, two_keys = "\u304c" * 10, "\u304b\u3099" * 10
    assert one_key != two_keys
    assert passwords.is_right(passwords.hash_of(one_key), two_keys)


def test_an_account_that_is_not_there_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Counting(PasswordHasher):
        def verify(self, *given: object) -> bool:  # type: ignore[override]
            seen.append(extract_parameters(str(given[0])))
            return super().verify(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(passwords, "_hasher", Counting(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobody.cache_clear()
    kept = passwords.hash_of("correct horse battery")
    assert not passwords.is_right(None, "correct horse battery")
    assert not passwords.is_right(kept, "wrong")
    assert seen[0] == seen[1]
    passwords._nobody.cache_clear()


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$broken"])
def test_a_damaged_hash_lets_nobody_in(kept: str) -> None:
    assert not passwords.is_right(kept, "correct horse battery")


def test_a_password_of_a_megabyte_is_refused_without_hashing_all_of_it() -> None:
    kept = passwords.hash_of("x" * 200)
    assert passwords.is_right(kept, "x" * 200)
    assert not passwords.is_right(kept, "x" * 1_000_000)


@pytest.mark.parametrize(
    ("count", "free", "seconds"),
    [(4, 5, 0), (5, 5, 30), (6, 5, 60), (9, 5, 480), (10, 5, 900), (99, 5, 900), (19, 20, 0)],
)
def test_the_wait_after_so_many_failures(count: int, free: int, seconds: int) -> None:
    assert throttle.wait([NOW] * count, free, NOW) == timedelta(seconds=seconds)


def test_old_failures_and_those_of_a_clock_that_was_ahead_do_not_count() -> None:
    old, ahead = NOW - timedelta(minutes=15), NOW + timedelta(hours=1)
    assert throttle.wait([old, ahead] * 10, 5, NOW) == timedelta(0)


@pytest.mark.parametrize(
    ("typed", "name"),
    [(" Ｐｌａｎ ", "plan"), ("受付１", "受付1"), ("A.B@City.jp", "a.b@city.jp"), ("a b", None), ("a/b", None)],
)
def test_the_spelling_of_an_account(typed: str, name: str | None) -> None:
    assert account_name(typed) == name


def test_a_name_that_is_shown_keeps_its_spelling_but_not_its_line_ends() -> None:
    assert shown_name(" 担当\n 二号 ") == "担当 二号"
    assert shown_name("\u202eabc") is None  # would be shown backwards


@pytest.mark.parametrize("path", ["/", "/hazards", "/hazards?hazard=flood&lang=en", "/?q=葛川"])
def test_a_sign_in_leads_to_a_page_of_this_server(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "hazards",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/a\\..\\b",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\nSet-Cookie: a=b",
        "/\t/evil.example",
        "//[",
        "/sign-out",
        "/sign-in?next=/",
        "/" + "x" * 2000,
    ],
)
def test_a_sign_in_leads_nowhere_else(path: str | None) -> None:
    assert own_path(path) == "/"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_what_is_this_machine(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address", [None, "", "0.0.0.0", "::", "192.168.0.1", "localhost.evil.example", "127.0.0.1.nip.io"]
)
def test_what_is_not_this_machine(address: str | None) -> None:
    assert not is_loopback(address)


CLAIMS = {
    "is_logged_in": True,
    "email": "Plan@City.jp",
    "iat": 1_790_000_000,
    "sub": "1",
    "iss": "https://idp",
    "nonce": "n",
}


def test_what_a_provider_says_is_an_address_a_moment_and_one_sign_in() -> None:
    found, again = told(CLAIMS), told({**CLAIMS, "nonce": "m"})
    assert found and again
    assert found.name == "plan@city.jp"
    assert found.at == clock.from_timestamp(1_790_000_000)
    assert found.token != again.token


@pytest.mark.parametrize(
    "change",
    [
        {"is_logged_in": False},
        {"is_logged_in": "yes"},
        {"email": None},
        {"email": ""},
        {"email_verified": False},
        {"iat": None},
    ],
)
def test_what_a_provider_does_not_prove_is_nobody(change: dict[str, object]) -> None:
    assert told({**CLAIMS, **change}) is None
    assert told({}) is None
