"""A town of 400 shelters in a drill of 100,000 events that ends now, and somebody who goes on recording."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from ledger_figures import ROOT, filled

from otsu_maps import clock
from otsu_maps.ledger import accounts, append, read
from otsu_maps.ledger.store import FILE, Ledger

SHELTERS = 400
PASSWORD = "correct horse battery"
ITEMS = ("water", "food", "blanket", "toilet", "milk", "diaper")


def built(folder: Path) -> list[str]:
    """The demo with 400 shelters as the current snapshot of `folder`; their ids."""
    geodata = folder / "geodata"
    for part in ("demo", "basemap"):
        shutil.copytree(ROOT / "geodata" / part, geodata / part)
    table = geodata / "demo" / "shelters.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    more = [_another(rows[number % len(rows)], number) for number in range(SHELTERS + 10 - len(rows))]
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows + more)
    command = [sys.executable, "-m", "etl", "build", "--sources", str(geodata / "demo" / "sources.toml")]
    environment = os.environ | {"OTSU_DATA_DIR": str(folder)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode == 2:
        raise RuntimeError(done.stdout + done.stderr)
    return _shelters(folder)


def _another(row: dict[str, str], number: int) -> dict[str, str]:
    """A shelter a little further on: nothing else of the demo speaks of it."""
    return row | {
        "NO": str(1000 + number),
        "共通ID": f"E25201{7_000_000 + number:07}1",
        "施設・場所名": f"{row['施設・場所名']}{number + 2}",
        "緯度": f"{float(row['緯度']) + 0.0007 * (1 + number % 7):.6f}",
    }


def _shelters(folder: Path) -> list[str]:
    from otsu_maps.db import snapshots
    from otsu_maps.db.reader import Snapshot
    from otsu_maps.queries import validity

    os.environ["OTSU_DATA_DIR"] = str(folder)
    with Snapshot.of_this_version(snapshots.current_path()) as snapshot:
        return [row["place_id"] for row in validity.places(snapshot) if row["place_kind"] == "shelter"][:SHELTERS]


def played(folder: Path, shelters: list[str], events: int, staff: int) -> str:
    """A drill of so many events up to now, and so many accounts of headquarters; the id of the incident."""
    url = f"sqlite:///{folder / FILE}"
    began = clock.now() - timedelta(hours=8)
    pace = timedelta(hours=8) / events
    ledger, incident = filled(url, events, shelters=shelters, items=ITEMS, start=began, pace=pace)
    for number in range(staff):
        accounts.add(ledger, f"staff{number}", "headquarters", PASSWORD, actor="bench", display_name="本部")
    ledger.close()
    return incident


def goes_on(url: str, incident: str, shelters: list[str], per_second: float, seconds: float) -> int:
    """Record head-counts at an even pace; how many."""
    ledger, end, done = Ledger(url), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        shelter = shelters[done * 7 % len(shelters)]
        count = {"people": done % 300, "method": "counted"}
        append.append(ledger, "head_count", count, actor="desk", incident_id=incident, mode="drill", shelter_id=shelter)
        done += 1
        time.sleep(1 / per_second)
    ledger.close()
    return done


def writer(
    folder: Path, incident: str, shelters: list[str], per_second: float, seconds: float
) -> subprocess.Popen[str]:
    """The same in a process of its own."""
    given = [str(folder / FILE), incident, ",".join(shelters), str(per_second), str(seconds)]
    rooms = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "ledger")])
    command = [sys.executable, __file__, *given]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": rooms}
    )


def recorded(folder: Path) -> int:
    """How many events lie in the ledger."""
    ledger = Ledger(f"sqlite:///{folder / FILE}")
    count = sum(last for _, last, _ in read.mark(ledger))
    ledger.close()
    return count


def _main(path: str, incident: str, shelters: str, per_second: str, seconds: str) -> None:
    print(goes_on(f"sqlite:///{path}", incident, shelters.split(","), float(per_second), float(seconds)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
