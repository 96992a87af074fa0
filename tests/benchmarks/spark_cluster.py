"""`make spark`: a real Spark of one master and two workers on this machine counts what one process counts.

Starts the three on loopback from the classes that pyspark brings, runs the job on made pings, compares every row with
the embedded engine, says what each took, and stops what it started. Exit code 1: a row differs.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pandas as pd
import pyspark
from movement import pings_in

from otsu_maps.movement import embedded, pings, spark
from otsu_maps.movement.rules import Area
from otsu_maps.movement.sums import Sums
from otsu_maps.movement.zones import Cells

AREA = Area(135, 34, 137, 36)
SIZES = (1000, 500)
WORKERS, MEMORY, SECONDS = 2, "2g", 60


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


@contextmanager
def started(name: str, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Spark daemon in a process group of its own, ended with all that it started."""
    home = Path(pyspark.__file__).parent
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *words]
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(log.parent),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, how)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue


def wait_for(log: Path, sentence: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while not re.search(sentence, log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"{log.name}: {log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.1)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A master and its workers; gives the address."""
    address = f"spark://127.0.0.1:{free_port()}"
    with ExitStack() as stack:
        at = ("--host", "127.0.0.1", "--webui-port", "0")
        log = folder / "master.log"
        port = address.rpartition(":")[2]
        master = stack.enter_context(started("master.Master", log, *at, "--port", port))
        wait_for(log, "Starting Spark master at", master)
        for number in range(WORKERS):
            log = folder / f"worker{number}.log"
            words = (*at, "--cores", "1", "--memory", MEMORY, "--work-dir", str(folder / f"work{number}"), address)
            wait_for(log, "Successfully registered", stack.enter_context(started("worker.Worker", log, *words)))
        yield address


def differences(one: Sums, other: Sums) -> list[str]:
    """Names of what is not equal row by row."""
    return [
        *(name for name in ("cells", "by_hour", "by_day") if not getattr(one, name).equals(getattr(other, name))),
        *(name for name in ("tally", "passed") if getattr(one, name) != getattr(other, name)),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pings", type=int, default=1_000_000, help="how many pings to make")
    rows = parser.parse_args().pings
    with tempfile.TemporaryDirectory(prefix="otsu-spark-") as temporary:
        folder = Path(temporary)
        source = pings.source(pings_in(folder / "pings", rows, "shuffled"), AREA)
        began = time.perf_counter()
        ours = embedded.run(source, SIZES, Cells(500), folder)
        here = time.perf_counter()
        with cluster(folder) as address:
            up = time.perf_counter()
            theirs = spark.run(source, SIZES, Cells(500), address)
            done = time.perf_counter()
            done_by = len(list(folder.glob("work*/app-*/*/stderr")))
    found = differences(ours, theirs)
    count = {name: len(frame) for name, frame in vars(ours).items() if isinstance(frame, pd.DataFrame)}
    print(f"{rows:,} pings; rows compared: {count}; executors: {done_by}")
    print(f"embedded {here - began:.1f} s; Spark starts in {up - here:.1f} s and takes {done - up:.1f} s")
    print("equal" if not found else f"different: {', '.join(found)}")
    return 1 if found or done_by < WORKERS or not all(count.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
