"""What a rule finds in a feed: how grave it is, how often, and the first places where."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from otsu_maps.formats import gtfs
from otsu_maps.i18n import say
from otsu_maps.transit import tables
from otsu_maps.transit.timetable import NONE, Timetable

ERROR, WARNING, NOTICE = "error", "warning", "notice"
SEVERITIES = (ERROR, WARNING, NOTICE)
"""error: somebody is told what is wrong, or cannot be told; warning: probably wrong; notice: could be better."""

EXAMPLES = 5
"""So many places are named; the count speaks of all."""


@dataclass(frozen=True)
class Example:
    """One place: file, row as a person counts (0: the whole file), and what stands there."""

    file: str
    row: int
    value: str


@dataclass(frozen=True)
class Finding:
    """One rule that a feed breaks. The sentence is `gtfs_rule.<code>` in the catalogues."""

    code: str
    severity: str
    count: int
    examples: tuple[Example, ...]
    params: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, lang: str | None = None) -> str:
        """What is wrong, in words."""
        return say(f"gtfs_rule.{self.code}", lang, **{"count": self.count, **self.params})

    def as_row(self) -> dict[str, Any]:
        """As a snapshot keeps it: severity, code, params, found, examples."""
        return {
            "severity": self.severity,
            "code": self.code,
            "params": json.dumps(dict(self.params), ensure_ascii=False, default=str),
            "found": self.count,
            "examples": json.dumps([asdict(each) for each in self.examples], ensure_ascii=False),
        }

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Finding:
        """What `as_row` kept."""
        examples = tuple(Example(**each) for each in json.loads(row["examples"]))
        return cls(row["code"], row["severity"], row["found"], examples, json.loads(row["params"]))


@dataclass(frozen=True)
class Found:
    """What a rule returns where it is broken."""

    count: int
    examples: tuple[Example, ...]
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Looked:
    """A feed while rules look at it, on a day."""

    feed: gtfs.Feed
    today: date

    def table(self, name: str) -> pd.DataFrame:
        """The rows of a table that can be used, columns of the specification and `source_row`."""
        return self.feed.tables[name].frame

    def has(self, name: str) -> bool:
        """Whether a table has any row."""
        return self.feed.tables[name].rows_in > 0

    @cached_property
    def timetable(self) -> Timetable:
        """The timetable of this feed alone."""
        return tables.of_feeds([self.feed])

    def own_ids(self, ids: pd.Series) -> pd.Series:
        """Identifiers of the timetable as the feed itself writes them."""
        return ids.str.split(":", n=1).str[1]

    @cached_property
    def is_japanese(self) -> bool:
        """Whether it is to be held against GTFS-JP: it has one of its files, or is in Japanese or in Japan's time."""
        own = ("agency_jp", "routes_jp", "office_jp", "pattern_jp")
        agencies, info = self.table("agency"), self.table("feed_info")
        is_here = (agencies["agency_timezone"] == "Asia/Tokyo").any() or (agencies["agency_lang"] == "ja").any()
        return bool(is_here or (info["feed_lang"] == "ja").any() or any(self.has(name) for name in own))

    @cached_property
    def calls(self) -> pd.DataFrame:
        """Stop times by trip and stop_sequence: trip and stop (rows of trips and stops), arrival_s and departure_s
        (NaN: blank), source_row."""
        times = self.table("stop_times")
        frame = pd.DataFrame(
            {
                "trip": tables.positions(times["trip_id"], self.table("trips")["trip_id"]),
                "stop": tables.positions(times["stop_id"], self.table("stops")["stop_id"]),
                "sequence": times["stop_sequence"].to_numpy(np.int64),
                "arrival_s": times["arrival_time"].to_numpy(np.float64, na_value=np.nan),
                "departure_s": times["departure_time"].to_numpy(np.float64, na_value=np.nan),
                "source_row": times["source_row"].to_numpy(np.int64),
            }
        )
        key = frame["trip"].to_numpy(np.int64) << 32 | frame["sequence"].to_numpy()
        is_sorted = bool((key[1:] >= key[:-1]).all())
        return frame if is_sorted else frame.iloc[np.argsort(key, kind="stable")].reset_index(drop=True)

    @cached_property
    def calls_of_trip(self) -> npt.NDArray[np.int64]:
        """How many calls each trip has, by row of trips."""
        trip = self.calls["trip"].to_numpy()
        return np.bincount(trip[trip != NONE], minlength=len(self.table("trips")))


Rule = Callable[[Looked], Found | None]


def found(file: str, rows: pd.DataFrame, value: str | Callable[[Any], str], **params: Any) -> Found | None:
    """Where rows (with `source_row`) break a rule: None where there is none. `value`: a column, or a text of a row."""
    if rows.empty:
        return None
    named = [
        Example(f"{file}.txt", int(row["source_row"]), _text(row[value]) if isinstance(value, str) else value(row))
        for row in rows.head(EXAMPLES).to_dict("records")
    ]
    return Found(len(rows), tuple(named), params)


def whole(file: str, value: str = "", **params: Any) -> Found:
    """Where a file as a whole breaks a rule."""
    return Found(1, (Example(f"{file}.txt", 0, value),), params)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def time_text(seconds: float) -> str:
    """Hours, minutes and seconds as feeds write them."""
    whole_s = int(seconds)
    return f"{whole_s // 3600:02}:{whole_s // 60 % 60:02}:{whole_s % 60:02}"
