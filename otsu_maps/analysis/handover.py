"""What the next shift must know: how things are, what changed since the last handover, what is left to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from otsu_maps.analysis import board
from otsu_maps.analysis.actions import Action
from otsu_maps.analysis.board import Row, Totals
from otsu_maps.analysis.situation import Situation
from otsu_maps.analysis.supplies import Stock
from otsu_maps.ledger import replay
from otsu_maps.ledger.events import Event, read_time

SHIFT = timedelta(hours=8)
"""A period without a handover at its start."""

RUNS_OUT_WITHIN = timedelta(hours=12)
"""The next shift and a half: what runs out in it has to be ordered in this one."""

NEWS = {
    "opened": ("shelter_opened",),
    "closed": ("shelter_closed", "shelter_paused"),
    "orders": ("order_issued", "order_lifted"),
    "hazards": ("hazard_declared", "hazard_ended"),
    "damage": ("damage_reported",),
    "services": ("service_suspended", "service_resumed"),
}
"""Kinds of events by what they mean to the next shift."""

KINDS = tuple(kind for kinds in NEWS.values() for kind in kinds)


@dataclass(frozen=True)
class Period:
    """What a sheet speaks of. `before`: the handover that it began with, None: it is just the last hours; `written`:
    the handover that ended it, None: nobody has handed over yet."""

    since: datetime
    at: datetime
    known_at: datetime | None
    before: Event | None
    written: Event | None


@dataclass(frozen=True)
class Shift:
    """Everything that stands on a sheet. `full`: shelters that were not full when the period began; `tasks`: those that
    people raised and nobody has done; `unknown_stocks`: items of open shelters of which nobody knows the amount."""

    period: Period
    rows: Sequence[Row]
    totals: Totals
    actions: Sequence[Action]
    tasks: Sequence[Mapping[str, Any]]
    stocks: Sequence[Stock]
    unknown_stocks: int
    full: Sequence[Row]
    news: Mapping[str, Sequence[Event]]
    remarks: Sequence[Event]


def period(
    handovers: Sequence[Event], opened_at: datetime, at: datetime, known_at: datetime | None, written: Event | None
) -> Period:
    """The time since the last handover before `at`, or the last hours. `handovers` in order."""
    earlier = [event for event in handovers if event.occurred_at <= at and event != written]
    before = earlier[-1] if earlier else None
    since = before.occurred_at if before else max(at - SHIFT, opened_at)
    return Period(since, at, known_at, before, written)


def shift(
    about: Period,
    situation: Situation,
    to_do: Sequence[Action],
    rows: Sequence[Row],
    rows_before: Sequence[Row],
    stocks: Sequence[Stock],
    events: Sequence[Event],
) -> Shift:
    """The sheet of a period. `rows`, `rows_before`: the boards at its end and start; `events`: its news, in order, of
    which the last counts where several speak of the same shelter, line or hazard; `to_do`: the list of the
    board."""
    latest = {replay.key_of(event): event for event in events if event.kind in KINDS}
    was_full = {row.place_id for row in rows_before if row.band == board.FULL}
    return Shift(
        period=about,
        rows=rows,
        totals=board.totals(rows, situation.outside),
        actions=[action for action in to_do if not action.is_done and (action.place_id or action.district_id)],
        tasks=[task for task in situation.tasks if "|" not in task["key"] and "done_at" not in task],
        stocks=[stock for stock in stocks if _runs_out(stock, about.at)],
        unknown_stocks=sum(stock.amount is None for stock in stocks),
        full=[row for row in rows if row.band == board.FULL and row.place_id not in was_full],
        news={name: [event for event in latest.values() if event.kind in kinds] for name, kinds in NEWS.items()},
        remarks=[event for event in events if event.payload.get("note") and event.kind != "handover"],
    )


def _runs_out(stock: Stock, at: datetime) -> bool:
    return stock.amount == 0 or (stock.until is not None and read_time(stock.until) - at <= RUNS_OUT_WITHIN)
