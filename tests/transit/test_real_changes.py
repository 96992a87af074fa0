"""Changes and comparison on real feeds: what is taken away is missing, and nothing else."""

from __future__ import annotations

import pandas as pd
import pytest
from real import REAL, needs_real

from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.transit import compare, edits, services, tables
from otsu_maps.transit.compare import Side
from otsu_maps.transit.headways import lines

FEEDS = ("gtfs_jp/077434.zip", "gtfs_jp/donan_bus.zip", "gtfs_jp/hakodate_shiden.zip", "gtfs_world/cairns_gtfs.zip")
PLANE = 6674

pytestmark = [pytest.mark.real, needs_real]


@pytest.mark.parametrize("name", FEEDS)
def test_a_line_that_stops_takes_its_own_trips_and_no_others(name: str) -> None:
    path = REAL / name
    made = tables.of_feeds(gtfs.read(Payload(path.name, path.read_bytes()), 2**31))
    on = services.plan(services.typical_days(made, services.WEEKDAY))
    busiest = lines(made, on)["route"].iloc[0]
    key = made.routes["route_id"].iloc[busiest]
    row = dict.fromkeys(edits.COLUMNS, "") | {"change": "remove_route", "route": key}
    found = edits.edited(made, pd.DataFrame([row]), on)
    assert not found.refused
    before, after = Side(made, on), Side(found.timetable, on)
    routes = compare.routes(before, after).set_index("route_id")
    assert routes.loc[key, "departures_after"] == 0 < routes.loc[key, "departures_before"]
    assert (routes.drop(index=key)["change"] == 0).all()
    stops = compare.stops(before, after, PLANE)
    assert set(stops["matched"]) == {"id"} and (stops["change"] <= 0).all() and stops["change"].min() < 0


@pytest.mark.parametrize("name", FEEDS)
def test_a_timetable_against_itself_under_another_name_matches_whole(name: str) -> None:
    data = (REAL / name).read_bytes()
    old, new = (tables.of_feeds(gtfs.read(Payload(each, data), 2**31)) for each in ("old.zip", "new.zip"))
    sides = [Side(each, services.plan(services.typical_days(each, services.WEEKDAY))) for each in (old, new)]
    stops, routes = compare.stops(*sides, PLANE), compare.routes(*sides)
    assert set(stops["matched"]) <= {"id", "name"} and (stops["change"] == 0).all()
    assert set(routes["matched"]) <= {"id", "name"} and (routes["change"] == 0).all()
