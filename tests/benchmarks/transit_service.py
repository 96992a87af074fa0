"""From the zip of a large timetable to departures by stop and hour, beside gtfs_kit and partridge in the same run, and
what one question costs afterwards: `python tests/benchmarks/transit_service.py`.

Each of them is a process of its own, so that its memory is its own. Times are on the wall and of the processor (others
may use the same machine); ours are medians. All three count the same departures, last calls of trips aside.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import big_feed

DAY = date(2026, 6, 3)
STOP_TIMES, RUNS, QUESTIONS = 1_000_000, 7, 50


def timed(run: Callable[[], object], times: int) -> tuple[float, float]:
    """Median milliseconds on the wall and of the processor, after one run that does not count."""
    run()
    wall, processor = [], []
    for _ in range(times):
        started, worked = time.perf_counter(), time.process_time()
        run()
        wall.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - worked) * 1000)
    return statistics.median(wall), statistics.median(processor)


def ours(file: Path) -> dict[str, Any]:
    from otsu_maps.formats import gtfs
    from otsu_maps.formats.reading import Payload
    from otsu_maps.transit import departures, headways, services, stop_board, tables

    started, worked = time.perf_counter(), time.process_time()

    def read(*without: str) -> list[gtfs.Feed]:
        return gtfs.read(Payload(file.name, file.read_bytes()), 2**30, without)

    def whole(*without: str) -> Any:
        made = tables.of_feeds(read(*without))
        return made, departures.by_hour(made, DAY)

    made, counts = whole("shapes")
    first = (time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000
    feeds = read("shapes")
    found = {
        "the first time in a process": first,
        "zip to departures by stop and hour": timed(lambda: whole("shapes"), RUNS),
        "of it: reading": timed(lambda: read("shapes"), RUNS),
        "of it: the timetable": timed(lambda: tables.of_feeds(feeds), RUNS),
        "of it: departures by stop and hour": timed(lambda: departures.by_hour(made, DAY), RUNS),
        "the same with shapes": timed(whole, RUNS),
    }

    busy = int(counts.sum(axis=1).argmax())
    fresh = departures.of_service_day(made, DAY, [busy])
    questions: dict[str, Callable[[], object]] = {
        "departures of a stop, by the clock": lambda: departures.of_clock_day(made, DAY, [busy]),
        "headways of a stop by line and direction": lambda: headways.headways(
            made, departures.of_service_day(made, DAY, [busy]), ["stop", "route", "direction"], *headways.PEAK
        ),
        "lines by frequency": lambda: headways.lines(made, DAY),
        "the usual weekday": lambda: services.typical_days(made, services.WEEKDAY),
        "the board of a stop, three kinds of day": lambda: stop_board.board(made, busy),
        "headways of every stop": lambda: headways.headways(made, departures.of_service_day(made, DAY)),
    }
    for name, ask in questions.items():
        found[name] = timed(ask, QUESTIONS if "every" not in name else 5)
    return {
        "times": found,
        "departures": int(counts.sum()),
        "of_one_stop": len(fresh),
        "stop_times": len(made.calls.stop),
    }


def command(file: Path) -> dict[str, Any]:
    """The whole command, start of Python and imports with it."""
    words = [sys.executable, "-m", "otsu_maps.cli", "transit", "departures", str(file), "--date", f"{DAY}", "--json"]

    def run() -> None:
        subprocess.run(words, check=True, capture_output=True)

    wall = []
    for _ in range(3):
        started = time.perf_counter()
        run()
        wall.append((time.perf_counter() - started) * 1000)
    return {"times": {"otsu-maps transit departures --json, a whole process": (statistics.median(wall), float("nan"))}}


def gtfs_kit(file: Path) -> dict[str, Any]:
    import gtfs_kit as kit

    started, worked = time.perf_counter(), time.process_time()
    feed = kit.read_feed(file, dist_units="km")
    read = (time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000
    counts = kit.compute_stop_time_series(feed, [f"{DAY:%Y%m%d}"], freq="h")
    whole = (time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000
    times = {"zip to departures by stop and hour": whole, "of it: reading": read}
    return {"times": times, "departures": int(counts["num_trips"].sum())}


def partridge(file: Path) -> dict[str, Any]:
    import partridge as other

    started, worked = time.perf_counter(), time.process_time()
    services = other.read_service_ids_by_date(str(file))[DAY]
    times = other.load_feed(str(file), view={"trips.txt": {"service_id": services}}).stop_times
    hour = (times["departure_time"] // 3600).astype(int)
    counts = times.groupby(["stop_id", hour]).size()
    whole = (time.perf_counter() - started) * 1000, (time.process_time() - worked) * 1000
    return {"times": {"zip to departures by stop and hour": whole}, "departures": int(counts.sum())}


ENGINES = {"otsu_maps": ours, "command": command, "gtfs_kit": gtfs_kit, "partridge": partridge}


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--engine", choices=ENGINES)
    given.add_argument("--file", type=Path)
    given.add_argument("--stop-times", type=int, default=STOP_TIMES)
    given.add_argument("--quoted", action="store_true")
    asked = given.parse_args()
    if asked.engine:
        warnings.simplefilter("ignore")
        found = ENGINES[asked.engine](asked.file)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found | {"peak_mb": round(peak)}))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = asked.file or Path(folder) / "big.zip"
        if not asked.file:
            print(f"stop times: {big_feed.write(file, asked.stop_times, is_quoted=asked.quoted):,}")
        for engine in ENGINES:
            words = [sys.executable, __file__, "--engine", engine, "--file", str(file)]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
            found = json.loads(done.stdout.strip().splitlines()[-1])
            print(f"\n{engine}: departures {found.get('departures', '')}, peak {found['peak_mb']} MB")
            for what, (wall, processor) in found["times"].items():
                print(f"  {what:56} {wall:10,.1f} ms {processor:10,.1f} ms of the processor")


if __name__ == "__main__":
    main()
