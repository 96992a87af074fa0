"""Writes the invented part of the demo beside itself: `python geodata/demo/generate.py [--out FOLDER]`.

Hazard zones, people and how they move, a bus and events, all made up for drills from the coarse shapes in
`../basemap`, the towns and the sites. The same program writes the same bytes: the seed is fixed, numbers are rounded,
keys sorted, and zip entries carry a fixed time. The parts stand in `generate_*.py`, one a subject.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import generate_bus as bus
import generate_events as events
import generate_moves as moves
import generate_people as people
import generate_zones as zones
from generate_common import HERE

FILES: dict[str, Callable[[], bytes]] = {
    "flood.geojson": lambda: zones.flood(zones.MAXIMUM),
    "flood_design.geojson": lambda: zones.flood(zones.DESIGN),
    "landslide.geojson": zones.landslide,
    "inland.geojson": zones.inland,
    "gtfs.zip": bus.gtfs,
    "population_500m.csv": people.census,
    "flow_mesh.csv": people.flow_mesh,
    "flow_fromto.csv": people.flow_fromto,
    "mesh_hour.csv": moves.mesh_hour,
    "od_hour.csv": moves.od_hour,
    "counters.csv": moves.counters,
    "events.csv": events.events,
}


def generate(out: Path) -> dict[str, int]:
    """Writes every file into a folder; name to bytes written."""
    out.mkdir(parents=True, exist_ok=True)
    return {name: (out / name).write_bytes(make()) for name, make in FILES.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write into (default: beside this program)")
    for name, size in generate(parser.parse_args().out).items():
        print(f"{name}: {size:,} bytes")


if __name__ == "__main__":
    main()
