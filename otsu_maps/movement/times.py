"""Times of pings as milliseconds UTC: ISO 8601 with an offset or without, or a number since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from otsu_maps.movement.rules import TOKYO_MS

UNREADABLE = np.iinfo(np.int64).min
EARLIEST_MS, LATEST_MS = 631_152_000_000, 3_755_289_600_000
"""1990 to 2088: what an hour since 1970 in twenty bits holds."""

SHORTEST = len("2022-10-01 00")
"""A day without an hour is no time."""

_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})$"
_NUMBER = r"^[0-9]{9,19}(\.[0-9]+)?$"


@dataclass(frozen=True)
class Times:
    """Milliseconds UTC, UNREADABLE where there is none, and how many named no offset (read as Asia/Tokyo)."""

    ms: npt.NDArray[np.int64]
    without_offset: int


def read(column: pa.Array) -> Times:
    """The times of a column of time stamps, whole numbers or texts."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type):
        return _checked(_of_stamps(column), 0 if column.type.tz else len(column) - column.null_count)
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return _checked(_of_numbers(column), 0)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return _of_texts(column)
    return Times(np.full(len(column), UNREADABLE), 0)


def _checked(ms: npt.NDArray[np.int64], without: int) -> Times:
    is_ours = (ms >= EARLIEST_MS) & (ms < LATEST_MS)
    return Times(ms if is_ours.all() else np.where(is_ours, ms, UNREADABLE), without)


def _of_stamps(column: pa.Array) -> npt.NDArray[np.int64]:
    whole = column.view(pa.int64())
    a_second = {"s": 1, "ms": 1000, "us": 1_000_000, "ns": 1_000_000_000}[column.type.unit]
    found = _numpy(whole)
    if a_second == 1000:
        ms = found
    else:
        ms = found // (a_second // 1000) if a_second > 1000 else found * 1000
    if column.type.tz is None:
        ms = ms - TOKYO_MS
    return np.where(found == UNREADABLE, UNREADABLE, ms) if column.null_count else ms


def _of_numbers(column: pa.Array) -> npt.NDArray[np.int64]:
    """Seconds, milli-, micro- or nanoseconds since 1970: the one that gives a year of our time."""
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    exact = _numpy(column) if pa.types.is_integer(column.type) else None
    ms = np.full(len(values), UNREADABLE)
    for low, high, factor in ((1e8, 1e11, 1000.0), (1e11, 1e14, 1.0), (1e14, 1e17, 1e-3), (1e17, 1e20, 1e-6)):
        fits = (values >= low) & (values < high)
        if exact is not None and factor <= 1:
            ms[fits] = exact[fits] // round(1 / factor)
        else:
            ms[fits] = np.floor(values[fits] * factor).astype(np.int64)
    return ms


def _numpy(column: pa.Array) -> npt.NDArray[np.int64]:
    whole = column.cast(pa.int64())
    filled = pc.fill_null(whole, int(UNREADABLE)) if whole.null_count else whole
    found: npt.NDArray[np.int64] = filled.to_numpy(zero_copy_only=False)
    return found


def _of_texts(column: pa.Array) -> Times:
    if (pc.min(pc.utf8_length(column)).as_py() or 0) >= SHORTEST:
        try:
            return _checked(_of_stamps(column.cast(pa.timestamp("us"))), len(column) - column.null_count)
        except pa.ArrowInvalid:
            pass
    text = pc.utf8_trim_whitespace(column)
    text = pc.replace_substring_regex(text, r" ?(UTC|GMT)$", "Z")
    text = pc.replace_substring_regex(text, r"^([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})", r"\1-\2-\3")
    for _ in range(2):  # 2019-1-5 8:05 has neighbours that share a mark
        text = pc.replace_substring_regex(text, r"([-T ])([0-9])([-T :]|$)", r"\10\2\3")  # \1, then a 0
    ms = np.full(len(text), UNREADABLE)
    named = _mask(pc.match_substring_regex(text, _ZONE))
    number = _mask(pc.match_substring_regex(text, _NUMBER))
    plain = ~named & ~number & _mask(pc.greater_equal(pc.utf8_length(text), SHORTEST))
    if number.any():
        ms[number] = _of_numbers(text.filter(pa.array(number)).cast(pa.float64()))
    for chosen, kind in ((named, pa.timestamp("us", "UTC")), (plain, pa.timestamp("us"))):
        if chosen.any():
            part = text.filter(pa.array(chosen))
            try:
                ms[chosen] = _of_stamps(part.cast(kind))
            except pa.ArrowInvalid:
                ms[chosen] = [_one(each) for each in part.to_pylist()]
    found = _checked(ms, 0)
    return Times(found.ms, int((found.ms[plain] != UNREADABLE).sum()))


def _mask(flags: pa.Array) -> npt.NDArray[np.bool_]:
    filled: npt.NDArray[np.bool_] = pc.fill_null(flags, False).to_numpy(zero_copy_only=False)
    return filled


def _one(text: str) -> int:
    """One text that pyarrow could not read among others that it might."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return int(UNREADABLE)
    whole = (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        milliseconds=1
    )
    return whole if moment.tzinfo else whole - TOKYO_MS
