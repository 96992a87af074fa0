"""People flow from location pings: this program beside pandas, polars, DuckDB and Spark, with time and peak memory.

    python tests/benchmarks/movement.py make FOLDER --pings 50000000     # writes FOLDER/device, day, shuffled
    python tests/benchmarks/movement.py run FOLDER [--order device] [--engines ours,polars,duckdb,pandas,spark]

Every figure is of a process of its own, imports and start left out of its time and in its memory. The tasks:
`mesh`: distinct devices by cell of 500 m and hour; all engines must give the same number of rows and the same sum.
`od`: trips of the rules of this program (clean, stays, trips) by zones and hour; others take consecutive hours of a
device in different cells as trips, which is simpler: their sums are their own. `kernel` does no more than that, in
numba. `all`: cells and trips in one pass; `job`: all that `flows run` does. Spark always does all.
"""

from __future__ import annotations

import argparse
import atexit
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ORDERS = ("device", "day", "shuffled")
FILES = DAYS = 7
PINGS_A_DEVICE = 500
FIRST_SECOND = 1_696_086_000
ENGINES = ("ours", "polars", "duckdb", "ibis", "pandas", "spark", "kernel")
COUNT = {
    "mesh": ENGINES[:-1],
    "od": ("ours", "polars", "duckdb", "pandas", "spark", "kernel"),
    "all": ("ours",),
    "job": ("ours",),
}
BY_DEVICE = ("kernel",)
"""Engines that need the rows of a device together."""


