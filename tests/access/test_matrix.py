"""Role by route, over HTTP, after a real sign-in: hidden is not enough, everything is refused as well."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from staff_server import StaffServer, staff_server

from otsu_maps import server
from otsu_maps.access.roles import BY_ITSELF, GUARDED, ROLES, ROUTES, may
from otsu_maps.ledger import accounts

ASKED = sorted(
    (route.path, method)
    for route in server.app._user_routes
    for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
)
"""Every route with every method that it takes."""

PAGE = {"Accept": "text/html,application/xhtml+xml"}
INSIDE = {"/media/": "/media/none.csv", "/_stcore/upload_file/": "/_stcore/upload_file/none/none"}


def ask(staff: StaffServer, path: str, method: str, token: str | None) -> int:
    if (path, method) == ("/sign-in", "POST"):
        return staff.sign_in("nobody", "wrong").status
    if method == "POST":
        return staff.post(path, {"person": "山田"}, token=token).status
    return staff.ask(method, path, token=token).status


def test_every_route_is_asked_here() -> None:
    assert {path for path, _ in ASKED} == set(ROUTES)


@pytest.mark.parametrize(("path", "method"), ASKED)
@pytest.mark.parametrize("role", ROLES)
def test_a_route_answers_the_roles_that_may_use_it_and_refuses_the_others(
    staff: StaffServer, role: str, path: str, method: str
) -> None:
    action = ROUTES[path]
    token = staff.sign_in(role).cookie
    status = ask(staff, path, method, token)
    if action is not None and not may(role, action):
        assert status == 403
    elif (path, method) == ("/sign-in", "POST"):
        assert status == 401  # open to everybody, and the password is wrong
    else:
        assert status in (200, 303, 400)  # 400: allowed, but this form is not what it wants


@pytest.mark.parametrize(("path", "method"), ASKED)
@pytest.mark.parametrize("token", [None, "made-up"])
def test_a_route_refuses_whoever_is_not_signed_in(
    staff: StaffServer, path: str, method: str, token: str | None
) -> None:
    status = ask(staff, path, method, token)
    if ROUTES[path] is not None or (path, method) == ("/sign-in", "POST"):
        assert status == 401
    else:
        assert status in (200, 303)


@pytest.mark.parametrize("start", GUARDED)
@pytest.mark.parametrize("role", [None, *ROLES])
def test_streamlits_own_routes_are_guarded_too(
    staff: StaffServer, tokens: dict[str, str], role: str | None, start: str
) -> None:
    token = tokens[role] if role else None
    status = staff.ask("GET", INSIDE.get(start, start), token=token).status
    if role is None:
        assert status == 401
    elif may(role, GUARDED[start]):
        assert status not in (401, 403)
    else:
        assert status == 403


def test_a_browser_that_is_not_signed_in_is_led_to_the_sign_in_and_back(staff: StaffServer) -> None:
    answer = staff.ask("GET", "/media/plan.csv?x=1", headers=PAGE)
    assert answer.status == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fmedia%2Fplan.csv%3Fx%3D1"


def test_a_person_whose_role_may_not_gets_a_sentence(staff: StaffServer, tokens: dict[str, str]) -> None:
    answer = staff.ask("GET", "/_stcore/agent/openapi.json", token=tokens["viewer"], headers=PAGE)
    assert answer.status == 403
    assert "あなたの役割では、この操作はできません" in answer.text


@pytest.mark.parametrize("role", [None, *ROLES])
def test_health_details_are_for_people_signed_in(staff: StaffServer, tokens: dict[str, str], role: str | None) -> None:
    elsewhere = {"X-Forwarded-For": "192.0.2.9"}  # as a proxy on this machine passes on a request
    answer = staff.ask("GET", "/healthz", token=tokens[role] if role else None, headers=elsewhere)
    about = json.loads(answer.text)
    assert about["ok"] is True
    assert ("snapshot_id" in about) == (role is not None)
    assert "sources" in json.loads(staff.ask("GET", "/healthz").text)


@pytest.mark.parametrize("path", sorted(BY_ITSELF | {"/person"}))
def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(staff: StaffServer, path: str) -> None:
    token, ledger = staff.sign_in("reception").cookie, staff.ledger()
    table = accounts.tables.session
    mine = table.c.token_hash == accounts._digest(token)
    before = accounts.clock.now() - timedelta(minutes=30)
    with ledger.writing() as connection:
        connection.execute(table.update().where(mine).values(seen_at=before))
    assert ask(staff, path, "POST", token) not in (401, 403)
    with ledger.reading() as connection:
        after = connection.execute(table.select().where(mine)).mappings().one()["seen_at"]
    ledger.close()
    assert (after == before) == (path in BY_ITSELF)


# without any account


@pytest.fixture(scope="module")
def open_demo(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffServer]:
    """A server on the demo to which nobody has an account."""
    folder = tmp_path_factory.mktemp("open")
    shutil.copytree(demo_folder / "snapshots", folder / "snapshots")
    with staff_server(folder) as server_of_demo:
        yield server_of_demo


@pytest.mark.parametrize("start", GUARDED)
def test_without_accounts_a_person_at_the_machine_is_a_viewer(open_demo: StaffServer, start: str) -> None:
    status = open_demo.ask("GET", INSIDE.get(start, start)).status
    assert (status == 403) == (not may("viewer", GUARDED[start]))
    assert status != 401


@pytest.mark.parametrize("start", GUARDED)
def test_without_accounts_another_machine_gets_nothing(open_demo: StaffServer, start: str) -> None:
    elsewhere = {"X-Forwarded-For": "192.0.2.9"}
    assert open_demo.ask("GET", INSIDE.get(start, start), headers=elsewhere).status == 401


def test_without_accounts_a_sign_in_says_what_to_do_and_makes_no_ledger(open_demo: StaffServer) -> None:
    answer = open_demo.sign_in("administrator")
    assert answer.status == 401
    assert "otsu-maps account add" in answer.text
    assert not list(open_demo.folder.glob("ledger*"))
