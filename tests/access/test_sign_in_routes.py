"""Sign-in, sign-out and change of person over HTTP: cookies, forged requests, throttling, what is logged."""

from __future__ import annotations

import base64
import os
import re
import socket
from collections.abc import Mapping

import pytest
from staff_server import PASSWORD, StaffServer

from otsu_maps.access.roles import ROLES
from otsu_maps.i18n import say
from otsu_maps.ledger import accounts


def person_of(staff: StaffServer, token: str) -> str | None:
    ledger = staff.ledger()
    signed = accounts.who(ledger, token, is_alive=False)
    ledger.close()
    assert signed
    return signed.person


def is_signed_in(staff: StaffServer, token: str) -> bool:
    return staff.ask("GET", "/media/none", token=token).status == 404


def test_the_page_of_the_form_asks_nobody_else_and_runs_no_script(staff: StaffServer) -> None:
    answer = staff.ask("GET", "/sign-in")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script" not in answer.text and "http" not in answer.text.replace("http-equiv", "")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "headers", "lang"),
    [
        ("/sign-in", {}, "ja"),
        ("/sign-in", {"Accept-Language": "en-US,en;q=0.9,ja;q=0.8"}, "en"),
        ("/sign-in", {"Accept-Language": "fr-FR,fr;q=0.9"}, "ja"),
        ("/sign-in?lang=ja", {"Accept-Language": "en"}, "ja"),
        ("/sign-in?lang=xx", {"Accept-Language": "en"}, "en"),
    ],
)
def test_the_language_is_asked_for_or_that_of_the_browser(
    staff: StaffServer, path: str, headers: Mapping[str, str], lang: str
) -> None:
    answer = staff.ask("GET", path, headers=headers)
    assert f'<html lang="{lang}">' in answer.text
    assert say("access.password", lang) in answer.text


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(staff: StaffServer) -> None:
    (line,) = staff.sign_in("viewer", next="/hazards?lang=en").cookies
    parts = {part.strip().lower() for part in line.split(";")[1:]}
    assert parts == {"httponly", "path=/", "samesite=strict"}  # no max-age: it ends with the browser


def test_behind_a_proxy_with_tls_the_cookie_is_never_sent_without(staff: StaffServer) -> None:
    fields = {"name": "viewer", "password": PASSWORD}
    (line,) = staff.post("/sign-in", fields, headers={"X-Forwarded-Proto": "https"}).cookies
    assert "; Secure" in line


@pytest.mark.parametrize(
    ("asked", "led"),
    [("/hazards?hazard=flood", "/hazards?hazard=flood"), ("//evil.example", "/"), ("https://e.x/", "/")],
)
def test_a_sign_in_leads_back_to_this_server_alone(staff: StaffServer, asked: str, led: str) -> None:
    answer = staff.sign_in("viewer", next=asked)
    assert (answer.status, answer.headers["location"]) == (303, led)


def test_the_form_of_somebody_signed_in_goes_on_at_once(staff: StaffServer, tokens: dict[str, str]) -> None:
    answer = staff.ask("GET", "/sign-in?next=/events", token=tokens["viewer"])
    assert (answer.status, answer.headers["location"]) == (303, "/events")


@pytest.mark.parametrize("name", ["planner", "nobody-here", "", "x" * 5000])
def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence(staff: StaffServer, name: str) -> None:
    answer = staff.sign_in(name, "not the password")
    assert answer.status == 401
    assert say("reason.access_wrong", "ja") in answer.text
    assert answer.cookies == []


def test_what_was_typed_comes_back_as_text_and_never_as_html(staff: StaffServer) -> None:
    answer = staff.sign_in('"><script>alert(1)</script>', "not the password", next='/"><img src=x>', lang="'\"><b>")
    assert answer.status == 401
    assert "<script" not in answer.text and "<img" not in answer.text and "<b>" not in answer.text
    assert "not the password" not in answer.text


def test_after_five_failures_the_form_says_how_long_to_wait(staff: StaffServer) -> None:
    for _ in range(5):
        assert staff.sign_in("guessed-name", "wrong", "192.0.2.66").status == 401
    answer = staff.sign_in("guessed-name", "wrong", "192.0.2.66")
    assert answer.status == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    assert re.search(r"あと \d+ 秒は受け付けません", answer.text)


def test_a_long_wait_is_told_in_minutes(staff: StaffServer) -> None:
    elsewhere = {"X-Forwarded-For": "192.0.2.77"}
    form = {"name": "long-wait", "password": "wrong"}
    ledger = staff.ledger()
    for _ in range(5):
        staff.post("/sign-in", form, headers=elsewhere)
    with ledger.writing() as connection:
        table = accounts.tables.attempt
        held = connection.execute(table.select().where(table.c.address == "192.0.2.77")).mappings().all()
        assert len(held) == 5
        for row in held:
            connection.execute(table.insert(), {key: row[key] for key in ("name", "address", "failed_at")})
    ledger.close()
    answer = staff.post("/sign-in", form, headers=elsewhere)
    assert answer.status == 429
    assert "あと約 15 分は受け付けません" in answer.text


def test_one_machine_with_many_addresses_of_ipv6_counts_as_one(staff: StaffServer) -> None:
    form = {"name": "many-addresses", "password": "wrong"}
    tries = [
        staff.post("/sign-in", form, headers={"X-Forwarded-For": f"2001:db8:1:2::{number}"}).status
        for number in range(6)
    ]
    assert tries == [401] * 5 + [429]
    assert staff.post("/sign-in", form, headers={"X-Forwarded-For": "2001:db8:ffff:3::1"}).status == 401


