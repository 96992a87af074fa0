"""Records of evidence: nothing is written over, nothing is lost, and one broken file hides no other."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from otsu_maps import evidence, whole_file
from otsu_maps.analysis.evidence import Draft, verdict
from otsu_maps.errors import EvidenceRefused

AT = datetime(2026, 11, 24, 1, 2, 3)
LATER = datetime(2027, 3, 1, 4, 5, 6)
DAY = date(2027, 2, 28)
WRITER = Path(__file__).with_name("evidence_writer.py")


def draft(**other: Any) -> Draft:
    about: dict[str, Any] = {
        "title": "3 号線の増便",
        "goal": "朝の通院",
        "indicator": "交通空白の人",
        "unit": "人",
        "better": "less",
        "before": 1200.0,
        "after": 800.0,
        "target": 900.0,
        "assumptions": ("人口は変わらない",),
        "method": "停留所から 300 m",
        "inputs": {
            "snapshot_id": "otsu-1",
            "is_demo": True,
            "program_version": "0",
            "day": date(2026, 11, 24),
            "feeds": [{"feed_id": "bus", "version": "1", "sha256": "ab" * 32, "valid_from": date(2026, 4, 1)}],
            "settings": {"stop_m": "300"},
        },
        "parts": [{"name": "中央", "before": 10, "after": None}],
    }
    return evidence.draft(**about | other)


def test_what_was_kept_is_read_as_it_was_kept(tmp_path: Path) -> None:
    kept = evidence.save(draft(), "plan-1", AT, tmp_path)
    shelf = evidence.read_all(tmp_path)
    assert shelf.records == (kept,) and not shelf.broken
    assert (kept.status, kept.revision, kept.author, kept.made_at) == ("proposed", 1, "plan-1", AT)
    assert kept.parts[0].after is None, "unknown stays unknown"
    assert kept.inputs.feeds[0].valid_from == date(2026, 4, 1)


def test_the_newest_record_comes_first(tmp_path: Path) -> None:
    kept = [evidence.save(draft(title=title), "plan-1", AT, tmp_path) for title in "abc"]
    assert [each.title for each in evidence.read_all(tmp_path).records] == ["c", "b", "a"]
    assert [each.evidence_id for each in kept] == sorted(each.evidence_id for each in kept)


def test_a_later_measurement_is_a_new_state_and_the_old_one_stays(tmp_path: Path) -> None:
    first = evidence.save(draft(), "plan-1", AT, tmp_path)
    evidence.set_status(first.evidence_id, "running", "hq-1", AT, tmp_path)
    last = evidence.measure(first.evidence_id, 850, DAY, "冬の調査", "plan-2", LATER, tmp_path)
    states = evidence.history(first.evidence_id, tmp_path)
    assert states[0] == first and [each.revision for each in states] == [1, 2, 3]
    assert [each.changed_by for each in states] == ["plan-1", "hq-1", "plan-2"]
    assert last.status == "running" and last.author == "plan-1" and last.made_at == AT
    assert last.last_measured is not None
    assert (last.last_measured.value, last.last_measured.on, last.last_measured.by) == (850, DAY, "plan-2")
    assert evidence.read_all(tmp_path).records == (last,)


@pytest.mark.parametrize(
    ("better", "before", "target", "value", "expected"),
    [
        ("less", 1200, 900, 900, "reached"),
        ("less", 1200, 900, 901, "short"),
        ("less", 1200, 900, 1200, "no_better"),
        ("more", 10, 20, 20, "reached"),
        ("more", 10, 20, 11, "short"),
        ("more", 10, None, 11, "better"),
        ("neither", 10, 20, 30, "not_judged"),
        ("neither", 10, None, None, "not_judged"),
        ("more", 10, None, 9, "no_better"),
        ("more", None, None, 9, "unknown"),
        ("more", None, 8, 9, "reached"),
        ("more", 10, 20, None, "unknown"),
    ],
)
def test_a_value_is_held_against_the_target_then_against_before(
    better: str, before: float | None, target: float | None, value: float | None, expected: str
) -> None:
    assert verdict(draft(better=better, before=before, target=target), value) == expected


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "x" * 201), ("before", float("nan")), ("better", "bigger"), ("indicator", "")],
)
def test_what_cannot_be_kept_is_refused_with_the_field(field: str, value: object) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        draft(**{field: value})
    assert refused.value.reason.params["field"] == field
    assert field in str(refused.value)


def test_a_measurement_that_is_no_number_and_a_strange_status_change_nothing(tmp_path: Path) -> None:
    kept = evidence.save(draft(), "plan-1", AT, tmp_path)
    with pytest.raises(EvidenceRefused):
        evidence.measure(kept.evidence_id, float("inf"), DAY, "", "plan-1", AT, tmp_path)
    with pytest.raises(EvidenceRefused, match="done"):
        evidence.set_status(kept.evidence_id, "done", "plan-1", AT, tmp_path)
    assert evidence.read_all(tmp_path).records == (kept,)


@pytest.mark.parametrize("strange", ["nowhere", "../evidence", "", "00000000-0000-0000-0000-000000000000"])
def test_a_record_that_is_not_there_is_refused(tmp_path: Path, strange: str) -> None:
    evidence.save(draft(), "plan-1", AT, tmp_path)
    with pytest.raises(EvidenceRefused):
        evidence.measure(strange, 1, DAY, "", "plan-1", AT, tmp_path)


def test_a_broken_file_is_told_by_name_and_the_others_go_on(tmp_path: Path) -> None:
    good, torn = (evidence.save(draft(title=title), "plan-1", AT, tmp_path) for title in ("good", "torn"))
    path = tmp_path / f"{torn.evidence_id}.0001.json"
    path.write_bytes(path.read_bytes()[:100])
    (tmp_path / "notes.txt").write_text("no record")
    shelf = evidence.read_all(tmp_path)
    assert shelf.records == (good,)
    assert [each.file for each in shelf.broken] == [path.name] and shelf.broken[0].error


def test_where_the_latest_state_is_broken_the_one_before_shows_and_a_change_writes_a_number_of_its_own(
    tmp_path: Path,
) -> None:
    kept = evidence.save(draft(), "plan-1", AT, tmp_path)
    evidence.measure(kept.evidence_id, 1, DAY, "", "plan-1", AT, tmp_path)
    broken = tmp_path / f"{kept.evidence_id}.0002.json"
    broken.write_text("{}")
    assert evidence.read_all(tmp_path).records == (kept,)
    assert evidence.set_status(kept.evidence_id, "running", "plan-1", AT, tmp_path).revision == 3
    assert broken.read_text() == "{}"


def test_a_file_under_the_name_of_another_record_is_broken(tmp_path: Path) -> None:
    one, other = (evidence.save(draft(title=title), "plan-1", AT, tmp_path) for title in "ab")
    path = tmp_path / f"{one.evidence_id}.0001.json"
    path.write_bytes((tmp_path / f"{other.evidence_id}.0001.json").read_bytes())
    assert [each.file for each in evidence.read_all(tmp_path).broken] == [path.name]


def test_a_file_of_another_format_or_version_is_broken_not_guessed(tmp_path: Path) -> None:
    kept = evidence.save(draft(), "plan-1", AT, tmp_path)
    path = tmp_path / f"{kept.evidence_id}.0001.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 2}))
    assert not evidence.read_all(tmp_path).records and len(evidence.read_all(tmp_path).broken) == 1


def test_an_empty_folder_and_none_at_all_hold_nothing(tmp_path: Path) -> None:
    assert evidence.read_all(tmp_path / "none") == evidence.read_all(tmp_path) == evidence.Shelf((), ())


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    kept = evidence.save(draft(), "plan-1", AT, tmp_path)
    writers = [
        subprocess.Popen(
            [sys.executable, str(WRITER), str(tmp_path), kept.evidence_id, name, "15"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "other", "third")
    ]
    try:
        for each in writers:
            assert each.stdout and each.stdout.readline() == "ready\n"
        for each in writers:
            assert each.stdin
            each.stdin.write("go\n")
            each.stdin.flush()
        assert [each.wait(60) for each in writers] == [0, 0, 0]
    finally:
        for each in writers:
            each.kill()
            each.communicate()
    [record] = evidence.read_all(tmp_path).records
    assert {each.by for each in record.measured} == {f"{n}-{i}" for n in ("one", "other", "third") for i in range(15)}
    assert record.revision == 46 and len(record.measured) == 45
    assert not list(tmp_path.glob(f".*{whole_file.UNFINISHED}"))


def test_a_file_that_is_there_is_never_taken_by_a_new_one(tmp_path: Path) -> None:
    whole_file.put_new(tmp_path / "a", b"first")
    with pytest.raises(FileExistsError):
        whole_file.put_new(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first" and [each.name for each in tmp_path.iterdir()] == ["a"]
    whole_file.put(tmp_path / "a", b"third")
    assert (tmp_path / "a").read_bytes() == b"third"
