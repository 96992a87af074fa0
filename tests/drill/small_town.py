"""A small town to play drills in, a ledger for them, and the numbers that a ledger has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from otsu_maps.drill import play
from otsu_maps.drill.book import Report
from otsu_maps.drill.ground import District, Place
from otsu_maps.drill.scenario import events
from otsu_maps.ledger import projection, replay, rows, tables
from otsu_maps.ledger.events import Event
from otsu_maps.ledger.store import Ledger

START = datetime(2026, 11, 24, 3, 0)
"""Noon in Japan."""

ABOUT: dict[str, Any] = {"name": "訓練", "snapshot_id": "town-1", "is_demo": True, "settings": {}}


def shelter(number: int, district_id: str | None, **more: Any) -> Place:
    return Place(f"h-{number}", f"学校{number}", True, 135.9 + number / 100, 35.0 + number / 100, district_id, **more)


def site(number: int, district_id: str | None) -> Place:
    return Place(f"s-{number}", f"公園{number}", False, 135.9 + number / 100, 35.0, district_id)


PLACES = (
    shelter(1, "D1", stay_persons=20, refuge_persons=30, warning_area="2520101"),
    shelter(2, "D1", kind="general"),
    shelter(3, "D1", area_m2=120.0, suits={"flood": False, "earthquake": False}),
    shelter(4, "D2", stay_persons=15, suits={"flood": True}),
    shelter(5, "D2", kind="welfare", stay_persons=10),
    shelter(6, None, refuge_persons=25),
    site(1, "D1"),
    site(2, "D1"),
    site(3, "D2"),
)
DISTRICTS = (
    District("D1", "東学区", 3000.0, 0.2),
    District("D2", "西学区", 1000.0, None),
    District("D3", "山学区", None, None),
)


def told(scenario: str, seed: int, people: int, start: datetime = START) -> list[Report]:
    """All reports of a scenario in the small town."""
    return list(events(scenario, seed, PLACES, DISTRICTS, people, start))


def opened(ledger: Ledger, start: datetime = START) -> Event:
    """An open drill."""
    return play.open_drill(ledger, ABOUT, start, drill_seed="1")


def presence(ledger: Ledger) -> dict[str, tuple[int, int]]:
    """People and those away by shelter, as the ledger keeps them."""
    with ledger.reading() as connection:
        found = connection.execute(select(tables.presence)).mappings().all()
    return {row["shelter_id"]: (row["people"], row["away"]) for row in found}


def persons(ledger: Ledger) -> list[dict[str, Any]]:
    """The state of every reference, by replay of all events."""
    with ledger.reading() as connection:
        states = replay.states(rows.read(connection))
    return [state for key, state in states.items() if key[1] == "person"]


def same_as_replay(ledger: Ledger) -> bool:
    """Whether every projection equals the replay of all events."""
    with ledger.reading() as connection:
        return projection.stored(connection) == replay.states(rows.read(connection))
