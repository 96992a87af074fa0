"""Statuses of the public side as tests need them: an ordinary day, a day of heavy rain, the worst, silence, a drill."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from otsu_maps import clock
from otsu_maps.public.record import (
    Area,
    Board,
    City,
    Departure,
    District,
    Notice,
    Order,
    Place,
    Status,
    Totals,
    Warned,
    Why,
)

DISTRICTS = (
    District(district_id="d-1", name_ja="北町学区", name_en="Kitamachi", bounds=(135.86, 35.02, 135.88, 35.04)),
    District(district_id="d-2", name_ja="南町学区", name_en=None, bounds=(135.88, 34.98, 135.92, 35.01)),
)
SOUTH, NORTH = "2520101", "2520102"


def place(number: int, state: str = "offered", room: str = "yes", **more: Any) -> Place:
    """A place; its name tells its number."""
    facts: dict[str, Any] = {
        "place_id": f"p-{number:03}",
        "kind": "shelter",
        "name_ja": f"第{number:02}小学校体育館",
        "name_en": None,
        "kana": None,
        "address_ja": "北町1丁目",
        "lon": 135.861 + 0.002 * (number % 25),
        "lat": 34.985 + 0.002 * (number % 24),
        "district_id": "d-1" if number % 2 else "d-2",
        "area": SOUTH,
        "state": state,
        "opening": "open" if state in ("offered", "full") else "closed" if state == "closed" else "unknown",
        "room": room,
        "band": {"yes": "free", "full": "full"}.get(room, "unknown"),
        "people": None,
        "capacity": 300,
        "why": (),
        "accepts_ja": None,
        "heard_at": None,
        "is_wheelchair_ok": None,
        "is_pet_ok": None,
        "has_power": None,
        "has_water": None,
    }
    return Place(**(facts | more))


def area(code: str, level: int | None, at: datetime) -> Area:
    """An area with one warning of its level."""
    name = {SOUTH: "大津市南部", NORTH: "大津市北部"}[code]
    held = (Warned(name_ja=f"レベル{level}大雨警報", level=level, since=at),) if level else ()
    return Area(code=code, name_ja=name, level=level, warnings=held)


def status(at: datetime | None = None, **more: Any) -> Status:
    """Heavy rain: level 4 in the south, some places with room, some where it is unknown, full, closed and others."""
    at = (at or clock.now()).replace(microsecond=0)
    places = [place(n, room="yes" if n < 8 else "unknown") for n in range(1, 11)]
    places += [place(11, "full", "full"), place(12, "closed", "unknown")]
    places += [place(13, "unsuitable", "unknown", why=(Why(code="in_zone", hazard="landslide"),))]
    places += [place(14, "unknown", "unknown")]
    facts: dict[str, Any] = {
        "made_at": at,
        "valid_until": at + timedelta(minutes=3),
        "mode": "real",
        "is_demo": False,
        "snapshot_id": "otsu-test",
        "city": City(code5="25201", name_ja="大津市", name_en="Otsu City"),
        "incident_ja": "大雨",
        "is_heard": True,
        "heard_at": at,
        "hazards": ("landslide",),
        "areas": (area(SOUTH, 4, at), area(NORTH, 2, at)),
        "orders": (Order(district_id="d-1", level=4, since=at),),
        "districts": DISTRICTS,
        "places": tuple(places),
        "totals": Totals(open=11, offered=10, people=120, counted=8),
    }
    return Status(**(facts | more))


def quiet(at: datetime | None = None) -> Status:
    """A day on which nothing happens."""
    at = at or clock.now()
    calm = {"areas": (area(SOUTH, 0, at), area(NORTH, 0, at)), "orders": (), "hazards": (), "incident_ja": None}
    return status(at, **calm, places=tuple(place(n, room="unknown", opening="always") for n in range(1, 5)))


def worst(at: datetime | None = None) -> Status:
    """Level 5 in the south, by the city as well; in the north a place is left."""
    at = at or clock.now()
    orders = (Order(district_id="d-1", level=5, since=at),)
    return status(at, areas=(area(SOUTH, 5, at), area(NORTH, 3, at)), orders=orders)


def unheard(at: datetime | None = None) -> Status:
    """The source of warnings is silent for half an hour; what was known in the south then stands."""
    at = at or clock.now()
    silence = {"is_heard": False, "heard_at": at - timedelta(minutes=30)}
    return status(at, areas=(area(SOUTH, 3, at), area(NORTH, None, at)), orders=(), **silence)


def stopped(at: datetime | None = None) -> Status:
    """Some lines do not run: one that the snapshot knows, one at a stop, one by the name of its operator."""
    at = (at or clock.now()).replace(microsecond=0)
    told = {
        "source_ja": "湖南バス",
        "since": at - timedelta(minutes=20),
        "until": None,
        "stop_ja": None,
        "stop_en": None,
    }
    notices = (
        Notice(**told | {"line_ja": "湖南バス 11 北町線", "line_en": "Kitamachi Line", "reason": "precaution"}),
        Notice(**told | {"line_ja": "湖南バス 12", "line_en": None, "stop_ja": "北町三丁目", "reason": "hazard"}),
        Notice(
            **told | {"line_ja": "湖西鉄道", "line_en": None, "reason": "unknown", "until": at + timedelta(hours=2)}
        ),
    )
    return status(at, transport=notices)


def departure(at: datetime, minutes: float, late: float | None = None, **more: Any) -> Departure:
    """Planned so many minutes after `at`. `late`: minutes that an operator tells, None: nobody tells anything."""
    planned = at + timedelta(minutes=minutes)
    facts: dict[str, Any] = {
        "line_ja": "11",
        "line_en": None,
        "operator_ja": None,
        "towards_ja": "北町三丁目",
        "towards_en": "Kitamachi 3-chome",
        "planned_at": planned,
        "expected_at": planned + timedelta(minutes=late or 0),
        "state": "scheduled" if late is None else "real_time",
    }
    return Departure(**(facts | more))


def board(number: int, departures: tuple[Departure, ...], **more: Any) -> Board:
    """Of the stop of a district."""
    names = {1: ("大津市役所・県民会館前", "Otsu City Hall & Prefectural Hall"), 2: ("南町", None)}[number]
    facts = {"stop_id": f"f:s{number}", "name_ja": names[0], "name_en": names[1], "district_id": f"d-{number}"}
    return Board(**({"suspended": 0, "next": departures} | facts | more))


def leaving(at: datetime | None = None, **more: Any) -> Status:
    """The next departures of two stops, that of the city with each state that there is; some lines do not run."""
    at = (at or clock.now()).replace(microsecond=0)
    long = {
        "line_ja": "琵琶湖大橋・北町循環線",
        "line_en": "Lake Biwa Bridge and Kitamachi Loop Line",
        "towards_ja": "鹿跳橋・南郷洗堰前",
        "towards_en": "Shishitobi Bridge and Nango Weir",
    }
    busy = (
        departure(at, 20, 0),
        departure(at, 15, 12, operator_ja="湖南バス", **long),
        departure(at, 31, state="unknown", **long),
        departure(at, 38, is_cancelled=True, **long),
        departure(at, 44, operator_ja="湖西交通バス", towards_ja=None, towards_en=None),
        departure(at, 50, 0, planned_at=None),
    )
    few = tuple(departure(at, minutes, is_by_headway=minutes == 25, **long) for minutes in (25, 40, 55))
    boards = (board(1, busy, suspended=4), board(2, few))
    return stopped(at).model_copy(update={"departures": boards, **more})


def drill(at: datetime | None = None) -> Status:
    """A drill on invented data."""
    return status(at, mode="drill", is_demo=True)
