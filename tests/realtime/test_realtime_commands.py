"""`otsu-maps realtime read`, and listening beside `otsu-maps watch`: warnings come whatever operators send."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jma_samples import warnings
from jma_site import SLOW, Site
from real import REAL, needs_real
from rt_messages import add_trip, add_vehicle, message
from scripted_server import Server, running, status

from otsu_maps import cli, clock
from otsu_maps.ledger import read
from otsu_maps.ledger.store import Ledger
from otsu_maps.realtime import archive
from otsu_maps.realtime.now import latest


def told(at: datetime) -> bytes:
    made = message(at)
    add_trip(made, "t1", {"sequence": 1, "arrival": 60})
    return bytes(made.SerializeToString())


# realtime read


def test_what_a_message_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "trips.pb"
    file.write_bytes(told(datetime(2026, 11, 27, 3, 0)))
    assert cli.main(["realtime", "read", str(file)]) == 0
    shown = capsys.readouterr()
    assert ("2026-11-27 12:00" in shown.err, shown.out) == (True, "")
    assert cli.main(["realtime", "read", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["updates"][0]["stops"] == [{"sequence": 1, "arrival_delay_s": 60, "relationship": "scheduled"}]
    made = message()
    for number in range(25):
        add_vehicle(made, str(number), 999.0, 35.0)
    file.write_bytes(made.SerializeToString())
    assert cli.main(["realtime", "read", str(file)]) == 1
    assert capsys.readouterr().err.count("999") == 20
    file.write_bytes(b"")
    assert cli.main(["realtime", "read", str(file)]) == 2
    assert cli.main(["realtime", "read", str(tmp_path / "none.pb")]) == 2


@needs_real
@pytest.mark.real
def test_real_messages_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    folder = REAL / "gtfs_rt"
    assert cli.main(["realtime", "read", str(folder / "king-county-metro-1.pbf"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["entities"], len(found["vehicles"])) == (627, 627)
    assert cli.main(["realtime", "read", str(folder / "invalid.pb"), "--json"]) == 2


# beside the watcher


@pytest.fixture
def server() -> Iterator[Server]:
    with running(Server()) as server:
        yield server


@pytest.fixture
def watch(server: Server, data_dir: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    begun: list[subprocess.Popen[str]] = []
    site = Site(server)
    site.publish(
        warnings("VPWW55", [("03", "レベル３大雨警報", "発表")], at=f"{clock.now():%Y-%m-%dT%H:%M:%S}Z"), clock.now()
    )

    def begin(*more: str, **settings: str) -> subprocess.Popen[str]:
        environment = os.environ | {"OTSU_DATA_DIR": str(data_dir), "OTSU_FEEDS": site.feed, "OTSU_LANG": "en"}
        environment |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"} | settings
        command = [sys.executable, "-m", "otsu_maps.cli", "watch", *more]
        begun.append(subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def warned(data_dir: Path) -> int:
    ledger = Ledger(f"sqlite:///{data_dir / 'ledger.sqlite'}")
    found = sum(each.kind == "alert_received" for each in read.events(ledger))
    ledger.close()
    return found


def rows() -> int:
    now = clock.now()
    return archive.read("trips", archive.folder(), now - timedelta(days=1), now + timedelta(days=1))[0].num_rows


def until(true: Callable[[], Any]) -> None:
    for _ in range(1500):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen")


def test_once_reads_both(watch: Callable[..., subprocess.Popen[str]], server: Server, data_dir: Path) -> None:
    url = server.plays("/rt.pb", status(200, told(clock.now())))
    assert watch("--once", OTSU_REALTIME=url).wait(60) == 0
    assert (warned(data_dir), rows(), len(latest().sources[0].updates)) == (1, 1, 1)


@pytest.mark.parametrize(
    "settings",
    [
        {"OTSU_REALTIME": "http://127.0.0.1:1/none.pb"},
        {"OTSU_REALTIME": "no.pb", "OTSU_REALTIME_SECONDS": "1"},
        {"OTSU_REALTIME": "http://[::1"},
    ],
)
def test_trouble_with_operators_is_told_and_warnings_are_recorded(
    watch: Callable[..., subprocess.Popen[str]], data_dir: Path, settings: dict[str, str]
) -> None:
    process = watch("--once", **settings)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, warned(data_dir)) == (1, 1)
    assert "Traceback" not in told


def test_without_the_setting_nothing_is_written(watch: Callable[..., subprocess.Popen[str]], data_dir: Path) -> None:
    assert watch("--once").wait(60) == 0
    assert not (data_dir / "realtime").exists()


def test_an_operator_that_hangs_delays_no_warning_and_what_came_is_written_at_the_end(
    watch: Callable[..., subprocess.Popen[str]], server: Server, data_dir: Path
) -> None:
    slow, good = server.plays("/slow.pb", SLOW), server.plays("/rt.pb", status(200, told(clock.now())))
    process = watch(OTSU_REALTIME=f"{slow} {good}")
    until(lambda: warned(data_dir))
    until(lambda: latest().sources and latest().sources[1].updates)
    assert latest().sources[0].heard_at is None
    assert rows() == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert rows() == 1
