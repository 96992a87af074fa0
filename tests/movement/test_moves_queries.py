"""Movement of a snapshot as pages ask for it."""

from __future__ import annotations

from otsu_maps.db.reader import Snapshot
from otsu_maps.queries import moves, tables


def test_every_row_is_found_once(demo: Snapshot) -> None:
    hours = tables.whole(demo, "mesh_hour").to_pandas()
    found = [cell for day in moves.days(demo) for hour in range(24) for cell in moves.cells(demo, day["on_date"], hour)]
    assert len(found) == len(hours) and sum(cell["devices"] for cell in found) == hours["devices"].sum()
    by_hour = [row for day in moves.days(demo) for row in moves.hours(demo, day["on_date"])]
    assert sum(row["devices"] for row in by_hour) == hours["devices"].sum()
    trips = tables.whole(demo, "od_hour").to_pandas()
    kinds = moves.kinds(demo)
    assert [(kind["zones"], kind["day_type"]) for kind in kinds] == [("district", "holiday"), ("district", "weekday")]
    rows = [row for k in kinds for hour in k["hours"] for row in moves.trips(demo, k["zones"], k["day_type"], hour)]
    assert len(rows) == len(trips) and sum(row["trips"] for row in rows) == trips["trips"].sum()
    assert all(row["trips_a_day"] == row["trips"] for row in rows) and kinds[0]["hours"][0] is None
    counts = tables.whole(demo, "counter_hour").to_pandas()
    sites = moves.counters(demo)
    assert sum(site["passages"] for site in sites) == counts["passages"].sum() and len(sites) == 4
    assert sum(len(moves.passages(demo, site["site_id"])) for site in sites) == len(counts)
