"""Residents reached from a district: as one search after the other finds them, and never more without a line."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from feeds import times, timetable

from otsu_maps import mesh
from otsu_maps.analysis.residents import Residents, residents
from otsu_maps.transit import edits, network, places, services, travel
from otsu_maps.transit.network import Network
from otsu_maps.transit.reached import reached
from otsu_maps.transit.timetable import Timetable
from otsu_maps.transit.walk import Walking

PLANE = 6674
DAY = date(2026, 11, 24)
CODES = [52353600 + row * 10 + column for row in range(4) for column in range(10)]
AT = (8 * 3600, 9 * 3600)


@pytest.fixture(scope="module")
def people() -> Residents:
    counts = np.arange(len(CODES), dtype=float) * 10
    counts[3] = np.nan
    cells = pd.DataFrame({"mesh_code": CODES, "population_persons": counts, "is_suppressed": False})
    cells = cells.assign(age_65_over_persons=np.nan, age_75_over_persons=np.nan)
    west, south, east, north = (np.array(edge) for edge in mesh.bounds_of(np.array(CODES)))
    whole = shapely.box(west.min(), south.min(), east.max(), north.max()).wkb
    districts = pd.DataFrame({"district_id": ["D"], "name_ja": "", "name_en": None, "geom": [whole]})
    return residents(cells, districts, PLANE)


def middle(code: int) -> tuple[float, float]:
    west, south, east, north = (float(edge[0]) for edge in mesh.bounds_of(np.array([code])))
    return (west + east) / 2, (south + north) / 2


def town() -> Timetable:
    """One line from the first cell of the first row to its last, every 20 minutes."""
    stops = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
        f"{number},S{number},{lat},{lon}\n" for number, (lon, lat) in enumerate(map(middle, CODES[:10]))
    )
    runs = [
        (f"T{start}", [(str(n), f"{(start + 2 * n) // 60:02}:{(start + 2 * n) % 60:02}:00") for n in range(10)])
        for start in range(480, 560, 20)
    ]
    trips = "route_id,service_id,trip_id,direction_id\n" + "".join(f"R,W,{name},0\n" for name, _ in runs)
    return timetable(stops=stops, trips=trips, stop_times=times(*runs))


def net(made: Timetable) -> Network:
    before, today, after = (services.runs_on(made, DAY, back) for back in (1, 0, -1))
    return network.build(made, (before, today, after), PLANE, Walking())


def test_it_is_the_median_of_one_search_after_the_other(people: Residents) -> None:
    held, at = net(town()), middle(CODES[0])
    targets = places.places_in_plane(held, shapely.get_coordinates(shapely.centroid(people.shapes)))
    origin = places.at_place(held, *at)
    single = np.array([travel.earliest(held, origin, start).places_s(targets) for start in range(*AT, 600)])
    median = np.sort(single, axis=0)[(len(single) - 1) // 2]
    found = reached(held, people, {"D": at}, *AT)
    for minutes in (30, 45, 60):
        inside = median <= minutes * 60
        expected = np.nansum(people.counts["population_persons"][people.cell[inside]] * people.share[inside])
        assert found[f"within_{minutes}_persons"].tolist() == pytest.approx([expected])
    assert found["within_30_persons"][0] > 0


def test_without_the_line_fewer_are_reached_and_more_time_never_reaches_fewer(people: Residents) -> None:
    row = dict.fromkeys(edits.COLUMNS, "") | {"change": "remove_route", "route": "10"}
    without = edits.edited(town(), pd.DataFrame([row]), DAY).timetable
    before, after = (reached(net(made), people, {"D": middle(CODES[0])}, *AT) for made in (town(), without))
    columns = [f"within_{minutes}_persons" for minutes in (30, 45, 60)]
    assert (after[columns].to_numpy() <= before[columns].to_numpy()).all()
    assert after["within_60_persons"][0] < before["within_60_persons"][0]
    assert (np.diff(before[columns].to_numpy()[0]) >= 0).all()


def test_without_a_district_there_is_no_row(people: Residents) -> None:
    assert reached(net(town()), people, {}, *AT).empty
