"""No acknowledged event is lost and none is doubled: killed writers, a full disk, eight writers at once."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from incident import Incident, same_as_replay

from otsu_maps.errors import LedgerMissing
from otsu_maps.i18n import languages
from otsu_maps.ledger import read, rows, tables, verify
from otsu_maps.ledger.store import Ledger

HERE = Path(__file__).parent
KILLS = 8


class Writer:
    """A process of writer.py; what it acknowledged stands in a file, which survives its death."""

    def __init__(self, url: str, incident: str, name: str, most: int, folder: Path) -> None:
        self.log = folder / f"{name}.log"
        command = [sys.executable, str(HERE / "writer.py"), url, incident, name, str(most)]
        environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
        with self.log.open("w") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)

    def wait_until_ready(self) -> None:
        for _ in range(600):
            if self.log.read_text().startswith("ready\n"):
                return
            assert self.process.poll() is None, self.log.read_text()[-500:]
            time.sleep(0.02)
        pytest.fail("the writer did not start")

    def acknowledged(self) -> dict[str, int]:
        """Event id to sequence. The last line of a killed process may be torn."""
        words = [line.split() for line in self.log.read_text().splitlines()[1:]]
        return {pair[0]: int(pair[1]) for pair in words if len(pair) == 2 and len(pair[0]) == 36}


def stored(ledger: Ledger) -> dict[str, int]:
    with ledger.reading() as connection:
        return {event.event_id: event.sequence for event in rows.read(connection, tables.event.c.kind == "check_in")}


def whole(ledger: Ledger) -> None:
    assert [chain.problems for chain in verify.verified(ledger)] == [()]
    same_as_replay(ledger)


def test_writers_killed_at_random_moments_lose_nothing_that_was_acknowledged(
    address: Callable[[], str], tmp_path: Path
) -> None:
    url = address()
    ledger = Ledger(url)
    incident, dice = Incident(ledger), random.Random(9)
    acknowledged: dict[str, int] = {}
    for turn in range(KILLS):
        running = [Writer(url, incident.id, f"w{turn}x{number}", 100_000, tmp_path) for number in range(2)]
        for each in running:
            each.wait_until_ready()
        time.sleep(dice.uniform(0.05, 0.5))
        for each in running:
            each.process.kill()
        for each in running:
            each.process.wait(30)
            acknowledged |= each.acknowledged()
    found = stored(ledger)
    assert len(acknowledged) > KILLS
    assert {event: found.get(event) for event in acknowledged} == acknowledged
    assert len(set(found.values())) == len(found)
    assert len(found) - len(acknowledged) <= 2 * KILLS, "at most the one that each was writing"
    whole(ledger)
    ledger.close()


def test_eight_processes_write_at_once_without_an_error(address: Callable[[], str], tmp_path: Path) -> None:
    url = address()
    ledger = Ledger(url)
    incident = Incident(ledger)
    running = [Writer(url, incident.id, f"desk{number}", 60, tmp_path) for number in range(8)]
    assert [each.process.wait(240) for each in running] == [0] * 8, [each.log.read_text()[-500:] for each in running]
    found = stored(ledger)
    said = {event for each in running for event in each.acknowledged()}
    assert said == set(found) and len(found) == 480
    assert sorted(found.values()) == list(range(2, 482))
    inside = read.state(ledger, incident.id)["shelters"].values()
    assert sum(each["checked_in"]["people"] for each in inside) == 480
    whole(ledger)
    ledger.close()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 8 MB that fills up in earnest."""
    if os.geteuid() or shutil.which("mount") is None:
        pytest.skip("a small disk can only be mounted by root; this test did not run")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "otsu-test", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def test_a_full_disk_refuses_with_a_sentence_and_keeps_all_that_was_acknowledged(small_disk: Path) -> None:
    ledger = Ledger(f"sqlite:///{small_disk / 'ledger.sqlite'}")
    incident = Incident(ledger)
    acknowledged = []
    with pytest.raises(LedgerMissing) as refused:
        for number in range(20_000):
            acknowledged.append(incident.did("check_in", {"ref": f"p{number:06}"}, "s-1").event_id)
    for lang in languages():
        assert "{" not in refused.value.reason.sentence(lang)
    ledger.close()
    room = small_disk / "ledger.sqlite"
    moved = shutil.copytree(small_disk, Path(tempfile.mkdtemp()) / "more") / room.name
    again = Ledger(f"sqlite:///{moved}")
    assert set(stored(again)) == set(acknowledged) and len(acknowledged) > 100
    whole(again)
    Incident(again, incident.id).did("check_in", {"ref": "after"}, "s-1")
    again.close()
    shutil.rmtree(moved.parents[1])