def test_signed_out_is_out_for_whoever_copied_the_cookie(staff: StaffServer) -> None:
    token = staff.sign_in("viewer").cookie
    assert is_signed_in(staff, token)
    answer = staff.post("/sign-out", {"next": "/hazards?lang=en"}, token=token)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/sign-in?")
    assert 'otsu_session=""' in answer.cookies[0] and "Max-Age=0" in answer.cookies[0]
    assert not is_signed_in(staff, token)


def test_a_new_sign_in_in_the_same_browser_ends_the_one_before(staff: StaffServer) -> None:
    before = staff.sign_in("viewer").cookie
    form = {"name": "planner", "password": PASSWORD}
    after = staff.post("/sign-in", form, token=before).cookie
    assert not is_signed_in(staff, before)
    assert is_signed_in(staff, after)


@pytest.mark.parametrize("role", ROLES)
def test_the_person_at_a_desk_changes(staff: StaffServer, role: str) -> None:
    token = staff.sign_in(role).cookie
    answer = staff.post("/person", {"person": "担当 二号", "next": "/events"}, token=token)
    assert (answer.status, answer.headers["location"]) == (303, "/events")
    assert person_of(staff, token) == "担当 二号"


def test_a_person_that_is_no_name_is_a_sentence(staff: StaffServer) -> None:
    token = staff.sign_in("reception").cookie
    answer = staff.post("/person", {"person": "x" * 61, "next": "/events"}, token=token)
    assert answer.status == 400
    assert "60 文字まで" in answer.text and 'href="/events"' in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/person"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_form_of_another_site_changes_nothing(staff: StaffServer, path: str, headers: Mapping[str, str]) -> None:
    token = staff.sign_in("reception").cookie
    fields = {"name": "viewer", "password": PASSWORD, "person": "山田"}
    answer = staff.post(path, fields, token=token, headers=headers)
    assert answer.status == 403
    assert answer.cookies == []
    assert person_of(staff, token) is None


def test_a_form_that_does_not_say_where_it_comes_from_is_refused_unless_the_browser_vouches(staff: StaffServer) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"name=viewer&password={PASSWORD.replace(' ', '+')}"
    assert staff.ask("POST", "/sign-in", headers=form, body=body).status == 403
    for site, status in (("cross-site", 403), ("same-site", 403), ("none", 403), ("same-origin", 303)):
        assert staff.ask("POST", "/sign-in", headers={**form, "Sec-Fetch-Site": site}, body=body).status == status


def test_a_form_that_is_none_or_too_long_is_refused(staff: StaffServer) -> None:
    own = {"Origin": staff.origin}
    assert staff.ask("POST", "/sign-in", headers={**own, "Content-Type": "application/json"}, body="{}").status == 415
    form = {**own, "Content-Type": "application/x-www-form-urlencoded"}
    assert staff.ask("POST", "/sign-in", headers=form, body="name=" + "x" * 9000).status == 413
    assert staff.ask("POST", "/sign-in", headers=form, body="&".join(["a=b"] * 50)).status == 400
    assert staff.ask("POST", "/sign-in", headers=form, body="name=%ff%fe").status == 401


@pytest.mark.parametrize("path", ["/sign-out", "/person?person=evil"])
def test_what_changes_something_is_no_link(staff: StaffServer, path: str) -> None:
    token = staff.sign_in("viewer").cookie
    assert staff.ask("GET", path, token=token).cookies == []
    assert is_signed_in(staff, token)
    assert person_of(staff, token) is None


@pytest.mark.parametrize("path", ["/", "/healthz", "/sign-in", "/media/none", "/static/none.js", "/_stcore/health"])
def test_every_answer_carries_the_security_headers(staff: StaffServer, path: str) -> None:
    headers = {name.lower(): value for name, value in staff.ask("GET", path).headers.items()}
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["permissions-policy"].startswith("camera=(self), ")


@pytest.mark.parametrize("path", ["/healthz", "/sign-in", "/media/none"])
def test_what_is_for_one_person_is_never_kept_by_a_cache(staff: StaffServer, path: str) -> None:
    assert staff.ask("GET", path).headers["cache-control"] == "no-store"


def upgraded(staff: StaffServer, origin: str) -> str:
    """The first line of what a websocket from a page of this origin gets."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        "GET /_stcore/stream HTTP/1.1",
        f"Host: 127.0.0.1:{staff.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Origin: {origin}",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    )
    with socket.create_connection(("127.0.0.1", staff.port), 20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection.recv(200).decode("latin-1").partition("\r\n")[0]


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:1", "null"])
def test_a_page_of_another_server_gets_no_websocket(staff: StaffServer, origin: str) -> None:
    assert " 403 " in upgraded(staff, origin)


def test_the_own_page_gets_one(staff: StaffServer) -> None:
    assert " 101 " in upgraded(staff, staff.origin)


def test_neither_password_nor_cookie_nor_query_is_ever_logged(staff: StaffServer) -> None:
    token = staff.sign_in("viewer", next="/events?q=what-i-looked-for").cookie
    staff.sign_in("viewer", "my-secret-that-is-wrong")
    staff.ask("GET", "/media/none?q=what-i-looked-for", token=token)
    staff.ask("GET", "/nowhere?q=what-i-looked-for", token=token)
    staff.post("/person", {"person": "秘密の名前"}, token=token)
    staff.post("/sign-out", {}, token=token)
    log = staff.log.read_text("utf-8")
    assert "8501" in log or str(staff.port) in log  # it is the log of this server
    secrets = (token, PASSWORD, "my-secret-that-is-wrong", "what-i-looked-for", "秘密の名前", "otsu_session")
    assert [secret for secret in secrets if secret in log] == []
