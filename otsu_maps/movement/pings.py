"""Raw location pings from files larger than memory: read in pieces, each row good or refused with a reason.

A file is Parquet, CSV or CSV.gz (also .txt); a folder is all such files in it, by name. Device ids that are text leave
this module as numbers, made with a key that is drawn anew for each run and kept nowhere. Two devices of a million get
the same number with a chance of one in thirty million.
"""

from __future__ import annotations

import csv
import gzip
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from otsu_maps.errors import FileRefused, SourceMissing
from otsu_maps.movement import times
from otsu_maps.movement.columns import recognised
from otsu_maps.movement.intake import judged
from otsu_maps.movement.rules import EVERYWHERE, Area, Rules

ENDINGS = (".parquet", ".csv", ".csv.gz", ".txt", ".txt.gz")
REASONS = ("bad_line", "no_device", "bad_time", "bad_position", "outside", "inaccurate")
"""Why a row is left out. A position with longitude and latitude exchanged is bad: nobody guesses."""

BATCH_ROWS = 1 << 18
MOST_EXAMPLES = 3
BYTES_A_ROW, PACKED = 60, 5
_CSV_BLOCK = 16 << 20
_NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"


class Pings(NamedTuple):
    """Arrays of one length: device, time (milliseconds UTC), lon and lat (ten-millionths of a degree)."""

    device: npt.NDArray[np.int64]
    time: npt.NDArray[np.int64]
    lon: npt.NDArray[np.int32]
    lat: npt.NDArray[np.int32]

    @classmethod
    def together(cls, parts: Sequence[Pings]) -> Pings:
        return parts[0] if len(parts) == 1 else cls(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def rows(self, chosen: Any) -> Pings:
        return Pings(*(each[chosen] for each in self))


NONE = Pings(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32))


@dataclass
class Tally:
    """What became of the rows: each is read into a ping or refused for one reason."""

    rows_in: int = 0
    without_offset: int = 0
    refused: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def refuse(self, reason: str, count: int) -> None:
        self.refused[reason] += count

    def example(self, reason: str, file: str, row: int, value: str | None) -> None:
        kept = self.examples.setdefault(reason, [])
        if len(kept) < MOST_EXAMPLES:
            kept.append({"file": file, "row": row} | ({} if value is None else {"value": value[:80]}))

    def add(self, other: Tally) -> None:
        """Itself with what another counted."""
        self.rows_in += other.rows_in
        self.without_offset += other.without_offset
        for reason, count in other.refused.items():
            self.refuse(reason, count)
        for reason, examples in other.examples.items():
            self.examples[reason] = [*self.examples.get(reason, []), *examples][:MOST_EXAMPLES]


@dataclass(frozen=True)
class Source:
    """Files of pings and how to read them. `key` makes numbers of ids; '' where the ids are numbers already."""

    files: tuple[Path, ...]
    columns: Mapping[str, str] | None
    area: Area
    rules: Rules
    key: str

    @property
    def has_numbers(self) -> bool:
        return not self.key


def source(
    path: Path, area: Area = EVERYWHERE, rules: Rules | None = None, columns: Mapping[str, str] | None = None
) -> Source:
    """The pings of a file or a folder. Raises SourceMissing where there is none, FileRefused, MissingColumn."""
    if path.is_dir():
        files = tuple(sorted(each for each in path.iterdir() if each.is_file() and each.name.lower().endswith(ENDINGS)))
    else:
        files = (path,) if path.is_file() else ()
    if not files:
        raise SourceMissing("pings_none", path=str(path), endings=" ".join(ENDINGS))
    are_numbers = all(_has_number_ids(file, columns) for file in files)
    return Source(files, columns, area, rules or Rules(), "" if are_numbers else secrets.token_hex(8))


def _has_number_ids(file: Path, columns: Mapping[str, str] | None) -> bool:
    """Whether the ids of a file are stored as whole numbers. Raises MissingColumn early, before hours of work."""
    if file.name.lower().endswith(".parquet"):
        schema = _parquet(file).schema_arrow
        return bool(pa.types.is_integer(schema.field(recognised(file.name, schema.names, columns)["device"]).type))
    reader, _ = _csv(file)
    recognised(file.name, reader.schema.names, columns)
    return False


