"""A record of a measure as a sheet: for whom it is, and that nothing a person wrote becomes markup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from staff_server import StaffServer, staff_server, with_every_role

from otsu_maps import evidence
from otsu_maps.i18n import say

EVIL = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def staff(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffServer]:
    """A server with an account of every role."""
    with staff_server(with_every_role(tmp_path_factory.mktemp("measures"), demo_folder)) as server:
        yield server


@pytest.fixture(scope="module")
def record(staff: StaffServer) -> evidence.Record:
    inputs = {"snapshot_id": "otsu-1", "is_demo": True, "program_version": "0"}
    about = {"title": f"増便{EVIL}", "goal": f"通院{EVIL}", "indicator": "人", "unit": "人", "better": "less"}
    more = {"before": 1200, "after": 800, "target": None, "method": "", "assumptions": [EVIL], "inputs": inputs}
    return evidence.save(evidence.draft(**about, **more), "plan", datetime(2026, 11, 24), staff.folder / "evidence")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_who_may_see_pages_prints_it(staff: StaffServer, record: evidence.Record, lang: str) -> None:
    token = staff.sign_in("viewer").cookie
    answer = staff.ask("GET", f"/print/evidence?record={record.evidence_id}&lang={lang}", token=token)
    assert answer.status == 200
    assert "1,200 人" in answer.text and say("evidence.expected_better", lang) in answer.text
    assert say("evidence.demo", lang) in answer.text
    assert "<script" not in answer.text and answer.text.count("&lt;script&gt;") >= 4


def test_who_is_not_signed_in_sees_nothing(staff: StaffServer, record: evidence.Record) -> None:
    answer = staff.ask("GET", f"/print/evidence?record={record.evidence_id}", headers={"Accept": "text/html"})
    assert answer.status == 303 and "1,200" not in answer.text


@pytest.mark.parametrize("asked", ["", "record=nowhere", "record=../../x"])
def test_a_record_that_is_not_there_is_a_sentence(staff: StaffServer, record: evidence.Record, asked: str) -> None:
    token = staff.sign_in("planner").cookie
    answer = staff.ask("GET", f"/print/evidence?{asked}", token=token)
    assert (
        answer.status == 400 and say("reason.evidence_unknown", "ja", evidence_id="").partition(" ")[0] in answer.text
    )