def pings_in(folder: Path, rows: int, order: str, seed: int = 1) -> Path:
    """Made pings in seven files: `device` by device, `day` a day each by device, `shuffled` by nothing at all."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    devices = max(rows // PINGS_A_DEVICE, FILES)
    cuts = np.linspace(0, devices, FILES + 1).astype(int)
    pieces = [_tracks(rng, first, last, rows // devices) for first, last in pairwise(cuts)]
    if order != "device":
        whole = [np.concatenate(column) for column in zip(*pieces, strict=True)]
        pieces = []
        day = (whole[1] - FIRST_SECOND) // 86400 if order == "day" else rng.integers(0, FILES, len(whole[0]))
        for number in range(FILES):
            chosen = np.flatnonzero(day == number)
            if order == "shuffled":
                rng.shuffle(chosen)
            pieces.append(tuple(column[chosen] for column in whole))
        del whole
    for number, (device, when, lon, lat) in enumerate(pieces):
        table = {
            "device": device,
            "time": pa.array(when * 1000).cast(pa.timestamp("ms", "UTC")),
            "lon": lon,
            "lat": lat,
        }
        pq.write_table(pa.table(table), folder / f"{number}.parquet", row_group_size=1 << 19)
    return folder


def _tracks(rng: np.random.Generator, first: int, last: int, pings: int) -> tuple[Any, ...]:
    """Devices that stay near four places of their own and change between them three times a day."""
    count = last - first
    places = rng.normal(0, 0.05, (count, 4, 2)) + np.array([135.9, 35.0])
    when = np.sort(rng.integers(0, DAYS * 86400, (count, pings), dtype=np.int64), axis=1) + FIRST_SECOND
    leg = np.cumsum(rng.random((count, pings), dtype=np.float32) < 3 * DAYS / pings, axis=1)
    which = (leg + np.arange(count)[:, None]) % 4
    at = places[np.arange(count)[:, None], which]
    at += rng.normal(0, 0.0004, at.shape)
    device = np.repeat(np.arange(first, last, dtype=np.int64), pings)
    return device, when.ravel(), at[..., 0].ravel(), at[..., 1].ravel()


# --- what each engine does: gives rows and a sum ----------------------------------------------------------------------


def ours(task: str, folder: Path) -> Callable[[], tuple[int, int]]:
    from concurrent.futures import ThreadPoolExecutor

    from otsu_maps.movement import embedded, job, kernels, motion, order, pings, trips
    from otsu_maps.movement.sums import of_tables
    from otsu_maps.movement.zones import Cells

    source = pings.source(folder)
    scratch = tempfile.mkdtemp(prefix="otsu-bench-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    if task == "job":
        asked = job.Asked(source, Cells(500), 500, 10, Path(scratch) / "out")
        return lambda: (lambda report: (report["figures"]["mesh_hour"]["published"], report["trips"]))(job.run(asked))
    if task == "all":

        def all_sums() -> tuple[int, int]:
            sums = embedded.run(source, (500,), Cells(500), Path(scratch))
            return len(sums.by_hour), int(sums.by_hour["trips"].sum())

        return all_sums
    if task == "od":

        def work(block: pings.Pings) -> Any:
            kept = motion.cleaned(kernels.arranged(*block)[0], source.rules.numbers[0])
            found = motion.trips(kept, *source.rules.numbers[1:])
            return trips.table(found[0], found[1], (found[3], found[4]), (found[5], found[6]), Cells(500))

        def od() -> tuple[int, int]:
            file = Path(scratch) / "trips.parquet"
            with pq.ParquetWriter(file, trips.SCHEMA) as writer, ThreadPoolExecutor(embedded.WORKERS) as pool:
                ahead: list[Any] = []
                for block in order.blocks(source, pings.Tally(), Path(scratch)):
                    ahead.append(pool.submit(work, block))
                    if len(ahead) > embedded.WORKERS:
                        writer.write_table(ahead.pop(0).result())
                for each in ahead:
                    writer.write_table(each.result())
            by_hour = embedded._od(file, Path(scratch))[0]
            return len(by_hour), int(by_hour["trips"].sum())

        return od

    def mesh() -> tuple[int, int]:
        waiting: list[Any] = []
        with ThreadPoolExecutor(embedded.WORKERS) as pool:
            state = [(kernels.new_table(1 << 14), 0) for _ in range(embedded.WORKERS)]
            free = list(range(embedded.WORKERS))

            def take(slot: int, block: pings.Pings) -> int:
                table, number = state[slot]
                state[slot] = kernels.counted(table, kernels.arranged(*block)[0], 4, 1, number)
                return slot

            for block in order.blocks(source, pings.Tally(), Path(scratch)):
                if not free:
                    free.append(waiting.pop(0).result())
                waiting.append(pool.submit(take, free.pop(), block))
            for each in waiting:
                each.result()
        found = of_tables([table[0] for table, _ in state], 500)
        return len(found), int(found["devices"].sum())

    return mesh


def kernel(task: str, folder: Path) -> Callable[[], tuple[int, int]]:
    """What a loop in numba takes for consecutive cells of a device: nothing is checked, cleaned or suppressed, and the
    files must stand by device. Two threads, a file each."""
    from concurrent.futures import ThreadPoolExecutor

    from numba import njit

    @njit(nogil=True)  # type: ignore[untyped-decorator]
    def pairs(device: Any, ms: Any, lon: Any, lat: Any) -> Any:
        """Key of each trip: origin, destination and hour, of cells counted from the south-west of Japan."""
        found, count = np.empty(len(device), np.int64), 0
        before = np.int64(-1)
        for i in range(len(device)):
            y, x = np.int64(lat[i] * 960) // 4 - 4800, np.int64((lon[i] - 100) * 640) // 4 - 3200
            code = y << 14 | x
            if i and device[i] == device[i - 1] and code != before:
                hour = (ms[i] + 32_400_000) // 3_600_000 % 24
                found[count] = (before << 28 | code) << 5 | hour
                count += 1
            before = code
        return found[:count]

    def read(file: Path) -> Any:
        table = pq.read_table(file, use_threads=False)
        ms = table["time"].combine_chunks().cast(pa.int64()).to_numpy()
        columns = [table[name].combine_chunks().to_numpy() for name in ("device", "lon", "lat")]
        return pairs(columns[0], ms, columns[1], columns[2])

    def run() -> tuple[int, int]:
        with ThreadPoolExecutor(2) as pool:
            keys = np.sort(np.concatenate(list(pool.map(read, sorted(folder.glob("*.parquet"))))))
        return int((np.diff(keys) != 0).sum()) + 1, len(keys)

    return run


def polars(task: str, folder: Path) -> Callable[[], tuple[int, int]]:
    import polars as pl

    def run() -> tuple[int, int]:
        placed = pl.scan_parquet(folder / "*.parquet").select(
            "device",
            time="time",
            hour=(pl.col("time").dt.epoch("ms") + 32_400_000) // 3_600_000,
            y=((pl.col("lat") * 1e7).round().cast(pl.Int64) * 960 // 10_000_000) // 4,
            x=(((pl.col("lon") * 1e7).round().cast(pl.Int64) - 1_000_000_000) * 640 // 10_000_000) // 4,
        )
        if task == "mesh":
            by = placed.group_by("hour", "y", "x").agg(n=pl.col("device").n_unique())
            found = by.select(pl.len(), pl.col("n").sum()).collect(engine="streaming")
            return tuple(found.row(0))
        code = pl.col("y") * 100_000 + pl.col("x")
        ordered = (
            placed.with_columns(code=code)
            .sort("device", "time")
            .with_columns(origin=pl.col("code").shift().over("device"))
        )
        moved = ordered.filter(pl.col("origin") != pl.col("code"))
        by = moved.group_by("origin", "code", pl.col("hour") % 24).agg(n=pl.len(), d=pl.col("device").n_unique())
        return tuple(by.select(pl.len(), pl.col("n").sum()).collect().row(0))

    return run


CELLS_SQL = """
    SELECT device, time, (epoch_ms(time) + 32400000) // 3600000 AS hour,
      CAST(round(lat * 1e7) AS BIGINT) * 960 // 10000000 // 4 AS y,
      (CAST(round(lon * 1e7) AS BIGINT) - 1000000000) * 640 // 10000000 // 4 AS x
    FROM read_parquet('{files}')
