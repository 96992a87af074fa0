"""A large timetable for benchmarks: written by a seed, the same every time, and shaped as a region's buses are.

10,000 stops on a plane of about 30 km, 380 lines in two directions (760 patterns) of about 25 calls, trips every few
minutes from five to midnight by three kinds of day; about 1,000,000 stop times.
"""

from __future__ import annotations

import argparse
import random
import zipfile
from pathlib import Path

STOPS, LINES, CALLS = 10_000, 380, 25
LAT, LON, STEP_DEG = 34.9, 135.75, 0.003
SIDE = 100
"""Stops of a side of the grid: a step is about 300 m."""

KINDS = (("W", "1,1,1,1,1,0,0", 1.0), ("S", "0,0,0,0,0,1,0", 0.6), ("H", "0,0,0,0,0,0,1", 0.5))
"""Services: their week, and how many of the weekday's trips run."""


def write(path: Path, stop_times: int = 1_000_000, seed: int = 1, *, is_quoted: bool = False) -> int:
    """Write the feed; gives the number of its stop times, at least as many as were asked for."""
    chance = random.Random(seed)
    files = {
        "agency.txt": [
            "agency_id,agency_name,agency_url,agency_timezone,agency_lang",
            "A,大きなバス,https://a.example/,Asia/Tokyo,ja",
        ],
        "stops.txt": ["stop_id,stop_name,stop_lat,stop_lon,location_type"],
        "routes.txt": ["route_id,agency_id,route_short_name,route_long_name,route_type"],
        "calendar.txt": [
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date",
            *(f"{name},{week},20260401,20270331" for name, week, _ in KINDS),
        ],
        "calendar_dates.txt": ["service_id,date,exception_type", "W,20260429,2", "H,20260429,1"],
        "trips.txt": ["route_id,service_id,trip_id,trip_headsign,direction_id,shape_id"],
        "shapes.txt": ["shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence"],
        "stop_times.txt": ["trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type"],
        "feed_info.txt": [
            "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date",
            "大きなバス,https://a.example/,ja,20260401,20270331",
        ],
    }
    places = [(LAT + STEP_DEG * (n // SIDE), LON + STEP_DEG * (n % SIDE)) for n in range(STOPS)]
    files["stops.txt"] += [f"{n:05}_1,停留所{n},{lat:.6f},{lon:.6f},0" for n, (lat, lon) in enumerate(places)]
    patterns = []
    for line in range(LINES):
        files["routes.txt"].append(f"L{line:03},A,{line},{line}系統,3")
        there = _walk(chance, line * STOPS // LINES)
        for direction, stops in enumerate((there, there[::-1])):
            patterns.append((line, direction, stops, [chance.choice((60, 60, 120, 120, 180)) for _ in stops]))
            for at, stop in enumerate(stops):
                for part in range(5):
                    lat, lon = places[stop]
                    point = f"{lat + part * 1e-4:.6f},{lon + part * 1e-4:.6f}"
                    files["shapes.txt"].append(f"P{line:03}_{direction},{point},{at * 5 + part}")
    trips, rows = files["trips.txt"], files["stop_times.txt"]
    wanted = stop_times / CALLS / len(patterns) / sum(share for _, _, share in KINDS)
    number = 0
    while len(rows) <= stop_times:
        for line, direction, stops, runs in patterns:
            for name, _, share in KINDS:
                for _ in range(max(1, round(wanted * share * chance.uniform(0.3, 1.7)))):
                    number += 1
                    trip = f"{name}_{line:03}_{direction}_{number:06}"
                    trips.append(f"L{line:03},{name},{trip},停留所{stops[-1]},{direction},P{line:03}_{direction}")
                    clock = 5 * 3600 + 60 * chance.randrange(19 * 60)
                    for at, (stop, run) in enumerate(zip(stops, runs, strict=True), start=1):
                        time = f"{clock // 3600:02}:{clock // 60 % 60:02}:00"
                        rows.append(f"{trip},{time},{time},{stop:05}_1,{at},0,0")
                        clock += run
            if len(rows) > stop_times:
                break
        wanted = 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, lines in files.items():
            text = "\r\n".join(lines) + "\r\n"
            if is_quoted:
                text = "".join(f'"{each}"\r\n'.replace(",", '","') for each in lines)
            file.writestr(name, text.encode("utf-8-sig"))
    return len(rows) - 1


def _walk(chance: random.Random, start: int) -> list[int]:
    """About CALLS stops, each next to the one before, none twice."""
    found, seen = [start], {start}
    step = chance.choice((1, -1, SIDE, -SIDE))
    for _ in range(CALLS * 3):
        if len(found) == CALLS:
            break
        if chance.random() < 0.2:
            step = chance.choice((1, -1, SIDE, -SIDE))
        to = found[-1] + step
        crosses = abs(step) == 1 and to // SIDE != found[-1] // SIDE
        if 0 <= to < STOPS and not crosses and to not in seen:
            found.append(to)
            seen.add(to)
        else:
            step = chance.choice((1, -1, SIDE, -SIDE))
    return found


if __name__ == "__main__":
    given = argparse.ArgumentParser(description="write a large feed")
    given.add_argument("file", type=Path)
    given.add_argument("--stop-times", type=int, default=1_000_000)
    given.add_argument("--seed", type=int, default=1)
    given.add_argument("--quoted", action="store_true")
    asked = given.parse_args()
    print(write(asked.file, asked.stop_times, asked.seed, is_quoted=asked.quoted))
