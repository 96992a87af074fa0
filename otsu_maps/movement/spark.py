"""The sums on Spark: the same reading, kernels and expressions, shared out over the machines of a cluster.

Every machine needs this package under the same Python, and sees the files of pings under the same path.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from otsu_maps.errors import SettingWrong
from otsu_maps.movement import expressions, kernels, motion, trips
from otsu_maps.movement.pings import Pings, Source, Tally, batches, parts, rows_about
from otsu_maps.movement.rules import Rules
from otsu_maps.movement.sums import Passed, Sums, in_order
from otsu_maps.movement.zones import Zones

ROWS_A_PART = 1 << 20
"""Pings that one task holds in memory: about 100 MB with what it makes of them."""

LOOPBACK = ("local", "spark://127.0.0.1", "spark://localhost")

PINGS = pa.schema([("device", pa.int64()), ("time_ms", pa.int64()), ("lon_e7", pa.int32()), ("lat_e7", pa.int32())])
_NOTE = pa.field("note", pa.string())
_READ = "device long, time_ms long, lon_e7 int, lat_e7 int, note string"
_MADE = f"{_READ}, day int, hour int, day_type int, origin long, destination long"
_TRIP = ("device", "day", "hour", "day_type", "origin", "destination")


def run(
    source: Source,
    sizes_m: tuple[int, ...],
    zones: Zones,
    master: str,
    moved: Callable[[int], object] = lambda rows: None,
) -> Sums:
    """The sums of a source, equal to those of `embedded`. Raises SettingWrong where there is no Spark."""
    session = _session(master)
    try:
        pieces = parts(source)
        many = max(2 * session.sparkContext.defaultParallelism, rows_about(source) // ROWS_A_PART)
        session.conf.set("spark.sql.shuffle.partitions", str(many))
        numbers = session.range(0, len(pieces), 1, min(len(pieces), many))
        read = numbers.mapInArrow(_reader(source), _READ)
        sorted_out = read.repartition(many, "device")
        made = sorted_out.mapInArrow(_worker(source.rules, zones), _MADE).persist(_on_disk())
        tally, passed = _noted(made.where("note is not null").select("note").collect())
        moved(tally.rows_in)
        made.where("note is null and time_ms is not null").select(*PINGS.names).createOrReplaceTempView("flow_pings")
        made.where("note is null and day is not null").select(*_TRIP).createOrReplaceTempView("flow_trips")
        connection = ibis.pyspark.connect(session)
        cells = expressions.cells(connection.table("flow_pings"), sizes_m)
        table = connection.table("flow_trips")
        cells_found, hours_found, days_found = (
            in_order(expression.to_pyarrow().to_pandas(), columns)
            for expression, columns in (
                (cells, expressions.CELLS),
                (expressions.by_hour(table), expressions.BY_HOUR),
                (expressions.by_day(table), expressions.BY_DAY),
            )
        )
        return Sums(cells_found, hours_found, days_found, tally, passed)
    finally:
        session.stop()


def _session(master: str) -> Any:
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SettingWrong("spark_missing", error=str(error)) from error
    builder = SparkSession.builder.master(master).appName("otsu-maps flows")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    if master.startswith(LOOPBACK):
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkRuntimeError, OSError) as error:
        raise SettingWrong("spark_missing", error=str(error)[:200]) from error
    session.sparkContext.setLogLevel("ERROR")
    session.sparkContext.pythonExec = sys.executable  # the Python that has this package, not the first in the path
    return session


def _on_disk() -> Any:
    from pyspark import StorageLevel

    return StorageLevel.DISK_ONLY


def _reader(source: Source) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Numbers of pieces of the source -> their pings, and of each piece a note of what was refused."""
    schema = pa.schema([*PINGS, _NOTE])

    def read(given: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        pieces = parts(source)
        for batch in given:
            for number in batch.column(0).to_pylist():
                tally = Tally()
                for pings in batches(source, pieces[number], tally):
                    yield pa.record_batch([*pings, pa.nulls(len(pings.device), pa.string())], schema=schema)
                yield _note({"tally": vars(tally), "piece": number}, schema)

    return read


def _worker(rules: Rules, zones: Zones) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """All pings of some devices -> those that are clean, their trips, and a note of how many; notes go through."""
    schema = pa.schema([*PINGS, _NOTE, *(field for field in trips.SCHEMA if field.name != "device")])

    def work(given: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        collected = [batch for batch in given if batch.num_rows]
        table = pa.Table.from_batches(collected) if collected else pa.schema([*PINGS, _NOTE]).empty_table()
        for text in table["note"].drop_null().to_pylist():
            yield _note(json.loads(text), schema)
        pings = Pings(*(table.filter(table["note"].is_null())[name].to_numpy() for name in PINGS.names))
        metres_a_ms, radius2, least_ms, gap_ms = rules.numbers
        once, duplicates = kernels.arranged(*pings)
        kept = motion.cleaned(once, metres_a_ms)
        device, leaves, _, o_lon, o_lat, d_lon, d_lat, stays, silent = motion.trips(kept, radius2, least_ms, gap_ms)
        moves = trips.table(device, leaves, (o_lon, o_lat), (d_lon, d_lat), zones)
        passed = Passed(
            duplicates=duplicates,
            too_fast=len(once[0]) - len(kept[0]),
            kept=len(kept[0]),
            devices=len(np.unique(kept[0])),
            stays=stays,
            silent=silent,
            trips=len(moves),
        )
        yield _note({"passed": vars(passed)}, schema)
        yield from _filled(dict(zip(PINGS.names, kept, strict=True)), len(kept[0]), schema)
        yield from _filled({name: moves[name].combine_chunks() for name in moves.column_names}, len(moves), schema)

    return work


def _note(content: dict[str, Any], schema: pa.Schema) -> pa.RecordBatch:
    return next(_filled({"note": [json.dumps(content)]}, 1, schema))


def _filled(columns: dict[str, Any], rows: int, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows with NULL in all other columns."""
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(rows, field.type)
        for field in schema
    ]
    yield from pa.table(arrays, schema=schema).to_batches(1 << 17)


def _noted(rows: list[Any]) -> tuple[Tally, Passed]:
    notes = [json.loads(row["note"]) for row in rows]
    tally, passed = Tally(), Passed()
    for note in sorted((note for note in notes if "tally" in note), key=lambda note: int(note["piece"])):
        tally.add(Tally(**note["tally"]))
    for note in notes:
        if "passed" in note:
            passed.add(Passed(**note["passed"]))
    return tally, passed