@dataclass(frozen=True)
class Part:
    """A piece of a source that one worker reads: a file, or row groups of a Parquet file."""

    file: Path
    groups: tuple[int, ...] | None = None
    first_row: int = 0


def parts(given: Source) -> list[Part]:
    """The source in pieces: a row group of Parquet each, other files whole."""
    found = []
    for file in given.files:
        if file.name.lower().endswith(".parquet"):
            metadata, row = _parquet(file).metadata, 0
            for group in range(metadata.num_row_groups):
                found.append(Part(file, (group,), row))
                row += metadata.row_group(group).num_rows
        else:
            found.append(Part(file))
    return found


def batches(given: Source, part: Part, tally: Tally) -> Iterator[Pings]:
    """The good pings of a piece in the order of the file; counts the others in `tally`. Raises FileRefused."""
    file = part.file
    try:
        if file.name.lower().endswith(".parquet"):
            opened = _parquet(file)
            names = recognised(file.name, opened.schema_arrow.names, given.columns)
            wanted = {"row_groups": list(part.groups)} if part.groups is not None else {}
            row = part.first_row + 1
            for batch in opened.iter_batches(BATCH_ROWS, columns=list(names.values()), **wanted):
                yield _taken(given, file.name, row, {k: batch.column(v) for k, v in names.items()}, tally)
                row += batch.num_rows
        else:
            reader, bad = _csv(file)
            names, row = recognised(file.name, reader.schema.names, given.columns), 2
            for batch in reader:
                yield _taken(given, file.name, row, {k: batch.column(v) for k, v in names.items()}, tally)
                row += batch.num_rows
            tally.rows_in += len(bad)
            tally.refuse("bad_line", len(bad))
            for number, text in bad[:MOST_EXAMPLES]:
                tally.example("bad_line", file.name, number, text)
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeDecodeError) as error:
        raise FileRefused("pings_unreadable", file=file.name, error=str(error)[:200]) from error


def ids(given: Source, file: Path) -> Iterator[npt.NDArray[np.int64]]:
    """The ids of a Parquet file whose ids are numbers, without the missing ones."""
    opened = _parquet(file)
    name = recognised(file.name, opened.schema_arrow.names, given.columns)["device"]
    for batch in opened.iter_batches(BATCH_ROWS, columns=[name]):
        yield batch.column(0).drop_null().cast(pa.int64()).to_numpy(zero_copy_only=False)


def rows_about(given: Source) -> int:
    """About how many rows there are: text files are guessed by their size."""
    rows = 0
    for file in given.files:
        if file.name.lower().endswith(".parquet"):
            rows += int(_parquet(file).metadata.num_rows)
        else:
            rows += file.stat().st_size * (PACKED if file.name.lower().endswith(".gz") else 1) // BYTES_A_ROW
    return rows


