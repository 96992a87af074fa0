"""`otsu-maps forecast backtest`: on a file of the ledger, whole or damaged, or on drills; no ledger is touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from otsu_maps import cli, clock, hindsight
from otsu_maps.analysis import backtest
from otsu_maps.db.reader import Snapshot
from otsu_maps.drill import play, scenario
from otsu_maps.ledger import append, carry, sealed, store
from otsu_maps.ledger.store import Ledger

START = datetime.fromisoformat("2026-11-24 03:00:00")
ROOM = 200

Run = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs the command: exit code, JSON, what it told. A ledger is opened by nobody."""
    untouched = tmp_path / "untouched.sqlite"
    monkeypatch.setenv("OTSU_LEDGER_URL", f"sqlite:///{untouched}")

    def call(*words: str) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        code = cli.main(["forecast", "backtest", *words])
        printed = capsys.readouterr()
        assert not untouched.exists()
        return code, json.loads(printed.out or "{}"), printed.err

    return call


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger whose clock stands still at START until a story moves it."""
    monkeypatch.setattr(clock, "now", lambda: START)
    return Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def fill(ledger: Ledger, patch: pytest.MonkeyPatch, snapshot_id: str, shelter: str, every_min: float = 1.0) -> str:
    """An incident in which a household of two came to a shelter every so many minutes, and 260 minutes were seen."""
    incident_id = append.new_incident_id("drill")
    about = {"incident_id": incident_id, "mode": "drill"}
    opening = {"name": "訓練", "snapshot_id": snapshot_id, "is_demo": True, "settings": {"OTSU_COUNT_MINUTES": "180"}}
    append.append(ledger, "incident_opened", opening, actor="hq", occurred_at=START, **about)
    append.append(ledger, "shelter_opened", {}, actor="hq", shelter_id=shelter, occurred_at=START, **about)
    for number in range(1, 121):
        patch.setattr(clock, "now", lambda number=number: START + timedelta(minutes=number * every_min))
        append.append(
            ledger,
            "check_in",
            {"ref": f"{incident_id}-{number}", "people": 2},
            actor="desk",
            shelter_id=shelter,
            **about,
        )
    patch.setattr(clock, "now", lambda: START + timedelta(minutes=260))
    append.append(ledger, "shelter_opened", {}, actor="hq", shelter_id="without-room", **about)
    patch.setattr(clock, "now", lambda: START)
    return incident_id


def written(ledger: Ledger, path: Path) -> list[str]:
    """The export of a ledger, and its lines."""
    lines = list(carry.exported(ledger))
    path.write_text("".join(lines), "utf-8")
    return lines


def shelter_with_room(demo: Snapshot) -> tuple[str, int]:
    """A shelter of the demo that takes some hundred people."""
    rooms = hindsight._rooms(demo)
    return min((each for each in rooms.items() if each[1] >= 100), key=lambda each: each[1])


@pytest.fixture
def exported(ledger: Ledger, demo: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with one incident on the demo."""
    fill(ledger, monkeypatch, demo.id, shelter_with_room(demo)[0])
    path = tmp_path / "ledger.jsonl"
    written(ledger, path)
    return path


def test_an_exported_incident_is_judged(run: Run, exported: Path, demo: Snapshot) -> None:
    code, found, told = run("--events", str(exported), "--json")
    events = carry.contents(exported.read_text("utf-8").splitlines(keepends=True), "x").counting
    assert {event.received_at for event in events} == {event.recorded_at for event in events}
    expected = backtest.report(backtest.judged(events, dict([shelter_with_room(demo)]), 180.0))
    assert code == 0 and found == expected | {
        "incidents": 1,
        "shelters": 2,
        "without_capacity": 1,
        "bad_lines": [],
    }
    assert found["n"] > 0 and found["median_error_min"] is not None
    assert not told.count("行あります")


