"""`otsu-maps alerts export` and `import`: warnings to a closed network on a stick."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jma_samples import warnings

from otsu_maps import alerts, cli, clock, config
from otsu_maps.formats import jma_xml
from otsu_maps.formats.reading import Payload
from otsu_maps.ledger import contact, read
from otsu_maps.ledger.events import STANDING
from otsu_maps.ledger.store import open_ledger

RAIN4 = ("43", "レベル４大雨危険警報", "発表")
Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command: exit code, JSON of standard output (None: nothing), what was said."""

    def command(*words: str) -> tuple[int, Any, str]:
        code = cli.main(["alerts", *words])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    return command


@pytest.fixture
def stick(data_dir: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file from an installation that heard JMA three minutes ago; afterwards we are on the closed side."""
    ledger, data = open_ledger(), warnings("VPWW55", [RAIN4])
    alerts.take(ledger, jma_xml.read(Payload("a.xml", data)), config.city(), alerts.alert_id(data), "watch")
    with ledger.writing() as connection:
        contact.heard(connection, "jma", clock.now() - timedelta(minutes=3), config.contact_limit(), "watch")
    path = data_dir / "stick.jsonl"
    code, made, _ = run("export", str(path), "--json")
    assert (code, made) == (0, {"file": str(path), "lines": len(path.read_text("utf-8").split("\n")) - 1})
    assert [each.name for each in data_dir.glob("*.part")] + [each.name for each in data_dir.glob(".*.part")] == []
    monkeypatch.setenv("OTSU_DATA_DIR", str(data_dir / "closed"))
    return path


def test_what_was_exported_is_there_after_an_import_and_stays_so(stick: Path, run: Run) -> None:
    for new, known in ((2, 0), (0, 2)):
        code, told, _ = run("import", str(stick), "--json")
        assert (code, told["new"], told["known"], told["is_whole"], [*told["heard"]]) == (0, new, known, True, ["jma"])
    [alert] = read.state(open_ledger(), STANDING["real"])["alerts"]
    assert [*alert["areas"]["2520101"]["warnings"]] == ["43"]
    [source] = contact.sources(open_ledger())
    assert timedelta(minutes=3) <= clock.now() - source["heard_at"] < timedelta(minutes=10)


def test_an_import_says_how_old_its_news_is(stick: Path, run: Run) -> None:
    code, _, said = run("import", str(stick))
    [source] = contact.sources(open_ledger())
    assert code == 0
    assert clock.shown(source["heard_at"]) in said


def test_a_file_that_is_cut_off_is_taken_as_far_as_it_goes_and_is_something_to_look_at(stick: Path, run: Run) -> None:
    text = stick.read_text("utf-8")
    stick.write_text(text[: len(text) * 2 // 3], "utf-8")
    code, told, _ = run("import", str(stick), "--json")
    assert (code, told["is_whole"], told["heard"]) == (1, False, {})
    code, _, said = run("import", str(stick))
    assert code == 1
    assert "もう一度受け取って" in said
    assert contact.sources(open_ledger()) == []


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"{}"])
def test_what_is_no_such_file_is_refused_by_name(stick: Path, run: Run, content: bytes | None) -> None:
    other = stick.with_name("other.jsonl")
    if content is not None:
        other.write_bytes(content)
    code, told, said = run("import", str(other), "--json")
    assert (code, told) == (2, None)
    assert "other.jsonl" in said


def test_an_export_where_nothing_can_be_written_leaves_no_half_file(stick: Path, run: Run) -> None:
    code, told, said = run("export", str(stick.with_name("nowhere") / "a.jsonl"))
    assert (code, told) == (2, None)
    assert "nowhere" in said
