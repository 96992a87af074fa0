"""`otsu-maps inspect` on telegrams of the JMA: what it says, loudly where it is a drill, and what it leaves open."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from jma_samples import NOTHING, landslide_alert, quake, telegram, warnings

from etl.inspect import GOOD, LOOK, REFUSED, Finding, inspect
from otsu_maps import cli
from otsu_maps.i18n import languages, say

DANGER = warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")])


def look(tmp_path: Path, data: bytes) -> Finding:
    path = tmp_path / "新しいファイル"
    path.write_bytes(data)
    return inspect(path)


def test_a_telegram_is_told_by_its_contents_in_both_languages(tmp_path: Path) -> None:
    found = look(tmp_path, DANGER)
    assert (found.format, found.exit_code) == ("jma_xml", GOOD)
    for lang in languages():
        said = found.summary(lang)
        assert "VPWW55" in said and "2026-06-01 10:30" in said
        assert said.endswith(say("inspect.telegram_level", lang, areas=2, warned=1, level=4))


@pytest.mark.parametrize(("status", "key"), [("訓練", "inspect.telegram_drill"), ("試験", "inspect.telegram_test")])
def test_a_drill_or_a_test_says_so_before_anything_else(tmp_path: Path, status: str, key: str) -> None:
    found = look(tmp_path, warnings("VPWW55", [("43", "レベル４大雨危険警報", "発表")], status=status))
    assert found.summary("ja").startswith(say(key, "ja")) and status in say(key, "ja")
    assert not look(tmp_path, DANGER).summary("ja").startswith("【")


@pytest.mark.parametrize(
    ("data", "key", "params"),
    [
        (warnings("VPWW58", [("05", "暴風警報", "発表")]), "no_level", {"areas": 2, "warned": 1}),
        (warnings("VPWW55", [NOTHING]), "no_level", {"areas": 2, "warned": 0}),
        (
            quake("VXSE53", ("2520100", "大津市", "4"), ("2520600", "草津市", "5+")),
            "quake",
            {"warned": 2, "name": "震度５強"},
        ),
        (quake("VXSE52"), "no_areas", {}),
        (landslide_alert(("3", "警戒", "発表"), info_type="取消"), "cancels", {}),
    ],
)
def test_the_last_sentence_is_what_matters(tmp_path: Path, data: bytes, key: str, params: dict[str, object]) -> None:
    found = look(tmp_path, data)
    assert found.exit_code == GOOD
    assert found.summary("ja").endswith(say(f"inspect.telegram_{key}", "ja", **params))


def test_an_unknown_code_is_something_to_look_at(tmp_path: Path) -> None:
    found = look(tmp_path, warnings("VPWW55", [("99", "謎警報", "発表"), ("43", "レベル４大雨危険警報", "発表")]))
    assert found.exit_code == LOOK
    assert "99 謎警報" in found.summary()
    assert found.as_json()["unknown_codes"] == ["99 謎警報"]


def test_the_command_prints_the_telegram_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(DANGER)
    assert cli.main(["inspect", str(path), "--json"]) == GOOD
    answer = json.loads(capsys.readouterr().out)
    assert {"format", "kind", "info_type", "status", "reported_at", "areas", "summary"} <= set(answer)
    assert (answer["kind"], answer["reported_at"]) == ("VPWW55", "2026-06-01T10:30:00+09:00")
    assert answer["areas"][0] == {
        "code": "2520101",
        "name": "大津市南部",
        "warnings": [{"code": "43", "name": "レベル４大雨危険警報", "level": 4}],
    }


@pytest.mark.parametrize(
    ("data", "kind"),
    [(telegram("記録的短時間大雨情報"), "VPOA50"), (DANGER[:-9], None), (DANGER.replace(b"2520101", b"x"), None)],
)
def test_a_telegram_that_cannot_be_used_says_which_and_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, kind: str | None
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(data)
    assert cli.main(["inspect", str(path), "--json"]) == REFUSED
    answer = json.loads(capsys.readouterr().out)
    assert (answer["format"], answer["kind"]) == ("jma_xml", kind)
    assert "a.xml" in answer["reason"] and answer["reason"] in answer["summary"]


def test_a_zip_of_telegrams_tells_each_and_why_one_was_not_read(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.xml", DANGER)
    assert inspect(path).as_json()["kind"] == "VPWW55"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("2.xml", quake("VXSE53", ("2520100", "大津市", "4")))
        archive.writestr("3.xml", telegram("記録的短時間大雨情報"))
    found = inspect(path)
    said = found.as_json()
    assert found.exit_code == LOOK
    assert [each["kind"] for each in said["telegrams"]] == ["VPWW55", "VXSE53"]
    assert len(said["unread"]) == 1 and "3.xml" in said["unread"][0]
    assert all(word in found.summary() for word in ("VPWW55", "震度４", "VPOA50"))


def test_other_xml_is_no_telegram(tmp_path: Path) -> None:
    assert look(tmp_path, b'<?xml version="1.0"?><Report xmlns="http://example.com/"/>').format == "unknown"
