"""Pings of any order as blocks that hold all pings of each of their devices, in little memory.

Files whose rows stand by device (numbers, ascending in every file) are merged as they are read. All others are first
parted by a hash of the device into files of a temporary folder; a part that is still too large is parted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from otsu_maps.movement.intake import is_ascending, parted
from otsu_maps.movement.pings import BATCH_ROWS, NONE, Part, Pings, Source, Tally, batches, ids, parts

BLOCK_ROWS = 1 << 20
MOST_ROWS = 4 << 20
"""A part with more rows is parted again, unless it is of one device."""

SPREAD_BITS = 6
MOST_FILES = 64
HASH_BITS = 63
RECORD = np.dtype([("device", np.int64), ("time", np.int64), ("lon", np.int32), ("lat", np.int32)])


def blocks(
    given: Source, tally: Tally, scratch: Path, moved: Callable[[int], object] = lambda rows: None
) -> Iterator[Pings]:
    """All good pings; every device is in one block only. `moved` hears how many rows were read.

    Counts into `tally` once the last block is out. Raises FileRefused.
    """
    if is_by_device(given):
        yield from _merged(given, tally, moved)
    else:
        yield from _parted(given, tally, scratch, moved)


def is_by_device(given: Source) -> bool:
    """Whether the rows of every file stand by device, ascending. Reads the ids alone."""
    if not given.has_numbers or len(given.files) > MOST_FILES:
        return False
    return all(is_ascending_throughout(ids(given, file)) for file in given.files)


def is_ascending_throughout(pieces: Iterator[npt.NDArray[np.int64]]) -> bool:
    """Whether numbers ascend within pieces and from one to the next."""
    last: np.int64 | None = None
    for piece in pieces:
        if not len(piece):
            continue
        if (last is not None and piece[0] < last) or not is_ascending(piece):
            return False
        last = piece[-1]
    return True


def _merged(given: Source, tally: Tally, moved: Callable[[int], object]) -> Iterator[Pings]:
    """Of files that stand by device: what lies below the least device that may still come is whole."""
    by_file: dict[Path, list[Part]] = {}
    for part in parts(given):
        by_file.setdefault(part.file, []).append(part)
    streams = [_stream(given, pieces, tally, moved) for pieces in by_file.values()]
    waiting, ready, count = [NONE] * len(streams), list[Pings](), 0
    is_open = [True] * len(streams)
    while any(is_open):
        for at, stream in enumerate(streams):
            while is_open[at] and not len(waiting[at].device):
                found = next(stream, None)
                waiting[at], is_open[at] = (NONE, False) if found is None else (found, True)
        if not any(is_open):
            break
        ends = [(int(each.device[-1]), at) for at, each in enumerate(waiting) if is_open[at]]
        below, slowest = min(ends)
        is_moved = False
        for at, each in enumerate(waiting):
            cut = int(np.searchsorted(each.device, below))
            if cut:
                ready.append(each.rows(slice(0, cut)))
                waiting[at], count, is_moved = each.rows(slice(cut, None)), count + cut, True
        if not is_moved:  # one device fills all that was read of a file
            more = next(streams[slowest], None)
            is_open[slowest] = more is not None
            waiting[slowest] = Pings.together([waiting[slowest], more or NONE])
        if count >= BLOCK_ROWS:
            yield Pings.together(ready)
            ready, count = [], 0
    ready += [each for each in waiting if len(each.device)]
    if ready:
        yield Pings.together(ready)


def _stream(given: Source, pieces: list[Part], tally: Tally, moved: Callable[[int], object]) -> Iterator[Pings]:
    for piece in pieces:
        before = tally.rows_in
        for pings in batches(given, piece, tally):
            moved(tally.rows_in - before)
            yield pings
            before = tally.rows_in  # other streams count into it while this one waits


def _parted(given: Source, tally: Tally, scratch: Path, moved: Callable[[int], object]) -> Iterator[Pings]:
    with TemporaryDirectory(dir=scratch, prefix="pings-") as folder, ThreadPoolExecutor(1) as reader:
        yield from _spread(_ahead(_stream(given, parts(given), tally, moved), reader), Path(folder), 0)


def _ahead(stream: Iterator[Pings], reader: ThreadPoolExecutor) -> Iterator[Pings]:
    """The stream, whose next batch is read while the last one is worked on."""
    coming = reader.submit(next, stream, None)
    while (pings := coming.result()) is not None:
        coming = reader.submit(next, stream, None)
        yield pings


def _spread(stream: Iterator[Pings], folder: Path, shift: int) -> Iterator[Pings]:
    """Parts of a stream by bits of the devices' hashes, each read back as blocks; its files are removed."""
    files = [folder / f"{shift}-{part}" for part in range(1 << SPREAD_BITS)]
    with ExitStack() as stack:
        opened = [stack.enter_context(file.open("wb")) for file in files]
        for pings in stream:
            records: npt.NDArray[Any] = np.empty(len(pings.device), RECORD)
            starts = parted(*pings, records, len(files), shift)
            for part, into in enumerate(opened):
                records[starts[part] : starts[part + 1]].tofile(into)
    ready, count = list[Pings](), 0
    for file in files:
        rows_of = file.stat().st_size // RECORD.itemsize
        if rows_of > MOST_ROWS and shift + 2 * SPREAD_BITS <= HASH_BITS:
            yield from _spread(_read_back(file), folder, shift + SPREAD_BITS)
        elif rows_of:
            ready += list(_read_back(file))
            count += rows_of
        file.unlink()
        if count >= BLOCK_ROWS:
            yield Pings.together(ready)
            ready, count = [], 0
    if ready:
        yield Pings.together(ready)


def _read_back(file: Path) -> Iterator[Pings]:
    with file.open("rb") as opened:
        while len(records := np.fromfile(opened, RECORD, BATCH_ROWS)):
            yield Pings(*(np.ascontiguousarray(records[name]) for name in Pings._fields))
