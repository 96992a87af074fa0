"""Sheets over HTTP: for whom they are, what is refused, and that nothing a person wrote becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from staff_server import StaffServer, staff_server, with_every_role

from otsu_maps.db import snapshots
from otsu_maps.i18n import say
from otsu_maps.ledger import append
from otsu_maps.ledger.append import Draft

PATHS = ("/print/handover", "/print/report")
PAGE = {"Accept": "text/html"}
EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def staff(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffServer]:
    """A server with an account of every role and nothing recorded yet."""
    with staff_server(with_every_role(tmp_path_factory.mktemp("print"), demo_folder)) as server:
        yield server


@pytest.fixture(scope="module")
def token(staff: StaffServer) -> str:
    return staff.sign_in("headquarters").cookie


@pytest.fixture(scope="module")
def incident(staff: StaffServer) -> str:
    """A drill whose name, shelter and notes are markup."""
    ledger, where = staff.ledger(), {"incident_id": append.new_incident_id("drill"), "mode": "drill"}
    snapshot_id = next((staff.folder / "snapshots").glob("*.duckdb")).stem
    about = {"name": f"大雨{EVIL}", "snapshot_id": snapshot_id, "is_demo": True}
    drafts = [
        Draft("incident_opened", about, **where),
        Draft("shelter_created", {"name": f"会館{EVIL}"}, **where, shelter_id="p-1", place_name=f"会館{EVIL}"),
        Draft("shelter_opened", {}, **where, shelter_id="p-1", place_name=f"会館{EVIL}"),
        Draft("remark", {}, **where, note=f"メモ{EVIL}"),
        Draft("handover", {}, **where, note=f"言葉{EVIL}"),
    ]
    append.append_all(ledger, drafts, f"係{EVIL}")
    ledger.close()
    return where["incident_id"]


def asked(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}"


@pytest.mark.parametrize("path", PATHS)
def test_who_is_not_signed_in_is_led_to_the_sign_in_and_sees_nothing(
    staff: StaffServer, incident: str, path: str
) -> None:
    answer = staff.ask("GET", asked(path, incident=incident), headers=PAGE)
    assert answer.status == 303 and answer.headers["location"].startswith("/sign-in?next=%2Fprint")
    assert staff.ask("GET", asked(path, incident=incident)).status == 401


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_nothing_that_a_person_wrote_becomes_markup(
    staff: StaffServer, token: str, incident: str, path: str, lang: str
) -> None:
    answer = staff.ask("GET", asked(path, incident=incident, lang=lang), token=token)
    assert answer.status == 200 and EVIL not in answer.text and "<script" not in answer.text
    assert "会館&lt;script&gt;" in answer.text and f'<html lang="{lang}">' in answer.text
    assert say("incident.not_real", lang, mode=say("mode.drill", lang)) in answer.text
    assert say("app.demo", lang) in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_a_sheet_asks_nothing_from_anywhere_and_is_not_kept(
    staff: StaffServer, token: str, incident: str, path: str
) -> None:
    answer = staff.ask("GET", asked(path, incident=incident), token=token)
    assert not re.search(r"""(src|href)=(?!["']?data:)""", answer.text) and "url(" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_free_texts_are_on_the_sheet_for_those_who_work_with_the_people(
    staff: StaffServer, token: str, incident: str
) -> None:
    own = staff.ask("GET", asked(PATHS[0], incident=incident), token=token).text
    other = staff.ask("GET", asked(PATHS[0], incident=incident), token=staff.sign_in("viewer").cookie).text
    assert "言葉&lt;script&gt;" in own and "言葉" not in other and "メモ&lt;" not in other


@pytest.mark.parametrize("path", PATHS)
def test_an_incident_that_is_not_here_is_refused_with_a_sentence(staff: StaffServer, token: str, path: str) -> None:
    answer = staff.ask("GET", asked(path, incident=EVIL), token=token)
    assert answer.status == 400 and EVIL not in answer.text and "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("query", [{"handover": "none"}, {"at": "yesterday"}, {"at": "2026-11-24T00:00:00"}])
def test_a_handover_or_time_that_cannot_be_is_refused(
    staff: StaffServer, token: str, incident: str, query: dict[str, str]
) -> None:
    assert staff.ask("GET", asked(PATHS[0], incident=incident, **query), token=token).status == 400


def test_a_given_moment_prints_the_same_twice(staff: StaffServer, token: str, incident: str) -> None:
    query = asked(PATHS[0], incident=incident, at="2099-01-01T00:00:00Z".replace("2099", "2026"))
    assert staff.ask("GET", query, token=token).text == staff.ask("GET", query, token=token).text


def test_without_a_snapshot_it_says_so(staff: StaffServer, token: str, incident: str) -> None:
    pointer = staff.folder / "snapshots" / snapshots.POINTER
    held = pointer.read_text("utf-8")
    pointer.unlink()
    try:
        assert staff.ask("GET", asked(PATHS[0], incident=incident), token=token).status == 503
    finally:
        pointer.write_text(held, "utf-8")
