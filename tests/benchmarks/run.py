"""`make bench`: what a build and a page cost on this machine. Figures for people, never an assertion.

Run it on an idle machine. Each figure is the median of several runs in one process or, for builds, of whole processes.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "data"


def median_ms(run: Callable[[], object], times: int) -> float:
    """Median wall time of `run` in milliseconds, after one run that does not count."""
    run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def build(sources: str, folder: str) -> Callable[[], object]:
    """A whole build as its own process, imports and all."""
    command = [sys.executable, "-m", "etl", "build", "--sources", sources]
    environment = os.environ | {"OTSU_DATA_DIR": folder}
    return lambda: subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def page(folder: str, query: dict[str, str]) -> Callable[[], object]:
    """One full run of the shelters page on the server side: queries, analysis, deck, tables, without a browser."""
    os.environ["OTSU_DATA_DIR"] = folder
    from streamlit import config
    from streamlit.testing.v1 import AppTest

    from otsu_maps.ledger.accounts import Signed
    from otsu_maps.ui import access

    config.set_option("logger.level", "critical")
    somebody = Signed(account_id="bench", name="bench", display_name="bench", role="viewer")
    access.current = lambda **_: somebody  # real data opens for nobody without an account
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run


def points_in_areas() -> tuple[Callable[[], object], Callable[[], object]]:
    """1,000,000 points in 3,000 polygons of 120 corners: ours, and geopandas.sjoin on the same."""
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    from etl import lookup

    dice = np.random.default_rng(25201)
    lon, lat = dice.uniform(135.8, 136.1, 1_000_000), dice.uniform(34.8, 35.3, 1_000_000)
    middles = shapely.points(dice.uniform(135.8, 136.1, 3000), dice.uniform(34.8, 35.3, 3000))
    shapes = shapely.buffer(middles, dice.uniform(0.002, 0.006, 3000), quad_segs=30)
    areas = pd.DataFrame({"name": np.arange(3000), "geom": shapely.to_wkb(shapes)})
    x, y = pd.Series(lon), pd.Series(lat)
    held = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    frame = gpd.GeoDataFrame({"name": np.arange(3000)}, geometry=shapes, crs=4326)
    return (lambda: lookup.inside(x, y, areas, "name")), (lambda: gpd.sjoin(held, frame, predicate="intersects"))


def people_in_zones() -> tuple[Callable[[], object], Callable[[], object], Callable[[], object]]:
    """People of 2,000 cells in 3,500 overlapping zones of five depths.

    Ours; geopandas to the same answer (dissolved by depth, the deeper taken from the shallower); and one plain
    geopandas.overlay, which counts overlaps twice.
    """
    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    from otsu_maps import mesh
    from otsu_maps.analysis.depth import STEPS_M
    from otsu_maps.analysis.exposure import exposure
    from otsu_maps.analysis.residents import COUNTS, residents

    dice, plane = np.random.default_rng(25201), 6674
    lon, lat = np.meshgrid(135.803 + np.arange(40) / 160, 34.902 + np.arange(50) / 240)
    codes, people = mesh.codes(lon.ravel(), lat.ravel(), 500), dice.integers(0, 3000, 2000)
    cells = pd.DataFrame({"mesh_code": codes, "is_suppressed": False} | dict.fromkeys(COUNTS, people))
    middles = shapely.points(dice.uniform(135.8, 136.05, 3500), dice.uniform(34.9, 35.108, 3500))
    shapes, step = shapely.buffer(middles, dice.uniform(0.0005, 0.003, 3500), quad_segs=30), dice.integers(0, 5, 3500)
    low, high = np.take(STEPS_M, step), np.take(STEPS_M, step + 1)
    zones = pd.DataFrame(
        {"zone_class": None, "depth_min_m": low, "depth_max_m": high, "geom": shapely.to_wkb(shapes)}, dtype=object
    )
    nothing = pd.DataFrame(columns=["district_id", "name_ja", "name_en", "basis", "geom"], dtype=object)
    boxes = gpd.GeoDataFrame(geometry=shapely.box(*mesh.bounds_of(codes)), crs=4326)

    def planar() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        read = gpd.GeoDataFrame({"step": step}, geometry=shapely.from_wkb(zones["geom"].to_numpy()), crs=4326)
        return boxes.assign(cell=range(2000)).to_crs(plane), read.to_crs(plane)

    def peer() -> object:
        ground, flooded = planar()
        rings, deeper = [], shapely.Polygon()
        for _, whole in sorted(flooded.dissolve("step").geometry.items(), reverse=True):
            rings.append(whole.difference(deeper))
            deeper = deeper.union(whole)
        cut = gpd.overlay(ground, gpd.GeoDataFrame({"ring": range(5)}, geometry=rings, crs=plane).explode())
        return (cut.area / ground.area[cut["cell"]].to_numpy() * people[cut["cell"]]).groupby(cut["ring"]).sum()

    return lambda: exposure(residents(cells, nothing, plane), zones, nothing), peer, lambda: gpd.overlay(*planar())


def ledger(table: Table) -> None:
    """The ledger on SQLite, and on a PostgreSQL where one is installed."""
    sys.path.insert(0, str(ROOT / "tests" / "ledger"))
    import ledger_figures
    from postgres import binaries, running

    with tempfile.TemporaryDirectory() as place, ExitStack() as held:
        server = held.enter_context(running(Path(place))) if binaries() else None
        for what, figure in ledger_figures.measured(server):
            table.add_row(what, figure, "")


def validity(table: Table) -> None:
    """Which places are valid, when a warning changes."""
    from validity_figures import measured

    with measured() as found:
        for name, run in found.items():
            table.add_row(name, f"{median_ms(run, 20):,.0f} ms", "20")


def board(table: Table) -> None:
    """What a refresh of a live page costs the server, alone and with 50 people while events come."""
    import board_load

    with board_load.town(100_000, 50) as (server, incident, shelters):
        for page, sessions, every_s, per_second in (
            ("board", 5, 1, 0),
            ("supplies", 5, 1, 0),
            ("board", 50, 10, 5),
            ("board", 50, None, 5),
        ):
            about = (page, sessions, every_s, 60, per_second)
            for what, figure in board_load.rows(server, incident, shelters, *about):
                table.add_row(what, figure, "")


def forecast() -> Table:
    """How good the forecast is; some minutes."""
    import forecast_figures as figures

    table = Table(*figures.HEAD)
    with tempfile.TemporaryDirectory() as folder:
        build("demo", folder)()
        os.environ["OTSU_DATA_DIR"] = folder
        for name, report in figures.measured():
            table.add_row(*figures.row(name, report))
    return table


def main() -> None:
    """Print the table; `run.py ledger`, `exposure`, `validity` and `board` measure that part only. `run.py forecast`
    is another table: not how fast the forecast is, but how good."""
    if sys.argv[1:] == ["forecast"]:
        Console(width=150).print(forecast())
        return
    table = Table(
        "what",
        "median",
        "runs",
        title=f"{platform.machine()}, Python {platform.python_version()}, {os.cpu_count()} cores",
    )
    show = Console(width=130)
    if sys.argv[1:] == ["ledger"]:
        ledger(table)
        show.print(table)
        return
    if sys.argv[1:] == ["board"]:
        board(table)
        show.print(table)
        return
    if sys.argv[1:] == ["validity"]:
        validity(table)
        show.print(table)
        return
    named = ("ours", "geopandas, dissolved by depth", "one geopandas.overlay, overlaps counted twice")
    exposed = [
        (f"2,000 cells x 3,500 zones, {name}", run, 5) for name, run in zip(named, people_in_zones(), strict=True)
    ]
    if sys.argv[1:] == ["exposure"]:
        for name, run, times in exposed:
            table.add_row(name, f"{median_ms(run, times):,.0f} ms", str(times))
        show.print(table)
        return
    with tempfile.TemporaryDirectory() as demo, tempfile.TemporaryDirectory() as real:
        steps: list[tuple[str, Callable[[], object], int]] = [("demo build, whole process", build("demo", demo), 5)]
        if REAL.is_dir():
            steps.append(("real Otsu build (260 premises), whole process", build("tests/real_otsu.toml", real), 5))
        ours, peer = points_in_areas()
        steps.append(("1,000,000 points in 3,000 polygons, etl.lookup.inside", ours, 3))
        steps.append(("1,000,000 points in 3,000 polygons, geopandas.sjoin", peer, 3))
        for name, run, times in [*steps, *exposed]:
            table.add_row(name, f"{median_ms(run, times):,.0f} ms", str(times))
        table.add_row("shelters page, demo, server time", f"{median_ms(page(demo, {}), 20):,.0f} ms", "20")
        if REAL.is_dir():
            for name, query in (("real Otsu", {}), ("real Otsu, one hazard chosen", {"hazard": "flood"})):
                table.add_row(
                    f"shelters page, {name}, server time", f"{median_ms(page(real, query), 20):,.0f} ms", "20"
                )
        else:
            table.add_row("real Otsu", "the shared public data is not here", "")
    validity(table)
    ledger(table)
    board(table)
    show.print(table)


if __name__ == "__main__":
    main()
