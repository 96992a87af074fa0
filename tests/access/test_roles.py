"""The tables of who may do what cover everything that there is, and open nothing by themselves."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from otsu_maps import server
from otsu_maps.access.roles import ACTIONS, FIRST_PAGE, GUARDED, MAY, PAGES, ROLES, ROUTES, may, may_open
from otsu_maps.ledger.kinds import KINDS

ROOT = Path(__file__).parents[2]

MATRIX = {
    # role            see record persons plan decide incident carry administer
    "viewer": "yes no no no no no no no",
    "reception": "yes yes yes no no no no no",
    "planner": "yes no no yes no no no no",
    "headquarters": "yes yes yes yes yes yes yes no",
    "administrator": "yes no no no no no yes yes",
}
"""Written out once more by hand: a change of the table has to be made in two places on purpose."""


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_the_matrix_says(role: str) -> None:
    assert [may(role, action) for action in ACTIONS] == [word == "yes" for word in MATRIX[role].split()]


def test_the_matrix_names_every_role_and_every_action() -> None:
    assert set(MATRIX) == set(ROLES) == set(MAY)
    assert all(len(line.split()) == len(ACTIONS) for line in MATRIX.values())
    assert {action for held in MAY.values() for action in held} == set(ACTIONS)


@pytest.mark.parametrize("role", [None, "", "root", "Administrator"])
def test_nobody_and_unknown_roles_may_nothing(role: str | None) -> None:
    assert not any(may(role, action) for action in ACTIONS)
    assert not any(may_open(role, page) for page in PAGES)


def test_an_unknown_action_or_page_is_open_to_nobody() -> None:
    assert not any(may(role, "fly") or may_open(role, "unlisted") for role in ROLES)


def test_every_page_of_the_folder_says_who_may_open_it() -> None:
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} <= set(PAGES)


def test_every_page_of_the_app_has_the_path_of_its_file_and_the_first_one_is_known() -> None:
    calls = [node for node in ast.walk(ast.parse((ROOT / "app.py").read_text("utf-8"))) if isinstance(node, ast.Call)]
    pages = [node for node in calls if ast.unparse(node.func) == "st.Page"]
    assert pages
    for page in pages:
        given = {word.arg: word.value for word in page.keywords}
        path = ast.literal_eval(given["url_path"])
        assert ast.literal_eval(page.args[0]) == f"pages/{path}.py"
        assert path in PAGES
        assert ("default" in given) == (path == FIRST_PAGE)


def test_every_page_enters_the_frame_first() -> None:
    for path in (ROOT / "pages").glob("*.py"):
        statements = [
            n for n in ast.parse(path.read_text("utf-8")).body if not isinstance(n, ast.Import | ast.ImportFrom)
        ]
        assert ast.unparse(statements[1]) == "lang = frame.enter()", path


def test_every_route_of_the_server_says_who_may_use_it() -> None:
    paths = {route.path for route in server.app._user_routes}  # type: ignore[attr-defined]
    assert paths == set(ROUTES)


def test_pages_and_routes_ask_for_actions_that_exist() -> None:
    asked = {*PAGES.values(), *GUARDED.values(), *(action for action in ROUTES.values() if action)}
    assert asked <= set(ACTIONS)


def test_who_records_an_event_needs_an_action_that_exists() -> None:
    assert {kind.action for kind in KINDS.values()} <= set(ACTIONS)
