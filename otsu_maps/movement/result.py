"""What a run leaves: tables that may be published, each file with how it was made, and a report for the inside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from otsu_maps import mesh
from otsu_maps.errors import FileRefused
from otsu_maps.formats.flow_result import MESH_HOUR, OD_HOUR, Facts
from otsu_maps.movement import privacy, trips
from otsu_maps.movement.sums import Sums
from otsu_maps.movement.zones import Zones

PROFILE = pa.schema(
    [
        ("day_type", pa.string()),
        ("hour", pa.int32()),
        ("days", pa.int32()),
        ("present", pa.float64()),
        ("departures", pa.float64()),
    ]
)
"""Means a day of what the other two tables publish, and of nothing else: the sum over cells, and of the trips."""

FILES: Mapping[str, pa.Schema] = {"mesh_hour": MESH_HOUR, "od": OD_HOUR, "profile": PROFILE}
REPORT = "report.json"


@dataclass(frozen=True)
class Result:
    """Tables by the name of their file, how they were made, and how many figures are not in them."""

    tables: Mapping[str, pa.Table]
    facts: Facts
    withheld: Mapping[str, Mapping[str, int]]


def of(sums: Sums, k: int, zones: Zones, settings: Mapping[str, Any]) -> Result:
    """What may be published of the sums. `settings`: `mesh_m`, `area`, `rules` of Facts.

    Raises FileRefused where there is no ping at all.
    """
    if not len(sums.cells):
        raise FileRefused("pings_all_refused", rows=sums.tally.rows_in)
    days = (int(sums.cells["hour"].min()) // 24, int(sums.cells["hour"].max()) // 24)
    every = np.arange(days[0], days[1] + 1)
    of_type = np.bincount(trips.day_types(every), minlength=2).tolist()
    cells, pairs = privacy.cells(sums.cells, k), privacy.pairs(sums.by_hour, sums.by_day, k)
    tables = {"mesh_hour": _mesh_hour(cells.published), "od": _od(pairs.published, zones, of_type)}
    tables["profile"] = _profile(tables["mesh_hour"], tables["od"], of_type)
    first, last = (trips.day_of(day).isoformat() for day in days)
    facts = Facts(first, last, k, zones=zones.kind, release=_digest(tables), **settings)
    withheld = {
        name: {"published": len(left.published), "coarsened": left.coarsened, "suppressed": left.suppressed}
        for name, left in (("mesh_hour", cells), ("od", pairs))
    }
    return Result({n: t.replace_schema_metadata(facts.metadata()) for n, t in tables.items()}, facts, withheld)


def _mesh_hour(cells: pd.DataFrame) -> pa.Table:
    lat = (cells["y"] + 0.5) * cells["size_m"] / 120_000
    lon = 100 + (cells["x"] + 0.5) * cells["size_m"] / 80_000
    code = np.zeros(len(cells), np.int64)
    for size in cells["size_m"].unique().tolist():
        of_size = (cells["size_m"] == size).to_numpy()
        code[of_size] = mesh.codes(lon[of_size], lat[of_size], size)
    days, hours = (cells["hour"] // 24).to_numpy(np.int32), (cells["hour"] % 24).to_numpy(np.int32)
    columns = [pa.array(days).cast(pa.date32()), hours, code, cells["size_m"].to_numpy(), cells["devices"].to_numpy()]
    return pa.table([pa.array(c, t) for c, t in zip(columns, MESH_HOUR.types, strict=True)], schema=MESH_HOUR)


def _od(pairs: pd.DataFrame, zones: Zones, of_type: list[int]) -> pa.Table:
    day_type = pairs["day_type"].to_numpy(np.int64)
    hours = [None if pd.isna(hour) else int(hour) for hour in pairs["hour"]]
    columns = [
        [trips.DAY_TYPES[each] for each in day_type],
        hours,
        zones.names(pairs["origin"].to_numpy(np.int64)),
        zones.names(pairs["destination"].to_numpy(np.int64)),
        np.asarray(of_type)[day_type],
        pairs["trips"].to_numpy(np.int64),
        pairs["devices"].to_numpy(np.int64),
    ]
    return pa.table([pa.array(c, t) for c, t in zip(columns, OD_HOUR.types, strict=True)], schema=OD_HOUR)


def _profile(mesh_hour: pa.Table, od: pa.Table, of_type: list[int]) -> pa.Table:
    """From published figures alone, so that it tells nothing that they do not."""
    cells, pairs = mesh_hour.to_pandas(), od.to_pandas().dropna(subset=["hour"])
    numbers = trips.day_types(mesh_hour["on_date"].cast(pa.int32()).to_numpy().astype(np.int64))
    cells["day_type"] = np.asarray(trips.DAY_TYPES, dtype=object)[numbers]
    present = cells.groupby(["day_type", "hour"])["devices"].sum()
    departures = pairs.groupby(["day_type", pairs["hour"].astype("int64")])["trips"].sum()
    rows = []
    for number, name in enumerate(trips.DAY_TYPES):
        for hour in range(24) if of_type[number] else ():
            seen, gone = present.get((name, hour)), departures.get((name, hour))
            days = of_type[number]
            rows.append(
                {
                    "day_type": name,
                    "hour": hour,
                    "days": days,
                    "present": None if seen is None else float(seen) / days,
                    "departures": None if gone is None else float(gone) / days,
                }
            )
    return pa.Table.from_pylist(rows, schema=PROFILE)


def _digest(tables: Mapping[str, pa.Table]) -> str:
    """A name of the contents: the same figures have the same."""
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(tables[name].to_pandas().to_csv(index=False).encode())
    return digest.hexdigest()[:16]


def write(result: Result, folder: Path) -> None:
    """The tables as files of a folder."""
    for name, table in result.tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def facts_in(folder: Path) -> Facts:
    """Of the result in a folder. Raises FileRefused where there is none."""
    path = folder / "mesh_hour.parquet"
    try:
        return Facts.of(path.name, pq.read_schema(path))
    except (OSError, pa.ArrowInvalid) as error:
        raise FileRefused("flows_no_result", file=str(path)) from error


def check_beside(new: Facts, folder: Path) -> None:
    """Raises FileRefused where a result and the one in `folder`, which is out already, would tell by their differences.

    They may be the same, or of days of which none is in both: then no ping is in both. Any other two could be
    subtracted: a week and eight days, 500 m and 250 m, districts and cells, a limit of 10 and one of 12.
    """
    old = facts_in(folder)
    if new.differs_within_its_days(old):
        raise FileRefused(
            "flows_two_results",
            folder=folder.name,
            first=max(new.first_day, old.first_day),
            last=min(new.last_day, old.last_day),
        )
