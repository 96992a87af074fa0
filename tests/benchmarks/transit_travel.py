"""Travel times on a large timetable, beside cafein in the same run: `python tests/benchmarks/transit_travel.py`.

The feed is that of big_feed.py with 2,100,000 stop times, 1,000,000 of them on the weekday that is asked about. Times
are medians, on the wall and of the processor, since others may use the same machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import cafein
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import big_feed

from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.transit import network, reachable, tables, travel
from otsu_maps.transit.lanes import AFTER
from otsu_maps.transit.places import at_stop, places
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.timetable import Timetable
from otsu_maps.transit.walk import Walking
from otsu_maps.transit.warm import warm

DAY, PLANE, START_S = date(2026, 6, 3), 6674, 8 * 3600
HOUR = [START_S + 60 * minute for minute in range(60)]
STOP_TIMES = 2_100_000
ORIGINS, PLACES = 60, 500


def told(what: str, runs: Sequence[Callable[[], object]]) -> None:
    """One line of the table: median on the wall, and of the processor (all threads)."""
    wall, cpu = [], []
    for run in runs:
        began, used = time.perf_counter(), time.process_time()
        run()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    print(f"| {what} | {np.median(wall) * 1000:,.2f} ms | {np.median(cpu) * 1000:,.2f} ms | {len(runs)} |", flush=True)


def read(path: Path) -> Timetable:
    return tables.of_feeds(gtfs.read(Payload(path.name, path.read_bytes()), 2**40, ("shapes",)))


def ours(feed: Timetable, chosen: np.ndarray) -> None:
    told("ours: arrays of a day from the timetable", [lambda: network.of_day(feed, DAY, PLANE)] * 3)
    net = network.of_day(feed, DAY, PLANE)
    stops = [at_stop(net, int(stop)) for stop in chosen[:ORIGINS]]
    told("ours: one to all", [lambda s=s: travel.earliest(net, s, START_S) for s in stops])
    told("ours: all to one, by a deadline", [lambda s=s: travel.latest(net, s, START_S + 3600) for s in stops])
    told(
        "ours: an hour by the minute",
        [lambda s=s: travel.window(net, s, HOUR[0], START_S + 3600, is_exact=False) for s in stops],
    )
    told(
        "ours: an hour, every departure",
        [lambda s=s: travel.window(net, s, HOUR[0], START_S + 3600, within_s=5400) for s in stops],
    )
    hour = travel.window(net, stops[0], HOUR[0], START_S + 3600, is_exact=False)
    told("ours: median of an hour, 10,000 stops", [lambda: hour.travel_s(0.5)] * 20)
    reached = [travel.earliest(net, s, START_S) for s in stops]
    told("ours: areas of 15, 30, 45 and 60 minutes", [lambda r=r: reachable.areas(r) for r in reached])
    left = net.without(routes=[0, 1], stops=range(50))
    told("ours: taking out 2 routes and 50 stops", [lambda: net.without(routes=[0, 1], stops=range(50))] * 20)
    told("ours: one to all without them", [lambda s=s: travel.earliest(net, s, START_S, left) for s in stops])
    some = chosen[:PLACES]
    ends = places(net, feed.stops["lon"].to_numpy()[some], feed.stops["lat"].to_numpy()[some])
    for threads in (1, 2):
        told(
            f"ours: {PLACES} x {PLACES}, one departure, {threads} threads",
            [lambda n=threads: travel.matrix(net, ends, ends, [START_S], threads=n)] * 3,
        )
        told(
            f"ours: {PLACES} x {PLACES}, median of an hour, {threads} threads",
            [lambda n=threads: travel.matrix(net, ends, ends, HOUR, threads=n)] * 3,
        )


def beside(feed: Timetable, path: Path, chosen: np.ndarray) -> None:
    """cafein and ours without walks, which is what both mean the same by."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        began = time.perf_counter()
        other = cafein.TransportNetwork.from_gtfs(str(path), trip_distances=False)
        print(f"| cafein: reading the feed | {time.perf_counter() - began:,.1f} s | | 1 |", flush=True)
    ids = [stop.partition(":")[2] for stop in feed.stops["stop_id"]]
    net = network.of_day(feed, DAY, PLANE, Walking(change_m=-1.0))
    usable = net.without(days=[AFTER])
    some = [int(stop) for stop in chosen[:ORIGINS]]
    when = f"{DAY} 08:00"
    told(
        "cafein, no walks: one to all",
        [lambda s=s: other.travel_times_from_stop(ids[s], when, max_rides=30) for s in some],
    )
    told(
        "ours, no walks: one to all",
        [lambda s=s: travel.earliest(net, at_stop(net, s), START_S, usable, 10**6) for s in some],
    )
    few = [ids[stop] for stop in some[:20]]
    told(
        "cafein, no walks: 20 to all, median of an hour",
        [lambda: other.travel_time_matrix(few, when, 30, departure_time_window=60)] * 3,
    )

    def windows() -> None:
        for stop in some[:20]:
            travel.window(net, at_stop(net, stop), START_S, START_S + 3600, usable, is_exact=False).travel_s(0.5)

    told("ours, no walks: 20 to all, median of an hour, one thread", [windows] * 3)
    pairs = different = 0
    for stop in some:
        found = travel.earliest(net, at_stop(net, stop), START_S, usable, 10**6)
        mine = {ids[to]: int(found.travel_s[to]) for to in np.flatnonzero(found.at_s < NEVER)}
        theirs = other.travel_times_from_stop(ids[stop], when, max_rides=40)
        pairs += len(set(mine) | set(theirs))
        different += sum(mine.get(key) != theirs.get(key) for key in set(mine) | set(theirs))
    print(f"\n{pairs:,} pairs without walks, {different} of them different.")


def main() -> None:
    given = argparse.ArgumentParser(description="travel times on a large timetable, beside cafein")
    given.add_argument("--feed", type=Path, help="a feed that big_feed.py wrote; without it one is written")
    given.add_argument("--alone", action="store_true", help="without cafein")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.feed or Path(folder) / "big.zip"
        if asked.feed is None:
            big_feed.write(path, STOP_TIMES)
        feed = read(path)
        print("| what | wall | processor | runs |\n|---|---|---|---|")
        began = time.perf_counter()
        warm()
        print(f"| ours: machine code, made or loaded | {time.perf_counter() - began:,.2f} s | | 1 |")
        chosen = np.random.default_rng(1).choice(np.unique(feed.calls.stop), PLACES, replace=False)
        ours(feed, chosen)
        if not asked.alone:
            beside(feed, path, chosen)


if __name__ == "__main__":
    main()
