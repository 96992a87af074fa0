"""`otsu-maps drill`: from the words of the command to an open drill, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from otsu_maps import cli
from otsu_maps.db.reader import Snapshot
from otsu_maps.drill import ground, play
from otsu_maps.drill.scenario import SCENARIOS, events
from otsu_maps.drill.tally import Tally
from otsu_maps.ledger import read, store
from otsu_maps.ledger.events import read_time


@pytest.fixture
def run(demo: Snapshot, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `otsu-maps drill ...` on the demo with a ledger of its own: exit code, JSON, what it told."""
    monkeypatch.setenv("OTSU_LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.sqlite'}")

    def call(*words: str) -> tuple[int, dict[str, Any], str]:
        capsys.readouterr()
        code = cli.main(["drill", *words])
        printed = capsys.readouterr()
        return code, json.loads(printed.out or "{}"), printed.err

    yield call
    store._opened.cache_clear()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_drill_of_1500_people_from_end_to_end(run: Any, demo: Snapshot, scenario: str) -> None:
    code, found, told = run(scenario, "--seed", "5", "--speed", "0", "--people", "1500", "--json")
    assert code == 0 and found["incident_id"] in told
    assert found["arrived"] == 1500 == found["inside"] + found["away"] + found["left"]
    assert found["inside"] > 0 and found["left"] > 0 and found["outside"] > 0 and found["passed_over"] == 0
    assert (found["provisional"] > 0) <= (scenario == "earthquake")
    ledger = store.open_ledger()
    state = read.state(ledger, found["incident_id"])
    assert state["is_open"] and state["mode"] == "drill" and state["snapshot_id"] == demo.id
    assert state["settings"]["drill_seed"] == "5" and state["flags"] == {}
    here = ground.read(demo)
    start = read_time(state["opened_at"])
    reports = list(events(scenario, 5, here.places, here.districts, 1500, start))
    assert found["events"] == len(reports) + 1
    tally = Tally()
    for report in reports:
        tally.follow(report)
    inside = {
        shelter: (about["checked_in"]["people"], about["checked_in"]["away"])
        for shelter, about in state["shelters"].items()
        if about["checked_in"]
    }
    assert {k: v for k, v in inside.items() if any(v)} == {k: v for k, v in tally.by_shelter().items() if any(v)}
    assert tally.left == found["left"]


def test_without_json_it_says_the_same_in_sentences_and_what_was_assumed(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("otsu_maps.commands.drill.usual_people", lambda *_: (30, 8000))
    code, found, told = run("heavy-rain")
    assert code == 0 and not found
    assert "30 人" in told and "8,000 人" in told and "10％" in told
    [incident] = read.incidents(store.open_ledger())
    assert incident["incident_id"] in told and incident["name"] in told


@pytest.mark.parametrize(
    "words",
    [
        ("--speed", "-1"),
        ("--speed", "nan"),
        ("--speed", "inf"),
        ("--people", "0"),
        ("--people", "-4"),
        ("--people", "9999999"),
    ],
)
def test_numbers_that_cannot_be_are_refused_and_open_no_incident(run: Any, words: tuple[str, str]) -> None:
    code, found, told = run("heavy-rain", *words, "--json")
    assert code == 2 and not found and told.strip()
    assert read.incidents(store.open_ledger()) == []


def test_without_a_snapshot_nothing_is_played(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drill", "earthquake", "--people", "10"]) == 2
    assert not (data_dir / store.FILE).exists() and capsys.readouterr().err


def test_stopped_by_hand_it_leaves_the_drill_open(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(play, "play", stop)
    code, _, told = run("earthquake", "--people", "10")
    [incident] = read.incidents(store.open_ledger())
    assert code == 1 and incident["is_open"] and incident["incident_id"] in told


def test_reports_that_no_longer_fit_are_told_and_change_the_exit_code(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "play", lambda *_: play.Played(events=4, passed_over=2, arrived=1, left=0))
    code, found, told = run("earthquake", "--people", "10", "--json")
    assert code == 1 and found["passed_over"] == 2 and "2" in told