def _parquet(file: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise FileRefused("pings_unreadable", file=file.name, error=str(error)[:200]) from error


def _csv(file: Path) -> tuple[pa_csv.CSVStreamingReader, list[tuple[int, str]]]:
    """A reader of all columns as text, and the lines with too many or too few cells that it meets (not their ids)."""
    bad: list[tuple[int, str]] = []

    def skip(row: Any) -> str:
        bad.append((row.number or 0, f"{row.actual_columns} cells, not {row.expected_columns}"))
        return "skip"

    try:
        is_packed = file.name.lower().endswith(".gz")
        with gzip.open(file, "rb") if is_packed else file.open("rb") as opened:
            start = opened.read(1 << 16)
        header = start.partition(b"\n")[0]
        encoding = _encoding(start)
        options = pa_csv.ReadOptions(block_size=_CSV_BLOCK, encoding=encoding, use_threads=False)
        parse = pa_csv.ParseOptions(delimiter="\t" if b"\t" in header else ",", invalid_row_handler=skip)
        names = next(csv.reader([header.decode(encoding).strip()], delimiter=parse.delimiter), [])
        convert = pa_csv.ConvertOptions(column_types={name: pa.string() for name in names}, strings_can_be_null=True)
        stream: Any = pa.CompressedInputStream(pa.OSFile(str(file)), "gzip") if is_packed else str(file)
        return pa_csv.open_csv(stream, options, parse, convert), bad
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise FileRefused("pings_unreadable", file=file.name, error=str(error)[:200]) from error


def _encoding(start: bytes) -> str:
    """UTF-8, or CP932 where the start of a file is that."""
    try:
        start[: start.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8-sig" if start.startswith(b"\xef\xbb\xbf") else "utf-8"


def _taken(given: Source, file: str, first_row: int, columns: Mapping[str, pa.Array], tally: Tally) -> Pings:
    """The good rows of a batch; the first reason that fits a bad row counts it."""
    count = len(columns["time"])
    tally.rows_in += count
    device, is_device = _devices(columns["device"], given.key)
    when = times.read(columns["time"])
    tally.without_offset += when.without_offset
    lon, lat, verdict = judged(_degrees(columns["lon"]), _degrees(columns["lat"]), given.area.edges)
    bad = {
        "no_device": ~is_device,
        "bad_time": when.ms == times.UNREADABLE,
        "bad_position": verdict == 1,
        "outside": verdict == 2,
    }
    if given.rules.max_accuracy_m is not None and "accuracy" in columns:
        bad["inaccurate"] = ~(_degrees(columns["accuracy"]) <= given.rules.max_accuracy_m)
    pings = Pings(device, when.ms, lon, lat)
    kept: npt.NDArray[np.bool_] | None = None
    for reason, flags in bad.items():
        if not flags.any():
            continue
        kept = np.ones(count, np.bool_) if kept is None else kept
        rows = np.flatnonzero(flags & kept)
        kept &= ~flags
        tally.refuse(reason, len(rows))
        for row in rows[:MOST_EXAMPLES] if len(tally.examples.get(reason, ())) < MOST_EXAMPLES else ():
            tally.example(reason, file, first_row + int(row), _value(reason, columns, int(row)))
    return pings if kept is None else pings.rows(kept)


def _value(reason: str, columns: Mapping[str, pa.Array], row: int) -> str | None:
    """What is wrong with a row; never where somebody was."""
    if reason == "bad_time":
        return str(columns["time"][row].as_py())
    if reason == "bad_position":
        return f"{columns['lon'][row].as_py()}, {columns['lat'][row].as_py()}"
    return None


def _devices(column: pa.Array, key: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Ids as numbers, and whether a row has one."""
    if not key:
        whole = column.cast(pa.int64())
        if not whole.null_count:
            return whole.to_numpy(), np.ones(len(whole), np.bool_)
        return pc.fill_null(whole, 0).to_numpy(zero_copy_only=False), np.asarray(pc.is_valid(column))
    coded = (
        column.cast(pa.string())
        if not pa.types.is_dictionary(column.type)
        else column.cast(pa.dictionary(pa.int32(), pa.string()))
    )
    if not pa.types.is_dictionary(coded.type):
        coded = coded.dictionary_encode()
    texts = pc.utf8_trim_whitespace(coded.dictionary).to_numpy(zero_copy_only=False)
    numbers = np.append(pd.util.hash_array(texts, hash_key=key).view(np.int64), 0)
    is_text = np.append(np.array([bool(text) for text in texts], np.bool_), False)
    codes = pc.fill_null(coded.indices, len(texts)).to_numpy(zero_copy_only=False)
    return numbers[codes], is_text[codes]


def _degrees(column: pa.Array) -> npt.NDArray[np.float64]:
    """A column of numbers, NaN where there is none."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        try:
            column = column.cast(pa.float64())
        except pa.ArrowInvalid:
            is_number = pc.match_substring_regex(column, _NUMBER)
            blank = pa.scalar(None, column.type)
            column = pc.utf8_trim_whitespace(pc.if_else(is_number, column, blank)).cast(pa.float64())
    numbers: npt.NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers
