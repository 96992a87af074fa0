"""What is kept is whole: killed, full, or broken beside, an archive loses minutes at most and is never damaged."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from test_realtime_now import AT, trip, vehicle

from otsu_maps import clock
from otsu_maps.realtime import archive
from otsu_maps.realtime.archive import Archive
from otsu_maps.realtime.records import Alert, Informed

ABOUT = {"heard_at": AT, "message_at": AT, "source": "s", "feed_id": "f"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def kept(root: Path, kind: str = "trips") -> list[dict[str, object]]:
    table, broken = archive.read(kind, root, datetime(2000, 1, 1), datetime(2100, 1, 1))
    assert broken == []
    return table.to_pylist()


def test_rows_of_every_kind_come_back_in_their_columns(tmp_path: Path) -> None:
    notice = Alert("a", ((AT, None),), (Informed(route_id="r"),), "weather", None, None, {"ja": "運休"}, {}, {})
    held = Archive(tmp_path, 30)
    held.add("trips", archive.trip_rows([trip("t1", AT)]), ABOUT)
    held.add("vehicles", archive.vehicle_rows([vehicle(AT)]), ABOUT)
    held.add("alerts", archive.alert_rows([notice]), ABOUT)
    assert len(held.flush()) == 3
    first, second = kept(tmp_path)
    told = ("trip_id", "stop_sequence", "arrival_delay_s", "arrival_at", "stop_relationship", "start_date", "trip_at")
    assert [first[name] for name in told] == ["t1", 1, 30, AT, "scheduled", date(2026, 11, 27), AT]
    assert [second[name] for name in told] == ["t1", 2, None, None, "skipped", date(2026, 11, 27), AT]
    [bus] = kept(tmp_path, "vehicles")
    assert (bus["vehicle_id"], bus["lon"], bus["occupancy"], bus["at"]) == ("bus", 135.87, "full", AT)
    [alert] = kept(tmp_path, "alerts")
    assert (alert["header"], alert["informed"]) == ('{"ja": "運休"}', '[{"route_id": "r"}]')


def test_a_trip_without_stops_is_a_row_and_a_day_has_its_own_folder(tmp_path: Path) -> None:
    held = Archive(tmp_path, 30)
    for minutes in (0, 24 * 60):
        rows = archive.trip_rows([replace(trip("t1", relationship="canceled"), stops=())])
        held.add("trips", rows, ABOUT | {"heard_at": AT + timedelta(minutes=minutes)})
    held.flush()
    assert archive.days(tmp_path, "trips") == [date(2026, 11, 27), date(2026, 11, 28)]
    assert [(row["trip_relationship"], row["stop_id"]) for row in kept(tmp_path)] == [("canceled", None)] * 2


def test_it_is_written_when_it_is_old_or_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Archive(tmp_path, 30)
    assert not held.is_due(AT + timedelta(days=1))
    held.add("vehicles", archive.vehicle_rows([vehicle(AT)]), ABOUT)
    assert [held.is_due(AT + timedelta(seconds=each)) for each in (0, 599, 600)] == [False, False, True]
    assert held.is_due(AT - timedelta(seconds=1))  # the clock was set back
    monkeypatch.setattr(archive, "MOST_ROWS", 1)
    assert held.is_due(AT)
    held.flush()
    assert (held.waiting, held.is_due(AT + timedelta(days=1))) == (0, False)


def test_a_clock_that_stands_still_or_goes_back_overwrites_nothing(tmp_path: Path) -> None:
    held = Archive(tmp_path, 30)
    for number in range(3):
        held.add("trips", archive.trip_rows([trip(f"t{number}")]), ABOUT)
        held.flush()
    assert sorted({str(row["trip_id"]) for row in kept(tmp_path)}) == ["t0", "t1", "t2"]


def test_old_days_go_and_so_does_what_a_killed_process_left(tmp_path: Path) -> None:
    days = [AT.date() - timedelta(days=each) for each in (0, 1, 30, 31)]
    for day in days:
        folder = tmp_path / "trips" / day.isoformat()
        folder.mkdir(parents=True)
        (folder / ".left.part").write_bytes(b"PAR1")
    (tmp_path / "trips" / "notes").mkdir()
    Archive(tmp_path, 30).flush()
    assert sorted(each.name for each in (tmp_path / "trips").iterdir()) == sorted(
        [*(day.isoformat() for day in days[:3]), "notes"]
    )
    assert [each.parent.name for each in tmp_path.rglob("*.part")] == [days[0].isoformat()]


def test_while_nothing_can_be_written_rows_wait_and_the_oldest_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_ROWS", 3)
    (tmp_path / "trips").write_text("a file where a folder should be")
    held = Archive(tmp_path, 30)
    for number in range(3):
        held.add("trips", archive.trip_rows([trip(f"t{number}")]), ABOUT)
        with pytest.raises(OSError, match="trips"):
            held.flush()
    assert (held.waiting, held.dropped) == (3, 3)
    (tmp_path / "trips").unlink()
    held.flush()
    assert [row["trip_id"] for row in kept(tmp_path)] == ["t1", "t2", "t2"]


def test_a_file_that_is_broken_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    held = Archive(tmp_path, 30)
    held.add("trips", archive.trip_rows([trip("t1")]), ABOUT)
    [file] = held.flush()
    broken = file.with_name("broken.parquet")
    broken.write_bytes(file.read_bytes()[:-20])
    table, named = archive.read("trips", tmp_path, AT, AT + timedelta(seconds=1))
    assert (table.num_rows, named) == (2, [broken])
    assert archive.read("trips", tmp_path, AT + timedelta(seconds=1), AT + timedelta(days=1))[0].num_rows == 0


WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from test_realtime_now import AT, trip
from otsu_maps.realtime import archive
held = archive.Archive(Path(sys.argv[1]), 36500)
for number in range(10_000):
    told = [trip(f"{number}-{each}") for each in range(200)]
    held.add("trips", archive.trip_rows(told), {"heard_at": AT, "message_at": AT, "source": "s", "feed_id": "f"})
    held.flush()
    print(number, flush=True)
"""


def test_killed_at_any_moment_every_file_is_whole(tmp_path: Path) -> None:
    here = Path(__file__).parent
    for run in range(6):
        root = tmp_path / str(run)
        command = [sys.executable, "-c", WRITER, str(root), str(here), str(here.parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            assert process.stdout.readline() == "0\n"
            time.sleep(0.01 + run * 0.013)
            process.kill()
            told = process.stdout.read().split()
        flushed = int(told[-1]) + 1 if told else 1
        files = sorted(root.rglob("*.parquet"))
        assert [pq.read_table(file).num_rows for file in files] == [400] * len(files)
        assert len(files) in (flushed, flushed + 1)