@pytest.mark.parametrize(
    ("lang", "words"), [("ja", ("当たったか", "開いた避難所", "80％ に近いほど")), ("en", ("right?", "80%"))]
)
def test_without_json_it_says_so_in_words(
    run: Run, exported: Path, monkeypatch: pytest.MonkeyPatch, lang: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("OTSU_LANG", lang)
    code, found, told = run("--events", str(exported))
    assert code == 0 and not found
    for word in words:
        assert word in told


def test_each_incident_is_judged_alone(
    run: Run, ledger: Ledger, demo: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelter, _ = shelter_with_room(demo)
    alone = []
    for number, every_min in enumerate((1.0, 1.5)):
        one = Ledger(f"sqlite:///{tmp_path / f'{number}.sqlite'}")
        for each in (one, ledger):
            fill(each, monkeypatch, demo.id, shelter, every_min)
        written(one, tmp_path / "one.jsonl")
        alone.append(run("--events", str(tmp_path / "one.jsonl"), "--json")[1])
    written(ledger, tmp_path / "both.jsonl")
    code, both, _ = run("--events", str(tmp_path / "both.jsonl"), "--json")
    assert code == 0 and both["incidents"] == 2 and both["shelters"] == 4
    for name in ("n", "forecasts", "censored", "intervals"):
        assert both[name] == sum(each[name] for each in alone)


def test_room_by_the_snapshot_of_the_incident_else_by_the_current_one_else_unknown(
    run: Run, ledger: Ledger, demo: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.jsonl"
    fill(ledger, monkeypatch, "gone-20200101", shelter_with_room(demo)[0])
    written(ledger, path)
    assert run("--events", str(path), "--json")[1]["n"] > 0
    monkeypatch.setenv("OTSU_DATA_DIR", str(tmp_path / "no snapshot here"))
    code, found, told = run("--events", str(path), "--json")
    assert code == 1 and (found["shelters"], found["without_capacity"], found["forecasts"]) == (2, 2, 0)
    assert (
        found["coverage"] is None and found["median_error_min"] is None and found["baseline_median_error_min"] is None
    )
    assert "判定できる結果がありません" in told


def test_lines_that_cannot_be_read_are_named_and_the_rest_is_judged(run: Run, exported: Path) -> None:
    whole = run("--events", str(exported), "--json")[1]
    lines = exported.read_text("utf-8").splitlines(keepends=True)
    lines[9] = lines[9].replace('"people":2', '"people":9')
    lines[10] = "torn" + lines[10][:40] + "\n"
    exported.write_text("".join(lines), "utf-8")
    code, found, told = run("--events", str(exported), "--json")
    assert code == 1 and found["bad_lines"] == [10, 11] and "10, 11" in told
    assert found["forecasts"] == whole["forecasts"] and found["n"] > 0


def test_a_file_that_was_cut_off_is_judged_as_far_as_it_goes(run: Run, exported: Path) -> None:
    lines = exported.read_text("utf-8").splitlines(keepends=True)
    exported.write_text("".join(lines[:100]), "utf-8")
    code, found, told = run("--events", str(exported), "--json")
    assert code == 1 and found["bad_lines"] == [] and found["forecasts"] > 0
    assert "途中で切れている" in told


def test_other_files_are_refused(run: Run, exported: Path, tmp_path: Path) -> None:
    other, closed = tmp_path / "other.csv", tmp_path / "sealed.age"
    other.write_text("a,b\n1,2\n", "utf-8")
    closed.write_bytes(sealed.seal(exported.read_bytes(), sealed.new_key()[1]))
    for path, word in ((other, "other.csv"), (closed, "--with-persons"), (tmp_path / "nowhere", "nowhere")):
        code, found, told = run("--events", str(path), "--json")
        assert code == 2 and not found and word in told


def test_a_drill_that_was_played_at_once_cannot_be_judged(
    run: Run, ledger: Ledger, demo: Snapshot, tmp_path: Path
) -> None:
    about, ground = play.prepared("訓練")
    start = play.start_of("heavy-rain", 0, START)
    reports = list(scenario.events("heavy-rain", 7, ground.places, ground.districts, 60, start))
    play.play(ledger, play.open_drill(ledger, about, start), reports)
    written(ledger, tmp_path / "at_once.jsonl")
    code, found, told = run("--events", str(tmp_path / "at_once.jsonl"), "--json")
    assert code == 1 and found["incidents"] == 1 and found["shelters"] > 0 and found["forecasts"] == 0
    assert "一度に流した訓練" in told


def test_without_a_file_drills_of_both_scenarios_are_played_and_recorded_nowhere(run: Run, demo: Snapshot) -> None:
    code, found, told = run("--seeds", "3", "--people", "40", "--json")
    assert found["incidents"] == 2 and found["shelters"] > found["without_capacity"] > 0
    assert found["bad_lines"] == [] and code == (0 if found["n"] else 1) and "予測をやり直しています" in told
    assert run("--seeds", "3", "--people", "40", "--json")[1] == found


@pytest.mark.parametrize("words", [("--seeds", "a,b"), ("--seeds", ""), ("--people", "0"), ("--people", "9999999")])
def test_numbers_that_cannot_be_are_refused(run: Run, demo: Snapshot, words: tuple[str, str]) -> None:
    code, found, told = run(*words, "--json")
    assert code == 2 and not found and told.strip()


def test_without_a_snapshot_no_drill_is_played(run: Run, data_dir: Path) -> None:
    code, found, told = run("--json")
    assert code == 2 and not found and told.strip()
    assert not (data_dir / store.FILE).exists()
