"""A journey in legs is one that people can make, and arrives when the search said."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from slow_search import rides, ways_between
from test_travel import STARTS, WALKINGS, WITHIN, H, M, build, line, net_of
from timetables import EAST_M, LAT, LON, World, worlds

from otsu_maps.transit import travel
from otsu_maps.transit.journey import journey
from otsu_maps.transit.places import at_place, at_stop, places
from otsu_maps.transit.raptor import NEVER
from otsu_maps.transit.timetable import NONE
from otsu_maps.transit.walk import Walking


@settings(max_examples=200, deadline=None)
@given(worlds(), WALKINGS, st.data(), STARTS, WITHIN)
def test_every_leg_is_a_ride_or_a_walk_that_there_is_and_they_follow_each_other(
    world: World, walking: Walking, data: st.DataObject, start_s: int, within_s: int
) -> None:
    net = build(world, walking)
    stop = st.integers(0, len(world.places) - 1)
    origin, target = data.draw(stop), data.draw(stop)
    usable = net.without(stops=data.draw(st.lists(stop, max_size=1)))
    reached = travel.earliest(net, at_stop(net, origin), start_s, usable, within_s)
    legs = journey(net, at_stop(net, origin), start_s, at_stop(net, target), usable, within_s)
    if reached.at_s[target] == NEVER:
        assert legs is None
        return
    assert legs is not None
    assert (legs[-1].arrives_s if legs else start_s) == reached.at_s[target]
    assert sum(leg.is_ride for leg in legs) == reached.rides[target]
    ways = ways_between(world, net.at.tolist(), walking)
    every = [(ride.calls, ride.trip) for ride in rides(world)]
    here, now, was_walk = origin, start_s, False
    for leg in legs:
        assert leg.from_stop == here and leg.leaves_s >= now
        assert usable.stops[leg.from_stop] and usable.stops[leg.to_stop]
        if leg.is_ride:
            assert any(
                trip == leg.trip
                and any(
                    (a[0], a[2], a[3], b[0], b[1], b[4])
                    == (leg.from_stop, leg.leaves_s, True, leg.to_stop, leg.arrives_s, True)
                    for i, a in enumerate(calls)
                    for b in calls[i + 1 :]
                )
                for calls, trip in every
            )
        else:
            assert not was_walk and ways[here, leg.to_stop] == leg.arrives_s - leg.leaves_s
        here, now, was_walk = leg.to_stop, leg.arrives_s, not leg.is_ride
    assert here == target


def test_from_door_to_door() -> None:
    net = net_of([0, 5000], line(0, 8 * H, 0, 1))
    home, school = ((LON + metres * EAST_M, LAT) for metres in (-300, 5300))
    legs = journey(net, at_place(net, *home), 8 * H - 20 * M, at_place(net, *school))
    assert legs is not None
    assert [(leg.from_stop, leg.to_stop) for leg in legs] == [(NONE, 0), (0, 1), (1, NONE)]
    walk_s = legs[0].arrives_s - legs[0].leaves_s
    assert (legs[0].arrives_s, legs[1].arrives_s) == (8 * H, 8 * H + 5 * M)
    assert 340 < walk_s < 360
    reached = travel.earliest(net, at_place(net, *home), 8 * H - 20 * M)
    there = places(net, [school[0]], [school[1]])
    assert legs[-1].arrives_s - (8 * H - 20 * M) == reached.places_s(there)[0]
    assert journey(net, at_place(net, *home), 9 * H, at_place(net, *school)) is None
    beside = journey(net, at_place(net, *home), 9 * H, at_place(net, LON, LAT))
    assert beside is not None and [leg.is_ride for leg in beside] == [False]