"""


def duckdb(task: str, folder: Path) -> Callable[[], tuple[int, int]]:
    import duckdb as library

    connection = library.connect(config={"threads": 2})
    placed = CELLS_SQL.format(files=f"{folder}/*.parquet")
    if task == "mesh":
        sql = f"SELECT count(*), sum(n) FROM (SELECT hour, y, x, count(DISTINCT device) n FROM ({placed}) GROUP BY ALL)"
    else:
        sql = f"""
            SELECT count(*), sum(n) FROM (
              SELECT origin, code, hour % 24 h, count(*) n, count(DISTINCT device) d FROM (
                SELECT *, lag(code) OVER (PARTITION BY device ORDER BY time) origin
                FROM (SELECT *, y * 100000 + x AS code FROM ({placed}))
              ) WHERE origin <> code GROUP BY ALL)
        """
    return lambda: tuple(int(n) for n in connection.execute(sql).fetchone())


def ibis(task: str, folder: Path) -> Callable[[], tuple[int, int]]:
    import ibis as library

    from otsu_maps.movement import expressions

    connection = library.duckdb.connect(threads=2)

    def run() -> tuple[int, int]:
        raw = connection.read_parquet(f"{folder}/*.parquet")
        table = raw.select(
            device=raw.device,
            time_ms=raw.time.epoch_seconds() * 1000,
            lon_e7=(raw.lon * 1e7).round().cast("int64"),
            lat_e7=(raw.lat * 1e7).round().cast("int64"),
        )
        found = expressions.cells(table, [500])
        answer = found.aggregate(rows=found.count(), total=found.devices.sum()).to_pyarrow().to_pylist()[0]
        return int(answer["rows"]), int(answer["total"])

    return run


def pandas(task: str, folder: Path) -> Callable[[], tuple[int, int]]:
    import pandas as pd

    def run() -> tuple[int, int]:
        frame = pd.read_parquet(folder)
        hour = (frame["time"].dt.as_unit("ms").astype("int64") + 32_400_000) // 3_600_000
        y = (frame["lat"] * 1e7).round().astype("int64") * 960 // 10_000_000 // 4
        x = ((frame["lon"] * 1e7).round().astype("int64") - 1_000_000_000) * 640 // 10_000_000 // 4
        key = (hour * 100_000 + y) * 100_000 + x
        if task == "mesh":
            unique = pd.DataFrame({"key": key, "device": frame["device"]}).drop_duplicates()
            return int(unique["key"].nunique()), len(unique)
        placed = pd.DataFrame(
            {"device": frame["device"], "time": frame["time"], "code": y * 100_000 + x, "hour": hour % 24}
        )
        placed = placed.sort_values(["device", "time"])
        placed["origin"] = placed.groupby("device")["code"].shift()
        moved = placed[placed["origin"].notna() & (placed["origin"] != placed["code"])]
        by = moved.groupby(["origin", "code", "hour"])["device"].agg(["size", "nunique"])
        return len(by), int(by["size"].sum())

    return run


def spark(task: str, folder: Path) -> Callable[[], tuple[int, int]]:
    from otsu_maps.movement import pings
    from otsu_maps.movement import spark as engine
    from otsu_maps.movement.zones import Cells

    source = pings.source(folder)

    def run() -> tuple[int, int]:
        sums = engine.run(source, (500,), Cells(500), "local[2]")
        found = sums.cells if task == "mesh" else sums.by_hour
        return len(found), int(found["devices" if task == "mesh" else "trips"].sum())

    return run


RUNNERS = {
    "ours": ours,
    "kernel": kernel,
    "polars": polars,
    "duckdb": duckdb,
    "ibis": ibis,
    "pandas": pandas,
    "spark": spark,
}


def one(task: str, engine: str, folder: Path) -> None:
    """In a process of its own: one warm-up on a small piece, then the median of `times` runs."""
    with tempfile.TemporaryDirectory() as small:
        if engine not in ("spark", *BY_DEVICE):
            RUNNERS[engine](task, pings_in(Path(small) / "small", 20_000, "shuffled"))()
        if engine != "spark":
            RUNNERS[engine](task, pings_in(Path(small) / "sorted", 20_000, "device"))()
    run, taken, worked = RUNNERS[engine](task, folder), [], []
    for _ in range(1 if engine in ("spark", "pandas") else 3):
        start, work = time.perf_counter(), time.process_time()
        found = run()
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - work)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    s, cpu = statistics.median(taken), statistics.median(worked)  # without that of Spark, which is no Python
    print(json.dumps({"s": s, "cpu": cpu, "peak": peak, "child_peak": children, "found": found}))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("make", "run", "one"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pings", type=int, default=10_000_000)
    parser.add_argument("--order", choices=ORDERS, action="append")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--tasks", default="mesh,od,all,job")
    asked = parser.parse_args()
    if asked.what == "one":
        one(asked.tasks, asked.engines, asked.folder)
        return 0
    for order in asked.order or ORDERS:
        if asked.what == "make":
            pings_in(asked.folder / order, asked.pings, order)
            continue
        for task in asked.tasks.split(","):
            for engine in (name for name in asked.engines.split(",") if name in COUNT[task]):
                if engine in BY_DEVICE and order != "device":
                    continue
                words = ["one", str(asked.folder / order), "--tasks", task, "--engines", engine]
                done = subprocess.run([sys.executable, __file__, *words], capture_output=True, text=True)
                if done.returncode:
                    print(f"| {order} | {task} | {engine} | failed: {done.stderr.strip()[-200:]} |")
                    continue
                told = json.loads(done.stdout.strip().splitlines()[-1])
                peak = max(told["peak"], told["child_peak"])
                figures = f"{told['cpu']:.2f} s | {told['s']:.2f} s | {peak:,} MiB | {told['found']}"
                print(f"| {order} | {task} | {engine} | {figures} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
