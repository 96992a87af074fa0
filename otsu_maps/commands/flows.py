"""`otsu-maps flows run`: people by mesh cell and hour, and trips between zones, from location pings."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely

from otsu_maps import config, mesh
from otsu_maps.commands.given import print_json
from otsu_maps.db.reader import Snapshot
from otsu_maps.errors import SnapshotMissing
from otsu_maps.i18n import say
from otsu_maps.movement import job, pings
from otsu_maps.movement.columns import read_given
from otsu_maps.movement.rules import CELL_SIZES_M, Area, Rules
from otsu_maps.movement.zones import Cells, Districts, Zones
from otsu_maps.queries import areas
from otsu_maps.terminal import bar, figures, tell

GOOD, LOOK = 0, 1

MARGIN = 0.1
"""Degrees around the city, about 10 km: where people come from and go to."""


FIGURES = (
    ("cells_published", "mesh_hour", "published"),
    ("cells_coarsened", "mesh_hour", "coarsened"),
    ("cells_suppressed", "mesh_hour", "suppressed"),
    ("pairs_published", "od", "published"),
    ("pairs_coarsened", "od", "coarsened"),
    ("pairs_suppressed", "od", "suppressed"),
)
"""The sentence of each figure of the report, and where it stands."""


def add(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    group = commands.add_parser("flows", help=say("cli.flows"), description=say("cli.flows"))
    inner = group.add_subparsers(required=True, metavar="run", help=say("cli.flows"))
    one = inner.add_parser("run", help=say("cli.flows_run"), description=say("cli.flows_run"))
    one.set_defaults(run=_run)
    one.add_argument("--pings", required=True, type=Path, metavar="PATH", help=say("cli.flows_pings"))
    one.add_argument("--out", required=True, type=Path, metavar="DIR", help=say("cli.flows_out"))
    one.add_argument("--area", metavar="W,S,E,N", help=say("cli.flows_area"))
    one.add_argument("--mesh", type=int, default=500, choices=CELL_SIZES_M, help=say("cli.flows_mesh"))
    one.add_argument("--zones", default="district", choices=("district", "mesh"), help=say("cli.flows_zones"))
    one.add_argument("--k", type=int, metavar="N", help=say("cli.flows_k"))
    one.add_argument("--published", type=Path, action="append", default=[], help=say("cli.flows_published"))
    one.add_argument("--columns", metavar="device=...,time=...", help=say("cli.flows_columns"))
    one.add_argument("--accuracy", type=float, metavar="M", help=say("cli.flows_accuracy"))
    one.add_argument("--engine", default=job.EMBEDDED, choices=(job.EMBEDDED, job.SPARK), help=say("cli.flows_engine"))
    one.add_argument("--master", default="local[*]", metavar="URL", help=say("cli.flows_master"))
    one.add_argument("--json", action="store_true", help=say("cli.as_json"))


def _run(asked: argparse.Namespace) -> int:
    """Exit codes: 0 all rows were read, 1 some were refused, 2 nothing was made."""
    area = Area.read(asked.area) if asked.area else _around_city()
    rules = Rules(max_accuracy_m=asked.accuracy)
    source = pings.source(asked.pings, area, rules, read_given(asked.columns) if asked.columns else None)
    k = config.min_devices(asked.k)
    zones = Cells(asked.mesh) if asked.zones == "mesh" else _districts()
    wanted = job.Asked(source, zones, asked.mesh, k, asked.out, asked.published, asked.engine, asked.master)
    with bar(say("flows.working"), pings.rows_about(source)) as progress:
        report = job.run(wanted, progress)
    if asked.json:
        print_json(report)
    else:
        _show(report, asked.out)
    refused = sum(n for reason, n in report["refused"].items() if reason != "outside")
    return LOOK if refused else GOOD


def _around_city() -> Area:
    """Around the outline of the current snapshot, else the first meshes of the city."""
    try:
        with Snapshot.current() as snapshot:
            west, south, east, north = shapely.from_wkb(areas.boundary(snapshot)).bounds
        return Area(west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN)
    except SnapshotMissing:
        edges = mesh.bounds_of([int(code) for code in config.city().first_meshes])
        return Area(*(float(f(edge)) for f, edge in zip((min, min, max, max), edges, strict=True)))


def _districts() -> Zones:
    with Snapshot.current() as snapshot:
        found = areas.districts(snapshot)
    return Districts.of([each["district_id"] for each in found], [each["geom"] for each in found])


def _show(report: Mapping[str, Any], out: Path) -> None:
    days = say("flows.from_to", first=report["first_day"], last=report["last_day"])
    rows = [
        (say("flows.rows_in"), f"{report['rows_in']:,}"),
        *((say(f"flows.{reason}"), f"{n:,}") for reason, n in report["refused"].items() if n),
        *((say(f"flows.{name}"), f"{report[name]:,}") for name in ("duplicates", "too_fast", "kept", "devices")),
        *((say(f"flows.{name}"), f"{report[name]:,}") for name in ("stays", "trips", "silent")),
        (say("flows.days"), days),
        *((say(f"flows.{name}"), f"{report['figures'][table][kind]:,}") for name, table, kind in FIGURES),
    ]
    figures(say("flows.title", folder=out.name), rows)
    if report["without_offset"]:
        tell(say("flows.without_offset", count=report["without_offset"]))
    tell(say("flows.limit", k=report["min_devices"]))
    for reason, examples in report["examples"].items():
        for each in examples:
            value = f" {each['value']}" if "value" in each else ""
            tell(f"{each['file']}:{each['row']} {say(f'flows.{reason}')}{value}")
