"""What needs a decision now, ranked: full and filling shelters, silence, stocks, hazards, districts without a place.

Each says why and since when, has a key that is stable while the trouble lasts, and can be taken and done by a person: a
task of the ledger under that key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from otsu_maps.analysis import forecast, offer, validity
from otsu_maps.analysis.board import CROWDED, FULL, Row
from otsu_maps.analysis.forecast import Outlook
from otsu_maps.analysis.lines import moment
from otsu_maps.analysis.offer import PlaceStatus
from otsu_maps.analysis.reach import Reach
from otsu_maps.analysis.room import People
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.supplies import Stock
from otsu_maps.ledger.events import read_time, written
from otsu_maps.reasons import Reason

RUNS_OUT_WITHIN = timedelta(hours=6)
"""A stock that lasts no longer is worth a decision now: assumed."""

LIKELY = 0.5
"""Chance of being full within the hour from which on that is worth a decision: assumed."""

MANY = 0.5
"""From this part of the residents of a district on, no place in reach of them is worth a decision: assumed."""


TAKEN_LASTS, DONE_LASTS = timedelta(hours=3), timedelta(minutes=30)
"""Who took something is named for so long without a new word; what is still so this long after it was called done comes
back: assumed. Where lives are at stake (GRAVE) the next word of it brings it back."""

GRAVE = 95
"""Urgency of an open shelter that is invalid, and of a district without a place."""


@dataclass(frozen=True)
class Action:
    """Something to decide. `key` is stable while the trouble lasts; `urgency` orders them, the greatest first; `reason`
    says why; `since`: the newest word of it, ISO 8601 with Z, "" where there is none. `taken_by`: whose it is, None:
    nobody's. `is_known`: somebody raised, took or did it before."""

    key: str
    urgency: int
    reason: Reason
    since: str
    place_id: str | None = None
    district_id: str | None = None
    taken_by: str | None = None
    is_done: bool = False
    is_known: bool = False


def actions(
    rows: Sequence[Row],
    situation: Situation,
    records: Sequence[PlaceStatus],
    stocks: Iterable[Stock] = (),
    ahead: Outlook = forecast.NOTHING,
    reaches: Mapping[str, Reach] | None = None,
) -> list[Action]:
    """What needs a decision now, the most urgent first; what was dealt with comes last.

    `reaches`: who has a place that may be offered within reach, by district, None: nobody knows where people live.
    """
    held = {task["key"]: task for task in situation.tasks}
    made = [
        *_of_shelters(rows),
        *_of_forecasts(rows, ahead),
        *_of_stocks(stocks, situation.at),
        *_of_orders(situation, records, reaches or {}),
        *_of_tasks(held),
    ]
    filling = {action.place_id for action in made if action.key.startswith("filling|")}
    made = [action for action in made if action.key != f"crowded|{action.place_id}" or action.place_id not in filling]
    taken = [_with_task(action, held.get(action.key), situation.at) for action in made]
    return sorted(taken, key=lambda action: (action.is_done, -action.urgency, action.since, action.key))


def _with_task(action: Action, task: Mapping[str, Any] | None, at: datetime) -> Action:
    """What the ledger holds of it. Every new count is a new word of a shelter that is full: nobody takes it twice."""
    if task is None:
        return action
    done_at, assigned_at = str(task.get("done_at") or ""), str(task.get("assigned_at") or "")
    is_taken = assigned_at > done_at and assigned_at >= min(action.since or "~", written(at - TAKEN_LASTS))
    lasts = timedelta(0) if action.urgency >= GRAVE else DONE_LASTS
    is_done = done_at > "" and done_at >= min(action.since or "~", written(at - lasts))
    return replace(action, taken_by=str(task["assigned_to"]) if is_taken else None, is_done=is_done, is_known=True)


