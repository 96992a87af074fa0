"""What a row must be to enter a snapshot. One that fails goes to quarantine with one reason; none is moved silently."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from otsu_maps.formats.reading import Refused
from otsu_maps.geo import JAPAN
from otsu_maps.reasons import Reason

EDGE_DEGREES = 0.0005
"""About 50 m: published outlines are simplified, and schools stand on borders."""

Rule = Callable[[pd.DataFrame], "Iterable[tuple[int, Reason]]"]
"""From rows to the index labels of those that fail, each with its reason."""


def apply(frame: pd.DataFrame, *rules: Rule) -> tuple[pd.DataFrame, list[tuple[str, Refused]]]:
    """The rows that keep every rule, and the others by file. A row is refused whole, with the first reason found.

    A source row is a `source_row` of a `file`: rules see all files together, for a list may repeat what another has.
    """
    refused: dict[tuple[str, int], Refused] = {}
    for rule in rules:
        for label, reason in rule(frame):
            row = frame.loc[[label]].iloc[0]
            file, number = str(row["file"]), int(row["source_row"])
            refused.setdefault((file, number), Refused(number, reason, _as_text(row)))
        is_refused = [key in refused for key in zip(frame["file"], frame["source_row"], strict=True)]
        frame = frame[~pd.Series(is_refused, index=frame.index, dtype=bool)]
    return frame, [(file, row) for (file, _), row in refused.items()]


def real_position(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
    """Not (0, 0), not lat/lon swapped, in Japan."""
    west, south, east, north = JAPAN
    for label, lon, lat in zip(frame.index, frame["lon"], frame["lat"], strict=True):
        params = {"lon": float(lon), "lat": float(lat)}
        if abs(lon) < 1 and abs(lat) < 1:
            yield label, Reason("row_zero_position", params)
        elif west <= lat <= east and south <= lon <= north:
            yield label, Reason("row_swapped_position", params)
        elif not (west <= lon <= east and south <= lat <= north):
            yield label, Reason("row_outside_japan_point", params)


def real_position_if_any(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
    """A real position where one is given."""
    return real_position(frame[frame["lon"].notna() & frame["lat"].notna()])


def inside(outline: BaseGeometry, city_ja: str) -> Rule:
    """Inside the outline of the city, or within 50 m of it."""
    area = outline.buffer(EDGE_DEGREES)
    shapely.prepare(area)

    def rule(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
        for label, lon, lat in zip(frame.index, frame["lon"], frame["lat"], strict=True):
            if not area.covers(shapely.Point(lon, lat)):
                yield label, Reason("row_outside_city", {"lon": float(lon), "lat": float(lat), "city": city_ja})

    return rule


def of_city(code5: str, accepted: tuple[str, ...]) -> Rule:
    """Carries the code of this city, or none, or a wrong one that the card accepts."""
    fine = {code5, *(code[:5] for code in accepted)}

    def rule(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
        for label, code in zip(frame.index, frame["city_code5"], strict=True):
            if isinstance(code, str) and code not in fine:
                yield label, Reason("row_wrong_city_code", {"value": code, "expected": code5})

    return rule


def unique(*columns: str) -> Rule:
    """No value twice: the first row stays, later ones are refused."""

    def rule(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
        first: dict[tuple[Any, ...], tuple[str, int]] = {}
        for label, file, number, *key in frame[["file", "source_row", *columns]].itertuples():
            if tuple(key) in first:
                yield label, Reason("row_duplicate", {"value": str(key[-1]), "first": _place(first[tuple(key)], file)})
            else:
                first[tuple(key)] = (file, int(number))

    return rule


def known(column: str, values: set[str], register_ja: str) -> Rule:
    """The value of `column` is one that another table has."""

    def rule(frame: pd.DataFrame) -> Iterable[tuple[int, Reason]]:
        for label, value in zip(frame.index, frame[column], strict=True):
            if value not in values:
                yield label, Reason("row_unknown_id", {"value": str(value), "register": register_ja})

    return rule


def _place(row: tuple[str, int], file: str) -> int | str:
    """A row as a reader of `file` looks it up: its number, and where it is in another file that one's name."""
    return row[1] if row[0] == file else f"{row[1]} ({row[0]})"


def _as_text(row: pd.Series) -> str:
    shown = {
        str(name): value
        for name, value in row.items()
        if name not in ("geometry", "source_row", "file") and _given(value)
    }
    return ", ".join(f"{name}={value}" for name, value in shown.items())[:2000]


def _given(value: Any) -> bool:
    return value is not None and value == value and value != ""
