"""Travel times are those of a slow search that tries every ride and walk; windows, deadlines and matrices agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from slow_search import Found, begins, rides, search, seconds, ways_between
from timetables import BUSY_S, EAST_M, LAT, LON, PLANE, Trip, World, running, timetable, worlds

from otsu_maps.transit import network as networks
from otsu_maps.transit import travel
from otsu_maps.transit.network import Network
from otsu_maps.transit.places import at_place, at_stop, places
from otsu_maps.transit.raptor import NEVER, Open
from otsu_maps.transit.walk import Walking

WALKINGS = st.sampled_from([Walking(), Walking(change_s=60), Walking(change_m=0.5, place_m=500), Walking(change_m=900)])
STARTS = st.integers(-5, 15).map(lambda minutes: BUSY_S + 60 * minutes)
WITHIN = st.sampled_from([600, 1800, 7200, 10**6])


def build(world: World, walking: Walking) -> Network:
    return networks.build(
        timetable(world.places, world.trips, transfers=world.transfer_frame), running(world.trips), PLANE, walking
    )


def reference(world: World, net: Network, stop: int, start_s: int, **more: object) -> Found:
    if stop in more.get("stops", ()):  # type: ignore[operator]
        return Found({}, {}, {})
    ways = ways_between(world, net.at.tolist(), net.walking)
    return search(rides(world), ways, begins(ways, stop), start_s, **more)  # type: ignore[arg-type]


def as_found(values: Sequence[int]) -> list[int | None]:
    return [None if abs(value) == NEVER else int(value) for value in values]


@settings(max_examples=150, deadline=None)
@given(worlds(), WALKINGS, st.data(), STARTS, WITHIN)
def test_one_to_all_is_what_the_slow_search_finds(
    world: World, walking: Walking, data: st.DataObject, start_s: int, within_s: int
) -> None:
    net = build(world, walking)
    origin = data.draw(st.integers(0, len(world.places) - 1))
    slow = reference(world, net, origin, start_s, within_s=within_s)
    found = travel.earliest(net, at_stop(net, origin), start_s, within_s=within_s)
    stops = range(len(world.places))
    assert as_found(found.at_s) == [slow.at(stop) for stop in stops]
    assert as_found(found.arrived_s) == [slow.arrived.get(stop) for stop in stops]
    assert [int(found.rides[stop]) for stop in slow.rides] == list(slow.rides.values())


@settings(max_examples=120, deadline=None)
@given(worlds(), WALKINGS, st.data(), STARTS)
def test_what_is_taken_out_is_not_used_and_nothing_else_changes(
    world: World, walking: Walking, data: st.DataObject, start_s: int
) -> None:
    net = build(world, walking)
    some = lambda most: st.lists(st.integers(0, most - 1), max_size=2, unique=True)  # noqa: E731
    stops, trips = data.draw(some(len(world.places))), data.draw(some(len(world.trips)))
    routes = data.draw(some(max(trip.route for trip in world.trips) + 1))
    slow = reference(world, net, 0, start_s, stops=stops, trips=trips, routes=routes)
    left = net.without(routes=routes, stops=stops, trips=trips)
    found = travel.earliest(net, at_stop(net, 0), start_s, left, within_s=10**7)
    assert as_found(found.at_s) == [slow.at(stop) for stop in range(len(world.places))]


@settings(max_examples=80, deadline=None)
@given(worlds(), WALKINGS, st.data(), WITHIN, st.booleans())
def test_a_window_is_as_many_single_departures(
    world: World, walking: Walking, data: st.DataObject, within_s: int, is_exact: bool
) -> None:
    net = build(world, walking)
    origin = at_stop(net, data.draw(st.integers(0, len(world.places) - 1)))
    out = net.without(stops=data.draw(st.lists(st.integers(0, len(world.places) - 1), max_size=1)))
    window = travel.window(net, origin, BUSY_S, BUSY_S + 900, out, within_s, is_exact=is_exact)
    for row, start_s in enumerate(window.departures_s.tolist()):
        single = travel.earliest(net, origin, start_s, out, within_s)
        assert window.arrivals_s[row].tolist() == single.at_s.tolist()


@settings(max_examples=150, deadline=None)
@given(worlds(), WALKINGS, st.data(), st.sampled_from([1200, 3600]))
def test_the_latest_departure_of_a_window_arrives_as_early_and_a_second_later_is_too_late(
    world: World, walking: Walking, data: st.DataObject, within_s: int
) -> None:
    net = build(world, walking)
    origin = at_stop(net, data.draw(st.integers(0, len(world.places) - 1)))
    window = travel.window(net, origin, BUSY_S, BUSY_S + 240, within_s=within_s)
    for row, arrivals in enumerate(window.arrivals_s):
        for stop in np.flatnonzero(arrivals < NEVER):
            left = int(window.left_s[row, stop])
            assert window.departures_s[row] <= left <= arrivals[stop]
            assert travel.earliest(net, origin, left, within_s=10**6).at_s[stop] == arrivals[stop]
            assert travel.earliest(net, origin, left + 1, within_s=10**6).at_s[stop] > arrivals[stop]


@settings(max_examples=120, deadline=None)
@given(worlds(), WALKINGS, st.data(), STARTS, WITHIN)
def test_backwards_is_forwards_seen_from_the_end(
    world: World, walking: Walking, data: st.DataObject, by_s: int, within_s: int
) -> None:
    """Who leaves at the latest departure is there in time; who leaves a second later is not."""
    net = build(world, walking)
    target = data.draw(st.integers(0, len(world.places) - 1))
    out = net.without(stops=data.draw(st.lists(st.integers(0, len(world.places) - 1), max_size=1)))
    leaving = travel.latest(net, at_stop(net, target), by_s, out, within_s)
    for stop, leave_s in enumerate(leaving.leave_s.tolist()):
        origin = at_stop(net, stop)
        if leave_s == -NEVER:
            found = travel.earliest(net, origin, by_s - within_s, out, within_s)
            assert found.at_s[target] > by_s
        else:
            assert travel.earliest(net, origin, leave_s, out, 10**6).at_s[target] <= by_s
            assert travel.earliest(net, origin, leave_s + 1, out, 10**6).at_s[target] > by_s


@settings(max_examples=150, deadline=None)
@given(worlds(), WALKINGS, st.data(), st.lists(st.integers(0, 2600), min_size=1, max_size=5), WITHIN)
def test_places_and_matrices_are_the_slow_search_with_walks_at_both_ends(
    world: World, walking: Walking, data: st.DataObject, metres: list[int], within_s: int
) -> None:
    net = build(world, walking)
    lon, lat = LON + np.array(metres) * EAST_M, np.full(len(metres), LAT)
    both = places(net, lon, lat)
    ways = ways_between(world, net.at.tolist(), walking)
    every = rides(world)
    expected = np.full((len(metres), len(metres)), NEVER)
    for i, start in enumerate(both.at.tolist()):
        walks = [seconds(start, stop, walking.place_m, walking) for stop in net.at.tolist()]
        slow = search(every, ways, [(s, w) for s, w in enumerate(walks) if w is not None], BUSY_S, within_s)
        for j, end in enumerate(both.at.tolist()):
            options = [seconds(start, end, walking.direct_m, walking)]
            for stop, at in enumerate(net.at.tolist()):
                walk = seconds(at, end, walking.place_m, walking)
                if walk is not None and stop in slow.arrived:
                    options.append(slow.arrived[stop] - BUSY_S + walk)
            expected[i, j] = min([s for s in options if s is not None and s <= within_s], default=NEVER)
        one = travel.earliest(net, at_place(net, lon[i], lat[i]), BUSY_S, within_s=within_s)
        assert one.places_s(both).tolist() == expected[i].tolist()
    assert travel.matrix(net, both, both, [BUSY_S], within_s=within_s)[0].tolist() == expected.tolist()
    times = [BUSY_S + 60 * minute for minute in range(5)]
    shares = travel.matrix(net, both, both, times, (0.5, 0.9), within_s=within_s)
    for i in range(len(metres)):
        origin = at_place(net, lon[i], lat[i])
        window = travel.window(net, origin, BUSY_S, BUSY_S + 300, within_s=within_s, to=both)
        assert shares[0, i].tolist() == window.travel_s(0.5).tolist()
        assert shares[1, i].tolist() == window.travel_s(0.9).tolist()
    target = at_place(net, lon[0], lat[0])
    by_s = BUSY_S + 1800
    leave = travel.latest(net, target, by_s, within_s=within_s).places_s(both)
    for i, leave_s in enumerate(leave.tolist()):
        if leave_s != -NEVER:
            origin = at_place(net, lon[i], lat[i])
            assert leave_s + travel.earliest(net, origin, leave_s, within_s=10**6).places_s(both)[0] <= by_s


# --- told by example --------------------------------------------------------------------------------------------------

H, M = 3600, 60


def net_of(stops: Sequence[float | None], *trips: Trip, walking: Walking | None = None) -> Network:
    return networks.build(timetable(stops, trips), running(trips), PLANE, walking)


def line(route: int, start: int, *stops: int, run: int = 5 * M, **more: object) -> Trip:
    return Trip(route, [(stop, start + i * run, start + i * run) for i, stop in enumerate(stops)], **more)  # type: ignore[arg-type]


def at(net: Network, origin: int, start: int, target: int, usable: Open | None = None) -> int | None:
    return as_found(travel.earliest(net, at_stop(net, origin), start, usable).at_s)[target]


def test_a_night_bus_of_the_day_before_and_the_first_bus_of_the_next_morning_are_on_the_axis() -> None:
    late = line(0, 24 * H + 30 * M, 0, 1, days=(True, True, False))
    early = line(1, 5 * H, 0, 1, days=(True, True, True))
    net = net_of([0, 5000], late, early)
    assert at(net, 0, 0, 1) == 35 * M
    assert at(net, 0, 24 * H, 1) == 24 * H + 35 * M
    assert at(net, 0, 25 * H + 10 * M, 1) == 29 * H + 5 * M
    last = travel.last(net, at_stop(net, 1))
    assert last.leave_s[0] == 24 * H + 30 * M


def test_an_express_that_overtakes_is_taken_by_those_for_whom_it_is_sooner() -> None:
    slow = Trip(0, [(0, 8 * H, 8 * H), (1, 8 * H + 30 * M, 8 * H + 30 * M)])
    fast = Trip(0, [(0, 8 * H + 5 * M, 8 * H + 5 * M), (1, 8 * H + 15 * M, 8 * H + 15 * M)])
    net = net_of([0, 9000], slow, fast)
    assert len(net.lane_route) == 2
    assert at(net, 0, 8 * H, 1) == 8 * H + 15 * M


def test_an_early_walk_does_not_hide_the_ride_from_which_one_walks_on() -> None:
    """From 0 one walks to 1 at once; only who comes to 1 by bus may walk on to 2."""
    net = net_of([0, 380, 700], line(0, 8 * H, 0, 1, run=10 * M))
    slow = 8 * H + 10 * M + int(net.walking.seconds(np.array([320.0]))[0])
    assert at(net, 0, 8 * H, 2) == pytest.approx(slow, abs=1)
    assert at(net, 0, 8 * H, 1) < 8 * H + 8 * M  # type: ignore[operator]
    assert at(net, 0, 9 * H, 2) is None


def test_a_headway_without_exact_times_waits_at_most_one_and_half_of_it_in_the_middle() -> None:
    trip = Trip(0, [(0, 0, 0), (1, 600, 600)], often=[(8 * H, 10 * H, 10 * M, False)])
    net = net_of([0, 9000], trip)
    assert set(net.rides.headway_s.tolist()) == {600}
    window = travel.window(net, at_stop(net, 0), 8 * H + 1, 9 * H + 1)
    waits = window.arrivals_s[:, 1] - window.departures_s - 600
    assert waits.min() >= 0 and waits.max() < 600
    assert np.median(waits) == pytest.approx(300, abs=31)
    assert (window.travel_s(0.9, is_planned=True)[1], window.travel_s(0.5, is_planned=True)[1]) == (600, 600)


def test_a_stop_without_a_position_is_ridden_to_and_not_walked_from() -> None:
    net = net_of([0, None, 100], line(0, 8 * H, 0, 1))
    assert at(net, 0, 8 * H, 1) == 8 * H + 5 * M
    assert at(net, 1, 8 * H, 2) is None


def test_a_closed_station_closes_its_platforms_and_a_vehicle_passes_a_closed_stop() -> None:
    trips = [line(0, 8 * H, 0, 1, 3)]
    net = networks.build(timetable([0, 5000, 5000, 9000], trips, parents=[-1, 2, -1, -1]), running(trips), PLANE)
    left = net.without(stops=[2])
    assert at(net, 0, 8 * H, 1, left) is None
    assert at(net, 0, 8 * H, 3, left) == 8 * H + 10 * M


def test_transfers_of_a_station_are_those_of_its_platforms() -> None:
    trips = [line(0, 8 * H, 0, 1), line(1, 8 * H + 6 * M, 2, 3), line(1, 8 * H + 16 * M, 2, 3)]
    table = timetable([0, 5000, 5030, 9000, 5010], trips, parents=[-1, 4, 4, -1, -1])
    both = World((), (), ((4, 4, 2, 300),)).transfer_frame
    plain = networks.build(table, running(trips), PLANE)
    slow = networks.build(replace(table, transfers=both), running(trips), PLANE)
    barred = replace(table, transfers=World((), (), ((1, 2, 3, None),)).transfer_frame)
    none = networks.build(barred, running(trips), PLANE)
    assert at(plain, 0, 8 * H, 3) == 8 * H + 11 * M
    assert at(slow, 0, 8 * H, 3) == 8 * H + 21 * M
    assert at(none, 0, 8 * H, 3) is None


def test_a_way_that_takes_longer_in_one_direction_does_so_backwards_too() -> None:
    trips = [line(0, 8 * H, 0, 1), line(1, 8 * H + 9 * M, 2, 3), line(1, 8 * H + 20 * M, 2, 3)]
    one_way = World((), (), ((1, 2, 2, 600), (2, 1, 2, 0))).transfer_frame
    net = networks.build(timetable([0, 5000, 5030, 9000], trips, transfers=one_way), running(trips), PLANE)
    assert at(net, 0, 8 * H, 3) == 8 * H + 25 * M
    too_soon = travel.latest(net, at_stop(net, 3), 8 * H + 24 * M).leave_s[0]
    assert (too_soon, travel.latest(net, at_stop(net, 3), 8 * H + 25 * M).leave_s[0]) == (-NEVER, 8 * H)


def test_there_are_no_rides_on_a_day_without_service() -> None:
    net = net_of([0, 9000], line(0, 8 * H, 0, 1, days=(False, False, False)))
    assert at(net, 0, 8 * H, 1) is None
    assert travel.window(net, at_stop(net, 0), 8 * H, 9 * H).travel_s(0.5).tolist() == [0, NEVER]


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_rides_of_a_lane_never_overtake_each_other(world: World) -> None:
    net = build(world, Walking())
    arrays = net.arrays
    assume(len(net.lane_route))
    total = 0
    for lane in range(len(net.lane_route)):
        rides_, calls = (int(np.diff(each)[lane]) for each in (arrays.ride_first, arrays.lane_first))
        begin = int(arrays.time_first[lane])
        for times in (arrays.arrival_s, arrays.departure_s):
            grid = times[begin : begin + rides_ * calls].reshape(calls, rides_)
            inner = grid[1:] if times is arrays.arrival_s else grid[:-1]
            assert (np.diff(inner, axis=1) >= 0).all()
        total += rides_
    assert total == len(rides(world)) == len(net.rides.trip)