def _of_shelters(found: Iterable[Row]) -> Iterable[Action]:
    for row in found:
        about: dict[str, Any] = {"place_id": row.place_id, "district_id": row.district_id}
        name = {"name": row.name}
        since = str(row.people.at or row.heard_at or "")
        if row.openness == offer.DISPUTED:
            yield Action(f"disputed|{row.place_id}", 85, Reason("board_disputed", name), str(row.heard_at), **about)
        if row.openness != offer.OPEN:
            continue
        if row.record and row.record.validity == validity.INVALID:
            why = {**name, "people": _people(row.people), "why": row.record.reasons[0]}
            yield Action(f"invalid|{row.place_id}", 100, Reason("board_open_invalid", why), since, **about)
        elif row.record and row.record.validity == validity.UNKNOWN:
            yield Action(f"unsure|{row.place_id}", 45, Reason("board_open_unknown", name), since, **about)
        if row.band == FULL:
            full = {**name, "people": row.people.people, "capacity": row.capacity_persons}
            yield Action(f"full|{row.place_id}", 90, Reason("board_full", full), since, **about)
        elif row.band == CROWDED:
            crowded = {**name, "percent": round(100 * (row.share or 0)), "people": row.people.people}
            yield Action(f"crowded|{row.place_id}", 70, Reason("board_crowded", crowded), since, **about)
        if row.silent_since:
            yield Action(f"silent|{row.place_id}", 60, Reason("board_silent", name), row.silent_since, **about)


def _people(people: People) -> Reason:
    return Reason("board_no_number") if people.people is None else Reason("board_people", {"people": people.people})


def _of_forecasts(found: Iterable[Row], ahead: Outlook) -> Iterable[Action]:
    """Shelters that are likely to be full within the horizon of the forecast."""
    for row in found:
        made = ahead.of(row.place_id)
        if row.openness != offer.OPEN or row.band == FULL or made is None or not made.is_soon:
            continue
        if made.middle_min is None or made.chance < LIKELY or ahead.made_min is None:
            continue
        about = {
            "name": row.name,
            "when": moment(ahead.made_min + made.middle_min),
            "percent": round(100 * made.chance),
        }
        key, urgency = f"filling|{row.place_id}", 88 if made.latest_min is not None else 80
        reason = Reason("board_filling", about)
        yield Action(key, urgency, reason, row.people.at or "", place_id=row.place_id, district_id=row.district_id)


def _of_stocks(stocks: Iterable[Stock], at: datetime) -> Iterable[Action]:
    """What an open shelter has no more of, or should run out of within hours."""
    for stock in stocks:
        about = {"name": stock.name, "item": stock.item}
        key = f"stock|{stock.place_id}|{stock.item}"
        is_needed = bool(stock.need_a_day or stock.need_once)
        if is_needed and stock.left == 0:
            code = "board_stock_due" if stock.amount else "board_stock_out"
            yield Action(key, 86, Reason(code, about), stock.at or "", place_id=stock.place_id)
        elif stock.until and read_time(stock.until) - at <= RUNS_OUT_WITHIN:
            reason = Reason("board_stock_low", about | {"when": read_time(stock.until)})
            yield Action(key, 65, reason, stock.at or "", place_id=stock.place_id)


def _of_orders(situation: Situation, records: Sequence[PlaceStatus], reaches: Mapping[str, Reach]) -> Iterable[Action]:
    """Districts that were told to leave and have no place to offer in them, or none in reach of many people."""
    there = {record.district_id for record in offer.offered(records)}
    for order in situation.orders:
        district, about = order["district_id"], {"level": order["level"], "district": order["district_id"]}
        if order["level"] >= offer.LIFE_IN_DANGER:
            continue
        reach = reaches.get(district)
        if reach is None and district not in there:
            reason = Reason("board_no_place", about)
        elif reach is not None and reach.share_far >= MANY:
            reason = Reason("board_far", about | {"people": reach.far, "percent": round(100 * reach.share_far)})
        else:
            continue
        yield Action(f"no_place|{district}", GRAVE, reason, order["at"], district_id=district)


def _of_tasks(held: Mapping[str, Mapping[str, Any]]) -> Iterable[Action]:
    """Tasks that people raised themselves and nobody has taken."""
    for key, task in held.items():
        is_own = "|" not in key
        if is_own and "assigned_to" not in task and "acknowledged_at" not in task and "done_at" not in task:
            title = {"title": task.get("title", key)}
            yield Action(key, 50, Reason("board_task", title), str(task.get("raised_at", "")))
