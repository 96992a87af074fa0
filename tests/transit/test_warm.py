"""What `warm` makes ahead is what questions need: none of them compiles anything more."""

from __future__ import annotations

from test_travel import H, line, net_of
from timetables import LAT, LON

from otsu_maps.transit import raptor, travel
from otsu_maps.transit.places import at_place, at_stop, places
from otsu_maps.transit.warm import warm

KERNELS = (raptor.rounds, raptor.there, raptor.window, raptor.ranked, raptor.rows)


def test_questions_need_nothing_that_was_not_made_ahead() -> None:
    warm()
    made = [len(kernel.signatures) for kernel in KERNELS]  # type: ignore[attr-defined]
    net = net_of([0, 5000], line(0, 8 * H, 0, 1))
    home = places(net, [LON], [LAT])
    for origin in (at_stop(net, 0), at_place(net, LON, LAT)):
        travel.earliest(net, origin, 8 * H, net.without(stops=[1])).places_s(home)
        travel.latest(net, origin, 9 * H).places_s(home)
        travel.last(net, origin)
        for to in (None, home):
            window = travel.window(net, origin, 8 * H, 8 * H + 120, to=to)
            window.travel_s(0.5)
            window.travel_s(0.5, is_planned=True)
    travel.matrix(net, home, home, [8 * H, 8 * H + 60], (0.5, 0.9))
    assert [len(kernel.signatures) for kernel in KERNELS] == made  # type: ignore[attr-defined]
