"""The sums on one machine: kernels for pings, DuckDB for trips, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Lock

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from otsu_maps.movement import expressions, kernels, motion, trips
from otsu_maps.movement.order import blocks
from otsu_maps.movement.pings import Pings, Source, Tally
from otsu_maps.movement.sums import Passed, Sums, in_order, of_tables
from otsu_maps.movement.zones import Zones

WORKERS = 2
"""Threads, each with a block of about a million pings and a table of its own."""

FIRST_SLOTS = 1 << 14
DUCKDB_MEMORY = "1GB"


class _Worker:
    """What one thread has counted so far."""

    def __init__(self, source: Source, fine_m: int, levels: int, zones: Zones) -> None:
        self._rules, self._fine, self._levels, self._zones = source.rules, fine_m // 125, levels, zones
        self.table, self.number, self.passed = kernels.new_table(FIRST_SLOTS), 0, Passed()

    def take(self, given: Pings) -> pa.Table:
        """Count a block; gives its trips."""
        metres_a_ms, radius2, least_ms, gap_ms = self._rules.numbers
        once, duplicates = kernels.arranged(*given)
        kept = motion.cleaned(once, metres_a_ms)
        before = self.number
        if len(kept[0]):
            self.table, self.number = kernels.counted(self.table, kept, self._fine, self._levels, self.number)
        device, leaves, _, o_lon, o_lat, d_lon, d_lat, stays, silent = motion.trips(kept, radius2, least_ms, gap_ms)
        found = trips.table(device, leaves, (o_lon, o_lat), (d_lon, d_lat), self._zones)
        self.passed.add(
            Passed(
                duplicates=duplicates,
                too_fast=len(once[0]) - len(kept[0]),
                kept=len(kept[0]),
                devices=self.number - before,
                stays=stays,
                silent=silent,
                trips=len(found),
            )
        )
        return found


def run(
    source: Source,
    sizes_m: tuple[int, ...],
    zones: Zones,
    scratch: Path,
    moved: Callable[[int], object] = lambda rows: None,
) -> Sums:
    """The sums of a source; `sizes_m` each twice the next, the largest first. Raises FileRefused.

    Memory: a few blocks (order.BLOCK_ROWS, 24 bytes a ping, three copies) and one table of the cells and hours where
    somebody was for each worker (16 to 64 bytes each); trips go to a file in `scratch`.
    """
    workers = [_Worker(source, sizes_m[-1], len(sizes_m), zones) for _ in range(WORKERS)]
    free: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        free.put(worker)
    tally, lock = Tally(), Lock()
    with TemporaryDirectory(dir=scratch, prefix="trips-") as folder:
        file = Path(folder) / "trips.parquet"
        with pq.ParquetWriter(file, trips.SCHEMA) as writer, ThreadPoolExecutor(WORKERS) as pool:

            def work(block: Pings) -> None:
                worker = free.get()
                try:
                    found = worker.take(block)
                    with lock:
                        writer.write_table(found)
                finally:
                    free.put(worker)

            waiting: set[Future[None]] = set()
            for block in blocks(source, tally, scratch, moved):
                waiting.add(pool.submit(work, block))
                if len(waiting) > WORKERS:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for each in done:
                        each.result()
            for each in waiting:
                each.result()
        by_hour, by_day = _od(file, Path(folder))
    cells = in_order(of_tables([worker.table[0] for worker in workers], sizes_m[-1]), expressions.CELLS)
    passed = Passed()
    for worker in workers:
        passed.add(worker.passed)
    return Sums(cells, by_hour, by_day, tally, passed)


def _od(file: Path, folder: Path) -> tuple[pa.Table, pa.Table]:
    connection = ibis.duckdb.connect(
        threads=WORKERS,
        memory_limit=DUCKDB_MEMORY,
        temp_directory=str(folder),
        autoinstall_known_extensions="false",
        autoload_known_extensions="false",
    )
    try:
        table = connection.read_parquet(str(file))
        return (
            in_order(expressions.by_hour(table).to_pyarrow().to_pandas(), expressions.BY_HOUR),
            in_order(expressions.by_day(table).to_pyarrow().to_pandas(), expressions.BY_DAY),
        )
    finally:
        connection.disconnect()
