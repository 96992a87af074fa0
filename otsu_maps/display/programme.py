"""What is shown one after another: the levels, where to go, the map, where not to go. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from otsu_maps.public.record import CLOSED, FULL, OFFERED, UNKNOWN, UNSUITABLE, Board, Notice, Place, Status

LINES = 6
"""Places on a page: as many as can be read from 5 m."""

SMALL_LINES = 12
"""Places on a page of those where nobody should go."""

NOTICES = 5
"""Lines out of service on a page."""

DEPARTURES = 5
"""Departures on a page."""

LIFE_IN_DANGER = 5

_ROOM = {"yes": 0, "unknown": 1}
_NOT = (FULL, CLOSED, UNKNOWN, UNSUITABLE)

Kind = Literal["levels", "places", "map", "avoid", "life", "transport", "departures"]


@dataclass(frozen=True)
class Line:
    """A place and the number that it has in the list and on the map; 0: none."""

    number: int
    place: Place


@dataclass(frozen=True)
class Show:
    """One view. `lines`: the places on it, all that are offered on a map. `board`: of departures still to come."""

    kind: Kind
    lines: tuple[Line, ...] = ()
    page: int = 1
    pages: int = 1
    notices: tuple[Notice, ...] = ()
    board: Board | None = None


def show(status: Status, step: int, districts: Sequence[str] = (), at: datetime | None = None) -> Show:
    """The view of a step. Long lists go on where they stopped in the round before. `districts`: only places there.

    `at`: now, None: when the status was made; what has departed by then is not shown.
    """
    lanes = _lanes(status, _near(status, districts), departing(status, districts, at or status.made_at))
    turn, lane = divmod(step, len(lanes))
    return lanes[lane](turn)


def offered(status: Status, places: Sequence[Place]) -> tuple[Line, ...]:
    """Those where one can go: by district, and there those that have room first."""
    order = {district.district_id: n for n, district in enumerate(status.districts)}
    found = sorted(
        (place for place in places if place.state == OFFERED),
        key=lambda place: (
            order.get(place.district_id or "", len(order)),
            _ROOM.get(place.room, len(_ROOM)),
            place.name_ja,
            place.place_id,
        ),
    )
    return tuple(Line(number, place) for number, place in enumerate(found, 1))


def avoided(places: Sequence[Place]) -> tuple[Line, ...]:
    """Those where nobody should go now: full ones first."""
    found = sorted(
        (place for place in places if place.state in _NOT),
        key=lambda place: (_NOT.index(place.state), place.name_ja, place.place_id),
    )
    return tuple(Line(0, place) for place in found)


def departing(status: Status, districts: Sequence[str], at: datetime) -> tuple[Board, ...]:
    """The boards of some districts with what is still to come; where none of these has a stop, that of the city.

    A stop at which nothing more is known to depart has none: an empty one would look as if nothing ever came.
    """
    own = [board for board in status.departures if board.district_id in districts] or status.departures[:1]
    left = [
        board.model_copy(update={"next": tuple(each for each in board.next if each.expected_at >= at)[:DEPARTURES]})
        for board in own
    ]
    return tuple(board for board in left if board.next)


def _near(status: Status, districts: Sequence[str]) -> tuple[Place, ...]:
    """The places of some districts, all where none of them is known."""
    wanted = {district.district_id for district in status.districts} & set(districts)
    return tuple(place for place in status.places if not wanted or place.district_id in wanted)


def _lanes(status: Status, places: Sequence[Place], boards: Sequence[Board]) -> list[Callable[[int], Show]]:
    """The views of a round, each told which round it is. At level 5 nobody is sent anywhere."""
    if status.level == LIFE_IN_DANGER:
        return [lambda _: Show("levels"), lambda _: Show("life")]
    parts = [status.transport[first : first + NOTICES] for first in range(0, len(status.transport), NOTICES)]
    off = [Show("transport", (), page, len(parts), part) for page, part in enumerate(parts, 1)]
    go = offered(status, places)
    pages = _pages("places", go, LINES)
    lanes: list[Callable[[int], Show]] = [lambda _: Show("levels"), lambda turn: pages[2 * turn % len(pages)]]
    if len(pages) > 1:
        lanes.append(lambda turn: pages[(2 * turn + 1) % len(pages)])
    if go:
        lanes.append(lambda _: Show("map", go))
    if status.incident_ja is not None and (others := avoided(places)):
        small = _pages("avoid", others, SMALL_LINES)
        lanes.append(lambda turn: small[turn % len(small)])
    if boards:
        lanes.append(lambda turn: Show("departures", board=boards[turn % len(boards)]))
    if off:
        lanes.append(lambda turn: off[turn % len(off)])
    return lanes


def _pages(kind: Kind, lines: tuple[Line, ...], size: int) -> list[Show]:
    """At least one page: that there is no place is said too."""
    parts = [lines[first : first + size] for first in range(0, len(lines), size)] or [()]
    return [Show(kind, part, page, len(parts)) for page, part in enumerate(parts, 1)]
