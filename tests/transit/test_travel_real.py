"""On real timetables: the slow search from some stops, and cafein, which others wrote, on every pair of stops."""

from __future__ import annotations

import dataclasses
import warnings
from datetime import date

import cafein
import numpy as np
import pytest
from real import REAL, needs_real
from slow_search import begins, rides, search, ways_between
from timetables import PLANE, Trip, World

from otsu_maps.formats import gtfs
from otsu_maps.formats.reading import Payload
from otsu_maps.transit import network, services, tables, travel
from otsu_maps.transit.lanes import AFTER
from otsu_maps.transit.places import at_stop
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.timetable import Timetable, no_transfers
from otsu_maps.transit.walk import Walking

MOST = 512 * 1024**2
IMIZU, IMIZU_DAY = "gtfs_jp/077434.zip", date(2019, 6, 5)

pytestmark = [needs_real, pytest.mark.real]


def read(name: str) -> Timetable:
    path = REAL / name
    return tables.of_feeds(gtfs.read(Payload(path.name, path.read_bytes()), MOST))


def test_with_walks_it_is_what_the_slow_search_finds() -> None:
    feed = read(IMIZU)
    net = network.of_day(feed, IMIZU_DAY, PLANE)
    runs = [services.runs_on(feed, IMIZU_DAY, before) for before in (1, 0, -1)]
    calls = feed.calls
    trips = []
    for trip, (first, end) in enumerate(zip(calls.first, calls.first[1:], strict=False)):
        of = slice(int(first), int(end))
        each = list(zip(*(x[of].tolist() for x in (calls.stop, calls.arrival_s, calls.departure_s)), strict=True))
        doors = zip(calls.can_board[of], calls.can_alight[of], strict=True)
        marks = {i: "b" * (not board) + "a" * (not alight) for i, (board, alight) in enumerate(doors)}
        trips.append(Trip(0, each, tuple(bool(day[trip]) for day in runs), marks))  # type: ignore[arg-type]
    world = World(tuple([None] * net.stop_count), tuple(trips))
    ways = ways_between(world, net.at.tolist(), net.walking)
    every = rides(world)
    stops = range(net.stop_count)
    for trip in np.flatnonzero(runs[1])[[5, 60, 120]].tolist():
        stop, _, start_s = trips[trip].calls[0]
        slow = search(every, ways, begins(ways, stop), start_s, 4 * 3600)
        found = travel.earliest(net, at_stop(net, stop), start_s)
        assert [None if each == NEVER else each for each in found.at_s.tolist()] == [slow.at(each) for each in stops]
        assert {each: int(found.rides[each]) for each in slow.rides} == slow.rides
        assert len(slow.arrived) > 20


@pytest.mark.parametrize(
    ("name", "day", "hour"),
    [
        (IMIZU, IMIZU_DAY, 7),
        ("gtfs_jp/hakodate_shiden.zip", date(2026, 6, 3), 7),
        ("gtfs_jp/donan_bus.zip", date(2020, 6, 3), 8),
        ("gtfs_world/cairns_gtfs.zip", date(2014, 6, 4), 8),
        ("gtfs_world/bart.zip", date(2018, 6, 6), 23),
    ],
)
def test_without_walks_every_pair_is_as_cafein_has_it(name: str, day: date, hour: int) -> None:
    """Set up alike: nobody walks between stops, no rides of the next morning (cafein has none), no end to the journey.

    cafein 0.29 passes over pickup_type and drop_off_type, so here every call is one where people may board and alight;
    that it is we who read these right shows the test below.
    """
    feed = read(name)
    doors = np.ones(len(feed.calls.stop), bool)
    feed = dataclasses.replace(feed, calls=dataclasses.replace(feed.calls, can_board=doors, can_alight=doors))
    feed = dataclasses.replace(feed, transfers=no_transfers())
    net = network.of_day(feed, day, PLANE, Walking(change_m=-1.0))
    usable = net.without(days=[AFTER])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        other = cafein.TransportNetwork.from_gtfs(str(REAL / name), trip_distances=False)
    ids = [stop.partition(":")[2] for stop in feed.stops["stop_id"]]
    pairs = 0
    for stop in np.unique(feed.calls.stop).tolist():
        found = travel.earliest(net, at_stop(net, stop), hour * 3600, usable, 10**6)
        ours = {ids[to]: int(found.travel_s[to]) for to in np.flatnonzero(found.at_s < NEVER)}
        assert ours == other.travel_times_from_stop(ids[stop], f"{day} {hour:02}:00", max_rides=40), ids[stop]
        pairs += len(ours)
    assert pairs > 600


def test_without_walks_a_window_is_as_cafein_has_it() -> None:
    """Set up as above. cafein takes the value at place round(share * (n - 1)) of the sorted times, halves upwards;
    we take the smallest that at least the share of all departures does not exceed, so its places are looked up here."""
    name, day = "gtfs_jp/donan_bus.zip", date(2020, 6, 3)
    feed = read(name)
    doors = np.ones(len(feed.calls.stop), bool)
    feed = dataclasses.replace(feed, calls=dataclasses.replace(feed.calls, can_board=doors, can_alight=doors))
    feed = dataclasses.replace(feed, transfers=no_transfers())
    net = network.of_day(feed, day, PLANE, Walking(change_m=-1.0))
    usable = net.without(days=[AFTER])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        other = cafein.TransportNetwork.from_gtfs(str(REAL / name), trip_distances=False)
    ids = [stop.partition(":")[2] for stop in feed.stops["stop_id"]]
    columns = [ids.index(stop if isinstance(stop, str) else stop[0]) for stop in other.stops]
    origins = np.unique(feed.calls.stop)[::20].tolist()
    theirs = other.travel_time_matrix(
        [ids[stop] for stop in origins], f"{day} 08:00", 40, departure_time_window=60, percentiles=[50, 90]
    )
    for row, stop in enumerate(origins):
        window = travel.window(net, at_stop(net, stop), 8 * 3600, 9 * 3600, usable, 10**6, is_exact=False)
        takes = window.arrivals_s.astype(np.int64) - window.departures_s[:, None]
        ours = np.sort(np.where(window.arrivals_s == NEVER, 2**32 - 1, takes), axis=0)[[30, 53]][:, columns]
        assert ours.T.tolist() == theirs[row].astype(np.int64).tolist(), ids[stop]
    assert (theirs < 2**32 - 1).mean() > 0.05


def test_nobody_boards_where_the_operator_lets_nobody_board() -> None:
    """On this trip stop 394_1 is for alighting alone (pickup_type 1). cafein boards there at 10:05; we come later."""
    feed = read(IMIZU)
    net = network.of_day(feed, IMIZU_DAY, PLANE, Walking(change_m=-1.0))
    ids = [stop.partition(":")[2] for stop in feed.stops["stop_id"]]
    trip = int(np.flatnonzero(feed.trips["trip_id"].str.endswith(":6_5+毎日+3"))[0])
    calls = slice(int(feed.calls.first[trip]), int(feed.calls.first[trip + 1]))
    here = np.flatnonzero(feed.calls.stop[calls] == ids.index("394_1"))[0]
    assert not feed.calls.can_board[calls][here]
    found = travel.earliest(net, at_stop(net, ids.index("394_1")), 7 * 3600, within_s=10**5)
    other = cafein.TransportNetwork.from_gtfs(str(REAL / IMIZU), trip_distances=False)
    there = other.travel_times_from_stop("394_1", f"{IMIZU_DAY} 07:00")["7_1"]
    assert (there + 7 * 3600, int(found.at_s[ids.index("7_1")])) == (36840, 51240)
