"""`otsu-maps ledger`, `backup` and `restore`: what they print, what they leave with, what they refuse."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from otsu_maps import cli
from otsu_maps.ledger import store

Printed = tuple[int, Any]


@pytest.fixture
def run(data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `otsu-maps ...` here: exit code and what it printed, as JSON where it is."""

    def call(*words: str, typed: str = "") -> Printed:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = cli.main(list(words))
        out = capsys.readouterr()
        call.said = out.err  # type: ignore[attr-defined]
        try:
            return code, json.loads(out.out)
        except ValueError:
            return code, out.out

    yield call
    store._opened.cache_clear()


def opened(run: Any) -> str:
    about = json.dumps({"name": "大雨訓練", "snapshot_id": "x", "is_demo": True})
    code, [event] = run("ledger", "append", "incident_opened", "--mode", "drill", "--payload", about, "--json")
    assert code == 0
    return str(event["incident_id"])


def test_from_opening_an_incident_to_its_state_and_series(run: Any) -> None:
    incident = opened(run)
    lines = [
        {"kind": "shelter_opened", "incident_id": incident, "shelter_id": "s-1"},
        {"kind": "check_in", "incident_id": incident, "shelter_id": "s-1", "payload": {"ref": "card-1", "people": 3}},
    ]
    code, events = run("ledger", "append", "--lines", "--json", typed="\n".join(map(json.dumps, lines)))
    assert code == 0 and [event["sequence"] for event in events] == [2, 3]
    code, state = run("ledger", "state", "--json")
    assert (state["incident_id"], state["mode"]) == (incident, "drill")
    assert state["shelters"]["s-1"]["checked_in"]["people"] == 3
    code, series = run("ledger", "series", "s-1", "--json")
    assert [step["checked_in"] for step in series] == [3]
    code, _ = run("ledger", "state", "--json", "--incident", incident, "--at", "2000-01-01T00:00:00+09:00")
    assert code == 2


def test_a_state_at_a_moment_knows_only_what_was_true_then(run: Any) -> None:
    about = json.dumps({"name": "x", "snapshot_id": "x", "is_demo": True})
    at = ("--at", "2026-11-24T09:00:00+09:00")
    _, [event] = run("ledger", "append", "incident_opened", "--mode", "drill", "--payload", about, *at, "--json")
    incident = event["incident_id"]
    for hour, people in ((10, 5), (12, 9)):
        count = json.dumps({"people": people, "method": "counted"})
        when = f"2026-11-24T{hour}:00:00+09:00"
        run(
            "ledger",
            "append",
            "head_count",
            "--incident",
            incident,
            "--shelter",
            "s-1",
            "--payload",
            count,
            "--at",
            when,
        )
    _, state = run("ledger", "state", "--json", "--at", "2026-11-24T11:00:00+09:00")
    assert state["shelters"]["s-1"]["head_count"]["people"] == 5
    _, known = run("ledger", "state", "--json", "--as-known-at", "2100-01-01T00:00:00Z")
    assert known["shelters"]["s-1"]["head_count"]["people"] == 9


REFUSED = [
    (("ledger", "state"), ""),
    (("ledger", "state", "--incident", "nowhere"), ""),
    (("ledger", "append", "no_such_kind"), ""),
    (("ledger", "append", "confirmed", "--payload", "{"), ""),
    (("ledger", "append", "confirmed", "--at", "yesterday"), ""),
    (("ledger", "append", "--lines"), '{"kind": "confirmed", "color": 1}'),
    (("ledger", "append", "--lines"), "[]"),
    (("ledger", "import", "nowhere.jsonl"), ""),
    (("ledger", "verify", "--anchor", "x"), ""),
    (("ledger", "export", "out.age", "--with-persons", "no key"), ""),
    (("restore", "nowhere"), ""),
]


@pytest.mark.parametrize(("words", "typed"), REFUSED, ids=[" ".join(words) for words, _ in REFUSED])
def test_what_is_refused_says_why_in_one_sentence(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _ = run(*words, typed=typed)
    assert code == 2 and run.said.strip() and "{" not in run.said.replace("{}", "")
    assert not (tmp_path / "out.age").exists()


def test_a_ledger_goes_over_on_a_stick_and_back(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(run)
    stick = str(tmp_path / "usb.jsonl")
    assert run("ledger", "export", stick, "--json")[1]["lines"] == 3
    monkeypatch.setenv("OTSU_DATA_DIR", str(tmp_path / "other"))
    code, found = run("ledger", "import", stick, "--json")
    assert (code, found["new"], found["is_whole"]) == (0, 1, True)
    torn = tmp_path / "torn.jsonl"
    torn.write_text(Path(stick).read_text("utf-8")[:-60], "utf-8")
    assert run("ledger", "import", str(torn))[0] == 1
    code, chains = run("ledger", "verify", "--json")
    assert code == 0 and sum(chain["events"] for chain in chains) == 1


def test_persons_cross_sealed_to_the_key_of_the_receiver(run: Any, tmp_path: Path) -> None:
    opened(run)
    secret, sealed = tmp_path / "key.txt", tmp_path / "out.age"
    _, public = run("ledger", "keys", str(secret))
    assert run("ledger", "keys", str(secret))[0] == 2, "a key is never overwritten"
    assert oct(secret.stat().st_mode)[-3:] == "600"
    run("ledger", "export", str(sealed), "--with-persons", public.strip())
    assert sealed.read_bytes().startswith(b"age-encryption.org/v1")
    assert run("ledger", "import", str(sealed))[0] == 2
    assert run("ledger", "import", str(sealed), "--key-file", str(secret))[0] == 0


def test_a_backup_fills_an_empty_ledger(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(run)
    kept = tmp_path / "ledger.backup"
    assert run("backup", str(kept))[0] == 0
    assert run("restore", str(kept))[0] == 2
    monkeypatch.setenv("OTSU_DATA_DIR", str(tmp_path / "new"))
    assert run("restore", str(kept))[0] == 0
    assert run("ledger", "state", "--json")[1]["name"] == "大雨訓練"


def test_when_service_may_come_back_is_told_as_people_write_times(run: Any) -> None:
    incident = opened(run)
    about = {"route_id": "f:r1", "source": "訓練の事業者", "until": "2026-11-27T21:00+09:00"}
    words = ("ledger", "append", "service_suspended", "--incident", incident, "--payload")
    assert run(*words, json.dumps(about))[0] == 0
    _, state = run("ledger", "state", "--json")
    assert [each["until"] for each in state["services"]] == ["2026-11-27T12:00:00.000000Z"]
    assert run(*words, json.dumps(about | {"until": "tonight"}))[0] == 2
    assert "tonight" in run.said
