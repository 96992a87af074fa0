"""docs/two_networks.md as it stands: its commands, run on two data folders, carry warnings in and openings out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from otsu_maps import clock, config, incidents
from otsu_maps.ledger import append, read
from otsu_maps.ledger.store import FILE, Ledger

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "two_networks.md").read_text("utf-8")
NAME = "近江 花"


@dataclass
class Side:
    """One machine: a data folder, and files that came and go."""

    folder: Path

    def run(self, block: str, **more: str) -> subprocess.CompletedProcess[str]:
        (commands,) = re.findall(rf"```sh {block}\n(.*?)```", TEXT, re.S)
        around = os.environ | {
            "OTSU_DATA_DIR": str(self.folder / "data"),
            "OTSU_INSTALLATION": self.folder.name,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        return subprocess.run(
            ["sh", "-euc", commands], cwd=self.folder, env=around | more, capture_output=True, text=True, check=True
        )

    @property
    def ledger(self) -> Ledger:
        return Ledger(f"sqlite:///{self.folder / 'data' / FILE}")


@pytest.fixture
def inside(tmp_path: Path) -> Side:
    return _side(tmp_path / "inside")


@pytest.fixture
def outside(tmp_path: Path) -> Side:
    return _side(tmp_path / "outside")


def _side(folder: Path) -> Side:
    for place in ("data/snapshots", "in", "out"):
        (folder / place).mkdir(parents=True)
    return Side(folder)


def carry(a: Side, b: Side) -> None:
    for path in (a.folder / "out").iterdir():
        shutil.copy(path, b.folder / "in")


def test_the_commands_carry_openings_outward_without_a_person(
    inside: Side, outside: Side, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (snapshot,) = (demo_folder / "snapshots").glob("*.duckdb")
    for side in (inside, outside):
        side.run("snapshot", SNAPSHOT=str(snapshot), OTSU_DATA_DIR=str(side.folder / "data"))
        assert (side.folder / "data" / "snapshots" / "CURRENT").read_text().strip() == snapshot.stem
    monkeypatch.setenv(config.DATA_DIR.name, str(inside.folder / "data"))
    where = {"incident_id": append.new_incident_id("drill"), "mode": "drill"}
    at = clock.now() - timedelta(minutes=5)
    append.append(inside.ledger, "incident_opened", incidents.opening("大雨訓練"), actor="hq", occurred_at=at, **where)
    for kind, payload, note in (("shelter_created", {"name": "自治会館"}, None), ("shelter_opened", {}, NAME)):
        append.append(inside.ledger, kind, payload, actor="hq", shelter_id="prov-1", note=note, **where)

    (outside.folder / "in" / "events.jsonl").write_text("")  # nothing has come yet
    (outside.folder / "data" / FILE).unlink(missing_ok=True)
    (inside.folder / "in" / "alerts.jsonl").write_bytes(b"")
    _tolerant(outside), carry(outside, inside)
    _tolerant(inside), carry(inside, outside)
    assert NAME.encode() not in (outside.folder / "in" / "events.jsonl").read_bytes()
    outside.run("outside")

    (known,) = [each for each in read.incidents(outside.ledger) if each["mode"] == "drill"]
    assert (known["name"], known["is_open"]) == ("大雨訓練", True)
    assert known["snapshot_id"] == snapshot.stem


def _tolerant(side: Side) -> None:
    """The first round has nothing to take in, and says so by its exit code."""
    for line in re.findall(rf"```sh {side.folder.name}\n(.*?)```", TEXT, re.S)[0].splitlines():
        around = os.environ | {"OTSU_DATA_DIR": str(side.folder / "data")}
        subprocess.run(
            [sys.executable, "-m", "otsu_maps.cli", *line.split()[1:]], cwd=side.folder, env=around, capture_output=True
        )


def test_the_page_names_each_process_and_each_file_that_crosses() -> None:
    for name in ("watch", "publish", "serve", "serve-public", "alerts export", "ledger export", "make bundle"):
        assert name in TEXT
    assert "public-drill/" in TEXT
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target
