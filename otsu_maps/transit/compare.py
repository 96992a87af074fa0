"""Two timetables on a day each: what every stop and line had before and has after, who loses and who gains.

Stops and lines are matched by their id; else by their id within the feed and the same name, since two editions may lie
in feeds of different names; else by the same name, for stops within 100 m. What matches nothing is told as such: nobody
knows here whether it is gone or was renamed, so its other side is unknown, not zero.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from otsu_maps import geo
from otsu_maps.analysis.residents import COUNTS
from otsu_maps.transit.departures import DAY_S
from otsu_maps.transit.headways import lines
from otsu_maps.transit.served import served
from otsu_maps.transit.services import Day
from otsu_maps.transit.timetable import Timetable

NEAR_M = 100.0
BY_ID, BY_NAME, BEFORE_ONLY, AFTER_ONLY = MATCHES = ("id", "name", "before_only", "after_only")
"""How a row was matched."""

FIGURES = ("departures", "first_s", "last_s", "longest_gap_s")
LINE_FIGURES = ("departures", "headway_s", "peak_departures")

Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Side:
    """A timetable and the day that stands for it."""

    timetable: Timetable
    on: Day


def stops(before: Side, after: Side, plane_epsg: int, from_s: int = 0, until_s: int = DAY_S) -> pd.DataFrame:
    """A row a stop of either side that anything departs from on one of them, who loses most departures first.

    stop_id, name_ja, name_en, lon, lat (of after where it is there), matched (BY_ID, ...); FIGURES with `_before` and
    `_after` (see `served.served`; NaN: no such stop on that side, or too few departures), change (departures; NaN:
    unknown).
    """
    old, new = (served(side.timetable, side.on, from_s, until_s) for side in (before, after))
    pairs, how = _matched(old, new, "stop_id", _stop_name)
    pairs_near = _near(old, new, pairs, plane_epsg)
    table = _joined(old, new, [*pairs, *pairs_near], [*how, *[BY_NAME] * len(pairs_near)], FIGURES)
    about = {
        name: table[f"{name}_after"].where(table[f"{name}_after"].notna(), table[f"{name}_before"]) for name in _AT
    }
    found = pd.DataFrame(about).join(table[["matched", *_columns(FIGURES)]])
    runs = (found[["departures_before", "departures_after"]].fillna(0) > 0).any(axis=1)
    return _sorted(found[runs], "stop_id")


def routes(before: Side, after: Side) -> pd.DataFrame:
    """A row a line that runs on one of the days, both directions together, who loses most departures first.

    route_id, short_name, long_name, name_en, matched; LINE_FIGURES with `_before` and `_after` (trips a day; the median
    time between two of one direction, the better of the two directions; trips of the morning peak), change.
    """
    old, new = (_lines(side) for side in (before, after))
    pairs, how = _matched(old, new, "route_id", _route_name)
    table = _joined(old, new, pairs, how, LINE_FIGURES)
    names = ("route_id", "short_name", "long_name", "name_en")
    about = {
        name: table[f"{name}_after"].where(table[f"{name}_after"].notna(), table[f"{name}_before"]) for name in names
    }
    found = pd.DataFrame(about).join(table[["matched", *_columns(LINE_FIGURES)]])
    runs = (found[["departures_before", "departures_after"]].fillna(0) > 0).any(axis=1)
    return _sorted(found[runs], "route_id")


def districts(
    table: pd.DataFrame, gaps_before: pd.DataFrame, gaps_after: pd.DataFrame, outlines: Sequence[bytes]
) -> pd.DataFrame:
    """By district: departures of its stops and residents in a gap, before and after, who loses most first.

    `table`: of `stops`; `gaps_*`: Gaps.table of the same residents; `outlines`: WKB of the districts in their order.
    Columns: row, district_id, name_ja, name_en; departures_before, departures_after (NaN: a stop of it is on one side
    alone, so the sum is unknown), unmatched (such stops); gap_*_persons with `_before` and `_after`; change
    (departures). A stop without a position is in no district but counts for the city.
    """
    is_city = gaps_after["row"] == "city"
    found = gaps_after[["row", "district_id", "name_ja", "name_en"]].copy()
    is_known = table["matched"].isin([BY_ID, BY_NAME]).to_numpy(bool)
    where = _district_of(table, outlines)
    number = int((gaps_after["row"] == "district").sum())
    place = np.where(where < 0, number, where)
    has_rest = bool((gaps_after["row"] == "no_district").any())
    unmatched = np.bincount(place[~is_known], minlength=number + 1)
    for side in ("before", "after"):
        sums = np.bincount(place, table[f"departures_{side}"].fillna(0), number + 1)
        sums = np.where(unmatched > 0, np.nan, sums)
        rows = [*sums[:number], *([sums[number]] if has_rest else [])]
        whole = float(table[f"departures_{side}"].sum()) if is_known.all() else np.nan
        found[f"departures_{side}"] = [*rows, whole]
    found["unmatched"] = [*unmatched[:number], *([unmatched[number]] if has_rest else []), int((~is_known).sum())]
    for column in [f"gap_{each}" for each in COUNTS]:
        found[f"{column}_before"], found[f"{column}_after"] = gaps_before[column], gaps_after[column]
    found["change"] = found["departures_after"] - found["departures_before"]
    ordered = found[~is_city].sort_values("change", kind="stable", na_position="last")
    return pd.concat([ordered, found[is_city]], ignore_index=True)


_AT = ("stop_id", "name_ja", "name_en", "lon", "lat")


def _lines(side: Side) -> pd.DataFrame:
    """Lines of a timetable with LINE_FIGURES; departures 0 where one does not run that day."""
    rows = side.timetable.routes[["route_id", "short_name", "long_name", "name_en"]]
    ways = lines(side.timetable, side.on).groupby("route")
    found = ways[["departures", "peak_departures"]].sum().join(ways["median_headway_s"].min().rename("headway_s"))
    table = rows.join(found)
    whole = ["departures", "peak_departures"]
    table[whole] = table[whole].fillna(0)
    return table


def _matched(
    old: pd.DataFrame, new: pd.DataFrame, key: str, name: Callable[[pd.DataFrame], list[str]]
) -> tuple[Pairs, list[str]]:
    """Rows of both sides that are the same: by id, by id within the feed and name, by a name that is there once."""
    names = name(old), name(new)
    ids = old[key].tolist(), new[key].tolist()
    bare = [
        [f"{each.partition(':')[2]}\n{called}" for each, called in zip(*side, strict=True)]
        for side in zip(ids, names, strict=True)
    ]
    pairs: Pairs = []
    how: list[str] = []
    for word, (left, right) in ((BY_ID, ids), (BY_ID, bare)) + (((BY_NAME, names),) if key == "route_id" else ()):
        taken = ({one for one, _ in pairs}, {other for _, other in pairs})
        free = [
            [place for place in range(len(side)) if place not in used]
            for side, used in zip((left, right), taken, strict=True)
        ]
        once = [
            _once([side[place] for place in places], places) for side, places in zip((left, right), free, strict=True)
        ]
        both = [(once[0][value], once[1][value]) for value in once[0] if value and value in once[1]]
        pairs += both
        how += [word] * len(both)
    return pairs, how


def _once(values: list[str], places: list[int]) -> dict[str, int]:
    """Place of each value that occurs once."""
    found = dict(zip(values, places, strict=True))
    twice = (
        {value for value, number in zip(*np.unique(values, return_counts=True), strict=True) if number > 1}
        if values
        else set()
    )
    return {value: place for value, place in found.items() if value not in twice}


def _near(old: pd.DataFrame, new: pd.DataFrame, pairs: Pairs, plane_epsg: int) -> Pairs:
    """Stops of the same name within NEAR_M that are not matched yet, the nearest first, each once."""
    left = sorted(set(range(len(old))) - {one for one, _ in pairs})
    right = sorted(set(range(len(new))) - {other for _, other in pairs})
    names = _stop_name(old), _stop_name(new)
    at = [_metres(side, plane_epsg) for side in (old, new)]
    by_name: dict[str, list[int]] = {}
    for other in right:
        by_name.setdefault(names[1][other], []).append(other)
    found = [
        (float(np.hypot(*(at[0][one] - at[1][other]))), one, other)
        for one in left
        for other in (by_name.get(names[0][one], []) if names[0][one] else [])
    ]
    made: Pairs = []
    for metres, one, other in sorted(each for each in found if each[0] <= NEAR_M):
        if metres <= NEAR_M and all(one != a and other != b for a, b in made):
            made.append((one, other))
    return made


def _metres(rows: pd.DataFrame, plane_epsg: int) -> npt.NDArray[np.float64]:
    """[n, 2], NaN where the position is unknown."""
    found = np.full((len(rows), 2), np.nan)
    is_known = rows[["lon", "lat"]].notna().all(axis=1).to_numpy(bool)
    if is_known.any():
        placed = rows[is_known]
        found[is_known] = geo.to_metres(placed["lon"].tolist(), placed["lat"].tolist(), plane_epsg)
    return found


def _joined(old: pd.DataFrame, new: pd.DataFrame, pairs: Pairs, how: list[str], figures: Sequence[str]) -> pd.DataFrame:
    """Pairs, then what is on one side alone; columns of both sides with their suffix."""
    left = sorted(set(range(len(old))) - {one for one, _ in pairs})
    right = sorted(set(range(len(new))) - {other for _, other in pairs})
    olds = [*(one for one, _ in pairs), *left, *[-1] * len(right)]
    news = [*(other for _, other in pairs), *[-1] * len(left), *right]
    sides = [
        rows.reset_index(drop=True).reindex(places).reset_index(drop=True).add_suffix(f"_{side}")
        for rows, places, side in ((old, olds, "before"), (new, news, "after"))
    ]
    table = pd.concat(sides, axis=1)
    table["matched"] = [*how, *[BEFORE_ONLY] * len(left), *[AFTER_ONLY] * len(right)]
    return table


def _columns(figures: Sequence[str]) -> list[str]:
    return [f"{figure}_{side}" for figure in figures for side in ("before", "after")]


def _sorted(found: pd.DataFrame, key: str) -> pd.DataFrame:
    found = found.assign(change=found["departures_after"] - found["departures_before"])
    return found.sort_values(["change", key], kind="stable", na_position="last", ignore_index=True)


def _stop_name(rows: pd.DataFrame) -> list[str]:
    return [_plain(name) for name in rows["name_ja"]]


def _route_name(rows: pd.DataFrame) -> list[str]:
    return [
        _plain(f"{short or ''} {long or ''}") for short, long in zip(rows["short_name"], rows["long_name"], strict=True)
    ]


def _plain(text: object) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()) if isinstance(text, str) else ""


def _district_of(table: pd.DataFrame, outlines: Sequence[bytes]) -> npt.NDArray[np.int64]:
    """Position of the district that holds each stop, -1: none, or nobody knows."""
    found = np.full(len(table), -1, np.int64)
    placed = np.flatnonzero(table[["lon", "lat"]].notna().all(axis=1))
    rows = table.iloc[placed]
    points = [shapely.Point(lon, lat) for lon, lat in zip(rows["lon"], rows["lat"], strict=True)]
    if points and len(outlines):
        district, point = shapely.STRtree(points).query(shapely.from_wkb(list(outlines)), predicate="intersects")
        order = np.argsort(-district, kind="stable")  # where two overlap, the earlier one has it
        found[placed[point[order]]] = district[order]
    return found
